//! Shells that take their commands one after the other: which ones guard can ask for, and what they say of themselves.

use std::ffi::OsString;
use std::io;
use std::os::fd::AsFd;
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::shells::RealShell;
use crate::shell::Dialect;

/// How long the writer of a program may take to end it before it counts as one that goes on.
const ENDS_WITHIN: Duration = Duration::from_millis(100);

/// More of a session's state than this is not read: what is not known then is asked about.
const MOST_STATE: usize = 256 * 1024;

/// The options that a session may be started with.
const OPTIONS: [&str; 6] = ["-i", "-l", "-s", "--login", "--norc", "--noprofile"];

/// Whether guard can be asked about each command of this shell.
pub fn fits(shell: &RealShell, arguments: &[OsString]) -> bool {
    let bash = shell.dialect == Dialect::Bash;
    bash && arguments.iter().all(|argument| OPTIONS.iter().any(|option| argument == option))
}

/// Whether standard input is a pipe or a socket whose writer has not ended it, and so may go on. Reads nothing.
pub fn is_open() -> bool {
    let input = io::stdin();
    let mut files = [PollFd::new(input.as_fd(), PollFlags::empty())];
    let limit = PollTimeout::try_from(ENDS_WITHIN).unwrap_or(PollTimeout::ZERO);
    // A file is never hung up, and has an end; so has `/dev/null`.
    let is_stream = nix::sys::stat::fstat(input.as_fd()).is_ok_and(|stat| {
        use nix::sys::stat::SFlag;
        let kind = SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT;
        kind == SFlag::S_IFIFO || kind == SFlag::S_IFSOCK
    });
    is_stream && poll(&mut files, limit) == Ok(0) && !is_full()
}

/// Whether the pipe at standard input holds as much as it can: its writer cannot end it before somebody reads, so it is
/// a long script. Reads nothing: the kernel copies what is there into a pipe of the same size.
#[cfg(target_os = "linux")]
fn is_full() -> bool {
    use nix::fcntl::{FcntlArg, SpliceFFlags, fcntl, tee};
    /// The last page of a pipe may be filled in part.
    const PAGE: usize = 4096;
    let full = || {
        let input = io::stdin();
        let size = fcntl(&input, FcntlArg::F_GETPIPE_SZ)?;
        let (_held, copy) = nix::unistd::pipe()?;
        fcntl(&copy, FcntlArg::F_SETPIPE_SZ(size))?;
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let held = tee(&input, &copy, size, SpliceFFlags::SPLICE_F_NONBLOCK)?;
        Ok::<bool, nix::Error>(held.saturating_add(PAGE) >= size)
    };
    full().unwrap_or(false)
}

#[cfg(not(target_os = "linux"))]
fn is_full() -> bool {
    false
}

/// Whether a call is the question of a session.
pub fn is_asked(argv: &[OsString]) -> bool {
    argv.get(2).is_some_and(|argument| argument == "--session")
}

/// What a session has, as text that a shell could read: what bash writes down of its own (`BASH_…`, read-only
/// variables) cannot be said again, and says nothing here.
pub fn state(written: &[u8]) -> String {
    let Ok(text) = std::str::from_utf8(written) else { return String::new() };
    if text.len() > MOST_STATE || text.contains('\0') {
        return String::new();
    }
    let own = |line: &&str| {
        let name = line.strip_prefix("declare ").and_then(|rest| rest.split_once(' ')).map_or("", |(_, rest)| rest);
        ![
            "BASH",
            "DIRSTACK",
            "EUID",
            "FUNCNAME",
            "GROUPS",
            "HIST",
            "PIPESTATUS",
            "PPID",
            "SHELLOPTS",
            "UID",
            "_=",
            "__guard",
        ]
        .iter()
        .any(|start| name.starts_with(start))
    };
    let mut lines: Vec<&str> = text.lines().filter(own).collect();
    lines.push("");
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_has_what_the_commands_made() {
        let written = b"declare -r BASHOPTS=\"a\"\ndeclare -- x=\"1\"\ndeclare -ir UID=\"0\"\nf () \n{ \n    ls\n}\n";
        assert_eq!(state(written), "declare -- x=\"1\"\nf () \n{ \n    ls\n}\n");
        assert_eq!(state(b"\xff"), "");
        assert_eq!(state(&vec![b'a'; MOST_STATE + 1]), "");
    }
}
