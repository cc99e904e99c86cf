//! Reads words: unquoted text, quotes of every kind, and the expansions between them.

use super::ansi;
use super::ast::{ExtendedGlob, Part, Word};
use super::inside::{DOUBLE_QUOTED, OPERAND, PARENTHESES, Rules};
use super::parser::{Parser, Result};
use super::parts::Parts;

/// What parentheses do in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// They end it.
    Plain,
    /// They belong to it after `?`, `*`, `+`, `@` and `!`, as extended globs.
    Pattern,
    /// They belong to it, and so does `|`: the right side of `=~`.
    Regex,
}

/// In a word outside all quotes a backslash quotes and `$'…'` is special, as in an unquoted operand.
const UNQUOTED: Rules = Rules { close: 0, ..OPERAND };

/// Whether the byte can stand unquoted in a word and means nothing to the reader.
#[inline(always)]
pub(super) const fn is_plain(byte: u8) -> bool {
    !matches!(
        byte,
        0 | b' ' | b'\t' | b'\n' | b'|' | b'&' | b';' | b'(' | b')' | b'<' | b'>' | b'\\' | b'\'' | b'"' | b'`' | b'$'
    )
}

/// Whether the byte ends a word.
#[inline(always)]
pub(super) const fn ends_word(byte: u8) -> bool {
    matches!(byte, 0 | b' ' | b'\t' | b'\n' | b'|' | b'&' | b';' | b'(' | b')' | b'<' | b'>')
}

impl Parser<'_> {
    /// Whether `<(` or `>(` stands at the offset.
    pub(super) fn is_process_substitution(&self, offset: usize) -> bool {
        self.is_bash()
            && matches!(self.byte(offset), b'<' | b'>')
            && self.byte(self.skip_continuations(offset + 1)) == b'('
    }

    /// Reads a word that has to stand here.
    pub(super) fn word(&mut self, kind: Kind) -> Result<Word> {
        let start = self.pos;
        let mut parts = Parts::default();
        self.word_into(kind, &mut parts)?;
        let word = Word { parts: parts.finish(self), span: self.span_from(start) };
        self.expect_no_brace(&word, start)?;
        self.expect_no_quoted_descriptor(start)?;
        if word.parts.is_empty() {
            return self.unexpected("a word is missing");
        }
        Ok(word)
    }

    /// `{name[…]}` in front of a redirection is its descriptor for bash also where quotes are in the brackets, and a word
    /// where they are not closed for it.
    fn expect_no_quoted_descriptor(&mut self, start: usize) -> Result<()> {
        if !self.is_bash() || self.byte(start) != b'{' || !matches!(self.peek(), b'<' | b'>') {
            return Ok(());
        }
        let written = self.slice(start, self.pos);
        if written.ends_with("]}") && written.contains('[') && written.contains(['\\', '\'', '"', '`', '$']) {
            return self.error("quotes in the brackets of a descriptor's variable", start);
        }
        Ok(())
    }

    /// Reads the rest of a word; there may be none.
    pub(super) fn word_into(&mut self, kind: Kind, parts: &mut Parts) -> Result<()> {
        self.count()?;
        self.expect_no_equals()?;
        loop {
            match self.peek() {
                b'\\' => self.backslash(&UNQUOTED, parts),
                b'\'' => {
                    let part = self.single_quotes()?;
                    parts.push(self, part);
                }
                b'"' => {
                    let part = self.double_quotes(self.pos)?;
                    parts.push(self, part);
                }
                b'`' => {
                    let part = self.backquotes(UNQUOTED.quoting)?;
                    parts.push(self, part);
                }
                b'$' => self.dollar(&UNQUOTED, parts)?,
                b'<' | b'>' if self.is_process_substitution(self.pos) => {
                    let part = self.process_substitution()?;
                    parts.push(self, part);
                }
                b'|' if kind == Kind::Regex => self.plain_byte(true, parts),
                b'(' if kind == Kind::Regex => self.regex_group(parts)?,
                b'(' if kind == Kind::Pattern => match parts.take_back(self, b"?*+@!") {
                    Some((_, start)) => self.extended_glob(start, parts)?,
                    None => return Ok(()),
                },
                byte if is_plain(byte) => self.word_run(parts),
                0 if !self.at_end() => self.plain_byte(true, parts),
                _ => return Ok(()),
            }
        }
    }

    fn word_run(&mut self, parts: &mut Parts) {
        let start = self.pos;
        let rest = self.bytes_from(start + 1);
        let end = start + 1 + rest.iter().position(|byte| !is_plain(*byte)).unwrap_or(rest.len());
        self.pos = end;
        parts.push_text(self, self.slice(start, end), start, end, true);
    }

    /// `(…)` in a regular expression, blanks and all.
    fn regex_group(&mut self, parts: &mut Parts) -> Result<()> {
        self.plain_byte(true, parts);
        let (start, bodies) = (self.pos, self.shared.bodies.len());
        self.inside_into(&PARENTHESES, parts)?;
        self.expect_plain_pattern(start, bodies)?;
        self.plain_byte(true, parts);
        Ok(())
    }

    /// Bash joins the lines of a pattern before it looks for comments in the substitutions there, and looks for the
    /// bodies of their here-documents a second time; `bodies` tells how many were announced before the pattern.
    fn expect_plain_pattern(&self, start: usize, bodies: usize) -> Result<()> {
        let written = self.slice(start, self.pos);
        let joined = written.contains('#') && written.contains("\\\n");
        if joined || self.shared.bodies.len() > bodies {
            return self.error("a comment or a here-document in a pattern", start);
        }
        Ok(())
    }

    /// `@(…)`, of which the first byte was taken already.
    fn extended_glob(&mut self, start: usize, parts: &mut Parts) -> Result<()> {
        self.advance(1);
        let bodies = self.shared.bodies.len();
        let inner = self.nested(|parser| parser.inside(&PARENTHESES))?;
        self.expect_plain_pattern(start, bodies)?;
        self.advance(1);
        let text = self.slice(start, self.pos).to_owned();
        let glob = ExtendedGlob { text, parts: inner, span: self.span_from(start) };
        parts.push(self, Part::ExtendedGlob(glob.into()));
        Ok(())
    }

    /// `'…'`
    pub(super) fn single_quotes(&mut self) -> Result<Part> {
        let start = self.pos;
        let rest = self.slice(start + 1, self.end());
        let Some(length) = rest.find('\'') else {
            self.pos = self.end();
            return self.unclosed("a single quote is not closed", start);
        };
        self.pos = start + 1 + length + 1;
        let text = self.characters(start + 1, start + 1 + length);
        Ok(Part::Quoted { text, span: self.span_from(start) })
    }

    /// `"…"`; `start` is where the part begins, which is before the quote for `$"…"`.
    pub(super) fn double_quotes(&mut self, start: usize) -> Result<Part> {
        self.advance(1);
        self.quotes += 1;
        let parts = self.inside(&DOUBLE_QUOTED)?.into();
        self.quotes -= 1;
        self.advance(1);
        Ok(Part::DoubleQuoted { parts, span: self.span_from(start) })
    }

    /// `$'…'`, decoded.
    pub(super) fn ansi_quotes(&mut self) -> Result<Part> {
        let start = self.pos;
        self.advance(2);
        let open = self.pos;
        let mut end = open;
        loop {
            match self.byte(end) {
                0 if end >= self.end() => {
                    self.pos = self.end();
                    return self.unclosed("a quote is not closed", start);
                }
                b'\'' => break,
                b'\\' => end += 2,
                _ => end += 1,
            }
        }
        self.pos = end + 1;
        let deep = self.quotes > 0 || self.open_substitutions > 1;
        if self.reprints() && deep && self.slice(open, end).contains("\\'") {
            // Bash prints it as several quotes, between which it loses count of those around.
            return self.error("a quote in quotes in a substitution in quotes", start);
        }
        self.expect_common_escapes(self.slice(open, end), start)?;
        let text = ansi::decode(self.slice(open, end)).into();
        Ok(Part::Quoted { text, span: self.span_from(start) })
    }
}
