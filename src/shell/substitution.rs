//! Reads what `$`, backquotes, `<(` and `>(` begin.

use super::ast::{Arithmetic, Operation, Parameter, Part, Script};
use super::heredoc::Lines;
use super::inside::{ARITHMETIC, OLD_ARITHMETIC, Quoting, Rules, begins_comment};
use super::parser::{Excerpt, Parser, Result};
use super::parts::Parts;
use super::word::ends_word;
use super::{Dialect, ParseError};

/// Characters that would mean something if they were read again.
const SPECIAL_AFTER_DECODING: [char; 13] = ['$', '`', '\\', '\'', '"', '(', ')', '[', ']', '{', '}', ':', ';'];

/// How far the end of a line is looked for.
const MAX_LINE: usize = 4096;

/// Whether the byte can begin a name.
pub(super) const fn begins_name(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

/// Whether the byte can stand in a name.
pub(super) const fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether the byte is the name of a special parameter.
pub(super) const fn is_special_parameter(byte: u8) -> bool {
    matches!(byte, b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!')
}

impl Parser<'_> {
    /// Reads what stands at a `$`; a `$` that begins nothing is text.
    pub(super) fn dollar(&mut self, rules: &Rules, parts: &mut Parts) -> Result<()> {
        let start = self.pos;
        self.expect_common_dollar()?;
        let part = match self.ahead(1) {
            b'(' => self.dollar_parenthesis()?,
            b'{' => {
                self.braces += 1;
                let part = self.nested(|parser| parser.braced_parameter(rules.quoting))?;
                self.braces -= 1;
                part
            }
            b'[' if self.is_bash() => self.dollar_bracket()?,
            b'\'' if self.is_bash() && self.reads_ansi_quotes(rules) => {
                if rules.quoting != Quoting::Bare || (rules.close != 0 && self.quotes > 0) {
                    self.plain_ansi_quotes()?
                } else {
                    self.ansi_quotes()?
                }
            }
            b'"' if self.is_bash() && rules.quoting == Quoting::Bare => {
                self.advance(1);
                self.double_quotes(start)?
            }
            byte if begins_name(byte) => {
                self.advance(1);
                let name = self.name();
                self.simple_parameter(name, start)
            }
            b'$' if rules.quoting == Quoting::Arithmetic && matches!(self.ahead(2), b'{' | b'(' | b'[') => {
                // Bash skips brackets here when it looks for the end, but expands only the process number.
                return self.error("brackets behind two dollars in arithmetic", start);
            }
            byte if byte.is_ascii_digit() || is_special_parameter(byte) => {
                self.advance(2);
                self.simple_parameter(char::from(byte).to_string(), start)
            }
            _ => {
                self.plain_byte(rules.live, parts);
                return Ok(());
            }
        };
        if matches!(&part, Part::Parameter(_)) && self.byte(self.pos.saturating_sub(1)) != b'}' {
            self.expect_end_of_parameter()?;
        }
        self.count()?;
        parts.push(self, part);
        Ok(())
    }

    /// Whether `$'…'` is special: not between double quotes or in a here-document, but in expansions there.
    fn reads_ansi_quotes(&self, rules: &Rules) -> bool {
        rules.close != b'"' && (self.braces > 0 || matches!(rules.quoting, Quoting::Bare | Quoting::Arithmetic))
    }

    fn simple_parameter(&self, name: String, start: usize) -> Part {
        Part::Parameter(Box::new(Parameter {
            name,
            subscript: None,
            indirect: false,
            operation: Operation::None,
            span: self.span_from(start),
        }))
    }

    /// Takes a name, which may be empty.
    pub(super) fn name(&mut self) -> String {
        let mut name = String::new();
        loop {
            let byte = self.peek();
            if !is_name(byte) {
                return name;
            }
            let start = self.pos;
            while is_name(self.byte(self.pos)) {
                self.pos += 1;
            }
            name.push_str(self.slice(start, self.pos));
        }
    }

    /// `$'…'` inside `"${x:-…}"` and arithmetic: bash decodes it first and then reads the result again, so
    /// only harmless text is accepted.
    fn plain_ansi_quotes(&mut self) -> Result<Part> {
        let start = self.pos;
        let part = self.ansi_quotes()?;
        match &part {
            Part::Quoted { text, .. } if text.contains(SPECIAL_AFTER_DECODING) => {
                self.error("quotes inside quotes are decoded to something special", start)
            }
            _ => Ok(part),
        }
    }

    /// `$[…]`
    fn dollar_bracket(&mut self) -> Result<Part> {
        self.advance(2);
        let start = self.pos;
        let state = (self.lines.clone(), self.shared.bodies.len());
        let arithmetic = match self.nested(|parser| parser.arithmetic_inside(&OLD_ARITHMETIC)) {
            // Bash has found the end without looking at what is not closed.
            Err(error) if error.certain && self.dialect == Dialect::Bash && self.lines.is_plain() => {
                let Some(end) = self.flat_end(start, (b'[', b']')) else { return Err(error) };
                // But it has looked at commands and quotes.
                if self.slice(start, end).contains(['\n', '#', '(', '[', '\'', '"', '\\']) {
                    return Err(ParseError { certain: false, ..error });
                }
                self.lines = state.0;
                self.shared.bodies.truncate(state.1);
                self.rewind(start)?;
                let flat = Rules { close: 0, stop: 0, abort: 0, ..OLD_ARITHMETIC };
                let parts = self.recoverable(|parser| parser.within(end, |parser| parser.inside_until_error(&flat)))?;
                self.pos = end;
                Arithmetic { parts, span: self.span_from(start) }
            }
            result => result?,
        };
        self.advance(1);
        Ok(Part::Arithmetic(arithmetic.into()))
    }

    fn dollar_parenthesis(&mut self) -> Result<Part> {
        let start = self.pos;
        let script = if self.ahead(2) == b'(' {
            match self.arithmetic_or_commands()? {
                Parentheses::Arithmetic(arithmetic) => return Ok(Part::Arithmetic(arithmetic.into())),
                Parentheses::Commands(script) => script,
            }
        } else {
            self.advance(2);
            self.commands_to_parenthesis()?
        };
        Ok(Part::CommandSubstitution { script: script.into(), span: self.span_from(start) })
    }

    /// The commands of a substitution, up to and with its `)`.
    fn commands_to_parenthesis(&mut self) -> Result<Script> {
        let start = self.pos;
        let braces = std::mem::take(&mut self.braces);
        let noted = self.substitutions.take();
        let announced = (std::mem::take(&mut self.announced), self.announced_here);
        let script = self.with_own_lines(|parser| {
            parser.open_substitutions += 1;
            parser.skip_blanks();
            parser.substitution_start = Some(parser.pos);
            let script = parser.nested(Self::script)?;
            parser.open_substitutions -= 1;
            if parser.peek() != b')' {
                return parser.unclosed("a substitution is not closed", start);
            }
            parser.pos += 1;
            Ok(script)
        })?;
        self.braces = braces;
        self.substitutions = noted;
        (self.announced, self.announced_here) = announced;
        self.note_substitution(start - 1);
        Ok(script)
    }

    /// Notes that a substitution stands from an offset to here.
    fn note_substitution(&mut self, start: usize) {
        if let Some(noted) = &mut self.substitutions {
            noted.push((start, self.pos));
        }
    }

    /// What begins with `$((`: arithmetic when the text up to the matching parenthesis is `((…))` and
    /// balanced, else commands that begin with a subshell.
    fn arithmetic_or_commands(&mut self) -> Result<Parentheses> {
        self.advance(2);
        let open = self.pos;
        let lines = self.lines.clone();
        self.advance(1);
        let inner = self.pos;
        let arithmetic = self.nested(|parser| parser.arithmetic_inside(&ARITHMETIC))?;
        let close = self.pos;
        self.advance(1);
        if self.peek() == b')' {
            let end = std::mem::replace(&mut self.pos, close);
            self.expect_arithmetic(inner)?;
            self.expect_plain_arithmetic(inner)?;
            self.pos = end + 1;
            self.expect_no_later_end(inner, close)?;
            self.note_substitution(open);
            return Ok(Parentheses::Arithmetic(arithmetic));
        }
        if !self.is_bash() {
            return self.error("arithmetic is not closed", open);
        }
        self.nested(|parser| parser.arithmetic_inside(&ARITHMETIC))?;
        self.commands_up_to_here(open, &lines).map(Parentheses::Commands)
    }

    /// When bash expands a word, it takes a `#` in arithmetic for a comment, up to the next line of the word.
    fn expect_no_later_end(&self, start: usize, end: usize) -> Result<()> {
        if !self.is_bash() || !self.slice(start, end).contains('#') || !begins_comment(self.slice(start, end)) {
            return Ok(());
        }
        if self.may_go_on_in_next_line() {
            return self.error("a comment in text that bash reads again", start);
        }
        Ok(())
    }

    /// Whether a newline may stand in what is left of the word, or of the double quotes, that is read.
    fn may_go_on_in_next_line(&self) -> bool {
        let plain = self.braces == 0;
        let mut tangled = false;
        for (length, byte) in self.slice(self.pos, self.end()).bytes().enumerate() {
            match byte {
                b'\n' => return tangled || self.quotes > 0 || !plain,
                b'"' if self.quotes > 0 && plain && !tangled => return false,
                b'\'' | b'"' | b'`' | b'$' | b'\\' | b'(' | b'<' | b'>' => tangled = true,
                _ if self.quotes == 0 && plain && !tangled && ends_word(byte) => return false,
                _ => {}
            }
            if length == MAX_LINE {
                return true;
            }
        }
        false
    }

    /// Reads from an offset as commands what was read as balanced text up to the `)` here. Bash reads them when
    /// it runs them, as a text of its own.
    fn commands_up_to_here(&mut self, open: usize, lines: &Lines) -> Result<Script> {
        let close = self.pos;
        let text = self.slice(open, close);
        if text.contains("\\\n") && (text.contains('#') || text.contains("<<")) {
            // Bash joins the lines before it looks for comments and here-documents.
            return self.error("a line continuation in text that bash reads again", open);
        }
        if self.lines != *lines || text.contains("<<") && text.contains(['$', '`', '(']) {
            return self.error("a here-document in text that bash reads again", open);
        }
        if text.split_once('#').is_some_and(|(_, behind)| behind.contains(['\'', '"', '`'])) {
            // Looking for the end, bash knows no comments, and takes quotes in them for quotes.
            return self.error("a comment in text that bash reads again", open);
        }
        self.rewind(open)?;
        let script =
            self.read_later(open, close, |parser| parser.nested(|parser| parser.commands_between(open, close)))?;
        self.pos = close + 1;
        self.note_substitution(open - 1);
        Ok(script)
    }

    /// `<(…)` or `>(…)`
    pub(super) fn process_substitution(&mut self) -> Result<Part> {
        let start = self.pos;
        let output = self.peek() == b'>';
        self.count()?;
        self.advance(2);
        let script = if self.peek() == b'(' {
            let open = self.pos;
            let lines = self.lines.clone();
            self.nested(|parser| parser.arithmetic_inside(&ARITHMETIC))?;
            self.commands_up_to_here(open, &lines)?
        } else {
            self.commands_to_parenthesis()?
        };
        Ok(Part::ProcessSubstitution { output, script: script.into(), span: self.span_from(start) })
    }

    /// `` `…` ``
    pub(super) fn backquotes(&mut self, quoting: Quoting) -> Result<Part> {
        let start = self.pos;
        self.count()?;
        let open = start + 1;
        let mut end = open;
        let mut escapes = false;
        loop {
            match self.byte(end) {
                0 if end >= self.end() => {
                    self.pos = self.end();
                    return self.unclosed("a backquote is not closed", start);
                }
                b'`' => break,
                b'\\' => {
                    escapes = true;
                    end += 2;
                }
                _ => end += 1,
            }
        }
        let script = if escapes {
            let has_escaped_quotes = self.slice(open, end).contains("\\\"");
            let escaped_quotes = quoting == Quoting::Double && has_escaped_quotes;
            let inside = self.quotes > 1 || self.quotes > 0 && quoting == Quoting::Arithmetic;
            let inside = inside && self.open_substitutions == 0;
            if escaped_quotes && self.braces > 0 || has_escaped_quotes && inside {
                return self.error("quotes are escaped in backquotes in braces", start);
            }
            if self.open_substitutions > 0 && self.slice(open, end).contains("\\\\\n") {
                return self.error("a backslash at the end of a line in backquotes in a substitution", start);
            }
            let excerpt = self.without_escapes(open, end, escaped_quotes);
            self.read_later(open, end, |parser| parser.read_excerpt(excerpt, |parser| parser.whole_script()))?
        } else {
            self.read_later(open, end, |parser| parser.nested(|parser| parser.commands_between(open, end)))?
        };
        self.pos = end + 1;
        self.note_substitution(start);
        Ok(Part::CommandSubstitution { script: script.into(), span: self.span_from(start) })
    }

    /// The text of backquotes as it is read: without the backslash before `` ` ``, `$` and `\`, and inside
    /// double quotes before `"`; and without line continuations, even in quotes and comments.
    fn without_escapes(&self, start: usize, end: usize, quoted: bool) -> Excerpt {
        let mut excerpt = Excerpt::default();
        let mut piece = start;
        let mut offset = start;
        while offset < end {
            if self.byte(offset) != b'\\' {
                offset += 1;
                continue;
            }
            let next = self.byte(offset + 1);
            if matches!(next, b'`' | b'$' | b'\\' | b'\n') || (quoted && next == b'"') {
                excerpt.push(self, piece, offset);
                piece = offset + if next == b'\n' { 2 } else { 1 };
            }
            offset += 2;
        }
        excerpt.push(self, piece, end);
        excerpt
    }

    /// Reads commands between two offsets that bash reads only when it comes to run them. If it is sure to refuse
    /// them then, the text around them is accepted all the same, and of a single line nothing has run before.
    fn read_later(
        &mut self,
        start: usize,
        end: usize,
        read: impl FnOnce(&mut Self) -> Result<Script>,
    ) -> Result<Script> {
        let bodies = self.shared.bodies.len();
        let state = (self.announced, self.misread_until, self.misread_comment, self.plain_words);
        match self.recoverable(read) {
            Err(error) if error.certain && self.dialect == Dialect::Bash && !self.has_lines(start, end) => {
                self.shared.bodies.truncate(bodies);
                (self.announced, self.misread_until, self.misread_comment, self.plain_words) = state;
                Ok(Script { items: Vec::new(), span: self.span(start, end) })
            }
            // It ends the commands here, and not what stands around them.
            result => result.map_err(|error| ParseError { certain: false, ..error }),
        }
    }

    /// Whether a newline stands between two offsets that is no line continuation; `$'…'` may hold one as well.
    fn has_lines(&self, start: usize, end: usize) -> bool {
        let written = self.slice(start, end);
        let joined = written.replace("\\\n", "");
        joined.contains('\n') || joined.contains("$'") || written.contains("\\\\\n")
    }

    /// Reads commands between two offsets, as a text of its own.
    pub(super) fn commands_between(&mut self, start: usize, end: usize) -> Result<Script> {
        self.with_no_lines(|parser| {
            parser.pos = start;
            parser.within(end, Self::whole_script)
        })
    }
}

/// What begins with `$((`.
enum Parentheses {
    Arithmetic(Arithmetic),
    Commands(Script),
}
