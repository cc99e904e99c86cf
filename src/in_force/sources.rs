//! The files that say what is in force, found and read. Without any, a user's folder costs one look.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::policy::Mistake;

/// Such files are written by hand; larger ones are something else.
const FILE_LIMIT: u64 = 1 << 20;

/// More rule files than this in one folder are something else, too.
const MOST_FILES: usize = 1000;

/// How many folders up a project's rules are looked for.
const MOST_PARENTS: usize = 64;

/// A file as it was read.
#[derive(Clone, Debug)]
pub struct Source {
    pub path: PathBuf,
    pub text: String,
    pub is_rules: bool,
}

/// The configuration and the rules in a user's folder. Rules may loosen, so nobody else may be able to write them.
pub fn of_user(folder: &Path, configuration: &str) -> Result<Vec<Source>, Mistake> {
    if fs::symlink_metadata(folder).is_err_and(|error| error.kind() == ErrorKind::NotFound) {
        return Ok(Vec::new());
    }
    let configuration = read(&folder.join(configuration), false, false)?;
    let rules = folder.join("rules");
    let mut sources: Vec<Source> = configuration.into_iter().collect();
    sources.extend(in_folder(&rules, true)?);
    if sources.iter().any(|source| source.is_rules) {
        let metadata = fs::metadata(&rules).map_err(|error| unreadable(&rules, &error))?;
        only_own(&rules, &metadata)?;
    }
    Ok(sources)
}

/// The rules in a project's folders. They can only raise a class, so that anybody may have written them.
pub fn of_project(folders: &[PathBuf]) -> Result<Vec<Source>, Mistake> {
    let mut sources = Vec::new();
    for folder in folders {
        sources.extend(in_folder(folder, false)?);
    }
    Ok(sources)
}

/// The folders named `.guard/rules` from `start` up to the root of its git repository; outside a repository, that of
/// `start` alone.
pub fn project_folders(start: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for (up, folder) in start.ancestors().take(MOST_PARENTS).enumerate() {
        let rules = folder.join(".guard/rules");
        if rules.is_dir() {
            found.push((up, rules));
        }
        if folder.join(".git").exists() {
            return found.into_iter().map(|(_, rules)| rules).collect();
        }
    }
    found.into_iter().filter(|(up, _)| *up == 0).map(|(_, rules)| rules).collect()
}

/// The rule files of a folder, in the order of their names.
fn in_folder(folder: &Path, own: bool) -> Result<Vec<Source>, Mistake> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(folder, &error)),
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| unreadable(folder, &error))?.path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            paths.push(path);
        }
    }
    if paths.len() > MOST_FILES {
        let what = format!("more than {MOST_FILES} rule files");
        return Err(Mistake { place: folder.display().to_string(), at: None, what });
    }
    paths.sort();
    let files: Vec<Option<Source>> = paths.iter().map(|path| read(path, true, own)).collect::<Result<_, _>>()?;
    Ok(files.into_iter().flatten().collect())
}

/// A file; `None` when there is none. Opened without waiting, so that a named pipe in its place is an error and no hang.
fn read(path: &Path, is_rules: bool, own: bool) -> Result<Option<Source>, Mistake> {
    let text = || -> io::Result<Option<(String, fs::Metadata)>> {
        let flags = nix::fcntl::OFlag::O_NONBLOCK | nix::fcntl::OFlag::O_NOCTTY;
        let file = match OpenOptions::new().read(true).custom_flags(flags.bits()).open(path) {
            Ok(file) => file,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
            Err(error) => return Err(error),
        };
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::other("it is not a regular file"));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(metadata.len().min(FILE_LIMIT)).unwrap_or_default());
        file.take(FILE_LIMIT + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > FILE_LIMIT {
            return Err(io::Error::other("it is larger than 1 MiB"));
        }
        let text = String::from_utf8(bytes).map_err(|_| io::Error::other("it is not UTF-8"))?;
        Ok(Some((text, metadata)))
    };
    let Some((text, metadata)) = text().map_err(|error| unreadable(path, &error))? else { return Ok(None) };
    if own {
        only_own(path, &metadata)?;
    }
    Ok(Some(Source { path: path.to_owned(), text, is_rules }))
}

/// Rules that loosen must be the user's own: nobody else may own or write them.
fn only_own(path: &Path, metadata: &fs::Metadata) -> Result<(), Mistake> {
    let what = if metadata.uid() != nix::unistd::geteuid().as_raw() && metadata.uid() != 0 {
        "it belongs to somebody else; expected a file of your own"
    } else if metadata.mode() & 0o002 != 0 {
        "everybody can write it; expected that only you can (chmod o-w)"
    } else {
        return Ok(());
    };
    Err(Mistake { place: path.display().to_string(), at: None, what: what.to_owned() })
}

fn unreadable(path: &Path, error: &io::Error) -> Mistake {
    Mistake { place: path.display().to_string(), at: None, what: format!("cannot be read: {error}") }
}
