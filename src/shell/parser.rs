//! The state of reading: a cursor over the bytes of one text, where that text comes from, and the
//! here-documents that wait for the end of the line.

use std::rc::Rc;

use super::ast::{Characters, Word};
use super::heredoc::Lines;
use super::limits::Budget;
use super::{Dialect, ParseError};
use crate::span::Span;

pub(super) type Result<T> = std::result::Result<T, ParseError>;

/// Where the bytes of a text stand in the text that was given to `parse`.
#[derive(Debug)]
pub(super) enum Origin {
    /// They are that text.
    Same,
    /// They were copied from it in pieces: each entry says where a piece starts here and there.
    Pieces(Vec<(usize, usize)>),
}

impl Origin {
    fn of(&self, offset: usize) -> usize {
        match self {
            Origin::Same => offset,
            Origin::Pieces(pieces) => {
                let after = pieces.partition_point(|&(here, _)| here <= offset);
                match after.checked_sub(1).and_then(|index| pieces.get(index)) {
                    Some(&(here, there)) => there + (offset - here),
                    None => offset,
                }
            }
        }
    }
}

/// A text that is copied out of another one piece by piece, to be read on its own.
#[derive(Debug, Default)]
pub(super) struct Excerpt {
    text: String,
    pieces: Vec<(usize, usize)>,
}

impl Excerpt {
    /// Adds what stands between two offsets of the parser's text.
    pub(super) fn push(&mut self, parser: &Parser<'_>, start: usize, end: usize) {
        if start >= end {
            return;
        }
        self.pieces.push((self.text.len(), parser.origin.of(start)));
        if let Origin::Pieces(outer) = &parser.origin {
            let first = outer.partition_point(|&(here, _)| here <= start);
            let inside = outer.iter().skip(first).take_while(|&&(here, _)| here < end);
            self.pieces.extend(inside.map(|&(here, there)| (self.text.len() + here - start, there)));
        }
        self.text.push_str(parser.slice(start, end));
    }
}

/// What the readers of a text and of the texts inside it share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    pub(super) budget: Budget,
    /// The bodies of the here-documents that were announced, by number; empty until they are read.
    pub(super) bodies: Vec<Word>,
}

/// Reads one text.
pub(super) struct Parser<'t> {
    pub(super) dialect: Dialect,
    pub(super) shared: Shared,
    /// The here-documents announced on the current line.
    pub(super) lines: Lines,
    /// How many `$(` and `<(` of this text are open.
    pub(super) open_substitutions: u32,
    /// Where the commands of the last substitution begin, when they begin on its first line.
    pub(super) substitution_start: Option<usize>,
    /// Whether the next simple command has no assignments to arrays.
    pub(super) plain_words: bool,
    /// Whether a here-document was announced in the substitution that is read.
    pub(super) announced: bool,
    /// The same of the command that is read, without the substitutions in it.
    pub(super) announced_here: bool,
    /// Up to where the text was first read as `((…))`.
    pub(super) misread_until: usize,
    /// Whether a comment stood in such text.
    pub(super) misread_comment: bool,
    /// How many double quotes and here-documents surround what is read, commands inside them included.
    pub(super) quotes: u32,
    /// How many `${` are open since the last `$(`.
    pub(super) braces: u32,
    /// Where substitutions stand, noted while somebody needs to know.
    pub(super) substitutions: Option<Vec<(usize, usize)>>,
    pub(super) pos: usize,
    whole: &'t Rc<String>,
    text: &'t str,
    /// The text's bytes up to where reading ends at present.
    bytes: &'t [u8],
    origin: Origin,
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t Rc<String>, dialect: Dialect, origin: Origin, shared: Shared) -> Parser<'t> {
        Parser {
            dialect,
            shared,
            lines: Lines::default(),
            open_substitutions: 0,
            substitution_start: None,
            plain_words: false,
            announced: false,
            announced_here: false,
            misread_until: 0,
            misread_comment: false,
            quotes: 0,
            braces: 0,
            substitutions: None,
            pos: 0,
            whole: text,
            text,
            bytes: text.as_bytes(),
            origin,
        }
    }

    /// Whether bash's additions to the POSIX grammar are read.
    pub(super) fn is_bash(&self) -> bool {
        self.dialect != Dialect::Posix
    }

    /// Whether bash reads what stands here, prints it in a form of its own, and runs what it printed: it does so
    /// with the commands of a substitution.
    pub(super) fn reprints(&self) -> bool {
        self.open_substitutions > 0 && self.dialect == Dialect::Bash
    }

    /// The byte at an offset; 0 past the end (a text holds no NUL).
    #[inline]
    pub(super) fn byte(&self, offset: usize) -> u8 {
        self.bytes.get(offset).copied().unwrap_or(0)
    }

    /// The bytes from an offset on.
    #[inline]
    pub(super) fn bytes_from(&self, offset: usize) -> &'t [u8] {
        self.bytes.get(offset..).unwrap_or_default()
    }

    pub(super) fn at_end(&self) -> bool {
        self.pos >= self.bytes.len()
    }

    /// Where reading ends at present.
    pub(super) fn end(&self) -> usize {
        self.bytes.len()
    }

    /// The text between two offsets.
    pub(super) fn slice(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or("")
    }

    /// The characters between two offsets, for the tree.
    pub(super) fn characters(&self, start: usize, end: usize) -> Characters {
        Characters::of(self.whole, start, end)
    }

    /// Skips line continuations, then gives the next byte without taking it.
    #[inline]
    pub(super) fn peek(&mut self) -> u8 {
        let byte = self.byte(self.pos);
        if byte == b'\\' { self.peek_past_continuations() } else { byte }
    }

    fn peek_past_continuations(&mut self) -> u8 {
        while self.byte(self.pos) == b'\\' && self.byte(self.pos + 1) == b'\n' {
            self.pos += 2;
        }
        self.byte(self.pos)
    }

    /// The byte `distance` bytes ahead, line continuations not counted.
    pub(super) fn ahead(&self, distance: usize) -> u8 {
        self.byte(self.offset_ahead(distance))
    }

    /// The offset `distance` bytes ahead, line continuations not counted.
    pub(super) fn offset_ahead(&self, distance: usize) -> usize {
        let mut offset = self.skip_continuations(self.pos);
        for _ in 0..distance {
            offset = self.skip_continuations(offset + 1);
        }
        offset
    }

    /// The first offset from here on at which no line continuation stands.
    pub(super) fn skip_continuations(&self, mut offset: usize) -> usize {
        while self.byte(offset) == b'\\' && self.byte(offset + 1) == b'\n' {
            offset += 2;
        }
        offset
    }

    /// Takes `count` bytes, skipping line continuations before each.
    pub(super) fn advance(&mut self, count: usize) {
        for _ in 0..count {
            self.pos = self.skip_continuations(self.pos) + 1;
        }
        self.pos = self.pos.min(self.bytes.len());
    }

    /// Takes an operator if it stands here.
    pub(super) fn eat(&mut self, operator: &[u8]) -> bool {
        for (distance, &byte) in operator.iter().enumerate() {
            if self.ahead(distance) != byte {
                return false;
            }
        }
        self.advance(operator.len());
        true
    }

    /// Skips spaces, tabs, line continuations and a comment.
    pub(super) fn skip_blanks(&mut self) {
        while matches!(self.peek(), b' ' | b'\t') {
            self.pos += 1;
        }
        if self.byte(self.pos) == b'#' {
            self.misread_comment |= self.pos < self.misread_until;
            let rest = self.bytes.get(self.pos..).unwrap_or_default();
            self.pos += rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
        }
    }

    /// Skips blanks, comments and newlines; says how many newlines there were.
    pub(super) fn skip_newlines(&mut self) -> Result<usize> {
        let mut count = 0;
        loop {
            self.skip_blanks();
            if self.byte(self.pos) != b'\n' {
                return Ok(count);
            }
            self.newline()?;
            count += 1;
        }
    }

    /// Takes a newline and the bodies of the here-documents announced before it.
    pub(super) fn newline(&mut self) -> Result<()> {
        self.pos += 1;
        if self.lines.is_plain() { Ok(()) } else { self.end_line() }
    }

    /// The place in the original text of what stands between two offsets of this one.
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        match self.origin {
            Origin::Same => Span::new(start, end),
            Origin::Pieces(_) if end > start => Span::new(self.origin.of(start), self.origin.of(end - 1) + 1),
            Origin::Pieces(_) => Span::new(self.origin.of(start), self.origin.of(start)),
        }
    }

    /// The place of everything from an offset to here.
    pub(super) fn span_from(&self, start: usize) -> Span {
        self.span(start, self.pos)
    }

    /// Refuses what stands from an offset to here.
    pub(super) fn error<T>(&self, reason: &'static str, start: usize) -> Result<T> {
        Err(ParseError { reason, span: self.span(start, self.pos.max(start)), certain: false })
    }

    /// Refuses what stands here.
    pub(super) fn error_here<T>(&self, reason: &'static str) -> Result<T> {
        let Err(error) = self.unexpected::<T>(reason) else { return self.error(reason, self.pos) };
        Err(ParseError { certain: false, ..error })
    }

    /// An error that bash makes as well: what began at an offset is not closed before the end of the text.
    pub(super) fn unclosed<T>(&self, reason: &'static str, start: usize) -> Result<T> {
        Err(ParseError { reason, span: self.span(start, self.pos.max(start)), certain: true })
    }

    /// An error that bash makes as well, about what stands here.
    pub(super) fn unexpected<T>(&self, reason: &'static str) -> Result<T> {
        let span = self.span(self.pos, (self.pos + 1).min(self.bytes.len()));
        Err(ParseError { reason, span, certain: true })
    }

    /// Reads something that may hold itself, within the limit of depth.
    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if !self.shared.budget.descend() {
            return self.error_here("this nests too deep");
        }
        let result = read(self);
        self.shared.budget.ascend();
        result
    }

    /// Counts a node of the tree.
    #[inline]
    pub(super) fn count(&mut self) -> Result<()> {
        if self.shared.budget.count() { Ok(()) } else { self.error_here("there is too much of it") }
    }

    /// Goes back to an offset after a wrong guess.
    pub(super) fn rewind(&mut self, offset: usize) -> Result<()> {
        let reread = self.pos.saturating_sub(offset);
        self.pos = offset;
        if self.shared.budget.reread(reread) { Ok(()) } else { self.error_here("this is too tangled to read") }
    }

    /// Reads with the end of the text moved to an offset.
    pub(super) fn within<T>(&mut self, end: usize, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let outer = self.bytes;
        self.bytes = outer.get(..end).unwrap_or(outer);
        let result = read(self);
        self.bytes = outer;
        result
    }

    /// Reads a text that was copied out of this one. Here-documents announced in it end with it.
    pub(super) fn read_excerpt<T>(
        &mut self,
        excerpt: Excerpt,
        read: impl FnOnce(&mut Parser<'_>) -> Result<T>,
    ) -> Result<T> {
        let shared = std::mem::take(&mut self.shared);
        let text = Rc::new(excerpt.text);
        let mut inner = Parser::new(&text, self.dialect, Origin::Pieces(excerpt.pieces), shared);
        let result = inner.nested(read);
        self.shared = inner.shared;
        result
    }
}
