//! Compiled rules and configuration, kept between calls beside everything that they were made from.
//!
//! A kept file counts only when it is a regular file of this user that nobody else can touch, in a folder of the same
//! kind, whole by its own sum, written by this very build, and made from these very sources, byte for byte. In any doubt
//! it is as if it were not there. Its folder is one of guard's own places, so that a command that writes there is itself held.

use std::fs::{self, DirBuilder, OpenOptions};
use std::hash::{DefaultHasher, Hasher};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use nix::fcntl::OFlag;
use serde::{Deserialize, Serialize};

use super::sources::Source;
use crate::policy::Configuration;
use crate::rules::archive;
use crate::rules::compile::{Compiled, Problem, Weight};

/// What a kept file begins with.
const MAGIC: &[u8; 8] = b"guard\x00r2";

/// A larger file is none of guard's.
const FILE_LIMIT: u64 = 32 << 20;

/// How many files are kept; when there are more, the oldest go.
const MOST_FILES: usize = 16;

/// This build: its version, and a hash of all that decides what compiled rules look like.
const BUILD: &str = concat!(env!("CARGO_PKG_VERSION"), " ", env!("GUARD_BUILD"));

/// Everything that something was compiled from. A kept file is compared with all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    sources: Vec<u8>,
    /// Where it is kept, by the names and lengths of the sources: with others of the same lengths, it is made anew.
    name: String,
}

impl Key {
    /// The key of `sources` on top of what has the key `below`.
    pub fn of(sources: &[Source], below: Option<&Key>) -> Key {
        let mut bytes = BUILD.as_bytes().to_vec();
        let mut names = DefaultHasher::new();
        names.write(BUILD.as_bytes());
        let mut add = |part: &[u8], name: &[u8]| {
            names.write(name);
            names.write_usize(part.len());
            bytes.extend((part.len() as u64).to_le_bytes());
            bytes.extend(part);
        };
        if let Some(below) = below {
            add(&below.sources, below.name.as_bytes());
        }
        for source in sources {
            let path = source.path.as_os_str().as_encoded_bytes();
            add(path, path);
            add(source.text.as_bytes(), &[]);
        }
        Key { sources: bytes, name: format!("{:016x}", names.finish()) }
    }
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

/// A kept file.
#[derive(Serialize, Deserialize)]
struct Content<'a> {
    #[serde(borrow)]
    sources: &'a [u8],
    /// An encoded [`Made`].
    #[serde(borrow)]
    made: &'a [u8],
    sum: u64,
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
    pub fn get(&self, key: &Key) -> Option<Kept> {
        // What is in force stays in force until the process ends.
        let bytes: &'static [u8] = self.read(&self.folder.join(&key.name))?.leak();
        let (magic, content) = bytes.split_first_chunk::<8>()?;
        let content: Content<'static> = archive::decode(content).filter(|_| magic == MAGIC)?;
        if !same(content.sources, &key.sources) || content.sum != sum(content.made) {
            return None;
        }
        let made: Made<'static> = archive::decode(content.made)?;
        let configuration = archive::decode(made.configuration)?;
        Some(Kept { configuration, rules: made.rules, notes: made.notes })
    }

    /// The bytes of a file that only this user can have written.
    fn read(&self, path: &Path) -> Option<Vec<u8>> {
        let user = nix::unistd::geteuid().as_raw();
        let folder = fs::symlink_metadata(&self.folder).ok()?;
        if !folder.is_dir() || folder.uid() != user || folder.mode() & 0o077 != 0 {
            return None;
        }
        let flags = OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK | OFlag::O_NOCTTY;
        let mut file = OpenOptions::new().read(true).custom_flags(flags.bits()).open(path).ok()?;
        let metadata = file.metadata().ok()?;
        let is_own = metadata.is_file() && metadata.uid() == user && metadata.mode() & 0o7777 == 0o600;
        if !is_own || metadata.len() > FILE_LIMIT {
            return None;
        }
        let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).ok()?);
        file.read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    /// Keeps what was compiled. That it cannot be kept costs time at the next call, and nothing else.
    pub fn put(&self, key: &Key, configuration: &Configuration, compiled: &Compiled) {
        let configuration = archive::encode(configuration);
        let made = archive::encode(&Made {
            configuration: &configuration,
            rules: &compiled.archive,
            notes: compiled.notes.iter().filter(|note| note.weight == Weight::Excess).cloned().collect(),
        });
        let content = archive::encode(&Content { sources: &key.sources, made: &made, sum: sum(&made) });
        let _ = self.write(&key.name, &[MAGIC.as_slice(), &content]);
    }

    fn write(&self, name: &str, parts: &[&[u8]]) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
        let metadata = fs::symlink_metadata(&self.folder)?;
        if metadata.uid() != nix::unistd::geteuid().as_raw() || metadata.mode() & 0o077 != 0 {
            return Err(io::Error::other("others can touch the folder"));
        }
        self.make_room();
        let passing = self.folder.join(format!("{name}.{}", std::process::id()));
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&passing)?;
        let written = parts.iter().try_for_each(|part| file.write_all(part));
        let moved = written.and_then(|()| fs::rename(&passing, self.folder.join(name)));
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
