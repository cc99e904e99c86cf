//! Cuts JavaScript into tokens, as far as finding calls needs it.

use crate::span::Span;
use crate::text::Text;

/// A name, a literal or a sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Its first byte.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
}

/// The kinds of token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A name, a keyword or a number.
    Name,
    /// A string in quotes, or a template without expressions.
    String,
    /// A piece of a template that holds expressions.
    Template,
    /// A regular expression.
    Regex,
    /// One character of punctuation.
    Sign(u8),
}

/// The tokens of a script, each with the index of the bracket that closes it.
pub struct Tokens<'a> {
    text: &'a Text,
    list: Vec<Token>,
    /// For an opening bracket the index of the closing one, and the other way round; otherwise the index itself.
    partner: Vec<usize>,
    deepest: usize,
}

/// Brackets nested deeper than this are not looked into.
const DEEPEST: usize = 200;

impl<'a> Tokens<'a> {
    /// Cuts a script.
    pub fn new(text: &'a Text) -> Tokens<'a> {
        let list = Lexer { source: text.as_str(), at: 0, list: Vec::new(), templates: Vec::new() }.run();
        let mut partner: Vec<usize> = (0..list.len()).collect();
        let mut open = Vec::new();
        let mut deepest = 0;
        for (index, token) in list.iter().enumerate() {
            match token.kind {
                Kind::Sign(b'(' | b'[' | b'{') => {
                    open.push(index);
                    deepest = deepest.max(open.len());
                }
                Kind::Sign(b')' | b']' | b'}') => {
                    if let Some(start) = open.pop() {
                        if let Some(slot) = partner.get_mut(start) {
                            *slot = index;
                        }
                        if let Some(slot) = partner.get_mut(index) {
                            *slot = start;
                        }
                    }
                }
                _ => {}
            }
        }
        Tokens { text, list, partner, deepest }
    }

    /// Whether its brackets are nested too deeply to be looked into.
    pub fn is_too_deep(&self) -> bool {
        self.deepest > DEEPEST
    }

    /// How many tokens there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Token `index`.
    pub fn get(&self, index: usize) -> Option<&Token> {
        self.list.get(index)
    }

    /// The characters of token `index`.
    pub fn raw(&self, index: usize) -> &'a str {
        self.get(index).and_then(|token| self.text.as_str().get(token.start..token.end)).unwrap_or("")
    }

    /// The name at `index`, without escapes; empty when there is none.
    pub fn name(&self, index: usize) -> String {
        match self.get(index) {
            Some(Token { kind: Kind::Name, .. }) => unescaped(self.raw(index)),
            _ => String::new(),
        }
    }

    /// Whether token `index` is this sign.
    pub fn is(&self, index: usize, sign: u8) -> bool {
        self.get(index).is_some_and(|token| token.kind == Kind::Sign(sign))
    }

    /// The bracket that belongs to the one at `index`; the end when none does.
    pub fn partner(&self, index: usize) -> usize {
        match self.partner.get(index) {
            Some(&partner) if partner != index => partner,
            _ => self.len(),
        }
    }

    /// Where the tokens `start..end` stand in the request.
    pub fn locate(&self, start: usize, end: usize) -> Span {
        let first = self.get(start).map_or(0, |token| token.start);
        let last = self.get(end.saturating_sub(1).max(start)).map_or(first, |token| token.end);
        self.text.locate(Span::new(first, last))
    }

    /// The value of the strings joined by `+` from `start` to `end`; `None` when another thing stands there.
    pub fn constant(&self, start: usize, end: usize) -> Option<Text> {
        let mut value = Text::default();
        for index in start..end {
            match self.get(index)?.kind {
                Kind::String => value.push(&self.string(index)),
                Kind::Sign(b'+' | b'(' | b')') => {}
                _ => return None,
            }
        }
        (start < end).then_some(value)
    }

    /// The text of the string at `index`.
    pub fn string(&self, index: usize) -> Text {
        let Some(token) = self.get(index) else { return Text::default() };
        let inner = self.text.slice(token.start + 1, token.end.saturating_sub(1).max(token.start + 1));
        if inner.as_str().contains('\\') { Text::derived(unescaped(inner.as_str()), inner.source()) } else { inner }
    }
}

/// A name or string with `\u0064`, `\u{64}` and `\x64` undone.
fn unescaped(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        result.push_str(before);
        let digits = match escape.as_bytes().get(1) {
            Some(b'x') => escape.get(2..4).map(|digits| (digits, 4)),
            Some(b'u') if escape.as_bytes().get(2) == Some(&b'{') => {
                escape.find('}').and_then(|end| Some((escape.get(3..end)?, end + 1)))
            }
            Some(b'u') => escape.get(2..6).map(|digits| (digits, 6)),
            _ => None,
        };
        let decoded =
            digits.and_then(|(digits, length)| Some((char::from_u32(u32::from_str_radix(digits, 16).ok()?)?, length)));
        let length = match decoded {
            Some((character, length)) => {
                result.push(character);
                length
            }
            None => {
                let next = escape.chars().nth(1);
                result.extend(match next {
                    Some('n') => Some('\n'),
                    Some('t') => Some('\t'),
                    other => other,
                });
                1 + next.map_or(0, char::len_utf8)
            }
        };
        rest = escape.get(length..).unwrap_or("");
    }
    result.push_str(rest);
    result
}

struct Lexer<'a> {
    source: &'a str,
    at: usize,
    list: Vec<Token>,
    /// For each open template, how many braces are open inside its current expression.
    templates: Vec<usize>,
}

impl Lexer<'_> {
    fn run(mut self) -> Vec<Token> {
        while let Some(byte) = self.byte(self.at) {
            let start = self.at;
            let rest = self.source.get(start..).unwrap_or("");
            let kind = match byte {
                byte if byte.is_ascii_whitespace() => {
                    self.at += 1;
                    continue;
                }
                b'/' if rest.starts_with("//") => {
                    self.at += rest.find('\n').unwrap_or(rest.len());
                    continue;
                }
                b'/' if rest.starts_with("/*") => {
                    self.at += rest.find("*/").map_or(rest.len(), |end| end + 2);
                    continue;
                }
                b'\'' | b'"' => self.string(byte),
                b'`' => self.template(),
                b'}' if self.templates.last() == Some(&0) => {
                    self.templates.pop();
                    self.template()
                }
                b'/' if self.starts_operand() => self.regex(),
                byte if is_name(byte) => self.word(),
                byte => {
                    self.brace(byte);
                    self.at += 1;
                    Kind::Sign(byte)
                }
            };
            self.list.push(Token { kind, start, end: self.at });
        }
        self.list
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.source.as_bytes().get(at).copied()
    }

    fn brace(&mut self, byte: u8) {
        if let Some(depth) = self.templates.last_mut() {
            match byte {
                b'{' => *depth += 1,
                b'}' => *depth = depth.saturating_sub(1),
                _ => {}
            }
        }
    }

    fn word(&mut self) -> Kind {
        while self.byte(self.at).is_some_and(is_name) {
            // `\u{64}`
            if self.byte(self.at) == Some(b'\\') && self.byte(self.at + 2) == Some(b'{') {
                let rest = self.source.get(self.at..).unwrap_or("");
                self.at += rest.find('}').unwrap_or(0);
            }
            self.at += 1;
        }
        Kind::Name
    }

    fn string(&mut self, quote: u8) -> Kind {
        self.at += 1;
        while let Some(byte) = self.byte(self.at) {
            self.at += if byte == b'\\' { 2 } else { 1 };
            if byte == quote {
                break;
            }
        }
        self.at = self.at.min(self.source.len());
        Kind::String
    }

    /// Reads on in a template, up to its end or its next expression.
    fn template(&mut self) -> Kind {
        let starts = self.byte(self.at) == Some(b'`');
        self.at += 1;
        while let Some(byte) = self.byte(self.at) {
            if byte == b'`' {
                self.at += 1;
                return if starts { Kind::String } else { Kind::Template };
            }
            if byte == b'$' && self.byte(self.at + 1) == Some(b'{') {
                self.at += 2;
                self.templates.push(0);
                return Kind::Template;
            }
            self.at += if byte == b'\\' { 2 } else { 1 };
        }
        self.at = self.source.len();
        Kind::Template
    }

    /// Whether what comes next is an operand: then a slash begins a regular expression.
    fn starts_operand(&self) -> bool {
        match self.list.last() {
            None => true,
            Some(Token { kind: Kind::Sign(byte), .. }) => !matches!(byte, b')' | b']' | b'}'),
            Some(Token { kind: Kind::Name, start, end }) => {
                matches!(self.source.get(*start..*end), Some("return" | "typeof" | "case" | "in" | "of"))
            }
            Some(_) => false,
        }
    }

    fn regex(&mut self) -> Kind {
        let line = self.source.get(self.at..).unwrap_or("");
        let line = line.get(..line.find('\n').unwrap_or(line.len())).unwrap_or("").as_bytes();
        let (mut offset, mut in_class) = (1, false);
        while let Some(byte) = line.get(offset) {
            match byte {
                b'\\' => offset += 1,
                b'[' => in_class = true,
                b']' => in_class = false,
                b'/' if !in_class => {
                    self.at += offset + 1;
                    while self.byte(self.at).is_some_and(|byte| byte.is_ascii_alphabetic()) {
                        self.at += 1;
                    }
                    return Kind::Regex;
                }
                _ => {}
            }
            offset += 1;
        }
        self.at += 1;
        Kind::Sign(b'/')
    }
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'\\') || byte >= 0x80
}
