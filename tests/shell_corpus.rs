//! Compares guard's reading of shell text with bash's own, as recorded in `tests/corpus/parse`. More such
//! files are read from the folder that `GUARD_PARSE_CORPUS` names.

use std::path::{Path, PathBuf};

use guard::shell::steps::{ListedRedirect, SimpleCommand, list};
use guard::shell::{Dialect, parse};
use serde_json::Value;

/// One text and what bash makes of it.
struct Case {
    source: String,
    accepted: bool,
    commands: Option<Vec<String>>,
    redirects: Option<Vec<String>>,
}

/// How the readings of one file compare.
#[derive(Default)]
struct Tally {
    cases: usize,
    accepted_by_bash: usize,
    wrongly_accepted: Vec<String>,
    wrongly_rejected: Vec<String>,
    differing: Vec<String>,
}

fn main_corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/parse")
}

fn cases(path: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(path).expect("the corpus can be read");
    text.lines().map(|line| case(&serde_json::from_str(line).expect("a line is JSON"))).collect()
}

fn case(line: &Value) -> Case {
    let array = |key: &str| {
        line[key].as_array().map(|entries| {
            let mut entries: Vec<String> = entries.iter().map(Value::to_string).collect();
            entries.sort();
            entries
        })
    };
    Case {
        source: line["src"].as_str().expect("src is a string").to_owned(),
        accepted: line["bash_ok"].as_bool().expect("bash_ok is true or false"),
        commands: array("cmds"),
        redirects: array("redirs"),
    }
}

fn command_line(command: &SimpleCommand) -> String {
    serde_json::json!({ "argv": command.argv, "assign": command.assignments }).to_string()
}

/// Writes a redirection as the corpus does: `v` for `{name}`, and operators of their own for closing and moving.
fn redirect_line(redirect: &ListedRedirect) -> String {
    let descriptor = if redirect.descriptor.starts_with('{') { "v" } else { &redirect.descriptor };
    let duplicates = matches!(redirect.operator, ">&" | "<&");
    let (operator, target) = match redirect.target.as_deref() {
        Some("-") if duplicates => ("close".to_owned(), Some("")),
        Some(target)
            if duplicates
                && target.ends_with('-')
                && target[..target.len() - 1].bytes().all(|b| b.is_ascii_digit()) =>
        {
            (format!("{}-m", redirect.operator), Some(&target[..target.len() - 1]))
        }
        target => (redirect.operator.to_owned(), target),
    };
    serde_json::json!([descriptor, operator, target]).to_string()
}

/// The corpus keeps the backslashes of an unquoted here-document without expansions; guard takes out those
/// that quote. What cannot be told from the record any more is compared without them on both sides.
fn without_body_escapes(line: &str) -> String {
    let mut fields: Vec<Option<String>> = serde_json::from_str(line).expect("a redirection is a list");
    let here = fields[1].as_deref().is_some_and(|operator| matches!(operator, "<<" | "<<-"));
    if let (true, Some(Some(body))) = (here, fields.get_mut(2)) {
        *body = body.replace('\\', "");
    }
    serde_json::json!(fields).to_string()
}

fn sorted(mut lines: Vec<String>) -> Vec<String> {
    lines.sort();
    lines
}

/// Texts with `${ …; }`: bash 5.3 runs what 5.2, which made the corpus, calls a bad substitution. guard lists it.
fn has_newer_substitution(source: &str) -> bool {
    ["${ ", "${\t", "${\n", "${|"].iter().any(|opening| source.contains(opening))
}

fn compare(path: &Path) -> Tally {
    let mut tally = Tally::default();
    for case in cases(path) {
        tally.cases += 1;
        tally.accepted_by_bash += usize::from(case.accepted);
        let parsed = parse(&case.source, Dialect::Bash);
        match (case.accepted, parsed) {
            (false, Ok(_)) => tally.wrongly_accepted.push(case.source),
            (true, Err(error)) => tally.wrongly_rejected.push(format!("{:?}: {}", case.source, error.reason)),
            (false, Err(_)) => {}
            (true, Ok(script)) => {
                let (Some(commands), Some(redirects)) = (case.commands, case.redirects) else { continue };
                let listing = list(&script);
                let read_commands = sorted(listing.commands.iter().map(command_line).collect());
                let redirects = sorted(redirects.iter().map(|line| without_body_escapes(line)).collect());
                let read_redirects = sorted(
                    listing.redirects.iter().map(|redirect| without_body_escapes(&redirect_line(redirect))).collect(),
                );
                let newer = has_newer_substitution(&case.source);
                if !newer && (read_commands != commands || read_redirects != redirects) {
                    tally.differing.push(format!(
                        "{:?}\n  bash  {commands:?} {redirects:?}\n  guard {read_commands:?} {read_redirects:?}",
                        case.source
                    ));
                }
            }
        }
    }
    tally
}

fn check(path: &Path) -> Tally {
    let tally = compare(path);
    println!(
        "{}: {} texts, {} accepted by bash; wrongly accepted {}, wrongly rejected {}, read differently {}",
        path.display(),
        tally.cases,
        tally.accepted_by_bash,
        tally.wrongly_accepted.len(),
        tally.wrongly_rejected.len(),
        tally.differing.len()
    );
    for (what, list) in [
        ("wrongly accepted", &tally.wrongly_accepted),
        ("wrongly rejected", &tally.wrongly_rejected),
        ("read differently", &tally.differing),
    ] {
        list.iter().for_each(|entry| println!("{what}: {entry}"));
    }
    assert!(tally.wrongly_accepted.is_empty(), "texts that bash rejects are accepted");
    assert!(tally.differing.is_empty(), "texts are read differently");
    tally
}

#[test]
fn adversarial_texts_are_read_as_bash_reads_them() {
    let tally = check(&main_corpus().join("adversarial.jsonl"));
    assert!(tally.wrongly_rejected.len() <= 1, "too many texts are rejected");
}

#[test]
fn further_corpora_are_read_as_bash_reads_them() {
    let Some(folder) = std::env::var_os("GUARD_PARSE_CORPUS") else { return };
    let names = ["adversarial.jsonl", "parable.jsonl", "nl2bash.jsonl"];
    let tallies: Vec<Tally> = names.iter().map(|name| check(&Path::new(&folder).join(name))).collect();
    let rejected: usize = tallies.iter().map(|tally| tally.wrongly_rejected.len()).sum();
    let accepted: usize = tallies.iter().map(|tally| tally.accepted_by_bash).sum();
    println!("{rejected} of {accepted} texts that bash accepts are rejected");
    assert!(rejected * 1000 <= accepted, "too many texts are rejected");
}
