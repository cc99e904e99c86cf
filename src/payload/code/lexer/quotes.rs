//! Literals whose quotes are chosen: `q(…)`, `%w[…]`, patterns, here-documents.

use crate::span::Span;

use super::super::schema::{Escapes, HereDocuments, Interpolation, QuoteLike, TextKind};
use super::super::token::{Literal, Part, TokenKind};
use super::Lexer;
use super::strings::Body;

/// The longest pattern in angle brackets.
const LONGEST_ANGLE: usize = 256;

impl Lexer<'_> {
    /// Reads a literal with chosen quotes, if one starts here; `None` when it does not end.
    pub(super) fn quote_like(&mut self, next: char, operand: bool) -> Option<Option<Literal>> {
        match self.syntax.quote_like {
            QuoteLike::None => Some(None),
            QuoteLike::Perl if next == '<' && operand => Some(self.angle()),
            QuoteLike::Perl => self.perl_quote(next),
            QuoteLike::Ruby => self.letter_quote(next, '%', operand),
            QuoteLike::Elixir => self.letter_quote(next, '~', operand),
        }
    }

    /// `<$handle>`, `<STDIN>`, `<*.log>`: a text that is read, or names that match.
    fn angle(&mut self) -> Option<Literal> {
        let inside = self.rest().strip_prefix('<')?;
        let length = inside.bytes().take(LONGEST_ANGLE).position(|byte| byte == b'>')?;
        let content = inside.get(..length)?;
        if content.contains(['\n', ';', '=', '(']) || content.starts_with(char::is_whitespace) {
            return None;
        }
        let pattern = content.contains(['*', '?', '.', '/', '~']) && !content.starts_with('$');
        let start = self.at + 1;
        self.at += length + 2;
        let part =
            if pattern { Part::Known(self.source.slice(Span::new(start, start + length))) } else { Part::Hole(start) };
        let kind = if pattern { TextKind::Glob } else { TextKind::Text };
        Some(Literal { kind, parts: vec![part] })
    }

    fn perl_quote(&mut self, next: char) -> Option<Option<Literal>> {
        if !matches!(next, 'q' | 'm' | 's' | 't' | 'y') {
            return Some(None);
        }
        let length = self.name_length(self.at);
        let word = self.text.get(self.at..self.at + length).unwrap_or("");
        if !matches!(word, "q" | "qq" | "qw" | "qx" | "m" | "qr" | "s" | "tr" | "y") || self.follows_arrow() {
            return Some(None);
        }
        let rest = self.text.get(self.at + length..self.end).unwrap_or("");
        let blank = rest.len() - rest.trim_start().len();
        let behind = rest.trim_start();
        let Some(delimiter) = behind.chars().next() else { return Some(None) };
        let plain_word = delimiter.is_alphanumeric()
            || matches!(delimiter, ';' | ')' | '_')
            // Behind `=~` a comma quotes as well: `s,a,b,`.
            || (delimiter == ',' && !self.follows("=~"))
            || (delimiter == '=' && (blank > 0 || behind.starts_with("=>") || behind.starts_with("==")))
            || (delimiter == '#' && blank > 0)
            || (delimiter == '}' && self.follows("{"));
        if plain_word {
            return Some(None);
        }
        let word = word.to_owned();
        self.at += length + blank;
        let interpolation = if delimiter == '\'' { Interpolation::None } else { Interpolation::Perl };
        let (escapes, interpolation, kind) = match word.as_str() {
            "q" => (Escapes::Quote, Interpolation::None, TextKind::Text),
            "qw" => (Escapes::Quote, Interpolation::None, TextKind::Words),
            "qq" => (Escapes::C, interpolation, TextKind::Text),
            "qx" => (Escapes::C, interpolation, TextKind::Command),
            "m" | "qr" => (Escapes::Kept, interpolation, TextKind::Pattern),
            "s" => (Escapes::Kept, interpolation, TextKind::Pattern),
            _ => (Escapes::Kept, Interpolation::None, TextKind::Pattern),
        };
        let literal = self.delimited(escapes, interpolation, kind)?;
        match word.as_str() {
            "s" => self.substitution(literal, delimiter).map(Some),
            "tr" | "y" => {
                self.second_part(delimiter, Escapes::Kept, Interpolation::None)?;
                self.flags();
                Some(Some(literal))
            }
            "m" | "qr" => {
                self.flags();
                Some(Some(literal))
            }
            _ => Some(Some(literal)),
        }
    }

    /// The replacement of `s/…/…/`, of which the pattern has been read.
    fn substitution(&mut self, pattern: Literal, delimiter: char) -> Option<Literal> {
        let start = self.at;
        let (from, replacement) = self.second_part(delimiter, Escapes::C, Interpolation::Perl)?;
        let to = self.at.saturating_sub(1).max(from);
        let flags = self.flags();
        let mut parts: Vec<Part> = pattern.parts.into_iter().filter(|part| matches!(part, Part::Code(_))).collect();
        if flags.contains("ee") {
            parts.push(Part::Hole(start));
            return Some(Literal { kind: TextKind::Code, parts });
        }
        if flags.contains('e') {
            parts.push(Part::Code(Span::new(from, to)));
            return Some(Literal { kind: TextKind::Code, parts });
        }
        parts.extend(replacement.parts.into_iter().filter(|part| matches!(part, Part::Code(_))));
        Some(Literal { kind: TextKind::Pattern, parts })
    }

    /// The second part of `s` and `tr`, and where it starts.
    fn second_part(
        &mut self,
        delimiter: char,
        escapes: Escapes,
        interpolation: Interpolation,
    ) -> Option<(usize, Literal)> {
        if closing(delimiter) == delimiter {
            let from = self.at;
            let close = delimiter.to_string();
            let body = Body { close: &close, nests: None, escapes, interpolation, kind: TextKind::Text };
            return self.body(body).map(|literal| (from, literal));
        }
        self.at += self.rest().len() - self.rest().trim_start().len();
        let from = self.at + 1;
        self.delimited(escapes, interpolation, TextKind::Text).map(|literal| (from, literal))
    }

    /// `%w[…]`, `~s(…)`: a marker, perhaps a letter, a delimiter.
    fn letter_quote(&mut self, next: char, marker: char, operand: bool) -> Option<Option<Literal>> {
        if next != marker || !operand {
            return Some(None);
        }
        let mut rest = self.rest().chars().skip(1);
        let Some(second) = rest.next() else { return Some(None) };
        let (letter, delimiter) =
            if second.is_ascii_alphabetic() { (second, rest.next()) } else { ('Q', Some(second)) };
        let Some(delimiter) = delimiter else { return Some(None) };
        if delimiter.is_alphanumeric() || delimiter.is_whitespace() || delimiter == '=' {
            return Some(None);
        }
        // `~%{}` and `%{}` are maps, and a bare `~` is an operator.
        if marker == '~' && !second.is_ascii_alphabetic()
            || (marker == '%' && self.syntax.quote_like != QuoteLike::Ruby)
        {
            return Some(None);
        }
        let hash = Interpolation::HashBraces;
        let (escapes, interpolation, kind) = match letter {
            'q' | 'S' => (Escapes::Quote, Interpolation::None, TextKind::Text),
            'w' | 'i' | 'W' | 'I' => (Escapes::Quote, Interpolation::None, TextKind::Words),
            'x' if marker == '%' => (Escapes::C, hash, TextKind::Command),
            'r' | 'R' => (Escapes::Kept, hash, TextKind::Pattern),
            _ => (Escapes::C, hash, TextKind::Text),
        };
        self.at += if second.is_ascii_alphabetic() { 2 } else { 1 };
        let literal = self.delimited(escapes, interpolation, kind)?;
        if kind == TextKind::Pattern {
            self.flags();
        }
        Some(Some(literal))
    }

    /// Reads from an opening delimiter to the one that ends it.
    fn delimited(&mut self, escapes: Escapes, interpolation: Interpolation, kind: TextKind) -> Option<Literal> {
        let open = self.peek()?;
        let close = closing(open);
        self.at += open.len_utf8();
        let nests = (close != open).then_some(open);
        self.body(Body { close: close.encode_utf8(&mut [0; 4]), nests, escapes, interpolation, kind })
    }

    fn flags(&mut self) -> String {
        let rest = self.rest();
        let length = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let flags = rest.get(..length).unwrap_or("").to_owned();
        self.at += length;
        flags
    }

    /// Reads `/…/flags`; `None`, with nothing read, when it is no pattern.
    pub(super) fn pattern(&mut self, interpolation: Interpolation) -> Option<Literal> {
        let start = self.at;
        let mut in_class = false;
        let mut escaped = false;
        let inside = self.rest().get(1..)?;
        let mut length = None;
        for (at, c) in inside.char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '\n' => break,
                '[' => in_class = true,
                ']' => in_class = false,
                '/' if !in_class => {
                    length = Some(at);
                    break;
                }
                _ => {}
            }
        }
        let Some(length) = length.filter(|_| self.failures > 0) else {
            self.failures = self.failures.saturating_sub(1);
            return None;
        };
        self.at += 1;
        let literal = if interpolation == Interpolation::None {
            let known = self.source.slice(Span::new(self.at, self.at + length));
            self.at += length + 1;
            Literal { kind: TextKind::Pattern, parts: vec![Part::Known(known)] }
        } else {
            let kind = TextKind::Pattern;
            let body = Body { close: "/", nests: None, escapes: Escapes::Kept, interpolation, kind };
            match self.body(body) {
                Some(literal) => literal,
                None => {
                    self.at = start;
                    return None;
                }
            }
        };
        self.flags();
        Some(literal)
    }

    /// Reads the head of a here-document and finds its body; `None` when it does not end.
    pub(super) fn here_document(&mut self) -> Option<Option<Literal>> {
        let marker = if self.syntax.here_documents == HereDocuments::Three { "<<<" } else { "<<" };
        let Some(head) = self.rest().strip_prefix(marker) else { return Some(None) };
        let indented = head.starts_with(['~', '-']);
        let head = head.trim_start_matches(['~', '-']);
        let head = if marker == "<<<" { head.trim_start() } else { head };
        let quote = head.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'));
        let name = head.get(quote.map_or(0, char::len_utf8)..).unwrap_or("");
        let length = match quote {
            Some(quote) => name.find(quote).unwrap_or(0),
            None => name.find(|c: char| c != '_' && !c.is_ascii_alphanumeric()).unwrap_or(name.len()),
        };
        let name = name.get(..length).unwrap_or("").to_owned();
        let plain = name.starts_with(|c: char| c == '_' || c.is_ascii_uppercase() || marker == "<<<");
        if name.is_empty() || (quote.is_none() && !plain) {
            return Some(None);
        }
        let consumed = self.rest().len() - head.len() + length + if quote.is_some() { 2 } else { 0 };
        let behind = self.at + consumed;
        let body_start = match self.resume {
            Some(at) => at,
            None => behind + self.text.get(behind..self.end)?.find('\n')? + 1,
        };
        let (body_end, next) = self.here_body(body_start, &name, indented || marker == "<<<")?;
        let interpolation = match (quote, marker) {
            (Some('\''), _) => Interpolation::None,
            (_, "<<<") => Interpolation::Php,
            _ if self.syntax.quote_like == QuoteLike::Ruby => Interpolation::HashBraces,
            _ => Interpolation::Perl,
        };
        let kind = if quote == Some('`') { TextKind::Command } else { TextKind::Text };
        let literal = self.here_text(body_start, body_end, interpolation, kind);
        self.at = behind;
        self.resume = Some(next);
        Some(Some(literal))
    }

    /// Where the body of a here-document ends, and where the line behind its end starts.
    fn here_body(&self, start: usize, name: &str, indented: bool) -> Option<(usize, usize)> {
        let mut at = start;
        for line in self.text.get(start..self.end)?.split_inclusive('\n') {
            let content = line.trim_end_matches(['\n', '\r']);
            let content = if indented { content.trim_start() } else { content };
            let ends = content == name
                || (indented && content.strip_prefix(name).is_some_and(|tail| tail.starts_with([';', ',', ')'])));
            if ends {
                // What stands behind the name of a PHP document goes on with the statement.
                let name_end = at + line.find(name).unwrap_or(0) + name.len();
                let next = if content == name { at + line.len() } else { name_end };
                return Some((at, next));
            }
            at += line.len();
        }
        None
    }

    fn here_text(&mut self, start: usize, end: usize, interpolation: Interpolation, kind: TextKind) -> Literal {
        let (at, limit) = (self.at, self.end);
        let escapes = if interpolation == Interpolation::None { Escapes::None } else { Escapes::C };
        (self.at, self.end) = (start, end);
        let literal = self.open_ended(escapes, interpolation, kind);
        (self.at, self.end) = (at, limit);
        literal
    }

    fn follows_arrow(&self) -> bool {
        self.follows("->") || self.follows("&")
    }

    fn follows(&self, symbol: &str) -> bool {
        self.tokens
            .last()
            .is_some_and(|last| matches!(last.kind, TokenKind::Symbol) && self.source.at(last.span) == symbol)
    }
}

/// The delimiter that ends what `open` starts.
fn closing(open: char) -> char {
    match open {
        '(' => ')',
        '[' => ']',
        '{' => '}',
        '<' => '>',
        other => other,
    }
}
