//! A folder of its own for each test, and guard run in it: nothing of the user's configuration or journal is met.

#![allow(dead_code, reason = "each test file uses its part of this")]

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The built program.
pub const GUARD: &str = env!("CARGO_BIN_EXE_guard");

/// A scratch folder that goes with the test.
pub struct Scratch {
    pub path: PathBuf,
}

impl Scratch {
    pub fn new() -> Scratch {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("guard-test-{}-{number}", std::process::id()));
        fs::create_dir_all(path.join("home")).expect("a scratch folder");
        let path = path.canonicalize().expect("a real path");
        Scratch { path }
    }

    /// Writes a file, and gives its path.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path.join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(&path, content).expect("a file");
        path
    }

    /// Writes a program.
    pub fn program(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.file(name, content);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("executable");
        path
    }

    /// A link of this name to guard, in a folder that can stand on PATH.
    pub fn link(&self, name: &str) -> PathBuf {
        let folder = self.path.join("bin");
        fs::create_dir_all(&folder).expect("a folder");
        let link = folder.join(name);
        std::os::unix::fs::symlink(GUARD, &link).expect("a link");
        link
    }

    /// A program that runs in this folder, with this folder's own home.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let home = self.path.join("home");
        let mut command = Command::new(program);
        command
            .current_dir(&self.path)
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("HOME", &home)
            .env("XDG_CONFIG_HOME", home.join(".config"))
            .env("XDG_STATE_HOME", home.join(".local/state"))
            .env("LC_ALL", "C")
            .stdin(Stdio::null());
        command
    }

    /// guard, in this folder.
    pub fn guard(&self) -> Command {
        self.command(GUARD)
    }

    /// guard without a terminal to ask on, whoever runs the tests. `setsid` becomes guard.
    pub fn guard_alone(&self) -> Command {
        let mut command = self.command("setsid");
        command.arg(GUARD);
        command
    }

    /// What the user's configuration says.
    pub fn configure(&self, text: &str) {
        self.file("home/.config/guard/config.yaml", text);
    }

    /// The records of the journal, as values.
    pub fn journal(&self) -> Vec<serde_json::Value> {
        let path = self.path.join("home/.local/state/guard/journal.jsonl");
        let text = fs::read_to_string(path).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).expect("a record")).collect()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Runs a command with `input` on its standard input.
pub fn feed(command: &mut Command, input: impl AsRef<[u8]>) -> Output {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("started");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.as_ref().to_vec();
    let writer = std::thread::spawn(move || {
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().expect("an end");
    writer.join().expect("written");
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

/// Whether a file is there.
pub fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}
