//! Reads operands: literals, names, what stands in brackets, what words begin.

use crate::span::Span;

use super::super::ast::{Call, Kind, Node};
use super::super::schema::{Blocks, Braces, Keyword};
use super::super::token::TokenKind;
use super::expression::{COMPARISON, MULTIPLICATIVE, UNARY};
use super::{Parser, Stop};

impl Parser<'_> {
    /// Reads one operand with all that hangs on it.
    pub(super) fn operand(&mut self) -> Option<Node> {
        let token = self.peek()?;
        let span = token.span;
        let node = match &token.kind {
            TokenKind::Hole => {
                self.at += 1;
                Node::new(Kind::Hole, span)
            }
            TokenKind::Number => {
                let value = self.text().replace('_', "");
                self.at += 1;
                Node::new(Kind::Number(number(&value)), span)
            }
            TokenKind::Text(_) => self.text_literal(),
            TokenKind::Variable => {
                // `&name` is a function.
                let name = self.text().trim_start_matches('&').to_owned();
                self.at += 1;
                self.names.used.insert(name.clone());
                Node::new(Kind::Name(name), span)
            }
            TokenKind::Name => return self.word(),
            TokenKind::Symbol => return self.symbol_operand(),
            TokenKind::Indent | TokenKind::Dedent => return None,
        };
        Some(self.postfix(node))
    }

    pub(super) fn symbol_operand(&mut self) -> Option<Node> {
        let start = self.here();
        let node = match self.text() {
            "(" => {
                if self.is_arrow_function() {
                    return Some(self.arrow_function());
                }
                self.group()?
            }
            "[" => self.list(),
            "{" => match self.syntax.braces {
                Braces::Map => self.map(),
                Braces::Function => self.closure(),
                Braces::Block => {
                    self.at += 1;
                    let body = self.statements(Stop::Bracket);
                    Node::new(Kind::Block(body), self.since(start))
                }
            },
            "->" if self.syntax.trailing_blocks => self.stabby(),
            "\\" if self.syntax.braces == Braces::Block => {
                // `\(x) expression`
                self.function()
            }
            "..." | "**" | "*" => {
                self.at += 1;
                let inner = self.expression(UNARY)?;
                return Some(Node::new(Kind::Spread(Box::new(inner)), self.since(start)));
            }
            "&" | "\\" | "&&" if !(self.syntax.sigils.contains('&') && self.is_symbol_at(self.at + 1, "{")) => {
                self.at += 1;
                let inner = self.expression(MULTIPLICATIVE)?;
                return Some(Node::new(Kind::Reference(Box::new(inner)), self.since(start)));
            }
            "-" if self.is_file_test() => {
                self.at += 2;
                let inner = self.expression(UNARY);
                return Some(Node::new(Kind::Operation(inner.into_iter().collect()), self.since(start)));
            }
            "@" | "$" | "%" | "^" | "#" | "&" => {
                // A sigil in front of an expression, a decorator, a field.
                let sigil = self.text();
                self.at += 1;
                if matches!(sigil, "@" | "$" | "%" | "&") && self.is_symbol("{") {
                    self.at += 1;
                    let body = self.statements(Stop::Bracket);
                    Node::new(Kind::Block(body), self.since(start))
                } else if sigil == "$" && self.syntax.juxtaposition {
                    // A field of a record: `$1`, `$NF`, `$(n)`.
                    let inner = self.simple_operand();
                    Node::new(Kind::Operation(inner.into_iter().collect()), self.since(start))
                } else {
                    return self.operand();
                }
            }
            "!" | "-" | "+" | "~" | "++" | "--" | "<" | "!~" | "::" | "?" => {
                let negative = self.text() == "-";
                self.at += 1;
                let inner = self.expression(UNARY)?;
                let kind = match inner.kind {
                    Kind::Number(Some(number)) if negative => Kind::Number(number.checked_neg()),
                    _ => Kind::Operation(vec![inner]),
                };
                return Some(Node::new(kind, self.since(start)));
            }
            _ => return None,
        };
        Some(self.postfix(node))
    }

    /// Whether `-e file` stands here: a letter right behind the dash, and something that is tested.
    pub(super) fn is_file_test(&self) -> bool {
        self.syntax.sigils.contains('%')
            && self.ahead(1).is_some_and(|next| {
                matches!(next.kind, TokenKind::Name) && !next.spaced && next.span.end - next.span.start == 1
            })
            && !self.is_symbol_at(self.at + 2, "=>")
    }

    /// An operand behind `$`: a number, a name or a group, without what may follow it.
    pub(super) fn simple_operand(&mut self) -> Option<Node> {
        match self.peek().map(|token| &token.kind)? {
            TokenKind::Symbol if self.is_symbol("(") => self.group(),
            TokenKind::Symbol => self.operand(),
            _ => {
                self.at += 1;
                None
            }
        }
    }

    /// A word: a name, or a word of the language.
    pub(super) fn word(&mut self) -> Option<Node> {
        let start = self.here();
        let keyword = self.keyword().filter(|_| !self.names_key());
        let node = match keyword {
            None | Some(Keyword::Import) => return Some(self.name()),
            Some(Keyword::True) => self.constant(Kind::Truth(true)),
            Some(Keyword::False) => self.constant(Kind::Truth(false)),
            Some(Keyword::Nothing) => self.constant(Kind::Nothing),
            Some(Keyword::Function) => self.function(),
            Some(Keyword::Lambda) => return Some(self.lambda()),
            Some(Keyword::Class) => self.class(),
            Some(Keyword::Getline) => self.getline(None),
            Some(Keyword::Before | Keyword::Declare | Keyword::New) if self.is_plain_name() => {
                return Some(self.name());
            }
            Some(Keyword::New) => return self.new_object(),
            Some(Keyword::Before | Keyword::Declare) => {
                self.at += 1;
                if self.ended() || self.is_closing() || self.is_symbol(";") {
                    return Some(Node::new(Kind::Nothing, self.since(start)));
                }
                let inner = self.operand();
                return Some(inner.unwrap_or_else(|| Node::new(Kind::Nothing, self.since(start))));
            }
            Some(Keyword::Not | Keyword::Remove) => {
                self.at += 1;
                let inner = self.expression(if keyword == Some(Keyword::Remove) { UNARY } else { COMPARISON });
                return Some(Node::new(Kind::Operation(inner.into_iter().collect()), self.since(start)));
            }
            Some(Keyword::Branch | Keyword::While) => self.branch(),
            Some(Keyword::Body | Keyword::Do) => self.body_statement(),
            Some(Keyword::Infix | Keyword::Repeat | Keyword::In | Keyword::Either | Keyword::As | Keyword::From) => {
                return Some(self.name());
            }
            Some(Keyword::Print) => return Some(self.print()),
            Some(Keyword::For) if self.syntax.blocks == Blocks::End || self.syntax.braces == Braces::Block => {
                return self.statement();
            }
            Some(_) => return None,
        };
        Some(self.postfix(node))
    }

    pub(super) fn constant(&mut self, kind: Kind) -> Node {
        let start = self.here();
        self.at += 1;
        Node::new(kind, self.since(start))
    }

    /// Whether a word of the language is used as a name here: called, assigned to, or a receiver.
    pub(super) fn is_plain_name(&self) -> bool {
        let Some(next) = self.ahead(1) else { return true };
        if !matches!(next.kind, TokenKind::Symbol) {
            return false;
        }
        let text = self.text_of(self.at + 1);
        let member = self.syntax.members.iter().any(|member| member == text) && text != "::";
        member || matches!(text, "=" | ")" | "," | ";" | "==" | "+=") && self.syntax.blocks != Blocks::End
    }

    /// A name, which may be called without parentheses.
    pub(super) fn name(&mut self) -> Node {
        let start = self.here();
        let name = self.text().to_owned();
        let span = self.peek().map_or(Span::default(), |token| token.span);
        if self.syntax.arrows && self.is_symbol_at(self.at + 1, "=>") {
            return self.arrow_function();
        }
        self.at += 1;
        self.names.used.insert(name.clone());
        let known = self.names.variables.contains(&name);
        let node = Node::new(Kind::Name(name), span);
        if !known && self.begins_arguments(&node) {
            let arguments = self.bare_arguments();
            let call = Call { callee: node, arguments, template: false };
            let node = Node::new(Kind::Call(Box::new(call)), self.since(start));
            return self.postfix(node);
        }
        if !known && self.syntax.names_are_calls && self.calls_by_name(&node) {
            let call = Call { callee: node, arguments: Vec::new(), template: false };
            let node = Node::new(Kind::Call(Box::new(call)), self.since(start));
            return self.postfix(node);
        }
        self.postfix(node)
    }

    /// Whether naming a function here calls it: nothing behind it makes it a receiver, a key or a target.
    pub(super) fn calls_by_name(&self, node: &Node) -> bool {
        let Kind::Name(name) = &node.kind else { return false };
        let lower = name.starts_with(|c: char| c.is_lowercase() || c == '_');
        let used_as_name = self.is_symbol("(")
            || self.is_symbol("=>")
            || self.is_symbol("=")
            || self.is_symbol("::")
            || self.is_symbol("+=")
            || self.is_symbol("||=")
            || (self.is_symbol("{") && self.syntax.trailing_blocks)
            || (self.keyword() == Some(Keyword::Do) && !self.header);
        lower && !used_as_name && name != "self"
    }

    /// `new Name(arguments)`
    pub(super) fn new_object(&mut self) -> Option<Node> {
        let start = self.here();
        self.at += 1;
        let node = self.operand()?;
        if matches!(node.kind, Kind::Call(_)) || !matches!(node.kind, Kind::Name(_) | Kind::Member(..)) {
            return Some(node);
        }
        let call = Call { callee: node, arguments: Vec::new(), template: false };
        Some(Node::new(Kind::Call(Box::new(call)), self.since(start)))
    }
}

/// A small integer.
pub(super) fn number(text: &str) -> Option<i64> {
    let lower = text.to_ascii_lowercase();
    if let Some(digits) = lower.strip_prefix("0x") {
        return i64::from_str_radix(digits, 16).ok();
    }
    if let Some(digits) = lower.strip_prefix("0o") {
        return i64::from_str_radix(digits, 8).ok();
    }
    if lower.len() > 1 && lower.starts_with('0') && lower.bytes().all(|byte| byte.is_ascii_digit()) {
        return i64::from_str_radix(&lower, 8).ok();
    }
    lower.trim_end_matches('n').parse().ok()
}
