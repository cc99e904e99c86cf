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

/// An option that no program has, or as few as may be, by each spelling.
const UNKNOWN: [(&str, usize); 3] = [("--frobnicate", 95), ("-Z", 180), ("--turbo-mode", 140)];

/// Programs whose options are the parameters of thousands of operations: the last word of a name decides.
const CLOUDS: [&str; 16] = [
    "aws",
    "az",
    "gcloud",
    "doctl",
    "firebase",
    "fly",
    "hcloud",
    "heroku",
    "influx",
    "linode-cli",
    "netlify",
    "railway",
    "supabase",
    "tailscale",
    "vercel",
    "wrangler",
];

/// Programs that have `-Z`: it prints security labels, ends names with NUL, takes what is compressed or several requests.
const HAVE_Z: [&str; 19] = [
    "ls",
    "ps",
    "ss",
    "id",
    "lsof",
    "grep",
    "zgrep",
    "diff",
    "curl",
    "tar",
    "unzip",
    "file",
    "man",
    "cargo",
    "pg_dump",
    "pg_dumpall",
    "ssh-keygen",
    "mdadm",
    "cat-file",
];

/// Why a word that begins with dashes is no option that the program of this command reads, or is one that it has.
fn reason(command: &str, option: &str) -> Option<&'static str> {
    const DATA: [&str; 10] = ["echo", "printf", "true", ":", "test", "trap", "awk", "printenv", "parted", "redis-cli"];
    let program = command.split_whitespace().next().unwrap_or_default();
    let mut words = command.split_whitespace().map(|word| word.trim_matches(['"', '\'']));
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
    } else if option == "-Z" && words.any(|word| HAVE_Z.contains(&word)) {
        Some("the program, or the one that it carries, has this option")
    } else if option == "--turbo-mode" && CLOUDS.contains(&program) {
        Some("`mode` ends the names of options that say in which state something is")
    } else {
        None
    }
}

#[test]
fn an_unknown_option_keeps_a_command_from_being_read_only() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/dev");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut commands = Vec::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "jsonl")) {
        for line in std::fs::read_to_string(file).unwrap().lines() {
            let case: Case = serde_json::from_str(line).unwrap();
            let is_plain = !case.cmd.contains(['|', ';', '&', '<', '>', '(', ')', '`', '\n', '$', '#']);
            if case.class == Class::ReadOnly && is_plain {
                commands.push(case.cmd);
            }
        }
    }
    assert!(commands.len() > 700, "only {} commands are plain", commands.len());
    for (option, most) in UNKNOWN {
        let (mut excepted, mut wrong) = (0, Vec::new());
        for command in &commands {
            let text = format!("{command} {option}");
            let subject = Subject::Shell { text: text.clone(), dialect: Dialect::Bash };
            let report = judge(&Request { subject, arguments: Vec::new() }, &NoFacts);
            match (report.class, reason(command, option)) {
                (Class::ReadOnly, None) => wrong.push(text),
                (Class::ReadOnly, Some(_)) => excepted += 1,
                _ => {}
            }
        }
        println!("{} commands, of which {excepted} stay read-only with {option} for a reason", commands.len());
        assert!(excepted <= most, "{excepted} commands stay read-only with {option}");
        assert!(wrong.is_empty(), "{} stay read-only without a reason\n{}", wrong.len(), wrong.join("\n"));
    }
}
