//! git's index: the files that it tracks, with what was known of each when it was last looked at.
//!
//! Versions 2, 3 and 4. What stands in other files (a split index) or stands for more than one file (a sparse index)
//! is not read: then the index is not known.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::SystemTime;

use super::budget::Budget;
use super::repository::Id;
use crate::facts::machine::read_regular;

/// A larger index is not read.
const LIMIT: usize = 64 * 1024 * 1024;

/// So many entries of the index cost as much as one look at a file.
const AT_ONCE: usize = 16;

/// The length of what stands in front of a name, its flags not counted.
const FIXED: usize = 60;

/// A tracked file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its path from the top, as bytes.
    pub path: Vec<u8>,
    /// Its mode: 0o100644, 0o100755, 0o120000 (a symbolic link), 0o160000 (a submodule).
    pub mode: u32,
    /// Its content.
    pub id: Id,
    /// What was known of the file.
    pub stat: Stat,
    /// Whether it is one side of a conflict, or was only announced: then no content of it counts as kept.
    pub unsettled: bool,
}

/// What the index knows of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stat {
    /// When its attributes last changed: seconds and nanoseconds.
    pub changed: (u32, u32),
    /// When its content last changed.
    pub modified: (u32, u32),
    /// Its file system's number for it.
    pub inode: u32,
    /// Its owner and group.
    pub owner: (u32, u32),
    /// Its length.
    pub size: u32,
}

/// An index, in the order of paths.
#[derive(Debug, Default)]
pub struct Index {
    /// The tracked files.
    pub entries: Vec<Entry>,
    /// When the index was written: files that changed no earlier are not known by their attributes.
    pub written: Option<SystemTime>,
    /// The trees that folders are known to be, by path: `""` is the top. With the number of files.
    pub trees: HashMap<Vec<u8>, (usize, Id)>,
}

impl Index {
    /// Reads an index; one that does not exist is empty.
    pub fn read(path: &Path, budget: &Budget) -> Option<Index> {
        if !path.exists() {
            return Some(Index::default());
        }
        let written = path.metadata().ok()?.modified().ok();
        let index = Index::parse(&read_regular(path, LIMIT)?, budget)?;
        Some(Index { written, ..index })
    }

    pub(super) fn parse(bytes: &[u8], budget: &Budget) -> Option<Index> {
        let mut reader = Reader { bytes, at: 0 };
        if reader.take(4)? != b"DIRC" {
            return None;
        }
        let version = reader.number()?;
        if !(2..=4).contains(&version) {
            return None;
        }
        let count = reader.number()? as usize;
        let mut index = Index::default();
        for number in 0..count {
            budget.spend_many(usize::from(number % AT_ONCE == 0))?;
            let before = index.entries.last().map(|entry| entry.path.as_slice()).unwrap_or_default();
            index.entries.push(reader.entry(version, before)?);
        }
        // The rest is extensions and a checksum.
        while reader.at + 20 + 8 <= bytes.len() {
            let name: [u8; 4] = reader.take(4)?.try_into().ok()?;
            let length = reader.number()? as usize;
            let data = reader.take(length)?;
            match &name {
                b"TREE" => index.trees = trees(data)?,
                // A small letter says: who does not know this cannot read the index.
                [first, ..] if !first.is_ascii_uppercase() => return None,
                _ => {}
            }
        }
        Some(index)
    }

    /// The entry of a path.
    pub fn entry(&self, path: &[u8]) -> Option<&Entry> {
        self.entries.binary_search_by(|entry| entry.path.as_slice().cmp(path)).ok().and_then(|at| self.entries.get(at))
    }

    /// The entries at or below a path; all of them for the empty one.
    pub fn below(&self, path: &[u8]) -> &[Entry] {
        if path.is_empty() {
            return &self.entries;
        }
        let start = self.entries.partition_point(|entry| entry.path.as_slice() < path);
        let rest = self.entries.get(start..).unwrap_or_default();
        if rest.first().is_some_and(|entry| entry.path == path) {
            return rest.get(..1).unwrap_or_default();
        }
        let folder: Vec<u8> = [path, b"/"].concat();
        let start = self.entries.partition_point(|entry| entry.path < folder);
        let rest = self.entries.get(start..).unwrap_or_default();
        let length = rest.partition_point(|entry| entry.path.starts_with(&folder));
        rest.get(..length).unwrap_or_default()
    }
}

impl Entry {
    /// Its path from the top.
    pub fn name(&self) -> &Path {
        Path::new(OsStr::from_bytes(&self.path))
    }

    /// Whether it is a repository of its own.
    pub fn is_submodule(&self) -> bool {
        self.mode == 0o160_000
    }
}

struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Reader<'b> {
    fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let taken = self.bytes.get(self.at..self.at.checked_add(length)?)?;
        self.at += length;
        Some(taken)
    }

    fn number(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_be_bytes)
    }

    fn short(&mut self) -> Option<u16> {
        self.take(2)?.try_into().ok().map(u16::from_be_bytes)
    }

    fn until_zero(&mut self) -> Option<&'b [u8]> {
        let rest = self.bytes.get(self.at..)?;
        let length = rest.iter().position(|byte| *byte == 0)?;
        self.at += length + 1;
        rest.get(..length)
    }

    fn entry(&mut self, version: u32, before: &[u8]) -> Option<Entry> {
        let start = self.at;
        let changed = (self.number()?, self.number()?);
        let modified = (self.number()?, self.number()?);
        let (_device, inode) = (self.number()?, self.number()?);
        let mode = self.number()?;
        let owner = (self.number()?, self.number()?);
        let size = self.number()?;
        let id = Id::read(self.take(20)?)?;
        let flags = self.short()?;
        let more = if version >= 3 && flags & 0x4000 != 0 { self.short()? } else { 0 };
        let path = match version {
            4 => {
                let kept = before.len().checked_sub(self.offset()?)?;
                [before.get(..kept)?, self.until_zero()?].concat()
            }
            _ => {
                let path = self.until_zero()?.to_vec();
                let fixed = if more == 0 && flags & 0x4000 == 0 { FIXED + 2 } else { FIXED + 4 };
                self.at = start + (fixed + path.len() + 8) / 8 * 8;
                path
            }
        };
        // A folder stands for all that is in it (a sparse index).
        if mode == 0o040_000 {
            return None;
        }
        let unsettled = flags & 0x3000 != 0 || more & 0x2000 != 0;
        Some(Entry { path, mode, id, stat: Stat { changed, modified, inode, owner, size }, unsettled })
    }

    /// The number in front of a name of version 4.
    fn offset(&mut self) -> Option<usize> {
        let mut byte = *self.take(1)?.first()?;
        let mut value = usize::from(byte & 0x7f);
        while byte & 0x80 != 0 {
            byte = *self.take(1)?.first()?;
            value = value.checked_add(1)?.checked_mul(128)?.checked_add(usize::from(byte & 0x7f))?;
        }
        Some(value)
    }
}

/// The trees of the `TREE` extension: each folder that has not changed since, with its tree.
fn trees(data: &[u8]) -> Option<HashMap<Vec<u8>, (usize, Id)>> {
    let mut reader = Reader { bytes: data, at: 0 };
    let mut trees = HashMap::new();
    // The folders that are open, with how many of their own are yet to come.
    let mut open: Vec<(Vec<u8>, usize)> = Vec::new();
    while reader.at < data.len() {
        let name = reader.until_zero()?;
        let rest = data.get(reader.at..)?;
        let length = rest.iter().position(|byte| *byte == b'\n')?;
        let counts = std::str::from_utf8(rest.get(..length)?).ok()?;
        reader.at += length + 1;
        let (entries, folders) = counts.split_once(' ')?;
        let folders: usize = folders.parse().ok()?;
        while open.last().is_some_and(|(_, left)| *left == 0) {
            open.pop();
        }
        let path = match open.last_mut() {
            Some((above, left)) => {
                *left -= 1;
                if above.is_empty() { name.to_vec() } else { [above.as_slice(), b"/", name].concat() }
            }
            None => name.to_vec(),
        };
        if let Ok(entries) = entries.parse::<usize>() {
            trees.insert(path.clone(), (entries, Id::read(reader.take(20)?)?));
        }
        open.push((path, folders));
    }
    Some(trees)
}
