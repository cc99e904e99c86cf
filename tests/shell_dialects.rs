//! What guard reads for dash and zsh: no text is accepted that dash rejects, and what zsh reads in its own way is
//! refused rather than read as bash reads it.

use std::io::{Seek, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use guard::shell::{Dialect, parse};

/// What zsh reads in another way than bash: hidden commands, targets or operands.
#[rustfmt::skip]
const ONLY_ZSH: &[&str] = &[
    "=rm x", "echo a =rm", "x==rm", "repeat 3 rm x", "noglob rm *", "command noglob rm *", "nocorrect rm x", "- rm x",
    "foreach x (a b); rm $x; end", "rm x &!", "rm x &|", "echo a >! f", "echo a >>! f", "echo a >>| f", "echo a >&| f",
    "echo a &>! f", "if (cond) rm x", "if [[ a ]] { rm x } else { rm y }", "for x (a b) rm $x", "for x in a; rm $x",
    "while (a) rm x", "case x { (a) rm y ;; }", "{ a } always { rm x }", "() { rm $1 } x", "function f g { rm x }",
    "f() rm x", "{rm x}", "{v}>f", "echo { a", "echo a; }", "ls *(e:'rm x':)", "ls <1-9>", "rm <1-5> x", "rm <-5> x",
    "diff =(rm x) =(rm y)", "echo 12>f", "echo ${(e)x}", "echo ${x:h}", "echo $x:t", "echo \"$x:h\"", "echo ${=x}",
    "$=x", "$~x", "$^x", "echo $+x", "echo $#x", "echo $x[1]", "echo \"$x[1]\"", "echo ${x[1]}", "echo ${x[$(rm y)]}",
    "echo ${${x#a}%b}", "echo ${!x}", "echo ${x^^}", "echo ${x@P}", "echo \"${x#'$(rm a)'}\"", "a[1]=x", "a[$(rm x)]=1",
    "a=(b)c", "a=(*(.N))", "echo $'r\\m'", "echo $\"a\"", "alias -g X='; rm x'\necho X", "setopt rcquotes\necho 'a''b'",
    "emulate sh -c 'x'", "coproc f { a; }", "2\\\n>f", ">f { a; }", ">f if a; then b; fi", "1&>f", "<&-r",
    "(('a'))", "echo $(cat <<E)\nx\nE\n", "cat <<'a\nb'\n",
];

/// What zsh reads as bash does.
#[rustfmt::skip]
const COMMON: &[&str] = &[
    "rm -rf x", "a && b || c; d &", "a | b |& c", "x=1 y=$x rm \"$y\"", "echo ${x:-a} ${x#b} ${x//c/d} ${#x} ${x:0:2}",
    "echo $(rm x) `rm y` \"$(rm z)\"", "cat <<E | b\n$x\nE\n", "cat <<-'E'\n\ta\n\tE\n", "cat <<<$x", "a > f 2>&1 < g",
    "a &> f", "a >| f", "a <> f", "if a; then b; elif c; then d; else e; fi", "for x in a b; do rm $x; done",
    "while a; do b; done", "case $x in (a|b) c;; *) d;; esac", "f() { rm x; }", "function f { rm x; }", "( a; b )",
    "{ a; b; }", "[[ -f x && $y == z* ]] && rm x", "[ a = b ] && [ c == d ]", "(( i++ ))", "echo $((i + 1))", "a=(b c)",
    "a+=(d)", "diff <(a) <(b)", "echo {a,b}{1..3}", "export X=1", "git commit -m 'a' \\\n  --amend", "! a", "time a",
    "ls *.txt ~/x", "\"${a[@]}\"", "$'a\\n\\'b'", "echo $1 $@ $# $? $$ $!", "alias x='rm y'", "sed -n '1,$p' f",
    "find . -name '*.o' -exec rm {} \\;", "awk '{ print $1 }' f", "echo a}", "cd /x && make -j4 2>&1 | tail -5",
];

#[test]
fn what_only_zsh_knows_is_refused() {
    let accepted: Vec<_> = ONLY_ZSH.iter().filter(|text| parse(text, Dialect::Zsh).is_ok()).collect();
    assert!(accepted.is_empty(), "{accepted:?}");
}

#[test]
fn what_zsh_shares_with_bash_is_read() {
    for text in COMMON {
        let zsh = parse(text, Dialect::Zsh);
        assert!(zsh.is_ok(), "{text:?}: {zsh:?}");
        assert_eq!(zsh, parse(text, Dialect::Bash), "{text:?}");
    }
}

#[test]
fn what_dash_rejects_is_rejected() {
    let there = Command::new("dash").args(["-c", ":"]).status().is_ok_and(|status| status.success());
    if !there {
        return println!("there is no dash to compare with");
    }
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/parse/adversarial.jsonl");
    let corpus = std::fs::read_to_string(corpus).expect("the corpus can be read");
    let further = std::env::var_os("GUARD_PARSE_CORPUS").map(|folder| Path::new(&folder).join("parable.jsonl"));
    let further = further.and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
    let (mut wrongly_accepted, mut wrongly_rejected, mut accepted) = (Vec::new(), 0, 0);
    for line in corpus.lines().chain(further.lines()) {
        let line: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
        let text = line["src"].as_str().expect("src is a string");
        let read = parse(text, Dialect::Posix).is_ok();
        if dash_accepts(text) {
            accepted += 1;
            wrongly_rejected += usize::from(!read);
        } else if read {
            wrongly_accepted.push(text.to_owned());
        }
    }
    println!("{wrongly_rejected} of {accepted} texts that dash accepts are rejected");
    assert!(wrongly_accepted.is_empty(), "{wrongly_accepted:?}");
    assert!(wrongly_rejected * 50 <= accepted, "too many texts are rejected");
}

fn dash_accepts(text: &str) -> bool {
    let script = tempfile::NamedTempFile::new().expect("a file can be made");
    std::fs::write(script.path(), text).expect("a file can be written");
    let status = Command::new("dash").arg("-n").arg(script.path()).stdin(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

/// Prints what bash reads in each line of its input, or nothing, and a mark. Nothing runs: each is the body of a function.
const READ_LINES: &str = r#"
PATH=/nonexistent
while IFS= read -r text; do
    if command eval "f() { $text"$'\n}'; then declare -f f; fi 2>/dev/null
    printf '%s\n' '#next'
done
"#;

/// `sh` is bash in POSIX mode on many systems, and any text can turn that on: what it reads otherwise is refused.
#[test]
fn what_bash_in_posix_mode_reads_otherwise_is_refused() {
    let tokens = ["'", "\"", "}", "$'", "\\", "$(Z2)", "[", " "];
    let mut middles = vec![String::new()];
    for _ in 0..3 {
        let longer = middles.iter().flat_map(|middle| tokens.map(|token| format!("{middle}{token}")));
        middles = longer.chain(middles.iter().cloned()).collect();
        middles.sort();
        middles.dedup();
    }
    let heads = ["${x:-", "${x=", "${x+", "${x:?", "${x#", "${x/a/", "${x^", "${x:", "${a[", "${x!", "${x@", "$(("];
    let tails = ["}\"", "'}\"", "}\"; Z3; \"'}\""];
    let texts: Vec<String> = heads
        .iter()
        .flat_map(|head| middles.iter().map(move |middle| format!("Z1 \"{head}{middle}")))
        .flat_map(|text| tails.map(|tail| format!("{text}{tail}")))
        .collect();
    let (Some(plain), Some(posix)) = (readings(&texts, &[]), readings(&texts, &["--posix"])) else {
        return println!("there is no bash to compare with");
    };
    let mut differing = 0;
    let mut accepted = Vec::new();
    for ((text, plain), posix) in texts.iter().zip(&plain).zip(&posix) {
        // Every command has a line of its own. What bash rejects is rejected anyway.
        if plain.is_empty() || posix.is_empty() || plain.lines().count() == posix.lines().count() {
            continue;
        }
        differing += 1;
        if parse(text, Dialect::Bash).is_ok() {
            accepted.push(text);
        }
    }
    assert!(differing > 100, "the two modes hardly differ: {differing}");
    assert!(accepted.is_empty(), "{} of {differing}: {:?}", accepted.len(), &accepted[..accepted.len().min(20)]);
}

/// What a bash with these options reads in each of the texts.
fn readings(texts: &[String], options: &[&str]) -> Option<Vec<String>> {
    let mut input = tempfile::tempfile().ok()?;
    input.write_all((texts.join("\n") + "\n").as_bytes()).ok()?;
    input.rewind().ok()?;
    let output =
        Command::new("bash").args(options).args(["-c", READ_LINES]).stdin(input).stderr(Stdio::null()).output().ok()?;
    let said = String::from_utf8(output.stdout).expect("bash prints text");
    let readings: Vec<String> = said.split("#next\n").map(str::to_owned).collect();
    assert_eq!(readings.len(), texts.len() + 1, "bash read every text");
    Some(readings)
}
