//! A statement as a row of tokens: what the judgement asks of it again and again.

use super::lexer::{Kind, Token};
use crate::payload::HOLE;
use crate::span::Span;
use crate::text::Text;

/// The tokens of a statement, or of a part of one.
#[derive(Clone, Copy, Debug)]
pub struct Statement<'a> {
    /// The text that the tokens stand in.
    pub text: &'a Text,
    /// The tokens.
    pub tokens: &'a [Token],
}

impl<'a> Statement<'a> {
    /// How many tokens there are.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Token `index`.
    pub fn token(&self, index: usize) -> Option<&'a Token> {
        self.tokens.get(index)
    }

    /// The characters of token `index`; empty past the end.
    pub fn raw(&self, index: usize) -> &'a str {
        self.token(index).and_then(|token| self.text.as_str().get(token.start..token.end)).unwrap_or("")
    }

    /// Token `index` when it is an unquoted word; otherwise empty.
    pub fn word(&self, index: usize) -> &'a str {
        match self.token(index) {
            Some(token) if token.kind == Kind::Word => self.raw(index),
            _ => "",
        }
    }

    /// Token `index` as a keyword, in capitals; empty when it is none.
    pub fn keyword(&self, index: usize) -> Keyword {
        Keyword::new(self.word(index))
    }

    /// Whether token `index` is this word, unquoted, in any case.
    pub fn is(&self, index: usize, word: &str) -> bool {
        self.word(index).eq_ignore_ascii_case(word)
    }

    /// Whether token `index` is one of these words.
    pub fn is_any(&self, index: usize, words: &[&str]) -> bool {
        let found = self.word(index);
        !found.is_empty() && words.iter().any(|word| found.eq_ignore_ascii_case(word))
    }

    /// Whether token `index` is this sign.
    pub fn is_sign(&self, index: usize, sign: u8) -> bool {
        self.token(index).is_some_and(|token| token.is_sign(sign))
    }

    /// Whether token `index` is a string.
    pub fn is_string(&self, index: usize) -> bool {
        self.token(index).is_some_and(Token::is_string)
    }

    /// Whether a part of token `index`, which is no string, is unknown.
    pub fn has_hole(&self, index: usize) -> bool {
        matches!(self.token(index), Some(Token { kind: Kind::Word | Kind::Number, .. }))
            && self.raw(index).contains(HOLE)
    }

    /// Whether token `index` is unknown as a whole.
    pub fn is_hole(&self, index: usize) -> bool {
        let raw = self.raw(index);
        !raw.is_empty() && raw.chars().all(|c| c == HOLE)
    }

    /// The name of token `index` without quotes, when it is a word or a quoted identifier.
    pub fn name(&self, index: usize) -> &'a str {
        match self.token(index) {
            Some(token) if matches!(token.kind, Kind::Word | Kind::Quoted) => {
                let (start, end) = token.inner();
                self.text.as_str().get(start..end).unwrap_or("")
            }
            Some(token) if matches!(token.kind, Kind::String { .. }) => {
                let (start, end) = token.inner();
                self.text.as_str().get(start..end).unwrap_or("")
            }
            _ => "",
        }
    }

    /// One past the qualified name (`a.b."c"`, `master..proc`) that starts at `index`.
    pub fn name_end(&self, index: usize) -> usize {
        let is_part = |index: usize| matches!(self.token(index), Some(Token { kind: Kind::Word | Kind::Quoted, .. }));
        let mut end = index;
        loop {
            if is_part(end) {
                end += 1;
            } else if end == index {
                // A name in a string: BigQuery's and MySQL's way to quote.
                return if self.is_string(index) { index + 1 } else { index };
            }
            let dots = (end..end + 2).take_while(|&at| self.is_sign(at, b'.')).count();
            if dots == 0 || !is_part(end + dots) {
                return end;
            }
            end += dots;
        }
    }

    /// The characters from token `start` up to but without token `end`.
    pub fn shown(&self, start: usize, end: usize) -> &'a str {
        let span = self.bytes(start, end);
        span.of(self.text.as_str())
    }

    /// Where the tokens `start..end` stand in the statement's text.
    pub fn bytes(&self, start: usize, end: usize) -> Span {
        let first = self.token(start).map_or(0, |token| token.start);
        let last = self.token(end.saturating_sub(1).max(start)).map_or(first, |token| token.end);
        Span::new(first, last)
    }

    /// Where the tokens `start..end` stand in the request.
    pub fn locate(&self, start: usize, end: usize) -> Span {
        self.text.locate(self.bytes(start, end))
    }

    /// The tokens `start..end` as a statement of their own.
    pub fn part(&self, start: usize, end: usize) -> Statement<'a> {
        Statement { text: self.text, tokens: self.tokens.get(start..end.min(self.len())).unwrap_or(&[]) }
    }

    /// The text of all of it.
    pub fn whole(&self) -> Text {
        let span = self.bytes(0, self.len());
        self.text.slice(span.start as usize, span.end as usize)
    }

    /// The index of the parenthesis that closes the one at `open`; the end when none does.
    pub fn closing(&self, open: usize) -> usize {
        let mut depth = 0usize;
        for (offset, token) in self.tokens.iter().enumerate().skip(open) {
            match token.kind {
                Kind::Sign(b'(') => depth += 1,
                Kind::Sign(b')') => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return offset;
            }
        }
        self.len()
    }

    /// The indexes from `start` on that lie in no parentheses opened behind it, up to the one that closes around it.
    pub fn level(&self, start: usize) -> impl Iterator<Item = usize> + use<'a> {
        let tokens = self.tokens;
        let mut depth = 0usize;
        let mut index = start;
        std::iter::from_fn(move || {
            loop {
                let at = index;
                let token = tokens.get(at)?;
                index += 1;
                match token.kind {
                    Kind::Sign(b'(') => {
                        depth += 1;
                        if depth == 1 {
                            return Some(at);
                        }
                    }
                    Kind::Sign(b')') => {
                        depth = depth.checked_sub(1)?;
                    }
                    _ if depth == 0 => return Some(at),
                    _ => {}
                }
            }
        })
    }

    /// The parts between commas, outside parentheses, as ranges of indexes.
    pub fn items(&self) -> Vec<(usize, usize)> {
        let mut items = Vec::new();
        let mut start = 0;
        for comma in self.level(0).filter(|&index| self.is_sign(index, b',')) {
            items.push((start, comma));
            start = comma + 1;
        }
        items.push((start, self.len()));
        items
    }

    /// The text of the string at `index`, with its escapes undone.
    pub fn string(&self, index: usize) -> Text {
        let Some(token) = self.token(index) else { return Text::default() };
        let (start, end) = token.inner();
        match token.kind {
            Kind::String { prefix, backslashes } => {
                let quote =
                    self.text.as_str().as_bytes().get(token.start + usize::from(prefix)).copied().unwrap_or(b'\'');
                unescape(self.text, start, end, quote, backslashes)
            }
            _ => self.text.slice(start, end),
        }
    }
}

/// The text between `start` and `end` with doubled quotes and backslashes undone.
fn unescape(text: &Text, start: usize, end: usize, quote: u8, backslashes: bool) -> Text {
    let bytes = text.as_str().as_bytes();
    let mut result = Text::default();
    let (mut from, mut at) = (start, start);
    while at < end {
        match bytes.get(at) {
            Some(b'\\') if backslashes => {
                result.push(&text.slice(from, at));
                let skipped = match bytes.get(at + 1) {
                    Some(b'n') => Some("\n"),
                    Some(b't') => Some("\t"),
                    Some(b'r') => Some("\r"),
                    _ => None,
                };
                if let Some(character) = skipped {
                    result.push(&Text::derived(character, text.locate(Span::new(at, at + 2))));
                    from = at + 2;
                } else {
                    from = at + 1;
                }
                at += 2;
            }
            Some(byte) if *byte == quote => {
                result.push(&text.slice(from, at + 1));
                from = at + 2;
                at += 2;
            }
            _ => at += 1,
        }
    }
    result.push(&text.slice(from, end));
    result
}

/// A word in capitals, kept without allocation; words that are too long for a keyword are empty.
#[derive(Clone, Copy, Debug)]
pub struct Keyword {
    bytes: [u8; Keyword::LONGEST],
    length: usize,
}

impl Keyword {
    const LONGEST: usize = 24;

    fn new(word: &str) -> Keyword {
        let mut keyword = Keyword { bytes: [0; Keyword::LONGEST], length: 0 };
        if let Some(bytes) = keyword.bytes.get_mut(..word.len()) {
            bytes.copy_from_slice(word.as_bytes());
            bytes.make_ascii_uppercase();
            keyword.length = word.len();
        }
        keyword
    }

    /// The word.
    pub fn as_str(&self) -> &str {
        self.bytes.get(..self.length).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or("")
    }
}
