//! Reads every shell script of the machine that the tests run on: what its own shell accepts, guard accepts.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use guard::shell::{Dialect, parse};

/// Where systems keep scripts.
const FOLDERS: [&str; 6] =
    ["/etc", "/usr/bin", "/usr/sbin", "/usr/lib/git-core", "/usr/share/doc", "/var/lib/dpkg/info"];

/// Larger files are no scripts that anybody wrote.
const MAX_LENGTH: u64 = 1 << 20;

/// Every regular file below a folder.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => files(&entry.path(), found),
            Ok(kind) if kind.is_file() => found.push(entry.path()),
            _ => {}
        }
    }
}

/// The text of a file that begins like a script.
fn script(path: &Path) -> Option<Vec<u8>> {
    let mut file = std::fs::File::open(path).ok()?;
    let mut bytes = vec![0; 2];
    file.read_exact(&mut bytes).ok()?;
    if bytes != b"#!" || file.metadata().ok()?.len() > MAX_LENGTH {
        return None;
    }
    file.read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// The shell that a script names in its first line, and how guard reads for it.
fn shell(text: &[u8]) -> Option<(&'static str, Dialect)> {
    let line = text.strip_prefix(b"#!")?.split(|&byte| byte == b'\n').next()?;
    let line = std::str::from_utf8(line).ok()?;
    let mut words = line.split_ascii_whitespace().map(|word| word.rsplit('/').next().unwrap_or_default());
    let name = words.find(|&word| word != "env")?;
    match name {
        "bash" => Some(("bash", Dialect::Bash)),
        "sh" | "dash" => Some(("dash", Dialect::Posix)),
        _ => None,
    }
}

/// Whether a shell accepts a script without running it.
fn accepts(shell: &str, path: &Path) -> bool {
    let status = Command::new(shell).arg("-n").arg(path).stdin(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

#[test]
fn the_scripts_of_this_machine_are_read() {
    let mut paths = Vec::new();
    FOLDERS.iter().for_each(|folder| files(Path::new(folder), &mut paths));
    let (mut scripts, mut rejected) = (0, Vec::new());
    for path in paths {
        let Some(bytes) = script(&path) else { continue };
        let Some((shell, dialect)) = shell(&bytes) else { continue };
        let Ok(text) = String::from_utf8(bytes) else { continue };
        scripts += 1;
        // Scripts of /bin/sh are read as dash and as bash would: it may be either.
        for (shell, dialect) in [(shell, dialect), ("bash", Dialect::Bash)] {
            if let Err(error) = parse(&text, dialect)
                && accepts(shell, &path)
            {
                rejected.push(format!("{} as {shell}: {} at {:?}", path.display(), error.reason, error.span));
            }
        }
    }
    println!("{scripts} scripts");
    rejected.iter().for_each(|line| println!("{line}"));
    assert!(rejected.is_empty(), "scripts are rejected that their shell accepts");
}
