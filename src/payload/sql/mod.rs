//! Reads SQL as the clients of the databases do, with their own commands in between.
//!
//! Takes a text, gives an [`Outcome`]: statements that drop, delete, empty or change, and the shell lines and files
//! that client commands carry. Reads tokens and the heads of statements, not a grammar: what a statement does shows
//! in its verbs, and a grammar would only know the statements of its own time.

mod admin;
mod change;
mod client;
mod condition;
mod define;
pub(in crate::payload) mod dialect;
mod dynamic;
mod functions;
mod judge;
pub(in crate::payload) mod lexer;
mod reader;
mod reasons;
pub(in crate::payload) mod statement;

use super::Outcome;
use crate::effect::Class;
use crate::text::Text;

pub use dialect::Dialect;
use dialect::Lexis;

/// Longer texts are not read.
const LONGEST: usize = 4 << 20;
/// Code in strings in code in strings is followed to this depth.
const DEEPEST: usize = 6;
/// Variables, routines and prepared statements that are remembered.
const MOST_NAMES: usize = 256;

/// Reads `text`.
pub fn read(dialect: Dialect, text: &Text) -> Outcome {
    let lexis = dialect.lexis();
    let outcome = read_with(dialect, lexis, text);
    if dialect != Dialect::Generic || !has_escaped_quote(text.as_str()) {
        return outcome;
    }
    // Some of these databases know backslashes in strings and some do not: the worse of the readings counts, but a
    // reading in which a string does not end is none.
    let other = read_with(dialect, Lexis { backslashes: true, ..lexis }, text);
    let ends = |outcome: &Outcome| !outcome.findings.iter().any(|finding| finding.rule == reasons::UNREADABLE.rule);
    match (ends(&outcome), ends(&other)) {
        (true, false) => outcome,
        (false, true) => other,
        _ if other.class > outcome.class => other,
        _ => outcome,
    }
}

fn read_with(dialect: Dialect, lexis: Lexis, text: &Text) -> Outcome {
    let mut session = Session {
        dialect,
        lexis,
        outcome: Outcome::read_only(),
        variables: Vec::new(),
        routines: Vec::new(),
        depth: 0,
    };
    session.text(text);
    session.outcome
}

fn has_escaped_quote(text: &str) -> bool {
    text.as_bytes().windows(2).any(|pair| matches!(pair, [b'\\', b'\'' | b'"']))
}

/// A client's session: what was found so far, and what later statements may refer to.
struct Session {
    dialect: Dialect,
    lexis: Lexis,
    outcome: Outcome,
    /// Constant texts of variables, latest last.
    variables: Vec<(String, Text)>,
    /// Destructive functions, procedures and prepared statements that the text defines.
    routines: Vec<(String, Outcome)>,
    /// How many texts in texts this one is.
    depth: usize,
}

impl Session {
    /// Runs `reading` one level deeper; finds the text opaque when that is too deep.
    fn deeper(&mut self, text: &Text, reading: impl FnOnce(&mut Session)) {
        if self.depth >= DEEPEST {
            self.outcome.find(&reasons::TOO_DEEP, text.source(), "");
            return;
        }
        self.depth += 1;
        reading(self);
        self.depth -= 1;
    }

    /// What `reading` finds, without adding it to what was found.
    fn aside(&mut self, reading: impl FnOnce(&mut Session)) -> Outcome {
        let before = std::mem::replace(&mut self.outcome, Outcome::read_only());
        reading(self);
        std::mem::replace(&mut self.outcome, before)
    }

    /// Whether the text is code inside the server (a function's body, a `DO` block) or inside a string.
    fn is_inner(&self) -> bool {
        self.depth > 0
    }

    /// Something changes.
    fn mutates(&mut self) {
        self.outcome.raise(Class::Mutating);
    }

    /// Remembers the text of a variable.
    fn remember(&mut self, name: &str, text: Text) {
        if self.variables.len() < MOST_NAMES {
            self.variables.push((name.to_ascii_lowercase(), text));
        }
    }

    /// The texts that a variable had.
    fn values(&self, name: &str) -> Vec<Text> {
        let name = name.to_ascii_lowercase();
        self.variables.iter().filter(|(known, _)| *known == name).map(|(_, text)| text.clone()).collect()
    }

    /// Remembers what a routine does when it is called, where that is destructive.
    fn define(&mut self, name: &str, outcome: Outcome) {
        if outcome.class == Class::Destructive && self.routines.len() < MOST_NAMES {
            self.routines.push((name.to_ascii_lowercase(), outcome));
        }
    }

    /// Adds what the routine `name` does; tells whether it is known.
    fn call(&mut self, name: &str) -> bool {
        if self.routines.is_empty() {
            return false;
        }
        let name = name.to_ascii_lowercase();
        let called: Vec<Outcome> =
            self.routines.iter().filter(|(known, _)| *known == name).map(|(_, outcome)| outcome.clone()).collect();
        let known = !called.is_empty();
        for outcome in called {
            self.outcome.merge(outcome);
        }
        known
    }
}

#[cfg(test)]
mod tests;
