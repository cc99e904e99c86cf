//! A shell that stays: each command is judged as it is entered, before any of it runs, with what the session has by
//! then; and the session goes on.

#![cfg(target_os = "linux")]

#[path = "support/home.rs"]
mod home;
#[path = "support/pty.rs"]
mod pty;

use std::io::{BufRead, BufReader, Write};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};

use home::{DANGEROUS, Home, text};
use pty::{Pty, Streams};

/// A client that keeps one shell, and reads up to a marker after each command.
struct Client {
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    child: std::process::Child,
}

impl Client {
    fn new(command: &mut Command) -> Client {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let input = child.stdin.take().expect("it is piped");
        let output = BufReader::new(child.stdout.take().expect("it is piped"));
        Client { input, output, child }
    }

    /// Enters a command; gives what it printed.
    fn enter(&mut self, command: &str) -> String {
        self.input.write_all(format!("{command}\necho '##end##'\n").as_bytes()).expect("it reads");
        let mut printed = String::new();
        loop {
            let mut line = String::new();
            assert_ne!(self.output.read_line(&mut line).expect("it is text"), 0, "it ended: {printed}");
            if line == "##end##\n" {
                return printed;
            }
            printed.push_str(&line);
        }
    }

    fn end(self) -> (Option<i32>, String) {
        drop(self.input);
        let output = self.child.wait_with_output().expect("it ends");
        (output.status.code(), text(&output.stderr))
    }
}

fn piped(home: &Home, arguments: &[&str]) -> Client {
    let mut command = home.command("setsid");
    command.arg("-w").arg(home::guard()).args(arguments);
    Client::new(&mut command)
}

#[test]
fn a_shell_on_a_pipe_keeps_its_state_and_goes_on_after_a_refusal() {
    let home = Home::new();
    let mut client = piped(&home, &[]);
    assert_eq!(client.enter("x=one; cd /; f() { echo \"in $1\"; }"), "");
    assert_eq!(client.enter("echo \"$x\"; pwd; f a"), "one\n/\nin a\n");
    assert_eq!(client.enter("for i in 1 2; do\n  echo $i\ndone"), "1\n2\n");
    assert_eq!(client.enter("cat <<E\nhere\nE"), "here\n");
    assert_eq!(client.enter(&format!("echo before; {DANGEROUS}; echo after")), "");
    assert_eq!(client.enter(&format!("({DANGEROUS})")), "");
    assert_eq!(client.enter(&format!("echo $({DANGEROUS})")), "");
    assert_eq!(client.enter(&format!("{DANGEROUS} &\nwait")), "");
    assert_eq!(client.enter("echo \"$x\""), "one\n");
    let (status, said) = client.end();
    assert_eq!((status, home.runs()), (Some(0), 0));
    assert_eq!(said.matches("guard: not run:").count(), 4, "{said}");
}

#[test]
fn a_command_is_judged_with_what_the_session_has() {
    let home = Home::new();
    let mut client = piped(&home, &[]);
    client.enter("program=rm; target=/srv/guard-test/victim");
    client.enter("destroy() { \"$program\" \"$1\"; }");
    assert_eq!(client.enter("destroy \"$target\""), "");
    client.enter("target=nothing; destroy() { echo \"$1\"; }");
    assert_eq!(client.enter("destroy \"$target\""), "nothing\n");
    assert_eq!(home.runs(), 0);
    client.end();
}

#[test]
fn a_session_ends_as_the_shell_does() {
    let home = Home::new();
    let mut client = piped(&home, &["-s"]);
    client.enter("true");
    client.input.write_all(b"exit 7\n").expect("it reads");
    assert_eq!(client.end().0, Some(7));
}

#[test]
fn the_whole_of_a_program_that_has_an_end_is_judged_first() {
    let home = Home::new();
    home.file("program", format!("echo first\n{DANGEROUS}\n"));
    let mut command = home.command("setsid");
    command.args(["-w", "sh", "-c", &format!("cat program | {}", home::guard().display())]);
    let output = command.stdin(Stdio::null()).output().expect("it starts");
    assert_eq!((text(&output.stdout).as_str(), output.status.code()), ("", Some(126)));
}

#[test]
fn a_shell_on_a_terminal_keeps_its_prompt_and_its_jobs() {
    // Nobody answers.
    let home = Home::with("prompt-timeout: 1s\n");
    let mut session = Pty::new(24, 120).start(&home.guard(&["--norc", "-i"]), Streams::Terminal);
    session.press("PS1='{\"exit\": $?}# '\n");
    let at = session.await_text("{\"exit\": 0}# ", 0);
    session.press("echo harm\"\"less; (exit 3)\n");
    let at = session.await_text("harmless", at);
    let at = session.await_text("{\"exit\": 3}# ", at);
    session.press("sleep 30 &\n");
    let at = session.await_text("[1] ", at);
    session.press("kill %1; wait %1; echo do\"\"ne $?\n");
    let at = session.await_text("done 143", at);
    session.press(&format!("{DANGEROUS}\n"));
    let at = session.await_text("guard: not run:", at);
    let at = session.await_text("}# ", at);
    session.press("echo still he\"\"re\n");
    session.await_text("still here", at);
    session.press("exit\n");
    assert_eq!(home.runs(), 0);
}

/// The command that would do harm is entered in ways that keep it out of the history or put something between it and
/// the one before. It must not have run when the prompt comes back.
#[test]
fn no_prompt_and_no_history_hides_a_command() {
    let home = Home::with("prompt-timeout: 1s\n");
    let mut session = Pty::new(24, 160).start(&home.guard(&["--norc", "-i"]), Streams::Terminal);
    let mut entered = 0;
    let mut enter = |line: &str, expected: &str, at: usize| {
        entered += 1;
        session.press(&format!("{line}\n"));
        let at = session.await_text(expected, at);
        session.press(&format!("echo ne\"\"xt {entered}\n"));
        session.await_text(&format!("next {entered}"), at)
    };
    // What makes a prompt runs commands, too; a session goes on with any of these.
    let mut at = enter("marker() { echo \"prom\"\"pt\"; }; PROMPT_COMMAND='marker; true'; echo s\"\"et", "set", 0);
    at = enter("echo one\"\"time", "onetime", at);
    at = enter(DANGEROUS, "guard: not run:", at);
    at = enter("HISTCONTROL=ignorespace", "prompt", at);
    at = enter(&format!(" {DANGEROUS}"), "guard: not run:", at);
    at = enter("HISTCONTROL=ignoredups", "prompt", at);
    at = enter("echo twi\"\"ce", "twice", at);
    at = enter(DANGEROUS, "guard: not run:", at);
    at = enter(DANGEROUS, "guard: not run:", at);
    at = enter("HISTIGNORE='rm*'", "prompt", at);
    at = enter(DANGEROUS, "guard: not run:", at);
    at = enter("set +o history", "prompt", at);
    at = enter(DANGEROUS, "guard: not run:", at);
    at = enter("HISTSIZE=0", "prompt", at);
    at = enter(&format!("true; ({DANGEROUS})"), "guard: not run:", at);
    at = enter("history -c", "prompt", at);
    at = enter(DANGEROUS, "guard: not run:", at);
    at = enter("shopt -u promptvars", "prompt", at);
    at = enter(DANGEROUS, "guard: not run:", at);
    at = enter("PS0=", "readonly", at);
    enter(DANGEROUS, "guard: not run:", at);
    assert_eq!(home.runs(), 0);
}

#[test]
fn on_a_pipe_the_history_hides_no_command() {
    let home = Home::new();
    let mut client = piped(&home, &[]);
    client.enter("echo one");
    for hidden in ["HISTCONTROL=ignorespace", "HISTIGNORE='*'", "set +o history", "HISTSIZE=0", "history -c"] {
        client.enter(hidden);
        assert_eq!(client.enter(&format!(" true; {DANGEROUS}; true && ({DANGEROUS})")), "", "{hidden}");
    }
    assert_eq!(client.enter("echo still here"), "still here\n");
    let (_, said) = client.end();
    assert!(said.contains("guard: not run:"), "{said}");
    assert_eq!(home.runs(), 0);
}

#[test]
fn under_guard_run_a_session_is_judged_and_its_commands_shells_are_not_again() {
    let home = Home::new();
    let output = home.run(&["run", "--", "true"]);
    if !output.stderr.is_empty() {
        eprintln!("skipped: {}", text(&output.stderr));
        return;
    }
    home.program("dangerous", format!("#!/bin/sh\n{DANGEROUS}\n"));
    let copy = std::fs::read("/usr/bin/timeout").expect("coreutils are there");
    home.program("builder", copy);
    let mut client = piped(&home, &["run", "--", "timeout", "60", "/bin/bash"]);
    assert_eq!(client.enter(DANGEROUS), "");
    assert_eq!(client.enter("./builder 20 ./dangerous"), "the stub ran\n");
    client.end();
    assert_eq!(home.runs(), 1);
}

#[test]
fn a_shell_that_cannot_ask_is_given_nothing_unjudged() {
    let home = Home::new();
    for shell in ["dash", "zsh", "sh"] {
        let link = home.link(shell);
        // What comes through a pipe is read to its end, and judged as a whole.
        let mut client = Client::new(home.command("setsid").arg("-w").arg(&link));
        let program = format!("echo first\n{DANGEROUS}\n");
        client.input.write_all(program.as_bytes()).expect("it reads");
        let (status, said) = client.end();
        assert_eq!(status, Some(126), "{shell}: {said}");
        assert_eq!(said.matches("guard: not run:").count(), 1, "{shell}: {said}");
        // At a terminal there is no end.
        let mut session = Pty::new(24, 200).start(&home.command(&link), Streams::Terminal);
        session.await_text("cannot be judged, so none was started", 0);
    }
    assert_eq!(home.runs(), 0);
}

#[test]
fn in_tmux_each_command_is_judged() {
    let home = Home::with("prompt-timeout: 1s\n");
    let tmux = |arguments: &[&str]| {
        let mut command = home.command("tmux");
        command.arg("-S").arg(home.path("tmux")).args(["-f", "/dev/null"]).args(arguments);
        command.output()
    };
    let guard = home::guard().to_str().expect("it is text");
    let Ok(started) = tmux(&["new-session", "-d", "-x", "150", "-y", "40", guard, "--norc", "-i"]) else {
        eprintln!("skipped: there is no tmux");
        return;
    };
    assert!(started.status.success(), "{}", text(&started.stderr));
    let enter = |line: &str| tmux(&["send-keys", "-l", &format!("{line}\n")]).expect("it runs");
    let shows = |wanted: &str| {
        home::eventually(wanted, || {
            text(&tmux(&["capture-pane", "-p", "-J"]).expect("it runs").stdout).contains(wanted)
        });
    };
    enter("x=o''ne; cd /; echo \"${x}\"-two");
    shows("one-two");
    enter(DANGEROUS);
    shows("guard: not run:");
    enter("echo still-\"$x\"-\"$PWD\"-here");
    shows("still-one-/-here");
    tmux(&["kill-server"]).expect("it runs");
    assert_eq!(home.runs(), 0);
}
