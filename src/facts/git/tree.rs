//! The working tree: which tracked files changed, which files are not tracked.

use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use sha1::{Digest, Sha1};

use super::budget::Budget;
use super::ignore::Patterns;
use super::index::{Entry, Index};
use super::repository::Repository;
use crate::facts::machine::read_regular;

/// A larger file is not compared by its content.
const LIMIT: usize = 64 * 1024 * 1024;

/// So many bytes of content cost as much as one entry.
const BYTES_PER_ENTRY: usize = 64 * 1024;

/// How a file stands to the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It holds what git holds.
    Same,
    /// It is not there.
    Missing,
    /// It holds something else.
    Changed,
}

/// How a tracked file stands to the index; `None` when that cannot be told within the budget.
pub fn state(repository: &Repository, index: &Index, entry: &Entry, budget: &Budget) -> Option<State> {
    budget.spend()?;
    if entry.unsettled {
        return Some(State::Changed);
    }
    let path = repository.top.join(entry.name());
    let Ok(metadata) = fs::symlink_metadata(&path) else { return Some(State::Missing) };
    if entry.is_submodule() {
        return Some(if metadata.is_dir() { State::Same } else { State::Changed });
    }
    if !same_kind(repository, entry, &metadata) {
        return Some(State::Changed);
    }
    if is_known(index, entry, &metadata) {
        return Some(State::Same);
    }
    if metadata.len() > LIMIT as u64 {
        return Some(State::Changed);
    }
    let length = usize::try_from(metadata.len()).ok()?;
    budget.spend_many(length / BYTES_PER_ENTRY)?;
    let content = match metadata.is_symlink() {
        true => fs::read_link(&path).ok()?.into_os_string().as_bytes().to_vec(),
        false => match read_regular(&path, LIMIT) {
            Some(content) => content,
            None => return Some(State::Changed),
        },
    };
    let mut hash = Sha1::new();
    hash.update(format!("blob {}\0", content.len()));
    hash.update(&content);
    Some(if hash.finalize().as_slice() == entry.id.0 { State::Same } else { State::Changed })
}

fn same_kind(repository: &Repository, entry: &Entry, metadata: &Metadata) -> bool {
    match entry.mode {
        0o120_000 => metadata.is_symlink(),
        mode => {
            let executable = |mode: u32| mode & 0o100 != 0;
            metadata.is_file() && (!repository.file_mode || executable(mode) == executable(metadata.mode()))
        }
    }
}

/// Whether the file is as it was when git last read it, by its attributes alone. A file that changed no earlier than
/// the index was written may have changed after git looked.
fn is_known(index: &Index, entry: &Entry, metadata: &Metadata) -> bool {
    let stat = entry.stat;
    let modified = (low(metadata.mtime()), low(metadata.mtime_nsec()));
    let written = index.written.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let earlier = written.is_some_and(|written| {
        let seconds = u64::from(stat.modified.0);
        seconds < written.as_secs() || (seconds == written.as_secs() && stat.modified.1 < written.subsec_nanos())
    });
    earlier
        && stat.modified == modified
        && stat.changed == (low(metadata.ctime()), low(metadata.ctime_nsec()))
        && stat.inode == metadata.ino() as u32
        && stat.owner == (metadata.uid(), metadata.gid())
        && stat.size == metadata.len() as u32
}

/// A number as the index keeps it.
fn low(number: i64) -> u32 {
    number as u32
}

/// What is not tracked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untracked {
    /// Its path from the top.
    pub path: Vec<u8>,
    /// Whether git is told to ignore it.
    pub ignored: bool,
    /// Whether it is a folder with nothing tracked in it.
    pub is_folder: bool,
    /// Whether it is a repository of its own, or holds one.
    pub is_repository: bool,
}

/// Walks the working tree.
pub struct Walk<'w> {
    /// The repository.
    pub repository: &'w Repository,
    /// Its index.
    pub index: &'w Index,
    /// How much may be looked at.
    pub budget: &'w Budget,
    /// The home folder, where the user's own patterns are.
    pub home: Option<&'w Path>,
}

impl Walk<'_> {
    /// What is not tracked below `folder`, a path from the top: the outermost folders, and files. `None` when that
    /// cannot be told within the budget.
    pub fn untracked(&self, folder: &[u8]) -> Option<Vec<Untracked>> {
        let mut found = Vec::new();
        let (patterns, ignored) = self.patterns(folder)?;
        self.walk(folder, &patterns, ignored, &mut found)?;
        found.sort_by(|one: &Untracked, other| one.path.cmp(&other.path));
        Some(found)
    }

    /// The patterns that hold in a folder (its own aside), and whether it is in an ignored one.
    fn patterns(&self, folder: &[u8]) -> Option<(Patterns, bool)> {
        let mut patterns = Patterns::of(self.repository, self.home)?;
        let mut above: Vec<u8> = Vec::new();
        let mut ignored = false;
        for name in folder.split(|byte| *byte == b'/').filter(|name| !name.is_empty()) {
            patterns = patterns.inside(&self.path(&above), &above)?;
            above = join(&above, name);
            ignored |= patterns.ignores(&above, true);
        }
        Some((patterns, ignored))
    }

    fn path(&self, from_top: &[u8]) -> PathBuf {
        match from_top {
            [] => self.repository.top.clone(),
            path => self.repository.top.join(OsStr::from_bytes(path)),
        }
    }

    fn walk(&self, folder: &[u8], outer: &Patterns, ignored: bool, found: &mut Vec<Untracked>) -> Option<()> {
        let path = self.path(folder);
        let patterns = outer.inside(&path, folder)?;
        for entry in fs::read_dir(&path).ok()? {
            let entry = entry.ok()?;
            self.budget.spend()?;
            let name = entry.file_name();
            if name.as_bytes() == b".git" {
                continue;
            }
            let own = join(folder, name.as_bytes());
            let is_folder = entry.file_type().ok()?.is_dir();
            let ignored = ignored || patterns.ignores(&own, is_folder);
            let tracked = self.index.below(&own);
            if !is_folder {
                if self.index.entry(&own).is_none() {
                    found.push(Untracked { path: own, ignored, is_folder, is_repository: false });
                }
                continue;
            }
            if tracked.first().is_some_and(Entry::is_submodule) && self.index.entry(&own).is_some() {
                continue;
            }
            match tracked.is_empty() {
                true => {
                    let is_repository = fs::symlink_metadata(entry.path().join(".git")).is_ok();
                    found.push(Untracked { path: own, ignored, is_folder, is_repository });
                }
                false => self.walk(&own, &patterns, ignored, found)?,
            }
        }
        Some(())
    }

    /// The files in an untracked folder that git is not told to ignore, or `all` of them, and in place of a repository
    /// in it that repository's `.git`; `None` when that cannot be told.
    pub fn inside(&self, folder: &Untracked, all: bool) -> Option<Vec<Untracked>> {
        let (patterns, _) = self.patterns(&folder.path)?;
        let mut found = Vec::new();
        let mut open = vec![(folder.path.clone(), patterns, folder.ignored)];
        while let Some((folder, patterns, ignored)) = open.pop() {
            let path = self.path(&folder);
            if fs::symlink_metadata(path.join(".git")).is_ok() {
                let path = join(&folder, b".git");
                found.push(Untracked { path, ignored, is_folder: true, is_repository: true });
                continue;
            }
            let patterns = patterns.inside(&path, &folder)?;
            for entry in fs::read_dir(&path).ok()? {
                let entry = entry.ok()?;
                self.budget.spend()?;
                let own = join(&folder, entry.file_name().as_bytes());
                let is_folder = entry.file_type().ok()?.is_dir();
                let ignored = ignored || patterns.ignores(&own, is_folder);
                if ignored && !all && !is_folder {
                    continue;
                }
                if is_folder {
                    open.push((own, patterns.clone(), ignored));
                } else {
                    found.push(Untracked { path: own, ignored, is_folder, is_repository: false });
                }
            }
        }
        Some(found)
    }
}

fn join(folder: &[u8], name: &[u8]) -> Vec<u8> {
    if folder.is_empty() { name.to_vec() } else { [folder, b"/", name].concat() }
}
