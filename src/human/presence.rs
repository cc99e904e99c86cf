//! Files that are there as long as a process lives: it keeps them locked, and whoever meets an unlocked one clears it
//! away. The kernel takes the lock back however the process ends.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::folders;

/// What the name of a file begins with while it is written.
const UNFINISHED: &str = ".";

/// Files that say that this process is there, until this is dropped or the process ends in any way.
#[derive(Debug)]
pub struct Presence {
    files: Vec<(PathBuf, File)>,
}

impl Presence {
    /// Writes `text` to a file of this name in each of the folders.
    ///
    /// # Errors
    ///
    /// When none of the folders takes it.
    pub fn announce(folders: &[PathBuf], name: &str, text: &[u8]) -> io::Result<Presence> {
        let mut files = Vec::new();
        let mut failure = io::Error::new(io::ErrorKind::NotFound, "there is no folder to register in");
        for folder in folders {
            match write(folder, name, text) {
                Ok(file) => files.push(file),
                Err(error) => failure = error,
            }
        }
        if files.is_empty() { Err(failure) } else { Ok(Presence { files }) }
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        for (path, _) in &self.files {
            let _ = fs::remove_file(path);
        }
    }
}

fn write(folder: &Path, name: &str, text: &[u8]) -> io::Result<(PathBuf, File)> {
    folders::make_private(folder)?;
    // Nobody may meet it before it is locked, and take it for one that was left behind.
    let unfinished = folder.join(format!("{UNFINISHED}{name}"));
    let path = folder.join(name);
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    file.try_lock()?;
    file.write_all(text)?;
    fs::rename(&unfinished, &path)?;
    Ok((path, file))
}

/// What the files in a folder say whose processes are there.
pub fn present<T: serde::de::DeserializeOwned>(folder: &Path) -> Vec<T> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries.flatten().filter_map(|entry| read(&entry.path())).collect()
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Option<T> {
    let is_unfinished = path.file_name()?.as_bytes().starts_with(UNFINISHED.as_bytes());
    let file = File::open(path).ok().filter(|_| !is_unfinished)?;
    if file.try_lock_shared().is_ok() {
        let _ = fs::remove_file(path);
        return None;
    }
    serde_json::from_reader(file).ok()
}
