//! Finds the redis commands that a Lua script calls.
//!
//! Takes a script, gives the arguments of each `redis.call` as far as they are constant. Reads tokens, not Lua: a name
//! that is given the function (`local c = redis.call`) is followed, any other way to it is not known.

use super::split::Word;
use crate::payload::HOLE;
use crate::span::Span;
use crate::text::Text;

/// A call of a redis command.
pub enum Call {
    /// Its command and arguments; what is not constant is a hole.
    Known(Vec<Word>),
    /// Which command it calls is not known.
    Unknown(Span),
}

/// Functions that call a command.
const CALLS: &[&str] = &["call", "pcall"];
/// Functions that run code which is put together from text.
const LOADERS: &[&str] = &["loadstring", "load", "dofile", "loadfile", "setfenv"];

/// Names of the function that are remembered.
const MOST_NAMES: usize = 16;
/// Tokens of a call that are looked at.
const LONGEST_CALL: usize = 256;

/// The calls in `script`.
pub fn redis_calls(script: &Text) -> Vec<Call> {
    let reader = Reader { script, tokens: tokens(script.as_str()) };
    let mut calls = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    if script.as_str().contains(HOLE)
        && reader.tokens.iter().any(|token| reader.raw(token).contains(HOLE) && token.kind == Kind::Name)
    {
        calls.push(Call::Unknown(script.source()));
    }
    for at in 0..reader.tokens.len() {
        if let Some(after) = reader.function_at(at) {
            if reader.is(after, "(") || reader.is_string(after) {
                calls.push(reader.call(after));
            } else if let Some(name) = reader.assigned_name(at).filter(|_| names.len() < MOST_NAMES) {
                names.push(name);
            } else {
                calls.push(Call::Unknown(reader.locate(at)));
            }
        } else if names.iter().any(|name| reader.is(at, name))
            && !reader.is(at.wrapping_sub(1), "local")
            && (reader.is(at + 1, "(") || reader.is_string(at + 1))
        {
            calls.push(reader.call(at + 1));
        } else if LOADERS.iter().any(|loader| reader.is(at, loader)) && reader.is(at + 1, "(") {
            calls.push(Call::Unknown(reader.locate(at)));
        }
    }
    calls
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Name,
    /// A string, with the length of its opening and closing quotes.
    String(usize),
    Other,
}

#[derive(Clone, Copy, Debug)]
struct Token {
    kind: Kind,
    start: usize,
    end: usize,
}

struct Reader<'a> {
    script: &'a Text,
    tokens: Vec<Token>,
}

impl<'a> Reader<'a> {
    fn raw(&self, token: &Token) -> &'a str {
        self.script.as_str().get(token.start..token.end).unwrap_or("")
    }

    fn at(&self, index: usize) -> &'a str {
        self.tokens.get(index).map_or("", |token| self.raw(token))
    }

    fn is(&self, index: usize, text: &str) -> bool {
        self.at(index) == text
    }

    fn is_string(&self, index: usize) -> bool {
        self.tokens.get(index).is_some_and(|token| matches!(token.kind, Kind::String(_)))
    }

    fn locate(&self, index: usize) -> Span {
        self.tokens.get(index).map_or(Span::default(), |token| self.script.locate(Span::new(token.start, token.end)))
    }

    /// Where what follows `redis.call` or `redis["call"]` at `at` starts.
    fn function_at(&self, at: usize) -> Option<usize> {
        if !(self.is(at, "redis") || self.is(at, "server")) || self.is(at.wrapping_sub(1), ".") {
            return None;
        }
        if self.is(at + 1, ".") && CALLS.contains(&self.at(at + 2)) {
            return Some(at + 3);
        }
        // `redis[…]` with whatever in it.
        if self.is(at + 1, "[") {
            let close = (at + 2..at + 16).find(|&index| self.is(index, "]"))?;
            return Some(close + 1);
        }
        None
    }

    /// `name = redis.call`.
    fn assigned_name(&self, at: usize) -> Option<&'a str> {
        let name = at.checked_sub(2).filter(|_| self.is(at - 1, "="))?;
        self.tokens.get(name).filter(|token| token.kind == Kind::Name).map(|token| self.raw(token))
    }

    /// The arguments that start at `open`: in parentheses, or one string without.
    fn call(&self, open: usize) -> Call {
        if self.is_string(open) {
            return Call::Known(vec![self.string(open)]);
        }
        let mut arguments = Vec::new();
        let mut argument = Text::default();
        let mut depth = 0usize;
        for index in (open..self.tokens.len()).take(LONGEST_CALL) {
            match self.at(index) {
                "(" | "{" | "[" => {
                    depth += 1;
                    if depth > 1 {
                        push_hole(&mut argument, self.locate(index));
                    }
                }
                ")" | "}" | "]" => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        break;
                    }
                }
                "," if depth == 1 => arguments.push(std::mem::take(&mut argument)),
                ".." if depth == 1 => {}
                _ if depth == 1 && self.is_string(index) => argument.push(&self.string(index)),
                _ => push_hole(&mut argument, self.locate(index)),
            }
        }
        arguments.push(argument);
        match arguments.first() {
            Some(command) if !command.as_str().contains(HOLE) && !command.is_empty() => Call::Known(arguments),
            _ => Call::Unknown(self.locate(open.saturating_sub(1))),
        }
    }

    fn string(&self, index: usize) -> Text {
        match self.tokens.get(index) {
            Some(Token { kind: Kind::String(quote), start, end }) => {
                let inner = self.script.slice(start + quote, end.saturating_sub(*quote));
                unescaped(inner)
            }
            _ => Text::default(),
        }
    }
}

/// A string with `\68` and `\x44` undone; a string with an escape is marked as a whole.
fn unescaped(text: Text) -> Text {
    if !text.as_str().contains('\\') {
        return text;
    }
    let mut result = String::new();
    let mut rest = text.as_str().chars().peekable();
    while let Some(character) = rest.next() {
        if character != '\\' {
            result.push(character);
            continue;
        }
        let (radix, most) = match rest.peek() {
            Some('x') => {
                rest.next();
                (16, 2)
            }
            _ => (10, 3),
        };
        let mut digits = String::new();
        while digits.len() < most && rest.peek().is_some_and(|next| next.is_digit(radix)) {
            digits.extend(rest.next());
        }
        match u32::from_str_radix(&digits, radix).ok().and_then(char::from_u32) {
            Some(decoded) => result.push(decoded),
            None => result.extend(rest.next()),
        }
    }
    Text::derived(result, text.source())
}

fn push_hole(text: &mut Text, span: Span) {
    if !text.as_str().ends_with(HOLE) {
        text.push(&Text::derived(HOLE.to_string(), span));
    }
}

fn tokens(source: &str) -> Vec<Token> {
    let bytes = source.as_bytes();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        let rest = source.get(at..).unwrap_or("");
        let kind = match byte {
            byte if byte.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            b'-' if rest.starts_with("--[[") => {
                at += rest.find("]]").map_or(rest.len(), |end| end + 2);
                continue;
            }
            b'-' if rest.starts_with("--") => {
                at += rest.find('\n').unwrap_or(rest.len());
                continue;
            }
            b'[' if rest.starts_with("[[") => {
                at += rest.find("]]").map_or(rest.len(), |end| end + 2);
                Kind::String(2)
            }
            b'\'' | b'"' => {
                at += 1;
                while let Some(&next) = bytes.get(at) {
                    at += if next == b'\\' { 2 } else { 1 };
                    if next == byte {
                        break;
                    }
                }
                at = at.min(bytes.len());
                Kind::String(1)
            }
            byte if byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80 => {
                while bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80) {
                    at += 1;
                }
                Kind::Name
            }
            b'.' if rest.starts_with("..") => {
                at += 2;
                Kind::Other
            }
            _ => {
                at += 1;
                Kind::Other
            }
        };
        tokens.push(Token { kind, start, end: at });
    }
    tokens
}
