//! The backslash commands of `psql`.

use super::super::lexer::{Kind, Token};
use super::super::reader::Reader;
use super::super::statement::Statement;
use super::super::{Session, reasons};
use super::{arguments, output, trimmed};

/// Commands that only show something, change the session or its display.
const READING: &[&str] = &[
    "l",
    "list",
    "z",
    "sf",
    "sv",
    "x",
    "a",
    "t",
    "f",
    "h",
    "help",
    "?",
    "q",
    "quit",
    "c",
    "connect",
    "conninfo",
    "timing",
    "pset",
    "echo",
    "qecho",
    "warn",
    "unset",
    "encoding",
    "errverbose",
    "html",
    "H",
    "C",
    "T",
    "prompt",
    "cd",
    "if",
    "elif",
    "else",
    "endif",
    "p",
    "print",
    "r",
    "reset",
    "bind",
    "lo_list",
    "getenv",
    "copyright",
    "title",
    "restrict",
    "unrestrict",
    "parse",
    "close",
    "bind_named",
    "startpipeline",
    "endpipeline",
    "syncpipeline",
    "flushrequest",
    "getresults",
    "flush",
    "sendpipeline",
    ".",
    "gdesc",
    "gset",
    "crosstabview",
    "watch",
];

/// Commands that send the statement in front of them.
const SENDING: &[&str] = &["g", "gx", "gexec", "gset", "gdesc", "crosstabview", "watch", "bind", "parse"];

/// Variables of the environment that name a program which `psql` starts.
const PROGRAMS: &[&str] =
    &["PAGER", "PSQL_PAGER", "PSQL_WATCH_PAGER", "EDITOR", "PSQL_EDITOR", "VISUAL", "SHELL", "COMSPEC"];

/// Reads the command behind the backslash `token`.
pub(in super::super) fn command(reader: &mut Reader<'_>, session: &mut Session, token: &Token) -> bool {
    let source = reader.source();
    let start = token.end;
    let line_end = reader.line_end(start);
    let line = source.get(start..line_end).unwrap_or("");
    if line.starts_with('\\') || line.starts_with(';') || line.starts_with(':') {
        if line.starts_with(';') {
            reader.finish(session);
        }
        reader.lexer.at = start + 1;
        return true;
    }
    if line.starts_with('!') {
        shell_line(reader, session, start + 1, line_end);
        return true;
    }
    let name_length = line.find(|c: char| c.is_whitespace() || c == '\\').unwrap_or(line.len());
    let name = line.get(..name_length).unwrap_or("");
    let from = start + name_length;
    if name == "copy" {
        copy(reader, session, start, line_end);
        return true;
    }
    let end = command_end(source, from, line_end);
    backticks(reader, session, from, end);
    if SENDING.contains(&name) {
        if name == "gexec" {
            session.run_printed(Statement { text: reader.text, tokens: &reader.pending });
        }
        reader.finish(session);
    }
    run(reader, session, name, token.start, from, end);
    reader.lexer.at = end;
    true
}

/// What a command does by its name.
fn run(reader: &Reader<'_>, session: &mut Session, name: &str, start: usize, from: usize, end: usize) {
    let words = || arguments(reader.text, from, end);
    let word = |index: usize| words().into_iter().nth(index).unwrap_or_default();
    match name {
        "i" | "ir" | "include" | "include_relative" => session.include(word(0)),
        "o" | "out" | "w" | "write" | "s" | "g" | "gx" => output(session, target(reader, from, end)),
        "set" => remember(session, words()),
        "setenv" => {
            if PROGRAMS.contains(&word(0).as_str()) {
                session.shell(word(1));
            }
        }
        "password" => {
            let span = reader.text.locate(crate::span::Span::new(start, end));
            session.outcome.find(&reasons::ACCOUNT, span, word(0).as_str());
        }
        "lo_unlink" => {
            let span = reader.text.locate(crate::span::Span::new(start, end));
            session.outcome.find(&reasons::DROP, span, word(0).as_str());
        }
        "lo_export" => session.writes(word(1)),
        _ if name.starts_with('d')
            || READING.contains(&name)
            || READING.contains(&name.trim_end_matches(['+', 'S', 'x'])) => {}
        _ => session.mutates(),
    }
}

/// `\set name part part`: the parts are joined.
fn remember(session: &mut Session, words: Vec<crate::text::Text>) {
    let mut words = words.into_iter();
    let Some(name) = words.next() else { return };
    let value = words.fold(crate::text::Text::default(), |mut value, word| {
        value.push(&word);
        value
    });
    session.remember(name.as_str(), value);
}

/// The file or program that output goes to, behind options in parentheses (`\g (format=csv) file`).
fn target(reader: &Reader<'_>, from: usize, end: usize) -> crate::text::Text {
    let rest = reader.source().get(from..end).unwrap_or("");
    let skipped = match rest.trim_start().starts_with('(') {
        true => rest.find(')').map_or(0, |close| close + 1),
        false => 0,
    };
    let target = trimmed(reader.text, from + skipped, end);
    if target.as_str().starts_with('|') {
        return target;
    }
    arguments(reader.text, from + skipped, end).into_iter().next().unwrap_or_default()
}

/// `\! line`.
fn shell_line(reader: &mut Reader<'_>, session: &mut Session, from: usize, end: usize) {
    let line = trimmed(reader.text, from, end);
    if line.is_empty() {
        session.mutates();
    } else {
        session.shell(line);
    }
    reader.lexer.at = end;
}

/// `\copy …`: the statement's form, but the files and programs are here.
fn copy(reader: &mut Reader<'_>, session: &mut Session, from: usize, end: usize) {
    reader.lexer.at = from;
    let mut tokens = Vec::new();
    while let Some(token) = reader.lexer.next().filter(|token| token.start < end) {
        if token.kind == Kind::Unterminated {
            session.outcome.find(&reasons::UNREADABLE, reader.text.locate(token.span()), "");
        }
        tokens.push(token);
    }
    session.statement(Statement { text: reader.text, tokens: &tokens });
    reader.lexer.at = end;
}

/// Text in backquotes among the arguments is run by a shell.
fn backticks(reader: &Reader<'_>, session: &mut Session, from: usize, end: usize) {
    let bytes = reader.source().as_bytes();
    let mut open = None;
    let mut in_string = false;
    for at in from..end {
        match (bytes.get(at), open) {
            (Some(b'\''), None) => in_string = !in_string,
            (Some(b'`'), None) if !in_string => open = Some(at + 1),
            (Some(b'`'), Some(start)) => {
                session.shell(reader.text.slice(start, at));
                open = None;
            }
            _ => {}
        }
    }
}

/// Where the arguments of a command end: at a backslash outside quotes, or with the line.
fn command_end(source: &str, from: usize, line_end: usize) -> usize {
    let mut quote = None;
    for (offset, byte) in source.as_bytes().get(from..line_end).unwrap_or(&[]).iter().enumerate() {
        match (quote, byte) {
            (None, b'\\') => return from + offset,
            (None, b'\'' | b'"' | b'`') => quote = Some(*byte),
            (Some(open), byte) if open == *byte => quote = None,
            _ => {}
        }
    }
    line_end
}
