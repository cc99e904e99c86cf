//! Reads here-documents: the delimiter where one is announced, the body after the end of that line.

use super::Dialect;
use super::ansi;
use super::ast::{Few, Part, RedirectTarget, Word};
use super::inside::HERE_DOCUMENT;
use super::parser::{Excerpt, Parser, Result};
use super::word::Kind;

/// A here-document whose body has not been read yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pending {
    /// Its place in the list of bodies.
    number: usize,
    /// Where its announcement ends.
    at: usize,
    delimiter: String,
    quoted: bool,
    stripped: bool,
}

/// What the end of the current line brings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Lines {
    /// The here-documents announced on it, whose bodies follow it.
    pending: Vec<Pending>,
    /// A newline whose following lines were read already, and where reading goes on after it.
    jump: Option<(usize, usize)>,
    /// Whether this is the body of a here-document itself.
    pub(super) in_body: bool,
}

impl Lines {
    /// Whether it brings nothing.
    pub(super) fn is_plain(&self) -> bool {
        self.pending.is_empty() && self.jump.is_none()
    }
}

/// A line of a here-document.
struct Line {
    /// Where it begins, after the tabs that `<<-` strips.
    start: usize,
    /// The end of its text.
    end: usize,
    /// Whether it goes on over a line continuation.
    joined: bool,
}

impl Parser<'_> {
    /// Reads the delimiter after `<<`; the target holds the number of the body until the bodies are filled in.
    pub(super) fn here_document(&mut self, stripped: bool) -> Result<RedirectTarget> {
        let start = self.pos;
        (self.announced, self.announced_here) = (true, true);
        self.word(Kind::Plain)?;
        if self.reprints() && self.byte(start) == b'-' {
            // Bash prints the dash next to the operator, and then runs what it printed.
            return self.error("the delimiter of a here-document begins with a dash in a substitution", start);
        }
        let written = self.slice(start, self.pos);
        let joined = written.replace("\\\n", "");
        let Some((delimiter, quoted)) =
            delimiter(&joined).filter(|_| joined.len() == written.len() || !written.contains('\''))
        else {
            return self.error("the delimiter of a here-document is not plain text", start);
        };
        if self.reprints() && (delimiter.is_empty() || delimiter.contains('\n'))
            || self.dialect != Dialect::Bash && delimiter.contains('\n')
            || stripped && delimiter.starts_with('\t')
        {
            // A closing parenthesis ends the body of the one, and nothing that of the other.
            return self.error("the delimiter of a here-document fits strange lines", start);
        }
        let number = self.shared.bodies.len();
        self.shared.bodies.push(Word::default());
        self.lines.pending.push(Pending { number, at: self.pos, delimiter, quoted, stripped });
        let mut body = Word::default();
        body.span.start = u32::try_from(number).unwrap_or(u32::MAX);
        Ok(RedirectTarget::Here { quoted, body })
    }

    /// After a newline: reads the bodies of the here-documents announced before it.
    pub(super) fn end_line(&mut self) -> Result<()> {
        if let Some((newline, after)) = self.lines.jump.take() {
            if self.pos != newline + 1 {
                return self.error("a here-document begins in the middle of something", newline);
            }
            self.pos = after;
        }
        self.read_pending_bodies()
    }

    /// Reads what follows as a list of here-document bodies.
    fn read_pending_bodies(&mut self) -> Result<()> {
        if self.pos < self.misread_until {
            return self.error_here("a here-document in text that bash reads again");
        }
        let in_substitution = self.open_substitutions > 0 && !self.lines.in_body && self.is_bash();
        let here = self.pos.saturating_sub(1);
        if in_substitution && self.lines.pending.iter().any(|pending| self.has_newline(pending.at, here)) {
            // Bash prints the body in front of the quotes that this line ends in, and reads them behind it.
            return self.error_here("a here-document in front of quotes over several lines in a substitution");
        }
        let mut in_line = false;
        for pending in std::mem::take(&mut self.lines.pending) {
            if in_line {
                return self.error_here("a here-document behind one that ends inside a line");
            }
            let body = self.here_body(&pending, in_substitution)?;
            in_line = !self.at_end() && self.byte(self.pos.saturating_sub(1)) != b'\n';
            if let Some(slot) = self.shared.bodies.get_mut(pending.number) {
                *slot = body;
            }
        }
        Ok(())
    }

    fn has_newline(&self, start: usize, end: usize) -> bool {
        start < end && self.slice(start, end).contains('\n')
    }

    /// Reads the inside of `$(…)` or `<(…)`, whose here-documents are its own. The bodies of those whose line
    /// did not end inside follow the current line, before those that were announced outside.
    pub(super) fn with_own_lines<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let outer = std::mem::take(&mut self.lines.pending);
        let result = read(self)?;
        if !self.lines.pending.is_empty() {
            if self.lines.pending.len() > 1 && self.is_bash() {
                // Bash reads the second one anew, from behind the substitution.
                return self.error_here("two here-documents that a substitution does not end");
            }
            self.expect_own_bodies()?;
            if self.lines.pending.iter().any(|pending| self.slice(pending.at, self.pos).contains('\n')) {
                // Of what bash prints, the lines between are those of the body.
                return self.error_here("a here-document in front of lines in a substitution that does not end it");
            }
            self.read_bodies_ahead()?;
        }
        self.lines.pending = outer;
        Ok(result)
    }

    /// Reads bodies from the lines below the current one, which itself goes on.
    fn read_bodies_ahead(&mut self) -> Result<()> {
        if self.lines.in_body {
            return self.error_here("a here-document has no end");
        }
        let here = self.pos;
        let (newline, after) = match self.lines.jump {
            Some(jump) => jump,
            None => {
                let rest = self.slice(here, self.end());
                let newline = here + rest.find('\n').unwrap_or(rest.len());
                (newline, (newline + 1).min(self.end()))
            }
        };
        if here > newline {
            return self.error_here("a here-document begins in the middle of something");
        }
        self.pos = after;
        self.open_substitutions += 1;
        self.read_pending_bodies()?;
        self.open_substitutions -= 1;
        if !self.at_end() && self.byte(self.pos.saturating_sub(1)) != b'\n' {
            return self.error_here("the end of a here-document is followed by text");
        }
        self.lines.jump = Some((newline, self.pos));
        self.pos = here;
        Ok(())
    }

    /// Reads a text inside this one whose here-documents end with it.
    pub(super) fn with_no_lines<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.recoverable(|parser| {
            (parser.open_substitutions, parser.quotes, parser.braces) = (0, 0, 0);
            let result = read(parser)?;
            parser.check_lines()?;
            Ok(result)
        })
    }

    /// Reads something that nothing surrounds but counted brackets, and then puts back what does, also after an error.
    pub(super) fn recoverable<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let lines = std::mem::take(&mut self.lines);
        let noted = self.substitutions.take();
        let counts = (self.open_substitutions, self.quotes, self.braces);
        let result = read(self);
        (self.lines, self.substitutions) = (lines, noted);
        (self.open_substitutions, self.quotes, self.braces) = counts;
        result
    }

    /// At the end of a text: nothing may have run over a line whose continuation was read elsewhere.
    pub(super) fn check_lines(&self) -> Result<()> {
        match self.lines.jump {
            Some((newline, _)) if self.pos > newline => {
                self.error("a here-document begins in the middle of something", newline)
            }
            _ => Ok(()),
        }
    }

    fn here_body(&mut self, pending: &Pending, in_substitution: bool) -> Result<Word> {
        let start = self.pos;
        let mut lines = Vec::new();
        let mut open = false;
        let after = loop {
            if self.at_end() {
                open = true;
                break self.pos;
            }
            let line = self.here_line(pending);
            if line.joined && in_substitution && self.slice(line.start, line.end).contains('#') {
                return self.error("a comment and a line continuation in a here-document", line.start);
            }
            if let Some(after) = self.ends_body(&line, pending, in_substitution) {
                if line.joined && after < line.end {
                    // Bash has joined what follows as well, also in quotes.
                    return self.error("a line continuation behind the end of a here-document", line.start);
                }
                break after;
            }
            self.pos = (line.end + 1).min(self.end());
            lines.push((line.start, self.pos));
        };
        let end = lines.last().map_or(start, |&(_, end)| end);
        let text = self.slice(start, end);
        if open && !pending.quoted && text.contains(['$', '`']) {
            // Bash loses the last character of some expansions in such a body.
            return self.error("a here-document with expansions has no end", start);
        }
        let parts = self.here_parts(pending, start, end, &lines)?;
        self.pos = after;
        Ok(Word { parts, span: self.span(start, end) })
    }

    /// The line that begins here. Without quotes in the delimiter, a line continuation joins lines.
    fn here_line(&self, pending: &Pending) -> Line {
        let mut start = self.pos;
        let mut joined = false;
        // Bash strips the tabs when it has joined the lines.
        loop {
            match self.byte(start) {
                b'\t' if pending.stripped => start += 1,
                b'\\' if pending.stripped && !pending.quoted && self.byte(start + 1) == b'\n' => {
                    start += 2;
                    joined = true;
                }
                _ => break,
            }
        }
        let mut end = start;
        while end < self.end() && self.byte(end) != b'\n' {
            let escapes = self.byte(end) == b'\\' && !pending.quoted && end + 1 < self.end();
            joined |= escapes && self.byte(end + 1) == b'\n';
            end += if escapes { 2 } else { 1 };
        }
        Line { start, end, joined }
    }

    /// Where reading goes on if the line is the delimiter; where that is inside a joined line, not to be told.
    ///
    /// Inside `$(…)` a line that begins with the delimiter and has a `)` behind it ends the body as well.
    fn ends_body(&self, line: &Line, pending: &Pending, in_substitution: bool) -> Option<usize> {
        let text = self.slice(line.start, line.end);
        let after = (line.end + 1).min(self.end());
        if !line.joined {
            let rest = text.strip_prefix(pending.delimiter.as_str())?;
            if rest.is_empty() {
                return Some(after);
            }
            return (in_substitution && rest.contains(')')).then_some(line.end - rest.len());
        }
        let text = without_continuations(text);
        match text.strip_prefix(pending.delimiter.as_str()) {
            Some("") => Some(after),
            Some(rest) if in_substitution && rest.contains(')') => Some(line.start),
            _ => None,
        }
    }

    fn here_parts(
        &mut self,
        pending: &Pending,
        start: usize,
        end: usize,
        lines: &[(usize, usize)],
    ) -> Result<Few<Part>> {
        if pending.quoted {
            let text: String = lines.iter().map(|&(start, end)| self.slice(start, end)).collect();
            return Ok(Few::One(Part::Quoted { text: text.into(), span: self.span(start, end) }));
        }
        if !pending.stripped && !self.slice(start, end).contains("\\\n") {
            self.pos = start;
            return self.with_no_lines(|parser| parser.within(end, Self::here_text));
        }
        let mut excerpt = Excerpt::default();
        for &(start, end) in lines {
            self.push_joined(&mut excerpt, start, end);
        }
        self.read_excerpt(excerpt, |parser| parser.here_text())
    }

    /// Copies a line without its line continuations, which bash takes out before it reads the body.
    fn push_joined(&self, excerpt: &mut Excerpt, start: usize, end: usize) {
        let (mut piece, mut offset) = (start, start);
        while offset < end {
            if self.byte(offset) != b'\\' {
                offset += 1;
                continue;
            }
            if self.byte(offset + 1) == b'\n' {
                excerpt.push(self, piece, offset);
                piece = offset + 2;
            }
            offset += 2;
        }
        excerpt.push(self, piece, end);
    }

    /// Reads an expansion that bash reads when it expands it, from a text that goes no further: no lines follow
    /// it that a here-document could have for its body.
    pub(super) fn without_lines<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let lines = std::mem::replace(&mut self.lines, Lines { in_body: true, ..Lines::default() });
        let result = read(self)?;
        self.lines = lines;
        Ok(result)
    }

    fn here_text(&mut self) -> Result<Few<Part>> {
        self.lines.in_body = true;
        self.quotes += 1;
        // Of a substitution that is not closed, bash runs all but the last character, and of braces around what is not
        // closed all before that.
        let text = self.slice(self.pos, self.end()).trim_end();
        let text = text.strip_suffix("$(").unwrap_or(text);
        let runs = ["$(", "`", "<(", ">("].iter().any(|begin| text.contains(begin));
        self.nested(|parser| match runs {
            true => parser.inside(&HERE_DOCUMENT),
            false => parser.inside_until_error(&HERE_DOCUMENT),
        })
    }
}

/// The delimiter that a word as written stands for, and whether any of it is quoted. Dollars in it are text.
/// Bash normalises the commands of a substitution in it and keeps quotes in brackets behind a dollar, so there must
/// be none.
fn delimiter(written: &str) -> Option<(String, bool)> {
    let mut text = String::new();
    let mut quoted = false;
    let mut rest = written;
    while let Some(character) = rest.chars().next() {
        rest = &rest[character.len_utf8()..];
        let quote = match (character, rest.chars().next()) {
            ('\\', Some(escaped)) => {
                quoted = true;
                text.push(escaped);
                rest = &rest[escaped.len_utf8()..];
                continue;
            }
            ('\'' | '"', _) => character,
            ('$', Some(quote @ ('\'' | '"'))) => {
                rest = &rest[1..];
                if quote == '\'' { '$' } else { quote }
            }
            ('$', Some('$')) => {
                text.push_str("$$");
                rest = &rest[1..];
                continue;
            }
            ('$', Some('{' | '[')) => {
                if rest.contains(['\'', '"', '\\', '`', '(']) {
                    return None;
                }
                text.push(character);
                continue;
            }
            ('(', Some(')')) => {
                text.push_str("()");
                rest = &rest[1..];
                continue;
            }
            ('`' | '(', _) => return None,
            _ => {
                text.push(character);
                continue;
            }
        };
        quoted = true;
        let (inner, after) = quoted_text(rest, quote)?;
        text.push_str(&inner);
        rest = after;
    }
    Some((text, quoted))
}

/// The characters up to the end of quotes that are open, and what follows them; `quote` is `$` for `$'…'`.
fn quoted_text(text: &str, quote: char) -> Option<(String, &str)> {
    if quote == '\'' {
        return text.split_once('\'').map(|(inner, after)| (inner.to_owned(), after));
    }
    let close = if quote == '$' { '\'' } else { quote };
    let mut characters = text.char_indices();
    while let Some((offset, character)) = characters.next() {
        if quote == '"' && matches!(character, '`' | '(') {
            return None;
        }
        if character == '\\' {
            characters.next();
        } else if character == close {
            let (inner, after) = (text.get(..offset)?, text.get(offset + 1..)?);
            let inner = if quote == '$' { ansi::decode(inner) } else { unescape(inner) };
            return Some((inner, after));
        }
    }
    None
}

/// Text in double quotes without the backslashes that quote.
fn unescape(text: &str) -> String {
    let mut unescaped = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match characters.peek() {
            Some('$' | '`' | '"' | '\\') if character == '\\' => unescaped.extend(characters.next()),
            _ => unescaped.push(character),
        }
    }
    unescaped
}

/// A line of a here-document with its line continuations taken out.
fn without_continuations(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        text.push(character);
        if character != '\\' {
            continue;
        }
        match characters.next() {
            Some('\n') => {
                text.pop();
            }
            Some(escaped) => text.push(escaped),
            None => {}
        }
    }
    text
}
