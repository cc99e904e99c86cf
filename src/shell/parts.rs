//! Collects the parts of a word: joins neighbouring text, keeps spans.

use std::ops::Range;

use super::ast::{Characters, Few, Part};
use super::parser::Parser;

/// The parts read so far.
#[derive(Default)]
pub(super) struct Parts {
    list: Few<Part>,
    text: Gathered,
    /// Whether `text` is unquoted.
    live: bool,
    start: usize,
    end: usize,
}

/// Characters that are not yet a part.
enum Gathered {
    /// Those that stand here in the parser's text; there may be none.
    Written(Range<usize>),
    /// Others.
    Made(String),
}

impl Default for Gathered {
    fn default() -> Self {
        Gathered::Written(0..0)
    }
}

impl Gathered {
    fn is_empty(&self) -> bool {
        match self {
            Gathered::Written(range) => range.is_empty(),
            Gathered::Made(text) => text.is_empty(),
        }
    }

    fn as_str<'g>(&'g self, parser: &Parser<'g>) -> &'g str {
        match self {
            Gathered::Written(range) => parser.slice(range.start, range.end),
            Gathered::Made(text) => text,
        }
    }
}

impl Parts {
    /// Adds characters that stand from `start` to `end`; `live` says that they are unquoted.
    #[inline]
    pub(super) fn push_text(&mut self, parser: &Parser<'_>, text: &str, start: usize, end: usize, live: bool) {
        if !self.text.is_empty() && self.live != live {
            self.flush(parser);
        }
        if self.text.is_empty() {
            self.live = live;
            self.start = start;
        }
        let as_written = std::ptr::eq(text, parser.slice(start, end));
        match &mut self.text {
            empty if empty.is_empty() => {
                *empty = if as_written { Gathered::Written(start..end) } else { Gathered::Made(text.to_owned()) };
            }
            Gathered::Written(range) if as_written && range.end == start => range.end = end,
            Gathered::Written(range) => {
                let mut made = parser.slice(range.start, range.end).to_owned();
                made.push_str(text);
                self.text = Gathered::Made(made);
            }
            Gathered::Made(made) => made.push_str(text),
        }
        self.end = end;
    }

    /// Adds a part that is complete.
    pub(super) fn push(&mut self, parser: &Parser<'_>, part: Part) {
        self.flush(parser);
        self.list.push(part);
    }

    /// Takes back an unquoted character that was added last, if it is one of `wanted`; gives its offset.
    pub(super) fn take_back(&mut self, parser: &Parser<'_>, wanted: &[u8]) -> Option<(u8, usize)> {
        let last = *self.text.as_str(parser).as_bytes().last()?;
        if !self.live || !wanted.contains(&last) {
            return None;
        }
        match &mut self.text {
            Gathered::Written(range) => range.end -= 1,
            Gathered::Made(text) => drop(text.pop()),
        }
        self.end -= 1;
        Some((last, self.end))
    }

    /// The text, when there is nothing but unquoted text.
    pub(super) fn only_text<'g>(&'g self, parser: &Parser<'g>) -> Option<&'g str> {
        (self.list.is_empty() && self.live).then(|| self.text.as_str(parser))
    }

    /// All of them.
    pub(super) fn finish(mut self, parser: &Parser<'_>) -> Few<Part> {
        self.flush(parser);
        self.list
    }

    fn flush(&mut self, parser: &Parser<'_>) {
        if self.text.is_empty() {
            return;
        }
        let text = match std::mem::take(&mut self.text) {
            Gathered::Written(range) => parser.characters(range.start, range.end),
            Gathered::Made(text) => Characters::from(text),
        };
        let span = parser.span(self.start, self.end);
        self.list.push(if self.live { Part::Literal { text, span } } else { Part::Quoted { text, span } });
    }
}
