//! Reads functions without a name: blocks behind calls, closures, lambdas, arrow functions.

use std::rc::Rc;

use super::super::ast::{Function, Kind, Node};
use super::super::schema::{Braces, Keyword};
use super::expression::ARGUMENT;
use super::{Parser, Stop};

impl Parser<'_> {
    /// `{ |x| … }`, `do |x| … end`, `{ x -> … }`
    pub(super) fn block_function(&mut self) -> Node {
        let start = self.here();
        if self.syntax.braces == Braces::Function {
            return self.closure();
        }
        let braces = self.is_symbol("{");
        self.at += 1;
        let mut parameters = Vec::new();
        if self.is_symbol("|") {
            self.at += 1;
            let mut close = self.at;
            while close < self.tokens.len() && !self.is_symbol_at(close, "|") {
                close += 1;
            }
            parameters = self.parameters(close);
            self.at = (close + 1).min(self.tokens.len());
        } else if self.is_symbol("||") {
            self.at += 1;
        } else if self.syntax.line_parameters && !braces {
            let mut close = self.at;
            while self.tokens.get(close).is_some_and(|token| !token.fresh) {
                close += 1;
            }
            parameters = self.parameters(close);
            self.at = close;
        }
        let body = self.statements(if braces { Stop::Bracket } else { Stop::Word });
        Node::new(Kind::Function(Rc::new(Function { name: None, parameters, body })), self.since(start))
    }

    /// `{ a, b -> … }`, `{ … it … }`
    pub(super) fn closure(&mut self) -> Node {
        let start = self.here();
        let close = self.closing(self.at);
        self.at += 1;
        let mut arrow = self.at;
        while arrow < close.min(self.at + 20) && !self.is_symbol_at(arrow, "->") && !self.is_symbol_at(arrow, "{") {
            arrow += 1;
        }
        let parameters = if self.is_symbol_at(arrow, "->") {
            let parameters = self.parameters(arrow);
            self.at = arrow + 1;
            parameters
        } else {
            vec![Node::new(Kind::Name("it".to_owned()), self.since(start))]
        };
        let body = self.statements(Stop::Bracket);
        Node::new(Kind::Function(Rc::new(Function { name: None, parameters, body })), self.since(start))
    }

    /// `->(x) { … }`, `-> x do … end`
    pub(super) fn stabby(&mut self) -> Node {
        let start = self.here();
        self.at += 1;
        let mut close = self.at;
        while close < self.tokens.len() && !self.is_symbol_at(close, "{") && self.keyword_at(close) != Some(Keyword::Do)
        {
            close += 1;
        }
        self.take("(");
        let parameters = self.parameters(close);
        self.at = close;
        if self.at >= self.tokens.len() {
            return Node::new(Kind::Nothing, self.since(start));
        }
        let block = self.block_function();
        match block.kind {
            Kind::Function(function) => {
                let body = function.body.clone();
                Node::new(Kind::Function(Rc::new(Function { name: None, parameters, body })), self.since(start))
            }
            _ => block,
        }
    }

    /// `lambda a, b: expression`
    pub(super) fn lambda(&mut self) -> Node {
        let start = self.here();
        self.at += 1;
        let mut close = self.at;
        while close < self.tokens.len() && !self.is_symbol_at(close, ":") {
            let opens = matches!(self.text_of(close), "(" | "[" | "{");
            close = if opens { self.closing(close) } else { close }.saturating_add(1);
        }
        let parameters = self.parameters(close);
        self.at = close.saturating_add(1).min(self.tokens.len());
        let body: Vec<Node> = self.expression(ARGUMENT).into_iter().collect();
        Node::new(Kind::Function(Rc::new(Function { name: None, parameters, body })), self.since(start))
    }

    /// Whether the bracket that stands here opens the parameters of `(…) => …`.
    pub(super) fn is_arrow_function(&self) -> bool {
        if !self.syntax.arrows {
            return false;
        }
        let behind = self.closing(self.at).saturating_add(1);
        if self.is_symbol_at(behind, "=>") {
            return true;
        }
        // A result type stands in between.
        self.is_symbol_at(behind, ":")
            && (behind + 1..behind + 12)
                .take_while(|index| !matches!(self.text_of(*index), "," | ";" | ")" | "}" | "{" | "?" | ""))
                .any(|index| self.is_symbol_at(index, "=>"))
    }

    /// `(a, b) => …`, `a => …`
    pub(super) fn arrow_function(&mut self) -> Node {
        let start = self.here();
        let parameters = if self.is_symbol("(") {
            self.bracketed_parameters()
        } else {
            let end = self.at + 1;
            let parameters = self.parameters(end);
            self.at = end;
            parameters
        };
        while self.peek().is_some() && !self.is_symbol("=>") {
            self.at += 1;
        }
        self.at = (self.at + 1).min(self.tokens.len());
        let body = self.arrow_body();
        Node::new(Kind::Function(Rc::new(Function { name: None, parameters, body })), self.since(start))
    }
}
