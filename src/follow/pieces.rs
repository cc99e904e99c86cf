//! Building strings that are known in part: [`Arg`]s as values.

use super::limits;
use super::step::{Arg, Hole, Piece, Source};
use crate::span::Span;
use crate::text::Text;

impl Hole {
    /// A quoted hole that `source` fills and that is never empty.
    pub(super) fn filled(source: Source) -> Hole {
        Hole { source, splits: false, may_be_empty: false }
    }

    /// A quoted hole that `source` fills, perhaps with nothing.
    pub(super) fn open(source: Source) -> Hole {
        Hole { source, splits: false, may_be_empty: true }
    }

    /// Whether what fills it holds no character that means anything to a shell, as far as anybody names files.
    pub(super) fn is_tame(&self) -> bool {
        matches!(
            self.source,
            Source::Home | Source::StartFolder | Source::FreshTemporary(_) | Source::TemporaryFolder | Source::Number
        ) && !self.may_be_empty
    }
}

impl Arg {
    /// A string that is one hole.
    pub(super) fn hole(hole: Hole, span: Span) -> Arg {
        Arg { pieces: vec![Piece::Hole(hole)], span }
    }

    /// A known string without an exact place.
    pub(super) fn made(text: impl Into<String>, span: Span) -> Arg {
        Arg::known(Text::derived(text, span), span)
    }

    /// Appends known text.
    pub(super) fn push_text(&mut self, text: Text) {
        if text.is_empty() {
            return;
        }
        match self.pieces.last_mut() {
            Some(Piece::Text(last)) => last.push(&text),
            _ => self.pieces.push(Piece::Text(text)),
        }
    }

    /// Appends a hole; what several steps print one after another is one hole.
    pub(super) fn push_hole(&mut self, hole: Hole) {
        if let (Some(Piece::Hole(last)), Source::Output(steps)) = (self.pieces.last_mut(), &hole.source)
            && let Source::Output(earlier) = &mut last.source
            && last.splits == hole.splits
        {
            for step in steps {
                if !earlier.contains(step) {
                    earlier.push(*step);
                }
            }
            last.may_be_empty &= hole.may_be_empty;
            if earlier.len() > limits::WRITERS {
                last.source = Source::Other;
            }
            return;
        }
        self.pieces.push(Piece::Hole(hole));
    }

    /// Appends another string.
    pub(super) fn append(&mut self, other: &Arg) {
        for piece in &other.pieces {
            match piece {
                Piece::Text(text) => self.push_text(text.clone()),
                Piece::Hole(hole) => self.push_hole(hole.clone()),
            }
        }
    }

    /// This string and then another.
    pub(super) fn followed_by(mut self, other: &Arg) -> Arg {
        self.append(other);
        self
    }

    /// The same string, standing at `span`.
    pub(super) fn at(mut self, span: Span) -> Arg {
        self.span = span;
        self
    }

    /// The same string between quotes: it stays one word.
    pub(super) fn quoted(mut self) -> Arg {
        for piece in &mut self.pieces {
            if let Piece::Hole(hole) = piece {
                hole.splits = false;
            }
        }
        self
    }

    /// The known text as [`Text`], when all of it is known.
    pub(super) fn as_text(&self) -> Option<Text> {
        match self.pieces.as_slice() {
            [] => Some(Text::default()),
            [Piece::Text(text)] => Some(text.clone()),
            _ => None,
        }
    }

    /// What it is when no pattern in it matches a file: patterns stay as they are written. So the name in
    /// `unset a[1]` is found.
    pub(super) fn as_written(&self) -> Option<String> {
        self.pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => Some(text.as_str()),
                Piece::Hole(Hole { source: Source::Glob(pattern), .. }) => Some(pattern.as_str()),
                Piece::Hole(_) => None,
            })
            .collect()
    }

    /// The only hole, when there is nothing else.
    pub(super) fn only_hole(&self) -> Option<&Hole> {
        match self.pieces.as_slice() {
            [Piece::Hole(hole)] => Some(hole),
            _ => None,
        }
    }

    /// Whether it certainly has characters.
    pub(super) fn is_nonempty(&self) -> bool {
        self.pieces.iter().any(|piece| match piece {
            Piece::Text(text) => !text.is_empty(),
            Piece::Hole(hole) => !hole.may_be_empty,
        })
    }

    /// Whether it certainly has none.
    pub(super) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// How large it is, in bytes; what is unknown counts as some.
    pub(super) fn size(&self) -> usize {
        self.pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.as_str().len(),
                Piece::Hole(_) => limits::HOLE,
            })
            .sum()
    }

    /// Whether it is too long to keep.
    pub(super) fn is_too_long(&self) -> bool {
        let places = |piece: &Piece| if let Piece::Text(text) = piece { text.places() } else { 1 };
        self.size() > limits::TEXT || self.pieces.iter().map(places).sum::<usize>() > limits::PLACES
    }

    /// Whether both say the same, wherever they stand.
    pub(super) fn says_the_same(&self, other: &Arg) -> bool {
        self.pieces.len() == other.pieces.len()
            && self.pieces.iter().zip(&other.pieces).all(|pair| match pair {
                (Piece::Text(one), Piece::Text(other)) => one.as_str() == other.as_str(),
                (Piece::Hole(one), Piece::Hole(other)) => one == other,
                _ => false,
            })
    }

    /// The same without the newlines at its end, as a command substitution gives it.
    pub(super) fn without_last_newlines(mut self) -> Arg {
        if let Some(Piece::Text(text)) = self.pieces.last_mut() {
            let kept = text.as_str().trim_end_matches('\n').len();
            if kept < text.as_str().len() {
                *text = text.slice(0, kept);
            }
            if text.is_empty() {
                self.pieces.pop();
            }
        }
        self
    }

    /// Words joined by blanks, as `eval` and `echo` join them.
    pub(super) fn joined(words: &[Arg], span: Span) -> Arg {
        let mut joined = Arg { pieces: Vec::new(), span };
        for (index, word) in words.iter().enumerate() {
            if index > 0 {
                joined.push_text(Text::derived(" ", word.span));
            }
            joined.append(word);
        }
        joined
    }
}
