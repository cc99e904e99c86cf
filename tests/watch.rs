//! A human watches the desk in a terminal of their own, and answers with one key.

#[path = "support/desk.rs"]
mod desk;
#[path = "support/home.rs"]
mod home;
#[path = "support/pty.rs"]
mod pty;

use desk::{held, waits, without_terminal};
use home::{DANGEROUS, Home};
use nix::sys::signal::Signal;
use pty::{Pty, Session, Streams};

/// What the keys begin with, which are shown when they count.
const KEYS: &str = "[y] yes";

fn watch(home: &Home) -> Session {
    let mut command = home.guard(&["watch"]);
    command.env("NO_COLOR", "1");
    let mut session = Pty::new(40, 100).start(&command, Streams::Terminal);
    session.await_text("appear here", 0);
    session
}

#[test]
fn a_request_is_shown_as_it_comes_and_answered_with_one_key() {
    let home = Home::new();
    let mut watch = watch(&home);
    let mut command = without_terminal(&home, &["-c", DANGEROUS], "25");
    command.env("CLAUDECODE", "1");
    let waiting = waits(command);
    watch.await_text(KEYS, 0);
    let drawn = watch.drawn();
    for part in [DANGEROUS, "removes or empties data", "for claude", &waiting.ticket(), "\x07"] {
        assert!(drawn.contains(part), "{part}: {drawn}");
    }
    watch.press("y");
    assert_eq!(waiting.end().0.code(), Some(3));

    let end = watch.drawn().len();
    let waiting = waits(without_terminal(&home, &["-c", DANGEROUS], "25"));
    watch.await_text(KEYS, end);
    watch.press("n");
    let (status, said) = waiting.end();
    assert_eq!(status.code(), Some(126));
    assert!(said.contains("a human said no"), "{said}");

    let end = watch.drawn().len();
    let waiting = waits(without_terminal(&home, &["-c", DANGEROUS], "25"));
    watch.await_text(KEYS, end);
    watch.press("r");
    watch.await_text("Why not? ", end);
    watch.press("ask the team first\r");
    assert!(waiting.end().1.contains("a human said no: ask the team first"));
    assert_eq!(home.runs(), 1);
    watch.press("q");
    assert_eq!(watch.end().status.code(), Some(0));
}

#[test]
fn what_is_typed_before_the_keys_are_shown_does_not_count() {
    let home = Home::new();
    let mut watch = watch(&home);
    watch.press("y");
    let waiting = waits(without_terminal(&home, &["-c", DANGEROUS], "60"));
    watch.await_text("Run it once?", 0);
    watch.press("yyy");
    watch.await_text(KEYS, 0);
    watch.press("n");
    assert_eq!(waiting.end().0.code(), Some(126));
    assert_eq!(home.runs(), 0);
}

#[test]
fn several_watch_and_one_answers() {
    let home = Home::new();
    let (mut one, mut other) = (watch(&home), watch(&home));
    let waiting = waits(without_terminal(&home, &["-c", DANGEROUS], "60"));
    one.await_text(KEYS, 0);
    other.await_text(KEYS, 0);
    one.press("y");
    assert_eq!(waiting.end().0.code(), Some(3));
    other.await_text("is answered elsewhere", 0);
    assert_eq!(home.runs(), 1);
}

#[test]
fn a_watch_that_dies_answers_nothing_and_loses_nothing() {
    for signal in [Signal::SIGKILL, Signal::SIGHUP, Signal::SIGTERM] {
        let home = Home::new();
        let mut dying = watch(&home);
        let waiting = waits(without_terminal(&home, &["-c", DANGEROUS], "60"));
        dying.await_text(KEYS, 0);
        dying.signal(signal);
        dying.end();
        let mut next = watch(&home);
        next.await_text(KEYS, 0);
        next.press("y");
        assert_eq!(waiting.end().0.code(), Some(3));
        assert_eq!(home.runs(), 1);
    }
}

#[test]
fn what_waited_before_is_shown_too_and_runs_when_repeated() {
    let home = Home::new();
    held(&home, &["-c", DANGEROUS]);
    held(&home, &["-c", &format!("{DANGEROUS}-2")]);
    let mut watch = watch(&home);
    watch.await_text("its sender has ended", 0);
    watch.await_text("1 more waiting", 0);
    watch.await_text(KEYS, 0);
    watch.press("s");
    let end = watch.await_text("skipped", 0);
    watch.await_text(KEYS, end);
    watch.press("y");
    watch.await_text("approved ", end);
    let repeated = |command: &str| without_terminal(&home, &["-c", command], "0").status().expect("guard starts");
    assert_eq!(repeated(DANGEROUS).code(), Some(126));
    assert_eq!(repeated(&format!("{DANGEROUS}-2")).code(), Some(3));
}

#[test]
fn what_is_asked_about_can_be_allowed_ahead_with_a_yes() {
    let home = Home::new();
    let mut watch = watch(&home);
    let grants = || home::text(&home.run(&["grants"]).stdout);
    let mut at = 0;
    for (number, then, allowed) in [("\r", "nothing is allowed ahead", false), ("1\r", "with a yes: delete on ", true)]
    {
        let waiting = waits(without_terminal(&home, &["-c", DANGEROUS], "60"));
        at = watch.await_text(KEYS, at);
        watch.press("a");
        at = watch.await_text("Type its number", at);
        watch.await_typing();
        watch.press(number);
        at = watch.await_text(then, at);
        at = watch.await_text(KEYS, at);
        assert_eq!(grants(), "", "nothing before the yes");
        watch.press("y");
        assert_eq!(waiting.end().0.code(), Some(3));
        at = watch.await_text("approved ", at);
        if allowed {
            watch.await_text("allowed ahead: delete on ", at);
        }
    }
    assert!(grants().contains(&format!("delete, on {}, in ", home::VICTIM)), "{}", grants());
    assert_eq!(without_terminal(&home, &["-c", DANGEROUS], "0").output().expect("guard starts").status.code(), Some(3));

    // What decides who may do what is never offered.
    let end = watch.drawn().len();
    held(&home, &["-c", "rm .git/hooks/pre-commit"]);
    watch.await_text(KEYS, end);
    watch.press("a");
    watch.await_text("Nothing of this can be allowed ahead.", end);
}
