//! What following gives, as text: one line a step.
//!
//! Arguments stand as they are, in quotes where they hold blanks. `<home>` is a hole; `?` behind it says that it
//! may be empty, `..` that it may fall into several words. `@` names the working folder, `<<` what comes on
//! standard input.

mod control;
mod endless;
mod evaluate;
mod pipes;
mod real;
mod variables;

use super::*;
use crate::facts::NoFacts;
use step::{Command, Folder, Hole, Input, Piece, Source as Filler};

/// Follows a program of which nothing is known but its text.
fn steps(text: &str) -> Vec<String> {
    shown(&follow(&Text::request(text), &Start::default(), &NoFacts, &|_| Vec::new()))
}

fn shown(followed: &Followed) -> Vec<String> {
    followed.steps.iter().map(step).collect()
}

/// Checks a table of programs and the steps that they give.
fn check(cases: &[(&str, &[&str])]) {
    for (text, expected) in cases {
        let got = steps(text);
        assert_eq!(got, *expected, "{text}");
    }
}

fn step(step: &Step) -> String {
    let mut line = match &step.action {
        Action::Command(command) => self::command(command),
        Action::Endless { because } => format!("ENDLESS {because}"),
        Action::Unreadable { because } => format!("UNREADABLE {because}"),
        Action::SourcedFile(path) => format!("SOURCED {}", arg(path)),
    };
    match &step.context.folder {
        Folder::Start => {}
        folder => line.push_str(&format!(" @{}", self::folder(folder))),
    }
    line
}

fn folder(folder: &Folder) -> String {
    match folder {
        Folder::Start => ".".to_owned(),
        Folder::Either(_) | Folder::Unknown => "?".to_owned(),
        Folder::Changed(change) if change.from == Folder::Start => arg(&change.to),
        Folder::Changed(change) => format!("{}/{}", self::folder(&change.from), arg(&change.to)),
    }
}

fn command(command: &Command) -> String {
    let mut words = Vec::new();
    words.extend(command.assignments.iter().map(|(name, value)| format!("{name}={}", arg(value))));
    words.extend(command.argv.iter().map(arg));
    for redirection in &command.redirections {
        let descriptor = redirection.descriptor.map_or_else(String::new, |number| number.to_string());
        words.push(format!("{descriptor}{}{}", redirection.operator.as_str(), arg(&redirection.target)));
    }
    match &command.input {
        Input::Inherited => {}
        Input::Nothing => words.push("<<nothing".to_owned()),
        Input::Text(text) => words.push(format!("<<{}", format!("{:?}", text.as_str()).replace('"', "'"))),
        Input::Mixed(mixed) => words.push(format!("<<{}", arg(mixed))),
        Input::File(path) => words.push(format!("<<file {}", arg(path))),
        Input::Pipe(steps) => words.push(format!("<<{steps:?}")),
        Input::Unknown => words.push("<<unknown".to_owned()),
    }
    words.join(" ")
}

fn arg(arg: &Arg) -> String {
    let text: String = arg.pieces.iter().map(piece).collect();
    let plain = !text.is_empty()
        && !arg.pieces.iter().any(|piece| {
            matches!(piece, Piece::Text(text)
        if text.as_str().contains(|c: char| c.is_whitespace() || c == '\'' || c == '<'))
        });
    if plain { text } else { format!("{text:?}").replace('"', "'") }
}

fn piece(piece: &Piece) -> String {
    match piece {
        Piece::Text(text) => text.as_str().to_owned(),
        Piece::Hole(hole) => self::hole(hole),
    }
}

fn hole(hole: &Hole) -> String {
    let source = match &hole.source {
        Filler::Home => "home".to_owned(),
        Filler::StartFolder => "start".to_owned(),
        Filler::FreshTemporary(_) => "fresh".to_owned(),
        Filler::TemporaryFolder => "tmp".to_owned(),
        Filler::Number => "number".to_owned(),
        Filler::Glob(pattern) => return format!("<{pattern}>"),
        Filler::Variable(name) => format!("${name}"),
        Filler::Output(steps) => format!("out {steps:?}"),
        Filler::Process(steps) => format!("proc {steps:?}"),
        Filler::File(path) => format!("file {}", arg(path)),
        Filler::Other => "other".to_owned(),
    };
    let empty = if hole.may_be_empty { "?" } else { "" };
    let splits = if hole.splits { ".." } else { "" };
    format!("<{source}{empty}{splits}>")
}
