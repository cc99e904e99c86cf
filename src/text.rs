//! Text that remembers where it came from.
//!
//! A value that the follower computes, or code that a command carries, is made of pieces of the request's
//! own text, unquoted, joined and perhaps decoded. [`Text`] keeps, beside the characters, where each of them
//! stands in the request, so that a finding deep inside a payload can still be marked in the line that was sent.

use std::fmt;

use crate::span::Span;

/// Characters, and where they stand in the request's own text.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Text {
    string: String,
    /// Ordered by `at`; the first stands at 0 unless the text is empty.
    segments: Vec<Segment>,
}

/// From byte `at` on, up to the next segment, the characters come from `source`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Segment {
    at: u32,
    source: Span,
    /// Byte for byte: offset `at + n` stands at `source.start + n`. Otherwise all of it stands for all of `source`.
    exact: bool,
}

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
        let exact = exact && string.len() == (source.end.saturating_sub(source.start)) as usize;
        let segments = if string.is_empty() { Vec::new() } else { vec![Segment { at: 0, source, exact }] };
        Text { string, segments }
    }

    /// The characters.
    pub fn as_str(&self) -> &str {
        &self.string
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.string.is_empty()
    }

    /// Appends `other`.
    pub fn push(&mut self, other: &Text) {
        let shift = self.string.len() as u32;
        self.string.push_str(&other.string);
        self.segments.extend(other.segments.iter().map(|segment| Segment { at: segment.at + shift, ..*segment }));
    }

    /// Where the bytes `span` of this text stand in the request.
    pub fn locate(&self, span: Span) -> Span {
        let last = span.end.saturating_sub(1).max(span.start);
        match (self.locate_byte(span.start), self.locate_byte(last)) {
            (Some(first), Some(last)) => first.to(last),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => Span::default(),
        }
    }

    /// Where all of this text stands in the request.
    pub fn source(&self) -> Span {
        self.locate(Span::new(0, self.string.len()))
    }

    /// The bytes `start..end` as a text of their own; empty when they do not fit.
    pub fn slice(&self, start: usize, end: usize) -> Text {
        let Some(string) = self.string.get(start..end) else { return Text::default() };
        let (from, to) = (start as u32, end as u32);
        let mut segments = Vec::new();
        let first = self.segments.partition_point(|segment| segment.at <= from).saturating_sub(1);
        for (index, segment) in self.segments.iter().enumerate().skip(first) {
            if segment.at >= to {
                break;
            }
            let next = self.segments.get(index + 1).map_or(self.string.len() as u32, |next| next.at);
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
            segments.push(Segment { at: begin - from, source, exact: segment.exact });
        }
        Text { string: string.to_owned(), segments }
    }

    fn locate_byte(&self, byte: u32) -> Option<Span> {
        let index = self.segments.partition_point(|segment| segment.at <= byte).checked_sub(1)?;
        let segment = self.segments.get(index)?;
        if !segment.exact {
            return Some(segment.source);
        }
        let start = segment.source.start.saturating_add(byte - segment.at).min(segment.source.end);
        Some(Span { start, end: start.saturating_add(1).min(segment.source.end) })
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.string)
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
