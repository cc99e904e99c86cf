//! Functions, classes, declarations and imports.

use std::rc::Rc;

use super::super::ast::{Assign, Function, Kind, Node};
use super::super::schema::{Blocks, Keyword};
use super::super::token::TokenKind;
use super::expression::{ARGUMENT, LOWEST};
use super::{Parser, Stop};

impl Parser<'_> {
    /// `let x: type = value`, `my ($a, $b) = @_`
    pub(super) fn declaration(&mut self) -> Option<Node> {
        while self.keyword() == Some(Keyword::Declare) && !self.is_symbol_at(self.at + 1, "=") {
            self.at += 1;
        }
        // `def name(…) {`: a function after all.
        let named = self.is_kind(|kind| matches!(kind, TokenKind::Name)) && self.is_symbol_at(self.at + 1, "(");
        if named
            && self.syntax.blocks == Blocks::Braces
            && self.is_symbol_at(self.closing(self.at + 1).saturating_add(1), "{")
        {
            return Some(self.function_here());
        }
        // `final String name = …`: a type in front of the name.
        while self.is_kind(|kind| matches!(kind, TokenKind::Name))
            && self.keyword().is_none()
            && self.ahead(1).is_some_and(|next| matches!(next.kind, TokenKind::Name) && !next.fresh)
            && self.is_symbol_at(self.at + 2, "=")
        {
            self.at += 1;
        }
        if let Some(equals) = self.several_targets() {
            return Some(self.several_assigned(equals));
        }
        let first = self.declared()?;
        // `a = f(), {b: c} = g()`: a pattern behind a comma is no block.
        let mut nodes = vec![first];
        let is_pattern = |parser: &Self| {
            let opens = parser.is_symbol_at(parser.at + 1, "{") || parser.is_symbol_at(parser.at + 1, "[");
            parser.syntax.arrows && parser.is_symbol(",") && opens
        };
        while !self.broken && is_pattern(self) {
            self.at += 1;
            nodes.extend(self.declared());
        }
        if nodes.len() == 1 {
            return nodes.pop();
        }
        let span = nodes.iter().skip(1).fold(nodes.first()?.span, |span, node| span.to(node.span));
        Some(Node::new(Kind::Block(nodes), span))
    }

    fn declared(&mut self) -> Option<Node> {
        if self.is_symbol_at(self.at + 1, ":") && self.syntax.arrows {
            return self.typed_declaration();
        }
        self.expression(LOWEST)
    }

    /// `x: type = value`, behind the word that declares it.
    fn typed_declaration(&mut self) -> Option<Node> {
        let target = self.operand()?;
        let mut index = self.at;
        while let Some(token) = self.tokens.get(index) {
            match self.text_of(index) {
                "=" | ";" | "," | ")" | "}" => break,
                "(" | "[" | "{" => index = self.closing(index).min(self.tokens.len()),
                _ if token.fresh && index > self.at + 1 => break,
                _ => {}
            }
            index = index.saturating_add(1);
        }
        self.at = index.min(self.tokens.len());
        if !self.take("=") {
            return Some(target);
        }
        let value = self.expression(ARGUMENT)?;
        let span = target.span.to(value.span);
        Some(Node::new(Kind::Assign(Box::new(Assign { target, value, append: false })), span))
    }

    /// A function, from the word that defines it.
    pub(super) fn function(&mut self) -> Node {
        self.at += 1;
        self.take("*");
        self.function_here()
    }

    /// A function, from its name or its parameters.
    pub(super) fn function_here(&mut self) -> Node {
        let start = self.here();
        let mut name = None;
        // `fn x, y -> … end`
        let nameless = self.syntax.blocks == Blocks::End
            && (self.is_symbol_at(self.at + 1, "->") || self.is_symbol_at(self.at + 1, ","));
        while !nameless && self.is_kind(|kind| matches!(kind, TokenKind::Name)) && self.keyword() != Some(Keyword::Do) {
            name = Some(self.text().to_owned());
            self.at += 1;
            if !self.is_symbol(".") && !self.is_symbol(":") && !self.is_symbol("::") {
                break;
            }
            if self.ahead(1).is_none_or(|next| !matches!(next.kind, TokenKind::Name)) {
                break;
            }
            self.at += 1;
        }
        self.skip_generics();
        let parameters = if self.is_symbol("(") {
            self.bracketed_parameters()
        } else if self.syntax.blocks == Blocks::End && !self.ended() {
            let end = self.line_end();
            let parameters = self.parameters(end);
            self.at = end;
            parameters
        } else {
            Vec::new()
        };
        let body = self.function_body();
        Node::new(Kind::Function(Rc::new(Function { name, parameters, body })), self.since(start))
    }

    /// Where the head of a function without brackets ends.
    fn line_end(&self) -> usize {
        let mut index = self.at;
        while let Some(token) = self.tokens.get(index) {
            let ends = token.fresh && index > self.at
                || matches!(self.text_of(index), ";" | "->" | "=")
                || self.keyword_at(index) == Some(Keyword::Do);
            if ends {
                break;
            }
            index += 1;
        }
        index
    }

    /// The body of a function, from behind its parameters.
    fn function_body(&mut self) -> Vec<Node> {
        match self.syntax.blocks {
            Blocks::Braces => {
                let mut index = self.at;
                while index < self.at + 60 && !matches!(self.text_of(index), "{" | "=>" | ";" | "}" | "") {
                    let opens = matches!(self.text_of(index), "(" | "[");
                    index = if opens { self.closing(index) } else { index }.saturating_add(1);
                }
                if self.is_symbol_at(index, "{") {
                    self.at = index + 1;
                    return self.statements(Stop::Bracket);
                }
                if self.is_symbol_at(index, "=>") {
                    self.at = index + 1;
                    return self.arrow_body();
                }
                // A body without braces (R), or a declaration without a body.
                if self.syntax.braces == super::super::schema::Braces::Block { self.arrow_body() } else { Vec::new() }
            }
            Blocks::Indentation => {
                while self.peek().is_some() && !self.is_symbol(":") && !self.ended() {
                    let opens = matches!(self.text(), "(" | "[" | "{");
                    self.at = if opens { self.closing(self.at) } else { self.at }.saturating_add(1);
                }
                match self.body().kind {
                    Kind::Block(body) => body,
                    _ => Vec::new(),
                }
            }
            Blocks::End => {
                if self.take("=") || self.is_key_word("do") {
                    return self.arrow_body();
                }
                self.take("->");
                // `when` guards and result types stand on the first line.
                while !self.ended() && self.keyword() == Some(Keyword::Between) {
                    self.at += 1;
                    let _ = self.head();
                }
                if self.is_symbol("::") {
                    self.at += 1;
                    let _ = self.head();
                }
                if self.keyword() == Some(Keyword::Do) {
                    self.at += 1;
                }
                self.statements(Stop::Word)
            }
        }
    }

    /// Consumes `, word:` if it stands here.
    fn is_key_word(&mut self, word: &str) -> bool {
        let comma = usize::from(self.is_symbol(","));
        let stands = self.text_of(self.at + comma) == word && self.is_symbol_at(self.at + comma + 1, ":");
        self.at += if stands { comma + 2 } else { 0 };
        stands
    }

    /// What stands behind `=>`: a block or an expression.
    pub(super) fn arrow_body(&mut self) -> Vec<Node> {
        if self.take("{") {
            return self.statements(Stop::Bracket);
        }
        self.expression(ARGUMENT).into_iter().collect()
    }

    /// The parameters between the parentheses that open here.
    pub(super) fn bracketed_parameters(&mut self) -> Vec<Node> {
        let close = self.closing(self.at);
        self.at += 1;
        let parameters = self.within_brackets(|parser| parser.parameters(close));
        self.at = close.saturating_add(1).min(self.tokens.len());
        parameters
    }

    /// The parameters up to the token at `close`.
    pub(super) fn parameters(&mut self, close: usize) -> Vec<Node> {
        let mut parameters = Vec::new();
        while self.at < close.min(self.tokens.len()) && !self.broken {
            let end = self.parameter_end(close);
            parameters.extend(self.parameter(end));
            self.at = end.saturating_add(1).max(self.at);
        }
        parameters
    }

    fn parameter_end(&self, close: usize) -> usize {
        let mut index = self.at;
        while index < close.min(self.tokens.len()) {
            match self.text_of(index) {
                "(" | "[" | "{" if self.is_kind_at(index) => index = self.closing(index),
                "," | ";" => return index,
                _ => {}
            }
            index = index.saturating_add(1);
        }
        index.min(close)
    }

    fn is_kind_at(&self, index: usize) -> bool {
        self.tokens.get(index).is_some_and(|token| matches!(token.kind, TokenKind::Symbol))
    }

    /// One parameter, up to the token at `end`: a pattern, perhaps with a type and a default.
    fn parameter(&mut self, end: usize) -> Option<Node> {
        while self.at < end && self.is_kind_at(self.at) && !matches!(self.text(), "{" | "[" | "(") {
            self.at += 1;
        }
        let start = self.at;
        let mut default = None;
        let mut target = None;
        for index in start..end {
            let Some(token) = self.tokens.get(index) else { break };
            let name = || Node::new(Kind::Name(self.text_of(index).to_owned()), token.span);
            match &token.kind {
                TokenKind::Symbol if matches!(self.text_of(index), "=" | "\\\\") => {
                    default = Some(index + 1);
                    break;
                }
                TokenKind::Symbol if self.text_of(index) == ":" => break,
                TokenKind::Variable => target = Some(name()),
                TokenKind::Name if self.keyword_at(index) != Some(Keyword::Infix) => target = Some(name()),
                _ => {}
            }
        }
        if self.at < end && matches!(self.text(), "{" | "[" | "(") {
            target = self.operand();
        }
        if let Some(Kind::Name(name)) = target.as_ref().map(|node| &node.kind) {
            self.names.variables.insert(name.clone());
        }
        let target = target?;
        // `key: value` gives a default in Ruby and a type elsewhere; neither is lost when it is read as an expression.
        let Some(default) = default else { return Some(target) };
        self.at = default;
        let Some(value) = self.expression(ARGUMENT) else { return Some(target) };
        let span = target.span.to(value.span);
        Some(Node::new(Kind::Assign(Box::new(Assign { target, value, append: false })), span))
    }

    /// A class or module, from the word that defines it.
    pub(super) fn class(&mut self) -> Node {
        let start = self.here();
        self.at += 1;
        let name =
            if self.is_kind(|kind| matches!(kind, TokenKind::Name)) { self.text().to_owned() } else { String::new() };
        let mut index = self.at;
        while let Some(token) = self.tokens.get(index) {
            let head_ends = match self.syntax.blocks {
                Blocks::Braces => matches!(self.text_of(index), "{" | ";"),
                Blocks::Indentation => self.text_of(index) == ":",
                Blocks::End => {
                    (token.fresh && index > self.at)
                        || self.text_of(index) == ";"
                        || self.keyword_at(index) == Some(Keyword::Do)
                }
            };
            if head_ends {
                break;
            }
            let opens = self.is_kind_at(index) && matches!(self.text_of(index), "(" | "[");
            index = if opens { self.closing(index) } else { index }.saturating_add(1);
        }
        self.at = index.min(self.tokens.len());
        let body = match self.syntax.blocks {
            Blocks::Braces => self.members(),
            _ => match self.body().kind {
                Kind::Block(body) => body,
                _ => Vec::new(),
            },
        };
        Node::new(Kind::Class(name, body), self.since(start))
    }

    /// The body of a class in braces: methods and fields.
    fn members(&mut self) -> Vec<Node> {
        let mut members = Vec::new();
        if !self.is_symbol("{") || !self.enter() {
            return members;
        }
        let close = self.closing(self.at);
        self.at += 1;
        let outer = std::mem::replace(&mut self.grouped, false);
        while self.at < close.min(self.tokens.len()) && !self.broken {
            let before = self.at;
            if let Some(name) = self.method_name(close) {
                self.at = name;
                members.push(self.function_here());
            } else if !self.separator() {
                members.extend(self.statement());
            }
            if self.at == before {
                self.understood = false;
                self.at += 1;
            }
        }
        self.grouped = outer;
        self.leave();
        self.at = close.saturating_add(1).min(self.tokens.len());
        members
    }

    /// Where the name of the method stands that starts here: modifiers and types, a name, parameters, a body.
    fn method_name(&self, close: usize) -> Option<usize> {
        let mut index = self.at;
        while index < close && index < self.at + 12 {
            let token = self.tokens.get(index)?;
            match &token.kind {
                TokenKind::Name if self.keyword_at(index) == Some(Keyword::Function) => return None,
                TokenKind::Name if self.is_symbol_at(index + 1, "(") => {
                    let mut behind = self.closing(index + 1).saturating_add(1);
                    if self.is_symbol_at(behind, ":") {
                        // The type of the result.
                        behind = (behind..close).find(|at| matches!(self.text_of(*at), "{" | ";" | "}" | "="))?;
                    }
                    return self.is_symbol_at(behind, "{").then_some(index);
                }
                TokenKind::Name => {}
                TokenKind::Symbol if matches!(self.text_of(index), "*" | "#" | "<" | ">" | "[" | "]" | "@" | ".") => {}
                _ => return None,
            }
            index += 1;
        }
        None
    }
}
