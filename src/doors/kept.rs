//! The real shells in an agent's own mount namespace, where guard stands in their places.
//!
//! `guard run` keeps them in a file system of its own, each under the path that guard took. The file system is known
//! by its name in the table of mounts, not by a variable, which anybody could change or drop.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::shells::Identity;

/// The name of the file system that holds the real shells.
pub const NAME: &str = "guard-shells";

/// The name of guard's own file beside the real shells.
pub const GUARD: &str = "guard";

/// A shell that stands in every such namespace. Where it is not guard, there is none.
const ALWAYS: &str = "/bin/sh";

/// What was found for the namespace of this process.
static KNOWN: Mutex<Option<Option<Kept>>> = Mutex::new(None);

/// The folder with the real shells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    folder: PathBuf,
}

impl Kept {
    /// That of the namespace of this process; `None` outside of one. It is looked up once for each namespace.
    pub fn here() -> Option<Kept> {
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        known.get_or_insert_with(Kept::look).clone()
    }

    /// That of the namespace which this process has just entered.
    pub fn entered() -> Option<Kept> {
        *KNOWN.lock().unwrap_or_else(PoisonError::into_inner) = None;
        Kept::here()
    }

    fn look() -> Option<Kept> {
        if !cfg!(target_os = "linux") || !Identity::own().is_at(Path::new(ALWAYS)) {
            return None;
        }
        let table = fs::File::open("/proc/self/mountinfo").ok()?;
        let mounts = BufReader::new(table).split(b'\n').map_while(Result::ok);
        mounts.filter_map(|line| place_of(&line)).last().map(|folder| Kept { folder })
    }

    /// The folder itself.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the file that stood at `path` is kept.
    pub fn place(folder: &Path, path: &Path) -> PathBuf {
        folder.join(path.strip_prefix("/").unwrap_or(path))
    }

    /// The real shell behind guard at `path`, whatever links lead there.
    pub fn behind(&self, path: &Path) -> Option<PathBuf> {
        let place = Kept::place(&self.folder, &fs::canonicalize(path).ok()?);
        Identity::own().is_other_program(&place).then_some(place)
    }

    /// The real shell in whose place this process was started.
    pub fn behind_this_process(&self) -> Option<PathBuf> {
        self.behind(&fs::read_link("/proc/self/exe").ok()?)
    }
}

/// Where a line of the table of mounts says that the real shells are.
fn place_of(line: &[u8]) -> Option<PathBuf> {
    let mut fields = line.split(|byte| *byte == b' ');
    let place = fields.nth(4)?;
    let mut origin = fields.skip_while(|field| *field != b"-").skip(1);
    let known = origin.next() == Some(b"tmpfs") && origin.next() == Some(NAME.as_bytes());
    known.then(|| PathBuf::from(unescaped(place)))
}

/// A path of the table, in which white space and backslashes are written in octal.
fn unescaped(field: &[u8]) -> OsString {
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((byte, after)) = rest.split_first() {
        let octal = after.get(..3).and_then(|digits| std::str::from_utf8(digits).ok());
        match octal.and_then(|digits| u8::from_str_radix(digits, 8).ok()).filter(|_| *byte == b'\\') {
            Some(written) => {
                bytes.push(written);
                rest = after.get(3..).unwrap_or_default();
            }
            None => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    OsString::from_vec(bytes)
}

/// The name of a shell without a version: `bash` for `bash-5.2`, `zsh` for `zsh5`.
pub fn family(name: &OsStr) -> &OsStr {
    let bytes = name.as_bytes();
    let end = bytes.iter().rposition(u8::is_ascii_alphabetic).map_or(0, |last| last + 1);
    OsStr::from_bytes(bytes.get(..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_read_from_the_table_of_mounts() {
        let cases = [
            ("36 35 0:45 / /home/me/state/shells rw,nosuid - tmpfs guard-shells rw", Some("/home/me/state/shells")),
            ("36 35 0:45 / /home/a\\040b\\134 rw shared:1 master:2 - tmpfs guard-shells rw", Some("/home/a b\\")),
            ("36 35 0:45 / /guard-shells rw - tmpfs tmpfs rw", None),
            ("36 35 8:1 / /x rw - ext4 guard-shells rw", None),
            ("36 35", None),
            ("", None),
        ];
        for (line, place) in cases {
            assert_eq!(place_of(line.as_bytes()), place.map(PathBuf::from), "{line}");
        }
    }

    #[test]
    fn a_version_is_no_part_of_the_name() {
        for (name, expected) in
            [("bash", "bash"), ("bash-5.2", "bash"), ("zsh5", "zsh"), ("5", ""), ("busybox", "busybox")]
        {
            assert_eq!(family(OsStr::new(name)), expected, "{name}");
        }
    }
}
