//! The tokens of a program.

use crate::span::Span;
use crate::text::Text;

use super::schema::TextKind;

/// A token.
#[derive(Clone, Debug)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands in the program.
    pub span: Span,
    /// Whether a blank or a line end stands in front of it.
    pub spaced: bool,
    /// Whether a line end stands in front of it.
    pub fresh: bool,
}

/// The kinds of token.
#[derive(Clone, Debug)]
pub enum TokenKind {
    /// A name or a word of the language.
    Name,
    /// A variable, with its sigil.
    Variable,
    /// A number.
    Number,
    /// A literal of text.
    Text(Literal),
    /// An operator, a bracket or a separator.
    Symbol,
    /// Indentation grows.
    Indent,
    /// Indentation shrinks to an earlier one.
    Dedent,
    /// A part of the program that is not known.
    Hole,
}

/// A literal of text.
#[derive(Clone, Debug, Default)]
pub struct Literal {
    /// What it is.
    pub kind: TextKind,
    /// What it is made of.
    pub parts: Vec<Part>,
}

/// A part of a literal.
#[derive(Clone, Debug)]
pub enum Part {
    /// Known characters.
    Known(Text),
    /// Code whose value stands here.
    Code(Span),
    /// Something that is not known, at this byte.
    Hole(usize),
}
