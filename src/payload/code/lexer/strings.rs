//! The inside of string literals: escapes, and code that is computed in them.

use crate::payload::HOLE;
use crate::span::Span;
use crate::text::Text;

use super::super::schema::{Escapes, Interpolation, Prefix, StringForm, TextKind};
use super::super::token::{Literal, Part};
use super::Lexer;

/// How the inside of a literal is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Body<'b> {
    /// What ends it.
    pub close: &'b str,
    /// The bracket that nests, for literals in brackets.
    pub nests: Option<char>,
    /// What a backslash means.
    pub escapes: Escapes,
    /// What is computed.
    pub interpolation: Interpolation,
    /// What it is.
    pub kind: TextKind,
}

/// A computed part of a literal: the range of its code, if it has any, and the length of all of it.
type Computed = (Option<(usize, usize)>, usize);

/// A literal in the making.
struct Parts {
    parts: Vec<Part>,
    known: Text,
    /// Where the run of plain characters starts that is not in `known` yet.
    run: usize,
}

impl Lexer<'_> {
    /// Reads a string with its prefix, if one starts here; `None` when it does not end.
    pub(super) fn string(&mut self, next: char) -> Option<Option<Literal>> {
        let mut start = self.at;
        let mut prefix = Prefix::Plain;
        if self.is_name_start(next) && !self.syntax.prefixes.is_empty() {
            let length = self.name_length(self.at);
            let word = self.text.get(self.at..self.at + length).unwrap_or("").to_ascii_lowercase();
            let known = self.syntax.prefixes.iter().find(|(_, words)| words.contains(&word));
            let Some((kind, _)) = known else { return Some(None) };
            prefix = *kind;
            start += length;
        }
        let rest = self.text.get(start..self.end).unwrap_or("");
        let Some(form) = self.syntax.strings.iter().find(|form| rest.starts_with(form.open.as_str())) else {
            return Some(None);
        };
        self.at = start + form.open.len();
        self.body(with_prefix(form, prefix)).map(Some)
    }

    /// Reads `:name` or `:"name"`.
    pub(super) fn symbol_literal(&mut self) -> Option<Option<Literal>> {
        let second = self.second();
        let preceded = self.at.checked_sub(1).and_then(|at| self.text.as_bytes().get(at)).is_some_and(|b| *b == b':');
        if preceded || !(self.spaced || self.expects_operand()) {
            return Some(None);
        }
        match second {
            Some('"' | '\'') => {
                self.at += 1;
                self.string('"')
            }
            Some(c) if self.is_name_start(c) => {
                self.at += 1;
                let start = self.at;
                self.name();
                let text = self.source.slice(Span::new(start, self.at));
                Some(Some(Literal { kind: TextKind::Text, parts: vec![Part::Known(text)] }))
            }
            _ => Some(None),
        }
    }

    /// Reads up to the end of a literal, of which the opening quote has been read; `None` when it does not end.
    pub(super) fn body(&mut self, body: Body<'_>) -> Option<Literal> {
        let mut made = Parts { parts: Vec::new(), known: Text::default(), run: self.at };
        let mut depth = 0usize;
        loop {
            let rest = self.rest();
            if self.failures == 0 {
                return None;
            }
            let Some(next) = rest.chars().next() else {
                if body.close.is_empty() {
                    break;
                }
                return None;
            };
            if next == HOLE {
                self.flush(&mut made);
                made.close();
                made.parts.push(Part::Hole(self.at));
                self.skip(&mut made, next.len_utf8());
            } else if depth == 0 && !body.close.is_empty() && rest.starts_with(body.close) {
                let doubled = body.escapes == Escapes::Doubled
                    && rest.get(body.close.len()..).is_some_and(|behind| behind.starts_with(body.close));
                if !doubled {
                    break;
                }
                self.at += body.close.len();
                self.flush(&mut made);
                self.skip(&mut made, body.close.len());
            } else if next == '\\' && body.escapes != Escapes::None && body.escapes != Escapes::Doubled {
                self.escape(&mut made, body);
            } else if let Some(length) = self.interpolated(&mut made, body.interpolation, body.kind) {
                self.skip(&mut made, length);
            } else {
                if body.nests == Some(next) {
                    depth += 1;
                } else if depth > 0 && rest.starts_with(body.close) {
                    depth -= 1;
                }
                self.at += next.len_utf8();
            }
        }
        self.flush(&mut made);
        made.close();
        self.at += body.close.len();
        Some(Literal { kind: body.kind, parts: made.parts })
    }

    /// Reads all that is left as the inside of a literal.
    pub(super) fn open_ended(&mut self, escapes: Escapes, interpolation: Interpolation, kind: TextKind) -> Literal {
        self.body(Body { close: "", nests: None, escapes, interpolation, kind }).unwrap_or_default()
    }

    /// Moves the run of plain characters into the literal.
    fn flush(&self, made: &mut Parts) {
        if made.run < self.at {
            made.known.push(&self.source.slice(Span::new(made.run, self.at)));
        }
        made.run = self.at;
    }

    fn skip(&mut self, made: &mut Parts, length: usize) {
        self.at += length;
        made.run = self.at;
    }

    fn escape(&mut self, made: &mut Parts, body: Body<'_>) {
        self.flush(made);
        let rest = self.rest();
        let (decoded, length) = match body.escapes {
            Escapes::Quote => match rest.chars().nth(1) {
                Some(second) if second == '\\' || body.close.starts_with(second) || body.nests == Some(second) => {
                    (Some(second.to_string()), 1 + second.len_utf8())
                }
                _ => (Some("\\".to_owned()), 1),
            },
            Escapes::Kept => {
                let second = rest.chars().nth(1).map_or(0, char::len_utf8);
                (rest.get(..1 + second).map(str::to_owned), 1 + second)
            }
            escapes => decode(rest, escapes),
        };
        let span = self.source.locate(Span::new(self.at, self.at + length));
        made.known.push(&Text::derived(decoded.unwrap_or_default(), span));
        self.skip(made, length);
    }

    /// Reads a computed part that starts here into the literal, and says how long it is.
    fn interpolated(&mut self, made: &mut Parts, interpolation: Interpolation, kind: TextKind) -> Option<usize> {
        let rest = self.rest();
        if !rest.starts_with(['$', '@', '#', '{', '}', '(']) {
            return None;
        }
        let found = match interpolation {
            Interpolation::None => None,
            Interpolation::Braces => self.braces(made),
            Interpolation::DollarBraces => self.enclosed(rest, "${", '{', '}'),
            Interpolation::HashBraces => self.enclosed(rest, "#{", '{', '}'),
            Interpolation::Dollar => self.enclosed(rest, "${", '{', '}').or_else(|| self.variable_part(rest, false)),
            Interpolation::DollarParentheses => {
                self.enclosed(rest, "$(", '(', ')').or_else(|| self.variable_part(rest, false))
            }
            Interpolation::Php => match rest.strip_prefix("{$") {
                Some(_) => self.enclosed(rest, "{", '{', '}'),
                None => self.enclosed(rest, "${", '{', '}').or_else(|| self.variable_part(rest, true)),
            },
            Interpolation::Perl if kind == TextKind::Pattern && rest.starts_with("(?{") => {
                self.enclosed(rest, "(?{", '{', '}')
            }
            Interpolation::Perl if kind == TextKind::Pattern && rest.starts_with("(??{") => {
                self.enclosed(rest, "(??{", '{', '}')
            }
            Interpolation::Perl => self
                .enclosed(rest, "@{", '{', '}')
                .or_else(|| self.enclosed(rest, "${", '{', '}'))
                .or_else(|| self.variable_part(rest, true)),
        };
        let (code, length) = found?;
        self.flush(made);
        if let Some((from, to)) = code {
            made.close();
            made.parts.push(Part::Code(Span::new(self.at + from, self.at + to)));
        }
        Some(length)
    }

    /// `{code}`, `{code!r:>10}`, `{{`.
    fn braces(&mut self, made: &mut Parts) -> Option<Computed> {
        let rest = self.rest();
        if rest.starts_with("{{") || rest.starts_with("}}") {
            // One of the two stands for itself.
            self.flush(made);
            made.known.push(&self.source.slice(Span::new(self.at, self.at + 1)));
            made.run = self.at + 1;
            return Some((None, 2));
        }
        let (code, length) = self.enclosed(rest, "{", '{', '}')?;
        let code = code.map(|(from, to)| (from, from + expression_length(rest.get(from..to).unwrap_or(""))));
        Some((code, length))
    }

    /// `$name` or `@name`, perhaps with subscripts.
    fn variable_part(&mut self, rest: &str, subscripts: bool) -> Option<Computed> {
        let sigil = rest.chars().next()?;
        if sigil != '$' && !(sigil == '@' && self.syntax.sigils.contains('@')) {
            return None;
        }
        let mut length = 1 + self.name_length(self.at + 1);
        if length == 1 {
            let special = rest.as_bytes().get(1).is_some_and(|byte| sigil == '$' && b"&@!0123456789".contains(byte));
            if !special {
                return None;
            }
            length = 2;
        }
        // Every turn takes a subscript or leaves.
        #[expect(clippy::while_immutable_condition, reason = "a plain sigil takes none, so the loop is not entered")]
        while subscripts {
            let tail = rest.get(length..).unwrap_or("");
            let arrow = if tail.starts_with("->") { 2 } else { 0 };
            let (_, extent) = match tail.get(arrow..).and_then(|tail| tail.chars().next()) {
                Some('[') => self.enclosed(tail.get(arrow..)?, "[", '[', ']')?,
                Some('{') if self.syntax.sigils.contains('@') => self.enclosed(tail.get(arrow..)?, "{", '{', '}')?,
                Some(c) if arrow > 0 && self.is_name_start(c) && !self.syntax.sigils.contains('@') => {
                    (None, self.name_length(self.at + length + arrow))
                }
                _ => break,
            };
            length += arrow + extent;
        }
        Some((Some((0, length)), length))
    }

    /// What stands between `open` and the bracket that ends it: its range and the length of all of it.
    fn enclosed(&mut self, rest: &str, open: &str, left: char, right: char) -> Option<Computed> {
        let inside = rest.strip_prefix(open)?;
        let Some(length) = balanced(inside, left, right) else {
            self.failures = self.failures.saturating_sub(1);
            return None;
        };
        Some((Some((open.len(), open.len() + length)), open.len() + length + right.len_utf8()))
    }
}

impl Parts {
    /// Ends the run of known characters.
    fn close(&mut self) {
        if !self.known.is_empty() {
            self.parts.push(Part::Known(std::mem::take(&mut self.known)));
        }
    }
}

/// A form of string, as a prefix changes it.
fn with_prefix(form: &StringForm, prefix: Prefix) -> Body<'_> {
    let escapes = match prefix {
        Prefix::Raw | Prefix::RawBraces => Escapes::Kept,
        Prefix::Plain | Prefix::Braces | Prefix::Pattern => form.escapes,
    };
    let interpolation = match prefix {
        Prefix::Braces | Prefix::RawBraces => Interpolation::Braces,
        Prefix::Plain | Prefix::Raw | Prefix::Pattern => form.interpolation,
    };
    let kind = if prefix == Prefix::Pattern { TextKind::Pattern } else { form.kind };
    Body { close: &form.close, nests: None, escapes, interpolation, kind }
}

/// The length up to the bracket `right` that ends what has begun, quotes skipped.
pub(super) fn balanced(text: &str, left: char, right: char) -> Option<usize> {
    let mut depth = 0usize;
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if let Some(open) = quote {
            if c == open {
                quote = None;
            }
        } else if c == right {
            if depth == 0 {
                return Some(at);
            }
            depth -= 1;
        } else if c == left {
            depth += 1;
        } else if matches!(c, '"' | '\'' | '`') {
            quote = Some(c);
        }
    }
    None
}

/// The length of the expression in `{expression!r:format}`.
fn expression_length(code: &str) -> usize {
    let mut depth = 0usize;
    let mut quote = None;
    let bytes = code.as_bytes();
    for (at, c) in code.char_indices() {
        match c {
            _ if quote == Some(c) => quote = None,
            _ if quote.is_some() => {}
            '"' | '\'' => quote = Some(c),
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ':' if depth == 0 => return at,
            '!' if depth == 0 && bytes.get(at + 1) != Some(&b'=') => return at,
            '=' if depth == 0 && at + 1 == code.len() => return at,
            _ => {}
        }
    }
    code.len()
}

/// The character that an escape sequence stands for, and the length of the sequence.
fn decode(rest: &str, escapes: Escapes) -> (Option<String>, usize) {
    let Some(second) = rest.chars().nth(1) else { return (None, 1) };
    let digits = |from: usize, most: usize, radix: u32| -> (Option<String>, usize) {
        let text = rest.get(from..).unwrap_or("");
        let length = text.chars().take(most).take_while(|c| c.is_digit(radix)).count();
        let number = text.get(..length).and_then(|digits| u32::from_str_radix(digits, radix).ok());
        (number.and_then(char::from_u32).map(String::from), from + length)
    };
    let simple = |c: &str| (Some(c.to_owned()), 2);
    match second {
        'n' => simple("\n"),
        't' => simple("\t"),
        'r' => simple("\r"),
        'a' => simple("\u{7}"),
        'b' => simple("\u{8}"),
        'f' => simple("\u{c}"),
        'v' => simple("\u{b}"),
        'e' if escapes == Escapes::C => simple("\u{1b}"),
        '\n' => (None, 2),
        'x' if rest.get(2..3) == Some("{") => braced(rest),
        'u' if rest.get(2..3) == Some("{") => braced(rest),
        'x' => digits(2, 2, 16),
        'u' => digits(2, 4, 16),
        'U' if escapes == Escapes::Python => digits(2, 8, 16),
        '0'..='9' if escapes == Escapes::Lua => digits(1, 3, 10),
        '0'..='7' => digits(1, 3, 8),
        '\\' | '\'' | '"' | '`' => simple(second.encode_utf8(&mut [0; 4])),
        other if escapes == Escapes::Python => (Some(format!("\\{other}")), 1 + other.len_utf8()),
        other => (Some(other.to_string()), 1 + other.len_utf8()),
    }
}

/// `\u{72}` and `\x{72}`.
fn braced(rest: &str) -> (Option<String>, usize) {
    let inside = rest.get(3..).unwrap_or("");
    let Some(length) = inside.find('}') else { return (None, 3) };
    let number = inside.get(..length).and_then(|digits| u32::from_str_radix(digits.trim(), 16).ok());
    (number.and_then(char::from_u32).map(String::from), 3 + length + 1)
}
