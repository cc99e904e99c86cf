//! Reading is bounded: no text makes it overflow the stack, hang or panic, and its cost grows with the length.

use std::process::Command;

use guard::shell::{Dialect, parse};
use nix::sys::time::TimeValLike;
use nix::time::{ClockId, clock_gettime};

/// Openings that nest, with what closes them.
const NESTS: &[(&str, &str, &str)] = &[
    ("( ", "a", " )"),
    ("{ ", "a", "; }"),
    ("((", "1", "))"),
    ("(( (", "1", ") ))"),
    ("$(", "a", ")"),
    ("\"$(", "a", ")\""),
    ("`", "a", "`"),
    ("$((", "1", "))"),
    ("$((", "a", ") )"),
    ("((", "a", ") )"),
    ("$[", "1", "]"),
    ("<(", "a", ")"),
    ("<((", "a", "))"),
    ("${x:-", "a", "}"),
    ("\"${x:-", "a", "}\""),
    ("${x:-\"", "a", "\"}"),
    ("${x#", "a", "}"),
    ("${x/", "a", "/}"),
    ("${x:", "1", "}"),
    ("${x[", "1", "]}"),
    ("a[", "1", "]=1"),
    ("a[$(", "1", ")]=1"),
    ("a=($(", "1", "))"),
    ("a=([", "1", "]=2)"),
    ("a[b ", "1", "] c"),
    ("if ", "a", "; then b; fi"),
    ("if a; then ", "a", "; fi"),
    ("while ", "a", "; do b; done"),
    ("for i in a; do ", "a", "; done"),
    ("for ((;;)) { ", "a", "; }"),
    ("case x in x) ", "a", ";; esac"),
    ("case x in $(", "a", ")) ;; esac"),
    ("f() { ", "a", "; }"),
    ("function f { ", "a", "; }"),
    ("coproc { ", "a", "; }"),
    ("[[ ( ", "a", " ) ]]"),
    ("[[ a == @(", "a", ") ]]"),
    ("[[ a =~ (", "a", ") ]]"),
    ("( [[ ", "a", " ]] )"),
    ("cat <<E\n$(", "a", ")\nE\n"),
    ("cat <<-E\n\t$(", "a", ")\n\tE\n"),
    ("$(cat <<E\n", "a", "\nE\n)"),
    ("(( '$(", "a", ")' ))"),
    ("echo $'", "a", "'"),
    ("{a,", "a", "}"),
    ("${ ", "a", "; }"),
    ("! ", "a", ""),
    ("time ", "a", ""),
    ("a | ", "a", ""),
    ("a && ", "a", ""),
    ("a\\\n", "a", ""),
    ("a <<E; ", "a", ""),
    ("[[ a && ", "a", " ]]"),
    ("[[ ! ", "a", " ]]"),
    ("$(echo $((", "a", ") ))"),
    ("\"`\"", "a", "\"`\""),
];

/// Reads the text for every shell.
fn read(text: &str) -> bool {
    [Dialect::Bash, Dialect::Posix, Dialect::Zsh].map(|dialect| parse(text, dialect).is_ok())[0]
}

/// The processor time, in nanoseconds, that this thread has had so far: what other processes do at the same time
/// does not count.
fn processor_time() -> u64 {
    let time = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).expect("the kernel tells the time");
    u64::try_from(time.num_nanoseconds()).expect("time is not negative")
}

/// What reading a text costs at the least.
fn cost(text: &str) -> u64 {
    let once = || {
        let start = processor_time();
        let _ = parse(text, Dialect::Bash);
        processor_time() - start
    };
    (0..2).map(|_| once()).min().unwrap_or_default()
}

#[test]
fn moderate_nesting_is_read() {
    for (open, inner, close) in ["( ", "{ ", "$(", "if a; then ", "\"${x:-"]
        .iter()
        .filter_map(|wanted| NESTS.iter().find(|(open, ..)| open == wanted))
    {
        let depth = 40;
        assert!(read(&format!("{}{inner}{}", open.repeat(depth), close.repeat(depth))), "{open}");
    }
}

#[test]
fn deep_nesting_is_refused_without_harm() {
    for (open, inner, close) in NESTS {
        for depth in [1, 2, 30, 60, 79, 80, 81, 100, 1500] {
            read(&format!("{}{inner}{}", open.repeat(depth), close.repeat(depth)));
            read(&open.repeat(depth));
            read(&close.repeat(depth));
        }
    }
}

#[test]
fn mixed_nesting_is_refused_without_harm() {
    for (first, _, first_close) in NESTS {
        for (second, inner, second_close) in NESTS {
            let depth = 45;
            let open = format!("{first}{second}").repeat(depth);
            read(&format!("{open}{inner}{}", format!("{second_close}{first_close}").repeat(depth)));
            read(&open);
        }
    }
}

/// Reading a text that is eight times as long costs about eight times as much, where quadratic reading would cost
/// sixty-four times as much.
#[test]
fn the_cost_grows_with_the_length() {
    for (open, inner, close) in NESTS {
        let unit = format!("{open}{inner}{close}\n");
        let line = format!("{open}{inner}{close} ");
        for text in [unit.as_str(), line.as_str(), open] {
            let cost = |length: usize| cost(&text.repeat(length / text.len()));
            let (short, long) = (cost(1 << 12), cost(1 << 15));
            let bound = short.max(100_000) * 24;
            assert!(long < bound, "{text:?}: {short} ns, then {long} ns");
        }
    }
}

/// The same for long texts that are full of one thing.
#[test]
fn a_long_text_is_read_at_the_price_of_its_length() {
    for text in
        ["a b c\n", "$(", "`a` ", "cat <<E\n$(a)\nE\n", "((1)); ", "f() { cat <<E; }\nx\nE\n", "{a,", "\"${x:-$(a)}\" "]
    {
        let cost = |length: usize| cost(&text.repeat(length / text.len()));
        let (short, long) = (cost(1 << 14), cost(1 << 20));
        let bound = short.max(100_000) * 200;
        assert!(long < bound, "{text:?}: {short} ns, then {long} ns");
    }
}

/// What a process of its own needs to read a text, as the kernel counts it.
#[test]
fn the_memory_grows_with_the_length() {
    // In the child: this very test, told what to read.
    if let Ok(length) = std::env::var("GUARD_BOUNDS_LENGTH") {
        let text = std::env::var("GUARD_BOUNDS_TEXT").expect("the parent says what");
        let length: usize = length.parse().expect("the parent says how much");
        let read = parse(&text.repeat(length / text.len()), Dialect::Bash);
        println!("\nPEAK {}", peak_here().expect("the kernel counts memory"));
        drop(read);
        return;
    }
    if peak_here().is_none() {
        println!("skipped: the memory of a process is not known here");
        return;
    }
    let exe = std::env::current_exe().expect("the test knows itself");
    for text in ["a b c\n", "`a` ", "cat <<E\n$(a)\nE\n", "f() { cat <<E; }\nx\nE\n", "{a,b}", "\"${x:-$(a)}\" "] {
        let peak = |length: usize| -> i64 {
            let child = Command::new(&exe)
                .args(["the_memory_grows_with_the_length", "--exact", "--nocapture"])
                .env("GUARD_BOUNDS_TEXT", text)
                .env("GUARD_BOUNDS_LENGTH", length.to_string())
                .output()
                .expect("the test starts");
            let said = String::from_utf8_lossy(&child.stdout);
            let peak = said.lines().find_map(|line| line.strip_prefix("PEAK ")?.parse().ok());
            peak.unwrap_or_else(|| panic!("the child says nothing: {said}"))
        };
        let [none, short, middle, long] = [text.len(), 1 << 16, 1 << 18, 1 << 20].map(peak);
        println!("{text:?}: {none}, {short}, {middle}, {long} KiB");
        // Four times the text needs about four times what the text before needed; a base is counted once.
        let needed = |whole: i64| (whole - none).max(1024);
        assert!(needed(middle) < needed(short) * 8, "{text:?}: {short} KiB, then {middle} KiB");
        assert!(needed(long) < needed(middle) * 8, "{text:?}: {middle} KiB, then {long} KiB");
        assert!(needed(long) < 512 * 1024, "{text:?}: {long} KiB");
    }
}

/// The most memory, in KiB, that this process has had.
fn peak_here() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[test]
fn longer_texts_are_refused() {
    assert!(parse(&" ".repeat(1 << 20), Dialect::Bash).is_ok());
    assert!(parse(&" ".repeat((1 << 20) + 1), Dialect::Bash).is_err());
}

#[test]
fn a_nul_is_refused() {
    assert!(parse("a\0b", Dialect::Bash).is_err());
}
