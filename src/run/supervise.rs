//! Stays beside an agent as its parent: hands signals on to it, stops and continues with it, takes in what its
//! processes leave behind, and ends as it ends.
//!
//! Both are in the process group that guard was started in, so that the terminal, its signals and job control reach
//! the agent as if it had been started alone.

use std::process;

use nix::errno::Errno;
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::{SigHandler, SigSet, Signal, kill, raise};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use super::system::{self, Caught};

/// Runs `life` as a process of its own, and ends as that does. Returns only when no process can be started.
pub fn supervise(life: impl FnOnce()) -> Errno {
    let all = SigSet::all();
    let inherited = match SigSet::thread_get_mask().and_then(|mask| all.thread_block().map(|()| mask)) {
        Ok(mask) => mask,
        Err(error) => return error,
    };
    system::expect_children();
    let own = Pid::this();
    let child = system::fork_child(|| {
        system::die_with(own);
        if inherited.thread_set_mask().is_ok() {
            life();
        }
    });
    match child {
        Ok(child) => attend(child, &all),
        Err(error) => {
            let _ = inherited.thread_set_mask();
            error
        }
    }
}

/// Serves the agent until it ends.
fn attend(child: Pid, signals: &SigSet) -> ! {
    loop {
        let ended = match system::next_signal(signals) {
            Ok(Caught { signal: Signal::SIGCHLD, .. }) => news(child),
            Ok(caught) => {
                if !caught.reached_group(child) {
                    let _ = kill(child, caught.signal);
                }
                None
            }
            // Nothing is lost but the signals: whatever ends is still waited for.
            Err(_) => match waitpid(child, None) {
                Ok(status) => Some(status),
                Err(Errno::EINTR) => None,
                Err(_) => process::exit(1),
            },
        };
        match ended {
            Some(WaitStatus::Exited(_, status)) => process::exit(status),
            Some(WaitStatus::Signaled(_, signal, _)) => end_by(signal),
            _ => {}
        }
    }
}

/// Takes in every process that has ended; gives how the agent did.
fn news(child: Pid) -> Option<WaitStatus> {
    let flags = WaitPidFlag::WNOHANG | WaitPidFlag::WUNTRACED;
    loop {
        match waitpid(None, Some(flags)) {
            Ok(WaitStatus::Stopped(pid, _)) if pid == child => {
                let _ = raise(Signal::SIGSTOP);
            }
            Ok(status @ (WaitStatus::Exited(pid, _) | WaitStatus::Signaled(pid, ..))) if pid == child => {
                return Some(status);
            }
            Ok(WaitStatus::StillAlive) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

/// Ends by the same signal as the agent, without a core of its own.
fn end_by(signal: Signal) -> ! {
    let _ = setrlimit(Resource::RLIMIT_CORE, 0, 0);
    system::set_disposition(signal, SigHandler::SigDfl);
    let mut only = SigSet::empty();
    only.add(signal);
    let _ = raise(signal);
    let _ = only.thread_unblock();
    process::exit(128 + signal as i32)
}
