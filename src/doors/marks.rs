//! Marks of the processes that became a judged command, by which it is known what was judged already.
//!
//! guard leaves a mark for each process that becomes a judged command, and for the agent that `guard run` becomes, in
//! the file system that holds the real shells. A mark is a process's number and start time, which the kernel gives
//! and nobody else can have. A shell is inside when one of its ancestors below the agent has a mark, and no process
//! between the two is another agent: what that one asks for was judged by nobody. The scripts that start an agent
//! (shims, wrappers) are a person's doing, and are not judged either.

use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process;

use super::kept::{self, Kept};
use super::shells;
use crate::agents::environment;
use crate::client;
use crate::folders::Folders;

/// How many ancestors are looked at.
const MOST_ANCESTORS: usize = 64;

/// Begins the mark of an agent.
const AGENT: &str = "agent:";

/// Where a shell stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Inside a judged command, or in the place of the agent that a person started.
    Judged,
    /// In the scripts that start the agent: all between it and the agent's first process are shells.
    Launcher,
    /// Anywhere else: what it is given is new.
    New,
}

/// Where the marks are.
pub struct Marks {
    folder: PathBuf,
}

impl Marks {
    /// Those of the agent's namespace, or, where an agent was started without one, those beside its links to guard;
    /// `None` where no agent was started.
    pub fn here() -> Option<Marks> {
        let beside = || environment::marks_here(&Folders::of_user()?.state);
        Kept::here().map(|kept| kept.folder().join("judged")).or_else(beside).map(|folder| Marks { folder })
    }

    /// Marks this process as one that becomes a judged command. Without the mark its shells are judged once more, which
    /// is no harm, so that a failure is none.
    pub fn note(&self) {
        self.leave("");
    }

    /// Marks a process that this one has started, as one whose shells are not judged.
    pub fn note_child(&self, pid: u32) {
        self.leave_for(pid, "");
    }

    /// Takes the mark of this process away.
    pub fn forget(&self) {
        let _ = fs::remove_file(self.folder.join(process::id().to_string()));
    }

    /// Marks this process as an agent.
    pub fn note_agent(&self) {
        self.leave(AGENT);
    }

    /// Where this process stands.
    pub fn standing(&self) -> Standing {
        let mut pid = process::id();
        let mut only_shells = true;
        for distance in 0..MOST_ANCESTORS {
            let Some(process) = Process::of(pid) else { return Standing::New };
            only_shells &= distance == 0 || is_real_shell(pid);
            if self.has(pid, &process, AGENT) {
                return match (distance, only_shells) {
                    (0, _) => Standing::Judged,
                    (_, true) => Standing::Launcher,
                    (_, false) => Standing::New,
                };
            }
            if distance > 0 && is_client(pid) {
                return Standing::New;
            }
            if self.has(pid, &process, "") {
                return Standing::Judged;
            }
            pid = process.parent;
        }
        Standing::New
    }

    fn leave(&self, kind: &str) {
        self.leave_for(process::id(), kind);
    }

    fn leave_for(&self, pid: u32, kind: &str) {
        let Some(process) = Process::of(pid) else { return };
        let mark = self.folder.join(pid.to_string());
        let leave = || symlink(format!("{kind}{}", process.started), &mark);
        if let Err(error) = leave() {
            match error.kind() {
                // An agent that becomes a shell stays what it is.
                ErrorKind::AlreadyExists if self.has(pid, &process, AGENT) => return,
                ErrorKind::AlreadyExists => drop(fs::remove_file(&mark)),
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded => self.sweep(),
                _ => return,
            }
            let _ = leave();
        }
    }

    fn has(&self, pid: u32, process: &Process, kind: &str) -> bool {
        let wanted = format!("{kind}{}", process.started);
        fs::read_link(self.folder.join(pid.to_string())).is_ok_and(|mark| mark.as_os_str() == OsStr::new(&wanted))
    }

    /// Takes away the marks of processes that have ended.
    pub fn sweep(&self) {
        for mark in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let pid = mark.file_name().to_str().and_then(|name| name.parse().ok());
            if pid.is_some_and(|pid| Process::of(pid).is_none()) {
                let _ = fs::remove_file(mark.path());
            }
        }
    }
}

/// What the kernel says of a process.
struct Process {
    parent: u32,
    /// When it started, in the kernel's ticks.
    started: u64,
}

impl Process {
    fn of(pid: u32) -> Option<Process> {
        let line = fs::read(format!("/proc/{pid}/stat")).ok()?;
        // The name, in brackets, may hold anything.
        let end = line.iter().rposition(|byte| *byte == b')')?;
        let rest = std::str::from_utf8(line.get(end + 1..)?).ok()?;
        let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
        Some(Process { parent: fields.get(1)?.parse().ok()?, started: fields.get(19)?.parse().ok()? })
    }
}

/// Whether the process is a shell that guard became.
fn is_real_shell(pid: u32) -> bool {
    let program = fs::read_link(format!("/proc/{pid}/exe")).unwrap_or_default();
    program.file_name().is_some_and(|name| shells::is_shell(kept::family(name)))
}

/// Whether the process runs an agent, by the words that it was started with.
fn is_client(pid: u32) -> bool {
    let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    client::is_started_by(words.split(|byte| *byte == 0).take(2).map(OsStr::from_bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks() -> (tempfile::TempDir, Marks) {
        let folder = tempfile::tempdir().expect("a folder");
        let marks = Marks { folder: folder.path().to_path_buf() };
        (folder, marks)
    }

    fn standing(marks: &Marks) -> Standing {
        marks.standing()
    }

    #[test]
    fn a_process_is_inside_once_it_or_its_parent_has_a_mark() {
        let (_folder, marks) = marks();
        assert_eq!(standing(&marks), Standing::New);
        marks.note();
        assert_eq!(standing(&marks), Standing::Judged);
        let parent = Process::of(process::id()).expect("it runs").parent;
        let started = Process::of(parent).expect("it runs").started;
        let (_folder, marks) = self::marks();
        symlink(started.to_string(), marks.folder.join(parent.to_string())).expect("a mark");
        assert_eq!(standing(&marks), Standing::Judged);
    }

    #[test]
    fn a_mark_of_another_process_with_the_same_number_is_none() {
        let (_folder, marks) = marks();
        symlink("1", marks.folder.join(process::id().to_string())).expect("a mark");
        assert_eq!(standing(&marks), Standing::New);
        marks.note();
        assert_eq!(standing(&marks), Standing::Judged);
    }

    #[test]
    fn the_agent_itself_is_covered_and_what_it_starts_is_not() {
        let (_folder, marks) = marks();
        let parent = Process::of(process::id()).expect("it runs").parent;
        let started = Process::of(parent).expect("it runs").started;
        symlink(format!("{AGENT}{started}"), marks.folder.join(parent.to_string())).expect("a mark");
        assert_eq!(standing(&marks), Standing::New);
        marks.note_agent();
        marks.note();
        assert_eq!(standing(&marks), Standing::Judged);
    }

    #[test]
    fn marks_of_ended_processes_are_swept() {
        let (_folder, marks) = marks();
        symlink("1", marks.folder.join("4999999")).expect("a mark");
        marks.note();
        marks.sweep();
        assert!(!marks.folder.join("4999999").is_symlink());
        assert_eq!(standing(&marks), Standing::Judged);
    }
}
