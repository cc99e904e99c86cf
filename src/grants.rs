//! What a human allowed ahead of time: an effect on exact paths, by a rule, a program or an exact command, in one
//! project, until a time or for so many uses.
//!
//! Takes a held command, gives the grants that allow all of it. `persist` is never allowed ahead, and so nothing on
//! guard's own places or the agents' settings; what the never-list refuses never comes here.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::desk::files;
use crate::effect::{Effect, Finding};
use crate::folders::{self, Folders};
use crate::policy::{Held, Pattern};
use crate::request::Node;

/// What a human allowed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Its name.
    pub id: String,
    /// The effect; `None`: any but `persist`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
    /// The paths, absolute and with links resolved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<PathBuf>,
    /// The rule's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The program's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
    /// The whole command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// The folder in or below which the command must run.
    pub project: PathBuf,
    /// Until when.
    pub until: Timestamp,
    /// How often it can be used; `None`: any number of times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses: Option<u32>,
    /// The terminal of the human who allowed it.
    pub from: String,
}

impl Grant {
    /// Whether it says what it is for, beside the effect.
    pub fn is_narrow(&self) -> bool {
        !self.paths.is_empty() || self.rule.is_some() || self.program.is_some() || self.command.is_some()
    }

    fn covers(&self, finding: &Finding, held: &Held<'_>, folder: &Path) -> bool {
        let is_allowed = match finding.effect {
            Some(Effect::Persist) => false,
            // What cannot be read is known by the command alone.
            Some(Effect::Opaque) => self.command.is_some(),
            _ => true,
        };
        is_allowed
            && self.is_narrow()
            && self.effect.is_none_or(|effect| finding.effect == Some(effect))
            && (self.paths.is_empty() || self.paths.contains(&resolved(folder, Path::new(&finding.subject))))
            && self.rule.as_ref().is_none_or(|rule| Pattern::new(rule).matches(&finding.rule))
            && self.program.as_ref().is_none_or(|program| Some(program.as_str()) == program_of(held, finding))
            && self.command.as_ref().is_none_or(|command| command.trim() == held.report.text.trim())
    }
}

/// The grants of one user.
#[derive(Clone, Debug)]
pub struct Grants {
    folder: PathBuf,
}

impl Grants {
    /// Those in the user's state folder.
    pub fn of(folders: &Folders) -> Grants {
        Grants { folder: folders.state.join("grants") }
    }

    /// Those that are still good, the one that ends first first.
    pub fn list(&self) -> Vec<Grant> {
        let now = Timestamp::now();
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let read = |entry: fs::DirEntry| {
            let path = entry.path();
            let is_whole = path.extension().is_some_and(|extension| extension == "json");
            let grant: Grant = serde_json::from_slice(&fs::read(&path).ok().filter(|_| is_whole)?).ok()?;
            (self.path(&grant.id) == path && grant.until > now && grant.uses != Some(0)).then_some(grant)
        };
        let mut grants: Vec<Grant> = entries.filter_map(read).collect();
        grants.sort_by(|one, other| one.until.cmp(&other.until).then_with(|| one.id.cmp(&other.id)));
        grants
    }

    /// Adds one.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn add(&self, grant: &Grant) -> io::Result<()> {
        folders::make_private(&self.folder)?;
        files::write_new(&self.path(&grant.id), &serde_json::to_vec(grant)?)
    }

    /// Takes one back.
    ///
    /// # Errors
    ///
    /// When there is none of this name.
    pub fn revoke(&self, id: &str) -> io::Result<()> {
        match self.list().iter().any(|grant| grant.id == id) {
            true => fs::remove_file(self.path(id)),
            false => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// Uses the grants that together allow all that holds a command; `None` when they do not. One that is good for so
    /// many uses is used up first, so that nothing runs on it once too often.
    ///
    /// # Errors
    ///
    /// When a use cannot be written down. Then nothing is allowed.
    pub fn spend(&self, held: &Held<'_>, folder: &Path) -> io::Result<Option<Vec<String>>> {
        if held.findings.is_empty() || !self.folder.is_dir() {
            return Ok(None);
        }
        let _lock = files::lock(&self.folder.join("lock"))?;
        let here = fs::canonicalize(folder)?;
        let grants: Vec<Grant> = self.list().into_iter().filter(|grant| here.starts_with(&grant.project)).collect();
        let mut used: Vec<&Grant> = Vec::new();
        for finding in &held.findings {
            let Some(grant) = grants.iter().find(|grant| grant.covers(finding, held, folder)) else { return Ok(None) };
            if !used.contains(&grant) {
                used.push(grant);
            }
        }
        for grant in &used {
            match grant.uses {
                Some(0 | 1) => fs::remove_file(self.path(&grant.id))?,
                Some(uses) => {
                    let less = Grant { uses: Some(uses - 1), ..(*grant).clone() };
                    files::replace(&self.path(&grant.id), &serde_json::to_vec(&less)?)?;
                }
                None => {}
            }
        }
        Ok(Some(used.into_iter().map(|grant| grant.id.clone()).collect()))
    }

    fn path(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{id}.json"))
    }
}

/// Where a path leads from a folder: without links as far as it is there, without `.` and `..` otherwise.
pub fn resolved(folder: &Path, path: &Path) -> PathBuf {
    let joined = folder.join(path);
    if let Ok(real) = fs::canonicalize(&joined) {
        return real;
    }
    let mut plain = PathBuf::new();
    for part in joined.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    match (plain.parent().map(fs::canonicalize), plain.file_name()) {
        (Some(Ok(parent)), Some(name)) => parent.join(name),
        _ => plain,
    }
}

/// The name of the program that a finding is about.
fn program_of<'a>(held: &Held<'a>, finding: &Finding) -> Option<&'a str> {
    let within = |node: &&Node| node.span.start <= finding.span.start && finding.span.end <= node.span.end;
    let mut nodes: &[Node] = &held.report.tree;
    let mut label = None;
    while let Some(node) = nodes.iter().find(within) {
        label = Some(node.label.as_str());
        nodes = &node.children;
    }
    label?.split_whitespace().next()?.rsplit('/').next()
}
