//! Code that a command carries: programs, shell lines, settings, arguments from a pipe.

use super::reading::Reading;
use super::schema::{Role, Where};
use super::settings;
use super::{Carry, World};
use crate::follow::step::{Arg, Command, Folder, Hole, Input, Piece, Source};
use crate::payload::{Carried, Language};
use crate::span::Span;
use crate::text::Text;

/// How many arguments from a known input are put into a carried command.
const MAX_ARGUMENTS: usize = 64;

/// How many words the command lines have that one is made into.
const MOST_WORDS: usize = 2_000;

/// What carried code gets from the command that carries it.
#[derive(Clone)]
pub struct Carrier {
    /// Where it runs.
    pub place: Where,
    /// The folder it runs in.
    pub folder: Folder,
    /// Variables that are set for it.
    pub variables: Vec<(String, Arg)>,
    /// Its standard input.
    pub input: Input,
}

impl Carrier {
    /// Carries `code`.
    pub fn carry(&self, code: Carried) -> Carry {
        Carry {
            code,
            place: self.place,
            folder: self.folder.clone(),
            variables: self.variables.clone(),
            input: self.input.clone(),
            at_most: None,
            once: false,
            only_fixed: false,
        }
    }
}

/// What a value with a role carries. `rest` are the words behind it that belong to it.
pub fn of_value(role: Role, value: &Arg, rest: &[Arg], world: &World<'_>) -> Vec<Carried> {
    match role {
        Role::Shell => vec![Carried::Shell { text: value.clone(), arguments: rest.to_vec() }],
        Role::Program | Role::ProgramOnPath if value.text() == Some("") => Vec::new(),
        Role::ProgramOnPath => {
            let path = Arg::known(Text::derived("./path", value.span), value.span);
            vec![Carried::Shell { text: join([value, &path].into_iter()), arguments: Vec::new() }]
        }
        Role::Program => {
            // Nobody types into it, and the arguments that it gets from the carrier are not known.
            let end = Arg::known(Text::derived("< /dev/null", value.span), value.span);
            vec![Carried::Shell { text: join([value, &end].into_iter()), arguments: Vec::new() }]
        }
        Role::Command => vec![Carried::Arguments(std::iter::once(value).chain(rest).cloned().collect())],
        Role::ShellWords => {
            vec![Carried::Shell { text: join(std::iter::once(value).chain(rest)), arguments: Vec::new() }]
        }
        Role::Split => {
            let value = separated(value);
            let end = Arg::known(Text::derived(" \"$@\"", value.span), value.span);
            let name = Arg::known(Text::derived("env", value.span), value.span);
            let arguments = std::iter::once(&name).chain(rest).cloned().collect();
            vec![Carried::Shell { text: join_by("", [&value, &end].into_iter()), arguments }]
        }
        Role::ShellList => shell_lines(value),
        Role::Setting(table) => match settings::carried_value(table, value, world.rules) {
            Some((Role::Itself, value)) => vec![own_line(table.name(), &value)],
            Some((role, value)) => of_value(role, &value, &[], world),
            None => Vec::new(),
        },
        Role::Code(language) => vec![Carried::Code { language, text: value.clone() }],
        Role::Words(Language::Redis) => {
            let text = crate::payload::stores::line(std::iter::once(value).chain(rest));
            vec![Carried::Code { language: Language::Redis, text }]
        }
        Role::Words(language) => {
            vec![Carried::Code { language, text: join(std::iter::once(value).chain(rest)) }]
        }
        Role::File(language) => of_file(language, value, rest, world),
        _ => Vec::new(),
    }
}

/// The words of a setting that are arguments of the program itself, as a line for a shell.
pub fn own_line(program: &str, value: &Arg) -> Carried {
    let program = Arg::known(Text::derived(program, value.span), value.span);
    Carried::Shell { text: join([&program, value].into_iter()), arguments: Vec::new() }
}

/// A file that a shell reads after it has expanded its name as between double quotes.
pub fn quoted_source(name: &Arg) -> Carried {
    let made = |text: &str| Arg::known(Text::derived(text, name.span), name.span);
    Carried::Shell { text: join_by("", [&made(". \""), name, &made("\"")].into_iter()), arguments: Vec::new() }
}

/// A script: judged as a program when the library knows one of its name. Unless that is a project's own
/// (`manage.py`), or stands where programs do (`node_modules/.bin/prisma`), it may still be somebody's file.
fn of_file(language: Language, value: &Arg, rest: &[Arg], world: &World<'_>) -> Vec<Carried> {
    let (folder, name) = value.suffix().rsplit_once('/').unwrap_or(("", value.suffix()));
    let file = Carried::File { language, path: value.clone() };
    let Some(form) = world.rules.program(name) else { return vec![file] };
    let program = Carried::Arguments(std::iter::once(value).chain(rest).cloned().collect());
    if form.style.project || folder.split('/').any(|part| part.ends_with("bin")) {
        return vec![program];
    }
    vec![program, file]
}

/// The shell lines in a JSON list or object, or in `key=[…]` or `key=line`.
fn shell_lines(value: &Arg) -> Vec<Carried> {
    let line = |text: Text| Carried::Shell { text: Arg::known(text, value.span), arguments: Vec::new() };
    let [Piece::Text(text)] = value.pieces.as_slice() else {
        return vec![Carried::Shell { text: value.clone(), arguments: Vec::new() }];
    };
    let string = text.as_str();
    let strings = json_strings(string);
    if strings.is_empty() {
        let start = string.find('=').map_or(0, |equals| equals + 1);
        return vec![line(text.slice(start, string.len()))];
    }
    strings
        .into_iter()
        .map(|(start, end)| {
            let raw = text.slice(start, end);
            if raw.as_str().contains('\\') {
                let plain = raw.as_str().replace("\\\"", "\"").replace("\\n", "\n").replace("\\\\", "\\");
                line(Text::derived(plain, raw.source()))
            } else {
                line(raw)
            }
        })
        .collect()
}

/// Where the strings of a JSON text stand that are no keys, without their quotes.
fn json_strings(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(open) = text[at..].find('"').map(|offset| at + offset) {
        let mut end = open + 1;
        while end < bytes.len() && bytes[end] != b'"' {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        if end >= bytes.len() {
            break;
        }
        let is_key = text[end + 1..].trim_start().starts_with(':');
        if !is_key {
            found.push((open + 1, end));
        }
        at = end + 1;
    }
    found
}

/// Words joined by blanks.
pub fn join<'a>(words: impl Iterator<Item = &'a Arg>) -> Arg {
    join_by(" ", words)
}

/// What `env -S` splits, with a blank for each `\_` (GNU coreutils manual, "env invocation").
fn separated(value: &Arg) -> Arg {
    let mut separated = Arg { span: value.span, ..Arg::default() };
    for piece in &value.pieces {
        let Piece::Text(text) = piece else {
            separated.pieces.push(piece.clone());
            continue;
        };
        let mut from = 0;
        for (at, mark) in text.as_str().match_indices("\\_") {
            push_text(&mut separated.pieces, text.slice(from, at));
            push_text(&mut separated.pieces, Text::derived(" ", text.slice(at, at + mark.len()).source()));
            from = at + mark.len();
        }
        push_text(&mut separated.pieces, text.slice(from, text.as_str().len()));
    }
    separated
}

/// Codes of which those in a row are the lines of one text (`sed -e A -e B`, `vim -c A -c B`).
pub fn one_text(codes: Vec<Carried>) -> Vec<Carried> {
    let mut joined: Vec<Carried> = Vec::with_capacity(codes.len());
    for code in codes {
        match (joined.last_mut(), code) {
            (Some(Carried::Code { language, text }), Carried::Code { language: next, text: more })
                if *language == next =>
            {
                *text = join_by("\n", [&*text, &more].into_iter());
            }
            (_, code) => joined.push(code),
        }
    }
    joined
}

/// Words joined by `separator`.
pub fn join_by<'a>(separator: &str, words: impl Iterator<Item = &'a Arg>) -> Arg {
    let mut joined = Arg::default();
    for (index, word) in words.enumerate() {
        if index == 0 {
            joined.span = word.span;
        } else {
            push_text(&mut joined.pieces, Text::derived(separator, word.span));
            joined.span = joined.span.to(word.span);
        }
        for piece in &word.pieces {
            match piece {
                Piece::Text(text) => push_text(&mut joined.pieces, text.clone()),
                Piece::Hole(hole) => joined.pieces.push(Piece::Hole(hole.clone())),
            }
        }
    }
    joined
}

fn push_text(pieces: &mut Vec<Piece>, text: Text) {
    if let Some(Piece::Text(last)) = pieces.last_mut() {
        last.push(&text);
    } else {
        pieces.push(Piece::Text(text));
    }
}

/// The arguments that a command such as `xargs` adds to what it carries.
pub struct Added {
    /// The arguments, alternatives of each other when `placeholder` is given.
    pub arguments: Vec<Arg>,
    /// What stands for one of them in the carried words; `None`: they are appended.
    pub placeholder: Option<String>,
    /// How many of them one command line gets, where that is not left open.
    pub at_once: AtOnce,
}

/// How many arguments a carried command line gets of those that are appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtOnce {
    /// All of them.
    All,
    /// One (`-n 1`).
    One,
    /// Some: each alone, and all of them, stand for what may come.
    Some,
}

/// What separates the arguments in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    /// Blanks and newlines.
    Blanks,
    /// Newlines.
    Lines,
    /// This character (`-0`, `-d`).
    Only(char),
}

impl Added {
    /// The carried command lines with the arguments put in.
    pub fn apply(&self, words: &[Arg]) -> Vec<Vec<Arg>> {
        match &self.placeholder {
            Some(placeholder) if words.iter().any(|word| word.shown("").contains(placeholder)) => {
                self.each(|argument| words.iter().map(|word| replace(word, placeholder, argument)).collect())
            }
            _ => {
                let all = || vec![words.iter().chain(&self.arguments).cloned().collect()];
                let each = || self.each(|argument| words.iter().chain([argument]).cloned().collect());
                match self.at_once {
                    AtOnce::One if !self.arguments.is_empty() => each(),
                    AtOnce::Some if self.arguments.len() > 1 => all().into_iter().chain(each()).collect(),
                    _ => all(),
                }
            }
        }
    }

    /// A line for each argument. Where these are too many words, a line that nobody can read stands for the rest.
    fn each(&self, line: impl Fn(&Arg) -> Vec<Arg>) -> Vec<Vec<Arg>> {
        let mut lines = Vec::new();
        let mut words = 0;
        for argument in &self.arguments {
            if words > MOST_WORDS {
                let rest = Hole { source: Source::Other, splits: true, may_be_empty: true };
                lines.push(vec![Arg { pieces: vec![Piece::Hole(rest)], span: argument.span }]);
                break;
            }
            let line = line(argument);
            words += line.len();
            lines.push(line);
        }
        lines
    }
}

/// The word with every `placeholder` in its known text replaced.
fn replace(word: &Arg, placeholder: &str, argument: &Arg) -> Arg {
    let mut pieces = Vec::new();
    for piece in &word.pieces {
        let Piece::Text(text) = piece else {
            pieces.push(piece.clone());
            continue;
        };
        let string = text.as_str();
        let mut from = 0;
        while let Some(at) = string[from..].find(placeholder).map(|offset| from + offset) {
            if at > from {
                push_text(&mut pieces, text.slice(from, at));
            }
            for piece in &argument.pieces {
                match piece {
                    Piece::Text(text) => push_text(&mut pieces, text.clone()),
                    Piece::Hole(_) => pieces.push(piece.clone()),
                }
            }
            from = at + placeholder.len();
        }
        if from < string.len() {
            push_text(&mut pieces, text.slice(from, string.len()));
        }
    }
    Arg { pieces, span: word.span }
}

/// The arguments that come from standard input or from a file.
pub fn arguments_from(command: &Command, reading: &Reading<'_>, separator: Separator, world: &World<'_>) -> Vec<Arg> {
    let first = reading.given.first().map(|given| given.word).or(command.argv.first());
    let span = first.map_or_else(Span::default, |word| word.span);
    let hole =
        |source| vec![Arg { pieces: vec![Piece::Hole(Hole { source, splits: true, may_be_empty: true })], span }];
    let file =
        reading.given.iter().find(|given| given.role == Role::ArgumentsFile).and_then(|given| given.values.first());
    if let Some(path) = file {
        return hole(Source::File(Box::new(path.clone().into_owned())));
    }
    match &command.input {
        Input::Text(text) => split(text, separator),
        Input::Nothing => Vec::new(),
        Input::Pipe(steps) => {
            let found: Option<Vec<Vec<Arg>>> =
                steps.iter().map(|step| world.earlier.printed(*step)?.found.clone()).collect();
            match found {
                Some(found) if !steps.is_empty() => found.concat(),
                _ => hole(Source::Output(steps.clone())),
            }
        }
        Input::File(path) => hole(Source::File(Box::new(path.clone()))),
        Input::Inherited | Input::Mixed(_) | Input::Unknown => hole(Source::Other),
    }
}

fn split(text: &Text, separator: Separator) -> Vec<Arg> {
    let string = text.as_str();
    let separates = |c: char| match separator {
        Separator::Blanks => c == '\0' || c.is_whitespace(),
        Separator::Lines => c == '\n' || c == '\0',
        Separator::Only(only) => c == only,
    };
    let mut words = Vec::new();
    let mut from = 0;
    for (at, c) in string.char_indices().chain(std::iter::once((string.len(), '\n'))) {
        if at < string.len() && !separates(c) {
            continue;
        }
        if at > from && words.len() < MAX_ARGUMENTS {
            let (start, end) = match separator {
                Separator::Only(_) => (from, at),
                _ => unquoted(string, from, at),
            };
            let word = text.slice(start, end);
            let span = word.source();
            words.push(Arg::known(word, span));
        }
        from = at + c.len_utf8();
    }
    words
}

/// `xargs` takes quotes off.
fn unquoted(string: &str, from: usize, to: usize) -> (usize, usize) {
    let word = &string[from..to];
    let quoted = word.len() >= 2 && ['"', '\''].iter().any(|quote| word.starts_with(*quote) && word.ends_with(*quote));
    if quoted { (from + 1, to - 1) } else { (from, to) }
}
