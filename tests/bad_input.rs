//! What is no command ends in a clear message or a question, never in a run and never in a crash.

#[path = "support/compare.rs"]
mod compare;
#[path = "support/home.rs"]
mod home;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::process::{Command, Output};

use compare::{feed, output, shown};
use home::{Home, guard};

/// guard without a terminal to ask on, whoever runs the tests. `setsid` becomes guard.
fn alone(home: &Home) -> Command {
    let mut command = home.command("setsid");
    command.arg(guard());
    command
}

/// The command was held, and one message says so.
fn assert_held(run: &Output, what: &str) {
    assert_eq!(run.status.code(), Some(126), "{what}: {}", shown(run));
    assert!(run.stdout.is_empty(), "{what}: {}", shown(run));
    assert!(String::from_utf8_lossy(&run.stderr).starts_with("guard: "), "{what}: {}", shown(run));
}

#[test]
fn text_that_is_no_text_is_held() {
    let home = Home::new();
    let run = output(alone(&home).arg("-c").arg(OsStr::from_bytes(b"echo \xff\xfe > made")));
    assert_held(&run, "not UTF-8");
    let run = feed(&mut alone(&home), b"echo a > made\n\0echo b\n");
    assert_held(&run, "NUL on standard input");
    home.file("script", b"echo a > made\n\0echo b\n");
    assert_held(&output(alone(&home).arg("script")), "NUL in a script");
    assert!(!home.path("work/made").exists());
}

#[test]
fn what_is_no_script_fails_as_under_the_shell() {
    let home = Home::new();
    home.file("binary", b"\x7fELF\0\0\0");
    home.file("folder/file", "");
    for (name, status) in [("missing", 127), ("missing/file", 127), ("folder", 126), ("binary", 126), ("", 127)] {
        let plain = output(home.command("bash").arg(name));
        let run = output(alone(&home).arg(name));
        assert_eq!(run.status.code(), Some(status), "{name}: {}", shown(&run));
        assert_eq!(run.status, plain.status, "{name}");
        assert_eq!(String::from_utf8_lossy(&run.stderr).lines().count(), 1, "{name}: {}", shown(&run));
    }
}

#[test]
fn a_text_of_120_kb_runs() {
    let home = Home::new();
    let text = format!("{}exit 3", "echo some words that take room\n".repeat(120 * 1024 / 31));
    let run = output(alone(&home).args(["-c", &text]));
    assert_eq!(run.status.code(), Some(3), "{}", shown(&run));
    assert_eq!(run.stdout.len(), 26 * (120 * 1024 / 31));
}

#[test]
fn a_script_of_5_mb_is_held_unread() {
    let home = Home::new();
    home.file("script", "echo some words\n".repeat(5 * 1024 * 1024 / 16));
    assert_held(&output(alone(&home).arg("script")), "5 MB");
    let run = feed(&mut alone(&home), "echo some words\n".repeat(5 * 1024 * 1024 / 16));
    assert_held(&run, "5 MB on standard input");
}

#[test]
fn an_option_that_guard_does_not_know_hides_nothing() {
    let home = Home::new();
    home.file("victim", "data");
    home.file("script", "rm victim\n");
    for arguments in [
        vec!["-Z", "-c", "rm victim"],
        vec!["--new-option", "value", "-c", "rm victim"],
        vec!["-Z", "script"],
        vec!["-Z"],
    ] {
        let run = output(alone(&home).args(&arguments));
        assert_held(&run, &format!("{arguments:?}"));
    }
}

#[test]
fn a_first_line_hides_nothing() {
    let home = Home::new();
    home.file("victim", "data");
    for first in ["#!/bin/bash -s", "#!/bin/sh -c", "#!/usr/bin/env -S bash -c 'rm victim'"] {
        home.file("script", format!("{first}\ntrue\n"));
        let run = feed(alone(&home).arg("script"), "rm victim\n");
        assert_held(&run, first);
    }
}

#[test]
fn wrong_calls_of_guards_own_are_told_apart() {
    let home = Home::new();
    for arguments in [vec!["check"], vec!["check", "--frob", "x"], vec!["explain"], vec!["check", "a", "--", "b"]] {
        let run = output(alone(&home).args(&arguments));
        assert_eq!(run.status.code(), Some(2), "{arguments:?}: {}", shown(&run));
    }
}

#[test]
fn a_slip_in_guards_own_command_line_says_what_is_wrong() {
    let home = Home::new();
    for word in ["--frob", "--json", "--no-facts"] {
        let run = output(alone(&home).arg(word));
        assert_eq!(run.status.code(), Some(2), "{word}: {}", shown(&run));
        assert!(
            String::from_utf8_lossy(&run.stderr).starts_with(&format!("error: unexpected argument '{word}'")),
            "{}",
            shown(&run)
        );
    }
    assert_eq!(home.journal().len(), 0, "nothing was judged");
}
