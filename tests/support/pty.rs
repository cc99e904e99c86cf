//! A real pseudo-terminal with a program on it.
//!
//! The test holds the master, as a terminal emulator does. The program leads a session of its own whose controlling
//! terminal is the slave; `setsid --ctty` makes it so. It descends from a process that was left alone, as programs in a
//! window do, so that it makes no difference on which terminal the tests run. The slave stays open here too, so that
//! the terminal's settings can be read after the program has ended.

#![allow(dead_code, reason = "each test uses what it needs")]

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::pty::{grantpt, posix_openpt, ptsname_r, unlockpt};
use nix::sys::signal::{Signal, kill};
use nix::sys::termios::{self, SetArg, Termios};
use nix::unistd::Pid;
use tempfile::TempDir;

use crate::home::PATIENCE;

/// A terminal that a program can be started on.
pub struct Pty {
    master: File,
    slave: Option<File>,
    /// Everything that was ever drawn.
    drawn: Vec<u8>,
}

/// A program on a terminal.
pub struct Session {
    pty: Pty,
    /// What left the program alone; it has ended, but its pipes are the program's.
    starter: Child,
    /// Where the program's number and its exit status are written.
    folder: TempDir,
}

/// Starts what follows on a terminal of its own, and writes down its number and its exit status. Nothing is said by the
/// shell itself.
const ALONE: &str = "exec 9>&2 2>/dev/null; folder=$1; shift; \
    /bin/sh -c 'printf \"%s\\n\" $$ >\"$0/pid\"; exec setsid --ctty \"$@\"' \"$folder\" \"$@\" 2>&9 9>&-; \
    printf '%s\\n' $? >\"$folder/status\"";

/// Which of the program's standard streams are the terminal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Streams {
    /// All of them, as for a program that a human starts.
    Terminal,
    /// Only standard input, which `setsid` needs; the others are pipes, as for a program that another one starts.
    Piped,
}

impl Pty {
    /// A terminal of so many rows and columns. No other test's programs inherit it, which would keep it open.
    pub fn new(rows: u16, columns: u16) -> Pty {
        let flags = OFlag::O_RDWR | OFlag::O_NOCTTY;
        let master = posix_openpt(flags | OFlag::O_CLOEXEC | OFlag::O_NONBLOCK).expect("a terminal");
        grantpt(&master).and_then(|()| unlockpt(&master)).expect("it is its own");
        let name = ptsname_r(&master).expect("it has a name");
        let slave = File::options().read(true).write(true).custom_flags(OFlag::O_NOCTTY.bits()).open(name);
        let slave = slave.expect("it is unlocked");
        let size = ["rows", &rows.to_string(), "cols", &columns.to_string()];
        let stty = Command::new("stty").args(size).stdin(slave.try_clone().expect("it is open")).status();
        assert!(stty.is_ok_and(|status| status.success()));
        Pty { master: File::from(OwnedFd::from(master)), slave: Some(slave), drawn: Vec::new() }
    }

    /// What the terminal is set to.
    pub fn settings(&self) -> Termios {
        termios::tcgetattr(self.master.as_fd()).expect("it is a terminal")
    }

    /// Sets it to what a full-screen program needs: no lines, no echo, no signals, no newlines made of returns.
    pub fn make_raw(&self) {
        let mut settings = self.settings();
        termios::cfmakeraw(&mut settings);
        termios::tcsetattr(self.slave.as_ref().expect("it is open"), SetArg::TCSANOW, &settings)
            .expect("it is a terminal");
    }

    /// Types, as a human does or a program that holds the master.
    pub fn press(&mut self, keys: &str) {
        (&self.master).write_all(keys.as_bytes()).expect("there is room");
    }

    /// Starts a program on it.
    pub fn start(self, command: &Command, streams: Streams) -> Session {
        let folder = tempfile::tempdir().expect("a folder");
        let mut setsid = Command::new("setsid");
        setsid.args(["--fork", "/bin/sh", "-c", ALONE, "alone"]).arg(folder.path());
        setsid.arg(command.get_program()).args(command.get_args());
        setsid.env_clear();
        setsid.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        setsid.current_dir(command.get_current_dir().expect("the folder is set"));
        let slave = || Stdio::from(self.slave.as_ref().expect("it is open").try_clone().expect("it is open"));
        setsid.stdin(slave());
        match streams {
            Streams::Terminal => setsid.stdout(slave()).stderr(slave()),
            Streams::Piped => setsid.stdout(Stdio::piped()).stderr(Stdio::piped()),
        };
        let mut starter = setsid.spawn().expect("setsid starts");
        starter.wait().expect("it is a child");
        Session { pty: self, starter, folder }
    }

    fn draw(&mut self, until: Instant) -> bool {
        let left = until.saturating_duration_since(Instant::now()).min(Duration::from_millis(20));
        let mut files = [PollFd::new(self.master.as_fd(), PollFlags::POLLIN)];
        let _ = poll(&mut files, PollTimeout::try_from(left).expect("it is short"));
        let mut bytes = [0; 65536];
        match self.master.read(&mut bytes) {
            Ok(read) if read > 0 => {
                self.drawn.extend_from_slice(&bytes[..read]);
                true
            }
            _ => false,
        }
    }
}

impl Session {
    /// Everything that was drawn so far.
    pub fn drawn(&self) -> String {
        String::from_utf8_lossy(&self.pty.drawn).into_owned()
    }

    /// Waits until a text was drawn, not counting what was drawn before `from` bytes; gives where it ends.
    pub fn await_text(&mut self, text: &str, from: usize) -> usize {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self.pty.drawn.get(from..).and_then(|drawn| find(drawn, text.as_bytes())) {
                return from + at + text.len();
            }
            assert!(Instant::now() < deadline, "never drawn: {text:?}; drawn:\n{}", self.drawn());
            self.pty.draw(deadline);
        }
    }

    /// Waits until the question is drawn and open for answers: until then, nothing that is typed is echoed.
    pub fn await_question(&mut self) {
        self.await_open(0);
    }

    /// Waits until a question that is drawn behind the first `from` bytes is open for answers.
    pub fn await_open(&mut self, from: usize) {
        self.await_text("Run it?", from);
        self.await_typing();
    }

    /// Waits until lines can be typed.
    pub fn await_typing(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        while !self.pty.settings().local_flags.contains(termios::LocalFlags::ICANON | termios::LocalFlags::ECHO) {
            assert!(Instant::now() < deadline, "never open; drawn:\n{}", self.drawn());
            self.pty.draw(Instant::now() + Duration::from_millis(5));
        }
    }

    /// Types.
    pub fn press(&mut self, keys: &str) {
        self.pty.press(keys);
    }

    /// Draws for a while, and gives nothing: for what must not happen.
    pub fn draw_for(&mut self, time: Duration) {
        let deadline = Instant::now() + time;
        while Instant::now() < deadline {
            self.pty.draw(deadline);
        }
    }

    /// Sends a signal to the program.
    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(i32::try_from(self.id()).expect("a process")), signal).expect("it is there");
    }

    /// The program's process.
    pub fn id(&self) -> u32 {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(id) = written(&self.folder, "pid") {
                return u32::try_from(id).expect("a process");
            }
            assert!(Instant::now() < deadline, "it never started");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Whether the program has ended.
    pub fn has_ended(&self) -> bool {
        status(&self.folder).is_some()
    }

    /// Closes the terminal as a closed window does, and waits for the program's end.
    pub fn hang_up(self) -> ExitStatus {
        let Session { pty: Pty { master, slave, .. }, starter: _starter, folder } = self;
        drop((master, slave));
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = status(&folder) {
                return status;
            }
            assert!(Instant::now() < deadline, "it never ended");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits for the program's end.
    pub fn end(mut self) -> Ended {
        let deadline = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = status(&self.folder) {
                break status;
            }
            assert!(Instant::now() < deadline, "it never ended; drawn:\n{}", self.drawn());
            self.pty.draw(deadline);
        };
        while self.pty.draw(Instant::now()) {}
        let (mut output, mut errors) = (String::new(), String::new());
        if let Some(mut pipe) = self.starter.stdout.take() {
            pipe.read_to_string(&mut output).expect("text");
        }
        if let Some(mut pipe) = self.starter.stderr.take() {
            pipe.read_to_string(&mut errors).expect("text");
        }
        let settings = self.pty.settings();
        Ended { status, drawn: self.pty.drawn, settings, output, errors }
    }
}

/// What is left of a program.
pub struct Ended {
    /// How it ended.
    pub status: ExitStatus,
    /// Everything that was drawn.
    pub drawn: Vec<u8>,
    /// What the terminal is set to now.
    pub settings: Termios,
    /// What it wrote to standard output, where that was a pipe.
    pub output: String,
    /// What it wrote to standard error, where that was a pipe.
    pub errors: String,
}

impl Ended {
    /// What was drawn, as text.
    pub fn screen(&self) -> String {
        String::from_utf8_lossy(&self.drawn).replace("\r\n", "\n")
    }
}

/// What is compared when settings must be the same.
pub fn shown(settings: &Termios) -> String {
    format!(
        "{:?} {:?} {:?} {:?} {:?}",
        settings.input_flags,
        settings.output_flags,
        settings.control_flags,
        settings.local_flags,
        settings.control_chars
    )
}

/// How the program ended, once it has. A shell tells of a signal by a status above 128.
fn status(folder: &TempDir) -> Option<ExitStatus> {
    let status = written(folder, "status")?;
    Some(ExitStatus::from_raw(if status > 128 { status - 128 } else { status << 8 }))
}

/// The number in a file, once all of it is there.
fn written(folder: &TempDir, name: &str) -> Option<i32> {
    let text = std::fs::read_to_string(folder.path().join(name)).ok()?;
    text.strip_suffix('\n').map(|number| number.parse().expect("a number"))
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}
