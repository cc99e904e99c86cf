//! Whether what is typed on the terminal of this process counts as a human's word.
//!
//! A terminal is no proof of a human: who holds its other end (the master of a pseudo-terminal) types on it. It counts
//! when that is no process of an agent, and when it does not stand inside another terminal.

use std::ffi::OsStr;
use std::fmt;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use nix::fcntl::OFlag;
use nix::unistd;

use super::process::{self, Ancestry, Process};
use super::roots::{Roots, Tree};
use crate::client;
use crate::folders::Folders;

/// The number of the first process, which adopts orphans and so says nothing of who started them.
const FIRST: i32 = 1;

/// Why an answer from here does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// There is no terminal.
    NoTerminal,
    /// The terminal belongs to another job.
    Background,
    /// It stands inside another terminal, whose owner may type on it.
    Nested(String),
    /// A process of the agent's holds its other end.
    Held(String),
    /// Who holds its other end cannot be seen.
    Hidden,
    /// The process that wants to answer is the agent's own.
    Inside(String),
    /// Whether it is the agent's own cannot be told.
    Unknown(&'static str),
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Doubt::NoTerminal => f.write_str("there is no terminal to ask on"),
            Doubt::Background => f.write_str("the terminal belongs to another job"),
            Doubt::Nested(outer) => write!(f, "the terminal stands inside another one ({outer})"),
            Doubt::Held(who) => write!(f, "the terminal belongs to the agent: {who} holds its other end"),
            Doubt::Hidden => f.write_str("it cannot be seen who holds the other end of the terminal"),
            Doubt::Inside(agent) => write!(f, "it comes from inside {agent}"),
            Doubt::Unknown(why) => write!(f, "it cannot be told whether it comes from an agent: {why}"),
        }
    }
}

/// The terminal of this process, when what is typed on it counts.
///
/// # Errors
///
/// Why it does not.
pub fn check(folders: Option<&Folders>) -> Result<String, Doubt> {
    if !cfg!(target_os = "linux") {
        // There is no way to see who holds a terminal: that it is there must do.
        return File::open("/dev/tty").map(|_| "/dev/tty".to_owned()).map_err(|_| Doubt::NoTerminal);
    }
    Scene::here(folders)?.terminal()
}

/// The terminal of this process, when what is typed on it counts as the word of somebody who is no agent: what a
/// process says that approves, watches or grants.
///
/// # Errors
///
/// Why it does not.
pub fn check_outsider(folders: Option<&Folders>) -> Result<String, Doubt> {
    if let Some(agent) = client::name() {
        return Err(Doubt::Inside(format!("{agent}, as its environment says")));
    }
    if cfg!(target_os = "linux") {
        Scene::here(folders)?.outside()?;
    }
    let terminal = check(folders)?;
    let own = File::options().read(true).custom_flags(OFlag::O_NOCTTY.bits()).open("/dev/tty");
    let own = own.map_err(|_| Doubt::NoTerminal)?;
    match unistd::tcgetpgrp(&own) {
        Ok(group) if group == unistd::getpgrp() => Ok(terminal),
        _ => Err(Doubt::Background),
    }
}

/// What is known of the processes around this one.
struct Scene {
    own: Process,
    ancestry: Ancestry,
    roots: Roots,
}

impl Scene {
    fn here(folders: Option<&Folders>) -> Result<Scene, Doubt> {
        let own = Process::own().ok_or(Doubt::Unknown("this process cannot be seen in /proc"))?;
        Ok(Scene { own, ancestry: Ancestry::of(own.pid), roots: Roots::read(folders) })
    }

    /// That no agent is above this process.
    fn outside(&self) -> Result<(), Doubt> {
        match self.roots.tree(self.own.pid) {
            Tree::Outside => {}
            Tree::Inside(how) => return Err(Doubt::Inside(how)),
            Tree::Unknown(why) => return Err(Doubt::Unknown(why)),
        }
        let mark = |process: &Process| Some((client::marked(&process.environment()?)?, process.pid));
        match self.ancestry.line.iter().find_map(mark) {
            Some((agent, pid)) => Err(Doubt::Inside(format!("{agent}, as the environment of process {pid} says"))),
            None => Ok(()),
        }
    }

    fn terminal(&self) -> Result<String, Doubt> {
        let Some(number) = self.own.terminal else { return Err(Doubt::NoTerminal) };
        let others = || self.ancestry.line.iter().filter(|process| process.pid != FIRST);
        if let Some(outer) = others().find_map(|process| process.terminal.filter(|terminal| *terminal != number)) {
            return Err(Doubt::Nested(name_of(outer)));
        }
        if let Some(index) = pseudo_index(number) {
            self.held_by_another(index)?;
        }
        Ok(name_of(number))
    }

    /// That no process of the agent's holds the master of a pseudo-terminal.
    fn held_by_another(&self, index: u32) -> Result<(), Doubt> {
        let agent = self.apparent_agent();
        let mut holders = 0_usize;
        // Who is logged in from afar has a holder of another user's, above its own processes.
        let mut hidden_above = !self.ancestry.complete;
        for pid in process::all() {
            match holds(pid, index) {
                Some(false) => {}
                Some(true) if self.is_agents(pid, agent) => return Err(Doubt::Held(described(pid))),
                Some(true) => holders += 1,
                None if self.is_inside(pid) => return Err(Doubt::Hidden),
                None => hidden_above |= self.ancestry.line.iter().any(|process| process.pid == pid),
            }
        }
        if holders > 0 || hidden_above { Ok(()) } else { Err(Doubt::Hidden) }
    }

    /// Whether a process belongs to an agent, by what is registered or, without that, by what it inherited.
    fn is_agents(&self, pid: i32, agent: Option<i32>) -> bool {
        let marked = || Process::of(pid).and_then(|process| client::marked(&process.environment()?)).is_some();
        self.roots.tree(pid) != Tree::Outside || agent == Some(pid) || marked()
    }

    fn is_inside(&self, pid: i32) -> bool {
        !self.roots.is_empty() && matches!(self.roots.tree(pid), Tree::Inside(_))
    }

    /// Who marked the environment of this process as an agent's: the nearest ancestor that does not have the mark.
    fn apparent_agent(&self) -> Option<i32> {
        client::name()?;
        let unmarked = |process: &&Process| {
            process.pid != FIRST
                && process.environment().is_some_and(|environment| client::marked(&environment).is_none())
        };
        self.ancestry.line.iter().skip(1).find(unmarked).map(|process| process.pid)
    }
}

/// Whether a process has the master of a pseudo-terminal open; `None` when that cannot be seen.
fn holds(pid: i32, index: u32) -> Option<bool> {
    let Ok(entries) = fs::read_dir(format!("/proc/{pid}/fd")) else {
        // One that has ended holds nothing.
        return Process::of(pid).is_none().then_some(false);
    };
    let is_master = |link: &PathBuf| link.file_name() == Some(OsStr::new("ptmx"));
    Some(entries.flatten().any(|entry| {
        let descriptor = entry.file_name();
        fs::read_link(entry.path()).as_ref().is_ok_and(is_master)
            && fs::read_to_string(format!("/proc/{pid}/fdinfo/{}", descriptor.display()))
                .is_ok_and(|info| tty_index(&info) == Some(index))
    }))
}

/// The number of the terminal whose master a descriptor is.
fn tty_index(info: &str) -> Option<u32> {
    info.lines().find_map(|line| line.strip_prefix("tty-index:")?.trim().parse().ok())
}

fn described(pid: i32) -> String {
    let arguments = Process::of(pid).map(|process| process.arguments()).unwrap_or_default();
    let name = arguments.first().map(|name| crate::doors::shells::base_name(OsStr::from_bytes(name)));
    let name = name.filter(|name| !name.is_empty()).map_or("a process".into(), OsStr::to_string_lossy);
    format!("{} ({pid})", crate::visible::short(&name, 40))
}

/// The index of a pseudo-terminal; `None` for a console or a serial line, which no program holds.
fn pseudo_index(number: u32) -> Option<u32> {
    let (major, minor) = split(number);
    (136..=143).contains(&major).then(|| minor + ((major - 136) << 8))
}

/// The device behind `/dev/tty`.
pub fn own_device() -> Option<PathBuf> {
    device(Process::own()?.terminal?).filter(|path| path.exists())
}

/// The device that has the kernel's number.
fn device(number: u32) -> Option<PathBuf> {
    let (major, minor) = split(number);
    match (major, pseudo_index(number)) {
        (_, Some(index)) => Some(PathBuf::from(format!("/dev/pts/{index}"))),
        // As the kernel numbers devices: 4 the consoles and serial lines.
        (4, None) if minor < 64 => Some(PathBuf::from(format!("/dev/tty{minor}"))),
        (4, None) => Some(PathBuf::from(format!("/dev/ttyS{}", minor - 64))),
        _ => None,
    }
}

fn name_of(number: u32) -> String {
    device(number).map_or_else(|| "/dev/tty".to_owned(), |path| path.display().to_string())
}

fn split(number: u32) -> (u32, u32) {
    ((number >> 8) & 0xfff, (number & 0xff) | ((number >> 12) & 0xf_ff00))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_known_by_their_numbers() {
        let cases = [
            (0x8803, Some("/dev/pts/3")),
            (0x8903, Some("/dev/pts/259")),
            (0x0010_8801, Some("/dev/pts/257")),
            (0x0401, Some("/dev/tty1")),
            (0x0440, Some("/dev/ttyS0")),
            (0, None),
        ];
        for (number, expected) in cases {
            assert_eq!(device(number), expected.map(PathBuf::from), "{number:#x}");
        }
    }

    #[test]
    fn a_master_names_its_terminal() {
        assert_eq!(tty_index("pos:\t0\nflags:\t02\nmnt_id:\t24\nino:\t2\ntty-index:\t17\n"), Some(17));
        assert_eq!(tty_index("pos:\t0\nflags:\t02\n"), None);
    }
}
