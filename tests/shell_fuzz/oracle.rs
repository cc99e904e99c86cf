//! Asks bash. What asks its parser and its expander runs nothing; [`run`] is only given texts whose commands are
//! the generator's own.

use std::collections::HashMap;
use std::io::{BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// How many questions one bash answers: it grows with what it reads and forgets.
const QUESTIONS: u64 = 20_000;

/// How long a program may run.
const MAX_RUN: Duration = Duration::from_secs(2);

/// A bash that answers questions.
pub struct Oracle {
    folder: tempfile::TempDir,
    process: Option<Process>,
    questions: u64,
    /// Answers to questions that were asked ahead.
    answers: HashMap<Question, Option<Vec<String>>>,
}

/// The kind of a question, and the text.
pub type Question = (u8, String);

/// How many bytes of questions are asked at once: no more than a pipe holds.
const BATCH: usize = 48_000;

struct Process {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/shell_fuzz").join(name)
}

fn bash() -> Command {
    let mut command = Command::new("/bin/bash");
    command.env_clear().env("PATH", "/nonexistent").env("LC_ALL", "C.UTF-8");
    command.args(["--norc", "--noprofile"]);
    command
}

/// Whether there is a bash whose grammar is the one that guard reads.
fn is_right_version() -> bool {
    let version = bash().args(["-c", "echo ${BASH_VERSINFO[0]}.${BASH_VERSINFO[1]}"]).output();
    version.is_ok_and(|output| output.stdout == b"5.2\n")
}

/// Whether `bash -n` accepts the text, as a script or behind `-c`: there are texts that it reads in one way only.
pub fn accepts(text: &str) -> bool {
    let script = tempfile::NamedTempFile::new().expect("a file can be made");
    std::fs::write(script.path(), text).expect("a file can be written");
    let script = script.path().to_str().expect("the path is text").to_owned();
    [["-n", "-c", "--", text].as_slice(), &["-n", &script]].into_iter().any(|arguments| {
        // There are texts that bash itself never finishes to read.
        let limited = "ulimit -t 2; exec /bin/bash --norc --noprofile \"$@\"";
        let mut command = bash();
        command.args(["-c", limited, "bash"]).args(arguments).stdin(Stdio::null());
        let output = command.output().expect("bash starts");
        let errors = String::from_utf8_lossy(&output.stderr);
        errors.lines().all(|line| line.contains("warning: ")) && output.status.success()
    })
}

impl Oracle {
    /// A bash with the builtin of `oracle.c`; `None` where bash, its headers or a C compiler are not to be had.
    pub fn start() -> Option<Oracle> {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let built = Command::new("cc")
            .args(["-O2", "-DSHELL", "-DHAVE_CONFIG_H", "-shared", "-fPIC", "-I/usr/include/bash"])
            .args(["-I/usr/include/bash/builtins", "-I/usr/include/bash/include", "-o"])
            .args([&folder.path().join("oracle.so"), &source("oracle.c")])
            .stderr(Stdio::null())
            .status();
        let mut oracle = Oracle { folder, process: None, questions: 0, answers: HashMap::new() };
        let works = built.is_ok_and(|status| status.success()) && is_right_version();
        (works && oracle.canonical("a").is_some()).then_some(oracle)
    }

    /// The text in bash's own canonical form; `None` when bash rejects it.
    pub fn canonical(&mut self, text: &str) -> Option<String> {
        self.ask(b'c', text).and_then(|fields| fields.into_iter().next())
    }

    /// What words stand for that hold no expansion.
    pub fn words(&mut self, text: &str) -> Option<Vec<String>> {
        self.ask(b'w', &format!(": {text}"))
    }

    /// The command substitutions that bash runs when it expands the words of a text.
    pub fn substitutions(&mut self, text: &str) -> Option<Vec<String>> {
        self.ask(b'x', text)
    }

    /// Asks many questions ahead, so that bash has something to do while guard has something else to do.
    pub fn prepare(&mut self, questions: Vec<Question>) {
        self.answers.clear();
        let (mut batch, mut size) = (Vec::new(), 0);
        for question in questions {
            let length = question.1.len() + 8;
            if size + length > BATCH {
                self.ask_batch(std::mem::take(&mut batch));
                size = 0;
            }
            if length <= BATCH {
                size += length;
                batch.push(question);
            }
        }
        self.ask_batch(batch);
    }

    /// Asks all, then reads the answers, up to the first question that bash does not survive.
    fn ask_batch(&mut self, batch: Vec<Question>) {
        self.count(batch.len() as u64);
        let process = self.process();
        let bytes: Vec<u8> = batch.iter().flat_map(|(kind, text)| encode(*kind, text)).collect();
        if process.questions.write_all(&bytes).is_err() {
            return self.stop();
        }
        for question in batch {
            match self.process().read() {
                Ok(fields) => self.answers.insert(question, fields.map(split)),
                Err(_) => return self.stop(),
            };
        }
    }

    fn count(&mut self, questions: u64) {
        self.questions += questions;
        if self.questions > QUESTIONS {
            self.questions = 0;
            self.stop();
        }
    }

    fn process(&mut self) -> &mut Process {
        self.process.get_or_insert_with(|| start(self.folder.path()))
    }

    /// The fields of an answer; `None` when bash rejects the text or does not finish with it.
    fn ask(&mut self, kind: u8, text: &str) -> Option<Vec<String>> {
        if let Some(answer) = self.answers.get(&(kind, text.to_owned())) {
            return answer.clone();
        }
        self.count(1);
        let answer = self.exchange(kind, text);
        if answer.is_err() {
            self.stop();
        }
        answer.ok().flatten().map(split)
    }

    fn exchange(&mut self, kind: u8, text: &str) -> std::io::Result<Option<Vec<u8>>> {
        let process = self.process();
        process.questions.write_all(&encode(kind, text))?;
        process.read()
    }

    fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.child.kill();
            let _ = process.child.wait();
        }
    }
}

/// A question as it is sent.
fn encode(kind: u8, text: &str) -> Vec<u8> {
    let mut question = vec![kind];
    question.extend(u32::try_from(text.len()).expect("a text is short").to_ne_bytes());
    question.extend(text.as_bytes());
    question
}

/// The fields of an answer.
fn split(fields: Vec<u8>) -> Vec<String> {
    String::from_utf8_lossy(&fields).split_terminator('\0').map(str::to_owned).collect()
}

impl Process {
    /// The next answer; `None` in it when bash rejects the text.
    fn read(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let (mut accepted, mut length) = ([0], [0; 4]);
        self.answers.read_exact(&mut accepted)?;
        self.answers.read_exact(&mut length)?;
        let mut fields = vec![0; u32::from_ne_bytes(length) as usize];
        self.answers.read_exact(&mut fields)?;
        Ok((accepted == *b"y").then_some(fields))
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        self.stop();
    }
}

fn start(folder: &Path) -> Process {
    let script = folder.join("oracle.bash");
    // What reads a script itself survives errors that end a `-c` text.
    std::fs::write(&script, "set -f +B\nenable -f ./oracle.so oracle && oracle\n").expect("a file can be written");
    let mut child = bash()
        .arg(script)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("bash starts");
    let questions = child.stdin.take().expect("standard input is a pipe");
    let answers = BufReader::new(child.stdout.take().expect("standard output is a pipe"));
    Process { child, questions, answers }
}

/// The calls of Z1 to Z9 that a program makes, as `COUNT NAME ARGUMENTS`; `None` when it does not end in time.
/// Nothing of it outlives the call.
pub fn run(text: &str) -> Option<Vec<String>> {
    run_in(bash().arg(source("run.bash")), text)
}

/// The same of a program for dash.
pub fn run_in_dash(text: &str) -> Option<Vec<String>> {
    run_in(Command::new("dash").env_clear().arg(source("run.dash")), text)
}

fn run_in(shell: &mut Command, text: &str) -> Option<Vec<String>> {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let calls = folder.path().join("calls");
    let mut child = shell
        .arg(text)
        .current_dir(folder.path())
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(std::fs::File::create(&calls).expect("a file can be made"))
        .stderr(Stdio::null())
        .spawn()
        .expect("bash starts");
    let deadline = Instant::now() + MAX_RUN;
    let ended = loop {
        match child.try_wait() {
            Ok(Some(_)) => break true,
            Ok(None) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(1)),
            _ => break false,
        }
    };
    let _ = Command::new("kill").args(["-KILL", "--", &format!("-{}", child.id())]).stderr(Stdio::null()).status();
    let _ = child.wait();
    let output = std::fs::read(&calls).expect("the calls can be read");
    let output = String::from_utf8_lossy(&output).into_owned();
    ended.then(|| output.split_terminator('\0').map(str::to_owned).collect())
}
