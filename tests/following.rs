//! Lines as agents and their opponents write them, each with the class that the contract gives. One line of a table
//! is one command; `\n` stands for a newline and `\\` for a backslash.

use guard::facts::NoFacts;
use guard::judge::judge;
use guard::request::{Request, Subject};
use guard::shell::Dialect;

fn check(table: &str, class: &str) {
    let mut wrong = Vec::new();
    for line in table.lines() {
        let text = line.replace("\\\\", "\0").replace("\\n", "\n").replace('\0', "\\");
        let subject = Subject::Shell { text: text.clone(), dialect: Dialect::Bash };
        let report = judge(&Request { subject, arguments: vec!["bash".to_owned()] }, &NoFacts);
        if report.class.as_str() != class {
            wrong.push(format!("{class}, not {}: {text}", report.class));
        }
    }
    assert!(wrong.is_empty(), "{} lines:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_destroys_is_found_however_it_is_put() {
    check(include_str!("following/destructive.txt"), "destructive");
}

#[test]
fn what_agents_do_all_day_asks_nothing() {
    check(include_str!("following/mutating.txt"), "mutating");
}

#[test]
fn what_only_looks_is_read_only() {
    check(include_str!("following/read-only.txt"), "read-only");
}
