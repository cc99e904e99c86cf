//! Reads code in the languages that people write scripts in: what it deletes, writes, runs and sends.
//!
//! Takes code as an [`Arg`](crate::follow::step::Arg), gives an [`Outcome`]. A program is split into tokens and read
//! into a tree by one mechanism for all languages ([`lexer`], [`parser`]), whose differences are data; then it is
//! followed without running it ([`evaluate`]). What the functions of a language do stands in `rules/languages/*.yaml`.

mod ast;
#[cfg(test)]
mod compile;
mod decode;
mod evaluate;
mod lexer;
mod library;
mod parser;
pub mod schema;
mod source;
mod token;
mod value;

#[cfg(test)]
mod tests;

use crate::effect::Effect;
use crate::follow::step::Arg;
use crate::payload::{Language, Outcome};
use crate::span::Span;

use library::Library;
use source::Source;

/// How long a program may be.
const MAX_LENGTH: usize = 256 * 1024;

/// Reads `code` in `language`.
pub fn read(language: Language, code: &Arg) -> Outcome {
    let source = Source::new(code);
    let whole = Span::new(0, source.as_str().len());
    if source.as_str().len() > MAX_LENGTH {
        return opaque(code, "the program is too long to read");
    }
    if language == Language::Jq {
        // Filters have no way to change anything.
        return Outcome::read_only();
    }
    let Some(library) = Library::of(language) else {
        return opaque(code, "runs code in a language that is not read");
    };
    let syntax = library.syntax();
    let words = library::keywords(&syntax);
    match parser::parse(&source, &syntax, &words, whole) {
        Some(program) => evaluate::evaluate(&program, &source, library, language, &syntax, &library.traits()),
        None => opaque(code, "the program cannot be read"),
    }
}

fn opaque(code: &Arg, because: &'static str) -> Outcome {
    let mut outcome = Outcome::read_only();
    outcome.destructive("code.opaque", Effect::Opaque, code.span, "", because);
    outcome
}
