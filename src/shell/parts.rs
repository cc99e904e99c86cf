//! Collects the parts of a word: joins neighbouring text, keeps spans.

use super::ast::Part;
use super::parser::Parser;

/// The parts read so far.
#[derive(Default)]
pub(super) struct Parts {
    list: Vec<Part>,
    text: String,
    /// Whether `text` is unquoted.
    live: bool,
    start: usize,
    end: usize,
}

impl Parts {
    /// Adds characters that stand from `start` to `end`; `live` says that they are unquoted.
    #[inline]
    pub(super) fn push_text(&mut self, parser: &Parser<'_>, text: &str, start: usize, end: usize, live: bool) {
        if self.text.is_empty() {
            self.live = live;
            self.start = start;
        } else if self.live != live {
            self.flush(parser);
            self.live = live;
            self.start = start;
        }
        match self.text.is_empty() {
            // Most texts come in one piece, and need no room for another.
            true => self.text = text.to_owned(),
            false => self.text.push_str(text),
        }
        self.end = end;
    }

    /// Adds a part that is complete.
    pub(super) fn push(&mut self, parser: &Parser<'_>, part: Part) {
        if self.list.is_empty() && self.text.is_empty() {
            // Most lists have one part, and a new list would make room for more.
            self.list = Vec::with_capacity(1);
        }
        self.flush(parser);
        self.list.push(part);
    }

    /// Takes back an unquoted character that was added last, if it is one of `wanted`; gives its offset.
    pub(super) fn take_back(&mut self, wanted: &[u8]) -> Option<(u8, usize)> {
        let last = *self.text.as_bytes().last()?;
        if !self.live || !wanted.contains(&last) {
            return None;
        }
        self.text.pop();
        self.end -= 1;
        Some((last, self.end))
    }

    /// The text, when there is nothing but unquoted text.
    pub(super) fn only_text(&self) -> Option<&str> {
        (self.list.is_empty() && self.live).then_some(self.text.as_str())
    }

    /// All of them.
    pub(super) fn finish(mut self, parser: &Parser<'_>) -> Vec<Part> {
        if self.list.is_empty() && !self.text.is_empty() {
            // Most words are one part, and a new list would make room for more.
            self.list = Vec::with_capacity(1);
        }
        self.flush(parser);
        self.list
    }

    fn flush(&mut self, parser: &Parser<'_>) {
        if self.text.is_empty() {
            return;
        }
        let text = std::mem::take(&mut self.text);
        let span = parser.span(self.start, self.end);
        self.list.push(if self.live { Part::Literal { text, span } } else { Part::Quoted { text, span } });
    }
}
