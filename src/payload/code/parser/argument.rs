//! Reads the arguments of calls, with parentheses and without.

use std::rc::Rc;

use super::super::ast::{Argument, Function, Kind, Node};
use super::super::schema::{BareCalls, Blocks, Keyword};
use super::super::token::TokenKind;
use super::expression::ARGUMENT;
use super::{Parser, Stop};

impl Parser<'_> {
    /// Whether what stands here is the first argument of a call without parentheses.
    pub(super) fn begins_arguments(&self, callee: &Node) -> bool {
        if self.syntax.bare_calls != BareCalls::All || self.ended() {
            return false;
        }
        let Some(token) = self.peek() else { return false };
        let name = match &callee.kind {
            Kind::Name(name) | Kind::Member(_, name) => name.as_str(),
            _ => return false,
        };
        // The handle of `print STDERR "x"`.
        if name.chars().all(|c| c.is_ascii_uppercase() || c == '_') {
            return false;
        }
        if self.syntax.brace_index && self.is_symbol("{") {
            return matches!(callee.kind, Kind::Name(_)) && !self.header;
        }
        token.spaced && self.begins_operand(self.at)
    }

    /// Whether the token at `index` starts an operand rather than going on with an operator.
    pub(super) fn begins_operand(&self, index: usize) -> bool {
        let Some(token) = self.tokens.get(index) else { return false };
        match &token.kind {
            TokenKind::Text(_) | TokenKind::Number | TokenKind::Variable | TokenKind::Hole => true,
            TokenKind::Name => match self.keyword_at(index) {
                None => true,
                Some(keyword) => {
                    matches!(
                        keyword,
                        Keyword::Not
                            | Keyword::New
                            | Keyword::Function
                            | Keyword::Lambda
                            | Keyword::True
                            | Keyword::False
                            | Keyword::Nothing
                            | Keyword::Declare
                            | Keyword::Before
                    ) || self.is_symbol_at(index + 1, ":") && self.syntax.blocks == Blocks::End
                }
            },
            TokenKind::Symbol => {
                let tight = self.tokens.get(index + 1).is_some_and(|next| !next.spaced);
                match self.text_of(index) {
                    "[" | "->" | "\\" | "!" | "@" | "$" => tight || self.text_of(index) == "[",
                    "-" | "*" | "&" | ":" | "::" | "**" | "%" | "~" => tight && token.spaced,
                    "(" => false,
                    _ => false,
                }
            }
            TokenKind::Indent | TokenKind::Dedent => false,
        }
    }

    /// The arguments of a call without parentheses.
    pub(super) fn bare_arguments(&mut self) -> Vec<Argument> {
        let mut arguments = Vec::new();
        if !self.enter() {
            return arguments;
        }
        if self.syntax.brace_index && self.is_symbol("{") {
            let start = self.here();
            self.at += 1;
            let body = self.statements(Stop::Bracket);
            let function = Function { name: None, parameters: Vec::new(), body };
            let value = Node::new(Kind::Function(Rc::new(function)), self.since(start));
            arguments.push(Argument { name: None, value });
            self.take(",");
        }
        while !self.broken && !self.ended_argument() {
            let before = self.at;
            let handle = self.at;
            arguments.extend(self.argument());
            if self.take(",") {
                self.skip_line_end();
                continue;
            }
            // The handle of `print $out "x"` has no comma behind it.
            let plain = self.at == handle + 1 && arguments.len() == 1 && self.syntax.brace_index;
            if self.at == before || !plain || self.ended() || !self.begins_operand(self.at) {
                break;
            }
        }
        self.leave();
        arguments
    }

    /// Whether nothing is left for another argument.
    pub(super) fn ended_argument(&self) -> bool {
        self.ended() || self.is_closing() || self.is_symbol(";")
    }

    /// Behind a comma a line may end.
    pub(super) fn skip_line_end(&mut self) {
        if let Some(token) = self.tokens.get_mut(self.at) {
            token.fresh = false;
        }
    }

    /// `( … )` behind what is called.
    pub(super) fn arguments(&mut self) -> Vec<Argument> {
        let close = self.closing(self.at);
        self.at += 1;
        let mut arguments = Vec::new();
        if self.enter() {
            self.within_brackets(|parser| {
                while parser.at < close.min(parser.tokens.len()) && !parser.broken {
                    let before = parser.at;
                    if parser.is_symbol(",") || parser.is_symbol(";") {
                        parser.at += 1;
                        continue;
                    }
                    arguments.extend(parser.argument());
                    if parser.at == before {
                        parser.understood = false;
                        parser.at += 1;
                    }
                }
            });
            self.leave();
        }
        self.at = close.saturating_add(1).min(self.tokens.len());
        arguments
    }

    /// One argument, perhaps with its name.
    pub(super) fn argument(&mut self) -> Option<Argument> {
        if let Some(key) = self.key() {
            let name = key.literal();
            let value = self.expression(ARGUMENT).unwrap_or(key);
            return Some(Argument { name, value });
        }
        let named = self.syntax.equals_names
            && self.is_kind(|kind| matches!(kind, TokenKind::Name | TokenKind::Text(_)))
            && self.is_symbol_at(self.at + 1, "=");
        if named {
            let name = self.text().trim_matches(['"', '\'', '`']).to_owned();
            self.at += 2;
            let value = self.expression(ARGUMENT).unwrap_or_else(|| self.nothing());
            return Some(Argument { name: Some(name), value });
        }
        let value = self.expression(ARGUMENT)?;
        if self.take("=>") {
            let name = self.bare_key(value).literal();
            let value = self.expression(ARGUMENT).unwrap_or_else(|| self.nothing());
            return Some(Argument { name, value });
        }
        Some(Argument { name: None, value: self.comprehension(value) })
    }

    /// `print a, b > file`, `print a | command`
    pub(super) fn print(&mut self) -> Node {
        let start = self.here();
        self.at += 1;
        let outer = std::mem::replace(&mut self.printing, true);
        let mut arguments = Vec::new();
        while !self.broken && !self.ended_argument() {
            let before = self.at;
            arguments.extend(self.expression(ARGUMENT));
            if !self.take(",") || self.at == before {
                break;
            }
            self.skip_line_end();
        }
        let redirection = ["|&", "|", ">>", ">"].into_iter().find(|symbol| self.is_symbol(symbol));
        let name = match redirection {
            None => "print",
            Some("|" | "|&") => "print|",
            Some(_) => "print>",
        };
        if redirection.is_some() {
            self.at += 1;
            arguments.splice(0..0, self.expression(ARGUMENT));
        }
        self.printing = outer;
        Node::call(name, arguments, self.since(start))
    }
}

/// Whether a bracket behind this is a call.
pub(super) fn callable(node: &Node) -> bool {
    !matches!(node.kind, Kind::Number(_) | Kind::Text(_) | Kind::Truth(_) | Kind::Pattern(_) | Kind::Map(_))
}
