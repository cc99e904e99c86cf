//! Makes a program that opens a script by its name read the bytes that were judged, whatever the file holds by then.
//!
//! Shells and interpreters take a script's name from their arguments, and what they show to the script (`$0`,
//! `BASH_SOURCE`, `__file__`, the module path) comes from that name. So the name stays, and the opening of it is
//! what changes: a second process traces the program from its first instruction, and when it opens the script,
//! puts the name of a sealed copy in place of the path for the length of that one call. Then it lets go. Should that
//! process end early, the kernel ends the program with it.

use std::collections::BTreeMap;
use std::ffi::{CString, OsStr};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileExt;
use std::os::unix::net::UnixStream;
use std::path::{Component, Path, PathBuf};
use std::process;

use nix::errno::Errno;
use nix::libc;
use nix::sys::ptrace::{self, Options};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use super::system::{self, SystemCall};

/// How long the tracing goes on after the script was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// A shell opens its script once.
    Shell,
    /// Other interpreters may look into it first, and open it again within a few system calls.
    Other,
}

impl Reader {
    const fn calls_after(self) -> u32 {
        match self {
            Reader::Shell => 0,
            Reader::Other => 256,
        }
    }
}

/// Arranges that the program which this process becomes next, reads `text` where it opens `script`.
///
/// # Errors
///
/// When this process cannot be traced. Nothing has changed then.
pub fn arrange(script: &Path, text: &[u8], reader: Reader) -> Result<(), Errno> {
    let file = system::nameless_file(text)?;
    let names = names_of(script);
    let (mut here, there) = UnixStream::pair().map_err(system::errno)?;
    let target = Pid::this();
    system::spawn_orphan(move || {
        let _ = help(there, target, Watch::new(file, names, reader));
    })?;
    let mut tracer = [0; 4];
    here.read_exact(&mut tracer).map_err(system::errno)?;
    system::allow_tracer(i32::from_ne_bytes(tracer));
    here.write_all(&[1]).map_err(system::errno)?;
    // A tracer that cannot trace ends, which ends the stream.
    here.read_exact(&mut [0]).map_err(system::errno)
}

/// The life of the second process, the tracer.
fn help(mut stream: UnixStream, target: Pid, mut watch: Watch) -> Result<(), Errno> {
    SigSet::all().thread_block()?;
    let own = i32::try_from(process::id()).unwrap_or_default();
    stream.write_all(&own.to_ne_bytes()).map_err(system::errno)?;
    stream.read_exact(&mut [0]).map_err(system::errno)?;
    let follow = Options::PTRACE_O_TRACEFORK | Options::PTRACE_O_TRACEVFORK | Options::PTRACE_O_TRACECLONE;
    let options = Options::PTRACE_O_EXITKILL | Options::PTRACE_O_TRACESYSGOOD | Options::PTRACE_O_TRACEEXEC | follow;
    ptrace::seize(target, options)?;
    ptrace::interrupt(target)?;
    watch.tracees.insert(target, Tracee::default());
    stream.write_all(&[1]).map_err(system::errno)?;
    drop(stream);
    watch.run()
}

/// The absolute paths that mean the script: as it was named, and with links followed.
fn names_of(script: &Path) -> Vec<PathBuf> {
    let absolute = std::path::absolute(script).unwrap_or_else(|_| script.to_path_buf());
    let mut names = vec![normal(&absolute)];
    names.extend(fs::canonicalize(script).ok());
    names
}

/// Without `.` and with `..` taken back, by the text alone.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal
}

/// What the tracer knows.
struct Watch {
    /// Holds the text; the path below leads to it.
    file: File,
    replacement: CString,
    names: Vec<PathBuf>,
    reader: Reader,
    tracees: BTreeMap<Pid, Tracee>,
    /// The program has begun: what was opened before was opened by guard.
    begun: bool,
    /// The script is read; every tracee is let go at its next stop.
    done: bool,
}

/// One traced thread.
#[derive(Default)]
struct Tracee {
    /// Its memory, opened for the program that it runs now.
    memory: Option<File>,
    /// A path that was replaced, until the call returns.
    replaced: Option<Replaced>,
    /// The system calls since it opened the script.
    since: Option<u32>,
}

struct Replaced {
    address: u64,
    original: Vec<u8>,
}

impl Watch {
    fn new(file: std::os::fd::OwnedFd, names: Vec<PathBuf>, reader: Reader) -> Watch {
        // Named by this process's number, which is known only in the tracer.
        let file = File::from(file);
        Watch {
            replacement: CString::default(),
            file,
            names,
            reader,
            tracees: BTreeMap::new(),
            begun: false,
            done: false,
        }
    }

    /// Follows the program until it has read the script, or ends.
    fn run(&mut self) -> Result<(), Errno> {
        let path = format!("/proc/{}/fd/{}", process::id(), self.file.as_raw_fd());
        self.replacement = CString::new(path).map_err(|_| Errno::EINVAL)?;
        while !self.tracees.is_empty() {
            match waitpid(None, Some(WaitPidFlag::__WALL))? {
                WaitStatus::Exited(pid, _) | WaitStatus::Signaled(pid, ..) => {
                    self.tracees.remove(&pid);
                }
                WaitStatus::PtraceSyscall(pid) => {
                    unless_gone(self.at_call(pid))?;
                    self.go_on(pid, None)?;
                }
                WaitStatus::PtraceEvent(pid, _, event) => {
                    self.at_event(pid, event);
                    self.go_on(pid, None)?;
                }
                WaitStatus::Stopped(pid, signal) => self.go_on(pid, Some(signal))?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Lets a stopped tracee run to its next stop, or go for good.
    fn go_on(&mut self, pid: Pid, signal: Option<Signal>) -> Result<(), Errno> {
        if !self.done {
            self.tracees.entry(pid).or_default();
            return unless_gone(ptrace::syscall(pid, signal));
        }
        self.tracees.remove(&pid);
        unless_gone(ptrace::detach(pid, signal))
    }

    fn finish(&mut self, stopped: Pid) {
        self.done = true;
        for pid in self.tracees.keys().filter(|pid| **pid != stopped) {
            let _ = ptrace::interrupt(*pid);
        }
    }

    fn at_event(&mut self, pid: Pid, event: i32) {
        if event == libc::PTRACE_EVENT_EXEC {
            self.begun = true;
            self.tracees.insert(pid, Tracee::default());
        }
    }

    fn at_call(&mut self, pid: Pid) -> Result<(), Errno> {
        if !self.begun || self.done {
            return Ok(());
        }
        match system::system_call(pid)? {
            SystemCall::Entry { native: false, .. } => Err(Errno::ENOSYS),
            SystemCall::Entry { number, arguments, .. } => self.at_entry(pid, number, &arguments),
            SystemCall::Exit { result } => self.at_exit(pid, result),
            SystemCall::Other => Ok(()),
        }
    }

    fn at_entry(&mut self, pid: Pid, number: i64, arguments: &[u64; 6]) -> Result<(), Errno> {
        let limit = self.reader.calls_after();
        let tracee = self.tracees.entry(pid).or_default();
        if let Some(since) = &mut tracee.since {
            *since += 1;
            if *since > limit {
                self.finish(pid);
                return Ok(());
            }
        }
        let Some((folder, address)) = system::opened_path(number, arguments) else { return Ok(()) };
        let memory = match &tracee.memory {
            Some(memory) => memory,
            None => tracee.memory.insert(open_memory(pid).map_err(system::errno)?),
        };
        let path = read_string(memory, address);
        if !is_named(&self.names, pid, folder, &path) {
            return Ok(());
        }
        let wanted = self.replacement.as_bytes_with_nul();
        let mut original = vec![0; wanted.len()];
        memory.read_exact_at(&mut original, address).map_err(system::errno)?;
        memory.write_all_at(wanted, address).map_err(system::errno)?;
        tracee.replaced = Some(Replaced { address, original });
        Ok(())
    }

    fn at_exit(&mut self, pid: Pid, result: i64) -> Result<(), Errno> {
        let Some(tracee) = self.tracees.get_mut(&pid) else { return Ok(()) };
        let Some(replaced) = tracee.replaced.take() else { return Ok(()) };
        let memory = tracee.memory.as_ref().ok_or(Errno::ESRCH)?;
        memory.write_all_at(&replaced.original, replaced.address).map_err(system::errno)?;
        if result < 0 {
            return Err(Errno::EACCES);
        }
        tracee.since = Some(0);
        if self.reader.calls_after() == 0 {
            self.finish(pid);
        }
        Ok(())
    }
}

/// A tracee may be killed at any moment, which is no mistake.
fn unless_gone(result: Result<(), Errno>) -> Result<(), Errno> {
    match result {
        Err(Errno::ESRCH) => Ok(()),
        other => other,
    }
}

fn open_memory(pid: Pid) -> std::io::Result<File> {
    File::options().read(true).write(true).open(format!("/proc/{pid}/mem"))
}

/// The bytes at `address` up to the first NUL, as far as a path can go.
fn read_string(memory: &File, address: u64) -> Vec<u8> {
    const LONGEST: usize = 4096;
    let mut string = Vec::new();
    let mut chunk = [0; 256];
    while string.len() < LONGEST {
        // Never across the end of a page, behind which there may be nothing.
        let at = address.saturating_add(string.len() as u64);
        let room = usize::try_from(4096 - at % 4096).unwrap_or(1).min(chunk.len());
        let Some(part) = chunk.get_mut(..room) else { break };
        let Ok(count @ 1..) = memory.read_at(part, at) else { break };
        let part = part.get(..count).unwrap_or_default();
        match part.iter().position(|byte| *byte == 0) {
            Some(end) => {
                string.extend_from_slice(part.get(..end).unwrap_or_default());
                break;
            }
            None => string.extend_from_slice(part),
        }
    }
    string
}

/// Whether `path`, opened by `pid` from `folder`, is one of `names`.
fn is_named(names: &[PathBuf], pid: Pid, folder: Option<i32>, path: &[u8]) -> bool {
    let path = Path::new(OsStr::from_bytes(path));
    let last = path.file_name();
    if !names.iter().any(|name| name.file_name() == last) {
        return false;
    }
    if path.is_absolute() {
        return names.contains(&normal(path));
    }
    let folder = match folder {
        None => format!("/proc/{pid}/cwd"),
        Some(descriptor) => format!("/proc/{pid}/fd/{descriptor}"),
    };
    fs::read_link(folder).is_ok_and(|folder| names.contains(&normal(&folder.join(path))))
}
