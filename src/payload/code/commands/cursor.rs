//! A place in a program's text, and what all readers of commands do there.

use std::collections::HashSet;
use std::rc::Rc;

use super::super::ast::{Argument, Assign, Call, Function, Kind, Loop, Node, Part};
use super::super::source::Source;
use crate::payload::HOLE;
use crate::span::Span;

/// How deep blocks and brackets may nest.
const MAX_DEPTH: u32 = 60;

/// Where a reader is.
pub struct Cursor<'a> {
    /// The program.
    pub source: &'a Source,
    /// Its characters.
    pub text: &'a str,
    /// The byte that is read next.
    pub at: usize,
    /// Where reading ends.
    pub end: usize,
    /// Whether everything found its place.
    pub understood: bool,
    /// Whether the program cannot be read.
    pub broken: bool,
    /// The names that it uses.
    pub names: HashSet<String>,
    depth: u32,
}

impl<'a> Cursor<'a> {
    /// At the start of a program.
    pub fn new(source: &'a Source) -> Cursor<'a> {
        let text = source.as_str();
        Cursor {
            source,
            text,
            at: 0,
            end: text.len(),
            understood: true,
            broken: false,
            names: HashSet::new(),
            depth: 0,
        }
    }

    /// What is left.
    pub fn rest(&self) -> &'a str {
        self.text.get(self.at..self.end).unwrap_or("")
    }

    /// The next character.
    pub fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// The character behind the next.
    pub fn second(&self) -> Option<char> {
        self.rest().chars().nth(1)
    }

    /// Whether `start` stands here.
    pub fn stands(&self, start: &str) -> bool {
        self.rest().starts_with(start)
    }

    /// Consumes `start` if it stands here.
    pub fn take(&mut self, start: &str) -> bool {
        let stands = self.stands(start);
        self.at += if stands { start.len() } else { 0 };
        stands
    }

    /// Consumes one character.
    pub fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    /// Consumes characters as long as `test` holds, and gives them.
    pub fn while_is(&mut self, test: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|c| !test(c)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or("")
    }

    /// Goes to the end of the line.
    pub fn skip_line(&mut self) {
        self.while_is(|c| c != '\n');
    }

    /// Goes behind `close`; a text that does not end cannot be read.
    pub fn skip_past(&mut self, close: &str) {
        match self.rest().find(close) {
            Some(length) => self.at += length + close.len(),
            None => {
                self.broken = true;
                self.at = self.end;
            }
        }
    }

    /// From `start` to here.
    pub fn since(&self, start: usize) -> Span {
        Span::new(start, self.at.max(start))
    }

    /// Reads one level deeper; what nests too deep is not read.
    pub fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        self.enter();
        let result = read(self);
        self.leave();
        result
    }

    /// Goes one level deeper, to be left again by [`Cursor::leave`].
    pub fn enter(&mut self) {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            self.broken = true;
            self.at = self.end;
        }
    }

    /// Comes back up.
    pub fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Reads the part `start..end` by itself.
    pub fn within<T>(&mut self, start: usize, end: usize, read: impl FnOnce(&mut Self) -> T) -> T {
        let outer = (self.at, self.end);
        (self.at, self.end) = (start, end.min(self.end));
        let result = self.deeper(read);
        (self.at, self.end) = outer;
        result
    }

    /// A text in double quotes; `escaped` says what a backslash makes of the character behind it.
    pub fn quoted(&mut self, escaped: impl Fn(Option<char>) -> String) -> Node {
        let start = self.at;
        self.next();
        let mut parts = Vec::new();
        let mut from = self.at;
        loop {
            let at = self.at;
            match self.next() {
                Some('"') => {
                    self.known(from, at, &mut parts);
                    break;
                }
                Some('\\') => {
                    self.known(from, at, &mut parts);
                    let made = escaped(self.next());
                    parts.push(self.made(made, self.since(at)));
                    from = self.at;
                }
                Some(_) => {}
                None => {
                    self.broken = true;
                    break;
                }
            }
        }
        let span = self.since(start);
        if parts.is_empty() {
            parts.push(self.made("", span));
        }
        Node::new(Kind::Text(parts), span)
    }

    /// Known characters as a part of a text.
    pub fn known(&self, start: usize, end: usize, parts: &mut Vec<Part>) {
        let mut from = start;
        for (at, hole) in self.text.get(start..end).unwrap_or("").match_indices(HOLE) {
            let at = start + at;
            if from < at {
                parts.push(Part::Known(self.source.slice(Span::new(from, at))));
            }
            parts.push(Part::Hole(at));
            from = at + hole.len();
        }
        if from < end {
            parts.push(Part::Known(self.source.slice(Span::new(from, end))));
        }
    }

    /// Characters that were made from what stands at `span`.
    pub fn made(&self, text: impl Into<String>, span: Span) -> Part {
        Part::Known(crate::text::Text::derived(text, self.source.locate(span)))
    }

    /// The text from `start` to `end` as it stands.
    pub fn literal(&self, start: usize, end: usize) -> Node {
        let mut parts = Vec::new();
        self.known(start, end, &mut parts);
        if parts.is_empty() {
            parts.push(self.made("", Span::new(start, end)));
        }
        Node::new(Kind::Text(parts), Span::new(start, end))
    }

    /// A text that was made from what stands at `span`.
    pub fn computed(&self, text: impl Into<String>, span: Span) -> Node {
        Node::new(Kind::Text(vec![self.made(text, span)]), span)
    }

    /// A name that is used.
    pub fn name(&mut self, name: &str, span: Span) -> Node {
        self.names.insert(name.to_owned());
        Node::new(Kind::Name(name.to_owned()), span)
    }

    /// A call of what goes by `name`, which stands at `span`.
    pub fn call(&mut self, name: &str, span: Span, arguments: Vec<Argument>) -> Node {
        let callee = self.name(name, span);
        call(callee, arguments)
    }
}

/// A call.
pub fn call(callee: Node, arguments: Vec<Argument>) -> Node {
    let span = arguments.last().map_or(callee.span, |last| callee.span.to(last.value.span));
    Node::new(Kind::Call(Box::new(Call { callee, arguments, template: false })), span)
}

/// An argument without a name.
pub fn plain(value: Node) -> Argument {
    Argument { name: None, value }
}

/// Several nodes in order.
pub fn block(nodes: Vec<Node>, span: Span) -> Node {
    Node::new(Kind::Block(nodes), span)
}

/// What may or may not run.
pub fn branch(nodes: Vec<Node>, span: Span) -> Node {
    Node::new(Kind::Branch(nodes), span)
}

/// An assignment.
pub fn assign(target: Node, value: Node, append: bool, span: Span) -> Node {
    Node::new(Kind::Assign(Box::new(Assign { target, value, append })), span)
}

/// A function.
pub fn function(name: Option<String>, parameters: Vec<Node>, body: Vec<Node>, span: Span) -> Node {
    Node::new(Kind::Function(Rc::new(Function { name, parameters, body })), span)
}

/// A loop.
pub fn repeat(pattern: Option<Node>, over: Node, body: Node, span: Span) -> Node {
    Node::new(Kind::Loop(Box::new(Loop { pattern, over, body })), span)
}

/// No value.
pub fn nothing(at: usize) -> Node {
    Node::new(Kind::Nothing, Span::new(at, at))
}
