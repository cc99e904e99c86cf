//! The chain of records on disk: each line carries the hash of the line before, and a second file, the head, says
//! how far the chain goes.
//!
//! The chain shows a record that was changed, taken out or moved; the head shows that the end was cut off or that the
//! last record was changed. The head is also what writers lock, and it makes the last hash known without reading
//! back. It is written after the record, so that a crash leaves it behind the journal, never ahead of it.

use std::fs::{DirBuilder, File, Metadata, OpenOptions, Permissions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::Unwritten;

/// How long a writer waits for the others. A stopped process that holds the lock must not stop every command.
const LOCK_LIMIT: Duration = Duration::from_secs(2);

/// How much is read back when the head does not agree with the journal.
const LOOK_BACK: u64 = 1 << 20;

/// The two files of a chain.
pub struct Files {
    /// The records, a line each.
    pub journal: PathBuf,
    /// Where the chain ends.
    pub head: PathBuf,
}

impl Files {
    /// The files in guard's state folder.
    pub fn of(state: &Path) -> Files {
        Files { journal: state.join("journal.jsonl"), head: state.join("journal.head") }
    }

    /// Whether both can be opened for writing.
    pub fn check(&self) -> Result<(), Unwritten> {
        for (path, writing) in [(&self.head, Writing::InPlace), (&self.journal, Writing::AtTheEnd)] {
            let file = open(path, writing)?;
            private(&file).map_err(|error| unwritten(path, error))?;
        }
        Ok(())
    }

    /// Appends a record, given as the bytes of a JSON object. `durable`: it is on the disk when this returns.
    pub fn append(&self, record: &[u8], durable: bool) -> Result<(), Unwritten> {
        let head = lock(&self.head)?;
        let journal = open(&self.journal, Writing::AtTheEnd)?;
        self.extend(&head, &journal, record).map_err(|error| unwritten(&self.journal, error))?;
        drop(head);
        match durable {
            true => journal.sync_data().map_err(|error| unwritten(&self.journal, error)),
            false => Ok(()),
        }
    }

    fn extend(&self, head: &File, mut journal: &File, record: &[u8]) -> io::Result<()> {
        let size = private(journal)?.len();
        let end = End::find(read_head(head)?, journal, size)?;
        let line = end.line(record);
        let next =
            Head { seq: end.seq + 1, size: size + u64::from(end.open_line) + line.len() as u64 + 1, hash: hash(&line) };
        let mut bytes = Vec::with_capacity(line.len() + 2);
        bytes.extend_from_slice(if end.open_line { b"\n" } else { b"" });
        bytes.extend_from_slice(&line);
        bytes.push(b'\n');
        let written = journal.write_all(&bytes).and_then(|()| head.write_all_at(next.to_string().as_bytes(), 0));
        if written.is_err() {
            // Take back what a full disk let through; if even this fails, the next writer finds the torn line.
            let _ = journal.set_len(size);
        }
        written
    }
}

/// What the head file says: the last record's number, where it ends, and its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The number of the last record.
    pub seq: u64,
    /// The journal's size with it.
    pub size: u64,
    /// The hash of its line.
    pub hash: String,
}

impl std::fmt::Display for Head {
    /// Always equally long, so that a new head covers the old one in one write.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{:020} {:020} {}", self.seq, self.size, self.hash)
    }
}

impl Head {
    /// How long a head is.
    const LENGTH: usize = 20 + 1 + 20 + 1 + 64 + 1;

    fn parse(text: &str) -> Option<Head> {
        let mut fields = text.strip_suffix('\n')?.split(' ');
        let head = Head {
            seq: fields.next()?.parse().ok()?,
            size: fields.next()?.parse().ok()?,
            hash: fields.next()?.to_owned(),
        };
        (head.to_string() == text && fields.next().is_none()).then_some(head)
    }
}

/// What a head file holds.
#[derive(Debug, PartialEq, Eq)]
pub enum HeadFile {
    /// Nothing was ever written to it.
    Empty,
    /// Something that is no head.
    Damaged,
    /// A head.
    Whole(Head),
}

/// Reads an open head file.
pub fn read_head(file: &File) -> io::Result<HeadFile> {
    match file.metadata()?.len() {
        0 => return Ok(HeadFile::Empty),
        length if length != Head::LENGTH as u64 => return Ok(HeadFile::Damaged),
        _ => {}
    }
    let mut bytes = [0; Head::LENGTH];
    file.read_exact_at(&mut bytes, 0)?;
    Ok(str::from_utf8(&bytes).ok().and_then(Head::parse).map_or(HeadFile::Damaged, HeadFile::Whole))
}

/// The hash of a line, without its newline.
pub fn hash(line: &[u8]) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let halves = Sha256::digest(line).into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
    halves.filter_map(|half| DIGITS.get(usize::from(half))).collect()
}

/// What the first record carries as the hash of the one before.
pub fn no_hash() -> String {
    "0".repeat(64)
}

/// The part of a record that makes the chain.
#[derive(Debug, Deserialize)]
pub struct Link {
    /// The record's number, from 1.
    pub seq: u64,
    /// The hash of the line before.
    pub prev: String,
    /// How many bytes before this line belong to no record: what a crash left.
    #[serde(default)]
    pub torn: u64,
    /// Whether the head was missing when this was written.
    #[serde(default)]
    pub headless: bool,
}

impl Link {
    /// The link of a line; `None` when the line is no record.
    pub fn of(line: &[u8]) -> Option<Link> {
        serde_json::from_slice(line).ok()
    }
}

/// Where the chain ends, as a writer finds it.
#[derive(Debug, PartialEq, Eq)]
struct End {
    /// The last record's number; 0 before the first one.
    seq: u64,
    /// The last record's hash.
    hash: String,
    /// How many bytes behind it belong to no record.
    torn: u64,
    /// Whether the journal ends inside a line.
    open_line: bool,
    /// Whether the journal is not empty and no head says how far it went.
    headless: bool,
}

impl End {
    /// Where the chain ends. When the head and the journal's size agree, which is nearly always, nothing is read.
    fn find(head: HeadFile, journal: &File, size: u64) -> io::Result<End> {
        let (start, seen) = match head {
            HeadFile::Whole(head) => {
                let end = End { seq: head.seq, hash: head.hash, torn: 0, open_line: false, headless: false };
                match size.checked_sub(head.size) {
                    Some(0) => return Ok(end),
                    // Cut off: the chain goes on from the head, so that the gap stays visible for ever.
                    None => return Ok(End { open_line: ends_open(journal, size)?, ..end }),
                    Some(_) => (head.size, end),
                }
            }
            HeadFile::Empty | HeadFile::Damaged => {
                let headless = size > 0 || head == HeadFile::Damaged;
                (0, End { seq: 0, hash: no_hash(), torn: 0, open_line: false, headless })
            }
        };
        seen.followed(journal, start, size)
    }

    /// Follows the chain from `start`, where this end is, as far as it goes.
    fn followed(mut self, journal: &File, start: u64, size: u64) -> io::Result<End> {
        let from = start.max(size.saturating_sub(LOOK_BACK));
        let mut bytes = vec![0; usize::try_from(size - from).unwrap_or(0)];
        journal.read_exact_at(&mut bytes, from)?;
        let mut end = start;
        let mut at = from;
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            at += line.len() as u64;
            let Some((b'\n', line)) = line.split_last() else { break };
            let link = Link::of(line);
            // Without a head there is nothing to compare with but the journal itself, and it may be read from its middle.
            if let Some(link) = link.filter(|link| self.headless || self.precedes(link)) {
                (self.seq, self.hash, end) = (link.seq, hash(line), at);
            }
        }
        // A first record whose head was never written is a crash, and no head that went missing.
        self.headless &= self.seq != 1;
        self.torn = size - end;
        self.open_line = bytes.last().is_some_and(|byte| *byte != b'\n');
        Ok(End { torn: self.torn + u64::from(self.open_line), ..self })
    }

    fn precedes(&self, link: &Link) -> bool {
        link.seq == self.seq + 1 && link.prev == self.hash
    }

    /// The record's line, with its link in front.
    fn line(&self, record: &[u8]) -> Vec<u8> {
        let mut line = format!("{{\"seq\":{},\"prev\":\"{}\"", self.seq + 1, self.hash).into_bytes();
        if self.torn > 0 {
            line.extend_from_slice(format!(",\"torn\":{}", self.torn).as_bytes());
        }
        if self.headless {
            line.extend_from_slice(b",\"headless\":true");
        }
        match record.strip_prefix(b"{") {
            Some(rest) if rest != b"}" => {
                line.push(b',');
                line.extend_from_slice(rest);
            }
            _ => line.push(b'}'),
        }
        line
    }
}

fn ends_open(journal: &File, size: u64) -> io::Result<bool> {
    let Some(last) = size.checked_sub(1) else { return Ok(false) };
    let mut byte = [0];
    journal.read_exact_at(&mut byte, last)?;
    Ok(byte != *b"\n")
}

/// How a file is written.
#[derive(Clone, Copy)]
enum Writing {
    AtTheEnd,
    InPlace,
}

/// Opens a file, for its owner alone where it is made now; its folder is made as well.
fn open(path: &Path, writing: Writing) -> Result<File, Unwritten> {
    let nonblock = nix::fcntl::OFlag::O_NONBLOCK.bits();
    let mut options = OpenOptions::new();
    options.read(true).mode(0o600).custom_flags(nonblock).create(true);
    match writing {
        Writing::AtTheEnd => options.append(true),
        Writing::InPlace => options.write(true).truncate(false),
    };
    let opened = options.open(path).or_else(|error| match (error.kind(), path.parent()) {
        (ErrorKind::NotFound, Some(folder)) => {
            DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
            options.open(path)
        }
        _ => Err(error),
    });
    opened.map_err(|error| unwritten(path, error))
}

/// Sees to it that an open file is a regular one that nobody else can read; says what the system knows of it.
fn private(file: &File) -> io::Result<Metadata> {
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    if metadata.mode() & 0o077 != 0 {
        file.set_permissions(Permissions::from_mode(0o600))?;
    }
    Ok(metadata)
}

/// Opens and locks the head. A head that was removed while this process waited for its lock is opened anew.
pub fn lock(path: &Path) -> Result<File, Unwritten> {
    let deadline = Instant::now() + LOCK_LIMIT;
    let mut pause = Duration::from_micros(50);
    loop {
        let file = open(path, Writing::InPlace)?;
        match file.try_lock() {
            Ok(()) => {
                if private(&file).map_err(|error| unwritten(path, error))?.nlink() > 0 {
                    return Ok(file);
                }
            }
            Err(TryLockError::Error(error)) => return Err(unwritten(path, error)),
            Err(TryLockError::WouldBlock) => {}
        }
        if Instant::now() >= deadline {
            return Err(unwritten(path, io::Error::new(ErrorKind::TimedOut, "another process keeps it locked")));
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(2));
    }
}

fn unwritten(path: &Path, error: io::Error) -> Unwritten {
    Unwritten { place: path.display().to_string(), error }
}
