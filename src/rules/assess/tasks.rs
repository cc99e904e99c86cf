//! Tasks of a project that a runner is asked for by name: judged by what their file says, where it can be read.

use std::rc::Rc;

use super::Assessor;
use super::uses::Use;
use crate::follow::step::{Arg, Folder, FolderChange, Hole, Piece, Source};
use crate::payload::tasks::{self, Line};
use crate::payload::{Carried, Language};
use crate::rules::schema::{Form, Role, Tasks};
use crate::rules::{World, request};
use crate::span::Span;
use crate::text::Text;

/// How much of a file of tasks is read.
const FILE_LIMIT: usize = 1024 * 1024;
/// In how many folders above a file is looked for.
const MOST_ABOVE: usize = 16;

/// What the tasks that are asked for do.
pub(super) struct Found {
    /// The code that runs.
    pub carried: Vec<Carried>,
    /// Where it runs.
    pub folder: Folder,
    /// Whether part of it is not known.
    pub unknown: bool,
}

impl<'a> Assessor<'a, '_> {
    /// What the tasks that the command asks for do; `None` when no file tells.
    pub(super) fn tasks(&self, form: &Form<'static>, world: &World<'_>) -> Option<Found> {
        let tasks = form.tasks.as_ref()?;
        if tasks.unless.iter().any(|option| self.reading.has(option)) {
            return None;
        }
        let (names, arguments, span) = self.asked_for(tasks)?;
        if names.is_empty() && !tasks.default && tasks.names.is_empty() {
            return None;
        }
        let (text, folder) = self.file_of_tasks(tasks, span, world)?;
        let values: Vec<(&str, &str)> =
            self.reading.operands.iter().filter_map(|word| word.text()?.split_once('=')).collect();
        let names: Vec<&str> = if tasks.names.is_empty() { names } else { tasks.names.clone() };
        let lines = tasks::read(tasks.of, &text, &names, &values, &arguments)?;
        let unknown = lines.contains(&Line::Unknown);
        let carried = lines
            .into_iter()
            .filter_map(|line| match line {
                Line::Shell(line) => {
                    let text = Arg::known(Text::derived(line, span), span);
                    Some(Carried::Shell { text, arguments: Vec::new() })
                }
                Line::Unknown => None,
            })
            .collect();
        Some(Found { carried, folder, unknown })
    }

    /// The names of the tasks, the arguments for the last, and where they stand; `None` when they are not all known.
    fn asked_for(&self, tasks: &Tasks<'static>) -> Option<(Vec<&'a str>, Vec<String>, Span)> {
        let words: Vec<&'a Arg> = match self.reading.unknown_subcommand {
            Some(word) => {
                let behind = self.command.argv.iter().position(|other| std::ptr::eq(other, word))?;
                self.command.argv.get(behind..)?.iter().collect()
            }
            None => match self.reading.command {
                Some(words) => words.iter().collect(),
                None => self.reading.operands.clone(),
            },
        };
        let is_name = |word: &Arg| !word.prefix().contains('=') || word.has_hole();
        if tasks.several {
            let named: Vec<&'a Arg> = words.into_iter().filter(|word| is_name(word)).collect();
            let names = named.iter().map(|word| word.text()).collect::<Option<Vec<_>>>()?;
            let span = named.first().map_or(self.span, |word| word.span);
            return Some((names, Vec::new(), span));
        }
        let (first, rest) = match (tasks.names.is_empty(), words.split_first()) {
            (false, _) => (None, words.as_slice()),
            (true, Some((first, rest))) => (Some(*first), rest),
            (true, None) => (None, words.as_slice()),
        };
        // A script's own name among the subcommands (`yarn build`).
        let own = first.is_none() && tasks.names.is_empty() && self.reading.forms.len() > 1;
        let own = own.then(|| self.command.argv.get(self.reading.forms.len() - 1)).flatten();
        let first = first.or(own);
        let span = first.map_or(self.leading_span(), |word| word.span);
        let names = match first {
            Some(first) => vec![first.text()?],
            None => Vec::new(),
        };
        let arguments = rest.iter().filter(|word| word.text() != Some("--")).map(|word| quoted(word)).collect();
        Some((names, arguments, span))
    }

    /// The text of the file, and the folder that its tasks run in.
    fn file_of_tasks(&self, tasks: &Tasks<'static>, span: Span, world: &World<'_>) -> Option<(String, Folder)> {
        let given = self.reading.given.iter().find(|given| !tasks.option.is_empty() && given.is(tasks.option));
        if let Some(given) = given {
            let path = given.values.first()?;
            return Some((self.text_at(path, world)?, world.folder.clone()));
        }
        for file in &tasks.files {
            let path = Arg::known(Text::derived(*file, span), span);
            if let Some(text) = self.text_at(&path, world) {
                return Some((text, world.folder.clone()));
            }
        }
        if !tasks.above || *world.folder != Folder::Start {
            return None;
        }
        let mut folder = world.facts.folder()?;
        for _ in 0..MOST_ABOVE {
            folder = folder.rsplit_once('/').map(|(above, _)| above).filter(|above| !above.is_empty())?;
            for file in &tasks.files {
                let Some(text) = world.facts.read(&format!("{folder}/{file}"), FILE_LIMIT) else { continue };
                let to = Arg::known(Text::derived(folder, span), span);
                return Some((text, Folder::Changed(Rc::new(FolderChange { from: Folder::Start, to }))));
            }
        }
        None
    }

    fn text_at(&self, path: &Arg, world: &World<'_>) -> Option<String> {
        use crate::rules::Left;
        match world.earlier.left_at(path, world.folder) {
            Some(Left::Text(text)) => Some(text.as_str().to_owned()),
            Some(_) => None,
            None => request::read_file(path, world, FILE_LIMIT),
        }
    }
}

/// Whether a use of a word only says which task runs, or where tasks are kept.
pub(super) fn names_a_task(used: &Use<'_>) -> bool {
    matches!(used.role, Role::Task | Role::File(Language::Make))
}

/// A word as a shell would be given it.
fn quoted(word: &Arg) -> String {
    let text: String = word
        .pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => {
                shlex::try_quote(text.as_str()).map_or_else(|_| String::new(), |text| text.into_owned())
            }
            Piece::Hole(Hole { source: Source::Glob(pattern), .. }) => pattern.clone(),
            Piece::Hole(_) => "\"${GUARD_UNKNOWN}\"".to_owned(),
        })
        .collect();
    if text.is_empty() { "''".to_owned() } else { text }
}
