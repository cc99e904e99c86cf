//! Asks bash. Nothing of a text runs, except in [`Oracle::run`], which is only given texts whose commands are
//! the generator's own.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// A bash that answers questions.
pub struct Oracle {
    folder: tempfile::TempDir,
    child: Child,
    questions: ChildStdin,
    answers: Receiver<Vec<u8>>,
    /// The number of the last question.
    number: u64,
}

fn script() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/shell_fuzz/oracle.bash")
}

fn bash() -> Command {
    let mut command = Command::new("/bin/bash");
    command.env_clear().env("PATH", "/nonexistent").env("LC_ALL", "C.UTF-8");
    command.args(["--norc", "--noprofile"]);
    command
}

/// Whether there is a bash whose grammar is the one that guard reads.
pub fn available() -> bool {
    let version = bash().args(["-c", "echo ${BASH_VERSINFO[0]}.${BASH_VERSINFO[1]}"]).output();
    version.is_ok_and(|output| output.stdout == b"5.2\n")
}

/// Whether `bash -n` accepts the text.
pub fn accepts(text: &str) -> bool {
    // There are texts that bash itself never finishes to read.
    let limited = "ulimit -t 2; exec /bin/bash --norc --noprofile -n -c -- \"$0\"";
    let output = bash().args(["-c", limited, text]).stdin(Stdio::null()).output().expect("bash starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    errors.lines().all(|line| line.contains("warning: ")) && output.status.success()
}

impl Oracle {
    pub fn start() -> Oracle {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let (child, questions, answers) = start(folder.path());
        Oracle { folder, child, questions, answers, number: 0 }
    }

    /// The text in bash's own canonical form; `None` when bash rejects it.
    pub fn canonical(&mut self, text: &str) -> Option<String> {
        self.ask("define", text);
        self.answer().filter(|answer| answer != "rejected")
    }

    /// What words stand for that hold no expansion.
    pub fn words(&mut self, text: &str) -> Option<Vec<String>> {
        self.ask("words", text);
        let count: usize = self.answer()?.parse().ok()?;
        // Without a word, printf still prints one field.
        (0..count.max(1)).map(|_| self.answer()).collect()
    }

    /// The calls that a program makes, as `COUNT NAME ARGUMENTS`.
    pub fn run(&mut self, text: &str) -> Option<Vec<String>> {
        self.ask("run", text);
        let mut calls = Vec::new();
        loop {
            let answer = self.answer()?;
            if answer == "end" {
                return Some(calls);
            }
            calls.push(answer);
        }
    }

    fn ask(&mut self, question: &str, text: &str) {
        self.number += 1;
        if self.number.is_multiple_of(2000) {
            // Bash grows with what it has defined and forgotten.
            self.restart();
        }
        let message = format!("{}\0{question}\0{text}\0", self.number);
        if self.questions.write_all(message.as_bytes()).is_err() {
            self.restart();
            let _ = self.questions.write_all(message.as_bytes());
        }
    }

    /// The next answer to the last question; `None` when bash hangs or dies, after which another one is started.
    fn answer(&mut self) -> Option<String> {
        loop {
            let Ok(answer) = self.answers.recv_timeout(Duration::from_secs(1)) else {
                self.restart();
                return None;
            };
            let answer = String::from_utf8_lossy(&answer).into_owned();
            // What a program left behind in the background may still report.
            if let Some((number, answer)) = answer.split_once(' ')
                && number == self.number.to_string()
            {
                return Some(answer.to_owned());
            }
        }
    }

    /// Ends bash and whatever its programs left behind.
    fn stop(&mut self) {
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        let _ = self.child.wait();
    }

    fn restart(&mut self) {
        self.stop();
        (self.child, self.questions, self.answers) = start(self.folder.path());
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        self.stop();
    }
}

fn start(folder: &Path) -> (Child, ChildStdin, Receiver<Vec<u8>>) {
    let mut child = bash()
        .arg(script())
        .current_dir(folder)
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("bash starts");
    let questions = child.stdin.take().expect("standard input is a pipe");
    let mut output = child.stdout.take().expect("standard output is a pipe");
    let (sender, answers) = channel();
    std::thread::spawn(move || {
        let mut pending = Vec::new();
        let mut buffer = [0; 65536];
        while let Ok(length @ 1..) = std::io::Read::read(&mut output, &mut buffer) {
            for &byte in &buffer[..length] {
                if byte != 0 {
                    pending.push(byte);
                } else if sender.send(std::mem::take(&mut pending)).is_err() {
                    return;
                }
            }
        }
    });
    (child, questions, answers)
}
