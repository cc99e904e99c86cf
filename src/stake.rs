//! What a command puts at stake: the words between the rooms that judge and the one that looks at the machine.
//!
//! A stake says what may be lost as far as the text tells: paths, work in a repository, something that is reached over
//! a network. How much that is, [`Facts`](crate::facts::Facts) know.

use serde::{Deserialize, Serialize};

use crate::span::Span;

/// Something that a command may lose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stake {
    /// What it is.
    pub what: What,
    /// The part of the request's own text that puts it at stake.
    pub span: Span,
}

/// What a command changes, as far as that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The paths, absolute, without `.` and `..`, and where they lead over symbolic links, if that is elsewhere.
    pub paths: Vec<String>,
    /// Those of them that may be links afterwards.
    pub leading: Vec<String>,
    /// Whether it changes anything besides, or what cannot be known.
    pub besides: bool,
}

impl Changes {
    /// Something that is no path, or cannot be known.
    pub fn besides() -> Changes {
        Changes { besides: true, ..Changes::default() }
    }

    /// Takes others in.
    pub fn merge(&mut self, other: Changes) {
        self.paths.extend(other.paths);
        self.leading.extend(other.leading);
        self.besides |= other.besides;
    }
}

/// What is at stake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Files and folders.
    Path(PathStake),
    /// A path that cannot be known, or is on another machine.
    Unknown,
    /// Work in a git repository.
    Work(WorkStake),
    /// A database, a cluster, an account, another machine, by the command line that reaches it.
    Reach(ReachStake),
}

/// Files and folders that something happens to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathStake {
    /// What happens to them.
    pub change: Change,
    /// An absolute path in which `*`, `?` and `[…]` stand for what the shell matches, `**` for any folders below, and `\`
    /// quotes them.
    pub pattern: String,
}

/// The path that a pattern fits, when it fits one alone.
pub fn plain(pattern: &str) -> Option<String> {
    let mut plain = String::new();
    let mut characters = pattern.chars();
    while let Some(c) = characters.next() {
        match c {
            '*' | '?' | '[' => return None,
            '\\' => plain.extend(characters.next()),
            c => plain.push(c),
        }
    }
    Some(plain)
}

/// The path that a pattern fits, or the folder below which all stands that it fits.
pub fn above(pattern: &str) -> Option<String> {
    let fixed = pattern.split('/').take_while(|part| plain(part).is_some());
    let fixed: Vec<&str> = fixed.collect();
    plain(&fixed.join("/"))
}

/// What happens to a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It is removed.
    Deleted,
    /// Its content is removed.
    Emptied,
    /// Other content takes its place.
    Overwritten,
    /// It is changed in another way: its mode, its owner, a raw write.
    Changed,
}

impl Change {
    /// As in "this is …".
    pub const fn as_str(self) -> &'static str {
        match self {
            Change::Deleted => "deleted",
            Change::Emptied => "emptied",
            Change::Overwritten => "overwritten",
            Change::Changed => "changed",
        }
    }
}

/// Work in a git repository that a git command throws away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkStake {
    /// Which work.
    pub work: Work,
    /// The folder that git works in, as an absolute path.
    pub folder: String,
    /// The operands.
    pub operands: Vec<String>,
    /// How many of them stand behind `--`.
    pub behind_dashes: usize,
    /// The options, by their first spelling, with their values.
    pub options: Vec<(String, Option<String>)>,
}

/// Which work a git command throws away: what a rule says by `loses`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Work {
    /// Changes that are not committed, in the whole working tree. The operand is the commit that takes their place,
    /// and the branch moves there.
    Changes,
    /// The same, but the operand is a branch that is gone to.
    Switched,
    /// Changes to the operands that are not committed.
    Paths,
    /// Files that are not tracked.
    Untracked,
    /// Commits that only the branches have that the operands name.
    Branches,
    /// Commits that only the remote has, which the operands name with its branches.
    Published,
    /// One that was put aside: the operand, or the last.
    Stash,
    /// All that was put aside.
    Stashes,
}

/// A command line that reaches something elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReachStake {
    /// The words, the program first; `None` where one is not known.
    pub words: Vec<Option<String>>,
    /// Variables that the text sets for it.
    pub variables: Vec<(String, Option<String>)>,
    /// The folder it runs in, as an absolute path, when that is known.
    pub folder: Option<String>,
    /// Whether it runs on this machine.
    pub here: bool,
}
