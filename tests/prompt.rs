//! A human at a terminal confirms, or nothing runs: the question on a real pseudo-terminal.

#[path = "support/home.rs"]
mod home;
#[path = "support/pty.rs"]
mod pty;

use std::os::unix::process::ExitStatusExt;
use std::time::{Duration, Instant};

use home::{DANGEROUS, Home, VICTIM, text};
use nix::sys::signal::Signal;
use pty::{Ended, Pty, Session, Streams, shown};

/// guard with a dangerous command on a terminal.
fn asked(home: &Home) -> Session {
    Pty::new(30, 100).start(&home.guard(&["-c", DANGEROUS]), Streams::Terminal)
}

/// The command did not run, the status says so, the sender is told, and the terminal is as it was.
fn assert_refused(home: &Home, ended: &Ended, before: &str, because: &str) {
    assert_eq!(ended.status.code(), Some(126), "{}", ended.screen());
    assert_eq!(home.runs(), 0, "it ran:\n{}", ended.screen());
    let said = ended.screen() + &ended.errors;
    assert!(said.contains(&format!("guard: not run: {DANGEROUS}")), "{said}");
    assert!(said.contains(because), "{said}");
    assert_eq!(shown(&ended.settings), before);
}

#[test]
fn yes_runs_the_command_in_guards_place() {
    for answer in ["y\r", "yes\r", " YES \r"] {
        let home = Home::new();
        let pty = Pty::new(30, 100);
        let before = shown(&pty.settings());
        let mut session = pty.start(&home.guard(&["-c", DANGEROUS]), Streams::Terminal);
        session.await_question();
        session.press(answer);
        let ended = session.end();
        assert_eq!(ended.status.code(), Some(3), "{}", ended.screen());
        assert_eq!(home.runs(), 1);
        assert_eq!(shown(&ended.settings), before);
        let record = &home.journal()[0];
        assert_eq!((&record["decision"], &record["by"]), (&"confirmed".into(), &"human".into()));
        assert!(record["terminal"].as_str().is_some_and(|terminal| terminal.starts_with("/dev/pts/")), "{record}");
    }
}

#[test]
fn a_script_of_5_mb_runs_whole_once_confirmed() {
    let home = Home::new();
    home.file("script", ": some words\n".repeat(5 * 1024 * 1024 / 13) + "exit 9\n");
    let mut session = Pty::new(30, 100).start(&home.guard(&["script"]), Streams::Terminal);
    session.await_question();
    session.press("y\r");
    let ended = session.end();
    assert_eq!(ended.status.code(), Some(9), "{}", ended.screen());
}

#[test]
fn anything_else_refuses() {
    let cases = [
        ("n\r", "a human said no"),
        ("no\r", "a human said no"),
        ("\r", "a human said no"),
        ("what\rnot\rever\r", "a human said no"),
        ("\x03", "interrupted"),
        ("\x1c", "interrupted"),
        ("\x1a", "interrupted"),
        ("\x04", "the terminal was closed"),
        ("y\x03", "interrupted"),
        ("y\x15\r", "a human said no"),
    ];
    for (keys, because) in cases {
        let home = Home::new();
        let pty = Pty::new(30, 100);
        let before = shown(&pty.settings());
        let mut session = pty.start(&home.guard(&["-c", DANGEROUS]), Streams::Terminal);
        session.await_question();
        session.press(keys);
        assert_refused(&home, &session.end(), &before, because);
        assert_eq!(home.journal()[0]["decision"], "refused");
    }
}

#[test]
fn an_answer_that_is_neither_is_asked_for_again() {
    let home = Home::new();
    let mut session = asked(&home);
    session.await_question();
    session.press("maybe\r");
    session.await_text("Please answer y or n.", 0);
    session.press("y\r");
    assert_eq!(session.end().status.code(), Some(3));
}

#[test]
fn the_question_shows_what_is_lost_and_why() {
    let home = Home::new();
    let mut command = home.guard(&["-c", &format!("echo one && {DANGEROUS}")]);
    command.env("NO_COLOR", "1").env("CLAUDECODE", "1");
    let mut session = Pty::new(30, 100).start(&command, Streams::Terminal);
    session.await_question();
    session.press("n\r");
    let screen = session.end().screen();
    assert!(screen.contains("\n  echo one && rm /srv/guard-test/victim\n"), "{screen}");
    let marks: Vec<&str> = screen.lines().filter(|line| line.contains('^')).collect();
    assert_eq!(marks.len(), 1, "{screen}");
    assert_eq!(marks[0].len(), "  echo one && ".len() + DANGEROUS.len(), "{screen}");
    assert!(marks[0].ends_with(&"^".repeat(VICTIM.len())), "{screen}");
    assert!(screen.contains("delete       removes or empties data: /srv/guard-test/victim"), "{screen}");
    assert!(screen.contains("why: "), "{screen}");
    assert!(screen.contains("for claude, no answer within 25 s is no"), "{screen}");
    assert!(screen.contains("Run it? [y/N] "), "{screen}");
    assert!(!screen.contains('\x1b'), "no colour was asked for: {screen:?}");
}

#[test]
fn colours_are_for_terminals_that_want_them() {
    for (name, value, coloured) in [("TERM", "xterm", true), ("TERM", "dumb", false), ("NO_COLOR", "1", false)] {
        let home = Home::new();
        let mut command = home.guard(&["-c", DANGEROUS]);
        command.env(name, value);
        let mut session = Pty::new(30, 100).start(&command, Streams::Terminal);
        session.await_question();
        session.press("n\r");
        assert_eq!(session.end().screen().contains('\x1b'), coloured, "{name}={value}");
    }
}

#[test]
fn no_answer_in_time_refuses() {
    let home = Home::with("prompt-timeout: 2s\n");
    let pty = Pty::new(30, 100);
    let before = shown(&pty.settings());
    let started = Instant::now();
    let mut session = pty.start(&home.guard(&["-c", DANGEROUS]), Streams::Terminal);
    session.await_question();
    session.press("y");
    let ended = session.end();
    let took = started.elapsed();
    assert!(took >= Duration::from_secs(2) && took < Duration::from_secs(4), "{took:?}");
    assert_refused(&home, &ended, &before, "nobody answered within 2 s");
}

#[test]
fn what_was_typed_ahead_does_not_count() {
    let home = Home::with("prompt-timeout: 3s\n");
    let mut pty = Pty::new(30, 100);
    let before = shown(&pty.settings());
    pty.press("y\ry\r");
    let mut session = pty.start(&home.guard(&["-c", DANGEROUS]), Streams::Terminal);
    session.await_text("Run it?", 0);
    session.press("y\r");
    assert_refused(&home, &session.end(), &before, "nobody answered");
}

#[test]
fn who_types_ahead_is_told_and_may_answer_then() {
    let home = Home::new();
    let mut session = asked(&home);
    let end = session.await_text("Run it?", 0);
    while !session.drawn()[end..].contains("What was typed before the question does not count.") {
        session.press("x");
        session.draw_for(Duration::from_millis(20));
    }
    session.await_question();
    session.press("y\r");
    assert_eq!(session.end().status.code(), Some(3));
}

#[test]
fn a_program_that_keeps_typing_gets_no_answer_in() {
    let home = Home::with("prompt-timeout: 3s\n");
    let mut session = asked(&home);
    while !session.has_ended() {
        session.press("y\r");
        session.draw_for(Duration::from_millis(100));
    }
    assert_eq!(session.end().status.code(), Some(126));
    assert_eq!(home.runs(), 0);
}

#[test]
fn a_closed_terminal_refuses() {
    let home = Home::new();
    let mut session = Pty::new(30, 100).start(&home.guard(&["-c", DANGEROUS]), Streams::Piped);
    session.await_question();
    assert_eq!(session.hang_up().code(), Some(126));
    assert_eq!(home.runs(), 0);
    assert_eq!(home.journal()[0]["because"], "the terminal was closed");
}

#[test]
fn signals_refuse_and_leave_the_terminal_as_it_was() {
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGQUIT, Signal::SIGTSTP] {
        for open in [true, false] {
            let home = Home::new();
            let pty = Pty::new(30, 100);
            pty.make_raw();
            let before = shown(&pty.settings());
            let mut session = pty.start(&home.guard(&["-c", DANGEROUS]), Streams::Terminal);
            match open {
                true => session.await_question(),
                false => drop(session.await_text("Run it?", 0)),
            }
            session.signal(signal);
            let because = if signal == Signal::SIGHUP { "the terminal was closed" } else { "interrupted" };
            let ended = session.end();
            assert_eq!(ended.status.signal(), None);
            assert_refused(&home, &ended, &before, because);
        }
    }
}

#[test]
fn a_terminal_in_raw_mode_is_asked_on_too() {
    let home = Home::new();
    let pty = Pty::new(30, 100);
    pty.make_raw();
    let before = shown(&pty.settings());
    let mut session = pty.start(&home.guard(&["-c", DANGEROUS]), Streams::Terminal);
    session.await_question();
    session.press("y\r");
    let ended = session.end();
    assert_eq!(ended.status.code(), Some(3));
    assert_eq!(shown(&ended.settings), before);
}

#[test]
fn without_a_terminal_nothing_is_asked() {
    let home = Home::new();
    let started = Instant::now();
    let output = home.run(&["-c", DANGEROUS]);
    assert!(started.elapsed() < Duration::from_secs(5));
    assert_eq!(output.status.code(), Some(126));
    assert_eq!(text(&output.stdout), "");
    let said = text(&output.stderr);
    assert!(said.starts_with(&format!("guard: not run: {DANGEROUS}\n")), "{said}");
    for part in
        ["destructive (delete)", VICTIM, "there is no terminal to ask on", "do not retry it or do the same another way"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(said.lines().count() <= 5, "{said}");
    assert_eq!(home.runs(), 0);
    assert_eq!(home.journal()[0]["by"], "nobody");
}

#[test]
fn standard_input_answers_nothing() {
    let home = Home::new();
    let mut command = home.command("setsid");
    command.arg("-w").arg(home::guard()).args(["-c", DANGEROUS]);
    let (reader, mut writer) = std::io::pipe().expect("a pipe");
    std::io::Write::write_all(&mut writer, b"y\ny\nyes\n").expect("there is room");
    let output = command.stdin(reader).output().expect("guard starts");
    assert_eq!(output.status.code(), Some(126));
    assert_eq!(home.runs(), 0);
}

#[test]
fn the_question_is_on_the_terminal_alone() {
    let home = Home::new();
    let script = format!("echo y | {} -c '{DANGEROUS}'", home::guard().display());
    let mut command = home.command("/bin/sh");
    command.args(["-c", &script]);
    let mut session = Pty::new(30, 100).start(&command, Streams::Piped);
    session.await_question();
    session.press("y\r");
    let ended = session.end();
    assert_eq!(ended.status.code(), Some(3));
    assert_eq!(ended.output, "the stub ran\n");
    assert_eq!(ended.errors, "");
}

#[test]
fn nothing_in_the_command_is_obeyed_by_the_terminal() {
    let home = Home::new();
    let evil =
        format!("echo '\x1b[2J\x1b]0;title\x07\x1b[8m\u{9b}31m\u{202e}\u{200b}\r\x08' \u{a0}; {DANGEROUS}\u{2066}");
    let mut command = home.guard(&["-c", &evil]);
    command.env("NO_COLOR", "1");
    let mut session = Pty::new(30, 100).start(&command, Streams::Terminal);
    session.await_question();
    session.press("n\r");
    let ended = session.end();
    let screen = ended.screen();
    for part in ["^[[2J^[]0;title^G^[[8m<U+009B>31m<U+202E><U+200B>^M^H", "<U+00A0>", "<U+2066>"] {
        assert!(screen.contains(part), "{part}: {screen}");
    }
    let obeyed = |c: &char| c.is_control() && *c != '\n';
    assert_eq!(screen.chars().filter(obeyed).collect::<String>(), "", "{screen:?}");
    assert!(!screen.contains(['\u{202e}', '\u{200b}', '\u{a0}', '\u{2066}']), "{screen:?}");
}

#[test]
fn the_question_fits_every_width() {
    let long = format!("{}{DANGEROUS}{}", "echo a; ".repeat(50), "; echo b".repeat(50));
    let lines = format!("{}{DANGEROUS}\n{}", "echo a\n".repeat(300), "echo b\n".repeat(300));
    for command in [DANGEROUS, &long, &lines] {
        for (rows, columns) in [(24_u16, 20_u16), (24, 40), (24, 80), (50, 200), (8, 60)] {
            let home = Home::new();
            let mut guard = home.guard(&["-c", command]);
            guard.env("NO_COLOR", "1");
            let mut session = Pty::new(rows, columns).start(&guard, Streams::Piped);
            session.await_question();
            session.press("n\r");
            let screen = session.end().screen();
            for line in screen.lines() {
                let width = console::measure_text_width(line);
                assert!(width <= usize::from(columns), "{width} > {columns}: {line}\n{screen}");
            }
            let marks = screen.matches('^').count();
            assert!((VICTIM.len()..=DANGEROUS.len()).contains(&marks), "{rows} {columns}\n{screen}");
            if rows >= 24 && columns >= 40 {
                assert!(screen.lines().count() <= usize::from(rows), "{rows} {columns}\n{screen}");
            }
        }
    }
}

#[test]
fn a_very_long_command_shows_its_dangerous_part() {
    let home = Home::new();
    let long = format!("{}{DANGEROUS}", "echo a; ".repeat(15_000));
    let mut session = Pty::new(24, 80).start(&home.guard(&["-c", &long]), Streams::Piped);
    session.await_question();
    session.press("n\r");
    let ended = session.end();
    let screen = console::strip_ansi_codes(&ended.screen()).into_owned();
    assert!(screen.contains(VICTIM), "{screen}");
    assert!(screen.contains(" characters ...]"), "{screen}");
    let first = ended.errors.lines().next().unwrap_or_default();
    assert!(first.starts_with("guard: not run: ... ") && first.ends_with(DANGEROUS), "{first}");
}

#[test]
fn a_job_in_the_background_is_refused_and_not_stopped() {
    let home = Home::new();
    let script = format!("set -m; {} -c '{DANGEROUS}' & wait $!; echo \"status $?\"", home::guard().display());
    let mut command = home.command("/bin/bash");
    command.args(["-c", &script]);
    let ended = Pty::new(30, 100).start(&command, Streams::Piped).end();
    assert_eq!(ended.output, "status 126\n");
    assert!(ended.errors.contains("the terminal belongs to another job"), "{}", ended.errors);
    assert_eq!(ended.screen(), "");
    assert_eq!(home.runs(), 0);
}

#[test]
fn questions_on_one_terminal_come_one_after_the_other() {
    let home = Home::new();
    let guard = home::guard().display();
    let script = format!("{guard} -c '{DANGEROUS}-1' & {guard} -c '{DANGEROUS}-2' & wait");
    let mut command = home.command("/bin/sh");
    command.args(["-c", &script]);
    let mut session = Pty::new(30, 100).start(&command, Streams::Piped);
    session.await_question();
    session.draw_for(Duration::from_millis(300));
    assert_eq!(session.drawn().matches("Run it?").count(), 1, "{}", session.drawn());
    session.press("n\r");
    let end = session.drawn().len();
    session.await_text("Run it?", end);
    session.await_question();
    session.press("n\r");
    let ended = session.end();
    assert_eq!(ended.errors.matches("a human said no").count(), 2, "{}", ended.errors);
    assert_eq!(home.runs(), 0);
}

#[test]
fn the_command_gets_the_signals_that_guard_got() {
    let home = Home::new();
    home.stub("rm", "grep -E '^Sig(Blk|Ign)' /proc/self/status; exit 3");
    let mut plain = home.command("/bin/sh");
    plain.args(["-c", "rm"]);
    let expected = Pty::new(30, 100).start(&plain, Streams::Piped).end().output;
    let mut session = Pty::new(30, 100).start(&home.guard(&["-c", DANGEROUS]), Streams::Piped);
    session.await_question();
    session.press("y\r");
    let ended = session.end();
    assert_eq!(ended.output, expected);
}

#[test]
fn a_stopped_screen_does_not_make_guard_hang() {
    let home = Home::with("prompt-timeout: 2s\n");
    let mut session = asked(&home);
    session.await_question();
    session.press("\x13");
    let started = Instant::now();
    while !session.has_ended() {
        assert!(started.elapsed() < Duration::from_secs(5), "it hangs");
        session.draw_for(Duration::from_millis(50));
        if started.elapsed() > Duration::from_secs(3) {
            session.press("\x11");
        }
    }
    assert_eq!(session.end().status.code(), Some(126));
    assert_eq!(home.runs(), 0);
}

#[test]
fn an_unwritable_journal_refuses_before_it_asks() {
    let home = Home::new();
    std::fs::write(home.path("state"), "in the way").expect("it is written");
    let ended = asked(&home).end();
    assert_eq!(ended.status.code(), Some(126));
    let screen = ended.screen();
    assert!(!screen.contains("Run it?"), "{screen}");
    assert!(screen.contains("it cannot be recorded"), "{screen}");
    assert_eq!(home.runs(), 0);
}

#[test]
fn what_is_asked_about_can_be_allowed_ahead_with_a_yes() {
    let grants = |home: &Home| text(&home.run(&["grants"]).stdout);
    let choose = |home: &Home, command: &str, keys: &str| {
        let mut session = Pty::new(40, 120).start(&home.guard(&["-c", command]), Streams::Terminal);
        session.await_question();
        assert!(session.drawn().contains("a: allow ahead"), "{}", session.drawn());
        session.press("a\r");
        let end = session.await_text("Type its number", 0);
        // What it would allow is on the screen before anything can be chosen.
        assert!(session.drawn().contains("exactly this command, in "), "{}", session.drawn());
        session.await_typing();
        session.press(keys);
        let end = session.await_text("Run it", end);
        (session, end)
    };

    let home = Home::new();
    let (mut session, end) = choose(&home, DANGEROUS, "1\r");
    session.await_text("and allow that ahead?", end - 10);
    assert!(session.drawn().contains(&format!("with a yes: delete on {VICTIM}")), "{}", session.drawn());
    session.await_typing();
    session.press("y\r");
    assert_eq!(session.end().status.code(), Some(3));
    assert!(grants(&home).contains(&format!("delete, on {VICTIM}, in ")), "{}", grants(&home));
    assert_eq!(home.run(&["-c", DANGEROUS]).status.code(), Some(3), "it is allowed ahead");
    assert_eq!(home.run(&["-c", &format!("{DANGEROUS}-2")]).status.code(), Some(126));

    for (keys, reply) in [("1\r", "n\r"), ("\r", "y\r"), ("7\r", "y\r")] {
        let home = Home::new();
        let (mut session, _) = choose(&home, DANGEROUS, keys);
        session.await_typing();
        session.press(reply);
        session.end();
        assert_eq!(grants(&home), "", "{keys:?} {reply:?}");
    }
}

#[test]
fn what_decides_who_may_do_what_is_not_offered() {
    let home = Home::new();
    for command in ["rm .git/hooks/pre-commit", "rm ~/.config/guard/config.yaml"] {
        let mut session = Pty::new(40, 120).start(&home.guard(&["-c", command]), Streams::Terminal);
        session.await_question();
        assert!(!session.drawn().contains("allow ahead"), "{}", session.drawn());
        session.press("a\r");
        session.await_text("Please answer y or n.", 0);
        session.press("\r");
        assert_eq!(session.end().status.code(), Some(126));
    }
    assert_eq!(home.runs(), 0);
}
