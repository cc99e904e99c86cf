//! The dot commands of `sqlite3` and `duckdb`.

use super::super::lexer::Token;
use super::super::reader::Reader;
use super::super::{Session, reasons};
use super::{arguments, output, trimmed};
use crate::payload::PathRole;
use crate::span::Span;
use crate::text::Text;

/// What a command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Does {
    /// Shows something, or changes the session or the display.
    Reads,
    /// Runs its arguments in a shell.
    Shell,
    /// Runs a file of statements, or what a program prints.
    Source,
    /// Sends output to a file or a program.
    Output,
    /// Reads a file, or what a program prints, into a table.
    Import,
    /// Writes the database or a part of it into the file that is named last.
    Saves,
    /// Reads a file over the database.
    Restores,
    /// Opens another database.
    Opens,
    /// Works on an archive.
    Archive,
    /// Changes something else.
    Mutates,
}

/// The commands, in the order in which an abbreviation is looked up: the worst first.
const COMMANDS: &[(&str, Does)] = &[
    ("shell", Does::Shell),
    ("system", Does::Shell),
    ("read", Does::Source),
    ("restore", Does::Restores),
    ("output", Does::Output),
    ("once", Does::Output),
    ("import", Does::Import),
    ("backup", Does::Saves),
    ("save", Does::Saves),
    ("clone", Does::Saves),
    ("log", Does::Saves),
    ("trace", Does::Saves),
    ("open", Does::Opens),
    ("archive", Does::Archive),
    ("ar", Does::Archive),
    ("load", Does::Mutates),
    ("excel", Does::Mutates),
    ("www", Does::Mutates),
    ("edit", Does::Mutates),
    ("session", Does::Mutates),
    ("unmodule", Does::Mutates),
    ("imposter", Does::Mutates),
    ("vfsname", Does::Reads),
    ("filectrl", Does::Mutates),
    ("auth", Does::Reads),
    ("bail", Does::Reads),
    ("binary", Does::Reads),
    ("cd", Does::Reads),
    ("changes", Does::Reads),
    ("check", Does::Reads),
    ("columns", Does::Reads),
    ("connection", Does::Reads),
    ("constant", Does::Reads),
    ("crlf", Does::Reads),
    ("databases", Does::Reads),
    ("dbconfig", Does::Reads),
    ("dbinfo", Does::Reads),
    ("dump", Does::Reads),
    ("echo", Does::Reads),
    ("eqp", Does::Reads),
    ("exit", Does::Reads),
    ("expert", Does::Reads),
    ("explain", Does::Reads),
    ("fullschema", Does::Reads),
    ("headers", Does::Reads),
    ("help", Does::Reads),
    ("highlight", Does::Reads),
    ("indexes", Does::Reads),
    ("indices", Does::Reads),
    ("intck", Does::Reads),
    ("limit", Does::Reads),
    ("lint", Does::Reads),
    ("maxrows", Does::Reads),
    ("maxwidth", Does::Reads),
    ("mode", Does::Reads),
    ("nonce", Does::Reads),
    ("nullvalue", Does::Reads),
    ("parameter", Does::Reads),
    ("print", Does::Reads),
    ("progress", Does::Reads),
    ("prompt", Does::Reads),
    ("quit", Does::Reads),
    ("recover", Does::Reads),
    ("rows", Does::Reads),
    ("scanstats", Does::Reads),
    ("schema", Does::Reads),
    ("selftest", Does::Reads),
    ("separator", Does::Reads),
    ("sha3sum", Does::Reads),
    ("show", Does::Reads),
    ("stats", Does::Reads),
    ("tables", Does::Reads),
    ("testcase", Does::Reads),
    ("testctrl", Does::Reads),
    ("timeout", Does::Reads),
    ("timer", Does::Reads),
    ("version", Does::Reads),
    ("vfsinfo", Does::Reads),
    ("vfslist", Does::Reads),
    ("width", Does::Reads),
    ("sh", Does::Shell),
];

/// Reads the command behind the dot `token`.
pub(in super::super) fn command(reader: &mut Reader<'_>, session: &mut Session, token: &Token) -> bool {
    let end = reader.line_end(token.end);
    let line = reader.source().get(token.end..end).unwrap_or("");
    let length = line.find(|c: char| c.is_whitespace()).unwrap_or(line.len());
    let name = line.get(..length).unwrap_or("").to_ascii_lowercase();
    let does = COMMANDS.iter().find(|(known, _)| *known == name).or_else(|| abbreviated(&name)).map(|(_, does)| *does);
    let call = Call { text: reader.text, start: token.start, from: token.end + length, end };
    run(session, &call, does.unwrap_or(Does::Mutates));
    reader.lexer.at = end;
    true
}

fn abbreviated(name: &str) -> Option<&'static (&'static str, Does)> {
    if name.is_empty() { None } else { COMMANDS.iter().find(|(known, _)| known.starts_with(name)) }
}

/// A command: where its dot stands, and its arguments.
struct Call<'a> {
    text: &'a Text,
    start: usize,
    from: usize,
    end: usize,
}

impl Call<'_> {
    fn rest(&self) -> Text {
        trimmed(self.text, self.from, self.end)
    }

    fn operands(&self) -> Vec<Text> {
        let words = arguments(self.text, self.from, self.end);
        words.into_iter().filter(|word| !word.as_str().starts_with('-')).collect()
    }

    fn has_option(&self, name: &str) -> bool {
        let words = arguments(self.text, self.from, self.end);
        words.iter().any(|word| word.as_str().trim_start_matches('-') == name && word.as_str().starts_with('-'))
    }

    fn span(&self) -> Span {
        self.text.locate(Span::new(self.start, self.end))
    }
}

fn run(session: &mut Session, call: &Call<'_>, does: Does) {
    let first = || call.operands().into_iter().next().unwrap_or_default();
    match does {
        Does::Reads => {}
        Does::Shell => session.shell(call.rest()),
        Does::Output => output(session, program_or(call.rest(), first())),
        Does::Source | Does::Import => {
            let source = program_or(call.rest(), first());
            if does == Does::Import {
                session.mutates();
            }
            if source.as_str().starts_with('|') {
                output(session, source.clone());
                // What the program prints is run as SQL.
                if does == Does::Source {
                    session.outcome.find(&reasons::OPAQUE, call.span(), "");
                }
            } else if does == Does::Source {
                session.include(source);
            }
        }
        Does::Saves => {
            if let Some(path) = call.operands().pop().filter(|path| path.as_str() != "off") {
                session.writes(path);
            }
        }
        Does::Restores => session.outcome.find(&reasons::RESTORE, call.span(), first().as_str()),
        Does::Opens => {
            session.mutates();
            if call.has_option("new") {
                session.path(PathRole::Empties, first());
            }
        }
        Does::Archive => archive(session, call),
        Does::Mutates => session.mutates(),
    }
}

/// A program behind `|` takes the rest of the line, unless it is quoted.
fn program_or(rest: Text, word: Text) -> Text {
    if rest.as_str().starts_with('|') { rest } else { word }
}

/// `.archive`: lists, or changes an archive or the files that come out of it.
fn archive(session: &mut Session, call: &Call<'_>) {
    let word = arguments(call.text, call.from, call.end).into_iter().next().unwrap_or_default();
    let option = word.as_str();
    if option == "--remove" || (option.trim_start_matches('-').starts_with('r') && !option.starts_with("--")) {
        session.outcome.find(&reasons::DELETE, call.span(), "");
    } else if option != "--list" && !option.trim_start_matches('-').starts_with('t') {
        session.mutates();
    }
}
