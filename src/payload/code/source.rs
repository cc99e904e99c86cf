//! A program's text, with what is known of its origin.

use crate::follow::step::{Arg, Hole, Piece, Source as HoleSource};
use crate::payload::HOLE;
use crate::span::Span;
use crate::text::Text;

/// The text of a program, with [`HOLE`] for what is not known of it.
#[derive(Debug)]
pub struct Source {
    text: Text,
    /// Where the holes stand, in order.
    holes: Vec<(usize, Hole)>,
}

impl Source {
    /// The text of `code`.
    pub fn new(code: &Arg) -> Source {
        let mut text = Text::default();
        let mut holes = Vec::new();
        for piece in &code.pieces {
            match piece {
                Piece::Text(known) => text.push(known),
                Piece::Hole(hole) => {
                    holes.push((text.as_str().len(), hole.clone()));
                    text.push(&Text::derived(HOLE.to_string(), code.span));
                }
            }
        }
        Source { text, holes }
    }

    /// The characters.
    pub fn as_str(&self) -> &str {
        self.text.as_str()
    }

    /// The characters at a place.
    pub fn at(&self, span: Span) -> &str {
        span.of(self.text.as_str())
    }

    /// Where a place of the program stands in the request.
    pub fn locate(&self, span: Span) -> Span {
        self.text.locate(span)
    }

    /// The text at a place, with its origin.
    pub fn slice(&self, span: Span) -> Text {
        self.text.slice(span.start as usize, span.end as usize)
    }

    /// What is not known at a place.
    pub fn hole(&self, at: usize) -> Hole {
        match self.holes.binary_search_by_key(&at, |(place, _)| *place) {
            Ok(index) => self.holes.get(index).map_or_else(unknown_hole, |(_, hole)| hole.clone()),
            Err(_) => unknown_hole(),
        }
    }
}

/// A hole of which nothing is known.
pub fn unknown_hole() -> Hole {
    Hole { source: HoleSource::Other, splits: false, may_be_empty: true }
}
