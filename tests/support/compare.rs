//! Running a program to its end, and comparing two runs.

#![allow(dead_code, reason = "each test uses what it needs")]

use std::io::Write;
use std::process::{Command, Output, Stdio};

/// Runs a command with nothing on its standard input.
pub fn output(command: &mut Command) -> Output {
    command.stdin(Stdio::null()).output().expect("it starts")
}

/// Runs a command with `input` on its standard input.
pub fn feed(command: &mut Command, input: impl AsRef<[u8]>) -> Output {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.as_ref().to_vec();
    let writer = std::thread::spawn(move || {
        // A program need not read all of it.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("it is written");
    output
}

/// What a program wrote, for a message.
pub fn shown(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).chars().take(2000).collect::<String>();
    format!("{:?}\n--- stdout\n{}\n--- stderr\n{}", output.status, text(&output.stdout), text(&output.stderr))
}

/// Says where two runs differ, if they do.
pub fn assert_same(guarded: &Output, plain: &Output, what: &str) {
    let same = guarded.status == plain.status && guarded.stdout == plain.stdout && guarded.stderr == plain.stderr;
    assert!(same, "{what}\n=== under guard: {}\n=== without: {}", shown(guarded), shown(plain));
}
