//! Reads the words of a command: its parameters, their values, and where its output goes.

use super::super::super::ast::{Argument, Kind, Node, Part};
use super::super::cursor::{block, plain};
use super::Reader;

impl Reader<'_, '_> {
    /// The words behind a program's name.
    pub(super) fn words(&mut self) -> Vec<Argument> {
        let mut arguments = Vec::new();
        while !self.ends() {
            let before = self.cursor.at;
            match self.deeper(Self::argument) {
                Some(node) => arguments.push(plain(node)),
                None => break,
            }
            if self.cursor.at == before {
                break;
            }
        }
        arguments
    }

    /// The arguments of a cmdlet: `-Name value`, switches and values.
    pub(super) fn parameters_of_command(&mut self) -> Vec<Argument> {
        let mut arguments = Vec::new();
        while !self.ends() {
            let before = self.cursor.at;
            let dashed = self.cursor.stands("-") && self.cursor.second().is_some_and(|c| c.is_ascii_alphabetic());
            if !dashed {
                match self.deeper(Self::argument) {
                    Some(node) => arguments.push(plain(node)),
                    None => break,
                }
            } else {
                self.cursor.next();
                let name = self.cursor.while_is(|c| c.is_ascii_alphanumeric()).to_ascii_lowercase();
                let glued = self.cursor.take(":");
                let switch = self.traits.switches.iter().any(|switch| switch.starts_with(&name)) && !glued;
                if switch || self.ends() || (self.cursor.stands("-") && !glued) {
                    let full = self.traits.switches.iter().find(|switch| switch.starts_with(&name));
                    let value = Node::new(Kind::Truth(true), self.cursor.since(before));
                    arguments.push(Argument { name: Some(full.cloned().unwrap_or(name)), value });
                } else {
                    let full = self.traits.options.iter().find(|option| option.starts_with(&name));
                    let name = full.cloned().unwrap_or(name);
                    match self.deeper(Self::argument) {
                        Some(value) => arguments.push(Argument { name: Some(name), value }),
                        None => break,
                    }
                }
            }
            if self.cursor.at == before || self.cursor.broken {
                break;
            }
        }
        arguments
    }

    /// Whether the command ends here.
    pub(super) fn ends(&mut self) -> bool {
        self.blank();
        let redirects = || {
            let rest = self.cursor.rest().trim_start_matches(|c: char| c.is_ascii_digit() || c == '*');
            rest.starts_with('>')
        };
        matches!(self.cursor.peek(), None | Some('\n' | ';' | '|' | ')' | '}' | '&' | '<')) || redirects()
    }

    /// An argument: a word, or words with commas between them.
    pub(super) fn argument(&mut self) -> Option<Node> {
        let start = self.cursor.at;
        let first = self.word()?;
        let mut list = vec![first];
        loop {
            self.blank();
            if !self.cursor.take(",") {
                break;
            }
            self.blank_lines();
            match self.word() {
                Some(word) => list.push(word),
                None => break,
            }
        }
        match list.len() {
            1 => list.pop(),
            _ => Some(Node::new(Kind::List(list), self.cursor.since(start))),
        }
    }

    /// A word of a command.
    pub(super) fn word(&mut self) -> Option<Node> {
        let start = self.cursor.at;
        match self.cursor.peek()? {
            '(' | '{' | '@' => return self.deeper(Self::operand),
            '$' | '"' | '\'' => {
                let node = self.deeper(Self::operand)?;
                if self.at_word_end() {
                    return Some(node);
                }
                let mut parts = vec![Part::Code(node)];
                self.bare(&mut parts);
                return Some(Node::new(Kind::Text(parts), self.cursor.since(start)));
            }
            _ => {}
        }
        let mut parts = Vec::new();
        self.bare(&mut parts);
        if parts.is_empty() {
            return None;
        }
        Some(Node::new(Kind::Text(parts), self.cursor.since(start)))
    }

    pub(super) fn at_word_end(&self) -> bool {
        self.cursor
            .peek()
            .is_none_or(|c| c.is_whitespace() || matches!(c, ';' | '|' | ')' | '}' | ',' | '&' | '>' | '='))
    }

    /// The bare characters of a word, with the variables in it.
    pub(super) fn bare(&mut self, parts: &mut Vec<Part>) {
        let mut from = self.cursor.at;
        while let Some(c) = self.cursor.peek() {
            let at = self.cursor.at;
            if c.is_whitespace() || matches!(c, ';' | '|' | ')' | '}' | ',' | '(' | '{' | '&' | '>' | '<') {
                break;
            }
            match c {
                '`' => {
                    self.cursor.known(from, at, parts);
                    self.cursor.next();
                    from = self.cursor.at;
                    self.cursor.next();
                }
                '$' | '"' | '\'' => {
                    self.cursor.known(from, at, parts);
                    match self.deeper(Self::simple) {
                        Some(node) => match node.kind {
                            Kind::Text(inner) => parts.extend(inner),
                            kind => parts.push(Part::Code(Node::new(kind, node.span))),
                        },
                        None => {
                            self.cursor.next();
                        }
                    }
                    from = self.cursor.at;
                }
                _ => {
                    self.cursor.next();
                }
            }
        }
        self.cursor.known(from, self.cursor.at, parts);
    }

    /// `> file` behind a command.
    pub(super) fn redirected(&mut self, node: Node, start: usize) -> Option<Node> {
        let mut nodes = vec![node];
        loop {
            self.blank();
            let rest = self.cursor.rest();
            let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '*').len();
            if !rest.get(digits..).is_some_and(|rest| rest.starts_with('>')) {
                break;
            }
            self.cursor.at += digits;
            self.cursor.while_is(|c| c == '>');
            if self.cursor.take("&1") || self.cursor.take("&2") {
                continue;
            }
            self.blank();
            let Some(target) = self.deeper(Self::word) else { break };
            if !matches!(&target.kind, Kind::Nothing) {
                let place = target.span;
                nodes.push(self.cursor.call("out-file", place, vec![plain(target)]));
            }
        }
        match nodes.len() {
            1 => nodes.pop(),
            _ => {
                nodes.rotate_left(1);
                Some(block(nodes, self.cursor.since(start)))
            }
        }
    }
}
