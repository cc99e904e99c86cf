//! Whether a call that bash made is among the steps that following gave.

use guard::follow::step::{Action, Arg, Command, Folder, Hole, Input, Piece, Source, Step};

use crate::bash::Call;

/// The folders that a program runs in.
pub struct World {
    pub start: String,
    pub home: String,
}

/// Stands between words where a hole may be several.
const BETWEEN: char = '\u{5}';

impl World {
    /// Whether one of the steps is this call. Code that cannot be read may be any call.
    pub fn allows(&self, steps: &[Step], call: &Call) -> bool {
        steps.iter().any(|step| match &step.action {
            Action::Command(command) => {
                self.is_call(command, call) && self.is_folder(&step.context.folder, &call.folder)
            }
            Action::Unreadable { .. } | Action::SourcedFile(_) => true,
            Action::Endless { .. } => false,
        })
    }

    fn is_call(&self, command: &Command, call: &Call) -> bool {
        let Some((word, arguments)) = command.argv.split_first() else { return false };
        if word.has_hole() {
            return true;
        }
        word.text() == Some(&call.name)
            && self.are_words(arguments, &call.arguments)
            && (call.name == "c" || self.is_input(&command.input, &call.input))
    }

    fn is_input(&self, input: &Input, read: &str) -> bool {
        // A program that would have written it may fail before it does.
        read.is_empty()
            || match input {
                Input::Text(text) => text.as_str() == read,
                Input::Mixed(text) => {
                    self.is_word(text, read) || self.text(text).is_some_and(|path| normal(&path) == normal(read))
                }
                Input::Nothing => false,
                Input::Inherited | Input::File(_) | Input::Pipe(_) | Input::Unknown => true,
            }
    }

    fn are_words(&self, arguments: &[Arg], words: &[String]) -> bool {
        let Some((first, rest)) = arguments.split_first() else { return words.is_empty() };
        if !first.splits() {
            return words
                .split_first()
                .is_some_and(|(word, others)| self.is_word(first, word) && self.are_words(rest, others));
        }
        (0..=words.len()).any(|count| {
            let (taken, others) = words.split_at(count);
            let fits = match count {
                0 => first.holes().all(|hole| hole.may_be_empty) && first.holes().count() == first.pieces.len(),
                _ => self.is_word(first, &taken.join(&BETWEEN.to_string())),
            };
            fits && self.are_words(rest, others)
        })
    }

    fn is_word(&self, argument: &Arg, word: &str) -> bool {
        let as_path = || argument.prefix().is_empty() && self.text(argument).is_some_and(|path| normal(&path) == word);
        self.fits(&argument.pieces, word) || as_path()
    }

    fn fits(&self, pieces: &[Piece], text: &str) -> bool {
        let Some((first, rest)) = pieces.split_first() else { return text.is_empty() };
        match first {
            Piece::Text(known) => text.strip_prefix(known.as_str()).is_some_and(|behind| self.fits(rest, behind)),
            Piece::Hole(hole) => {
                let ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
                ends.into_iter().any(|end| self.fills(hole, &text[..end]) && self.fits(rest, &text[end..]))
            }
        }
    }

    fn fills(&self, hole: &Hole, text: &str) -> bool {
        if text.is_empty() && !hole.may_be_empty || text.contains(BETWEEN) && !hole.splits {
            return false;
        }
        match &hole.source {
            Source::Home => text == self.home,
            Source::StartFolder => text == self.start,
            Source::Number => {
                text.split(BETWEEN).all(|text| text.trim_start_matches('-').bytes().all(|byte| byte.is_ascii_digit()))
            }
            _ => true,
        }
    }

    fn is_folder(&self, folder: &Folder, real: &str) -> bool {
        if let Folder::Either(both) = folder {
            return self.is_folder(&both.0, real) || self.is_folder(&both.1, real);
        }
        match self.path(folder) {
            Some(path) => path == real,
            None => true,
        }
    }

    /// The characters of an argument, when those are known here.
    fn text(&self, argument: &Arg) -> Option<String> {
        let texts = argument.pieces.iter().map(|piece| match piece {
            Piece::Text(text) => Some(text.as_str()),
            Piece::Hole(Hole { source: Source::Home, .. }) => Some(self.home.as_str()),
            Piece::Hole(Hole { source: Source::StartFolder, .. }) => Some(self.start.as_str()),
            Piece::Hole(_) => None,
        });
        texts.collect()
    }

    /// Where a folder is, when that is known.
    fn path(&self, folder: &Folder) -> Option<String> {
        match folder {
            Folder::Start => Some(self.start.clone()),
            Folder::Either(_) | Folder::Unknown => None,
            Folder::Changed(change) => {
                let mut to = self.text(&change.to)?;
                if !to.starts_with('/') {
                    to = format!("{}/{to}", self.path(&change.from)?);
                }
                Some(normal(&to))
            }
        }
    }
}

fn normal(path: &str) -> String {
    let mut components = Vec::new();
    for component in path.split('/') {
        match component {
            "" | "." => {}
            ".." => drop(components.pop()),
            _ => components.push(component),
        }
    }
    format!("/{}", components.join("/"))
}
