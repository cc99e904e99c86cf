//! Cuts SQL into tokens that know where they stand.
//!
//! Takes a text and the [`Lexis`] of a dialect, gives one [`Token`] at a time; comments and white space are left out.
//! Nothing is copied or decoded, and any place can be lexed on from: clients mix their own commands in between.

use super::dialect::{Dashes, Lexis};
use crate::span::Span;

/// A word, a literal or a sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Where it stands in the text that was lexed, quotes included.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
}

/// The kinds of token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A keyword or a plain identifier, also `@variable` and `#temporary`.
    Word,
    /// A quoted identifier.
    Quoted,
    /// A string in quotes of one character, behind `prefix` bytes such as `E` or `N`.
    String {
        /// Bytes in front of the opening quote.
        prefix: u8,
        /// A backslash in it hides the character behind it.
        backslashes: bool,
    },
    /// A string in dollar quotes of `delimiter` bytes each.
    Dollar {
        /// Length of `$tag$`.
        delimiter: u32,
    },
    /// A number.
    Number,
    /// One character of punctuation, or the first byte of it.
    Sign(u8),
    /// A literal, comment or quoted identifier that does not end.
    Unterminated,
}

impl Token {
    /// The bytes it takes.
    pub fn span(&self) -> Span {
        Span::new(self.start, self.end)
    }

    /// Whether it is this sign.
    pub fn is_sign(&self, sign: u8) -> bool {
        self.kind == Kind::Sign(sign)
    }

    /// Whether it is a string of any kind.
    pub fn is_string(&self) -> bool {
        matches!(self.kind, Kind::String { .. } | Kind::Dollar { .. })
    }

    /// The bytes between the quotes of a string or quoted identifier; all of any other token.
    pub fn inner(&self) -> (usize, usize) {
        match self.kind {
            Kind::Quoted => (self.start + 1, self.end.saturating_sub(1).max(self.start + 1)),
            Kind::String { prefix, .. } => {
                let start = self.start + usize::from(prefix) + 1;
                (start, self.end.saturating_sub(1).max(start))
            }
            Kind::Dollar { delimiter } => {
                let start = self.start + delimiter as usize;
                (start, self.end.saturating_sub(delimiter as usize).max(start))
            }
            _ => (self.start, self.end),
        }
    }
}

/// A place in a text that is lexed.
#[derive(Clone, Debug)]
pub struct Lexer<'a> {
    text: &'a str,
    lexis: Lexis,
    /// The next byte.
    pub at: usize,
    /// Inside `/*! … */`.
    in_executed_comment: bool,
}

impl<'a> Lexer<'a> {
    /// Starts at the beginning of `text`.
    pub fn new(text: &'a str, lexis: Lexis) -> Lexer<'a> {
        Lexer { text, lexis, at: 0, in_executed_comment: false }
    }

    /// The next token; `None` at the end.
    pub fn next(&mut self) -> Option<Token> {
        if let Some(unterminated) = self.skip_blank() {
            return Some(unterminated);
        }
        let start = self.at;
        let first = self.byte(start)?;
        let kind = match first {
            b'\'' => self.string(start, 0, self.lexis.backslashes),
            b'"' if self.lexis.double_quoted_strings => self.string(start, 0, self.lexis.backslashes),
            b'"' => self.quoted(b'"'),
            b'`' if self.lexis.backticks => self.quoted(b'`'),
            b'[' if self.lexis.brackets => self.quoted(b']'),
            b'$' if self.lexis.dollar_quotes => self.dollar(),
            b'0'..=b'9' => self.number(),
            byte if is_word_start(byte) => self.word(),
            byte => {
                self.at = start + 1;
                Kind::Sign(byte)
            }
        };
        Some(Token { kind, start, end: self.at })
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn starts_with(&self, prefix: &str) -> bool {
        self.text.as_bytes().get(self.at..).is_some_and(|rest| rest.starts_with(prefix.as_bytes()))
    }

    /// Skips white space and comments. Gives a token only for a comment that does not end.
    fn skip_blank(&mut self) -> Option<Token> {
        while let Some(byte) = self.byte(self.at) {
            match byte {
                byte if byte.is_ascii_whitespace() || byte == b'\x0b' || byte == 0 => self.at += 1,
                b'-' if self.starts_with("--") && self.dashes_comment() => self.skip_line(),
                b'#' if self.lexis.hash_comments => self.skip_line(),
                b'/' if self.lexis.slash_comments && self.starts_with("//") => self.skip_line(),
                b'/' if self.starts_with("/*") => {
                    if let Some(unterminated) = self.block_comment() {
                        return Some(unterminated);
                    }
                }
                b'*' if self.in_executed_comment && self.starts_with("*/") => {
                    self.in_executed_comment = false;
                    self.at += 2;
                }
                _ => break,
            }
        }
        None
    }

    fn dashes_comment(&self) -> bool {
        match self.lexis.dashes {
            Dashes::Comment => true,
            Dashes::CommentBeforeBlank => self.byte(self.at + 2).is_none_or(|byte| byte <= b' '),
            Dashes::Signs => false,
        }
    }

    fn skip_line(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or("");
        self.at += rest.find('\n').map_or(rest.len(), |end| end + 1);
    }

    fn block_comment(&mut self) -> Option<Token> {
        let start = self.at;
        if self.lexis.executed_comments && (self.starts_with("/*!") || self.starts_with("/*M!")) {
            self.at += if self.starts_with("/*!") { 3 } else { 4 };
            while self.byte(self.at).is_some_and(|byte| byte.is_ascii_digit()) {
                self.at += 1;
            }
            self.in_executed_comment = true;
            return None;
        }
        let bytes = self.text.as_bytes();
        let mut depth = 1usize;
        self.at += 2;
        while depth > 0 {
            match bytes.get(self.at..) {
                Some([b'*', b'/', ..]) => {
                    depth -= 1;
                    self.at += 2;
                }
                Some([b'/', b'*', ..]) if self.lexis.nested_comments => {
                    depth += 1;
                    self.at += 2;
                }
                Some([_, ..]) => self.at += 1,
                _ if self.lexis.open_comments => return None,
                _ => return Some(Token { kind: Kind::Unterminated, start, end: bytes.len() }),
            }
        }
        None
    }

    /// Reads a string whose opening quote stands at `quote_at`.
    fn string(&mut self, quote_at: usize, prefix: u8, backslashes: bool) -> Kind {
        let quote = self.byte(quote_at);
        self.at = quote_at + 1;
        loop {
            match self.byte(self.at) {
                None => return Kind::Unterminated,
                Some(b'\\') if backslashes => self.at = (self.at + 2).min(self.text.len()),
                byte if byte == quote => {
                    self.at += 1;
                    if self.byte(self.at) != quote {
                        return Kind::String { prefix, backslashes };
                    }
                    self.at += 1;
                }
                Some(_) => self.at += 1,
            }
        }
    }

    fn quoted(&mut self, close: u8) -> Kind {
        self.at += 1;
        while let Some(byte) = self.byte(self.at) {
            self.at += 1;
            if byte != close {
                continue;
            }
            if self.byte(self.at) != Some(close) {
                return Kind::Quoted;
            }
            self.at += 1;
        }
        Kind::Unterminated
    }

    /// Reads a dollar-quoted string, or a parameter such as `$1`.
    fn dollar(&mut self) -> Kind {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let tag = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_' || **byte >= 0x80;
        let length = bytes.iter().skip(start + 1).take_while(tag).count();
        let starts_with_digit = self.byte(start + 1).is_some_and(|byte| byte.is_ascii_digit());
        let delimiter = self.text.get(start..start + length + 2);
        let Some(delimiter) = delimiter.filter(|text| text.ends_with('$') && !(length > 0 && starts_with_digit)) else {
            self.at = start + 1 + length;
            return if length > 0 { Kind::Word } else { Kind::Sign(b'$') };
        };
        let body = start + delimiter.len();
        match self.text.get(body..).and_then(|rest| rest.find(delimiter)) {
            Some(offset) => {
                self.at = body + offset + delimiter.len();
                Kind::Dollar { delimiter: u32::try_from(delimiter.len()).unwrap_or(u32::MAX) }
            }
            None => {
                self.at = self.text.len();
                Kind::Unterminated
            }
        }
    }

    /// Reads digits, a fraction and an exponent, or `0x…`; a letter behind them begins a word.
    fn number(&mut self) -> Kind {
        let bytes = self.text.as_bytes();
        let hexadecimal = matches!(bytes.get(self.at..self.at + 2), Some([b'0', b'x' | b'X']));
        self.at += if hexadecimal { 2 } else { 0 };
        loop {
            let part = match bytes.get(self.at..) {
                Some([byte, ..]) if hexadecimal => usize::from(byte.is_ascii_hexdigit()),
                Some([b'0'..=b'9' | b'.' | b'_' | 0x80.., ..]) => 1,
                Some([b'e' | b'E', b'0'..=b'9', ..]) => 2,
                Some([b'e' | b'E', b'+' | b'-', b'0'..=b'9', ..]) => 3,
                _ => 0,
            };
            if part == 0 {
                return Kind::Number;
            }
            self.at += part;
        }
    }

    /// Reads a word, or a string that a letter stands in front of.
    fn word(&mut self) -> Kind {
        let start = self.at;
        while self.byte(self.at).is_some_and(is_word_part) {
            self.at += 1;
        }
        let prefix = self.text.get(start..self.at).unwrap_or("");
        let quote = self.byte(self.at);
        if quote == Some(b'\'') || (quote == Some(b'"') && self.lexis.double_quoted_strings) {
            let escapes = self.lexis.escape_strings && prefix.eq_ignore_ascii_case("e");
            let known = ["e", "n", "b", "x", "r", "rb", "br"];
            if let Ok(length @ 1..=2) = u8::try_from(prefix.len())
                && known.iter().any(|name| prefix.eq_ignore_ascii_case(name))
            {
                return self.string(self.at, length, escapes || self.lexis.backslashes);
            }
        }
        Kind::Word
    }
}

fn is_word_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'@' | b'#') || byte >= 0x80
}

fn is_word_part(byte: u8) -> bool {
    is_word_start(byte) || byte.is_ascii_digit() || byte == b'$'
}

#[cfg(test)]
mod tests {
    use super::super::dialect::Dialect;
    use super::*;

    fn lex(dialect: Dialect, text: &str) -> Vec<&str> {
        let mut lexer = Lexer::new(text, dialect.lexis());
        std::iter::from_fn(|| lexer.next()).map(|token| &text[token.start..token.end]).collect()
    }

    #[test]
    fn cuts_where_each_dialect_does() {
        let cases: &[(Dialect, &str, &[&str])] = &[
            (Dialect::Postgres, "SELECT a.b, 'x''y' -- c\n;", &["SELECT", "a", ".", "b", ",", "'x''y'", ";"]),
            (Dialect::Postgres, "/* a /* b */ c */ x", &["x"]),
            (Dialect::Sqlite, "/* a /* b */ c", &["c"]),
            (Dialect::Sqlite, "a /* open", &["a"]),
            (Dialect::Postgres, r"E'a\'b' 'c\' d", &[r"E'a\'b'", r"'c\'", "d"]),
            (Dialect::Mysql, r"'a\'b' `x``y`", &[r"'a\'b'", "`x``y`"]),
            (Dialect::Mysql, "5--3 -- c", &["5", "-", "-", "3"]),
            (Dialect::Mysql, "a # c\nb", &["a", "b"]),
            (Dialect::Mysql, "1 /*!40000 DROP */ x", &["1", "DROP", "x"]),
            (Dialect::Mysql, "1 /* DROP */ x", &["1", "x"]),
            (Dialect::Postgres, "$a$x $$ y$a$ $$z$$ $1", &["$a$x $$ y$a$", "$$z$$", "$1"]),
            (Dialect::Postgres, "a$b$c", &["a$b$c"]),
            (Dialect::SqlServer, "[a]]b] #t @x", &["[a]]b]", "#t", "@x"]),
            (Dialect::Postgres, "1.5e-3+x", &["1.5e-3", "+", "x"]),
            (Dialect::Cql, "a // c\nb", &["a", "b"]),
        ];
        for (dialect, text, expected) in cases {
            assert_eq!(lex(*dialect, text), *expected, "{dialect:?} {text}");
        }
    }

    #[test]
    fn tells_what_does_not_end() {
        for (dialect, text) in [
            (Dialect::Postgres, "'a"),
            (Dialect::Postgres, "$$a"),
            (Dialect::Postgres, "\"a"),
            (Dialect::Postgres, "/* a /* b */"),
            (Dialect::Mysql, "'a\\'"),
        ] {
            let mut lexer = Lexer::new(text, dialect.lexis());
            assert_eq!(lexer.next().map(|token| token.kind), Some(Kind::Unterminated), "{text}");
        }
    }
}
