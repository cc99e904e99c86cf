//! The machine that guard runs on, as [`Facts`].
//!
//! Looks only when asked, reads only regular files of bounded size, starts nothing and waits for nothing.

use std::cell::OnceCell;
use std::env;
use std::fs::{self, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use nix::fcntl::OFlag;

use super::git::budget::Budget;
use super::git::{Held, Survey};
use super::loss::GitLoss;
use super::{Facts, Kind, files, git};
use crate::folders::Folders;
use crate::stake::WorkStake;

/// This machine, seen from one folder.
#[derive(Debug, Default)]
pub struct Machine {
    given: Option<String>,
    folder: OnceCell<Option<String>>,
    home: OnceCell<Option<String>>,
    budget: OnceCell<Budget>,
    own: OnceCell<Vec<String>>,
}

/// How much is looked at while one command is judged, and how long.
const ENTRIES: usize = 50_000;
const TIME: Duration = Duration::from_millis(200);

/// Variables that make git look elsewhere than its files say.
const GIT_VARIABLES: [&str; 9] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
];

impl Machine {
    /// Seen from the working folder of this process.
    pub fn here() -> Machine {
        Machine::default()
    }

    /// Seen from `folder`; a relative one is not known.
    pub fn at(folder: String) -> Machine {
        Machine { given: Some(folder), ..Machine::default() }
    }

    fn is_held(&self, pattern: &str, held: Held) -> Option<bool> {
        if is_led_astray() {
            return None;
        }
        files::is_kept(pattern, held, self.home().map(Path::new), self.budget())
    }

    fn budget(&self) -> &Budget {
        self.budget.get_or_init(|| Budget::new(ENTRIES, TIME))
    }

    /// Which work a git command would throw away, looked up within a budget.
    pub(super) fn work_within(&self, stake: &WorkStake, budget: &Budget) -> Option<GitLoss> {
        if is_led_astray() {
            return None;
        }
        let folder = Path::new(&stake.folder).canonicalize().ok()?;
        let survey = Survey::around(&folder, self.home().map(Path::new), budget)?;
        git::work(&survey, stake, &folder)
    }

    fn find_folder(&self) -> Option<String> {
        match &self.given {
            Some(folder) => Some(folder.clone()),
            None => env::current_dir().ok()?.into_os_string().into_string().ok(),
        }
        .filter(|folder| folder.starts_with('/'))
    }
}

/// Guard's folders, and the file of the program itself.
fn own_folders() -> Vec<String> {
    let folders = Folders::of_user().into_iter().flat_map(|folders| [folders.configuration, folders.state]);
    let paths = folders.chain(crate::folders::runtime()).chain(env::current_exe());
    paths.filter_map(|path| path.into_os_string().into_string().ok()).collect()
}

impl Facts for Machine {
    fn read(&self, path: &str, limit: usize) -> Option<String> {
        String::from_utf8(read_regular(Path::new(path), limit)?).ok()
    }

    fn folder(&self) -> Option<&str> {
        self.folder.get_or_init(|| self.find_folder()).as_deref()
    }

    fn home(&self) -> Option<&str> {
        let find = || env::var("HOME").ok().filter(|home| home.starts_with('/'));
        self.home.get_or_init(find).as_deref()
    }

    fn own_folders(&self) -> &[String] {
        self.own.get_or_init(own_folders)
    }

    fn variable(&self, name: &str) -> Option<String> {
        env::var(name).ok()
    }

    fn kind(&self, path: &str) -> Option<Kind> {
        if !path.starts_with('/') {
            return None;
        }
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => Some(Kind::Folder),
            Ok(metadata) if !metadata.is_file() => Some(Kind::Special),
            Ok(metadata) if metadata.len() == 0 => Some(Kind::EmptyFile),
            Ok(_) => Some(Kind::File),
            Err(error) => match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Some(Kind::Missing),
                _ => None,
            },
        }
    }

    fn is_git_branch(&self, folder: &str, name: &str) -> Option<bool> {
        git::is_branch(Path::new(folder), name)
    }

    fn real(&self, path: &str) -> Option<String> {
        files::real(path, self.home())
    }

    fn is_committed(&self, pattern: &str) -> Option<bool> {
        self.is_held(pattern, Held::Committed)
    }

    fn is_staged(&self, pattern: &str) -> Option<bool> {
        self.is_held(pattern, Held::Staged)
    }

    fn work(&self, stake: &WorkStake) -> Option<GitLoss> {
        self.work_within(stake, self.budget())
    }
}

/// Whether the environment makes git look elsewhere.
fn is_led_astray() -> bool {
    GIT_VARIABLES.iter().any(|name| env::var_os(name).is_some())
}

/// The content of the regular file at an absolute path, when it is no longer than `limit`. A pipe or device that
/// has the name is not waited for.
pub(super) fn read_regular(path: &Path, limit: usize) -> Option<Vec<u8>> {
    if !path.is_absolute() {
        return None;
    }
    let flags = OFlag::O_NONBLOCK | OFlag::O_NOCTTY;
    let file = OpenOptions::new().read(true).custom_flags(flags.bits()).open(path).ok()?;
    let metadata = file.metadata().ok()?;
    let length = usize::try_from(metadata.len()).ok()?;
    if !metadata.is_file() || length > limit {
        return None;
    }
    let mut bytes = Vec::with_capacity(length);
    file.take(limit as u64 + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() <= limit).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    struct Scratch(std::path::PathBuf);

    impl Scratch {
        fn new(name: &str) -> Scratch {
            let path = env::temp_dir().join(format!("guard-facts-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&path);
            fs::create_dir_all(&path).expect("a folder");
            Scratch(path)
        }

        fn path(&self, name: &str) -> String {
            self.0.join(name).to_str().expect("UTF-8").to_owned()
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn only_regular_files_within_the_limit_are_read() {
        let scratch = Scratch::new("read");
        fs::write(scratch.path("small"), "echo hi\n").expect("written");
        fs::write(scratch.path("latin"), b"caf\xe9").expect("written");
        Command::new("mkfifo").arg(scratch.path("pipe")).status().expect("mkfifo");
        let machine = Machine::here();
        assert_eq!(machine.read(&scratch.path("small"), 8).as_deref(), Some("echo hi\n"));
        assert_eq!(machine.read(&scratch.path("small"), 7), None);
        for name in ["latin", "pipe", "missing", "."] {
            assert_eq!(machine.read(&scratch.path(name), 100), None, "{name}");
        }
        assert_eq!(machine.read("/dev/zero", 100), None);
        assert_eq!(machine.read("Cargo.toml", 100_000), None, "a relative path");
    }

    #[test]
    fn kinds_are_told_apart() {
        let scratch = Scratch::new("kind");
        fs::write(scratch.path("full"), "x").expect("written");
        fs::write(scratch.path("empty"), "").expect("written");
        let machine = Machine::here();
        for (name, kind) in [
            ("full", Kind::File),
            ("empty", Kind::EmptyFile),
            ("missing", Kind::Missing),
            ("full/below", Kind::Missing),
            (".", Kind::Folder),
        ] {
            assert_eq!(machine.kind(&scratch.path(name)), Some(kind), "{name}");
        }
        assert_eq!(machine.kind("/dev/null"), Some(Kind::Special));
        assert_eq!(machine.kind("Cargo.toml"), None, "a relative path");
    }
}
