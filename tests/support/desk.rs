//! Commands that wait at the desk.

#![allow(dead_code, reason = "each test uses what it needs")]

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};

use crate::home::{self, Home, text};

/// A command that waits at the desk.
pub struct Waiting {
    /// Its process.
    pub child: Child,
    errors: BufReader<ChildStderr>,
    /// What it said until it waited.
    pub said: String,
}

impl Waiting {
    /// The ticket that the sender was told.
    pub fn ticket(&self) -> String {
        ticket(&self.said)
    }

    /// Reads on until it has said something.
    pub fn until(&mut self, text: &str) {
        while !self.said.contains(text) {
            assert_ne!(self.errors.read_line(&mut self.said).expect("text"), 0, "it ended: {}", self.said);
        }
    }

    /// How it ended, and all that it said.
    pub fn end(mut self) -> (ExitStatus, String) {
        let mut rest = String::new();
        self.errors.read_to_string(&mut rest).expect("text");
        (self.child.wait().expect("it ends"), self.said + &rest)
    }
}

/// guard without a terminal, in a session of its own.
pub fn without_terminal(home: &Home, arguments: &[&str], wait: &str) -> Command {
    let mut command = home.command("setsid");
    command.arg("-w").arg(home::guard()).args(arguments).env("GUARD_WAIT", wait);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

/// Starts a command, and returns when it waits.
pub fn waits(mut command: Command) -> Waiting {
    let mut child = command.spawn().expect("guard starts");
    let mut errors = BufReader::new(child.stderr.take().expect("a pipe"));
    let mut said = String::new();
    while !said.contains("guard approve ") {
        assert_ne!(errors.read_line(&mut said).expect("text"), 0, "it ended: {said}");
    }
    Waiting { child, errors, said }
}

/// The ticket in what a sender is told.
pub fn ticket(said: &str) -> String {
    let (_, after) = said.split_once("guard approve ").expect(said);
    after.chars().take_while(char::is_ascii_alphanumeric).collect()
}

/// Sends a command that nobody waits for, and gives its ticket.
pub fn held(home: &Home, arguments: &[&str]) -> String {
    let output = without_terminal(home, arguments, "0").output().expect("guard starts");
    assert_eq!(output.status.code(), Some(126), "{}", text(&output.stderr));
    ticket(&text(&output.stderr))
}
