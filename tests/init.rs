//! `guard init` changes a client's settings and nothing else in them, and takes back what it did.

#[path = "support/home.rs"]
mod home;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Output;

use home::{Home, text};

fn init(home: &Home, arguments: &[&str]) -> Output {
    home.run(&[&["init"], arguments].concat())
}

const SETTINGS: &str = r#"{
    // How I like it
    "model": "opus", // the large one
    "hooks": {
        "PreToolUse": [
            { "matcher": "Bash", "hooks": [{ "type": "command", "command": "my-own" }] },
        ],
    },
    "permissions": { "allow": ["Bash(ls:*)"] } /* last */
}
"#;

#[test]
fn settings_keep_their_comments_and_order() {
    let home = Home::new();
    let file = home.path(".claude/settings.json");
    fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
    fs::write(&file, SETTINGS).expect("it is written");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("it is its own");

    let shown = init(&home, &["claude", "--dry-run"]);
    assert!(text(&shown.stdout).contains("+            {\n"), "{shown:?}");
    assert_eq!(fs::read_to_string(&file).expect("it is there"), SETTINGS);

    assert!(init(&home, &["claude"]).status.success());
    let changed = fs::read_to_string(&file).expect("it is there");
    assert!(changed.contains("hook claude"), "{changed}");
    let mut rest = changed.as_str();
    for line in SETTINGS.lines() {
        let at = rest.find(line).unwrap_or_else(|| panic!("{line:?} is gone: {changed}"));
        rest = &rest[at + line.len()..];
    }
    assert_eq!(fs::metadata(&file).expect("it is there").permissions().mode() & 0o777, 0o600);
    let backup = home.path(".claude/settings.json.guard-backup");
    assert_eq!(fs::read_to_string(backup).expect("it is there"), SETTINGS);

    let again = init(&home, &["claude"]);
    assert!(text(&again.stdout).contains("as it should be"), "{again:?}");
    assert_eq!(fs::read_to_string(&file).expect("it is there"), changed);

    assert!(init(&home, &["claude", "--remove"]).status.success());
    let without = fs::read_to_string(&file).expect("it is there");
    assert!(!without.contains("hook claude") && without.contains("my-own"), "{without}");
}

#[test]
fn every_client_is_set_up_and_removed() {
    let home = Home::new();
    let clients = [
        "claude", "codex", "gemini", "qwen", "copilot", "cursor", "cline", "opencode", "pi", "windsurf", "amp", "kiro",
    ];
    for client in clients {
        for project in [&[][..], &["--project"]] {
            let set_up = init(&home, &[&[client], project].concat());
            assert!(set_up.status.success(), "{set_up:?}");
            let again = init(&home, &[&[client], project].concat());
            assert!(!text(&again.stdout).contains("changed"), "{again:?}");
        }
    }
    let doctor = home.run(&["doctor"]);
    let said = text(&doctor.stdout);
    for client in clients {
        let held = |line: &&str| line.starts_with(&format!("ok {client}")) && line.contains("its hook ");
        assert_eq!(said.lines().filter(held).count(), 2, "{client}: {said}");
    }
    for client in clients {
        for project in [&["--remove"][..], &["--remove", "--project"]] {
            assert!(init(&home, &[&[client], project].concat()).status.success(), "{client}");
        }
    }
    let left = |folder: &str| -> Vec<String> {
        let entries = walk(&home.path(folder));
        entries.into_iter().filter(|name| !name.contains("guard-backup")).collect()
    };
    for folder in [".claude", ".codex", ".gemini", ".qwen", ".copilot", ".cursor", ".cline", ".pi", "work"] {
        assert_eq!(left(folder), Vec::<String>::new(), "{folder}");
    }
}

/// The files below a folder.
fn walk(folder: &std::path::Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let below = |path: std::path::PathBuf| match path.is_dir() {
        true => walk(&path),
        false => vec![path.display().to_string()],
    };
    entries.flat_map(|entry| below(entry.path())).collect()
}

#[test]
fn what_is_not_guards_is_left_alone() {
    let home = Home::new();
    let hook = home.path(".cline/hooks/PreToolUse");
    fs::create_dir_all(hook.parent().expect("a folder")).expect("a folder");
    fs::write(&hook, "#!/bin/sh\nmine\n").expect("it is written");
    let refused = init(&home, &["cline"]);
    assert!(!refused.status.success() && text(&refused.stderr).contains("not guard's"), "{refused:?}");

    let broken = home.path(".qwen/settings.json");
    fs::create_dir_all(broken.parent().expect("a folder")).expect("a folder");
    fs::write(&broken, "{ \"hooks\": [").expect("it is written");
    let refused = init(&home, &["qwen"]);
    assert!(!refused.status.success() && text(&refused.stderr).contains("line 1"), "{refused:?}");
    assert_eq!(fs::read_to_string(&broken).expect("it is there"), "{ \"hooks\": [");
}

#[test]
fn a_link_stays_a_link() {
    let home = Home::new();
    let real = home.file("dotfiles/settings.json", "{}\n");
    fs::create_dir_all(home.path(".gemini")).expect("a folder");
    symlink(&real, home.path(".gemini/settings.json")).expect("it is new");
    assert!(init(&home, &["gemini"]).status.success());
    assert!(home.path(".gemini/settings.json").is_symlink());
    assert!(fs::read_to_string(real).expect("it is there").contains("hook gemini"));
}

#[test]
fn an_agent_does_not_change_its_own_settings() {
    let home = Home::new();
    let output =
        home.run(&["run", "--", "timeout", "20", home::guard().to_str().expect("it is UTF-8"), "init", "claude"]);
    assert!(!output.status.success() && text(&output.stderr).contains("not from inside an agent"), "{output:?}");
    assert!(!home.path(".claude").exists());
}

#[test]
fn the_doctor_says_what_is_wrong_and_what_mends_it() {
    let home = Home::with("mode: loose\n");
    assert!(init(&home, &["claude"]).status.success());
    let file = home.path(".claude/settings.json");
    let weaker = fs::read_to_string(&file).expect("it is there").replace("|Write|Edit", "");
    fs::write(&file, weaker).expect("it is written");
    let output = home.run(&["doctor"]);
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("!! configuration") && said.contains("config.yaml:1:7"), "{said}");
    assert!(said.contains("!! claude") && said.contains("to mend it: guard init claude"), "{said}");
}

#[test]
fn the_doctor_tries_the_desk() {
    let home = Home::new();
    let said = text(&home.run(&["doctor"]).stdout);
    assert!(said.contains("ok desk "), "{said}");
    let folders = ["requests", "answers"].map(|folder| home.path("run/guard/desk").join(folder));
    assert!(folders.iter().all(|folder| fs::read_dir(folder).expect("a folder").next().is_none()), "it leaves nothing");

    // A file where the folder has to be, in both places where it may be.
    for place in ["run/guard", "state/guard/desk"] {
        let place = home.path(place);
        let _ = fs::remove_dir_all(&place);
        fs::create_dir_all(place.parent().expect("a parent")).expect("a folder");
        fs::write(place, "").expect("it is written");
    }
    let output = home.run(&["doctor"]);
    let said = text(&output.stdout);
    assert!(said.contains("!! desk ") && said.contains("to mend it: make one of these a folder"), "{said}");
    assert_eq!(output.status.code(), Some(1), "{said}");
}

#[test]
fn the_doctor_finds_rules_that_cannot_be_read_and_shells_that_are_not_covered() {
    let home = Home::new();
    fs::create_dir_all(home.path("config/guard/rules")).expect("a folder");
    fs::write(home.path("config/guard/rules/own.yaml"), "nonsense: [\n").expect("it is written");
    home.stub("fish", "exit 0");
    let output = home.run(&["doctor"]);
    let said = text(&output.stdout);
    assert!(said.contains("!! configuration") && said.contains("rules/own.yaml:1"), "{said}");
    let fish = format!("{} is a shell that guard cannot stand for", home.path("bin/fish").display());
    assert!(said.contains("-- guard run") && said.contains(&fish), "{said}");
    assert_eq!(output.status.code(), Some(1), "{said}");
}

#[test]
fn the_doctor_finds_a_guard_that_others_hide() {
    let home = Home::new();
    home.stub("guard", "exit 0");
    let output = home.run(&["doctor"]);
    let said = text(&output.stdout);
    assert!(said.contains("!! guard ") && said.contains("but PATH leads to"), "{said}");
    assert_eq!(output.status.code(), Some(1), "{said}");
}

#[test]
fn the_doctor_finds_a_journal_that_cannot_be_written() {
    let home = Home::new();
    fs::create_dir_all(home.path("state/guard/journal.jsonl")).expect("a folder");
    let output = home.run(&["doctor"]);
    let said = text(&output.stdout);
    assert!(said.contains("!! journal ") && said.contains("to mend it: make the file writable"), "{said}");
    assert_eq!(output.status.code(), Some(1), "{said}");
}

#[test]
fn a_persons_shell_gets_functions_and_completions() {
    let home = Home::new();
    home.program("codex", "#!/bin/sh\necho \"$0\" \"$@\"\n");
    for shell in ["bash", "zsh", "fish"] {
        let script = init(&home, &[shell]);
        assert!(script.status.success() && text(&script.stdout).contains("run -- codex"), "{shell}");
        let completions = home.run(&["completions", shell]);
        assert!(completions.status.success() && text(&completions.stdout).contains("doctor"), "{shell}");
    }
    let line =
        format!("PATH=$PWD:$PATH; eval \"$({} init bash)\"; type -t codex; type -t claude", home::guard().display());
    let output = home.command("bash").args(["-c", &line]).output().expect("it starts");
    assert_eq!(text(&output.stdout), "function\n");
    assert!(text(&home.run(&["man"]).stdout).contains(".TH guard 1"));
}
