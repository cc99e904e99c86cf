//! The commands of the clients themselves: they run shells, read files and write files.

mod mysql;
mod psql;
mod sqlcmd;
mod sqlite;

use super::lexer::{Kind, Token};
use super::reader::Reader;
use super::{Dialect, Session};
use crate::text::Text;

/// Reads the client's command that starts at `token`, which has just been read; tells whether there is one.
pub(super) fn command(reader: &mut Reader<'_>, session: &mut Session, token: &Token) -> bool {
    // Inside the server nobody reads client commands.
    if session.is_inner() {
        return false;
    }
    let starts = reader.pending.is_empty();
    match (session.dialect, token.kind) {
        (Dialect::Postgres, Kind::Sign(b'\\')) => psql::command(reader, session, token),
        (Dialect::Mysql, Kind::Sign(b'\\')) => mysql::short(reader, session, token),
        (Dialect::Mysql, Kind::Word) if starts => mysql::long(reader, session, token),
        (Dialect::Sqlite | Dialect::Duckdb, Kind::Sign(b'.')) if starts => sqlite::command(reader, session, token),
        (Dialect::SqlServer, Kind::Word | Kind::Sign(b':' | b'!')) => sqlcmd::command(reader, session, token),
        (Dialect::Generic, Kind::Sign(b'!')) if starts => sqlcmd::bang(reader, session, token),
        (Dialect::Generic, Kind::Word) if starts => sqlcmd::oracle(reader, session, token),
        _ => false,
    }
}

/// A command's words between `from` and `to`, without their quotes. In double quotes a backslash hides a character.
fn arguments(text: &Text, from: usize, to: usize) -> Vec<Text> {
    let bytes = text.as_str().as_bytes();
    let mut arguments = Vec::new();
    let mut at = from;
    while at < to {
        if bytes.get(at).is_none_or(u8::is_ascii_whitespace) {
            at += 1;
            continue;
        }
        let mut argument = Text::default();
        while at < to && bytes.get(at).is_some_and(|byte| !byte.is_ascii_whitespace()) {
            at = part(text, at, to, &mut argument);
        }
        arguments.push(argument);
    }
    arguments
}

/// Appends the quoted or plain part of a word that starts at `at`; tells where it ends.
fn part(text: &Text, at: usize, to: usize, argument: &mut Text) -> usize {
    let bytes = text.as_str().as_bytes();
    let find = |wanted: &dyn Fn(u8) -> bool, from: usize| {
        (from..to).find(|&index| bytes.get(index).is_some_and(|&byte| wanted(byte))).unwrap_or(to)
    };
    match bytes.get(at) {
        Some(&quote @ (b'\'' | b'"' | b'`')) => {
            let end = find(&|byte| byte == quote, at + 1);
            argument.push(&text.slice(at + 1, end));
            end + 1
        }
        _ => {
            let end = find(&|byte| byte.is_ascii_whitespace() || matches!(byte, b'\'' | b'"' | b'`'), at + 1);
            argument.push(&text.slice(at, end));
            end
        }
    }
}

/// The text between `from` and `to` without the blanks around it.
fn trimmed(text: &Text, from: usize, to: usize) -> Text {
    let part = text.as_str().get(from..to).unwrap_or("");
    let start = from + (part.len() - part.trim_start().len());
    text.slice(start, start + part.trim().len())
}

/// The text between `from` and `to` without blanks and a semicolon at its end.
fn operand(text: &Text, from: usize, to: usize) -> Text {
    let part = trimmed(text, from, to);
    let length = part.as_str().trim_end_matches(';').trim_end().len();
    part.slice(0, length)
}

/// Output that goes to `target`: a program behind `|`, a file, or back to the terminal when nothing is named.
fn output(session: &mut Session, target: Text) {
    match target.as_str() {
        "" | "stdout" | "off" | "pstdout" => {}
        program if program.starts_with('|') => {
            let length = program.len();
            session.shell(target.slice(1, length));
        }
        _ => session.writes(target),
    }
}
