//! AppleScript: sentences, of which the first words that a command is known by say what happens.

use super::super::ast::{Kind, Node};
use super::super::library::Library;
use super::Statements;
use super::cursor::{Cursor, assign, block, plain};
use crate::span::Span;

/// Words of which a command's name may consist.
const MOST_WORDS: usize = 4;

/// A word, a text or a sign.
struct Token {
    node: Option<Node>,
    word: String,
    span: Span,
}

/// Reads all sentences.
pub fn read(cursor: &mut Cursor<'_>, calls: &Library) -> Statements {
    let mut statements = Vec::new();
    let mut told = 0u32;
    loop {
        cursor.while_is(char::is_whitespace);
        if cursor.peek().is_none() || cursor.broken {
            return statements;
        }
        let tokens = line(cursor);
        let mut sentence = Sentence { cursor, calls, tokens: &tokens, at: 0, told: told > 0 };
        statements.extend(sentence.read());
        let told_now = sentence.told;
        match tokens.first().map(|token| token.word.as_str()) {
            Some("tell") if told_now && !tokens.iter().any(|token| token.word == "to") => told += 1,
            Some("end") if tokens.get(1).is_none_or(|token| token.word == "tell") => told = told.saturating_sub(1),
            _ => {}
        }
    }
}

/// The tokens of one line; `¬` joins lines.
fn line(cursor: &mut Cursor<'_>) -> Vec<Token> {
    let mut tokens = Vec::new();
    while let Some(c) = cursor.peek() {
        let start = cursor.at;
        match c {
            '\n' | '\r' => break,
            '¬' => {
                cursor.skip_line();
                cursor.next();
            }
            _ if c.is_whitespace() => {
                cursor.next();
            }
            '-' if cursor.stands("--") => cursor.skip_line(),
            '#' => cursor.skip_line(),
            '(' if cursor.stands("(*") => cursor.skip_past("*)"),
            '"' => {
                let node = text(cursor);
                tokens.push(Token { node: Some(node), word: String::new(), span: cursor.since(start) });
            }
            crate::payload::HOLE => {
                cursor.next();
                let span = cursor.since(start);
                tokens.push(Token { node: Some(Node::new(Kind::Hole, span)), word: String::new(), span });
            }
            _ if c.is_alphanumeric() || c == '_' => {
                let word = cursor.while_is(|c| c.is_alphanumeric() || c == '_').to_lowercase();
                tokens.push(Token { node: None, word, span: cursor.since(start) });
            }
            _ => {
                cursor.next();
                tokens.push(Token { node: None, word: c.to_string(), span: cursor.since(start) });
            }
        }
    }
    tokens
}

fn text(cursor: &mut Cursor<'_>) -> Node {
    cursor.quoted(|escaped| match escaped {
        Some('n') => "\n".to_owned(),
        Some('r') => "\r".to_owned(),
        Some('t') => "\t".to_owned(),
        other => other.map(String::from).unwrap_or_default(),
    })
}

/// One line, read word by word.
struct Sentence<'c, 'a> {
    cursor: &'c mut Cursor<'a>,
    calls: &'c Library,
    tokens: &'c [Token],
    at: usize,
    /// Whether an application is told what to do.
    told: bool,
}

impl Sentence<'_, '_> {
    fn word(&self, ahead: usize) -> &str {
        self.tokens.get(self.at + ahead).map_or("", |token| token.word.as_str())
    }

    fn find(&self, word: &str) -> Option<usize> {
        (self.at..self.tokens.len()).find(|index| self.tokens.get(*index).is_some_and(|token| token.word == word))
    }

    /// Reads what the line does.
    fn read(&mut self) -> Vec<Node> {
        match self.word(0) {
            "" if self.tokens.get(self.at).is_none() => Vec::new(),
            "tell" | "using" | "with" => {
                self.told = true;
                match self.find("to") {
                    Some(at) => {
                        self.at = at + 1;
                        self.deeper()
                    }
                    None => Vec::new(),
                }
            }
            "if" => match self.find("then") {
                Some(at) => {
                    let mut nodes: Vec<Node> = self.expression(self.at + 1, at).into_iter().collect();
                    self.at = at + 1;
                    nodes.extend(self.deeper());
                    nodes
                }
                None => Vec::new(),
            },
            "end" | "else" | "try" | "on" | "repeat" | "use" | "property" | "global" | "local" | "considering"
            | "ignoring" => self.expression(self.at + 1, self.tokens.len()).into_iter().collect(),
            "set" | "copy" => self.set(),
            "return" | "log" | "get" | "count" | "exists" => {
                self.expression(self.at + 1, self.tokens.len()).into_iter().collect()
            }
            _ => self.command().into_iter().collect(),
        }
    }

    fn deeper(&mut self) -> Vec<Node> {
        if self.at > 200 {
            self.cursor.broken = true;
            return Vec::new();
        }
        self.read()
    }

    /// `set x to y`
    fn set(&mut self) -> Vec<Node> {
        let start = self.at;
        let Some(to) = self.find("to") else { return self.command().into_iter().collect() };
        let Some(value) = self.expression(to + 1, self.tokens.len()) else { return Vec::new() };
        let span = value.span;
        if to == start + 2 && !self.word(1).is_empty() {
            let name = self.word(1).to_owned();
            let target = self.cursor.name(&name, span);
            return vec![assign(target, value, false, span)];
        }
        // A property of something that is told.
        let place = self.tokens.get(start).map_or(span, |token| token.span);
        vec![self.cursor.call("set", place, vec![plain(value)])]
    }

    /// The longest name of a command that stands at `at`: how many words it has.
    fn known(&self, at: usize) -> Option<(String, usize)> {
        (1..=MOST_WORDS).rev().find_map(|count| {
            let words: Vec<&str> = self.tokens.get(at..at + count)?.iter().map(|token| token.word.as_str()).collect();
            let name = words.join(".");
            self.calls.function(&name).map(|_| (name, count))
        })
    }

    fn command(&mut self) -> Option<Node> {
        let end = self.tokens.len();
        let span = self.tokens.get(self.at)?.span;
        if let Some((name, count)) = self.known(self.at) {
            return Some(self.call_known(&name, self.at, count, end));
        }
        let first = self.word(0).to_owned();
        let value = self.expression(self.at, end);
        if self.told && first.starts_with(|c: char| c.is_alphabetic()) {
            // What an application makes of its own words is not known.
            return Some(self.cursor.call(&first, span, value.into_iter().map(plain).collect()));
        }
        value
    }

    fn call_known(&mut self, name: &str, at: usize, count: usize, end: usize) -> Node {
        let span = match (self.tokens.get(at), self.tokens.get(at + count - 1)) {
            (Some(first), Some(last)) => first.span.to(last.span),
            _ => Span::default(),
        };
        let value = self.expression(at + count, end);
        self.cursor.call(name, span, value.into_iter().map(plain).collect())
    }

    /// The value of the tokens `from..to`: texts that `&` joins, known names; anything else is not known.
    fn expression(&mut self, from: usize, to: usize) -> Option<Node> {
        let mut values: Vec<Node> = Vec::new();
        // What stands in parameters runs, and is no part of the value.
        let mut parameters: Vec<Node> = Vec::new();
        let (mut plain_join, mut in_parameters) = (true, false);
        let mut index = from;
        while index < to && !self.cursor.broken {
            let token = self.tokens.get(index)?;
            let word = token.word.as_str();
            let (node, next) = match &token.node {
                Some(node) => (Some(node.clone()), index + 1),
                None if matches!(word, "&" | "(" | ")") => (None, index + 1),
                None if matches!(word, "with" | "without" | "in" | "as") => {
                    in_parameters = true;
                    (None, index + 1)
                }
                None if word == "quoted" && self.tokens.get(index + 1).is_some_and(|next| next.word == "form") => {
                    (self.quoted(index + 3), index + 4)
                }
                None => match self.known(index).filter(|(name, _)| name.contains('.')) {
                    Some((name, count)) => {
                        let close = self.closing(index, to);
                        (Some(self.nested(&name, index, count, close)), close)
                    }
                    None => {
                        plain_join &= word.starts_with(|c: char| c.is_alphanumeric() || c == '_');
                        (Some(self.cursor.name(word, token.span)), index + 1)
                    }
                },
            };
            if in_parameters { &mut parameters } else { &mut values }.extend(node);
            index = next;
        }
        let span = match (values.first(), values.last()) {
            (Some(first), Some(last)) => first.span.to(last.span),
            _ => return parameters.pop(),
        };
        let value = match (values.len(), plain_join) {
            (1, true) => values.pop()?,
            (_, true) => Node::new(Kind::Join(values), span),
            (_, false) => Node::new(Kind::Operation(values), span),
        };
        if parameters.is_empty() {
            return Some(value);
        }
        parameters.push(value);
        Some(block(parameters, span))
    }

    /// A command inside an expression.
    fn nested(&mut self, name: &str, index: usize, count: usize, close: usize) -> Node {
        let (calls, tokens) = (self.calls, self.tokens);
        self.cursor.deeper(|cursor| {
            let mut inner = Sentence { cursor, calls, tokens, at: index, told: false };
            inner.call_known(name, index, count, close)
        })
    }

    /// The token at `index` with the quotes that `quoted form of` puts around it.
    fn quoted(&mut self, index: usize) -> Option<Node> {
        let token = self.tokens.get(index)?;
        let value = match &token.node {
            Some(node) => node.clone(),
            None => self.cursor.name(&token.word, token.span),
        };
        let quote = self.cursor.computed("'", token.span);
        Some(Node::new(Kind::Join(vec![quote.clone(), value, quote]), token.span))
    }

    /// Where the bracket around `index` closes.
    fn closing(&self, index: usize, to: usize) -> usize {
        let mut depth = 0i32;
        for at in index..to {
            match self.tokens.get(at).map(|token| token.word.as_str()) {
                Some("(") => depth += 1,
                Some(")") if depth == 0 => return at,
                Some(")") => depth -= 1,
                _ => {}
            }
        }
        to
    }
}
