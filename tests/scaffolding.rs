//! What real clients put around a command changes nothing about it, and asks nobody; a look-alike hides nothing.
//!
//! `agents/spawns.jsonl` holds how the clients started their shells (`agents/README.md`). `@COMMAND@` stands for what
//! the model asked for; where it is `quoted`, it stands inside single quotes.

use std::fs;
use std::path::Path;

use guard::doors::options::{self, Source};
use guard::effect::Class;
use guard::facts::machine::Machine;
use guard::facts::{Facts, NoFacts};
use guard::judge::judge;
use guard::request::{Report, Request, Subject};
use guard::shell::Dialect;
use serde::Deserialize;

#[derive(Deserialize)]
struct Spawn {
    client: String,
    argv: Vec<String>,
    command: Option<Command>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Command {
    Plain,
    Quoted,
}

impl Spawn {
    fn dialect(&self) -> Dialect {
        if self.argv[0].ends_with("bash") { Dialect::Bash } else { Dialect::Posix }
    }

    /// The text that the shell runs; `None` where it runs a file, or takes its commands from elsewhere.
    fn text(&self) -> Option<&str> {
        let arguments: Vec<_> = self.argv.iter().skip(1).map(Into::into).collect();
        match options::read(&arguments, self.dialect()).source {
            Source::Text(at) => Some(&self.argv[at + 1]),
            _ => None,
        }
    }

    /// The text with a command in it.
    fn around(&self, command: &str) -> String {
        let command = match self.command {
            Some(Command::Quoted) => command.replace('\'', "'\"'\"'"),
            _ => command.to_owned(),
        };
        self.text().expect("a text").replace("@COMMAND@", &command)
    }
}

fn lines<T: for<'de> Deserialize<'de>>(file: &str) -> Vec<T> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(file);
    let text = fs::read_to_string(path).expect("it is there");
    text.lines().map(|line| serde_json::from_str(line).expect("it is JSON")).collect()
}

fn spawns() -> Vec<Spawn> {
    lines("agents/spawns.jsonl")
}

/// Those that differ from the command itself.
fn wrappings() -> Vec<Spawn> {
    spawns().into_iter().filter(|spawn| spawn.command.is_some() && spawn.text() != Some("@COMMAND@")).collect()
}

fn judged(text: &str, dialect: Dialect, facts: &dyn Facts) -> Report {
    let subject = Subject::Shell { text: text.to_owned(), dialect };
    judge(&Request { subject, arguments: vec!["bash".to_owned()] }, facts)
}

fn class(text: &str) -> Class {
    judged(text, Dialect::Bash, &NoFacts).class
}

#[test]
fn every_client_that_is_driven_has_its_shells_recorded() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/agents/README.md");
    let text = fs::read_to_string(path).expect("it is there").replace('\n', " ");
    let (_, names) = text.split_once("Clients: ").expect("the clients");
    let names: Vec<&str> = names.split_once('.').expect("a sentence").0.split(", ").collect();
    assert!(names.len() >= 10, "{names:?}");
    for name in names {
        assert!(spawns().iter().any(|spawn| spawn.client == name), "{name}");
    }
}

#[test]
fn what_a_client_runs_for_itself_is_judged_quietly() {
    let spawns = spawns();
    let own = spawns.iter().filter(|spawn| spawn.command.is_none());
    let mut count = 0;
    for (spawn, text) in own.filter_map(|spawn| Some((spawn, spawn.text()?))) {
        let report = judged(text, spawn.dialect(), &NoFacts);
        assert!(report.parsed && report.class < Class::Destructive, "{}: {text}\n{:#?}", spawn.client, report.findings);
        count += 1;
    }
    assert!(count >= 5, "only {count}");
}

#[test]
fn a_wrapping_adds_nothing_of_its_own() {
    for spawn in wrappings() {
        for (command, expected) in [
            ("ls -la", Class::ReadOnly),
            ("echo 'it'\"'\"'s'", Class::ReadOnly),
            ("# only a comment\nls # another", Class::ReadOnly),
            ("touch a", Class::Mutating),
            ("rm -rf src", Class::Destructive),
            ("cat <<'E'\nrm -rf src\nE\n", Class::ReadOnly),
            ("bash <<'E'\nrm -rf src\nE\n", Class::Destructive),
            ("pwd(){ rm -rf src; }", Class::Destructive),
        ] {
            // Only where a wrapping has the shell say its folder, somebody calls such a function.
            if command.starts_with("pwd") && spawn.client != "claude" {
                continue;
            }
            assert_eq!(class(&spawn.around(command)), expected, "{}: {command}", spawn.client);
        }
    }
}

#[test]
fn the_realistic_commands_have_the_class_that_they_have_alone() {
    #[derive(Deserialize)]
    struct Case {
        cmd: String,
    }
    let cases: Vec<Case> = lines("corpus/dev/realistic.jsonl");
    let alone: Vec<Class> = cases.iter().map(|case| class(&case.cmd)).collect();
    for spawn in wrappings() {
        let mut differ = Vec::new();
        // Codex puts 38 kB before each: a part of the cases is enough, for time's sake.
        let step = if spawn.text().is_some_and(|text| text.len() > 4096) { 7 } else { 1 };
        for (case, alone) in cases.iter().zip(&alone).step_by(step) {
            let wrapped = class(&spawn.around(&case.cmd));
            if wrapped != *alone {
                differ.push(format!("{alone} alone, {wrapped} wrapped: {}", case.cmd));
            }
        }
        // A file that is sourced and not there to be read may change a variable of the wrapping.
        let unread = differ.iter().filter(|line| line.contains("source ")).count();
        assert_eq!(differ.len(), unread, "{}: {differ:#?}", spawn.client);
        assert!(unread <= 1, "{}: {differ:#?}", spawn.client);
    }
}

#[test]
fn a_look_alike_hides_nothing() {
    for (text, expected) in [
        ("pwd -P >| /tmp/claude-1a2b-cwd", Class::ReadOnly),
        ("pwd -P > /tmp/claude-1a2b-cwd", Class::ReadOnly),
        ("pwd -P >> /tmp/claude-1a2b-cwd", Class::Mutating),
        ("pwd -P >| /tmp/claude-1a2b-cwd >| a", Class::Mutating),
        ("pwd -P >| claude-1a2b-cwd", Class::Mutating),
        ("pwd -P >| src/claude-1a2b-cwd", Class::Mutating),
        ("pwd -P >| /etc/claude-1a2b-cwd", Class::Destructive),
        ("pwd -P >| /tmp/claude-a/../../etc/x-cwd", Class::Destructive),
        ("echo x >| /tmp/claude-1a2b-cwd", Class::Mutating),
        ("pwd -P \"$(rm -rf src)\" >| /tmp/claude-1a2b-cwd", Class::Destructive),
        ("pwd() { rm -rf src; }; pwd -P >| /tmp/claude-1a2b-cwd", Class::Destructive),
        ("rm -rf src && pwd -P >| /tmp/claude-1a2b-cwd", Class::Destructive),
        ("pwd -P >| /tmp/claude-1a2b-cwd; eval \"$x\"", Class::Destructive),
        ("jobs -p > /tmp/gemini-shell-a1/bgpids.tmp", Class::ReadOnly),
        ("jobs -p > /tmp/gemini-shell-a1/other", Class::Mutating),
        ("source ~/.claude/shell-snapshots/other.sh", Class::Mutating),
        (
            "echo 'rm -rf src' > ~/.claude/shell-snapshots/snapshot-bash-1.sh; . ~/.claude/shell-snapshots/snapshot-bash-1.sh",
            Class::Destructive,
        ),
    ] {
        assert_eq!(class(text), expected, "{text}");
    }
}

#[test]
fn a_note_through_a_link_is_a_write_of_what_the_link_leads_to() {
    let folder = tempfile::tempdir().expect("a folder");
    let target = folder.path().join("notes");
    fs::write(&target, "something\n").expect("it is written");
    let link = format!("/tmp/claude-guardtest{}-cwd", std::process::id());
    std::os::unix::fs::symlink(&target, &link).expect("it is new");
    let report = judged(&format!("pwd -P >| {link}"), Dialect::Bash, &Machine::here());
    fs::remove_file(&link).expect("it was made here");
    assert_eq!(report.class, Class::Mutating);
}

#[test]
fn a_snapshot_that_can_be_read_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let snapshots = folder.path().join(".claude/shell-snapshots");
    fs::create_dir_all(&snapshots).expect("a folder");
    let snapshot = snapshots.join("snapshot-bash-1-a.sh");
    let judged = |content: &str| {
        fs::write(&snapshot, content).expect("it is written");
        judged(&format!("source {}; git status", snapshot.display()), Dialect::Bash, &Machine::here()).class
    };
    assert_eq!(
        judged("unalias -a 2>/dev/null || true\nshopt -s expand_aliases\nexport PATH=/usr/bin\n"),
        Class::ReadOnly
    );
    assert_eq!(judged("git() { rm -rf src; }\n"), Class::Destructive);
}
