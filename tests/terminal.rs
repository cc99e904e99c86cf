//! guard's own output on a terminal: help when nothing is asked, colour where it is wanted, no unjudged session.

#[path = "support/home.rs"]
mod home;
#[path = "support/pty.rs"]
mod pty;

use home::Home;
use pty::{Ended, Pty, Streams};

fn run(home: &Home, arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
    let mut command = home.guard(arguments);
    command.envs(variables.iter().copied());
    Pty::new(40, 100).start(&command, Streams::Terminal).end()
}

#[test]
fn nothing_asked_shows_the_help() {
    let ended = run(&Home::new(), &[], &[]);
    assert!(ended.status.success() && ended.screen().contains("guard -c TEXT"), "{}", ended.screen());
}

#[test]
fn a_session_that_cannot_be_judged_is_not_started() {
    for arguments in [&["-x"][..], &["--posix", "-i"], &["--rcfile", "file", "-i"]] {
        let ended = run(&Home::new(), arguments, &[]);
        assert_eq!(ended.status.code(), Some(126), "{}", ended.screen());
        assert!(ended.screen().contains("give a command with -c"), "{}", ended.screen());
    }
}

#[test]
fn colour_is_for_terminals_that_want_it() {
    let home = Home::new();
    for arguments in [["explain", "rm -rf src"], ["check", "rm -rf src"]] {
        let coloured = run(&home, &arguments, &[]).screen();
        assert!(coloured.contains("\u{1b}[31m"), "{coloured}");
        for variable in [("NO_COLOR", "1"), ("TERM", "dumb")] {
            let plain = run(&home, &arguments, &[variable]).screen();
            assert!(plain.contains("destructive") && !plain.contains('\u{1b}'), "{variable:?}: {plain}");
        }
    }
}
