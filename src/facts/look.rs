//! Looks what a judged command would lose: reads files, changes nothing, and ends in time.

use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Facts;
use super::files::{self, Amount, Measure};
use super::git::budget::{Bound, Budget};
use super::git::{Held, Survey, glob};
use super::loss::{Loss, PathLoss, Phrase, Severity, Standing, size};
use super::machine::Machine;
use super::reach::{self, Around};
use crate::effect::{Class, Effect};
use crate::request::Report;
use crate::stake::{Change, PathStake, What};

/// How much is looked at, and how long.
const ENTRIES: usize = 50_000;
const TIME: Duration = Duration::from_millis(200);

/// How many paths are kept by name.
const PATHS: usize = 200;

/// What the command would lose. Looks within 200 ms and a set number of entries; what was left out is said.
pub fn look(report: &Report, machine: &Machine, severity: &Severity) -> Loss {
    let budget = Budget::new(ENTRIES, TIME);
    let looking = Looking { machine, budget: &budget, project: project(machine, &budget), severity };
    let mut loss = Loss::default();
    for stake in &report.stakes {
        match &stake.what {
            What::Path(path) => looking.path(path, &mut loss),
            What::Unknown => {}
            What::Work(work) => {
                let lost = machine.work_within(work, &budget).filter(|lost| !lost.is_nothing());
                if let Some(lost) = lost.filter(|lost| !loss.git.contains(lost)) {
                    loss.git.push(lost);
                }
            }
            What::Reach(stake) => {
                let variable = |name: &str| machine.variable(name);
                let around = Around { variable: &variable, home: machine.home(), production: &severity.production };
                if let Some(reach) = reach::reach(stake, &around).filter(|reach| !loss.reaches.contains(reach)) {
                    loss.reaches.push(reach);
                }
            }
        }
    }
    match budget.exhausted() {
        Some(Bound::Entries) => loss.limits.push(format!("only {ENTRIES} entries were looked at, so there is more")),
        Some(Bound::Time) => {
            loss.limits.push(format!("looking took longer than {} ms, so there is more", TIME.as_millis()))
        }
        None => {}
    }
    loss.severe = looking.severe(&loss);
    if !loss.severe.is_empty() {
        loss.phrase = phrase(&loss, report, severity);
    }
    loss
}

/// The project that the command runs in: the top of its repository, or else its folder.
fn project(machine: &Machine, budget: &Budget) -> Option<PathBuf> {
    let folder = Path::new(machine.folder()?).canonicalize().ok()?;
    let home = machine.home().map(Path::new);
    let top = Survey::around(&folder, home, budget).map(|survey| survey.top().to_path_buf());
    Some(top.unwrap_or(folder))
}

struct Looking<'l> {
    machine: &'l Machine,
    budget: &'l Budget,
    project: Option<PathBuf>,
    severity: &'l Severity,
}

impl Looking<'_> {
    fn path(&self, stake: &PathStake, loss: &mut Loss) {
        let Some(paths) = files::expand(&stake.pattern, false, self.budget) else {
            // When the budget is spent, that is said once for everything.
            if self.budget.exhausted().is_none() {
                loss.limits.push(format!("{} cannot be looked at", files::plain(&stake.pattern)));
            }
            return;
        };
        if paths.is_empty() && !glob::is_pattern(stake.pattern.as_bytes()) {
            let path = files::plain(&stake.pattern);
            self.add(PathLoss::nothing(path, stake.change), loss);
        }
        for path in paths {
            // What is written into a folder does not take its place.
            let overwritten = stake.change == Change::Overwritten && path.is_dir();
            if !overwritten {
                self.add(self.measured(&path, stake.change), loss);
            }
        }
    }

    fn add(&self, path: PathLoss, loss: &mut Loss) {
        if loss.paths.iter().any(|known| known.path == path.path) {
            return;
        }
        match loss.paths.len() < PATHS {
            true => loss.paths.push(path),
            false if loss.limits.is_empty() => loss.limits.push(format!("only {PATHS} paths are named")),
            false => {}
        }
    }

    fn measured(&self, path: &Path, change: Change) -> PathLoss {
        let shown = path.to_string_lossy().into_owned();
        let Ok(metadata) = path.symlink_metadata() else { return PathLoss::nothing(shown, change) };
        let kind = metadata.file_type();
        let kind = match () {
            () if kind.is_symlink() => Standing::Link,
            () if kind.is_dir() => Standing::Folder,
            () if kind.is_block_device() || kind.is_char_device() || kind.is_fifo() || kind.is_socket() => {
                Standing::Special
            }
            () => Standing::File,
        };
        let home = self.machine.home().map(Path::new);
        let survey = path.parent().and_then(|parent| Survey::around(parent, home, self.budget));
        let mut amount = Amount::default();
        // When the budget is spent, that is said once for everything.
        let measure = Measure { survey: survey.as_ref(), held: Held::Committed, stop: false, budget: self.budget };
        let _ = measure.add(path, &mut amount);
        PathLoss {
            path: shown,
            change,
            kind,
            files: amount.files,
            bytes: amount.bytes,
            not_in_git: survey.map(|_| amount.loose),
            names: names(path, &amount.names),
            outside: self.is_outside(path),
        }
    }

    fn is_outside(&self, path: &Path) -> bool {
        let temporary = ["/tmp", "/var/tmp"].iter().any(|folder| path.starts_with(folder));
        !temporary && !self.project.as_ref().is_some_and(|project| path.starts_with(project))
    }

    /// Why the loss is severe, if it is.
    fn severe(&self, loss: &Loss) -> Vec<String> {
        let mut reasons = Vec::new();
        let standing = || loss.paths.iter().filter(|path| path.kind != Standing::Missing);
        let project = |path: &&PathLoss| {
            let path = Path::new(&path.path);
            self.project.as_ref().is_some_and(|project| project.starts_with(path) || path == project.join(".git"))
        };
        if let Some(path) = standing().find(project) {
            reasons.push(format!("{} is the project itself", path.path));
        } else if let Some(path) = standing().find(|path| path.outside && path.change != Change::Changed) {
            reasons.push(format!("{} is outside the project", path.path));
        }
        let files = loss.files();
        if files > self.severity.files {
            reasons.push(format!("{files} files are more than {}", self.severity.files));
        }
        if let Some(limit) = self.severity.bytes.filter(|limit| loss.bytes() > *limit) {
            reasons.push(format!("{} are more than {}", size(loss.bytes()), size(limit)));
        }
        if let Some(reach) = loss.reaches.iter().find(|reach| reach.production) {
            let like = |value: &str| reach::looks_like_production(value, &self.severity.production);
            let name = reach.names.iter().find(|(_, value)| like(value));
            if let Some((name, value)) = name {
                reasons.push(format!("the {name} {value} looks like production"));
            }
        }
        reasons
    }
}

/// What a human must type: something that they only find by reading what goes.
fn phrase(loss: &Loss, report: &Report, severity: &Severity) -> Option<Phrase> {
    let phrase = |what: &str, text: &str| Some(Phrase { what: what.to_owned(), text: text.to_owned() });
    if let Some(reach) = loss.reaches.iter().find(|reach| reach.production) {
        let mut dropped = report
            .findings
            .iter()
            .filter(|finding| finding.class == Class::Destructive && finding.effect == Some(Effect::Drop));
        // `TABLE orders`: the name comes last.
        let name = dropped.find_map(|finding| finding.subject.split(' ').next_back().filter(|name| is_typed(name)));
        if let Some(name) = name {
            return phrase("the name of what is dropped", name);
        }
        let like = |value: &str| reach::looks_like_production(value, &severity.production);
        let named = reach.names.iter().find(|(_, value)| like(value));
        if let Some((name, value)) = named {
            let first = value.split(' ').next().unwrap_or(value);
            return phrase(&format!("the {name}"), first).filter(|phrase| is_typed(&phrase.text));
        }
    }
    let standing: Vec<&PathLoss> = loss.paths.iter().filter(|path| path.kind != Standing::Missing).collect();
    if let [only] = standing.as_slice()
        && let Some(name) = Path::new(&only.path).file_name().and_then(|name| name.to_str())
        && is_typed(name)
    {
        let what = if only.kind == Standing::Folder { "the name of the folder" } else { "the name of the file" };
        return phrase(what, name);
    }
    let files = loss.files();
    phrase("the number of files", &files.to_string()).filter(|_| files > 0)
}

/// Whether a text can be typed on any keyboard, and is worth it.
fn is_typed(text: &str) -> bool {
    (1..=60).contains(&text.len()) && text.bytes().all(|byte| matches!(byte, b'!'..=b'~'))
}

/// Files in a folder, by their path from there.
fn names(folder: &Path, files: &[PathBuf]) -> Vec<String> {
    let inside = files.iter().filter_map(|file| file.strip_prefix(folder).ok());
    inside.filter(|name| !name.as_os_str().is_empty()).map(|name| name.to_string_lossy().into_owned()).collect()
}

impl PathLoss {
    fn nothing(path: String, change: Change) -> PathLoss {
        let kind = Standing::Missing;
        PathLoss { path, change, kind, files: 0, bytes: 0, not_in_git: None, names: Vec::new(), outside: false }
    }
}
