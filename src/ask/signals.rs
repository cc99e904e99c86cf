//! The signals that end or stop programs, held back while a terminal is, and read instead.

use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, poll};
use nix::sys::signal::{SigSet, SigmaskHow, Signal};

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
    notices: Notices,
    before: SigSet,
}

impl Signals {
    /// Holds them back from now on.
    pub fn hold() -> nix::Result<Signals> {
        let held: SigSet = SIGNALS.into_iter().collect();
        let before = held.thread_swap_mask(SigmaskHow::SIG_BLOCK)?;
        match Notices::of(held) {
            Ok(notices) => Ok(Signals { notices, before }),
            Err(error) => {
                before.thread_set_mask()?;
                Err(error)
            }
        }
    }

    /// An error when a signal came.
    pub fn check(&self) -> Result<(), Refusal> {
        match self.notices.next() {
            Some(Signal::SIGHUP) => Err(Refusal::Closed),
            Some(_) => Err(Refusal::Interrupted),
            None => Ok(()),
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
        self.notices.as_fd()
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        let _ = self.before.thread_set_mask();
    }
}

/// Where signals that are held back are read: signalfd(2).
#[cfg(target_os = "linux")]
struct Notices(nix::sys::signalfd::SignalFd);

#[cfg(target_os = "linux")]
impl Notices {
    fn of(held: SigSet) -> nix::Result<Notices> {
        use nix::sys::signalfd::{SfdFlags, SignalFd};
        SignalFd::with_flags(&held, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK).map(Notices)
    }

    /// A signal that came.
    fn next(&self) -> Option<Signal> {
        let signal = self.0.read_signal().ok().flatten()?;
        i32::try_from(signal.ssi_signo).ok().and_then(|number| Signal::try_from(number).ok())
    }
}

#[cfg(target_os = "linux")]
impl AsFd for Notices {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Where the kernel tells of signals that are held back: kqueue(2). They stay pending until they are waited for.
#[cfg(not(target_os = "linux"))]
struct Notices {
    queue: nix::sys::event::Kqueue,
    held: SigSet,
}

#[cfg(not(target_os = "linux"))]
impl Notices {
    fn of(held: SigSet) -> nix::Result<Notices> {
        use nix::sys::event::{EvFlags, EventFilter, FilterFlag, KEvent, Kqueue};
        let told = |signal: Signal| {
            let (flags, none) = (EvFlags::EV_ADD | EvFlags::EV_CLEAR, FilterFlag::empty());
            KEvent::new(signal as usize, EventFilter::EVFILT_SIGNAL, flags, none, 0, 0)
        };
        let queue = Kqueue::new()?;
        queue.kevent(&SIGNALS.map(told), &mut [], None)?;
        Ok(Notices { queue, held })
    }

    /// A signal that came.
    fn next(&self) -> Option<Signal> {
        use nix::sys::event::{EvFlags, EventFilter, FilterFlag, KEvent};
        let mut told = [KEvent::new(0, EventFilter::EVFILT_SIGNAL, EvFlags::empty(), FilterFlag::empty(), 0, 0); 1];
        let at_once = nix::libc::timespec { tv_sec: 0, tv_nsec: 0 };
        let count = self.queue.kevent(&[], &mut told, Some(at_once)).ok()?;
        // One that is pending is had at once.
        if count > 0 { self.held.wait().ok() } else { None }
    }
}

#[cfg(not(target_os = "linux"))]
impl AsFd for Notices {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.queue.as_fd()
    }
}
