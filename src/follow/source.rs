//! The texts that are followed, each with its tree, kept until the end so that functions can point into them.

use std::cell::OnceCell;

use super::step::{Arg, Hole, Piece};
use crate::shell::Dialect;
use crate::shell::ast::{Script, Word};
use crate::span::Span;
use crate::text::Text;

/// A text and its tree.
#[derive(Debug, Default)]
pub(super) struct Source {
    /// The text, with the place of every byte in the request.
    pub text: Text,
    /// What it says.
    pub script: Script,
    /// What the placeholders in the text stand for.
    holes: Vec<Hole>,
}

/// The first of the characters that stand for holes in a text that is evaluated: a private plane of Unicode,
/// which the text itself must not use.
const FIRST_PLACEHOLDER: u32 = 0xF_0000;

/// The number of such characters.
const PLACEHOLDERS: u32 = 0xFFFD;

impl Source {
    /// Reads `text`.
    pub(super) fn read(text: Text, dialect: Dialect) -> Result<Source, crate::shell::ParseError> {
        let script = crate::shell::parse(text.as_str(), dialect)?;
        Ok(Source { text, script, holes: Vec::new() })
    }

    /// Reads a text with holes. `None` when what fills them could change what it says, or when it says nothing
    /// that bash accepts.
    pub(super) fn read_with_holes(code: &Arg, dialect: Dialect) -> Option<Source> {
        let mut text = Text::default();
        let mut holes = Vec::new();
        for piece in &code.pieces {
            match piece {
                Piece::Text(known) if known.as_str().chars().any(|c| placeholder(c).is_some()) => return None,
                Piece::Text(known) => text.push(known),
                Piece::Hole(hole) if hole.is_tame() => {
                    let sign = char::from_u32(FIRST_PLACEHOLDER + u32::try_from(holes.len()).ok()?)?;
                    placeholder(sign)?;
                    text.push(&Text::derived(sign, code.span));
                    holes.push(hole.clone());
                }
                Piece::Hole(_) => return None,
            }
        }
        let source = Source::read(text, dialect).ok()?;
        Some(Source { holes, ..source })
    }

    /// Where `span` of the text stands in the request.
    pub(super) fn locate(&self, span: Span) -> Span {
        self.text.locate(span)
    }

    /// The text at `span`.
    pub(super) fn slice(&self, span: Span) -> Text {
        self.text.slice(span.start as usize, span.end as usize)
    }

    /// The characters `decoded`, which the tree says stand at `span`: byte for byte where they do.
    pub(super) fn text_at(&self, decoded: &str, span: Span) -> Text {
        let written = span.of(self.text.as_str());
        let (start, end) = (span.start as usize, span.end as usize);
        let quotes = written.len().saturating_sub(decoded.len());
        match quotes {
            0 if written == decoded => self.text.slice(start, end),
            1 if written.strip_prefix('\\') == Some(decoded) => self.text.slice(start + 1, end),
            2 if written.get(1..written.len() - 1) == Some(decoded) => self.text.slice(start + 1, end - 1),
            3 if written.get(2..written.len() - 1) == Some(decoded) => self.text.slice(start + 2, end - 1),
            _ => Text::derived(decoded, self.text.locate(span)),
        }
    }

    /// Whether some characters of the text stand for holes.
    pub(super) fn has_holes(&self) -> bool {
        !self.holes.is_empty()
    }

    /// The pieces of a text that may hold placeholders.
    pub(super) fn pieces(&self, text: Text) -> Vec<Piece> {
        if !self.has_holes() {
            return vec![Piece::Text(text)];
        }
        let mut pieces = Vec::new();
        let mut start = 0;
        for (at, c) in text.as_str().char_indices() {
            if let Some(hole) = placeholder(c).and_then(|index| self.holes.get(index)) {
                if at > start {
                    pieces.push(Piece::Text(text.slice(start, at)));
                }
                pieces.push(Piece::Hole(hole.clone()));
                start = at + c.len_utf8();
            }
        }
        if start < text.as_str().len() {
            pieces.push(Piece::Text(text.slice(start, text.as_str().len())));
        }
        pieces
    }
}

fn placeholder(c: char) -> Option<usize> {
    let index = u32::from(c).checked_sub(FIRST_PLACEHOLDER)?;
    (index < PLACEHOLDERS).then_some(index as usize)
}

/// Keeps trees until following ends.
#[derive(Default)]
pub(super) struct Sources {
    first: OnceCell<Box<Kept>>,
}

/// One kept tree, and the place for the next.
struct Kept {
    tree: Tree,
    next: OnceCell<Box<Kept>>,
}

enum Tree {
    Source(Source),
    Words(Vec<Word>),
}

/// The end of the list of kept trees.
#[derive(Clone, Copy)]
pub(super) struct Keeper<'a> {
    end: &'a OnceCell<Box<Kept>>,
}

impl Sources {
    /// The way to put trees in.
    pub(super) fn keeper(&self) -> Keeper<'_> {
        Keeper { end: &self.first }
    }
}

impl<'a> Keeper<'a> {
    /// Keeps a source.
    pub(super) fn keep(&mut self, source: Source) -> Option<&'a Source> {
        match self.add(Tree::Source(source)) {
            Tree::Source(source) => Some(source),
            _ => None,
        }
    }

    /// Keeps words that brace expansion made.
    pub(super) fn keep_words(&mut self, words: Vec<Word>) -> &'a [Word] {
        match self.add(Tree::Words(words)) {
            Tree::Words(words) => words,
            _ => &[],
        }
    }

    fn add(&mut self, tree: Tree) -> &'a Tree {
        let kept = self.end.get_or_init(|| Box::new(Kept { tree, next: OnceCell::new() }));
        self.end = &kept.next;
        &kept.tree
    }
}

impl Drop for Sources {
    /// Takes the list apart from its beginning, so that a long one needs no deep stack.
    fn drop(&mut self) {
        let mut next = self.first.take();
        while let Some(mut kept) = next {
            next = kept.next.take();
        }
    }
}
