//! What a command puts at stake, and whether the machine says that nothing of it is lost.

use super::World;
use super::reading::Reading;
use super::schema::{Role, Where};
use crate::facts::Kind;
use crate::follow::step::{Arg, Command, Piece};
use crate::place::pattern::{self, Pattern};
use crate::stake::{self, Change, Changes, PathStake, Stake, What, Work, WorkStake};
use crate::text::Text;

/// Variables that begin so make git look elsewhere.
const GIT: &str = "GIT_";

impl World<'_> {
    /// Whether what the machine says now still holds when the command runs.
    fn is_settled(&self) -> bool {
        self.place == Where::Here && self.earlier.is_settled()
    }

    /// The path as a pattern, on this machine.
    fn pattern(&self, path: &Arg) -> Option<Pattern> {
        if self.place != Where::Here {
            return None;
        }
        pattern::pattern(path, self.folder, self.bearings)
    }

    /// What happens to a path, for those who look at the machine.
    pub(super) fn stake_of(&self, role: Role, path: &Arg) -> Stake {
        let change = match role {
            Role::Deletes | Role::DeletesFound => Change::Deleted,
            Role::Empties => Change::Emptied,
            Role::Writes | Role::Creates => Change::Overwritten,
            _ => Change::Changed,
        };
        let known = |pattern: Pattern| What::Path(PathStake { change, pattern: pattern.text });
        Stake { what: self.pattern(path).map_or(What::Unknown, known), span: path.span }
    }

    /// What a change of a path changes. A step before may have made a link of it or of what it is below, and a pattern
    /// may fit one.
    pub(super) fn changes_of(&self, role: Role, path: &Arg, led: Option<&Arg>) -> Changes {
        let absolute = |path: &Arg| stake::plain(&self.pattern(path).filter(|pattern| pattern.exact)?.text);
        // What its text says without `..` is where it leads, when that is not elsewhere.
        let paths: Option<Vec<String>> = [Some(path), led]
            .into_iter()
            .flatten()
            .map(|path| absolute(path).map(|path| pattern::without_dots(&path)))
            .collect();
        let leads_there = |path: &String| self.earlier.leads_as_before(path);
        match paths.filter(|paths| self.place == Where::Here && paths.iter().all(leads_there)) {
            // What is only made is a file or a folder.
            Some(paths) if role == Role::Creates => Changes { paths, ..Changes::default() },
            Some(paths) => Changes { leading: paths.clone(), paths, besides: false },
            None => Changes::besides(),
        }
    }

    /// Whether git holds all that would go at a path.
    pub(super) fn is_kept(&self, path: &Arg) -> bool {
        let is_as_before =
            |pattern: &Pattern| stake::above(&pattern.text).is_some_and(|path| self.earlier.is_as_before(&path));
        self.place == Where::Here
            && self
                .pattern(path)
                .filter(|pattern| pattern.exact && is_as_before(pattern))
                .is_some_and(|pattern| self.facts.is_committed(&pattern.text) == Some(true))
    }

    /// Whether a file with content stands at a path that is about to get other content, and nothing keeps the old one.
    /// What an earlier step of the same text put there, or saved from there, does not count.
    pub(super) fn overwrites(&self, path: &Arg) -> bool {
        if self.earlier.left_at(path, self.folder).is_some() {
            return false;
        }
        let Some(file) = self.absolute(path) else { return false };
        let kept = || self.pattern(path).is_some_and(|pattern| self.facts.is_staged(&pattern.text) == Some(true));
        self.facts.kind(&file) == Some(Kind::File) && !kept()
    }

    /// Whether a path is a folder into which something is written.
    pub(super) fn is_folder(&self, path: &Arg) -> bool {
        self.absolute(path).is_some_and(|path| self.facts.kind(&path) == Some(Kind::Folder))
    }

    /// A path that is known as a whole.
    fn absolute(&self, path: &Arg) -> Option<String> {
        if self.place != Where::Here {
            return None;
        }
        let (lead, rest) = pattern::lead(path, self.folder, self.bearings, true)?;
        rest.pieces.is_empty().then_some(lead)
    }

    /// Where a path really leads, when that is elsewhere than its text says.
    pub(crate) fn led_elsewhere(&self, role: Role, path: &Arg) -> Option<Arg> {
        if self.place != Where::Here {
            return None;
        }
        // What is removed or moved is the link itself, what is written is what it leads to.
        let through = !matches!(role, Role::Deletes | Role::DeletesFound | Role::Moves);
        let (lead, rest) = pattern::lead(path, self.folder, self.bearings, through)?;
        let real = self.facts.real(&lead)?;
        let rest = rest.pieces;
        let (first, others) = match rest.split_first() {
            Some((Piece::Text(text), others)) => (format!("{real}/{}", text.as_str()), others),
            Some(_) => (format!("{real}/"), rest.as_slice()),
            None => (real, rest.as_slice()),
        };
        let mut led = Arg::known(Text::derived(first, path.span), path.span);
        led.pieces.extend(others.iter().cloned());
        Some(led)
    }

    /// The work that a git command throws away, when all of its words are known.
    pub(super) fn work_of(&self, work: Work, command: &Command, reading: &Reading<'_>) -> Option<WorkStake> {
        if self.place != Where::Here {
            return None;
        }
        let mut variables = command.assignments.iter().chain(self.exported);
        if variables.any(|(name, _)| name.starts_with(GIT)) {
            return None;
        }
        let folder = pattern::folder_path(self.folder, self.bearings, 0)?;
        let operands = reading.operands.iter().map(|word| word.text().map(str::to_owned)).collect::<Option<_>>()?;
        let mut options = Vec::new();
        for given in reading.given.iter().filter(|given| given.role != Role::Folder) {
            let name = given.names.first().map_or_else(|| given.written.to_string(), |name| (*name).to_owned());
            let value = match given.values.first() {
                Some(value) => Some(value.text()?.to_owned()),
                None => None,
            };
            options.push((name, value));
        }
        Some(WorkStake { work, folder, operands, behind_dashes: reading.behind_dashes, options })
    }

    /// What is left of a git command that throws work away, when there is none to throw away.
    pub(super) fn leaves(&self, stake: &WorkStake) -> Option<Leaves> {
        let may_be_nothing = !matches!(stake.work, Work::Published | Work::Stash | Work::Stashes);
        if !may_be_nothing || !self.is_settled() {
            return None;
        }
        let loss = self.facts.work(stake).filter(crate::facts::loss::GitLoss::is_nothing)?;
        Some(if loss.moves { Leaves::Another } else { Leaves::AsItWas })
    }
}

/// What a command leaves that loses nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaves {
    /// Everything as it was.
    AsItWas,
    /// Another state.
    Another,
}
