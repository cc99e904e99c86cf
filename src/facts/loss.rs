//! What a command would lose, as far as a look at this machine tells.

use serde::{Deserialize, Serialize};

use crate::stake::Change;
use crate::visible;

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

/// From when on a loss is severe, where the user decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Severity {
    /// More files than this.
    pub files: u64,
    /// More bytes than this; `None`: however many.
    pub bytes: Option<u64>,
    /// Words, in lower case, by which a name looks like production, besides the usual ones.
    pub production: Vec<String>,
}

impl Default for Severity {
    fn default() -> Severity {
        Severity { files: 100, bytes: None, production: Vec::new() }
    }
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
    /// Some of these, by their path from there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
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

impl Loss {
    /// How many files go.
    pub fn files(&self) -> u64 {
        self.paths.iter().map(|path| path.files).sum()
    }

    /// How many bytes go.
    pub fn bytes(&self) -> u64 {
        self.paths.iter().map(|path| path.bytes).sum()
    }

    /// Whether nothing was found that would be lost, nor where.
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty() && self.git.is_empty() && self.reaches.is_empty()
    }

    /// What is lost and reached, a line each, at most `most` of a kind; every character may be sent to a terminal.
    pub fn lines(&self, most: usize) -> Vec<String> {
        [self.lost(most), self.reached()].concat()
    }

    /// What is reached elsewhere.
    pub fn reached(&self) -> Vec<String> {
        self.reaches.iter().map(|reach| visible::line(&reach.told()).into_owned()).collect()
    }

    /// What is lost.
    pub fn lost(&self, most: usize) -> Vec<String> {
        let mut lines = Vec::new();
        for path in self.paths.iter().take(most) {
            lines.push(path.told());
            // Of a few paths there is room to say what is in them.
            let room = most.saturating_sub(self.paths.len()) / self.paths.len().max(1);
            lines.extend(limited(&path.names, room.min(most), |name| format!("  {name}")).into_iter().take(room));
        }
        lines.extend(more(self.paths.len(), most));
        if self.paths.len() > 1 {
            lines.push(format!("together {}", amount(self.files(), self.bytes())));
        }
        for git in &self.git {
            lines.extend(git.lines(most));
        }
        lines.extend(self.limits.iter().cloned());
        lines.into_iter().map(|line| visible::line(&line).into_owned()).collect()
    }
}

/// The first of some things, and how many there are more.
fn limited<T>(things: &[T], most: usize, told: impl Fn(&T) -> String) -> Vec<String> {
    let mut lines: Vec<String> = things.iter().take(most).map(told).collect();
    lines.extend(more(things.len(), most));
    lines
}

fn more(all: usize, most: usize) -> Option<String> {
    all.checked_sub(most).filter(|more| *more > 0).map(|more| format!("and {more} more"))
}

impl PathLoss {
    fn told(&self) -> String {
        let what = match self.kind {
            Standing::Missing => return format!("{}: nothing stands there now", self.path),
            Standing::Link => return format!("{}: a link; what it leads to stays", self.path),
            Standing::Special => return format!("{}: a device, socket or pipe", self.path),
            Standing::File => size(self.bytes),
            Standing::Folder => amount(self.files, self.bytes),
        };
        let git = match self.not_in_git {
            None => ", not in a git repository".to_owned(),
            Some(0) => ", all in git".to_owned(),
            Some(loose) if loose == self.files && self.kind == Standing::File => ", not in git".to_owned(),
            Some(loose) => format!(", {loose} not in git"),
        };
        let outside = if self.outside { ", outside the project" } else { "" };
        let change =
            if self.change == Change::Deleted { String::new() } else { format!(" is {}", self.change.as_str()) };
        format!("{}{change}: {what}{git}{outside}", self.path)
    }
}

impl GitLoss {
    fn lines(&self, most: usize) -> Vec<String> {
        let branch = self.branch.as_ref().map(|branch| format!(" on {branch}")).unwrap_or_default();
        let mut lines = vec![format!("in {}{branch}:", self.repository)];
        let parts: [(&str, Vec<String>); 3] = [
            ("with changes that are not committed", self.changed.clone()),
            ("not tracked", self.untracked.clone()),
            ("that nothing else has", self.commits.iter().map(Commit::told).collect()),
        ];
        for (number, (what, names)) in parts.into_iter().enumerate() {
            let thing = if number == 2 { "commit" } else { "file" };
            let plural = if names.len() == 1 { "" } else { "s" };
            if !names.is_empty() {
                lines.push(format!("  {} {thing}{plural} {what}:", names.len()));
                lines.extend(limited(&names, most, |name| format!("    {name}")));
            }
        }
        lines
    }
}

impl Commit {
    fn told(&self) -> String {
        format!("{} {}", self.id, self.subject)
    }
}

impl Reach {
    fn told(&self) -> String {
        let names: Vec<String> = self.names.iter().map(|(name, value)| format!("{name} {value}")).collect();
        let production = if self.production { " (looks like production)" } else { "" };
        format!("{}: {}{production}", self.kind, names.join(", "))
    }
}

fn amount(files: u64, bytes: u64) -> String {
    format!("{files} file{}, {}", if files == 1 { "" } else { "s" }, size(bytes))
}

/// A number of bytes as people say it.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} bytes");
    }
    let mut tenths = bytes / 100;
    let mut unit = 0;
    while tenths >= 10_000 && unit + 1 < UNITS.len() {
        tenths /= 1000;
        unit += 1;
    }
    format!("{}.{} {}", tenths / 10, tenths % 10, UNITS.get(unit).copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_said_in_units() {
        for (bytes, said) in
            [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (4_200_000, "4.2 MB"), (u64::MAX, "18446744.0 TB")]
        {
            assert_eq!(size(bytes), said);
        }
    }
}
