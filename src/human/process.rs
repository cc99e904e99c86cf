//! Processes as the kernel describes them: who started whom, when, and on which terminal.
//!
//! Reads `/proc`. Where there is none, nothing is known of any process, and whoever asks is told so.

use std::fs;
use std::path::Path;

/// How far up is looked. Nobody nests so deep by accident.
const DEEPEST: usize = 512;

/// A process at the moment it was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its number.
    pub pid: i32,
    /// The one that started it, or that adopted it when that one had ended; 0 at the top.
    pub parent: i32,
    /// The session it belongs to.
    pub session: i32,
    /// The kernel's number of its controlling terminal; `None` without one.
    pub terminal: Option<u32>,
    /// Whether it has ended, and only its parent has not heard of it yet.
    pub ended: bool,
    /// When it started, in the kernel's ticks since the machine did. With the number it names a process for good.
    pub started: u64,
}

/// The processes above one, nearest first.
#[derive(Clone, Debug)]
pub struct Ancestry {
    /// The process itself, then its parent, and so on.
    pub line: Vec<Process>,
    /// Whether the line goes up to the first process of all.
    pub complete: bool,
}

impl Process {
    /// A process by its number; `None` when it has ended or cannot be seen.
    pub fn of(pid: i32) -> Option<Process> {
        read(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
    }

    /// This process.
    pub fn own() -> Option<Process> {
        Process::of(i32::try_from(std::process::id()).ok()?)
    }

    /// Whether it is still there: the same one, not another that got its number.
    pub fn is_alive(&self) -> bool {
        Process::of(self.pid).is_some_and(|now| now.started == self.started && !now.ended)
    }

    /// Its argument list, as far as it can be seen.
    pub fn arguments(&self) -> Vec<Vec<u8>> {
        let bytes = fs::read(format!("/proc/{}/cmdline", self.pid)).unwrap_or_default();
        bytes.split(|byte| *byte == 0).map(<[u8]>::to_vec).collect()
    }

    /// Its environment as it started; `None` when it may not be read.
    pub fn environment(&self) -> Option<Vec<u8>> {
        fs::read(format!("/proc/{}/environ", self.pid)).ok()
    }
}

impl Ancestry {
    /// The line above a process, itself first.
    pub fn of(pid: i32) -> Ancestry {
        let mut line: Vec<Process> = Vec::new();
        let mut next = pid;
        while next != 0 {
            let known = Process::of(next).filter(|_| line.len() < DEEPEST);
            // A parent is never younger than its child; if it is, the number went to another process meanwhile.
            let older = |process: &Process| line.last().is_none_or(|child| process.started <= child.started);
            let Some(process) = known.filter(older) else { return Ancestry { line, complete: false } };
            next = process.parent;
            line.push(process);
        }
        Ancestry { complete: !line.is_empty(), line }
    }
}

/// Reads `/proc/PID/stat`. The program's name stands in parentheses, and may itself hold anything.
fn read(stat: &str) -> Option<Process> {
    let pid = stat.split(' ').next()?.parse().ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let terminal: i32 = fields.get(4)?.parse().ok()?;
    Some(Process {
        pid,
        ended: matches!(*fields.first()?, "Z" | "X"),
        parent: fields.get(1)?.parse().ok()?,
        session: fields.get(3)?.parse().ok()?,
        terminal: (terminal != 0).then(|| terminal.cast_unsigned()),
        started: fields.get(19)?.parse().ok()?,
    })
}

/// Every process that can be seen.
pub fn all() -> Vec<i32> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

/// A name for the time since this machine started, so that numbers of an earlier time are not taken for its own.
pub fn boot() -> String {
    fs::read_to_string("/proc/sys/kernel/random/boot_id").map(|text| text.trim().to_owned()).unwrap_or_default()
}

/// The space in which process numbers mean something to this process, such as `pid:[4026531836]`.
pub fn number_space() -> String {
    fs::read_link(Path::new("/proc/self/ns/pid")).map(|link| link.display().to_string()).unwrap_or_default()
}

/// Whether process numbers here are those of the whole machine, so that no ancestor is out of sight.
pub fn sees_whole_machine(space: &str) -> bool {
    // The kernel's own number for the first of these spaces.
    space == "pid:[4026531836]"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_anything_in_it_does_no_harm() {
        let stat = "71 (a) b (c) S 70 71 69 34817 71 4194304 1 0 0 0 0 0 0 0 20 0 1 0 4711 1 1 1";
        let expected = Process { pid: 71, parent: 70, session: 69, terminal: Some(34817), ended: false, started: 4711 };
        assert_eq!(read(stat), Some(expected));
        assert_eq!(read(&stat.replace(" S ", " Z ")), Some(Process { ended: true, ..expected }));
        assert_eq!(read("71 (a"), None);
        assert_eq!(read(""), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_line_above_a_process_leads_to_the_first() {
        let own = Process::own().expect("this process is there");
        let ancestry = Ancestry::of(own.pid);
        assert!(ancestry.complete);
        assert_eq!(ancestry.line.first(), Some(&own));
        assert_eq!(ancestry.line.last().map(|first| first.parent), Some(0));
        assert!(own.is_alive());
        assert!(!Process { started: own.started + 1, ..own }.is_alive());
        assert!(!Ancestry::of(i32::MAX).complete);
    }
}
