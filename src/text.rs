//! Text that remembers where it came from.
//!
//! A value that the follower computes, or code that a command carries, is made of pieces of the request's
//! own text, unquoted, joined and perhaps decoded. [`Text`] keeps, beside the characters, where each of them
//! stands in the request, so that a finding deep inside a payload can still be marked in the line that was sent.

use std::fmt;
use std::rc::Rc;

use crate::span::Span;

/// Characters, and where they stand in the request's own text. Cutting and copying share the characters.
#[derive(Clone, Default)]
pub struct Text {
    /// The characters, perhaps with others around them; `None` for no characters.
    whole: Option<Rc<String>>,
    /// Where they begin and end there.
    start: u32,
    end: u32,
    /// Where the first of them come from, as in a segment that stands at 0.
    source: Span,
    exact: bool,
    /// The other segments, ordered by `at`: most texts have none, and copies are small for it.
    others: Option<Rc<Vec<Segment>>>,
}

/// From byte `at` on, up to the next segment, the characters come from `source`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Segment {
    at: u32,
    source: Span,
    /// Byte for byte: offset `at + n` stands at `source.start + n`. Otherwise all of it stands for all of `source`.
    exact: bool,
}

/// The most places that are kept one by one. A text that is joined from more, as in a loop, would be copied with
/// all of them again and again.
const PLACES: usize = 512;

impl Text {
    /// The request's own text: every byte stands where it stands.
    pub fn request(text: &str) -> Text {
        Text::verbatim(text, Span::new(0, text.len()))
    }

    /// Characters that stand unchanged at `source`, byte for byte.
    pub fn verbatim(text: impl Into<String>, source: Span) -> Text {
        Text::single(text.into(), source, true)
    }

    /// Characters that were made from what stands at `source`.
    pub fn derived(text: impl Into<String>, source: Span) -> Text {
        Text::single(text.into(), source, false)
    }

    fn single(string: String, source: Span, exact: bool) -> Text {
        if string.is_empty() {
            return Text::default();
        }
        let exact = exact && string.len() == (source.end.saturating_sub(source.start)) as usize;
        let end = string.len() as u32;
        Text { whole: Some(Rc::new(string)), start: 0, end, source, exact, others: None }
    }

    /// The characters.
    pub fn as_str(&self) -> &str {
        let whole = self.whole.as_deref().map_or("", String::as_str);
        whole.get(self.start as usize..self.end as usize).unwrap_or("")
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }

    fn len(&self) -> u32 {
        self.end - self.start
    }

    /// Appends `other`.
    pub fn push(&mut self, other: &Text) {
        if other.is_empty() {
            return;
        }
        if self.is_empty() {
            return *self = other.clone();
        }
        let shift = self.len();
        match self.whole.as_mut().and_then(Rc::get_mut).filter(|whole| whole.len() == self.end as usize) {
            Some(own) => own.push_str(other.as_str()),
            None => {
                let mut joined = String::with_capacity((shift + other.len()) as usize);
                joined.push_str(self.as_str());
                joined.push_str(other.as_str());
                self.whole = Some(Rc::new(joined));
                self.start = 0;
                self.end = shift;
            }
        }
        self.end += other.len();
        if self.places() + other.places() > PLACES {
            self.forget_places(other.source());
            return;
        }
        let shifted = other.segments().map(|segment| Segment { at: segment.at + shift, ..segment });
        Rc::make_mut(self.others.get_or_insert_default()).extend(shifted);
    }

    /// Knows from here on only between which places all of it stands, what came from `last` too.
    fn forget_places(&mut self, last: Span) {
        let source = self.segments().fold(last, |whole, segment| whole.to(segment.source));
        (self.source, self.exact, self.others) = (source, false, None);
    }

    /// Of how many places of the request it is made.
    pub fn places(&self) -> usize {
        1 + self.others().len()
    }

    fn others(&self) -> &[Segment] {
        self.others.as_deref().map_or(&[], Vec::as_slice)
    }

    fn first(&self) -> Segment {
        Segment { at: 0, source: self.source, exact: self.exact }
    }

    fn segments(&self) -> impl Iterator<Item = Segment> {
        std::iter::once(self.first()).chain(self.others().iter().copied())
    }

    /// Where the bytes `span` of this text stand in the request.
    pub fn locate(&self, span: Span) -> Span {
        if self.is_empty() {
            return Span::default();
        }
        let last = span.end.saturating_sub(1).max(span.start);
        self.locate_byte(span.start).to(self.locate_byte(last))
    }

    /// Where all of this text stands in the request.
    pub fn source(&self) -> Span {
        self.locate(Span { start: 0, end: self.len() })
    }

    /// The bytes `start..end` as a text of their own; empty when they do not fit.
    pub fn slice(&self, start: usize, end: usize) -> Text {
        if start >= end || self.as_str().get(start..end).is_none() {
            return Text::default();
        }
        let (from, to) = (start as u32, end as u32);
        let mut cut =
            Text { whole: self.whole.clone(), start: self.start + from, end: self.start + to, ..Text::default() };
        if self.others.is_none() {
            cut.exact = self.exact;
            cut.source = match self.exact {
                true => Span { start: self.source.start + from, end: self.source.start + to },
                false => self.source,
            };
            return cut;
        }
        let (mut first, mut others) = (None, Vec::new());
        // From the segment in which it begins: a line that is joined from thousands of words is cut into as many.
        let behind = self.others().partition_point(|segment| segment.at <= from);
        let (before, rest) = self.others().split_at(behind);
        let holder = before.last().copied().unwrap_or(self.first());
        let rest = rest.iter().copied().take_while(|segment| segment.at < to);
        let mut segments = std::iter::once(holder).chain(rest).peekable();
        while let Some(segment) = segments.next() {
            let next = segments.peek().map_or(self.len(), |next| next.at);
            let (begin, stop) = (segment.at.max(from), next.min(to));
            if begin >= stop {
                continue;
            }
            let source = if segment.exact {
                let offset = segment.source.start + (begin - segment.at);
                Span { start: offset, end: offset + (stop - begin) }
            } else {
                segment.source
            };
            let part = Segment { at: begin - from, source, exact: segment.exact };
            match first {
                None => first = Some(part),
                Some(_) => others.push(part),
            }
        }
        let first: Segment = first.unwrap_or_default();
        (cut.source, cut.exact) = (first.source, first.exact);
        cut.others = (!others.is_empty()).then(|| Rc::new(others));
        cut
    }

    fn locate_byte(&self, byte: u32) -> Span {
        let others = self.others();
        let index = others.partition_point(|segment| segment.at <= byte);
        let segment = index.checked_sub(1).and_then(|index| others.get(index)).copied().unwrap_or(self.first());
        if !segment.exact {
            return segment.source;
        }
        let start = segment.source.start.saturating_add(byte - segment.at).min(segment.source.end);
        Span { start, end: start.saturating_add(1).min(segment.source.end) }
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Text) -> bool {
        self.as_str() == other.as_str() && (self.is_empty() || self.segments().eq(other.segments()))
    }
}

impl Eq for Text {}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_text_points_back_to_each_origin() {
        let mut text = Text::verbatim("rm", Span::new(10, 12));
        text.push(&Text::derived(" -rf", Span::new(20, 40)));
        text.push(&Text::verbatim(" src", Span::new(50, 54)));
        assert_eq!(text.as_str(), "rm -rf src");
        assert_eq!(text.locate(Span::new(0, 2)), Span::new(10, 12));
        assert_eq!(text.locate(Span::new(3, 6)), Span::new(20, 40));
        assert_eq!(text.locate(Span::new(7, 10)), Span::new(51, 54));
    }

    #[test]
    fn a_slice_keeps_its_origin() {
        let text = Text::verbatim("git push --force", Span::new(5, 21));
        let slice = text.slice(4, 8);
        assert_eq!(slice.as_str(), "push");
        assert_eq!(slice.source(), Span::new(9, 13));
    }
}
