//! Reads shell text into a syntax tree, exactly as bash does.
//!
//! Takes a text, gives a [`Script`] or a [`ParseError`]. Knows the grammar, quoting and here-documents;
//! knows nothing of what any command means.

mod ansi;
pub mod ast;
pub mod brace;
mod command;
mod compound;
mod condition;
mod fill;
mod heredoc;
mod inside;
mod limits;
mod list;
mod literal;
mod parameter;
mod parser;
mod parts;
mod redirect;
mod reserved;
mod simple;
pub mod steps;
mod substitution;
mod word;

pub use ast::Script;

use crate::span::Span;
use limits::{Budget, MAX_TEXT};
use parser::{Origin, Parser, Shared};

/// The shell whose grammar is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// GNU bash 5.2, not in POSIX mode.
    #[default]
    Bash,
    /// dash, and `sh` where it is dash.
    Posix,
    /// zsh, as far as it reads the same.
    Zsh,
}

/// Why a text was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// What is wrong, as half a sentence.
    pub reason: &'static str,
    /// Where.
    pub span: Span,
}

/// Reads a whole program.
///
/// # Errors
///
/// Returns the first place that bash would not accept, or that guard will not read.
pub fn parse(text: &str, dialect: Dialect) -> Result<Script, ParseError> {
    if text.len() > MAX_TEXT {
        return Err(ParseError { reason: "the text is too long", span: Span::new(0, text.len()) });
    }
    if let Some(offset) = text.find('\0') {
        return Err(ParseError { reason: "there is a NUL in the text", span: Span::new(offset, offset + 1) });
    }
    let shared = Shared { budget: Budget::for_text(text.len()), bodies: Vec::new() };
    let mut parser = Parser::new(text, dialect, Origin::Same, shared);
    let mut script = parser.whole_script()?;
    fill::fill(&mut script, &mut parser.shared.bodies);
    Ok(script)
}
