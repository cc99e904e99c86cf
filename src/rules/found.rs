//! What a search finds: the paths that stand for `{}`, that a deletion works on, and that a pipe passes on.

use super::reading::Reading;
use super::schema::{Arity, Role};
use crate::follow::step::{Arg, Hole, Piece, Source};
use crate::span::Span;
use crate::text::Text;

/// The shapes of the paths that a search below `starts` finds, by the tests in its expression.
///
/// Alternatives are taken together; one without a test of the name leaves every path open.
pub fn shapes(reading: &Reading<'_>, starts: &[&Arg]) -> Vec<Arg> {
    let patterns = alternatives(reading);
    let here = Arg::known(Text::derived(".", Span::default()), Span::default());
    let default = [&here];
    let starts = if starts.is_empty() { default.as_slice() } else { starts };
    let span = reading.given.first().map_or_else(Span::default, |given| given.word.span);
    let mut shapes = Vec::new();
    for start in starts {
        match &patterns {
            Some(patterns) => shapes.extend(patterns.iter().map(|pattern| pattern.below(start, span))),
            None => shapes.push(below(start, span, &[])),
        }
    }
    shapes
}

/// A test of what is found.
struct Test {
    is_path: bool,
    pieces: Vec<Piece>,
}

impl Test {
    fn below(&self, start: &Arg, span: Span) -> Arg {
        if self.is_path {
            Arg { pieces: self.pieces.clone(), span }
        } else {
            let mut pieces = vec![text("/")];
            pieces.extend(self.pieces.iter().cloned());
            below(start, span, &pieces)
        }
    }
}

fn below(start: &Arg, span: Span, rest: &[Piece]) -> Arg {
    let mut pieces = start.pieces.clone();
    pieces.push(text("/"));
    pieces.push(Piece::Hole(Hole { source: Source::Other, splits: false, may_be_empty: true }));
    pieces.extend(rest.iter().cloned());
    Arg { pieces, span }
}

fn text(text: &str) -> Piece {
    Piece::Text(Text::derived(text, Span::default()))
}

/// One test for each alternative, or `None` when one of them has none.
fn alternatives(reading: &Reading<'_>) -> Option<Vec<Test>> {
    let mut found = Vec::new();
    let mut current: Option<Test> = None;
    let mut negated = false;
    for given in &reading.given {
        match given.role {
            Role::Negates => negated = true,
            Role::Alternates => found.push(current.take()?),
            // What stands behind the action does not narrow it.
            Role::DeletesFound => break,
            Role::Command if given.arity == Arity::Until => break,
            Role::FoundName | Role::FoundPath if !negated => {
                if let Some(pattern) = given.values.first()
                    && current.is_none()
                {
                    current = Some(Test { is_path: given.role == Role::FoundPath, pieces: pattern_pieces(pattern) });
                }
            }
            _ => negated = false,
        }
    }
    found.push(current?);
    Some(found)
}

/// The pieces of a pattern that the program, not the shell, matches.
fn pattern_pieces(pattern: &Arg) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for piece in &pattern.pieces {
        let Piece::Text(known) = piece else {
            pieces.push(piece.clone());
            continue;
        };
        let mut rest = known.as_str();
        while let Some(at) = rest.find(['*', '?', '[', '\\']) {
            if at > 0 {
                pieces.push(text(&rest[..at]));
            }
            let glob = Source::Glob(rest[at..=at].to_owned());
            pieces.push(Piece::Hole(Hole { source: glob, splits: false, may_be_empty: true }));
            rest = &rest[at + 1..];
        }
        if !rest.is_empty() {
            pieces.push(text(rest));
        }
    }
    pieces
}
