//! A home of its own for each test, in which nothing can do harm.

#![allow(dead_code, reason = "each test uses what it needs")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Longer than anything here takes; a test that waits so long has failed.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// A destructive command. In a [`Home`] the program it names is a stub, and what it names does not exist.
pub const DANGEROUS: &str = "rm /srv/guard-test/victim";

/// The part of the path by which [`DANGEROUS`] is recognised on a screen.
pub const VICTIM: &str = "/srv/guard-test/victim";

/// A folder with a home, a configuration, a state folder, and stubs that come first on PATH. Nothing in it can do
/// harm, whatever guard decides.
pub struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    /// A home without a configuration. Its stub `rm` says that it ran, and ends with status 3.
    pub fn new() -> Home {
        let home = Home { folder: tempfile::tempdir().expect("a folder") };
        for folder in ["bin", "config/guard", "work", "run"] {
            fs::create_dir_all(home.path(folder)).expect("a folder");
        }
        home.stub("rm", "echo ran >> \"$HOME/ran\"; echo 'the stub ran'; exit 3");
        home
    }

    /// A home with this `config.yaml`.
    pub fn with(configuration: &str) -> Home {
        let home = Home::new();
        fs::write(home.path("config/guard/config.yaml"), configuration).expect("it is written");
        home
    }

    /// A path in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts a program in the place of another.
    pub fn stub(&self, name: &str, script: &str) {
        let path = self.path("bin").join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("it is written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it is its own");
    }

    /// A file in the working folder, below which folders are made as needed.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path("work").join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(&path, content).expect("it is written");
        path
    }

    /// A program in the working folder.
    pub fn program(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.file(name, content);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it is its own");
        path
    }

    /// A link to guard that comes first on PATH.
    pub fn link(&self, name: &str) -> PathBuf {
        let link = self.path("bin").join(name);
        std::os::unix::fs::symlink(guard(), &link).expect("it is new");
        link
    }

    /// How often the stub of [`DANGEROUS`] ran.
    pub fn runs(&self) -> usize {
        fs::read_to_string(self.path("ran")).map_or(0, |text| text.lines().count())
    }

    /// A program in this home, with an environment that says nothing else.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        let path = format!("{}:/usr/bin:/bin", self.path("bin").display());
        command.env_clear().env("PATH", path).env("TERM", "xterm").env("LANG", "C.UTF-8");
        command.env("HOME", self.folder.path()).env("XDG_CONFIG_HOME", self.path("config"));
        command.env("XDG_STATE_HOME", self.path("state")).current_dir(self.path("work"));
        // Who tests the desk says how long to wait; others do not wait.
        command.env("XDG_RUNTIME_DIR", self.path("run")).env("GUARD_WAIT", "0");
        command
    }

    /// guard in this home, with these arguments.
    pub fn guard(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(guard());
        command.args(arguments);
        command
    }

    /// Runs guard without a terminal.
    pub fn run(&self, arguments: &[&str]) -> Output {
        // In a session of its own: the terminal of whoever runs the tests is nobody's to ask on.
        let mut command = self.command("setsid");
        command.arg("-w").arg(guard()).args(arguments).stdin(Stdio::null());
        command.output().expect("guard starts")
    }

    /// The journal's lines, as JSON.
    pub fn journal(&self) -> Vec<serde_json::Value> {
        let text = fs::read_to_string(self.journal_path()).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).expect("a record")).collect()
    }

    /// The journal's file.
    pub fn journal_path(&self) -> PathBuf {
        self.path("state/guard/journal.jsonl")
    }
}

/// A folder that counts as a place to keep things: one below `/tmp` may go without a question. The folder of a build that
/// itself is there gives way to the user's home.
pub fn lasting_folder() -> tempfile::TempDir {
    let build = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let temporary = ["/tmp", "/var/tmp"].iter().any(|folder| build.starts_with(folder));
    let place = std::env::var_os("HOME").map(PathBuf::from).filter(|_| temporary).unwrap_or(build);
    tempfile::Builder::new().prefix("guard-test-").tempdir_in(place).expect("a folder")
}

/// The program under test.
pub fn guard() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_guard"))
}

/// What a program wrote, as text.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Waits until something is so.
pub fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "it never came that {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
