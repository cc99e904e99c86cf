//! What the steps of one text print and leave behind, for the steps after them.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::follow::edited;
use crate::follow::step::{Arg, Folder, Input, StepId};
use crate::place;
use crate::rules::{Copied, Earlier, Left, Printed};
use crate::shell::{self, Dialect};
use crate::stake::Changes;
use crate::text::Text;

/// How much is judged as one text that may stand in one of several files, in bytes.
const MOST_JOINED: usize = 4096;

/// Of how many changes each is compared with what is looked up; with more, anything may have changed.
const TOLD: usize = 256;

/// What the steps so far did.
#[derive(Debug, Default)]
pub struct Ledger {
    /// Whether anything may have changed since the machine was looked at.
    changed: bool,
    /// What has changed for sure, where that are known paths alone.
    changes: Changes,
    /// What comes in through the pipe that the text around this one opened.
    handed: Printed,
    printed: Vec<Printed>,
    /// What was left, by path in its normal form. Shared with carried code until that leaves something itself.
    left: Rc<BTreeMap<String, Entry>>,
    /// How often something was left.
    count: usize,
}

/// What was left at a path.
#[derive(Clone, Debug, Default)]
struct Entry {
    left: Option<Left>,
    /// What code stands there, where that is told of it besides.
    code: Option<Left>,
    /// Which note of all this was.
    number: usize,
}

impl Entry {
    fn code(&self) -> Option<&Left> {
        self.code.as_ref().or(self.left.as_ref())
    }

    fn code_mut(&mut self) -> Option<&mut Left> {
        self.code.as_mut().or(self.left.as_mut())
    }
}

impl Ledger {
    /// A ledger for code that is carried and reads `input`: it sees what was left, but has its own steps.
    pub fn inner(&self, input: &Input) -> Ledger {
        let mut handed = Printed::default();
        if let Input::Pipe(steps) = input {
            steps.iter().filter_map(|step| self.printed.get(*step)).for_each(|printed| handed.add(printed.clone()));
        }
        let changes = self.changes.clone();
        Ledger {
            changed: self.changed,
            changes,
            handed,
            printed: Vec::new(),
            left: self.left.clone(),
            count: self.count,
        }
    }

    /// Takes over what carried code left.
    pub fn adopt(&mut self, inner: Ledger) {
        self.left = inner.left;
        self.count = inner.count;
        self.changed |= inner.changed;
        self.changes = inner.changes;
    }

    /// Something changes, or may change at any time. Gives what was so before.
    pub fn note_change(&mut self) -> bool {
        std::mem::replace(&mut self.changed, true)
    }

    /// A step changes this.
    pub fn note_changes(&mut self, changes: &Changes) {
        self.changed |= changes.besides || changes.paths.is_empty();
        self.changes.merge(changes.clone());
    }

    /// Whether anything may have changed that is not told by its path.
    pub fn has_changed(&self) -> bool {
        self.changed
    }

    /// Code that ran at an unknown time ends; `before` is what was so when it began.
    pub fn end_unsettled(&mut self, before: bool) {
        self.changed = before;
    }

    /// Notes what the next step prints.
    pub fn note_printed(&mut self, printed: Printed) {
        self.printed.push(printed);
    }

    /// Notes texts that the newest step may print.
    pub fn note_texts(&mut self, texts: Vec<Arg>) {
        if let Some(printed) = self.printed.last_mut() {
            printed.texts.extend(texts);
        }
    }

    /// A carried command is about to be judged: it is no step of its own. Gives a mark for [`Ledger::end_carried`].
    pub fn begin_carried(&self) -> usize {
        self.printed.len()
    }

    /// What a carried command prints, the command that carries it prints.
    pub fn end_carried(&mut self, mark: usize) {
        let carried = self.printed.split_off(mark.min(self.printed.len()));
        let Some(carrier) = self.printed.last_mut() else { return };
        carried.into_iter().for_each(|printed| carrier.add(printed));
    }

    /// Notes what was left at a path.
    pub fn note_left(&mut self, path: &Arg, folder: &Folder, left: Left) {
        let left = match left {
            Left::Copy(from, seen_from) => self.content_of(from, seen_from),
            left => left,
        };
        match (place::normal_form(path, folder), left) {
            (Some(path), left) => {
                let entry = self.entry(path);
                (entry.left, entry.code) = (Some(left), None);
            }
            (None, left) => {
                if let Some(path) = place::temporary_form(path, folder) {
                    self.note_temporary(path, left);
                } else if matches!(left, Left::Text(_) | Left::Fetched | Left::Changed)
                    && let Some(path) = somewhere(path)
                {
                    self.entry(path).code = Some(left);
                }
            }
        }
    }

    /// Notes what was left in one of several places that have the same name here: what stood there before may still.
    fn note_temporary(&mut self, path: String, left: Left) {
        let code = &mut self.entry(path).code;
        *code = Some(match (code.take(), left) {
            (Some(Left::Fetched), _) | (_, Left::Fetched) => Left::Fetched,
            (Some(Left::Changed), _) | (_, Left::Changed) => Left::Changed,
            (Some(Left::Text(mut before)), Left::Text(text)) if before.as_str() != text.as_str() => {
                // Both are judged as one, unless the first takes in what follows it.
                let is_whole = before.as_str().len() <= MOST_JOINED
                    && !before.as_str().contains("<<")
                    && shell::parse(before.as_str(), Dialect::Bash).is_ok();
                before.push(&Text::derived("\n", text.source()));
                before.push(&text);
                if is_whole { Left::Text(before) } else { Left::Changed }
            }
            (Some(Left::Text(mut before)), Left::Appended(text)) => {
                before.push(&text);
                Left::Text(before)
            }
            (Some(before @ (Left::Text(_) | Left::Copy(..))), Left::Written | Left::Saved | Left::Secret) => before,
            (_, left) => left,
        });
    }

    /// The entry of a path, as the newest.
    fn entry(&mut self, path: String) -> &mut Entry {
        self.count += 1;
        let entry = Rc::make_mut(&mut self.left).entry(path).or_default();
        entry.number = self.count;
        entry
    }

    /// Notes that a file got the content of another one, or of what came on standard input.
    pub fn note_copied(&mut self, copied: &Copied, input: &Input, folder: &Folder) {
        let known = place::normal_form(&copied.to, folder).or_else(|| place::temporary_form(&copied.to, folder));
        let Some(path) = known.or_else(|| somewhere(&copied.to)) else { return };
        let from = match (&copied.from, input) {
            (Some(from), _) => from,
            (None, Input::Text(text)) => return self.note_code(path, Left::Text(text.clone()), copied.appends),
            (None, Input::File(from)) => from,
            (None, Input::Pipe(steps)) if self.any_printed(steps, &|printed| printed.fetched) => {
                return self.note_code(path, Left::Fetched, copied.appends);
            }
            (None, _) => return,
        };
        let code = self.content_of(from.clone(), folder.clone());
        let itself = matches!(&code, Left::Copy(from, folder)
            if place::normal_form(from, folder).is_some_and(|from| from == path));
        if !itself {
            self.note_code(path, code, copied.appends);
        }
    }

    /// What a file has in it that gets the content of another one now, whatever comes of that one later.
    fn content_of(&self, from: Arg, seen_from: Folder) -> Left {
        match self.code_at(&from, &seen_from) {
            Some(code @ (Left::Text(_) | Left::Fetched | Left::Changed | Left::Copy(..))) => code,
            _ => Left::Copy(from, seen_from),
        }
    }

    fn note_code(&mut self, path: String, code: Left, appends: bool) {
        let code = match (appends, code) {
            (true, Left::Text(text)) => self.behind(&path, text),
            (_, code) => code,
        };
        self.entry(path).code = Some(code);
    }

    /// What `argv` makes of a path when it writes there what is not told otherwise.
    pub fn edited(&self, path: &Arg, folder: &Folder, argv: &[Arg]) -> Left {
        match self.code_at(path, folder) {
            Some(Left::Text(text)) => edited(argv, &text).map_or(Left::Changed, Left::Text),
            Some(Left::Changed) => Left::Changed,
            _ => Left::Written,
        }
    }

    /// A text behind what was written to a path before, which is taken away: the whole is noted in its place.
    pub fn appended(&mut self, path: &Arg, folder: &Folder, text: Text) -> Left {
        match place::normal_form(path, folder) {
            Some(path) => self.behind(&path, text),
            None => Left::Appended(text),
        }
    }

    fn behind(&mut self, path: &str, text: Text) -> Left {
        let before = Rc::make_mut(&mut self.left).get_mut(path).and_then(Entry::code_mut);
        let Some(before) = before else { return Left::Appended(text) };
        match std::mem::replace(before, Left::Written) {
            Left::Text(mut whole) => {
                whole.push(&text);
                Left::Text(whole)
            }
            Left::Appended(mut whole) => {
                whole.push(&text);
                Left::Appended(whole)
            }
            // What nobody has read does not become readable by what stands behind it.
            other @ (Left::Fetched | Left::Changed) => {
                *before = other.clone();
                other
            }
            other => {
                *before = other;
                Left::Appended(text)
            }
        }
    }
}

/// What stands for a path in a folder that is not known: its name is.
fn somewhere(path: &Arg) -> Option<String> {
    path.text().map(|text| format!("?/{}", text.rsplit('/').next().unwrap_or(text)))
}

/// Whether an absolute path is another one, or below it.
fn is_within(path: &str, above: &str) -> bool {
    path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || above.ends_with('/'))
}

/// Whether a path tells git what is kept, and how.
fn tells_git(path: &str) -> bool {
    path.split('/').any(|part| part == "git" || part.starts_with(".git"))
}

impl Earlier for Ledger {
    fn printed(&self, step: StepId) -> Option<&Printed> {
        self.printed.get(step)
    }

    fn handed(&self) -> &Printed {
        &self.handed
    }

    fn is_settled(&self) -> bool {
        !self.changed && self.changes.paths.is_empty()
    }

    fn is_as_before(&self, path: &str) -> bool {
        let is_apart = |changed: &String| !is_within(path, changed) && !is_within(changed, path) && !tells_git(changed);
        !self.changed && self.changes.paths.len() <= TOLD && self.changes.paths.iter().all(is_apart)
    }

    fn leads_as_before(&self, path: &str) -> bool {
        !self.changed
            && self.changes.leading.len() <= TOLD
            && !self.changes.leading.iter().any(|changed| is_within(path, changed))
    }

    fn left_at(&self, path: &Arg, folder: &Folder) -> Option<Left> {
        if self.left.is_empty() {
            return None;
        }
        self.left.get(&place::normal_form(path, folder)?)?.left.clone()
    }

    fn code_at(&self, path: &Arg, folder: &Folder) -> Option<Left> {
        if self.left.is_empty() {
            return None;
        }
        match place::normal_form(path, folder) {
            Some(known) => {
                let exact = self.left.get(&known);
                exact.or_else(|| self.left.get(&somewhere(path)?))?.code().cloned()
            }
            None => {
                if let Some(entry) = place::temporary_form(path, folder).and_then(|path| self.left.get(&path)) {
                    return entry.code().cloned();
                }
                let named = self.code_named(path.text()?.strip_prefix("./").unwrap_or(path.text()?));
                named.or_else(|| self.left.get(&somewhere(path)?)?.code().cloned())
            }
        }
    }

    fn code_named(&self, name: &str) -> Option<Left> {
        if name.is_empty() || name.starts_with(['/', '.']) {
            return None;
        }
        let is_named =
            |known: &str| known.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'));
        let named = self.left.iter().filter(|(known, _)| is_named(known)).map(|(_, entry)| entry);
        named.max_by_key(|entry| entry.number)?.code().cloned()
    }
}
