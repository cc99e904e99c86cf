//! What stands where a pattern fits: how much it is, and whether git holds it.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use super::git::budget::Budget;
use super::git::glob;
use super::git::{Held, Survey};
use crate::place;

/// How many links that lead nowhere are followed.
const MOST_LINKS: usize = 8;

/// How many files are named that git does not hold.
const NAMES: usize = 500;

/// How much there is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    /// Files, links and everything else that is no folder.
    pub files: u64,
    /// Bytes.
    pub bytes: u64,
    /// Files that git does not hold as they are, and that cannot be made again.
    pub loose: u64,
    /// Some of these.
    pub names: Vec<PathBuf>,
}

/// The paths that a pattern fits, in order, without symbolic links on the way to them; `None` when the budget is
/// spent before all are found, or where this user may not look. Names that begin with a dot or differ in case are found only where `all` are wanted that
/// any shell may find.
pub fn expand(pattern: &str, all: bool, budget: &Budget) -> Option<Vec<PathBuf>> {
    let mut found: BTreeSet<PathBuf> = BTreeSet::from([PathBuf::from("/")]);
    for name in pattern.split('/').filter(|name| !matches!(*name, "" | ".")) {
        let mut next = BTreeSet::new();
        for path in &found {
            match name {
                ".." => {
                    let real = unless_missing(path.canonicalize())?;
                    next.extend(real.map(|real| real.parent().map(Path::to_path_buf).unwrap_or(real)));
                }
                "**" => folders(path, budget, &mut next)?,
                name if glob::is_pattern(name.as_bytes()) => fitting(path, name, all, budget, &mut next)?,
                name => {
                    budget.spend()?;
                    let path = path.join(plain(name));
                    if unless_missing(path.symlink_metadata())?.is_some() {
                        next.insert(path);
                    }
                }
            }
        }
        found = next;
    }
    let real = |path: PathBuf| match (path.parent().and_then(|parent| parent.canonicalize().ok()), path.file_name()) {
        (Some(parent), Some(name)) => parent.join(name),
        _ => path,
    };
    Some(found.into_iter().map(real).collect())
}

/// What was found; `Some(None)` when nothing stands there, `None` when that cannot be told.
fn unless_missing<T>(found: io::Result<T>) -> Option<Option<T>> {
    match found {
        Ok(found) => Some(Some(found)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Some(None),
        Err(_) => None,
    }
}

/// A name without the quotes of a pattern.
pub fn plain(name: &str) -> String {
    let mut plain = String::new();
    let mut characters = name.chars();
    while let Some(c) = characters.next() {
        plain.extend(if c == '\\' { characters.next() } else { Some(c) });
    }
    plain
}

fn fitting(folder: &Path, pattern: &str, all: bool, budget: &Budget, found: &mut BTreeSet<PathBuf>) -> Option<()> {
    for entry in unless_missing(fs::read_dir(folder))?.into_iter().flatten() {
        let entry = entry.ok()?;
        budget.spend()?;
        let name = entry.file_name();
        let passed_over = !all && name.as_bytes().starts_with(b".") && !pattern.starts_with('.');
        let fits = match all {
            true => glob::matches(pattern.to_lowercase().as_bytes(), name.to_string_lossy().to_lowercase().as_bytes()),
            false => glob::matches(pattern.as_bytes(), name.as_bytes()),
        };
        if !passed_over && fits {
            found.insert(entry.path());
        }
    }
    Some(())
}

/// A folder and all folders below it.
fn folders(folder: &Path, budget: &Budget, found: &mut BTreeSet<PathBuf>) -> Option<()> {
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in unless_missing(fs::read_dir(&folder))?.into_iter().flatten() {
            let entry = entry.ok()?;
            budget.spend()?;
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                open.push(entry.path());
            }
        }
        found.insert(folder);
    }
    Some(())
}

/// Adds up what stands at paths.
pub struct Measure<'m> {
    /// The repository around them.
    pub survey: Option<&'m Survey<'m>>,
    /// Where git must hold a file for it not to be loose.
    pub held: Held,
    /// Nothing more is counted once a file is loose.
    pub stop: bool,
    /// How much may be looked at.
    pub budget: &'m Budget,
}

impl Measure<'_> {
    /// Adds what stands at a path, and in it; `None` when the budget is spent before: then there is more.
    pub fn add(&self, path: &Path, amount: &mut Amount) -> Option<()> {
        let mut open = vec![path.to_path_buf()];
        while let Some(path) = open.pop() {
            self.budget.spend()?;
            let Ok(metadata) = fs::symlink_metadata(&path) else { continue };
            let is_git = path.file_name().is_some_and(|name| name == ".git");
            if metadata.is_dir() {
                if is_git && self.stop {
                    amount.loose += 1;
                    return Some(());
                }
                let Ok(entries) = fs::read_dir(&path) else {
                    // What cannot be looked into counts as one thing that is lost.
                    amount.files += 1;
                    amount.loose += 1;
                    continue;
                };
                let mut inside: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
                inside.sort_by(|one, other| other.cmp(one));
                open.extend(inside);
                continue;
            }
            amount.files += 1;
            amount.bytes += metadata.len();
            if !is_git && self.is_held(&path)? {
                continue;
            }
            amount.loose += 1;
            if self.stop {
                return Some(());
            }
            if amount.names.len() < NAMES {
                amount.names.push(path);
            }
        }
        Some(())
    }

    fn is_held(&self, path: &Path) -> Option<bool> {
        let Some(survey) = self.survey else { return Some(false) };
        if path.components().any(|component| component == Component::Normal(".git".as_ref())) {
            return Some(false);
        }
        let from_top = path.strip_prefix(survey.top()).ok().and_then(Path::to_str);
        if from_top.is_some_and(place::is_made_again) {
            return Some(true);
        }
        match survey.holds(path, self.held) {
            Some(held) => Some(held),
            None => self.budget.exhausted().is_none().then_some(false),
        }
    }
}

/// Whether git holds everything that a pattern fits, or it can be made again.
pub fn is_kept(pattern: &str, held: Held, home: Option<&Path>, budget: &Budget) -> Option<bool> {
    // A shell may be set up so that patterns fit hidden names, or any case.
    let paths = expand(pattern, true, budget)?;
    let mut surveys: Vec<(PathBuf, Option<Survey<'_>>)> = Vec::new();
    for path in &paths {
        let parent = path.parent()?;
        if !surveys.iter().any(|(known, _)| known == parent) {
            surveys.push((parent.to_path_buf(), Survey::around(parent, home, budget)));
        }
        let survey = surveys.iter().find(|(known, _)| known == parent).and_then(|(_, survey)| survey.as_ref())?;
        let mut amount = Amount::default();
        Measure { survey: Some(survey), held, stop: true, budget }.add(path, &mut amount)?;
        if amount.loose > 0 {
            return Some(false);
        }
    }
    (!paths.is_empty()).then_some(true)
}

/// Where an absolute path leads, when that is elsewhere than its text says. What is not there yet is where it would be.
pub fn real(path: &str, home: Option<&str>) -> Option<String> {
    let mut path = PathBuf::from(path);
    let plain: PathBuf = without_dots(&path);
    for _ in 0..MOST_LINKS {
        let real = match existing(&path)? {
            (real, rest, None) if rest.as_os_str().is_empty() => real,
            (real, rest, None) => real.join(rest),
            // A link that leads nowhere yet.
            (real, rest, Some(target)) => {
                path = real.join(target).join(rest);
                continue;
            }
        };
        let real = at_home(real, home);
        return (real != plain).then(|| real.into_os_string().into_string().ok()).flatten();
    }
    None
}

/// The part of a path that exists, resolved; the rest; and, where the rest begins with a link that leads nowhere, what
/// that link says (the rest is then what stands behind it).
fn existing(path: &Path) -> Option<(PathBuf, PathBuf, Option<PathBuf>)> {
    let mut here = path;
    let mut rest = PathBuf::new();
    loop {
        match here.canonicalize() {
            Ok(real) => return Some((real, rest, None)),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                if let Ok(target) = here.read_link() {
                    return Some((here.parent()?.canonicalize().ok()?, rest, Some(target)));
                }
                let name = PathBuf::from(here.file_name()?);
                rest = if rest.as_os_str().is_empty() { name } else { name.join(rest) };
                here = here.parent()?;
            }
            Err(_) => return None,
        }
    }
}

fn without_dots(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => {}
            component => plain.push(component),
        }
    }
    plain
}

/// A path below the home folder or a folder for temporary files by the name that these have, where they are links.
fn at_home(real: PathBuf, home: Option<&str>) -> PathBuf {
    for name in [home, Some("/tmp"), Some("/var/tmp")].into_iter().flatten().map(Path::new) {
        if let Ok(led) = name.canonicalize()
            && led != name
            && let Ok(rest) = real.strip_prefix(&led)
        {
            return name.join(rest);
        }
    }
    real
}
