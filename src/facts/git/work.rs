//! Which work a git command would throw away.

use std::path::Path;

use super::history::only_from;
use super::objects::Objects;
use super::repository::{Id, read_line};
use super::survey::Survey;
use super::tree::Untracked;
use crate::facts::loss::{Commit, GitLoss};
use crate::facts::machine::read_regular;
use crate::place;
use crate::stake::{Work, WorkStake};

/// How many digits of a commit's name are shown.
const DIGITS: usize = 8;

/// What is read of the record of stashes.
const RECORD: usize = 1024 * 1024;

/// Options that change nothing about what is lost, for every work.
const PLAIN: [&str; 6] = ["-q", "--progress", "-v", "--overwrite-ignore", "--no-refresh", "--refresh"];

/// What would be lost; `None` when that cannot be told.
pub fn work(survey: &Survey<'_>, stake: &WorkStake, folder: &Path) -> Option<GitLoss> {
    let objects = survey.objects();
    let look = Look { survey, stake, folder, objects: &objects };
    let loss = match stake.work {
        Work::Changes => look.changes()?,
        Work::Switched => look.switched()?,
        Work::Paths => look.paths()?,
        Work::Untracked => look.untracked()?,
        Work::Branches => look.branches()?,
        Work::Published => look.published()?,
        Work::Stash | Work::Stashes => look.stash()?,
    };
    let branch = survey.head().and_then(|head| head.branch);
    let branch = branch.map(|branch| branch.strip_prefix("refs/heads/").unwrap_or(&branch).to_owned());
    Some(GitLoss { repository: survey.top().display().to_string(), branch, ..loss })
}

struct Look<'l> {
    survey: &'l Survey<'l>,
    stake: &'l WorkStake,
    folder: &'l Path,
    objects: &'l Objects<'l>,
}

impl Look<'_> {
    /// Whether no option is given but these.
    fn only(&self, known: &[&str]) -> Option<()> {
        let is_known = |name: &str| known.contains(&name) || PLAIN.contains(&name);
        self.stake.options.iter().all(|(name, _)| is_known(name)).then_some(())
    }

    fn has(&self, name: &str) -> bool {
        self.stake.options.iter().any(|(given, _)| given == name)
    }

    /// What is not committed, in the whole tree.
    fn uncommitted(&self) -> Option<Vec<Vec<u8>>> {
        let mut changed = self.survey.staged(self.objects)?;
        changed.extend(self.survey.unstaged(&[Vec::new()])?);
        changed.sort();
        changed.dedup();
        Some(changed)
    }

    /// `reset --hard`: the branch moves to another commit.
    fn changes(&self) -> Option<GitLoss> {
        self.only(&["--hard", "--merge"])?;
        let head = self.survey.head()?;
        let target = match self.stake.operands.as_slice() {
            [] => None,
            [name] if self.stake.behind_dashes == 0 => Some(self.resolve(name)?),
            _ => return None,
        };
        let target = target.filter(|target| Some(*target) != head.commit);
        let mut loss = GitLoss { changed: shown(self.uncommitted()?), moves: target.is_some(), ..GitLoss::default() };
        if let (Some(target), Some(tip)) = (target, head.commit) {
            let mut others = self.holders(|name| head.branch.as_deref() != Some(name))?;
            others.push(target);
            loss.commits = self.commits(tip, &others)?;
        }
        if let Some(target) = target {
            loss.untracked = self.overwritten(target, &[Vec::new()])?;
        }
        Some(loss)
    }

    /// `checkout -f`, `switch --discard-changes`: another branch is gone to.
    fn switched(&self) -> Option<GitLoss> {
        self.only(&["-f", "--discard-changes"])?;
        let head = self.survey.head()?;
        let target = match self.stake.operands.as_slice() {
            [] => None,
            [name] if self.stake.behind_dashes == 0 => Some(self.resolve(name)?),
            _ => return None,
        };
        let mut loss = GitLoss { changed: shown(self.uncommitted()?), moves: target.is_some(), ..GitLoss::default() };
        if let Some(target) = target {
            loss.untracked = self.overwritten(target, &[Vec::new()])?;
            if let (None, Some(tip)) = (&head.branch, head.commit) {
                let mut others = self.holders(|_| true)?;
                others.push(target);
                loss.commits = self.commits(tip, &others)?;
            }
        }
        Some(loss)
    }

    /// `checkout -- PATH`, `checkout COMMIT -- PATH`, `restore PATH`.
    fn paths(&self) -> Option<GitLoss> {
        self.only(&["-W", "-S", "-s", "--overlay", "-f"])?;
        if self.has("--no-overlay") {
            return None;
        }
        let source = self.stake.options.iter().find(|(name, _)| name == "-s").map(|(_, value)| value.as_deref());
        let operands = self.stake.operands.as_slice();
        let (paths, source) = match source {
            Some(source) => (operands, Some(self.resolve(source?)?)),
            None if self.has("-S") => (operands, self.survey.head()?.commit),
            None if self.stake.behind_dashes > 0 => {
                let (before, paths) = operands.split_at_checked(operands.len() - self.stake.behind_dashes)?;
                match before {
                    [] => (paths, None),
                    [commit] => (paths, Some(self.resolve(commit)?)),
                    _ => return None,
                }
            }
            // Whether the first names a commit or a path, git looks for: a commit wins.
            None => match operands.split_first() {
                Some((first, rest)) if !rest.is_empty() && self.resolve(first).is_some() => {
                    (rest, Some(self.resolve(first)?))
                }
                // A branch of that name would be gone to.
                Some((first, _)) if self.resolve(first).is_some() => return None,
                _ => (operands, None),
            },
        };
        let paths = paths.iter().map(|path| self.path(path)).collect::<Option<Vec<_>>>()?;
        if paths.is_empty() {
            return None;
        }
        let mut changed = self.survey.unstaged(&paths)?;
        let mut untracked = Vec::new();
        if let Some(source) = source {
            let staged = self.survey.staged(self.objects)?;
            changed.extend(staged.into_iter().filter(|path| paths.iter().any(|above| is_below(path, above))));
            untracked = self.overwritten(source, &paths)?;
        }
        changed.sort();
        changed.dedup();
        Some(GitLoss { changed: shown(changed), untracked, moves: source.is_some(), ..GitLoss::default() })
    }

    /// `clean`.
    fn untracked(&self) -> Option<GitLoss> {
        self.only(&["-f", "-d", "-x", "-X"])?;
        if !self.stake.operands.is_empty() {
            return None;
        }
        if self.has("-X") && !self.survey.repository.certain {
            return None;
        }
        let repositories_too = self.stake.options.iter().filter(|(name, _)| name == "-f").count() > 1;
        let (folders, ignored_too, only_ignored) = (self.has("-d"), self.has("-x"), self.has("-X"));
        let walk = self.survey.walk();
        let mut lost = Vec::new();
        for found in walk.untracked(&self.path(".")?)? {
            let inside = match found.is_folder {
                false => vec![found],
                true if !folders && !only_ignored => continue,
                true => walk.inside(&found, ignored_too || only_ignored)?,
            };
            for file in inside {
                let fits = match (only_ignored, ignored_too) {
                    (true, _) => file.ignored,
                    (false, true) => true,
                    (false, false) => !file.ignored,
                };
                if fits && (!file.is_repository || repositories_too) && !is_made_again(&file) {
                    lost.push(file.path);
                }
            }
        }
        Some(GitLoss { untracked: shown(lost), ..GitLoss::default() })
    }

    /// `branch -D`.
    fn branches(&self) -> Option<GitLoss> {
        self.only(&["-d", "-D", "-f", "-r"])?;
        let kind = if self.has("-r") { "refs/remotes" } else { "refs/heads" };
        let names: Vec<String> = self.stake.operands.iter().map(|name| format!("{kind}/{name}")).collect();
        if names.is_empty() || !self.stake.operands.iter().all(|name| is_plain(name)) {
            return None;
        }
        let mut others = self.holders(|name| !names.iter().any(|deleted| deleted == name))?;
        let head = self.survey.head()?;
        others.extend(head.commit.filter(|_| head.branch.is_none()));
        let mut commits: Vec<Commit> = Vec::new();
        for name in &names {
            let Some(tip) = self.survey.repository.reference(name)? else { continue };
            let own = self.commits(tip, &others)?;
            commits.extend(own.into_iter().filter(|commit| !commits.contains(commit)).collect::<Vec<_>>());
        }
        Some(GitLoss { commits, moves: true, ..GitLoss::default() })
    }

    /// `push --force`: what the remote had when it was last seen.
    fn published(&self) -> Option<GitLoss> {
        let head = self.survey.head()?;
        let current = head.branch.as_deref().and_then(|branch| branch.strip_prefix("refs/heads/"));
        let (remote, specs) = match self.stake.operands.split_first() {
            Some((remote, specs)) => (remote.as_str(), specs.to_vec()),
            None => ("origin", Vec::new()),
        };
        let specs = if specs.is_empty() { vec![current?.to_owned()] } else { specs };
        let mut commits = Vec::new();
        for spec in specs {
            let spec = spec.strip_prefix('+').unwrap_or(&spec);
            let (from, to) = spec.split_once(':').unwrap_or((spec, spec));
            let to = if to == "HEAD" { current? } else { to.strip_prefix("refs/heads/").unwrap_or(to) };
            let Some(theirs) = self.survey.repository.reference(&format!("refs/remotes/{remote}/{to}"))? else {
                continue;
            };
            let ours = if from.is_empty() { Vec::new() } else { vec![self.resolve(from)?] };
            commits.extend(self.commits(theirs, &ours)?);
        }
        Some(GitLoss { commits, moves: true, ..GitLoss::default() })
    }

    /// `stash drop`, `stash clear`.
    fn stash(&self) -> Option<GitLoss> {
        let record = read_regular(&self.survey.repository.common.join("logs/refs/stash"), RECORD).unwrap_or_default();
        let record = String::from_utf8_lossy(&record).into_owned();
        let stashes = record.lines().rev().filter_map(|line| {
            let (names, message) = line.split_once('\t')?;
            let id = names.split(' ').nth(1)?.get(..DIGITS)?.to_owned();
            Some(Commit { id, subject: message.to_owned() })
        });
        let commits = match self.stake.operands.as_slice() {
            _ if self.stake.work == Work::Stashes => stashes.collect(),
            [] => stashes.take(1).collect(),
            [one] => {
                let number = one.strip_prefix("stash@{").and_then(|rest| rest.strip_suffix('}')).unwrap_or(one);
                stashes.skip(number.parse().ok()?).take(1).collect()
            }
            _ => return None,
        };
        Some(GitLoss { commits, moves: true, ..GitLoss::default() })
    }

    /// The commits that branches, tags and remote branches lead to.
    fn holders(&self, counts: impl Fn(&str) -> bool) -> Option<Vec<Id>> {
        let kinds = ["refs/heads/", "refs/tags/", "refs/remotes/"];
        let references = self.survey.repository.references(self.survey.budget)?;
        let held = references.into_iter().filter(|(name, _)| kinds.iter().any(|kind| name.starts_with(kind)));
        Some(held.filter(|(name, _)| counts(name)).map(|(_, id)| id).collect())
    }

    fn commits(&self, tip: Id, others: &[Id]) -> Option<Vec<Commit>> {
        let own = only_from(tip, others, self.objects, self.survey.budget)?;
        let short = |id: Id| id.hex().get(..DIGITS).unwrap_or_default().to_owned();
        Some(own.into_iter().map(|(id, commit)| Commit { id: short(id), subject: commit.subject }).collect())
    }

    /// The files that are not tracked and that a commit has: they would be written over.
    fn overwritten(&self, commit: Id, paths: &[Vec<u8>]) -> Option<Vec<String>> {
        let tree = self.objects.commit(commit)?.tree;
        let walk = self.survey.walk();
        let mut lost = Vec::new();
        for path in paths {
            // A single file that is not tracked, or is not there.
            let full = self.survey.top().join(std::ffi::OsStr::new(&*String::from_utf8_lossy(path)));
            if !full.is_dir() {
                if self.survey.index.entry(path).is_none() && full.symlink_metadata().is_ok() {
                    lost.push(path.clone());
                }
                continue;
            }
            for found in walk.untracked(path)? {
                if self.survey.tree_has(self.objects, tree, &found.path)? && !is_made_again(&found) {
                    lost.push(found.path);
                }
            }
        }
        lost.sort();
        lost.dedup();
        Some(shown(lost))
    }

    /// A path from the top; of a pattern, the folder that all it can fit is in.
    fn path(&self, given: &str) -> Option<Vec<u8>> {
        if given.starts_with(':') {
            return Some(Vec::new());
        }
        let known = given.find(['*', '?', '[', '\\']).map_or(given, |at| {
            let before = given.get(..at).unwrap_or_default();
            before.rfind('/').map_or(".", |slash| before.get(..=slash).unwrap_or("."))
        });
        self.survey.path_from_top(&self.folder.join(known))
    }

    /// The commit that a name means; `None` when it is none, or written in a way that is not read here.
    fn resolve(&self, name: &str) -> Option<Id> {
        let end = name.find(['~', '^']).unwrap_or(name.len());
        let (name, mut steps) = name.split_at_checked(end)?;
        let mut id = self.objects.peeled(self.named(name)?)?;
        while let Some(kind) = steps.chars().next() {
            let rest = steps.get(1..)?;
            let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let count: usize = if digits == 0 { 1 } else { rest.get(..digits)?.parse().ok()? };
            steps = rest.get(digits..)?;
            match kind {
                '~' => {
                    for _ in 0..count.min(10_000) {
                        id = *self.objects.commit(id)?.parents.first()?;
                    }
                }
                '^' if count > 0 => id = *self.objects.commit(id)?.parents.get(count - 1)?,
                _ => return None,
            }
        }
        Some(id)
    }

    fn named(&self, name: &str) -> Option<Id> {
        let repository = &self.survey.repository;
        if matches!(name, "HEAD" | "@") {
            return self.survey.head()?.commit;
        }
        if !is_plain(name) {
            return None;
        }
        if name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_') {
            return Id::parse(&read_line(&repository.own.join(name))?);
        }
        let full = name.starts_with("refs/").then(|| name.to_owned());
        let kinds = ["refs/tags", "refs/heads", "refs/remotes"].into_iter().map(|kind| format!("{kind}/{name}"));
        for full in full.into_iter().chain(kinds) {
            if let Some(id) = repository.reference(&full)? {
                return Some(id);
            }
        }
        Id::parse(name)
    }
}

/// Whether a name is one that a reference can have.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(['-', '/'])
        && !name.contains("..")
        && !name.contains(|c: char| c.is_control() || " ~^:?*[\\@{}".contains(c))
}

fn is_below(path: &[u8], above: &[u8]) -> bool {
    above.is_empty() || path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
}

fn is_made_again(file: &Untracked) -> bool {
    !file.is_repository && std::str::from_utf8(&file.path).is_ok_and(place::is_made_again)
}

fn shown(paths: Vec<Vec<u8>>) -> Vec<String> {
    paths.iter().map(|path| String::from_utf8_lossy(path).into_owned()).collect()
}
