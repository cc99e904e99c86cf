//! The commands of `sqlcmd`, and those of clients of other databases that start a shell or read a file.

use super::super::Session;
use super::super::lexer::{Kind, Token};
use super::super::reader::Reader;
use super::{operand, output, trimmed};

/// Reads `GO`, `:r file`, `!!line` and their kin, which stand at the start of a line.
pub(in super::super) fn command(reader: &mut Reader<'_>, session: &mut Session, token: &Token) -> bool {
    let is_word = token.kind == Kind::Word;
    let word = reader.source().get(token.start..token.end).unwrap_or("");
    if (is_word && !word.eq_ignore_ascii_case("go")) || !reader.starts_line(token.start) {
        return false;
    }
    let end = reader.line_end(token.end);
    if is_word {
        let rest = reader.source().get(token.end..end).unwrap_or("").trim();
        if !rest.bytes().all(|byte| byte.is_ascii_digit()) {
            return false;
        }
        reader.finish(session);
        reader.lexer.at = end;
        return true;
    }
    let line = reader.source().get(token.start..end).unwrap_or("");
    let name = line.trim_start_matches(':');
    if name.starts_with("!!") {
        let from = token.start + (line.len() - name.len()) + 2;
        session.shell(trimmed(reader.text, from, end));
    } else if line.starts_with(':') {
        let length = name.find(char::is_whitespace).unwrap_or(name.len());
        let from = token.start + 1 + length;
        colon(reader, session, name.get(..length).unwrap_or(""), from, end);
    } else {
        return false;
    }
    reader.lexer.at = end;
    true
}

/// A command behind a colon.
fn colon(reader: &Reader<'_>, session: &mut Session, name: &str, from: usize, end: usize) {
    match name.to_ascii_lowercase().as_str() {
        "r" => session.include(operand(reader.text, from, end)),
        "out" | "error" | "perftrace" => match operand(reader.text, from, end) {
            target if matches!(target.as_str(), "stdout" | "stderr" | "STDOUT" | "STDERR") => {}
            target => output(session, target),
        },
        "ed" => session.mutates(),
        "setvar" => {
            let rest = trimmed(reader.text, from, end);
            let length = rest.as_str().find(char::is_whitespace).unwrap_or(rest.as_str().len());
            let value = trimmed(&rest, length, rest.as_str().len());
            session.remember(rest.as_str().get(..length).unwrap_or(""), value);
        }
        _ => {}
    }
}

/// `!system line`, `!sh line`, `!source file`: SnowSQL, beeline, SQL*Plus.
pub(in super::super) fn bang(reader: &mut Reader<'_>, session: &mut Session, token: &Token) -> bool {
    let end = reader.line_end(token.end);
    let line = reader.source().get(token.end..end).unwrap_or("");
    let length = line.find(char::is_whitespace).unwrap_or(line.len());
    let from = token.end + length;
    const SESSION: &[&str] = &[
        "set",
        "quit",
        "exit",
        "help",
        "connect",
        "tables",
        "columns",
        "describe",
        "options",
        "print",
        "define",
        "variables",
        "queries",
        "result",
        "pause",
    ];
    match line.get(..length).unwrap_or("") {
        "system" | "sh" => session.shell(trimmed(reader.text, from, end)),
        "source" | "run" | "load" => session.include(operand(reader.text, from, end)),
        "spool" | "record" => output(session, operand(reader.text, from, end)),
        name if SESSION.contains(&name) => {}
        // In SQL*Plus what stands behind the sign is the line itself.
        _ => session.shell(trimmed(reader.text, token.end, end)),
    }
    reader.lexer.at = end;
    true
}

/// `HOST line`, `SPOOL file`, `@file`: SQL*Plus and sqlcl.
pub(in super::super) fn oracle(reader: &mut Reader<'_>, session: &mut Session, token: &Token) -> bool {
    let end = reader.line_end(token.end);
    let word = reader.source().get(token.start..token.end).unwrap_or("").to_ascii_lowercase();
    match word.as_str() {
        "host" => session.shell(trimmed(reader.text, token.end, end)),
        "spool" => output(session, operand(reader.text, token.end, end)),
        word if word.starts_with('@') => {
            let from = token.start + (word.len() - word.trim_start_matches('@').len());
            session.include(operand(reader.text, from, end));
        }
        _ => return false,
    }
    reader.lexer.at = end;
    true
}
