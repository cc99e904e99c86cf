//! The dead man's switch: for a while, in the mode `read-only`, mutating commands run unasked.
//!
//! `guard session` holds it, a process on a human's terminal. It is good until its time is over, or that process ends, or
//! no longer has the terminal on which it was begun, which is so once that is closed. None of this rests on a file that
//! something might forget to take away.

use std::io;
use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::presence::{self, Presence};
use super::process::{self, Process};
use super::roots::{Roots, Tree};
use crate::folders::Folders;

/// A session that a human began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The number of the process that holds it.
    pub pid: i32,
    /// When that started, in the kernel's ticks.
    pub started: u64,
    /// The boot that the ticks count from.
    pub boot: String,
    /// The space that the number belongs to.
    pub space: String,
    /// The kernel's number of its terminal.
    pub device: u32,
    /// The terminal's name.
    pub terminal: String,
    /// When it is over.
    pub until: Timestamp,
}

/// Begins a session that this process holds, on its terminal of this name.
///
/// # Errors
///
/// When the process has no terminal or cannot be seen, or the session cannot be written down.
pub fn begin(folders: &Folders, terminal: &str, until: Timestamp) -> io::Result<Presence> {
    let unseen = || io::Error::other("this process and its terminal cannot be seen in /proc");
    let own = Process::own().ok_or_else(unseen)?;
    let session = Session {
        pid: own.pid,
        started: own.started,
        boot: process::boot(),
        space: process::number_space(),
        device: own.terminal.ok_or_else(unseen)?,
        terminal: terminal.to_owned(),
        until,
    };
    Presence::announce(&[place(folders)], &format!("{}-{}", own.pid, own.started), &serde_json::to_vec(&session)?)
}

/// The session that is held now, if one is.
pub fn held(folders: &Folders) -> Option<Session> {
    let sessions: Vec<Session> = presence::present(&place(folders));
    if sessions.is_empty() {
        return None;
    }
    let (now, boot, space) = (Timestamp::now(), process::boot(), process::number_space());
    let roots = Roots::read(Some(folders));
    sessions.into_iter().find(|session| {
        (&session.boot, &session.space) == (&boot, &space)
            && now < session.until
            && session.is_on_its_terminal()
            && roots.tree(session.pid) == Tree::Outside
    })
}

impl Session {
    /// Whether its process is there, and its terminal still its own: the kernel takes it away when it is closed.
    fn is_on_its_terminal(&self) -> bool {
        Process::of(self.pid).is_some_and(|process| {
            process.started == self.started && !process.ended && process.terminal == Some(self.device)
        })
    }
}

fn place(folders: &Folders) -> PathBuf {
    folders.state.join("sessions")
}
