//! What the steps of one text print and leave behind, for the steps after them.

use crate::follow::step::{Arg, Folder, Input, StepId};
use crate::place;
use crate::rules::{Earlier, Left, Printed};

/// What the steps so far did.
#[derive(Debug, Default)]
pub struct Ledger {
    /// Whether anything may have changed since the machine was looked at.
    changed: bool,
    /// What comes in through the pipe that the text around this one opened.
    handed: Printed,
    printed: Vec<Printed>,
    /// Paths in their normal form, newest last.
    left: Vec<(String, Left)>,
}

impl Ledger {
    /// A ledger for code that is carried and reads `input`: it sees what was left, but has its own steps.
    pub fn inner(&self, input: &Input) -> Ledger {
        let mut handed = Printed::default();
        if let Input::Pipe(steps) = input {
            steps.iter().filter_map(|step| self.printed.get(*step)).for_each(|printed| handed.add(printed.clone()));
        }
        Ledger { changed: self.changed, handed, printed: Vec::new(), left: self.left.clone() }
    }

    /// Takes over what carried code left.
    pub fn adopt(&mut self, inner: Ledger) {
        self.left = inner.left;
        self.changed |= inner.changed;
    }

    /// Something changes, or may change at any time. Gives what was so before.
    pub fn note_change(&mut self) -> bool {
        std::mem::replace(&mut self.changed, true)
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
        if let Some(path) = place::normal_form(path, folder) {
            self.left.push((path, left));
        }
    }
}

impl Earlier for Ledger {
    fn printed(&self, step: StepId) -> Option<&Printed> {
        self.printed.get(step)
    }

    fn handed(&self) -> &Printed {
        &self.handed
    }

    fn is_settled(&self) -> bool {
        !self.changed
    }

    fn left_at(&self, path: &Arg, folder: &Folder) -> Option<Left> {
        if self.left.is_empty() {
            return None;
        }
        let path = place::normal_form(path, folder)?;
        self.left.iter().rev().find(|(known, _)| *known == path).map(|(_, left)| left.clone())
    }
}
