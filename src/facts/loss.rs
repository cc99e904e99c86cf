//! What a command would lose, as far as a look at this machine tells.

use serde::{Deserialize, Serialize};

use crate::stake::Change;

/// What would be lost. It goes to whoever is asked: on a terminal, or as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Loss {
    /// Files and folders.
    pub paths: Vec<PathLoss>,
    /// Work in git repositories.
    pub git: Vec<GitLoss>,
    /// What is reached elsewhere.
    pub reaches: Vec<Reach>,
    /// Why it is severe; empty when it is not.
    pub severe: Vec<String>,
    /// What a human must type to confirm it, where a yes is not enough.
    pub phrase: Option<Phrase>,
    /// The bounds of looking that were hit: then there may be more.
    pub limits: Vec<String>,
}

/// Files and folders at one path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathLoss {
    /// The absolute path, without symbolic links on the way to it.
    pub path: String,
    /// What happens to it.
    pub change: Change,
    /// What stands there.
    pub kind: Standing,
    /// How many files.
    pub files: u64,
    /// How many bytes.
    pub bytes: u64,
    /// How many of the files git does not hold as they are; `None` when that is not known.
    pub not_in_git: Option<u64>,
    /// Whether it is outside the project.
    pub outside: bool,
}

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Nothing.
    Missing,
    /// A file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link: what it leads to stays.
    Link,
    /// A device, a socket or a pipe.
    Special,
}

/// Work in a git repository.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GitLoss {
    /// The top of the working tree.
    pub repository: String,
    /// The branch that is checked out, if one is.
    pub branch: Option<String>,
    /// Tracked files with changes that are not committed.
    pub changed: Vec<String>,
    /// Files that are not tracked.
    pub untracked: Vec<String>,
    /// Commits that nothing else has, newest first.
    pub commits: Vec<Commit>,
    /// Whether the repository is another afterwards, even when nothing is lost.
    pub moves: bool,
}

/// A commit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commit {
    /// The beginning of its name.
    pub id: String,
    /// The first line of its message.
    pub subject: String,
}

impl GitLoss {
    /// Whether nothing is lost.
    pub fn is_nothing(&self) -> bool {
        self.changed.is_empty() && self.untracked.is_empty() && self.commits.is_empty()
    }
}

/// What a command reaches elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    /// What kind of thing: `database`, `cluster`, `cloud`, `host`, `http`.
    pub kind: String,
    /// What it is called: pairs such as `host` and `db.example.com`.
    pub names: Vec<(String, String)>,
    /// Whether a name looks like production.
    pub production: bool,
}

/// What a human must type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phrase {
    /// What it is, as the end of "type …": `the name of the folder`.
    pub what: String,
    /// The text.
    pub text: String,
}
