//! Reads stretches of text with a closing mark: double quotes, the operand of `${…}`, arithmetic, subscripts,
//! here-documents. They differ only in what is special in them, which [`Rules`] says.

use super::ast::{Arithmetic, Few, Part, Word};
use super::parser::{Parser, Result};
use super::parts::Parts;
use super::{Dialect, ParseError};

/// What surrounds an expansion; it decides how quotes inside the expansion are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quoting {
    /// Nothing.
    Bare,
    /// Double quotes.
    Double,
    /// A here-document.
    HereDocument,
    /// Arithmetic.
    Arithmetic,
}

/// What a quote character does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quote {
    /// It quotes.
    Quotes,
    /// It keeps closing marks from closing up to its partner, but is text, and expansions inside it expand.
    Shields,
    /// It is text.
    Text,
}

/// What a backslash does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Backslash {
    /// It quotes any character.
    Quotes,
    /// It quotes these characters, and is text before others.
    Before(&'static [u8]),
    /// It is text, like the character after it.
    Text,
}

/// What `<(` and `>(` do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Angles {
    /// They begin a process substitution.
    Substitute,
    /// Bash reads them as a process substitution to find where they end, and then takes them for text.
    Check,
    /// They are text.
    Text,
}

/// Which expansions bash does not skip as a whole when it looks for the end of a stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flat {
    /// None: it skips them all.
    Nothing,
    /// `${…}` and `$[…]`
    Braces,
    /// Those, `$(…)` and `<(…)`
    Everything,
}

/// Bash in POSIX mode, which `sh` is on many systems and any text can turn on, takes single quotes in `"${x:-…}"` for
/// text: where a brace or a quote stands between them, it ends elsewhere.
const POSIX_TEXT: &str = "single quotes in braces that a shell in POSIX mode takes for text";

/// What is special in a stretch of text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    /// What ends it; 0 for the end of the text.
    pub(super) close: u8,
    /// Brackets inside it that have to be balanced.
    pub(super) nest: Option<(u8, u8)>,
    /// Ends it too, outside nested brackets.
    pub(super) stop: u8,
    /// Ends it too, anywhere.
    pub(super) abort: u8,
    pub(super) single: Quote,
    pub(super) double: Quote,
    pub(super) backslash: Backslash,
    pub(super) angles: Angles,
    pub(super) flat: Flat,
    /// Whether single quotes are text to bash in POSIX mode, where they are none to bash otherwise.
    pub(super) posix_text: bool,
    /// Whether the text is unquoted.
    pub(super) live: bool,
    pub(super) quoting: Quoting,
}

/// `"…"`
pub(super) const DOUBLE_QUOTED: Rules = Rules {
    close: b'"',
    nest: None,
    stop: 0,
    abort: 0,
    single: Quote::Text,
    double: Quote::Text,
    backslash: Backslash::Before(b"$`\"\\"),
    angles: Angles::Text,
    flat: Flat::Nothing,
    posix_text: false,
    live: false,
    quoting: Quoting::Double,
};

/// The body of a here-document.
pub(super) const HERE_DOCUMENT: Rules =
    Rules { close: 0, backslash: Backslash::Before(b"$`\\"), quoting: Quoting::HereDocument, ..DOUBLE_QUOTED };

/// The operand of `${…}` outside quotes, and a pattern or the message of `?` anywhere.
pub(super) const OPERAND: Rules = Rules {
    close: b'}',
    single: Quote::Quotes,
    double: Quote::Quotes,
    backslash: Backslash::Quotes,
    angles: Angles::Substitute,
    live: true,
    quoting: Quoting::Bare,
    ..DOUBLE_QUOTED
};

/// The message of `"${x?message}"`, and what bash cannot expand.
pub(super) const MESSAGE_IN_QUOTES: Rules = Rules { posix_text: true, ..OPERAND };

/// The word of `"${x:-word}"`.
pub(super) const OPERAND_IN_QUOTES: Rules = Rules {
    close: b'}',
    single: Quote::Shields,
    double: Quote::Quotes,
    backslash: Backslash::Before(b"$`\"\\}"),
    angles: Angles::Check,
    ..DOUBLE_QUOTED
};

/// `((…))`, and the base of all arithmetic.
pub(super) const ARITHMETIC: Rules = Rules {
    close: b')',
    nest: Some((b'(', b')')),
    single: Quote::Shields,
    double: Quote::Shields,
    backslash: Backslash::Text,
    angles: Angles::Check,
    flat: Flat::Braces,
    live: true,
    quoting: Quoting::Arithmetic,
    ..DOUBLE_QUOTED
};

/// `[…]` of a subscript.
pub(super) const SUBSCRIPT: Rules = Rules { close: b']', nest: Some((b'[', b']')), flat: Flat::Nothing, ..ARITHMETIC };

/// `$[…]`
pub(super) const OLD_ARITHMETIC: Rules = Rules { flat: Flat::Everything, angles: Angles::Text, ..SUBSCRIPT };

/// Offset and length of `${x:offset:length}`.
pub(super) const SUBSTRING: Rules = Rules { close: b'}', stop: b':', flat: Flat::Nothing, ..ARITHMETIC };

/// `(…)` in an extended glob or a regular expression.
pub(super) const PARENTHESES: Rules =
    Rules { close: b')', nest: Some((b'(', b')')), flat: Flat::Everything, ..OPERAND };

/// Bytes at which a run of plain text ends.
const fn is_mark(byte: u8) -> bool {
    matches!(
        byte,
        b'$' | b'`'
            | b'\\'
            | b'\''
            | b'"'
            | b'<'
            | b'>'
            | b'('
            | b')'
            | b'['
            | b']'
            | b'{'
            | b'}'
            | b':'
            | b';'
            | b'/'
            | b'?'
    )
}

/// How deep the brackets of a stretch are open, and how many `?` wait for their `:`.
#[derive(Default)]
struct Balance {
    brackets: u32,
    choices: u32,
}

impl Balance {
    /// Whether the byte ends the stretch; otherwise it is counted.
    fn ends(&mut self, byte: u8, rules: &Rules) -> bool {
        let closes_bracket = rules.nest.is_some_and(|(_, close)| close == byte) && self.brackets > 0;
        if byte == rules.close && (!closes_bracket) || byte == rules.abort {
            return true;
        }
        if byte == rules.stop && self.brackets == 0 {
            if self.choices == 0 {
                return true;
            }
            self.choices -= 1;
        }
        match rules.nest {
            Some((open, _)) if open == byte => self.brackets += 1,
            Some(_) if closes_bracket => self.brackets -= 1,
            _ if byte == b'?' && rules.stop == b':' => self.choices += 1,
            _ => {}
        }
        false
    }
}

impl Parser<'_> {
    /// Reads up to what ends the stretch, which is not taken.
    pub(super) fn inside(&mut self, rules: &Rules) -> Result<Few<Part>> {
        let mut parts = Parts::default();
        self.inside_into(rules, &mut parts)?;
        Ok(parts.finish(self))
    }

    /// The same, adding to parts that were read before.
    pub(super) fn inside_into(&mut self, rules: &Rules, parts: &mut Parts) -> Result<()> {
        let start = self.pos;
        let mut balance = Balance::default();
        loop {
            let byte = self.peek();
            if byte == 0 && self.at_end() {
                return if rules.close == 0 { Ok(()) } else { self.unclosed("this is not closed", start) };
            }
            if byte != 0 && balance.ends(byte, rules) {
                return Ok(());
            }
            if byte == b';' && rules.stop == b';' {
                return self.error("a semicolon in parentheses in a loop's head", start);
            }
            match byte {
                b'$' if rules.flat != Flat::Nothing => self.flat_dollar(rules, parts)?,
                b'$' => self.dollar(rules, parts)?,
                b'`' => {
                    let part = self.backquotes(rules.quoting)?;
                    parts.push(self, part);
                }
                b'\\' => self.backslash(rules, parts),
                b'\'' | b'"' => self.quote_inside(byte, rules, parts)?,
                b'<' | b'>' if rules.angles != Angles::Text && self.is_bash() => self.angles(rules, parts)?,
                _ => self.plain_run(rules.live, parts),
            }
        }
    }

    /// A word that is such a stretch.
    pub(super) fn word_inside(&mut self, rules: &Rules) -> Result<Word> {
        let start = self.pos;
        let parts = self.inside(rules)?;
        Ok(Word { parts, span: self.span_from(start) })
    }

    /// Arithmetic that is such a stretch.
    pub(super) fn arithmetic_inside(&mut self, rules: &Rules) -> Result<Arithmetic> {
        let start = self.pos;
        let bodies = self.shared.bodies.len();
        let parts = self.inside(rules)?;
        let comments = self.is_bash() && rules.close == b')' && has_comment(self.slice(start, self.pos));
        if comments || self.lines.in_body && self.slice(start, self.pos).contains(" #") {
            // Bash knows comments the one time that it reads this, and not the other.
            return self.error("a comment in text that bash reads again", start);
        }
        if self.shared.bodies.len() > bodies {
            // Bash puts the body into the text before it looks again at what the text is.
            return self.error("a here-document in arithmetic", start);
        }
        Ok(Arithmetic { parts, span: self.span_from(start) })
    }

    /// A run of `<` and `>`, with the parentheses that may follow it.
    fn angles(&mut self, rules: &Rules, parts: &mut Parts) -> Result<()> {
        let start = self.pos;
        let mut length = 0;
        while matches!(self.ahead(length), b'<' | b'>') {
            length += 1;
        }
        // Bash pairs the marks: after an even number of them the parenthesis is text where it looks for the end.
        let substitutes = self.ahead(length) == b'(' && rules.quoting != Quoting::HereDocument;
        if substitutes && length % 2 == 0 && rules.angles == Angles::Substitute {
            return self.error("a process substitution behind another mark", start);
        }
        let substitutes = substitutes && length % 2 == 1;
        for _ in 0..length - usize::from(substitutes) {
            self.peek();
            self.plain_byte(rules.live, parts);
        }
        if substitutes {
            let before = (self.pos, self.lines.clone());
            let bodies = self.shared.bodies.len();
            let checks = rules.angles == Angles::Check;
            // What is wrong in text is no error.
            let part = self
                .process_substitution()
                .map_err(|error| ParseError { certain: error.certain && !checks, ..error })?;
            if self.slice(before.0, self.pos).contains('#') || self.shared.bodies.len() > bodies {
                return self.error("a comment or a here-document in text that bash reads again", before.0);
            }
            if rules.flat != Flat::Nothing {
                self.expect_balance(before.0, rules, &[])?;
            }
            if rules.angles == Angles::Substitute {
                parts.push(self, part);
                return Ok(());
            }
            let close = self.pos - 1;
            self.rewind(before.0)?;
            self.lines = before.1;
            self.advance_as_text(2, rules, parts);
            self.within(close, |parser| {
                parser.nested(|parser| parser.inside_into(&Rules { close: 0, stop: 0, abort: 0, ..*rules }, parts))
            })?;
            self.advance_as_text(1, rules, parts);
        }
        Ok(())
    }

    fn advance_as_text(&mut self, count: usize, rules: &Rules, parts: &mut Parts) {
        for _ in 0..count {
            self.peek();
            self.plain_byte(rules.live, parts);
        }
    }

    /// An expansion that bash does not see as a whole when it looks for the end: the marks that count for the
    /// end must be balanced in it, or the text would be read in two ways.
    fn flat_dollar(&mut self, rules: &Rules, parts: &mut Parts) -> Result<()> {
        let start = self.pos;
        match self.ahead(1) {
            b'{' | b'[' => {}
            b'(' if rules.flat == Flat::Everything => {}
            _ => return self.dollar(rules, parts),
        }
        let outer = self.substitutions.replace(Vec::new());
        // Of `$((…))` bash has found the end without looking at what is not closed.
        let only_flat = rules.flat == Flat::Braces;
        self.dollar(rules, parts).map_err(|error| ParseError { certain: error.certain && !only_flat, ..error })?;
        let inner = std::mem::replace(&mut self.substitutions, outer).unwrap_or_default();
        let skipped = if rules.flat == Flat::Everything { &[] } else { inner.as_slice() };
        let written = self.slice(start, self.pos);
        if skipped.is_empty()
            && written.starts_with("$(")
            && written.contains(['<', '>'])
            && written.contains(['[', ']'])
        {
            // Bash prints the commands first, with redirections behind the words.
            return self.error("this ends in two different places", start);
        }
        self.expect_balance(start, rules, skipped)
    }

    /// Bash looks at what it has found to be arithmetic once more, and then skips nothing but quotes.
    pub(super) fn expect_arithmetic(&self, start: usize) -> Result<()> {
        self.expect_balance(start, &ARITHMETIC, &[])
    }

    fn expect_balance(&self, start: usize, rules: &Rules, skipped: &[(usize, usize)]) -> Result<()> {
        let balanced = rules.nest.is_none_or(|nest| self.is_balanced(start, nest, skipped));
        if balanced { Ok(()) } else { self.error("this ends in two different places", start) }
    }

    /// Whether the marks are balanced from an offset to here, as bash sees it: quotes hide marks, and
    /// substitutions are skipped.
    fn is_balanced(&self, start: usize, (open, close): (u8, u8), substitutions: &[(usize, usize)]) -> bool {
        let mut depth = 0u32;
        let mut quote = 0;
        let mut offset = start;
        while offset < self.pos {
            if let Some(&(_, end)) = substitutions.iter().find(|&&(from, to)| from <= offset && offset < to) {
                offset = end;
                continue;
            }
            match self.byte(offset) {
                b'\\' if quote != b'\'' => offset += 1,
                byte if quote != 0 => quote = if byte == quote { 0 } else { quote },
                byte @ (b'\'' | b'"') => quote = byte,
                byte if byte == open => depth += 1,
                byte if byte == close && depth == 0 => return false,
                byte if byte == close => depth -= 1,
                _ => {}
            }
            offset += 1;
        }
        depth == 0 && quote == 0 && offset == self.pos
    }

    /// The next offset at which the marks that were opened before `start` are closed, as bash sees it when it skips
    /// nothing but quotes.
    pub(super) fn flat_end(&self, start: usize, (open, close): (u8, u8)) -> Option<usize> {
        let mut depth = 0u32;
        let mut quote = 0;
        let mut offset = start;
        while offset < self.end() {
            match self.byte(offset) {
                b'\\' if quote != b'\'' => offset += 1,
                byte if quote != 0 => quote = if byte == quote { 0 } else { quote },
                byte @ (b'\'' | b'"') => quote = byte,
                b'`' => return None,
                byte if byte == open => depth += 1,
                byte if byte == close && depth == 0 => return Some(offset),
                byte if byte == close => depth -= 1,
                _ => {}
            }
            offset += 1;
        }
        None
    }

    /// Reads a stretch that bash reads only when it comes to expand it. If it is sure to give up on one of its
    /// expansions then, it has come no further than those before that one.
    pub(super) fn inside_until_error(&mut self, rules: &Rules) -> Result<Few<Part>> {
        let (start, bodies) = (self.pos, self.shared.bodies.len());
        let mut parts = Parts::default();
        match self.inside_into(rules, &mut parts) {
            Err(error) if error.certain && self.is_bash() && !self.is_zsh() => {
                self.shared.bodies.truncate(bodies);
                let given_up = self.unnamed(Word::default(), start);
                parts.push(self, given_up);
                Ok(parts.finish(self))
            }
            result => result.map(|()| parts.finish(self)),
        }
    }

    /// Takes at least one byte of plain text.
    fn plain_run(&mut self, live: bool, parts: &mut Parts) {
        let start = self.pos;
        let mut end = start + 1;
        while end < self.end() && !is_mark(self.byte(end)) {
            end += 1;
        }
        self.pos = end;
        parts.push_text(self, self.slice(start, end), start, end, live);
    }

    fn quote_inside(&mut self, mark: u8, rules: &Rules, parts: &mut Parts) -> Result<()> {
        let does = if mark == b'"' { rules.double } else { rules.single };
        match does {
            Quote::Quotes if mark == b'"' => {
                let part = self.double_quotes(self.pos)?;
                parts.push(self, part);
                Ok(())
            }
            Quote::Quotes => {
                let start = self.pos;
                let part = self.single_quotes()?;
                parts.push(self, part);
                let counts = |character| matches!(character, '}' | '"' | '$' | '`' | '\\');
                if rules.posix_text && self.dialect == Dialect::Bash && self.slice(start, self.pos).contains(counts) {
                    return self.error(POSIX_TEXT, start);
                }
                Ok(())
            }
            // To dash a single quote in `"${x:-…}"` and in arithmetic is a character like any other.
            Quote::Shields if mark == b'\'' && !self.is_bash() => {
                self.plain_run(rules.live, parts);
                Ok(())
            }
            Quote::Shields => self.shield(mark, rules, parts),
            Quote::Text => {
                self.plain_run(rules.live, parts);
                Ok(())
            }
        }
    }

    /// Quotes that are text themselves: closing marks between them do not close.
    ///
    /// Bash finds the end of such a stretch with the quotes and expands it without them. An expansion
    /// that reaches over the closing quote would be read in two ways; such a text is refused.
    fn shield(&mut self, mark: u8, rules: &Rules, parts: &mut Parts) -> Result<()> {
        let open = self.pos;
        self.plain_byte(rules.live, parts);
        loop {
            let byte = if mark == b'"' { self.peek() } else { self.byte(self.pos) };
            let start = self.pos;
            match byte {
                0 if self.at_end() => return self.unclosed("a quote is not closed", open),
                _ if byte == mark => {
                    self.plain_byte(rules.live, parts);
                    if !self.is_bash() && self.slice(open + 1, start).contains(['(', ')', '\'', '\n']) {
                        return self.error("quotes in arithmetic that dash takes for nothing", open);
                    }
                    return Ok(());
                }
                b'$' if mark == b'\'' => self.without_lines(|parser| parser.dollar(rules, parts))?,
                b'$' => self.dollar(rules, parts)?,
                b'`' => {
                    let part = self.backquotes(rules.quoting)?;
                    parts.push(self, part);
                }
                b'\\' if mark == b'"' || self.byte(start + 1) != mark => {
                    self.backslash(rules, parts);
                    continue;
                }
                b'}' | b'"' if mark == b'\'' && self.quotes > 0 && self.braces > 0 && self.dialect == Dialect::Bash => {
                    return self.error(POSIX_TEXT, open);
                }
                _ => {
                    self.plain_byte(rules.live, parts);
                    continue;
                }
            }
            if mark == b'\'' && self.slice(start, self.pos).contains('\'') {
                return self.error("an expansion crosses a quote", start);
            }
        }
    }

    /// Takes one character of text.
    pub(super) fn plain_byte(&mut self, live: bool, parts: &mut Parts) {
        let start = self.pos;
        let length = self.slice(start, self.end()).chars().next().map_or(1, char::len_utf8);
        self.pos = start + length;
        parts.push_text(self, self.slice(start, start + length), start, start + length, live);
    }

    /// A backslash and, mostly, the character after it. Line continuations are gone already.
    pub(super) fn backslash(&mut self, rules: &Rules, parts: &mut Parts) {
        let start = self.pos;
        let next = self.slice(start + 1, self.end()).chars().next();
        let Some(next) = next else {
            self.pos = start + 1;
            return parts.push_text(self, "\\", start, start + 1, rules.live);
        };
        let end = start + 1 + next.len_utf8();
        self.pos = end;
        let quotes = match rules.backslash {
            Backslash::Quotes => true,
            Backslash::Before(list) => u8::try_from(next).is_ok_and(|byte| list.contains(&byte)),
            Backslash::Text => false,
        };
        if quotes {
            parts.push_text(self, self.slice(start + 1, end), start, end, false);
        } else {
            parts.push_text(self, self.slice(start, end), start, end, rules.live);
        }
    }
}

/// Whether a `#` stands where a comment could begin, and something that it would hide.
fn has_comment(text: &str) -> bool {
    text.contains(['\'', '"', '`', '\n']) && begins_comment(text)
}

/// Whether a `#` stands where a comment could begin.
pub(super) fn begins_comment(text: &str) -> bool {
    let begins =
        |at: usize| text[..at].ends_with(|c: char| c.is_ascii_whitespace() || matches!(c, ';' | '&' | '|' | '('));
    text.match_indices('#').any(|(at, _)| at == 0 || begins(at))
}
