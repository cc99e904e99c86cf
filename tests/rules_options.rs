//! An option that nothing knows keeps a command from being read-only, whichever program is asked.
//!
//! Every command of the corpus that runs one program and only reads is judged again with an option behind it that no
//! program has. What stays read-only is listed here, and counted.

use std::path::Path;

use guard::effect::Class;
use guard::facts::NoFacts;
use guard::judge::judge;
use guard::request::{Request, Subject};
use guard::shell::Dialect;
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    cmd: String,
    class: Class,
}

/// Why a word that begins with dashes is no option that the program of this command reads.
fn reason(command: &str) -> Option<&'static str> {
    const DATA: [&str; 10] = ["echo", "printf", "true", ":", "test", "trap", "awk", "printenv", "parted", "redis-cli"];
    let mut words = command.split_whitespace().peekable();
    let program = words.peek().copied().unwrap_or_default();
    let has = |options: &[&str]| command.split_whitespace().any(|word| options.contains(&word));
    if has(&["--help", "-help", "--version", "help"]) {
        Some("the program prints its help or version and ends")
    } else if has(&["--"]) {
        Some("it stands behind `--`")
    } else if DATA.contains(&program) {
        Some("the words of the program are data, or its options stand in front of its first operand")
    } else if ["bash", "sh", "source", "python", "perl", "php", "node", "command"].contains(&program) {
        Some("it is an argument of what the program runs or looks up")
    } else if program == "go" || program == "gsutil" {
        Some("the program reads options in front of its operands only")
    } else if ["ssh web1", "docker exec web echo", "env FOO=1 printenv", "parallel --dry-run"]
        .iter()
        .any(|carrier| command.starts_with(carrier))
    {
        Some("it is an argument of a carried command that prints words")
    } else if command == "docker system df -v" {
        Some("`-v` asks docker for its version")
    } else {
        None
    }
}

#[test]
fn an_unknown_option_keeps_a_command_from_being_read_only() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/dev");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let (mut all, mut excepted, mut wrong) = (0, 0, Vec::new());
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "jsonl")) {
        for line in std::fs::read_to_string(file).unwrap().lines() {
            let case: Case = serde_json::from_str(line).unwrap();
            let is_plain = !case.cmd.contains(['|', ';', '&', '<', '>', '(', ')', '`', '\n', '$', '#']);
            if case.class != Class::ReadOnly || !is_plain {
                continue;
            }
            all += 1;
            let text = format!("{} --frobnicate", case.cmd);
            let subject = Subject::Shell { text: text.clone(), dialect: Dialect::Bash };
            let report = judge(&Request { subject, arguments: Vec::new() }, &NoFacts);
            match (report.class, reason(&case.cmd)) {
                (Class::ReadOnly, None) => wrong.push(text),
                (Class::ReadOnly, Some(_)) => excepted += 1,
                _ => {}
            }
        }
    }
    println!("{all} commands, of which {excepted} stay read-only for a reason");
    assert!(all > 700, "only {all} commands are plain");
    assert!(excepted <= 95, "{excepted} commands stay read-only");
    assert!(wrong.is_empty(), "{} stay read-only without a reason\n{}", wrong.len(), wrong.join("\n"));
}
