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
mod few;
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
mod zsh;

use std::collections::BTreeSet;
use std::rc::Rc;

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
    /// zsh, as far as it reads the same as bash; what it reads in its own way is refused.
    Zsh,
}

/// Why a text was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// What is wrong, as half a sentence.
    pub reason: &'static str,
    /// Where.
    pub span: Span,
    /// Whether bash is sure not to read it either.
    pub certain: bool,
}

/// Whether dash runs no command of a text that bash accepts but those that bash runs, as far as guard reads it for dash.
/// `[[` does nothing there.
pub fn runs_the_same_in_dash(text: &str) -> bool {
    let (Ok(bash), Ok(dash)) = (parse(text, Dialect::Bash), parse(text, Dialect::Posix)) else { return true };
    // Its `echo` makes other characters of backslashes, which may be commands to what reads them.
    if text.contains('\\') && text.contains("echo") {
        return false;
    }
    let bash = steps::list(&bash).commands;
    let bash: BTreeSet<&[Option<String>]> = bash.iter().map(|command| command.argv.as_slice()).collect();
    let known = |command: &steps::SimpleCommand| {
        matches!(command.argv.first().map(Option::as_deref), None | Some(Some("[[")))
            || bash.contains(command.argv.as_slice())
    };
    steps::list(&dash).commands.iter().all(known)
}

/// Reads a whole program.
///
/// # Errors
///
/// Returns the first place that bash would not accept, or that guard will not read.
pub fn parse(text: &str, dialect: Dialect) -> Result<Script, ParseError> {
    if text.len() > MAX_TEXT {
        let span = Span::new(0, text.len());
        return Err(ParseError { reason: "the text is too long", span, certain: false });
    }
    if let Some(offset) = text.find('\0') {
        let span = Span::new(offset, offset + 1);
        return Err(ParseError { reason: "there is a NUL in the text", span, certain: false });
    }
    let shared = Shared { budget: Budget::for_text(text.len()), bodies: Vec::new() };
    let text = Rc::new(text.to_owned());
    let mut parser = Parser::new(&text, dialect, Origin::Same, shared);
    parser.expect_plain_continuations()?;
    let mut script = parser.whole_script()?;
    fill::fill(&mut script, &mut parser.shared.bodies);
    Ok(script)
}
