//! The signals that end or stop programs, held back while a terminal is, and read instead.

use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, poll};
use nix::sys::signal::{SigSet, SigmaskHow, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};

use super::Refusal;
use super::terminal::remaining;

/// What is held. The last two are here because a background process that touches its terminal must be told so, not
/// stopped.
const SIGNALS: [Signal; 7] = [
    Signal::SIGINT,
    Signal::SIGTERM,
    Signal::SIGHUP,
    Signal::SIGQUIT,
    Signal::SIGTSTP,
    Signal::SIGTTIN,
    Signal::SIGTTOU,
];

/// The signals, held until this is dropped.
pub struct Signals {
    file: SignalFd,
    before: SigSet,
}

impl Signals {
    /// Holds them back from now on.
    pub fn hold() -> nix::Result<Signals> {
        let held: SigSet = SIGNALS.into_iter().collect();
        let before = held.thread_swap_mask(SigmaskHow::SIG_BLOCK)?;
        match SignalFd::with_flags(&held, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK) {
            Ok(file) => Ok(Signals { file, before }),
            Err(error) => {
                before.thread_set_mask()?;
                Err(error)
            }
        }
    }

    /// An error when a signal came.
    pub fn check(&self) -> Result<(), Refusal> {
        match self.file.read_signal() {
            Ok(Some(signal)) if signal.ssi_signo == Signal::SIGHUP as u32 => Err(Refusal::Closed),
            Ok(Some(_)) => Err(Refusal::Interrupted),
            Ok(None) | Err(_) => Ok(()),
        }
    }

    /// Waits for a while, unless a signal comes.
    pub fn pause(&self, time: Duration) -> Result<(), Refusal> {
        let mut files = [PollFd::new(self.as_fd(), PollFlags::POLLIN)];
        let _ = poll(&mut files, remaining(Instant::now() + time));
        self.check()
    }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        let _ = self.before.thread_set_mask();
    }
}
