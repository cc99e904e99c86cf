//! What is so on this machine: the only way by which a judgement may depend on it.
//!
//! The pure rooms ask through [`Facts`]; [`NoFacts`] answers nothing, which is the contract's assumed world.

mod compose;
mod files;
mod git;
pub mod look;
pub mod loss;
pub mod machine;
mod reach;
mod settings;

use crate::stake::WorkStake;
use loss::GitLoss;

/// Questions about the machine. Every answer may be "not known", which must never lower a class.
pub trait Facts {
    /// The content of a regular file that code may be read from, at most `limit` bytes of it;
    /// `None` when it does not exist, is too large, is no regular file or is no UTF-8. `path` is absolute.
    fn read(&self, path: &str, limit: usize) -> Option<String>;

    /// The folder in which the request was made, as an absolute path.
    fn folder(&self) -> Option<&str>;

    /// The home folder, as an absolute path.
    fn home(&self) -> Option<&str>;

    /// Where guard's own files are, as absolute paths; the usual places are known without it.
    fn own_folders(&self) -> &[String] {
        &[]
    }

    /// A variable of the environment in which the request was made.
    fn variable(&self, name: &str) -> Option<String>;

    /// What stands at an absolute path.
    fn kind(&self, path: &str) -> Option<Kind>;

    /// Whether `name` is a branch, tag or remote branch of the git repository around `folder` and no
    /// tracked path; `None` when it cannot be told.
    fn is_git_branch(&self, folder: &str, name: &str) -> Option<bool>;

    /// Where an absolute path leads, symbolic links and `..` followed, when that is elsewhere than its text says.
    fn real(&self, path: &str) -> Option<String> {
        let _ = path;
        None
    }

    /// Whether the last commit holds everything as it is that stands where an absolute pattern fits, or it can be
    /// made again; `None` when there is nothing, or it cannot be told.
    fn is_committed(&self, pattern: &str) -> Option<bool> {
        let _ = pattern;
        None
    }

    /// The same of git's index, which outlives the file, though not what git does to it.
    fn is_staged(&self, pattern: &str) -> Option<bool> {
        let _ = pattern;
        None
    }

    /// Which work a git command would throw away.
    fn work(&self, stake: &WorkStake) -> Option<GitLoss> {
        let _ = stake;
        None
    }
}

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing.
    Missing,
    /// A regular file without content.
    EmptyFile,
    /// A regular file with content.
    File,
    /// A folder.
    Folder,
    /// A device, socket or pipe.
    Special,
}

/// Knows nothing: the text alone is judged.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFacts;

impl Facts for NoFacts {
    fn read(&self, _: &str, _: usize) -> Option<String> {
        None
    }

    fn folder(&self) -> Option<&str> {
        None
    }

    fn home(&self) -> Option<&str> {
        None
    }

    fn variable(&self, _: &str) -> Option<String> {
        None
    }

    fn kind(&self, _: &str) -> Option<Kind> {
        None
    }

    fn is_git_branch(&self, _: &str, _: &str) -> Option<bool> {
        None
    }
}
