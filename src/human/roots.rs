//! Where agents' process trees begin.
//!
//! Who starts an agent registers as the root of its tree before it does: as the one that adopts the tree's orphans, so
//! that neither `setsid` nor a double fork leads out of it, and in a file that is locked as long as the root lives.
//! Whoever wants to know whether a process belongs to an agent asks [`of`].

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::presence::{self, Presence};
use super::process::{self, Ancestry, Process};
use crate::doors::shells;
use crate::folders::{self, Folders};

/// The name of the file system on which `guard run` keeps the shells that it replaced.
const REPLACED_SHELLS: &str = "guard-shells";

/// The root of an agent's tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Root {
    /// Its number.
    pub pid: i32,
    /// When it started, in the kernel's ticks.
    pub started: u64,
    /// The boot that the ticks count from.
    pub boot: String,
    /// The space that the number belongs to.
    pub space: String,
}

/// Whether a process belongs to an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Tree {
    /// It descends from no root.
    Outside,
    /// It is an agent's, and how that is known.
    Inside(String),
    /// It cannot be told, and why.
    Unknown(&'static str),
}

/// Registers this process as the root of all that it starts from now on.
///
/// # Errors
///
/// When the system keeps no orphans for it, or no folder of the user's takes the file.
pub fn register(folders: Option<&Folders>) -> io::Result<Presence> {
    adopt_orphans()?;
    let own = Process::own().ok_or_else(|| io::Error::other("this process cannot be seen in /proc"))?;
    let root = Root { pid: own.pid, started: own.started, boot: process::boot(), space: process::number_space() };
    let text = serde_json::to_vec(&root)?;
    Presence::announce(&places(folders), &format!("{}-{}", root.pid, root.started), &text)
}

#[cfg(target_os = "linux")]
fn adopt_orphans() -> io::Result<()> {
    nix::sys::prctl::set_child_subreaper(true).map_err(io::Error::from)
}

#[cfg(not(target_os = "linux"))]
fn adopt_orphans() -> io::Result<()> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "this system keeps no orphans for a process"))
}

/// The folders that list roots. An environment that was changed below a root must not lead away from it, so a root is
/// listed in each, and each is read.
fn places(folders: Option<&Folders>) -> Vec<PathBuf> {
    let state = folders.map(|folders| folders.state.clone());
    folders::runtime().into_iter().chain(state).map(|folder| folder.join("roots")).collect()
}

/// Whether a process belongs to an agent, as far as the roots tell that are registered with `folders`.
pub fn of(pid: i32, folders: Option<&Folders>) -> Tree {
    Roots::read(folders).tree(pid)
}

/// The roots that are registered now.
#[derive(Clone, Debug)]
pub struct Roots {
    live: Vec<Root>,
    space: String,
}

impl Roots {
    /// Reads what is registered with `folders`, and clears away what ended.
    pub fn read(folders: Option<&Folders>) -> Roots {
        let mut live: Vec<Root> = places(folders).iter().flat_map(|folder| presence::present(folder)).collect();
        let boot = process::boot();
        live.retain(|root: &Root| root.boot == boot);
        Roots { live, space: process::number_space() }
    }

    /// Whether a process belongs to an agent.
    pub fn tree(&self, pid: i32) -> Tree {
        let ancestry = Ancestry::of(pid);
        if let Some(root) = ancestry.line.iter().find(|process| self.is_root(process)) {
            return Tree::Inside(format!("the agent that guard run started (process {})", root.pid));
        }
        if has_replaced_shells(pid) {
            return Tree::Inside("the agent whose shells guard run replaced".to_owned());
        }
        let elsewhere = self.live.iter().any(|root| root.space != self.space);
        if elsewhere && !process::sees_whole_machine(&self.space) {
            return Tree::Unknown("processes are numbered otherwise here than where an agent runs");
        }
        match ancestry.complete || self.live.is_empty() {
            true => Tree::Outside,
            false => Tree::Unknown("the processes above it cannot be seen"),
        }
    }

    /// Whether any agent is known to run.
    pub fn is_empty(&self) -> bool {
        self.live.is_empty()
    }

    fn is_root(&self, process: &Process) -> bool {
        let registered =
            |root: &Root| root.pid == process.pid && root.started == process.started && root.space == self.space;
        self.live.iter().any(registered) || starts_agent(&process.arguments())
    }
}

/// Whether a process lives where `guard run` put guard in the place of the shells. It inherits that for good.
fn has_replaced_shells(pid: i32) -> bool {
    let mounts = fs::read_to_string(format!("/proc/{pid}/mountinfo")).unwrap_or_default();
    mounts.lines().any(|line| line.rsplit(' ').nth(1) == Some(REPLACED_SHELLS))
}

/// Whether an argument list is that of `guard run`. It says so even to who looks for the files in another place.
fn starts_agent(arguments: &[Vec<u8>]) -> bool {
    let [program, word, ..] = arguments else { return false };
    word == b"run" && shells::base_name(OsStr::from_bytes(program)) == "guard"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guard_run_is_known_by_its_arguments() {
        let words = |words: &[&str]| words.iter().map(|word| word.as_bytes().to_vec()).collect::<Vec<_>>();
        assert!(starts_agent(&words(&["/usr/local/bin/guard", "run", "--", "agent"])));
        assert!(!starts_agent(&words(&["guard", "watch"])));
        assert!(!starts_agent(&words(&["npm", "run"])));
        assert!(!starts_agent(&words(&["guard"])));
        assert!(!starts_agent(&[]));
    }
}
