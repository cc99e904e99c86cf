//! Expressions: operators and their operands.

use std::rc::Rc;

use crate::span::Span;

use super::super::ast::{Argument, Assign, Call, Function, Kind, Node};
use super::super::schema::{BareCalls, Blocks, Keyword};
use super::super::token::TokenKind;
use super::Parser;

/// Binds looser than every operator.
pub(super) const LOWEST: u8 = 0;
/// Words such as `or` where calls need no parentheses.
const WORDS: u8 = 1;
/// An argument or element: no comma, no `or`.
pub(super) const ARGUMENT: u8 = 2;
const ASSIGNMENT: u8 = 3;
const TERNARY: u8 = 4;
const LOGICAL: u8 = 5;
pub(super) const COMPARISON: u8 = 6;
const PIPE: u8 = 7;
/// Operands that stand side by side are joined.
const JUXTAPOSED: u8 = 8;
const ADDITIVE: u8 = 9;
pub(super) const MULTIPLICATIVE: u8 = 10;
pub(super) const UNARY: u8 = 12;

/// How many operators and members may hang on one expression.
const MAX_CHAIN: u32 = 400;

/// What an operator makes of its operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Assign { append: bool },
    Ternary,
    Conditional,
    Either,
    Join,
    Repeat,
    Format,
    Pipe,
    Cast,
    Getline,
    Other,
}

impl Parser<'_> {
    /// Reads an expression whose operators bind at least as tightly as `least`.
    pub(super) fn expression(&mut self, least: u8) -> Option<Node> {
        if !self.enter() {
            return None;
        }
        let chain = std::mem::take(&mut self.chain);
        let node = self.operand().map(|operand| self.operators(operand, least));
        self.chain = chain;
        self.leave();
        node
    }

    fn operators(&mut self, mut left: Node, least: u8) -> Node {
        while !self.broken && !self.ended() {
            let Some((operator, binding, width)) = self.operator() else { break };
            if binding < least {
                break;
            }
            let before = std::mem::discriminant(&left.kind);
            self.at += width;
            left = self.operation(left, operator, binding);
            // Chains of one operator are flat, others nest.
            let flat = matches!(left.kind, Kind::Either(_) | Kind::Join(_) | Kind::Operation(_))
                && before == std::mem::discriminant(&left.kind);
            self.chain += u32::from(!flat);
            if self.chain > MAX_CHAIN {
                self.broken = true;
            }
        }
        left
    }

    /// The operator that stands here: what it does, how tightly it binds, how many tokens it has.
    fn operator(&self) -> Option<(Operator, u8, usize)> {
        let token = self.peek()?;
        let operator = match token.kind {
            TokenKind::Symbol if self.syntax.juxtaposition && matches!(self.text(), "(" | "$") => {
                return self.juxtaposed();
            }
            TokenKind::Symbol if self.is_symbol("|") && self.keyword_at(self.at + 1) == Some(Keyword::Getline) => {
                (Operator::Getline, COMPARISON, 1)
            }
            TokenKind::Symbol => return self.symbol_operator().map(|(operator, binding)| (operator, binding, 1)),
            TokenKind::Name => match self.keyword() {
                Some(Keyword::Either) => (Operator::Either, self.word_binding(), 1),
                Some(Keyword::Infix) => (Operator::Other, COMPARISON, 1),
                Some(Keyword::In) if !self.header || self.syntax.blocks != Blocks::Braces => {
                    (Operator::Other, COMPARISON, 1)
                }
                Some(Keyword::Not) if self.keyword_at(self.at + 1) == Some(Keyword::In) => {
                    (Operator::Other, COMPARISON, 2)
                }
                Some(Keyword::Repeat) => (Operator::Repeat, MULTIPLICATIVE, 1),
                Some(Keyword::As) if self.syntax.arrows => (Operator::Cast, COMPARISON, 1),
                Some(Keyword::Branch) if self.is_conditional() => (Operator::Conditional, TERNARY, 1),
                None | Some(Keyword::True | Keyword::False | Keyword::Nothing | Keyword::Getline) => {
                    return self.juxtaposed();
                }
                _ => return None,
            },
            TokenKind::Text(_) | TokenKind::Number | TokenKind::Variable => return self.juxtaposed(),
            TokenKind::Hole | TokenKind::Indent | TokenKind::Dedent => return None,
        };
        Some(operator)
    }

    /// Whether the word here is the `if` of `a if b else c`.
    fn is_conditional(&self) -> bool {
        self.syntax.blocks == Blocks::Indentation && self.text() == "if" && {
            let mut index = self.at + 1;
            while let Some(token) = self.tokens.get(index) {
                let symbol = matches!(token.kind, TokenKind::Symbol);
                match self.text_of(index) {
                    "else" => return true,
                    "(" | "[" | "{" if symbol => index = self.closing(index),
                    ")" | "]" | "}" | "," | ":" if symbol => return false,
                    _ if self.keyword_at(index) == Some(Keyword::For) => return false,
                    _ => {}
                }
                index = index.saturating_add(1);
            }
            false
        }
    }

    /// How tightly `and` and `or` bind.
    fn word_binding(&self) -> u8 {
        if self.syntax.bare_calls == BareCalls::All { WORDS } else { LOGICAL }
    }

    fn juxtaposed(&self) -> Option<(Operator, u8, usize)> {
        self.syntax.juxtaposition.then_some((Operator::Join, JUXTAPOSED, 0))
    }

    fn symbol_operator(&self) -> Option<(Operator, u8)> {
        let text = self.text();
        let listed = |list: &[String]| list.iter().any(|operator| operator == text);
        if self.printing && matches!(text, ">" | ">>" | "|" | "|&") {
            return None;
        }
        if listed(&self.syntax.append) {
            return Some((Operator::Assign { append: true }, ASSIGNMENT));
        }
        if listed(&self.syntax.assign) {
            return Some((Operator::Assign { append: false }, ASSIGNMENT));
        }
        if listed(&self.syntax.pipes) {
            return Some((Operator::Pipe, PIPE));
        }
        if listed(&self.syntax.ranges) {
            return Some((Operator::Other, ADDITIVE));
        }
        if listed(&self.syntax.concat) {
            return Some((Operator::Join, ADDITIVE));
        }
        let operator = match text {
            "=" => (Operator::Assign { append: false }, ASSIGNMENT),
            ":=" | "-=" | "*=" | "/=" | "||=" | "&&=" | "??=" | "|=" | "&=" | "^=" | "%=" | "**=" | "//=" | ">>="
            | ">>>=" | "<<=" | "+=" | ".=" => (Operator::Assign { append: matches!(text, "+=" | ".=") }, ASSIGNMENT),
            "?" if self.syntax.blocks != Blocks::Indentation => (Operator::Ternary, TERNARY),
            "||" | "&&" | "??" | "?:" => (Operator::Either, LOGICAL),
            "==" | "!=" | "===" | "!==" | "<" | ">" | "<=" | ">=" | "=~" | "!~" | "~" | "<=>" | "|" | "&" | "^"
            | "|>" | "|&" | "~=" => (Operator::Other, COMPARISON),
            "->" | "<-" if self.syntax.blocks == Blocks::Braces && self.syntax.members.iter().all(|m| m != text) => {
                (Operator::Other, COMPARISON)
            }
            "+" | "-" | ".." | "..." | "..=" | "<<" | ">>" | ">>>" | "<>" | "++" | "--" => (Operator::Other, ADDITIVE),
            "*" => (Operator::Repeat, MULTIPLICATIVE),
            "%" => (Operator::Format, MULTIPLICATIVE),
            "/" | "//" | "**" | "\\" => (Operator::Other, MULTIPLICATIVE),
            _ => return None,
        };
        Some(operator)
    }

    fn operation(&mut self, left: Node, operator: Operator, binding: u8) -> Node {
        let start = left.span.start;
        match operator {
            Operator::Ternary => return self.ternary(left),
            Operator::Conditional => return self.conditional(left),
            Operator::Cast => {
                self.skip_type();
                return left;
            }
            Operator::Assign { append } => return self.assignment(left, append),
            Operator::Getline => return self.getline(Some(left)),
            _ => {}
        }
        let Some(right) = self.expression(binding + 1) else { return left };
        let span = self.since(start);
        let kind = match (operator, left.kind) {
            (Operator::Either, Kind::Either(nodes)) => Kind::Either(with(nodes, right)),
            (Operator::Join, Kind::Join(nodes)) => Kind::Join(with(nodes, right)),
            (Operator::Other, Kind::Operation(nodes)) => Kind::Operation(with(nodes, right)),
            (operator, kind) => {
                let left = Node::new(kind, left.span);
                match operator {
                    Operator::Either => Kind::Either(vec![left, right]),
                    Operator::Join => Kind::Join(vec![left, right]),
                    Operator::Repeat => Kind::Repeat(Box::new(left), Box::new(right)),
                    Operator::Format => Kind::Format(Box::new(left), Box::new(right)),
                    Operator::Pipe => return piped(left, right, span),
                    _ => Kind::Operation(vec![left, right]),
                }
            }
        };
        Node::new(kind, span)
    }

    fn assignment(&mut self, target: Node, append: bool) -> Node {
        let start = target.span.start;
        self.note_variables(&target);
        let Some(value) = self.expression(ASSIGNMENT) else { return target };
        let span = self.since(start);
        // `f(x) = expression` defines a function.
        if let (Kind::Call(call), Blocks::End) = (&target.kind, self.syntax.blocks)
            && let (Kind::Name(name), false) = (&call.callee.kind, self.syntax.members_are_calls)
        {
            let parameters = call.arguments.iter().map(|argument| argument.value.clone()).collect();
            let function = Function { name: Some(name.clone()), parameters, body: vec![value] };
            return Node::new(Kind::Function(Rc::new(function)), span);
        }
        Node::new(Kind::Assign(Box::new(Assign { target, value, append })), span)
    }

    fn note_variables(&mut self, target: &Node) {
        match &target.kind {
            Kind::Name(name) => {
                self.names.variables.insert(name.clone());
            }
            Kind::List(nodes) => nodes.iter().for_each(|node| self.note_variables(node)),
            _ => {}
        }
    }

    /// `? a : b`, behind the question mark.
    fn ternary(&mut self, condition: Node) -> Node {
        let start = condition.span.start;
        let mut nodes = vec![condition];
        let outer = std::mem::replace(&mut self.grouped, true);
        nodes.extend(self.expression(ASSIGNMENT));
        let colon = self.take(":");
        self.grouped = outer;
        if colon {
            nodes.extend(self.expression(ASSIGNMENT));
        }
        let condition = nodes.remove(0);
        let either = Node::new(Kind::Either(nodes), self.since(start));
        Node::new(Kind::Block(vec![condition, either]), self.since(start))
    }

    /// `a if b else c`, behind the `if`.
    fn conditional(&mut self, value: Node) -> Node {
        let start = value.span.start;
        let condition = self.expression(LOGICAL);
        let mut nodes = vec![value];
        if self.text() == "else" {
            self.at += 1;
            nodes.extend(self.expression(TERNARY));
        }
        let span = self.since(start);
        let either = Node::new(Kind::Either(nodes), span);
        Node::new(Kind::Block(condition.into_iter().chain([either]).collect()), span)
    }

    /// `getline`, `getline x`, `getline < file`, `command | getline`.
    pub(super) fn getline(&mut self, command: Option<Node>) -> Node {
        let start = self.here();
        self.at += 1;
        if self.is_kind(|kind| matches!(kind, TokenKind::Name)) && self.keyword().is_none() && !self.ended() {
            self.at += 1;
        }
        if let Some(command) = command {
            return Node::call("|getline", vec![command], self.since(start));
        }
        if self.take("<") {
            let file = self.expression(ADDITIVE);
            return Node::call("getline<", file.into_iter().collect(), self.since(start));
        }
        Node::new(Kind::Operation(Vec::new()), self.since(start))
    }
}

fn with(mut nodes: Vec<Node>, last: Node) -> Vec<Node> {
    nodes.push(last);
    nodes
}

/// `left |> right(…)`
fn piped(left: Node, right: Node, span: Span) -> Node {
    let argument = Argument { name: None, value: left };
    let call = match right.kind {
        Kind::Call(mut call) => {
            call.arguments.insert(0, argument);
            call
        }
        kind => {
            let callee = Node::new(kind, right.span);
            Box::new(Call { callee, arguments: vec![argument], template: false })
        }
    };
    Node::new(Kind::Call(call), span)
}
