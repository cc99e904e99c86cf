//! The commands of the `mysql` client, short (`\!`) and long (`system`).

use super::super::Session;
use super::super::lexer::Token;
use super::super::reader::Reader;
use super::{operand, output, trimmed};
use crate::text::Text;

/// What a command does.
#[derive(Clone, Copy)]
enum Does {
    /// Ends the statement in front of it.
    Sends,
    /// Runs a line in a shell.
    Shell,
    /// Runs a file of statements.
    Source,
    /// Writes a copy of everything into a file.
    Tee,
    /// Sends output through a program.
    Pager,
    /// Changes what ends a statement.
    Delimiter,
    /// Starts an editor.
    Edits,
    /// Changes the session or the display, and takes the rest of the line.
    Session,
}

/// The short commands.
fn short_command(letter: u8) -> Option<Does> {
    Some(match letter {
        b'g' | b'G' | b'c' | b'p' => Does::Sends,
        b'!' => Does::Shell,
        b'.' => Does::Source,
        b'T' => Does::Tee,
        b'P' => Does::Pager,
        b'd' => Does::Delimiter,
        b'e' => Does::Edits,
        b'u' | b'r' | b'R' | b'C' | b'h' | b'?' | b's' | b'q' | b'n' | b't' | b'w' | b'W' | b'x' | b'#' => {
            Does::Session
        }
        _ => return None,
    })
}

/// The long commands.
fn long_command(word: &str) -> Option<Does> {
    const SESSION: &[&str] = &[
        "use",
        "connect",
        "prompt",
        "charset",
        "help",
        "status",
        "quit",
        "exit",
        "nopager",
        "notee",
        "warnings",
        "nowarning",
        "rehash",
        "resetconnection",
        "print",
        "clear",
        "query_attributes",
    ];
    Some(match word.to_ascii_lowercase().as_str() {
        "system" => Does::Shell,
        "source" => Does::Source,
        "tee" => Does::Tee,
        "pager" => Does::Pager,
        "delimiter" => Does::Delimiter,
        "edit" => Does::Edits,
        "go" | "ego" => Does::Sends,
        word if SESSION.contains(&word) => Does::Session,
        _ => return None,
    })
}

/// Reads the command behind the backslash `token`.
pub(in super::super) fn short(reader: &mut Reader<'_>, session: &mut Session, token: &Token) -> bool {
    let Some(&letter) = reader.source().as_bytes().get(token.end) else { return false };
    let Some(does) = short_command(letter) else { return false };
    run(reader, session, does, token.end + 1);
    true
}

/// Reads the command that `token` names, at the start of a statement.
pub(in super::super) fn long(reader: &mut Reader<'_>, session: &mut Session, token: &Token) -> bool {
    let word = reader.source().get(token.start..token.end).unwrap_or("");
    let Some(does) = long_command(word) else { return false };
    run(reader, session, does, token.end);
    true
}

fn run(reader: &mut Reader<'_>, session: &mut Session, does: Does, from: usize) {
    let end = reader.line_end(from);
    let rest = || operand(reader.text, from, end);
    match does {
        Does::Sends => {
            reader.finish(session);
            reader.lexer.at = from;
            return;
        }
        Does::Session => {
            let line = reader.source().get(from..end).unwrap_or("");
            reader.lexer.at = from + line.find(';').map_or(line.len(), |semicolon| semicolon + 1);
            return;
        }
        Does::Shell => shell(session, trimmed(reader.text, from, end)),
        Does::Source => session.include(rest()),
        Does::Tee => output(session, rest()),
        Does::Pager => shell(session, rest()),
        Does::Edits => session.mutates(),
        Does::Delimiter => {
            let delimiter = reader.source().get(from..end).unwrap_or("").split_whitespace().next();
            reader.delimiter = delimiter.filter(|delimiter| *delimiter != ";");
        }
    }
    reader.lexer.at = end;
}

fn shell(session: &mut Session, line: Text) {
    if !line.is_empty() {
        session.shell(line);
    }
}
