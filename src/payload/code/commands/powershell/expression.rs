//! Expressions of PowerShell: variables, texts, members, operators.

use super::super::super::ast::{Kind, Node, Part};
use super::super::cursor::{block, call, function, nothing, plain};
use super::Reader;
use crate::span::Span;

/// How many operators may hang on one expression.
const MAX_CHAIN: u32 = 300;

impl Reader<'_, '_> {
    /// An expression with its operators.
    pub(super) fn expression(&mut self) -> Option<Node> {
        let start = self.cursor.at;
        let mut left = self.deeper(Self::operand)?;
        for _ in 0..MAX_CHAIN {
            self.blank();
            let rest = self.cursor.rest();
            if let Some(symbol) = ["++", "--"].iter().find(|symbol| rest.starts_with(**symbol)) {
                self.cursor.at += symbol.len();
                continue;
            }
            let word = rest.strip_prefix('-').map(|word| {
                let length = word.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(word.len());
                word.get(..length).unwrap_or("").to_ascii_lowercase()
            });
            let place = self.cursor.at;
            let operator = match word {
                Some(word) if !word.is_empty() => {
                    self.cursor.at += 1 + word.len();
                    format!("-{word}")
                }
                _ => match ["..", "+", "-", "*", "/", "%", ",", "??", "?"].iter().find(|sign| rest.starts_with(**sign))
                {
                    Some(sign) if !rest.get(sign.len()..).is_some_and(|rest| rest.starts_with('=')) => {
                        self.cursor.at += sign.len();
                        (*sign).to_owned()
                    }
                    _ => return Some(left),
                },
            };
            let span = self.cursor.since(place);
            self.blank_lines();
            if operator == "-is" || operator == "-isnot" || operator == "-as" {
                self.deeper(Self::operand);
                continue;
            }
            let right = self.deeper(Self::operand).unwrap_or_else(|| nothing(place));
            let whole = self.cursor.since(start);
            left = match (operator.as_str(), left.kind) {
                ("+", Kind::Join(mut nodes)) => {
                    nodes.push(right);
                    Node::new(Kind::Join(nodes), whole)
                }
                (",", Kind::List(mut nodes)) => {
                    nodes.push(right);
                    Node::new(Kind::List(nodes), whole)
                }
                (operator, kind) => {
                    let left = Node::new(kind, left.span);
                    match operator {
                        "+" => Node::new(Kind::Join(vec![left, right]), whole),
                        "," => Node::new(Kind::List(vec![left, right]), whole),
                        "*" => Node::new(Kind::Repeat(Box::new(left), Box::new(right)), whole),
                        "-f" | "-join" | "-split" | "-replace" => {
                            let mut arguments = vec![plain(left)];
                            match right.kind {
                                Kind::List(nodes) if operator != "-join" => {
                                    arguments.extend(nodes.into_iter().map(plain));
                                }
                                kind => arguments.push(plain(Node::new(kind, right.span))),
                            }
                            let node = self.cursor.call(operator, span, arguments);
                            Node::new(node.kind, whole)
                        }
                        _ => Node::new(Kind::Operation(vec![left, right]), whole),
                    }
                }
            };
        }
        self.cursor.broken = true;
        Some(left)
    }

    /// An operand with its members, calls and subscripts.
    pub(super) fn operand(&mut self) -> Option<Node> {
        let start = self.cursor.at;
        let mut node = self.simple()?;
        for _ in 0..MAX_CHAIN {
            if self.cursor.broken {
                return Some(node);
            }
            let member = if self.cursor.stands("::") || self.cursor.stands("?.") {
                2
            } else if self.cursor.stands(".") && !self.cursor.stands("..") {
                1
            } else if self.cursor.stands("[") {
                self.cursor.next();
                let keys = self.deeper(|reader| reader.statements(Some(']')));
                let key = block(keys, self.cursor.since(start));
                node = Node::new(Kind::Index(Box::new(node), Box::new(key)), self.cursor.since(start));
                continue;
            } else {
                return Some(node);
            };
            let before = self.cursor.at;
            self.cursor.at += member;
            let name = match self.cursor.peek() {
                Some('$' | '"' | '\'' | '(') => match self.deeper(Self::simple) {
                    Some(key) => {
                        node = Node::new(Kind::Index(Box::new(node), Box::new(key)), self.cursor.since(start));
                        String::new()
                    }
                    None => return Some(node),
                },
                _ => self.cursor.while_is(|c| c.is_alphanumeric() || c == '_').to_ascii_lowercase(),
            };
            if name.is_empty() && matches!(node.kind, Kind::Index(..)) {
                // A member whose name is computed.
            } else if name.is_empty() {
                self.cursor.at = before;
                return Some(node);
            } else {
                self.cursor.names.insert(name.clone());
                node = Node::new(Kind::Member(Box::new(node), name), self.cursor.since(start));
            }
            if self.cursor.stands("(") {
                let arguments = self.list_of(')');
                let called = call(node, arguments.into_iter().map(plain).collect());
                node = Node::new(called.kind, self.cursor.since(start));
            }
        }
        self.cursor.broken = true;
        Some(node)
    }

    /// `(a, b)`: its elements.
    fn list_of(&mut self, close: char) -> Vec<Node> {
        self.cursor.next();
        let mut nodes = self.deeper(|reader| reader.statements(Some(close)));
        match nodes.pop() {
            Some(Node { kind: Kind::List(list), .. }) if nodes.is_empty() => list,
            Some(last) => {
                nodes.push(last);
                nodes
            }
            None => nodes,
        }
    }

    /// An operand by itself.
    pub(super) fn simple(&mut self) -> Option<Node> {
        let start = self.cursor.at;
        let node = match self.cursor.peek()? {
            crate::payload::HOLE => {
                self.cursor.next();
                Node::new(Kind::Hole, self.cursor.since(start))
            }
            '$' if self.cursor.take("$(") => {
                let nodes = self.deeper(|reader| reader.statements(Some(')')));
                block(nodes, self.cursor.since(start))
            }
            '$' => self.variable()?,
            '"' => self.text('"')?,
            '\'' => self.text('\'')?,
            '@' if self.cursor.stands("@\"") || self.cursor.stands("@'") => self.here_text()?,
            '@' if self.cursor.take("@{") => {
                let nodes = self.deeper(|reader| reader.statements(Some('}')));
                let entries = nodes
                    .into_iter()
                    .filter_map(|node| match node.kind {
                        Kind::Assign(inner) => Some((Some(inner.target), inner.value)),
                        _ => None,
                    })
                    .collect();
                Node::new(Kind::Map(entries), self.cursor.since(start))
            }
            '@' if self.cursor.take("@(") => {
                let mut nodes = self.deeper(|reader| reader.statements(Some(')')));
                match (nodes.len(), nodes.pop()) {
                    (1, Some(node)) if matches!(node.kind, Kind::List(_) | Kind::Call(_)) => node,
                    (_, Some(last)) => {
                        nodes.push(last);
                        Node::new(Kind::List(nodes), self.cursor.since(start))
                    }
                    (_, None) => Node::new(Kind::List(nodes), self.cursor.since(start)),
                }
            }
            '@' => {
                // A splatted variable.
                self.cursor.next();
                let name = self.cursor.while_is(|c| c.is_alphanumeric() || c == '_').to_ascii_lowercase();
                let name = self.cursor.name(&format!("${name}"), self.cursor.since(start));
                Node::new(Kind::Spread(Box::new(name)), self.cursor.since(start))
            }
            '(' => {
                self.cursor.next();
                let mut nodes = self.deeper(|reader| reader.statements(Some(')')));
                match nodes.len() {
                    1 => nodes.pop()?,
                    _ => block(nodes, self.cursor.since(start)),
                }
            }
            '{' => {
                self.cursor.next();
                let body = self.deeper(|reader| reader.statements(Some('}')));
                function(None, Vec::new(), body, self.cursor.since(start))
            }
            '[' => return self.bracketed(start),
            '!' | '+' | '-' | ',' => {
                if self.cursor.next() == Some('-') {
                    // `-join $x`, `-not $x`
                    self.cursor.while_is(|c| c.is_ascii_alphabetic());
                }
                self.blank();
                let inner = self.deeper(Self::operand)?;
                match inner.kind {
                    Kind::Number(Some(number)) => {
                        Node::new(Kind::Number(number.checked_neg()), self.cursor.since(start))
                    }
                    kind => Node::new(Kind::Operation(vec![Node::new(kind, inner.span)]), self.cursor.since(start)),
                }
            }
            c if c.is_ascii_digit() => {
                let digits = self.cursor.while_is(|c| c.is_ascii_alphanumeric());
                Node::new(Kind::Number(digits.parse().ok()), self.cursor.since(start))
            }
            c if c.is_alphabetic() || c == '_' => {
                let word = self.cursor.while_is(|c| c.is_alphanumeric() || c == '_' || c == '-');
                let span = Span::new(start, start + word.len());
                self.cursor.literal(start, span.end as usize)
            }
            _ => return None,
        };
        Some(node)
    }

    /// `[type]`, which converts what follows or stands in front of a member.
    fn bracketed(&mut self, start: usize) -> Option<Node> {
        self.cursor.next();
        let name = self.cursor.while_is(|c| c != ']' && c != '\n').trim().to_ascii_lowercase();
        if self.cursor.take("[]") {
            self.cursor.while_is(|c| c == ']');
        }
        if !self.cursor.take("]") {
            self.cursor.broken = true;
            return None;
        }
        let span = self.cursor.since(start);
        if self.cursor.stands("::") {
            return Some(self.cursor.name(&name, span));
        }
        self.blank();
        let inner = self.deeper(Self::operand);
        match (inner, name.as_str()) {
            (Some(inner), "scriptblock") => Some(self.cursor.call("scriptblock", span, vec![plain(inner)])),
            (Some(inner), "char") => Some(self.cursor.call("char", span, vec![plain(inner)])),
            (Some(inner), _) => Some(inner),
            (None, _) => Some(nothing(start)),
        }
    }

    fn variable(&mut self) -> Option<Node> {
        let start = self.cursor.at;
        self.cursor.next();
        let name = if self.cursor.take("{") {
            let name = self.cursor.while_is(|c| c != '}' && c != '\n');
            self.cursor.take("}");
            name
        } else if let Some(special) = self.cursor.peek().filter(|c| "?^$".contains(*c)) {
            self.cursor.next();
            return Some(self.cursor.name(&format!("${special}"), self.cursor.since(start)));
        } else {
            let from = self.cursor.at;
            self.cursor.while_is(|c| c.is_alphanumeric() || c == '_');
            if self.cursor.stands(":")
                && !self.cursor.stands("::")
                && self.cursor.second().is_some_and(char::is_alphanumeric)
            {
                self.cursor.next();
                self.cursor.while_is(|c| c.is_alphanumeric() || c == '_');
            }
            self.cursor.text.get(from..self.cursor.at).unwrap_or("")
        };
        let span = self.cursor.since(start);
        if name.is_empty() {
            return None;
        }
        Some(match name.split_once(':') {
            Some((scope, name)) if scope.eq_ignore_ascii_case("env") => self.cursor.name(&format!("$env.{name}"), span),
            Some((_, name)) => self.cursor.name(&format!("${}", name.to_ascii_lowercase()), span),
            None => match name.to_ascii_lowercase().as_str() {
                "true" => Node::new(Kind::Truth(true), span),
                "false" => Node::new(Kind::Truth(false), span),
                "null" => Node::new(Kind::Nothing, span),
                lower => self.cursor.name(&format!("${lower}"), span),
            },
        })
    }

    /// A text in quotes.
    fn text(&mut self, quote: char) -> Option<Node> {
        let start = self.cursor.at;
        self.cursor.next();
        let mut parts = Vec::new();
        let mut from = self.cursor.at;
        loop {
            let at = self.cursor.at;
            let Some(c) = self.cursor.peek() else {
                self.cursor.broken = true;
                return None;
            };
            if c == quote {
                self.cursor.known(from, at, &mut parts);
                self.cursor.next();
                // Doubled, it stands for itself.
                if self.cursor.peek() != Some(quote) {
                    break;
                }
                from = self.cursor.at;
                self.cursor.next();
            } else {
                from = self.text_part(c, quote == '"', from, &mut parts);
            }
        }
        Some(self.finished(parts, start))
    }

    /// Reads one character of a text, or what is computed in it; gives where the known characters go on.
    fn text_part(&mut self, c: char, computes: bool, from: usize, parts: &mut Vec<Part>) -> usize {
        let at = self.cursor.at;
        match c {
            '`' if computes => {
                self.cursor.known(from, at, parts);
                self.cursor.next();
                let escaped = match self.cursor.next() {
                    Some('n') => "\n".to_owned(),
                    Some('t') => "\t".to_owned(),
                    Some('r') => "\r".to_owned(),
                    Some('0') => "\0".to_owned(),
                    other => other.map(String::from).unwrap_or_default(),
                };
                parts.push(self.cursor.made(escaped, self.cursor.since(at)));
                self.cursor.at
            }
            '$' if computes => {
                let node = self.deeper(Self::simple);
                match node {
                    Some(node) => {
                        self.cursor.known(from, at, parts);
                        parts.push(Part::Code(node));
                        self.cursor.at
                    }
                    None => {
                        self.cursor.at = at + 1;
                        from
                    }
                }
            }
            _ => {
                self.cursor.next();
                from
            }
        }
    }

    /// `@" … "@`
    fn here_text(&mut self) -> Option<Node> {
        let start = self.cursor.at;
        self.cursor.next();
        let computes = self.cursor.next() == Some('"');
        let close = if computes { "\n\"@" } else { "\n'@" };
        self.cursor.skip_line();
        self.cursor.next();
        let end = match self.cursor.text.get(self.cursor.at.saturating_sub(1)..self.cursor.end)?.find(close) {
            Some(length) => (self.cursor.at + length).saturating_sub(1),
            None => {
                self.cursor.broken = true;
                return None;
            }
        };
        let mut parts = Vec::new();
        let mut from = self.cursor.at;
        while self.cursor.at < end && !self.cursor.broken {
            let Some(c) = self.cursor.peek() else { break };
            from = self.text_part(c, computes, from, &mut parts);
        }
        if from < end {
            self.cursor.known(from, end, &mut parts);
        }
        self.cursor.at = (end + close.len()).min(self.cursor.end);
        Some(self.finished(parts, start))
    }

    fn finished(&mut self, mut parts: Vec<Part>, start: usize) -> Node {
        let span = self.cursor.since(start);
        if parts.is_empty() {
            parts.push(self.cursor.made("", span));
        }
        Node::new(Kind::Text(parts), span)
    }
}
