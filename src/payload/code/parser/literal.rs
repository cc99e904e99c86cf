//! Literals: texts with what is computed in them, lists, maps.

use crate::span::Span;

use super::super::ast::{Kind, Loop, Node, Part};
use super::super::schema::{Blocks, Keyword, TextKind};
use super::super::token::{self, Literal, TokenKind};
use super::expression::{ARGUMENT, LOWEST};
use super::{Parser, parse_part};

impl Parser<'_> {
    /// A literal of text, with those that stand right behind it where that joins them.
    pub(super) fn text_literal(&mut self) -> Node {
        let start = self.here();
        let mut node = self.one_literal();
        let joins = self.syntax.blocks != Blocks::Braces;
        while joins && !self.ended() && self.is_kind(|kind| matches!(kind, TokenKind::Text(_))) && !self.broken {
            if self.peek().is_some_and(|token| token.fresh) && !self.grouped {
                break;
            }
            let next = self.one_literal();
            match (&mut node.kind, next.kind) {
                (Kind::Text(parts), Kind::Text(more)) => parts.extend(more),
                _ => break,
            }
            node.span = self.since(start);
        }
        node
    }

    fn one_literal(&mut self) -> Node {
        let span = self.peek().map_or(Span::default(), |token| token.span);
        let literal = match self.tokens.get_mut(self.at).map(|token| &mut token.kind) {
            Some(TokenKind::Text(literal)) => std::mem::take(literal),
            _ => Literal::default(),
        };
        self.at += 1;
        let kind = literal.kind;
        if kind == TextKind::Words {
            return Node::new(Kind::List(words(&literal)), span);
        }
        let parts = self.parts(literal);
        let kind = match kind {
            TextKind::Text | TextKind::Words => Kind::Text(parts),
            TextKind::Command => Kind::Command(parts),
            TextKind::Pattern | TextKind::Code => Kind::Pattern(parts),
            TextKind::Glob => Kind::Glob(parts),
        };
        Node::new(kind, span)
    }

    fn parts(&mut self, literal: Literal) -> Vec<Part> {
        let mut parts = Vec::new();
        for part in literal.parts {
            parts.push(match part {
                token::Part::Known(text) => Part::Known(text),
                token::Part::Hole(at) if literal.kind == TextKind::Code => {
                    Part::Code(Node::new(Kind::Hole, Span::new(at, at)))
                }
                token::Part::Hole(at) => Part::Hole(at),
                token::Part::Code(span) => Part::Code(self.nested(span)),
            });
        }
        parts
    }

    /// Code inside a literal.
    fn nested(&mut self, span: Span) -> Node {
        let parsed = parse_part(self.source, self.syntax, self.words, span, self.strings + 1, self.names);
        let Some((mut statements, understood)) = parsed else {
            self.broken = true;
            return Node::new(Kind::Hole, span);
        };
        self.understood &= understood;
        match statements.len() {
            1 => statements.pop().unwrap_or_else(|| Node::new(Kind::Nothing, span)),
            _ => Node::new(Kind::Block(statements), span),
        }
    }

    /// `( … )`: one expression, a list, or statements.
    pub(super) fn group(&mut self) -> Option<Node> {
        let start = self.here();
        let close = self.closing(self.at);
        self.at += 1;
        let (mut nodes, separated) = self.within_brackets(|parser| parser.elements(close));
        self.at = close.saturating_add(1).min(self.tokens.len());
        let span = self.since(start);
        if nodes.len() == 1 && !separated {
            return nodes.pop();
        }
        Some(Node::new(list_or_map(nodes), span))
    }

    /// `[ … ]`
    pub(super) fn list(&mut self) -> Node {
        let start = self.here();
        let close = self.closing(self.at);
        self.at += 1;
        let (mut nodes, _) = self.within_brackets(|parser| parser.elements(close));
        self.at = close.saturating_add(1).min(self.tokens.len());
        let span = self.since(start);
        if let [Node { kind: Kind::Loop(_), .. }] = nodes.as_slice() {
            return nodes.pop().unwrap_or_else(|| self.nothing());
        }
        Node::new(list_or_map(nodes), span)
    }

    /// Expressions up to the token at `close`, and whether something separates them.
    fn elements(&mut self, close: usize) -> (Vec<Node>, bool) {
        let mut nodes = Vec::new();
        let mut separated = false;
        if !self.enter() {
            return (nodes, separated);
        }
        while self.at < close.min(self.tokens.len()) && !self.broken {
            let before = self.at;
            if self.is_symbol(",") || self.is_symbol(";") {
                separated = true;
                self.at += 1;
                continue;
            }
            if let Some(node) = self.element() {
                nodes.push(node);
            }
            if self.at == before {
                self.understood = false;
                self.at += 1;
            }
        }
        self.leave();
        (nodes, separated)
    }

    /// One element of a list, or a pair.
    fn element(&mut self) -> Option<Node> {
        let start = self.here();
        let key = self.key();
        if let Some(key) = key {
            let value = self.expression(ARGUMENT).unwrap_or_else(|| self.nothing());
            return Some(Node::new(Kind::Pair(Box::new(key), Box::new(value)), self.since(start)));
        }
        if self.keyword().is_some_and(|keyword| matches!(keyword, Keyword::For | Keyword::Branch | Keyword::Declare)) {
            return self.statement();
        }
        let node = self.expression(LOWEST)?;
        if self.take("=>") {
            let value = self.expression(ARGUMENT).unwrap_or_else(|| self.nothing());
            let key = self.bare_key(node);
            return Some(Node::new(Kind::Pair(Box::new(key), Box::new(value)), self.since(start)));
        }
        Some(self.comprehension(node))
    }

    /// `name:` in front of a value, as a text.
    pub(super) fn key(&mut self) -> Option<Node> {
        let member = self.syntax.members.iter().any(|member| member == ":");
        if member || self.syntax.blocks == Blocks::Indentation || !self.is_symbol_at(self.at + 1, ":") {
            return None;
        }
        let token = self.peek()?;
        let colon = self.ahead(1)?;
        let tight = !colon.spaced || self.syntax.arrows;
        if !tight || !matches!(token.kind, TokenKind::Name) {
            return None;
        }
        let key = Node::new(Kind::Text(vec![Part::Known(self.source.slice(token.span))]), token.span);
        self.at += 2;
        Some(key)
    }

    /// `expression for x in list if condition`
    pub(super) fn comprehension(&mut self, node: Node) -> Node {
        if self.keyword() == Some(Keyword::Before) && self.keyword_at(self.at + 1) == Some(Keyword::For) {
            self.at += 1;
        }
        if self.keyword() != Some(Keyword::For) || self.syntax.modifiers {
            return node;
        }
        let mut heads = Vec::new();
        let mut conditions = Vec::new();
        while !self.broken {
            match self.keyword() {
                Some(Keyword::For) => {
                    self.at += 1;
                    let outer = std::mem::replace(&mut self.header, true);
                    heads.push(self.comprehension_head());
                    self.header = outer;
                }
                Some(Keyword::Branch) if !heads.is_empty() => {
                    self.at += 1;
                    conditions.extend(self.expression(LOWEST));
                }
                Some(Keyword::Before) if self.keyword_at(self.at + 1) == Some(Keyword::For) => self.at += 1,
                _ => break,
            }
        }
        let span = self.since(node.span.start);
        let mut body = node;
        if !conditions.is_empty() {
            conditions.push(body);
            body = Node::new(Kind::Block(conditions), span);
        }
        for (pattern, over) in heads.into_iter().rev() {
            let over = over.unwrap_or_else(|| self.nothing());
            body = Node::new(Kind::Loop(Box::new(Loop { pattern, over, body })), span);
        }
        body
    }

    fn comprehension_head(&mut self) -> (Option<Node>, Option<Node>) {
        let mut index = self.at;
        while index < self.tokens.len() && self.keyword_at(index) != Some(Keyword::In) && self.text_of(index) != "=" {
            index += 1;
        }
        let pattern = self.pattern_until(index);
        self.at = (index + 1).min(self.tokens.len());
        let over = self.expression(ARGUMENT);
        (pattern, over)
    }

    /// `{ key: value, … }`
    pub(super) fn map(&mut self) -> Node {
        let start = self.here();
        let close = self.closing(self.at);
        self.at += 1;
        let mut entries = Vec::new();
        let entered = self.enter();
        self.within_brackets(|parser| {
            while entered && parser.at < close.min(parser.tokens.len()) && !parser.broken {
                let before = parser.at;
                if parser.is_symbol(",") || parser.is_symbol(";") {
                    parser.at += 1;
                    continue;
                }
                entries.extend(parser.entry());
                if parser.at == before {
                    parser.understood = false;
                    parser.at += 1;
                }
            }
        });
        self.leave();
        self.at = close.saturating_add(1).min(self.tokens.len());
        let span = self.since(start);
        if let [(None, Node { kind: Kind::Loop(_), .. })] = entries.as_slice() {
            return entries.pop().map_or_else(|| self.nothing(), |(_, node)| node);
        }
        Node::new(Kind::Map(entries), span)
    }

    fn entry(&mut self) -> Option<(Option<Node>, Node)> {
        // `async name(…) {`, `get name() {`
        while self.syntax.arrows
            && self.is_kind(|kind| matches!(kind, TokenKind::Name))
            && matches!(self.text(), "async" | "get" | "set" | "static")
            && self.ahead(1).is_some_and(|next| matches!(next.kind, TokenKind::Name | TokenKind::Text(_)))
        {
            self.at += 1;
        }
        if self.syntax.arrows && self.is_symbol("*") {
            self.at += 1;
        }
        let named = self.is_kind(|kind| matches!(kind, TokenKind::Name)) && self.syntax.arrows;
        if named && self.is_symbol_at(self.at + 1, "(") {
            let token = self.peek()?;
            let key = Node::new(Kind::Text(vec![Part::Known(self.source.slice(token.span))]), token.span);
            return Some((Some(key), self.function_here()));
        }
        if let Some(key) = self.key() {
            let value = self.expression(ARGUMENT).unwrap_or_else(|| self.nothing());
            return Some((Some(key), value));
        }
        let computed = self.is_symbol("[") && self.syntax.strings.iter().all(|form| form.open != "[");
        let key = if computed {
            // `[key]: value`
            self.group()?
        } else if self.is_symbol_at(self.at + 1, "=") && self.is_kind(|kind| matches!(kind, TokenKind::Name)) {
            let token = self.peek()?;
            let key = Node::new(Kind::Text(vec![Part::Known(self.source.slice(token.span))]), token.span);
            self.at += 1;
            key
        } else {
            self.expression(ARGUMENT)?
        };
        if self.take(":") || self.take("=>") || self.take("=") {
            let value = self.expression(ARGUMENT).unwrap_or_else(|| self.nothing());
            let value = self.comprehension(value);
            if matches!(value.kind, Kind::Loop(_)) {
                return Some((None, value));
            }
            return Some((Some(self.bare_key(key)), value));
        }
        if let (Kind::Name(name), true) = (&key.kind, self.syntax.arrows) {
            // `{name}`
            let text = self.source.slice(key.span);
            if text.as_str() == name {
                let shorthand = Node::new(Kind::Text(vec![Part::Known(text)]), key.span);
                return Some((Some(shorthand), key));
            }
        }
        let key = self.comprehension(key);
        Some((None, key))
    }

    /// A key that is a plain name, as the text that it stands for.
    pub(super) fn bare_key(&self, key: Node) -> Node {
        match key.kind {
            Kind::Name(ref name) if !name.starts_with(['$', '@', '%']) => {
                Node::new(Kind::Text(vec![Part::Known(self.source.slice(key.span))]), key.span)
            }
            _ => key,
        }
    }
}

/// A list of elements, or a map when there are pairs among them.
fn list_or_map(nodes: Vec<Node>) -> Kind {
    if !nodes.iter().any(|node| matches!(node.kind, Kind::Pair(..))) {
        return Kind::List(nodes);
    }
    let entries = nodes.into_iter().map(|node| match node.kind {
        Kind::Pair(key, value) => (Some(*key), *value),
        _ => (None, node),
    });
    Kind::Map(entries.collect())
}

/// The words of a list of words.
fn words(literal: &Literal) -> Vec<Node> {
    let mut words = Vec::new();
    for part in &literal.parts {
        let token::Part::Known(text) = part else {
            words.push(Node::new(Kind::Text(vec![Part::Hole(0)]), Span::default()));
            continue;
        };
        let string = text.as_str();
        let mut start = None;
        for (at, c) in string.char_indices().chain([(string.len(), ' ')]) {
            match (start, c.is_whitespace()) {
                (None, false) => start = Some(at),
                (Some(from), true) => {
                    let word = text.slice(from, at);
                    words.push(Node::new(Kind::Text(vec![Part::Known(word)]), Span::default()));
                    start = None;
                }
                _ => {}
            }
        }
    }
    words
}
