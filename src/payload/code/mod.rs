//! Reads code in the languages that people write scripts in: what it deletes, writes, runs and sends.
//!
//! Takes code as an [`Arg`](crate::follow::step::Arg), gives an [`Outcome`]. A program is split into tokens and read
//! into a tree by one mechanism for all languages ([`lexer`], [`parser`]), whose differences are data; languages of
//! commands have readers of their own ([`commands`]) that give the same tree. Then it is followed without running it ([`evaluate`]). What the functions of a language do stands in `rules/languages/*.yaml`.

mod ast;
mod commands;
#[cfg(test)]
mod compile;
pub(crate) mod decode;
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
use crate::text::Text;

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
    if language == Language::PowershellEncoded {
        return encoded(code);
    }
    let Some(library) = Library::of(language) else {
        return opaque(code, "runs code in a language that is not read");
    };
    let syntax = library.syntax();
    let program = match syntax.form {
        schema::Form::Expressions => parser::parse(&source, &syntax, &library::keywords(&syntax), whole),
        form => commands::parse(&source, form, &library),
    };
    match program {
        Some(program) => evaluate::evaluate(&program, &source, library, language, &syntax, &library.traits()),
        None => opaque(code, "the program cannot be read"),
    }
}

/// Words by which a line of Perl or Ruby prints, or changes what is printed at the end of each round.
const PRINTERS: &[&str] =
    &["print", "printf", "say", "syswrite", "write", "puts", "putc", "p", "pp", "display", "eval"];

/// Whether a program that reads its input line by line, and prints only what it says that it prints (`perl -n`),
/// prints nothing. Only told of programs of which every word is known.
pub fn prints_nothing(language: Language, code: &Arg) -> bool {
    if !matches!(language, Language::Perl | Language::Ruby) {
        return false;
    }
    let Some(text) = code.text() else { return false };
    let mut words = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    !text.contains(['`', '<', '>', '&'])
        && !words.any(|word| PRINTERS.contains(&word) || word.eq_ignore_ascii_case("stdout"))
}

/// PowerShell in UTF-16 and base64.
fn encoded(code: &Arg) -> Outcome {
    let decoded = code.text().and_then(decode::base64).and_then(|bytes| decode::utf16(&bytes));
    match decoded {
        Some(text) => {
            let text = Text::derived(text, code.span);
            read(Language::Powershell, &Arg::known(text, code.span))
        }
        None => opaque(code, "runs encoded code that cannot be read"),
    }
}

fn opaque(code: &Arg, because: &'static str) -> Outcome {
    let mut outcome = Outcome::read_only();
    outcome.destructive("code.opaque", Effect::Opaque, code.span, "", because);
    outcome
}
