//! Files that are there whole or not at all, and a lock.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

/// How long the lock is waited for. Whoever has it does little; a stopped process must not stop all others for ever.
const LOCK_LIMIT: Duration = Duration::from_secs(10);

/// What the name of a file begins with while it is written.
pub const UNFINISHED: &str = ".";

/// Writes a file that was not there before. Nobody ever sees a part of it.
///
/// # Errors
///
/// [`ErrorKind::AlreadyExists`] when it was there; anything else when it cannot be written whole.
pub fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    finished(path, bytes, |unfinished| fs::hard_link(unfinished, path))
}

/// Writes a file in the place of the one that is there. Everybody sees the old one or the new one.
///
/// # Errors
///
/// When it cannot be written whole; then the old one stays.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    finished(path, bytes, |unfinished| fs::rename(unfinished, path))
}

fn finished(path: &Path, bytes: &[u8], finish: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
    let unfinished = unfinished(path);
    let mut options = OpenOptions::new();
    let open = || options.write(true).create(true).truncate(true).mode(0o600).open(&unfinished);
    let result = { open }().and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_data()));
    let result = result.and_then(|()| finish(&unfinished));
    let _ = fs::remove_file(&unfinished);
    result
}

fn unfinished(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{UNFINISHED}{name}.{}", std::process::id()))
}

/// Opens a file and locks it, so that one process at a time gets further. The lock goes with the file.
///
/// # Errors
///
/// When the file cannot be opened, or stays locked.
pub fn lock(path: &Path) -> io::Result<File> {
    let deadline = Instant::now() + LOCK_LIMIT;
    let mut pause = Duration::from_micros(100);
    let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path)?;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if Instant::now() >= deadline => {
                return Err(io::Error::new(ErrorKind::TimedOut, "another process keeps it locked"));
            }
            Err(TryLockError::WouldBlock) => thread::sleep(pause),
        }
        pause = (pause * 2).min(Duration::from_millis(5));
    }
}
