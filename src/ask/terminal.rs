//! The terminal of this process, held for one question and given back as it was.
//!
//! Opens `/dev/tty` itself, so that neither standard input nor output can stand in for it. While it is held, its
//! settings are those of a plain terminal, the signals that end or stop programs are read instead of obeyed, and
//! every wait has an end. Dropping it restores settings and signals, in this order.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use console::Term;
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::unistd;

use super::Refusal;
use super::settings::{Keys, Settings};
use super::signals::Signals;
use crate::human;

/// How often a busy terminal is asked for.
const TURN_PAUSE: Duration = Duration::from_millis(20);

/// A terminal that is held for a question.
pub struct Terminal {
    settings: Settings,
    file: File,
    signals: Signals,
    name: String,
    /// Kept so that questions on one terminal come one after the other.
    _turn: Option<File>,
    limit: Duration,
    deadline: Instant,
}

/// What a terminal that is waited for has.
enum Event {
    Ready,
    Quiet,
}

impl Terminal {
    /// Holds the terminal of this process, for a question that must be answered within `limit`.
    ///
    /// # Errors
    ///
    /// When there is no terminal, or it belongs to another job, or it is busy for all that time.
    pub fn hold(limit: Duration) -> Result<Terminal, Refusal> {
        let deadline = Instant::now() + limit;
        let file = open(Path::new("/dev/tty"), true).map_err(|_| Refusal::NoTerminal)?;
        in_foreground(&file)?;
        let signals = Signals::hold().map_err(|_| Refusal::NoTerminal)?;
        let device = human::terminal::own_device();
        let turn = match &device {
            Some(device) => take_turn(device, &signals, limit, deadline)?,
            None => None,
        };
        in_foreground(&file)?;
        let settings = Settings::save(&file).map_err(|_| Refusal::NoTerminal)?;
        let name = device.map_or_else(|| "/dev/tty".to_owned(), |device| device.display().to_string());
        Ok(Terminal { settings, file, signals, name, _turn: turn, limit, deadline })
    }

    /// The terminal's own name, such as `/dev/pts/3`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How long an answer is waited for.
    pub fn limit(&self) -> Duration {
        self.limit
    }

    /// Rows and columns, and whether colours are wanted.
    pub fn screen(&self) -> (usize, usize, bool) {
        let term = match (self.file.try_clone(), self.file.try_clone()) {
            (Ok(read), Ok(write)) => Term::read_write_pair(read, write),
            _ => return (24, 80, false),
        };
        let (rows, columns) = term.size();
        (usize::from(rows), usize::from(columns), term.features().colors_supported())
    }

    /// Sets how keys arrive, and discards those that came before.
    pub fn set(&self, keys: Keys) -> Result<(), Refusal> {
        self.settings.set(&self.file, keys).map_err(|_| Refusal::Closed)?;
        self.discard()
    }

    /// Discards what was typed and not read.
    pub fn discard(&self) -> Result<(), Refusal> {
        self.settings.discard(&self.file).map_err(|_| Refusal::Closed)
    }

    /// Writes all of a text. A terminal whose output is stopped (Ctrl-S) makes this wait, not hang.
    pub fn write(&self, text: &str) -> Result<(), Refusal> {
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            match (&self.file).write(rest) {
                Ok(0) => return Err(Refusal::Closed),
                Ok(written) => rest = rest.get(written..).unwrap_or_default(),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    match self.wait(PollFlags::POLLOUT, self.deadline)? {
                        Event::Ready => {}
                        Event::Quiet => return Err(Refusal::Expired(self.limit)),
                    }
                }
                Err(_) => return Err(Refusal::Closed),
            }
        }
        Ok(())
    }

    /// Reads what was typed, some bytes at most; `None` when nothing was until `until`.
    pub fn read(&self, until: Instant) -> Result<Option<Vec<u8>>, Refusal> {
        loop {
            match self.wait(PollFlags::POLLIN, until.min(self.deadline))? {
                Event::Quiet if Instant::now() >= self.deadline => return Err(Refusal::Expired(self.limit)),
                Event::Quiet => return Ok(None),
                Event::Ready => {}
            }
            in_foreground(&self.file)?;
            let mut bytes = [0; 4096];
            match (&self.file).read(&mut bytes) {
                Ok(0) => return Err(Refusal::Closed),
                Ok(read) => return Ok(Some(bytes.get(..read).unwrap_or_default().to_vec())),
                // Somebody else read it first.
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
                Err(_) => return Err(Refusal::Closed),
            }
        }
    }

    /// Reads a whole line. A line that ends without Enter (Ctrl-D) is not one yet.
    pub fn line(&self) -> Result<Vec<u8>, Refusal> {
        let mut line = Vec::new();
        while !line.contains(&b'\n') {
            line.extend(self.read(self.deadline)?.unwrap_or_default());
        }
        Ok(line)
    }

    /// Waits until something is typed, or another file can be read, or a moment has come.
    pub fn idle(&self, other: Option<BorrowedFd<'_>>, until: Instant) -> Result<(), Refusal> {
        let mut files = vec![
            PollFd::new(self.file.as_fd(), PollFlags::POLLIN),
            PollFd::new(self.signals.as_fd(), PollFlags::POLLIN),
        ];
        files.extend(other.map(|other| PollFd::new(other, PollFlags::POLLIN)));
        let _ = poll(&mut files, remaining(until.min(self.deadline)));
        match files.first().and_then(PollFd::revents) {
            Some(events) if events.intersects(PollFlags::POLLHUP | PollFlags::POLLERR) => Err(Refusal::Closed),
            _ => self.signals.check(),
        }
    }

    /// Waits until another file can be read; what is typed meanwhile waits, too.
    #[cfg(feature = "pam")]
    pub fn await_file(&self, other: BorrowedFd<'_>) -> Result<(), Refusal> {
        loop {
            let mut files =
                [PollFd::new(other, PollFlags::POLLIN), PollFd::new(self.signals.as_fd(), PollFlags::POLLIN)];
            let _ = poll(&mut files, remaining(self.deadline));
            self.signals.check()?;
            match files.first().and_then(PollFd::revents) {
                Some(events) if !events.is_empty() => return Ok(()),
                _ if Instant::now() >= self.deadline => return Err(Refusal::Expired(self.limit)),
                _ => {}
            }
        }
    }

    fn wait(&self, what: PollFlags, until: Instant) -> Result<Event, Refusal> {
        loop {
            let mut files =
                [PollFd::new(self.file.as_fd(), what), PollFd::new(self.signals.as_fd(), PollFlags::POLLIN)];
            match poll(&mut files, remaining(until)) {
                Ok(_) | Err(Errno::EINTR) => {}
                Err(_) => return Err(Refusal::Closed),
            }
            let [terminal, signals] = files.map(|file| file.revents().unwrap_or(PollFlags::POLLERR));
            if !signals.is_empty() {
                self.signals.check()?;
            }
            // The time counts even where somebody types without pause.
            if Instant::now() >= until {
                return Ok(Event::Quiet);
            }
            if terminal.contains(what) {
                return Ok(Event::Ready);
            }
            if !terminal.is_empty() {
                return Err(Refusal::Closed);
            }
        }
    }
}

impl Drop for Terminal {
    /// The settings come first: the fields, and with them the signals, are dropped afterwards.
    fn drop(&mut self) {
        self.settings.restore(&self.file, in_foreground(&self.file).is_ok());
    }
}

/// Opens a terminal without becoming its owner, and without waiting for anything.
fn open(path: &Path, write: bool) -> std::io::Result<File> {
    let flags = (OFlag::O_NOCTTY | OFlag::O_NONBLOCK).bits();
    OpenOptions::new().read(true).write(write).custom_flags(flags).open(path)
}

/// The time until a moment, as `poll` takes it: rounded up, so that it does not wake too early to be done.
pub fn remaining(until: Instant) -> PollTimeout {
    let left = until.saturating_duration_since(Instant::now()) + Duration::from_micros(999);
    PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX)
}

/// A process in the background that reads from its terminal or sets it up is stopped by it, and the command would hang.
fn in_foreground(file: &File) -> Result<(), Refusal> {
    match unistd::tcgetpgrp(file) {
        Ok(group) if group == unistd::getpgrp() => Ok(()),
        Ok(_) => Err(Refusal::Background),
        Err(_) => Err(Refusal::Closed),
    }
}

/// Waits until no other guard asks on this terminal. A terminal that cannot be locked is used without.
fn take_turn(device: &Path, signals: &Signals, limit: Duration, deadline: Instant) -> Result<Option<File>, Refusal> {
    let Ok(file) = open(device, false) else { return Ok(None) };
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(fs::TryLockError::Error(_)) => return Ok(None),
            Err(fs::TryLockError::WouldBlock) if Instant::now() >= deadline => return Err(Refusal::Expired(limit)),
            Err(fs::TryLockError::WouldBlock) => signals.pause(TURN_PAUSE)?,
        }
    }
}
