//! git's objects: commits and trees, loose or packed. The content of files is never read from here.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

use super::budget::Budget;
use super::repository::Id;
use crate::facts::machine::read_regular;

/// A commit or tree that is larger is not read.
const LIMIT: usize = 4 * 1024 * 1024;

/// How many differences are put together for one object.
const MOST_DELTAS: usize = 64;

/// How many packs are looked into, and how many other places for objects.
const MOST_PACKS: usize = 256;
const MOST_PLACES: usize = 8;

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A commit.
    Commit,
    /// A folder.
    Tree,
    /// The content of a file.
    Blob,
    /// A tag with a message.
    Tag,
}

/// The objects of a repository.
pub struct Objects<'b> {
    places: Vec<PathBuf>,
    packs: RefCell<Option<Vec<Pack>>>,
    budget: &'b Budget,
    commits: RefCell<HashMap<Id, Commit>>,
}

/// A commit, as far as it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its folder.
    pub tree: Id,
    /// The commits before it.
    pub parents: Vec<Id>,
    /// When it was made, in seconds.
    pub time: i64,
    /// The first line of its message.
    pub subject: String,
}

/// An entry of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeEntry {
    /// Its mode.
    pub mode: u32,
    /// Its name.
    pub name: Vec<u8>,
    /// What it is.
    pub id: Id,
}

struct Pack {
    index: File,
    data: File,
    count: u64,
}

impl<'b> Objects<'b> {
    /// Those of a folder, and of the places that it names.
    pub fn of(folder: &Path, budget: &'b Budget) -> Objects<'b> {
        let mut places = vec![folder.to_path_buf()];
        let mut at = 0;
        while let Some(place) = places.get(at).cloned() {
            at += 1;
            let Some(others) = read_regular(&place.join("info/alternates"), 64 * 1024) else { continue };
            let others = String::from_utf8_lossy(&others).into_owned();
            let others = others.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
            places.extend(others.map(|other| place.join(other)));
            places.truncate(MOST_PLACES);
        }
        Objects { places, packs: RefCell::new(None), budget, commits: RefCell::default() }
    }

    /// A commit, also through a tag.
    pub fn commit(&self, id: Id) -> Option<Commit> {
        if let Some(commit) = self.commits.borrow().get(&id) {
            return Some(commit.clone());
        }
        let (kind, data) = self.read(id, 0)?;
        let commit = match kind {
            Kind::Commit => commit(&data)?,
            Kind::Tag => {
                let text = String::from_utf8_lossy(&data).into_owned();
                let target = Id::parse(text.lines().next()?.strip_prefix("object ")?)?;
                if target == id {
                    return None;
                }
                self.commit(target)?
            }
            _ => return None,
        };
        self.commits.borrow_mut().insert(id, commit.clone());
        Some(commit)
    }

    /// The commit that a reference leads to: what a tag is a tag of.
    pub fn peeled(&self, id: Id) -> Option<Id> {
        let (kind, data) = self.read(id, 0)?;
        match kind {
            Kind::Commit => Some(id),
            Kind::Tag => {
                let text = String::from_utf8_lossy(&data).into_owned();
                Id::parse(text.lines().next()?.strip_prefix("object ")?).filter(|target| *target != id)
            }
            _ => None,
        }
    }

    /// The entries of a tree.
    pub fn tree(&self, id: Id) -> Option<Vec<TreeEntry>> {
        match self.read(id, 0)? {
            (Kind::Tree, data) => tree(&data),
            _ => None,
        }
    }

    fn read(&self, id: Id, depth: usize) -> Option<(Kind, Vec<u8>)> {
        if depth > MOST_DELTAS {
            return None;
        }
        self.budget.spend()?;
        let hex = id.hex();
        let (folder, name) = hex.split_at_checked(2)?;
        for place in &self.places {
            if let Some(bytes) = read_regular(&place.join(folder).join(name), LIMIT) {
                return loose(&bytes);
            }
        }
        if self.packs.borrow().is_none() {
            let packs = self.places.iter().flat_map(|place| packs(place)).take(MOST_PACKS).collect();
            *self.packs.borrow_mut() = Some(packs);
        }
        let packs = self.packs.borrow();
        let found = packs.iter().flatten().find_map(|pack| Some((pack, pack.find(id)?)));
        let (pack, offset) = found?;
        self.packed(pack, offset, depth)
    }

    fn packed(&self, pack: &Pack, offset: u64, depth: usize) -> Option<(Kind, Vec<u8>)> {
        if depth > MOST_DELTAS {
            return None;
        }
        let head = pack.head(offset)?;
        let kind = match head.kind {
            1 => Kind::Commit,
            2 => Kind::Tree,
            3 => return Some((Kind::Blob, Vec::new())),
            4 => Kind::Tag,
            6 | 7 => {
                let (kind, base) = match head.base {
                    Base::Offset(back) => self.packed(pack, offset.checked_sub(back)?, depth + 1)?,
                    Base::Object(id) => self.read(id, depth + 1)?,
                    Base::None => return None,
                };
                if kind == Kind::Blob {
                    return Some((kind, Vec::new()));
                }
                return Some((kind, apply(&base, &pack.inflate(head.data, head.size)?)?));
            }
            _ => return None,
        };
        Some((kind, pack.inflate(head.data, head.size)?))
    }
}

/// What stands in front of a packed object.
struct Head {
    kind: u8,
    size: usize,
    base: Base,
    data: u64,
}

/// What a difference is a difference to.
enum Base {
    None,
    Offset(u64),
    Object(Id),
}

impl Pack {
    fn open(index: &Path) -> Option<Pack> {
        let data = File::open(index.with_extension("pack")).ok()?;
        let index = File::open(index).ok()?;
        if read_at(&index, 0, 8)? != [0xff, b't', b'O', b'c', 0, 0, 0, 2] {
            return None;
        }
        let count = number(&index, 8 + 255 * 4)?;
        Some(Pack { index, data, count: u64::from(count) })
    }

    /// Where an object begins.
    fn find(&self, id: Id) -> Option<u64> {
        let first = u64::from(*id.0.first()?);
        let mut low = if first == 0 { 0 } else { u64::from(number(&self.index, 8 + (first - 1) * 4)?) };
        let mut high = u64::from(number(&self.index, 8 + first * 4)?);
        let names = 8 + 1024;
        while low < high {
            let middle = low + (high - low) / 2;
            match read_at(&self.index, names + middle * 20, 20)?.as_slice().cmp(&id.0) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return self.offset(middle),
            }
        }
        None
    }

    fn offset(&self, at: u64) -> Option<u64> {
        let offsets = 8 + 1024 + self.count * 24;
        let offset = u64::from(number(&self.index, offsets + at * 4)?);
        if offset & 0x8000_0000 == 0 {
            return Some(offset);
        }
        let long = read_at(&self.index, offsets + self.count * 4 + (offset & 0x7fff_ffff) * 8, 8)?;
        long.try_into().ok().map(u64::from_be_bytes)
    }

    fn head(&self, offset: u64) -> Option<Head> {
        let mut bytes = [0; 48];
        let read = self.data.read_at(&mut bytes, offset).ok()?;
        let mut rest = bytes.get(..read)?.iter();
        let mut byte = *rest.next()?;
        let kind = byte >> 4 & 7;
        let mut size = usize::from(byte & 15);
        let mut shift = 4;
        while byte & 0x80 != 0 {
            byte = *rest.next()?;
            size |= usize::from(byte & 0x7f).checked_shl(shift)?;
            shift += 7;
        }
        let base = match kind {
            6 => {
                byte = *rest.next()?;
                let mut back = u64::from(byte & 0x7f);
                while byte & 0x80 != 0 {
                    byte = *rest.next()?;
                    back = (back.checked_add(1)? << 7) | u64::from(byte & 0x7f);
                }
                Base::Offset(back)
            }
            7 => {
                let id = Id::read(rest.as_slice())?;
                rest.nth(19);
                Base::Object(id)
            }
            _ => Base::None,
        };
        let data = offset.checked_add((read - rest.as_slice().len()) as u64)?;
        Some(Head { kind, size, base, data })
    }

    /// What is compressed at an offset, which has `size` bytes then.
    fn inflate(&self, offset: u64, size: usize) -> Option<Vec<u8>> {
        if size > LIMIT {
            return None;
        }
        // What cannot be compressed grows a little.
        let most = size + size / 512 + 128;
        let mut bytes = vec![0; most];
        let mut read = 0;
        while read < most {
            match self.data.read_at(bytes.get_mut(read..)?, offset.checked_add(read as u64)?).ok()? {
                0 => break,
                more => read += more,
            }
        }
        let data = decompress_to_vec_zlib_with_limit(bytes.get(..read)?, size).ok()?;
        (data.len() == size).then_some(data)
    }
}

fn packs(place: &Path) -> Vec<Pack> {
    let Ok(entries) = std::fs::read_dir(place.join("pack")) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "idx"));
    paths.sort();
    paths.iter().take(MOST_PACKS).filter_map(|path| Pack::open(path)).collect()
}

fn read_at(file: &File, offset: u64, length: usize) -> Option<Vec<u8>> {
    let mut bytes = vec![0; length];
    file.read_exact_at(&mut bytes, offset).ok()?;
    Some(bytes)
}

fn number(file: &File, offset: u64) -> Option<u32> {
    read_at(file, offset, 4)?.try_into().ok().map(u32::from_be_bytes)
}

/// An object in a file of its own.
fn loose(bytes: &[u8]) -> Option<(Kind, Vec<u8>)> {
    let data = decompress_to_vec_zlib_with_limit(bytes, LIMIT).ok()?;
    let end = data.iter().position(|byte| *byte == 0)?;
    let kind = match data.get(..end)?.split(|byte| *byte == b' ').next()? {
        b"commit" => Kind::Commit,
        b"tree" => Kind::Tree,
        b"tag" => Kind::Tag,
        _ => Kind::Blob,
    };
    Some((kind, data.get(end + 1..)?.to_vec()))
}

fn commit(data: &[u8]) -> Option<Commit> {
    let text = String::from_utf8_lossy(data);
    let (head, message) = text.split_once("\n\n").unwrap_or((&text, ""));
    let lines = |name: &'static str| head.lines().filter_map(move |line| line.strip_prefix(name));
    let tree = Id::parse(lines("tree ").next()?)?;
    let parents = lines("parent ").map(Id::parse).collect::<Option<Vec<_>>>()?;
    // `committer NAME <MAIL> SECONDS ZONE`
    let time = lines("committer ").next().and_then(|line| line.rsplit(' ').nth(1)).and_then(|time| time.parse().ok());
    let subject = message.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim().to_owned();
    Some(Commit { tree, parents, time: time.unwrap_or_default(), subject })
}

fn tree(data: &[u8]) -> Option<Vec<TreeEntry>> {
    let mut entries = Vec::new();
    let mut rest = data;
    while !rest.is_empty() {
        let space = rest.iter().position(|byte| *byte == b' ')?;
        let end = rest.iter().position(|byte| *byte == 0)?;
        let mode = u32::from_str_radix(std::str::from_utf8(rest.get(..space)?).ok()?, 8).ok()?;
        let id = Id::read(rest.get(end + 1..)?)?;
        entries.push(TreeEntry { mode, name: rest.get(space + 1..end)?.to_vec(), id });
        rest = rest.get(end + 21..)?;
    }
    Some(entries)
}

/// Applies a difference to what it is a difference to.
fn apply(base: &[u8], delta: &[u8]) -> Option<Vec<u8>> {
    let mut rest = delta.iter();
    let mut length = || {
        let (mut value, mut shift) = (0usize, 0);
        loop {
            let byte = *rest.next()?;
            value |= usize::from(byte & 0x7f).checked_shl(shift)?;
            shift += 7;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
    };
    let (from, to) = (length()?, length()?);
    if from != base.len() || to > LIMIT {
        return None;
    }
    let mut made = Vec::with_capacity(to);
    while let Some(&code) = rest.next() {
        if code & 0x80 == 0 {
            let fresh = rest.as_slice().get(..usize::from(code)).filter(|fresh| !fresh.is_empty())?;
            made.extend_from_slice(fresh);
            rest.nth(fresh.len() - 1);
            continue;
        }
        let mut part = |bits: std::ops::Range<u32>| {
            let mut value = 0usize;
            for (number, bit) in bits.enumerate() {
                if code >> bit & 1 == 1 {
                    value |= usize::from(*rest.next()?) << (8 * number);
                }
            }
            Some(value)
        };
        let (start, length) = (part(0..4)?, part(4..7)?);
        let length = if length == 0 { 0x10000 } else { length };
        made.extend_from_slice(base.get(start..start.checked_add(length)?)?);
    }
    (made.len() == to).then_some(made)
}
