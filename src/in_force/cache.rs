//! Compiled rules and configuration, kept between calls under the hash of everything that they were made from.
//!
//! A kept file counts only when it is a regular file of this user that nobody else can touch, in a folder of the same
//! kind, whole by its own hash, written by this very build, and made from these very sources. In any doubt it is as if
//! it were not there. Its folder is one of guard's own places, so that a command that writes there is itself held.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use nix::fcntl::OFlag;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::sources::Source;
use crate::policy::Configuration;
use crate::rules::archive;
use crate::rules::compile::{Compiled, Problem};

/// What a kept file begins with.
const MAGIC: &[u8; 8] = b"guard\x00r1";

/// Bytes of a hash.
const HASH: usize = 32;

/// A larger file is none of guard's.
const FILE_LIMIT: u64 = 32 << 20;

/// How many files are kept; when there are more, the oldest go.
const MOST_FILES: usize = 16;

/// This build: its version, and a hash of all that decides what compiled rules look like.
const BUILD: &str = concat!(env!("CARGO_PKG_VERSION"), " ", env!("GUARD_BUILD"));

/// The hash of everything that something was compiled from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key([u8; HASH]);

impl Key {
    /// The key of nothing.
    pub const NONE: Key = Key([0; HASH]);

    /// The key of `sources` on top of what has the key `below`.
    pub fn of(sources: &[Source], below: &Key) -> Key {
        let mut hash = Sha256::new();
        hash.update(BUILD.as_bytes());
        hash.update(below.0);
        for source in sources {
            for bytes in [source.path.as_os_str().as_encoded_bytes(), source.text.as_bytes()] {
                hash.update((bytes.len() as u64).to_le_bytes());
                hash.update(bytes);
            }
        }
        Key(hash.finalize().into())
    }

    fn name(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// What is kept of a compilation.
pub struct Kept {
    /// What the user decided.
    pub configuration: Configuration,
    /// The compiled rules.
    pub rules: &'static [u8],
    /// What is to be said of them.
    pub notes: Vec<Problem>,
}

/// A kept file behind its hash.
#[derive(Serialize, Deserialize)]
struct Content<'a> {
    build: &'a str,
    key: [u8; HASH],
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
        let bytes: &'static [u8] = self.read(&self.folder.join(key.name()))?.leak();
        let (magic, rest) = bytes.split_first_chunk::<8>()?;
        let (hash, content) = rest.split_first_chunk::<HASH>()?;
        if magic != MAGIC || Sha256::digest(content).as_slice() != hash {
            return None;
        }
        let content: Content<'static> = archive::decode(content)?;
        if content.build != BUILD || content.key != key.0 {
            return None;
        }
        let configuration = archive::decode(content.configuration)?;
        Some(Kept { configuration, rules: content.rules, notes: content.notes })
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
        let content = Content {
            build: BUILD,
            key: key.0,
            configuration: &configuration,
            rules: &compiled.archive,
            notes: compiled.notes.clone(),
        };
        let content = archive::encode(&content);
        let hash = Sha256::digest(&content);
        let _ = self.write(&key.name(), &[MAGIC.as_slice(), hash.as_slice(), &content]);
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
