//! Reading is bounded: no text makes it overflow the stack, hang or panic, and its time grows with the length.

use std::time::{Duration, Instant};

use guard::shell::{Dialect, parse};

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

/// Reads the text within a time that only a hang or quadratic growth would exceed.
fn read(text: &str) -> bool {
    let start = Instant::now();
    let accepted = [Dialect::Bash, Dialect::Posix, Dialect::Zsh].map(|dialect| parse(text, dialect).is_ok());
    assert!(start.elapsed() < Duration::from_secs(20), "{} bytes took {:?}", text.len(), start.elapsed());
    accepted[0]
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

/// Reading four times the text may take four times as long, not sixteen times.
#[test]
fn time_grows_with_the_length() {
    for (open, inner, close) in NESTS {
        let unit = format!("{open}{inner}{close}\n");
        for text in [unit.as_str(), open] {
            let time = |length: usize| {
                let text = text.repeat(length / text.len());
                let start = Instant::now();
                read(&text);
                start.elapsed()
            };
            time(1 << 12);
            let (short, long) = (time(1 << 13), time(1 << 15));
            assert!(long < short * 10 + Duration::from_millis(100), "{text:?}: {short:?}, then {long:?}");
        }
    }
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
