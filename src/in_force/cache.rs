//! Compiled rules and configuration, kept between calls beside everything that they were made from.
//!
//! A kept file counts only when it is a regular file of this user that nobody else can touch, in a folder of the same
//! kind, whole by its own sum, written by this very build, and made from these very sources, byte for byte. In any doubt
//! it is as if it were not there. Its folder is one of guard's own places, so that a command that writes there is itself held.

use std::fs::{self, DirBuilder, OpenOptions};
use std::hash::{DefaultHasher, Hasher};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use nix::fcntl::OFlag;
use serde::{Deserialize, Serialize};

use super::sources::Source;
use crate::policy::Configuration;
use crate::rules::archive;
use crate::rules::compile::{Compiled, Problem, Weight};

/// What a kept file begins with. Behind it come the sources, what was made of them, and a sum of that.
const HEAD: &[u8; 8] = b"guard\x00r3";

/// How much of it is read at once.
const BUFFER: usize = 16 * 1024;

/// A larger file is none of guard's.
const FILE_LIMIT: u64 = 32 << 20;

/// How many files are kept; when there are more, the oldest go.
const MOST_FILES: usize = 16;

/// This build: its version, and a hash of all that decides what compiled rules look like.
const BUILD: &str = concat!(env!("CARGO_PKG_VERSION"), " ", env!("GUARD_BUILD"));

/// Stands between what was compiled before and what was compiled on top of it: no path holds a NUL.
const ON_TOP: &[u8] = b"\0on top\0";

/// Everything that something was compiled from. A kept file is compared with all of it.
#[derive(Clone, Debug)]
pub struct Key<'a> {
    /// Path and text of each source, behind the build.
    parts: Vec<&'a [u8]>,
    /// Where it is kept, by the names and lengths of the sources: with others of the same lengths, it is made anew.
    name: String,
}

impl<'a> Key<'a> {
    /// The key of `sources`.
    pub fn of(sources: &'a [Source]) -> Key<'a> {
        Key::named([BUILD.as_bytes(), &[]].into_iter().chain(parts(sources)).collect())
    }

    /// The key of `sources` on top of what has this key.
    pub fn with(&self, sources: &'a [Source]) -> Key<'a> {
        Key::named(self.parts.iter().copied().chain([ON_TOP, &[]]).chain(parts(sources)).collect())
    }

    fn named(parts: Vec<&'a [u8]>) -> Key<'a> {
        let mut names = DefaultHasher::new();
        for pair in parts.chunks(2) {
            names.write(pair.first().copied().unwrap_or_default());
            names.write_usize(pair.last().map_or(0, |part| part.len()));
        }
        Key { parts, name: format!("{:016x}", names.finish()) }
    }

    /// How many bytes [`Key::write`] writes.
    fn len(&self) -> u64 {
        self.parts.iter().map(|part| 8 + part.len() as u64).sum()
    }

    /// Writes it as it is kept: the length of each part, and the part.
    fn write(&self, file: &mut impl Write) -> io::Result<()> {
        self.parts.iter().try_for_each(|part| {
            file.write_all(&(part.len() as u64).to_le_bytes())?;
            file.write_all(part)
        })
    }

    /// Whether it is what comes next of a kept file.
    fn is_next(&self, file: &mut impl BufRead) -> io::Result<bool> {
        for part in &self.parts {
            if !is_next(&(part.len() as u64).to_le_bytes(), file)? || !is_next(part, file)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn parts(sources: &[Source]) -> impl Iterator<Item = &[u8]> {
    sources.iter().flat_map(|source| [source.path.as_os_str().as_encoded_bytes(), source.text.as_bytes()])
}

/// Whether `bytes` come next. No more is read at a time than a buffer holds: memory that is touched for the first time
/// takes longer than reading it.
fn is_next(mut bytes: &[u8], file: &mut impl BufRead) -> io::Result<bool> {
    while !bytes.is_empty() {
        let next = file.fill_buf()?;
        let count = next.len().min(bytes.len());
        let (now, later) = bytes.split_at(count);
        if count == 0 || !same(now, &next[..count]) {
            return Ok(false);
        }
        bytes = later;
        file.consume(count);
    }
    Ok(true)
}

/// Tells whether bytes are as they were written: one that changed changes it for certain. A hash made for cryptography
/// takes longer than all the rest of a call.
fn sum(bytes: &[u8]) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    // No step loses anything, so that a difference stays.
    let step = |sum: u64, word: u64| (sum ^ word).wrapping_mul(ODD).rotate_left(32);
    let (words, rest) = bytes.as_chunks::<8>();
    let sum = words.iter().fold(bytes.len() as u64, |sum, word| step(sum, u64::from_le_bytes(*word)));
    rest.iter().fold(sum, |sum, byte| step(sum, u64::from(*byte)))
}

/// Whether both are the same, word by word: musl's `memcmp` takes eight times as long.
fn same(one: &[u8], other: &[u8]) -> bool {
    let ((words, rest), (other_words, other_rest)) = (one.as_chunks::<8>(), other.as_chunks::<8>());
    let is_same = |(one, other): (&[u8; 8], &[u8; 8])| u64::from_le_bytes(*one) == u64::from_le_bytes(*other);
    one.len() == other.len() && rest == other_rest && words.iter().zip(other_words).all(is_same)
}

/// What is kept of a compilation.
pub struct Kept {
    /// What the user decided.
    pub configuration: Configuration,
    /// The compiled rules.
    pub rules: &'static [u8],
    /// What they try beyond what they may.
    pub notes: Vec<Problem>,
}

/// What was made of the sources.
#[derive(Serialize, Deserialize)]
struct Made<'a> {
    #[serde(borrow)]
    configuration: &'a [u8],
    #[serde(borrow)]
    rules: &'a [u8],
    notes: Vec<Problem>,
}

/// The folder of kept files.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// The cache below guard's folder for what it remembers.
    pub fn in_folder(state: &Path) -> Cache {
        Cache { folder: state.join("cache") }
    }

    /// What is kept under `key`, when all is as it must be.
    pub fn get(&self, key: &Key<'_>) -> Option<Kept> {
        // What is in force stays in force until the process ends.
        let made: &'static [u8] = self.read(key).ok()??.leak();
        let made: Made<'static> = archive::decode(made)?;
        let configuration = archive::decode(made.configuration)?;
        Some(Kept { configuration, rules: made.rules, notes: made.notes })
    }

    /// What was made of these sources by the word of a file that only this user can have written; `None` when it says
    /// something else.
    fn read(&self, key: &Key<'_>) -> io::Result<Option<Vec<u8>>> {
        let user = nix::unistd::geteuid().as_raw();
        let folder = fs::symlink_metadata(&self.folder)?;
        if !folder.is_dir() || folder.uid() != user || folder.mode() & 0o077 != 0 {
            return Ok(None);
        }
        let flags = OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK | OFlag::O_NOCTTY;
        let file = OpenOptions::new().read(true).custom_flags(flags.bits()).open(self.folder.join(&key.name))?;
        let metadata = file.metadata()?;
        let is_own = metadata.is_file() && metadata.uid() == user && metadata.mode() & 0o7777 == 0o600;
        let rest = metadata.len().checked_sub(HEAD.len() as u64 + key.len() + 8);
        let Some(length) = rest.filter(|_| is_own && metadata.len() <= FILE_LIMIT) else { return Ok(None) };
        let mut file = BufReader::with_capacity(BUFFER, file);
        if !is_next(HEAD, &mut file)? || !key.is_next(&mut file)? {
            return Ok(None);
        }
        let mut made = vec![0; usize::try_from(length).unwrap_or_default()];
        let mut kept_sum = [0; 8];
        file.read_exact(&mut made)?;
        file.read_exact(&mut kept_sum)?;
        Ok((u64::from_le_bytes(kept_sum) == sum(&made)).then_some(made))
    }

    /// Keeps what was compiled. That it cannot be kept costs time at the next call, and nothing else.
    pub fn put(&self, key: &Key<'_>, configuration: &Configuration, compiled: &Compiled) {
        let configuration = archive::encode(configuration);
        let made = archive::encode(&Made {
            configuration: &configuration,
            rules: &compiled.archive,
            notes: compiled.notes.iter().filter(|note| note.weight == Weight::Excess).cloned().collect(),
        });
        let _ = self.write(key, &made);
    }

    fn write(&self, key: &Key<'_>, made: &[u8]) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
        let metadata = fs::symlink_metadata(&self.folder)?;
        if metadata.uid() != nix::unistd::geteuid().as_raw() || metadata.mode() & 0o077 != 0 {
            return Err(io::Error::other("others can touch the folder"));
        }
        self.make_room();
        let passing = self.folder.join(format!("{}.{}", key.name, std::process::id()));
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&passing)?;
        let mut write = || {
            file.write_all(HEAD)?;
            key.write(&mut file)?;
            file.write_all(made)?;
            file.write_all(&sum(made).to_le_bytes())
        };
        let moved = write().and_then(|()| fs::rename(&passing, self.folder.join(&key.name)));
        if moved.is_err() {
            let _ = fs::remove_file(&passing);
        }
        moved
    }

    fn make_room(&self) {
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        let mut files: Vec<_> = entries
            .flatten()
            .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
            .collect();
        files.sort();
        let surplus = (files.len() + 1).saturating_sub(MOST_FILES);
        for (_, path) in files.into_iter().take(surplus) {
            let _ = fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{same, sum};

    #[test]
    fn every_bit_is_seen() {
        for length in [1, 7, 8, 9, 40] {
            let mut bytes = vec![0; length];
            let whole = sum(&bytes);
            let before = bytes.clone();
            assert!(same(&bytes, &before));
            for bit in 0..length * 8 {
                bytes[bit / 8] ^= 1 << (bit % 8);
                assert_ne!(sum(&bytes), whole, "{length} {bit}");
                assert!(!same(&bytes, &before), "{length} {bit}");
                bytes[bit / 8] ^= 1 << (bit % 8);
            }
            bytes.push(0);
            assert_ne!(sum(&bytes), whole, "{length}");
            assert!(!same(&bytes, &before), "{length}");
        }
    }
}
