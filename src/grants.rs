//! What a human allowed ahead of time: an effect on exact paths, by a rule, a program or an exact command, in one
//! project, until a time or for so many uses.
//!
//! Takes a held command, gives the grants that allow all of it. `persist` is never allowed ahead, and so nothing on
//! guard's own places or the agents' settings; what the never-list refuses never comes here.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::desk::files;
use crate::effect::{Effect, Finding};
use crate::folders::{self, Folders};
use crate::judge::MAX_STAKES;
use crate::policy::{Held, Pattern};
use crate::request::Node;
use crate::stake::{Stake, What, plain};

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

    fn covers(&self, finding: &Finding, held: &Held<'_>) -> bool {
        let is_allowed = match finding.effect {
            Some(Effect::Persist) => false,
            // What cannot be read is known by the command alone.
            Some(Effect::Opaque) => self.command.is_some(),
            _ => true,
        };
        is_allowed
            && self.is_narrow()
            && self.effect.is_none_or(|effect| finding.effect == Some(effect))
            && (self.paths.is_empty() || stood_at(held, finding).is_some_and(|paths| self.names_all(&paths)))
            && self.rule.as_ref().is_none_or(|rule| Pattern::new(rule).matches(&finding.rule))
            && self.program.as_ref().is_none_or(|program| Some(program.as_str()) == program_of(held, finding))
            && self.is_for(held)
    }

    /// Whether it is for every command, or for exactly this one.
    fn is_for(&self, held: &Held<'_>) -> bool {
        self.command.as_ref().is_none_or(|command| command.trim() == held.report.text.trim())
    }

    fn names_all(&self, paths: &[PathBuf]) -> bool {
        !paths.is_empty() && paths.iter().all(|path| self.paths.contains(path))
    }

    /// Whether it speaks of nothing but paths or a whole command.
    fn is_plain(&self) -> bool {
        self.effect.is_none() && self.rule.is_none() && self.program.is_none()
    }
}

/// How long what is offered with a question is allowed.
const OFFERED: SignedDuration = SignedDuration::from_hours(1);

/// More paths are offered by no name.
const MOST_PATHS: usize = 8;

/// A longer command is not offered: nobody would read what they allow.
const LONGEST: usize = 1000;

/// What a human may allow ahead along with a yes: nothing but what the question is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// The effect; `None`: any but `persist`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
    /// The paths; without any, the command is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<PathBuf>,
    /// The whole command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// The folder in or below which it holds.
    pub project: PathBuf,
}

/// What can be offered for a held command: its paths, and exactly the command. Nothing that decides who may do what.
pub fn offers(held: &Held<'_>, folder: Option<&Path>) -> Vec<Offer> {
    let is_persist = |finding: &&Finding| finding.effect == Some(Effect::Persist);
    let Some(project) = folder.and_then(|folder| fs::canonicalize(folder).ok()) else { return Vec::new() };
    if held.report.findings.iter().any(|finding| is_persist(&finding)) {
        return Vec::new();
    }
    let mut offers = Vec::new();
    if let Some(paths) = paths_of(held).filter(|paths| !paths.is_empty() && paths.len() <= MOST_PATHS) {
        let effect = held.findings.first().and_then(|finding| finding.effect);
        let effect = effect.filter(|effect| held.findings.iter().all(|finding| finding.effect == Some(*effect)));
        offers.push(Offer { effect, paths, command: None, project: project.clone() });
    }
    let command = held.report.text.trim();
    if command.len() <= LONGEST {
        offers.push(Offer { effect: None, paths: Vec::new(), command: Some(command.to_owned()), project });
    }
    offers
}

/// The effects that hold a command.
pub fn effects(held: &Held<'_>) -> Vec<Effect> {
    held.findings.iter().filter_map(|finding| finding.effect).collect()
}

/// All paths that hold a command, when it is nothing else.
fn paths_of(held: &Held<'_>) -> Option<Vec<PathBuf>> {
    let mut paths = Vec::new();
    if held.findings.is_empty() {
        let changes = &held.report.changes;
        paths.extend(changes.paths.iter().map(|path| resolved(Path::new("/"), Path::new(path))));
        return Some(paths).filter(|_| !changes.besides);
    }
    for finding in &held.findings {
        let found =
            stood_at(held, finding).filter(|found| !found.is_empty() && finding.effect != Some(Effect::Opaque))?;
        paths.extend(found);
    }
    paths.sort();
    paths.dedup();
    Some(paths)
}

impl Offer {
    /// What it would allow, and where and for how long.
    pub fn told(&self) -> String {
        let what = match (&self.command, self.effect) {
            (Some(_), _) => "exactly this command".to_owned(),
            (None, effect) => {
                let paths: Vec<String> = self.paths.iter().map(|path| path.display().to_string()).collect();
                format!("{} on {}", effect.map_or("any change", Effect::as_str), paths.join(" "))
            }
        };
        format!("{what}, in {} and below, for 1 hour", self.project.display())
    }

    /// The grant that a human at a terminal makes of it.
    ///
    /// # Errors
    ///
    /// When the system gives no random numbers.
    pub fn grant(&self, from: &str) -> io::Result<Grant> {
        let now = Timestamp::now();
        Ok(Grant {
            id: crate::desk::ticket()?,
            effect: self.effect,
            paths: self.paths.clone(),
            rule: None,
            program: None,
            command: self.command.clone(),
            project: self.project.clone(),
            until: now.checked_add(OFFERED).unwrap_or(now),
            uses: None,
            from: from.to_owned(),
        })
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
        if !self.folder.is_dir() {
            return Ok(None);
        }
        let _lock = files::lock(&self.folder.join("lock"))?;
        let here = fs::canonicalize(folder)?;
        let grants: Vec<Grant> = self.list().into_iter().filter(|grant| here.starts_with(&grant.project)).collect();
        let Some(used) =
            (if held.findings.is_empty() { for_changes(&grants, held) } else { for_findings(&grants, held) })
        else {
            return Ok(None);
        };
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

/// The grants that together allow all that is found; `None` when they do not.
fn for_findings<'g>(grants: &'g [Grant], held: &Held<'_>) -> Option<Vec<&'g Grant>> {
    each(held.findings.iter().map(|finding| grants.iter().find(|grant| grant.covers(finding, held))))
}

/// The same for a command of which nothing is found but that it changes something, as the mode `read-only` holds it.
fn for_changes<'g>(grants: &'g [Grant], held: &Held<'_>) -> Option<Vec<&'g Grant>> {
    let plainly = || grants.iter().filter(|grant| grant.is_plain() && grant.is_for(held));
    if let Some(grant) = plainly().find(|grant| grant.command.is_some() && grant.paths.is_empty()) {
        return Some(vec![grant]);
    }
    let changes = &held.report.changes;
    if changes.besides || changes.paths.is_empty() {
        return None;
    }
    let paths = changes.paths.iter().map(|path| resolved(Path::new("/"), Path::new(path)));
    each(paths.map(|path| plainly().find(|grant| grant.paths.contains(&path))))
}

/// All of them, each once.
fn each<'g>(found: impl Iterator<Item = Option<&'g Grant>>) -> Option<Vec<&'g Grant>> {
    let mut used: Vec<&Grant> = Vec::new();
    for grant in found {
        let grant = grant?;
        if !used.contains(&grant) {
            used.push(grant);
        }
    }
    Some(used)
}

/// The paths that a finding is about, wherever the command has gone by then; `None` when not all of them are known.
fn stood_at(held: &Held<'_>, finding: &Finding) -> Option<Vec<PathBuf>> {
    let stakes = &held.report.stakes;
    if stakes.len() >= MAX_STAKES {
        return None;
    }
    let within = |stake: &&Stake| finding.span.start <= stake.span.start && stake.span.end <= finding.span.end;
    let paths = stakes.iter().filter(within).filter_map(|stake| match &stake.what {
        What::Path(path) => Some(plain(&path.pattern)),
        What::Unknown => Some(None),
        What::Work(_) | What::Reach(_) => None,
    });
    paths.map(|path| Some(resolved(Path::new("/"), Path::new(&path?)))).collect()
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
