//! The working folder: `cd` and its kin, `$PWD`, and the paths that depend on it.

use std::rc::Rc;

use super::command::Call;
use super::follower::{Fail, Follower, Printed};
use super::state::{Content, Place};
use super::step::{Arg, Folder, FolderChange, Hole, Piece, Source};
use super::value::Value;
use super::{limits, parameters};
use crate::facts::Kind;
use crate::span::Span;
use crate::text::Text;

/// How many changes a path is followed back through.
const CHANGES: usize = 64;

impl<'a> Follower<'a, '_> {
    /// `cd`
    pub(super) fn cd(&mut self, call: Call) -> Fail<'a> {
        let operands = operands(call.arguments());
        let target = match operands {
            // Bash refuses what it does not know, and stays.
            [only] if only.prefix().len() > 1 && only.prefix().starts_with('-') && call.argv.len() == 2 => None,
            [] => Some(self.condensed(|follower| follower.variable_string("HOME"))),
            [only] => Some(only.clone()),
            _ => None,
        };
        let back = target.as_ref().and_then(Arg::text) == Some("-");
        let printed = if back { Printed::String(self.previous_folder()) } else { Printed::Nothing };
        self.emit(call, printed);
        let before = self.state.registers.place.clone();
        match target {
            None => Fail::Same,
            Some(_) if back => {
                let folder = before.previous.clone().unwrap_or(Folder::Unknown);
                self.go_to(folder);
                Fail::Place(before)
            }
            Some(target) if matches!(target.text(), Some("" | "." | "./")) => {
                self.go_to(before.folder);
                Fail::Never
            }
            Some(target) => {
                let sure = always_exists(&target);
                let folder = self.folder_at(target);
                self.go_to(folder);
                if sure { Fail::Never } else { Fail::Place(before) }
            }
        }
    }

    /// `pushd`
    pub(super) fn pushd(&mut self, call: Call) -> Fail<'a> {
        let target = match operands(call.arguments()) {
            [] => None,
            [only] if !only.prefix().starts_with(['+', '-']) => Some(only.clone()),
            _ => Some(Arg::hole(Hole::open(Source::Other), call.span)),
        };
        self.emit(call, Printed::Unknown);
        let before = self.state.registers.place.clone();
        let mut stack = (*before.stack).clone();
        let folder = match target {
            None => {
                let top = stack.pop().unwrap_or(Folder::Unknown);
                stack.push(before.folder.clone());
                top
            }
            Some(target) => {
                stack.push(before.folder.clone());
                self.folder_at(target)
            }
        };
        stack.truncate(limits::WORDS);
        self.state.go(Place { folder, previous: Some(before.folder.clone()), stack: Rc::new(stack) });
        Fail::Place(before)
    }

    /// `popd`
    pub(super) fn popd(&mut self, call: Call) -> Fail<'a> {
        let plain = operands(call.arguments()).is_empty();
        self.emit(call, Printed::Unknown);
        let before = self.state.registers.place.clone();
        let mut stack = (*before.stack).clone();
        let top = stack.pop();
        let empty = top.is_none();
        let folder = top.filter(|_| plain).unwrap_or(Folder::Unknown);
        self.state.go(Place { folder, previous: Some(before.folder.clone()), stack: Rc::new(stack) });
        if empty { Fail::Place(before) } else { Fail::Never }
    }

    fn go_to(&mut self, folder: Folder) {
        let place = &self.state.registers.place;
        let next = Place { folder, previous: Some(place.folder.clone()), stack: place.stack.clone() };
        self.state.go(next);
    }

    /// The folder that `cd target` goes to.
    fn folder_at(&mut self, target: Arg) -> Folder {
        let searched = matches!(self.state.variables.get("CDPATH"), Some(variable)
            if !matches!(variable.values.as_slice(), [Value::Unset]));
        let relative = target.text().is_some_and(|text| !text.starts_with(['/', '.']));
        if searched && relative {
            return Folder::Unknown;
        }
        let from = self.state.registers.place.folder.clone();
        if from == Folder::Unknown && !is_absolute(&target) {
            return Folder::Unknown;
        }
        let below = |from: &Folder| Folder::Changed(Rc::new(FolderChange { from: from.clone(), to: target.clone() }));
        match &from {
            Folder::Either(both) if !is_absolute(&target) => Folder::either(&below(&both.0), &below(&both.1)),
            _ => below(&from),
        }
    }

    /// `$PWD`
    pub(super) fn working_folder(&self) -> Arg {
        path_of(&self.state.registers.place.folder, "PWD")
    }

    /// `$OLDPWD`
    pub(super) fn previous_folder(&self) -> Arg {
        match &self.state.registers.place.previous {
            Some(folder) if *folder != Folder::Unknown => path_of(folder, "OLDPWD"),
            _ => parameters::unknown("OLDPWD", Span::default()),
        }
    }

    /// A name for a file under which all paths to it are found, as far as they are known.
    pub(super) fn file_key(&self, path: &Arg) -> Option<String> {
        let text = path.text().filter(|text| !text.is_empty())?;
        if text.starts_with('/') {
            return Some(normal(text));
        }
        let folder = self.working_folder();
        let below = match folder.pieces.as_slice() {
            [Piece::Text(base)] => return Some(normal(&format!("{}/{text}", base.as_str()))),
            [Piece::Hole(Hole { source: Source::StartFolder, .. })] => text.to_owned(),
            [Piece::Hole(Hole { source: Source::StartFolder, .. }), Piece::Text(rest)] => {
                format!("{}/{text}", rest.as_str().trim_start_matches('/'))
            }
            _ => return None,
        };
        match self.facts.folder() {
            Some(start) => Some(normal(&format!("{start}/{below}"))),
            None => Some(normal(&below)),
        }
    }

    /// What a file holds: what the text wrote into it, or what it holds on this machine.
    pub(super) fn content(&self, path: &Arg) -> Option<Arg> {
        let key = self.file_key(path)?;
        match self.state.files.get(&key) {
            Some(Content::Known(content)) => return Some(content.clone()),
            Some(Content::Unknown) => return None,
            None => {}
        }
        if self.disturbed { None } else { self.content_now(&key, path) }
    }

    /// What a file holds at this moment, which something in the text may change before it is read.
    pub(super) fn stale_content(&self, path: &Arg) -> Option<Arg> {
        let key = self.file_key(path).filter(|key| self.state.files.get(key).is_none())?;
        self.content_now(&key, path)
    }

    fn content_now(&self, key: &str, path: &Arg) -> Option<Arg> {
        if !key.starts_with('/') || self.facts.kind(key) == Some(Kind::Special) {
            return None;
        }
        let text = self.facts.read(key, limits::TEXT)?;
        Some(Arg::known(Text::derived(text, path.span), path.span))
    }
}

/// Whether `text` is an option of `cd` that does not change where it goes.
fn is_option(text: &str) -> bool {
    text.strip_prefix('-').is_some_and(|letters| !letters.is_empty() && letters.bytes().all(|b| b"LPe@".contains(&b)))
}

/// The operands of `cd` and its kin.
fn operands(arguments: &[Arg]) -> &[Arg] {
    let mut rest = arguments;
    while let Some((first, others)) = rest.split_first() {
        match first.text() {
            Some("--") => return others,
            Some(text) if is_option(text) => rest = others,
            _ => break,
        }
    }
    rest
}

/// Whether `cd` to it cannot fail.
fn always_exists(target: &Arg) -> bool {
    match target.text() {
        Some(text) => matches!(text, "/" | "/tmp" | "/tmp/" | "." | "./" | ".." | "../"),
        None => target.only_hole().is_some_and(|hole| matches!(hole.source, Source::Home | Source::StartFolder)),
    }
}

/// Whether a path certainly begins at the root.
fn is_absolute(path: &Arg) -> bool {
    match path.pieces.first() {
        Some(Piece::Text(text)) => text.as_str().starts_with('/'),
        Some(Piece::Hole(hole)) => {
            matches!(
                hole.source,
                Source::Home | Source::StartFolder | Source::FreshTemporary(_) | Source::TemporaryFolder
            )
        }
        None => false,
    }
}

/// A folder as a path.
fn path_of(folder: &Folder, name: &str) -> Arg {
    let mut changes = Vec::new();
    let mut here = folder;
    let mut path = loop {
        match here {
            Folder::Start => break Arg::hole(Hole::filled(Source::StartFolder), Span::default()),
            Folder::Either(_) | Folder::Unknown => return filled(name),
            Folder::Changed(change) if is_absolute(&change.to) => break change.to.clone(),
            Folder::Changed(change) => {
                changes.push(&change.to);
                here = &change.from;
            }
        }
        if changes.len() > CHANGES {
            return filled(name);
        }
    };
    for change in changes.into_iter().rev() {
        if !change.is_nonempty() {
            return filled(name);
        }
        path.push_text(Text::derived("/", change.span));
        path.append(&change.clone().quoted());
    }
    match path.text() {
        Some(text) => Arg::made(normal(text), path.span),
        None => path,
    }
}

fn filled(name: &str) -> Arg {
    Arg::hole(Hole::filled(Source::Variable(name.to_owned())), Span::default())
}

/// The path without `.`, `..` and doubled slashes.
fn normal(path: &str) -> String {
    let mut components: Vec<&str> = Vec::new();
    let absolute = path.starts_with('/');
    for component in path.split('/') {
        match component {
            "" | "." => {}
            ".." if matches!(components.last(), Some(last) if *last != "..") => drop(components.pop()),
            ".." if absolute => {}
            _ => components.push(component),
        }
    }
    let joined = components.join("/");
    if absolute { format!("/{joined}") } else { joined }
}
