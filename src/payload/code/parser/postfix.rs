//! What hangs on an operand: members, subscripts, calls, blocks; and the other spellings of functions.

use super::super::ast::{Argument, Call, Kind, Node, Part};
use super::super::schema::{BareCalls, Blocks, Keyword};
use super::super::token::TokenKind;
use super::Parser;
use super::argument::callable;
use super::expression::LOWEST;

/// How many members, subscripts and calls may hang on one operand.
const MAX_POSTFIX: u32 = 300;

impl Parser<'_> {
    /// Reads all that hangs on `node`.
    pub(super) fn postfix(&mut self, mut node: Node) -> Node {
        for _ in 0..MAX_POSTFIX {
            if self.broken {
                return node;
            }
            match self.hang(node) {
                Ok(longer) => node = longer,
                Err(same) => return same,
            }
        }
        self.broken = true;
        node
    }

    /// Reads the next thing that hangs on `node`; gives `node` back when there is none.
    fn hang(&mut self, node: Node) -> Result<Node, Node> {
        let Some(token) = self.peek() else { return Err(node) };
        let start = node.span.start;
        let (spaced, fresh) = (token.spaced, token.fresh);
        let text = self.text();
        match &token.kind {
            TokenKind::Symbol if self.syntax.members.iter().any(|member| member == text) => {
                if self.ended() && !matches!(text, "." | "?." | "&." | "->" | "::") {
                    return Err(node);
                }
                self.member(node)
            }
            _ if self.ended() => Err(node),
            TokenKind::Symbol => match text {
                "(" if self.syntax.juxtaposition && spaced => Err(node),
                "(" if !callable(&node) => Err(node),
                "(" => {
                    let arguments = self.arguments();
                    Ok(self.called(node, arguments))
                }
                "[" if spaced && self.syntax.bare_calls == BareCalls::All => Err(node),
                "[" => {
                    let key = self.subscript();
                    Ok(Node::new(Kind::Index(Box::new(node), Box::new(key)), self.since(start)))
                }
                "{" => self.brace(node, spaced),
                "++" | "--" if !fresh && !self.begins_operand(self.at + 1) => {
                    self.at += 1;
                    Ok(node)
                }
                "!" if !spaced
                    && self.syntax.arrows
                    && matches!(self.text_of(self.at + 1), "." | "(" | "[" | ")" | ",") =>
                {
                    self.at += 1;
                    Ok(node)
                }
                "<" if !spaced && self.syntax.arrows => {
                    let before = self.at;
                    self.skip_generics();
                    if self.at > before { Ok(node) } else { Err(node) }
                }
                _ => Err(node),
            },
            TokenKind::Text(_) if self.is_template() && callable(&node) => {
                let value = self.text_literal();
                let call = Call { callee: node, arguments: vec![Argument { name: None, value }], template: true };
                Ok(Node::new(Kind::Call(Box::new(call)), self.since(start)))
            }
            TokenKind::Text(_) if self.syntax.bare_calls == BareCalls::Literals && callable(&node) => {
                let value = self.text_literal();
                Ok(self.called(node, vec![Argument { name: None, value }]))
            }
            TokenKind::Name if self.keyword() == Some(Keyword::Do) && self.syntax.trailing_blocks && !self.header => {
                Ok(self.trailing_block(node))
            }
            _ => Err(node),
        }
    }

    /// A template literal right behind a name.
    fn is_template(&self) -> bool {
        self.syntax.arrows && self.text().starts_with('`')
    }

    fn called(&self, callee: Node, arguments: Vec<Argument>) -> Node {
        let start = callee.span.start;
        Node::new(Kind::Call(Box::new(Call { callee, arguments, template: false })), self.since(start))
    }

    /// `.name`, `->name`, `::name`, `?.[…]`, `.(…)`.
    fn member(&mut self, node: Node) -> Result<Node, Node> {
        let start = node.span.start;
        let operator = self.at;
        self.at += 1;
        let Some(token) = self.peek() else { return Ok(node) };
        match token.kind {
            TokenKind::Name => {
                let name = self.text().to_owned();
                let constant = name.starts_with(char::is_uppercase);
                self.at += 1;
                self.names.used.insert(name.clone());
                let member = Node::new(Kind::Member(Box::new(node), name), self.since(start));
                if self.is_symbol("(") || self.is_assigned() {
                    return Ok(member);
                }
                if self.begins_arguments(&member) {
                    let arguments = self.bare_arguments();
                    return Ok(self.called(member, arguments));
                }
                let names = self.text_of(operator) == "::" || !self.syntax.names_are_calls;
                if self.syntax.members_are_calls && !(constant && names) {
                    return Ok(self.called(member, Vec::new()));
                }
                Ok(member)
            }
            TokenKind::Variable => {
                // A member whose name is computed.
                let key = Node::new(Kind::Name(self.text().to_owned()), token.span);
                self.at += 1;
                Ok(Node::new(Kind::Index(Box::new(node), Box::new(key)), self.since(start)))
            }
            TokenKind::Text(_) => {
                let key = self.text_literal();
                Ok(Node::new(Kind::Index(Box::new(node), Box::new(key)), self.since(start)))
            }
            TokenKind::Symbol => match self.text() {
                "(" => {
                    let arguments = self.arguments();
                    Ok(self.called(node, arguments))
                }
                "[" => {
                    let key = self.subscript();
                    Ok(Node::new(Kind::Index(Box::new(node), Box::new(key)), self.since(start)))
                }
                "{" => {
                    let key = self.brace_key();
                    Ok(Node::new(Kind::Index(Box::new(node), Box::new(key)), self.since(start)))
                }
                "@" | "$" | "%" | "#" | "&" => {
                    // `->@*`, `this.#field`
                    self.at += 1;
                    if !self.take("*") && self.is_kind(|kind| matches!(kind, TokenKind::Name)) {
                        self.at += 1;
                    }
                    Ok(node)
                }
                _ => Ok(node),
            },
            _ => Ok(node),
        }
    }

    fn is_assigned(&self) -> bool {
        self.is_symbol("=") || self.is_symbol("||=") || self.is_symbol("+=") || self.is_symbol("<<=")
    }

    /// `[ … ]` behind an operand.
    fn subscript(&mut self) -> Node {
        let start = self.here();
        let close = self.closing(self.at);
        self.at += 1;
        let (mut nodes, sliced) = self.within_brackets(|parser| parser.subscripts(close));
        self.at = close.saturating_add(1).min(self.tokens.len());
        let span = self.since(start);
        match nodes.len() {
            1 if !sliced => nodes.pop().unwrap_or_else(|| self.nothing()),
            _ => Node::new(Kind::List(nodes), span),
        }
    }

    /// What stands in a subscript; the parts of a slice are three, of which some are nothing.
    fn subscripts(&mut self, close: usize) -> (Vec<Node>, bool) {
        let mut nodes = Vec::new();
        let mut colons = 0;
        while self.at < close.min(self.tokens.len()) && !self.broken {
            let before = self.at;
            let width = match self.text() {
                ":" => 1,
                "::" => 2,
                "," => 0,
                _ => {
                    nodes.extend(self.expression(LOWEST));
                    if self.at == before {
                        self.understood = false;
                        self.at += 1;
                    }
                    continue;
                }
            };
            self.at += 1;
            colons += width;
            while nodes.len() < colons {
                nodes.push(self.nothing());
            }
        }
        while colons > 0 && nodes.len() < 3 {
            nodes.push(self.nothing());
        }
        (nodes, colons > 0)
    }

    /// `{key}` behind a variable, or a block behind a call.
    fn brace(&mut self, node: Node, spaced: bool) -> Result<Node, Node> {
        let start = node.span.start;
        if self.syntax.brace_index {
            if spaced
                || !matches!(node.kind, Kind::Name(ref name) if name.starts_with(['$', '@', '%'])) && !is_place(&node)
            {
                return Err(node);
            }
            let key = self.brace_key();
            return Ok(Node::new(Kind::Index(Box::new(node), Box::new(key)), self.since(start)));
        }
        if self.syntax.bare_calls == BareCalls::Literals && callable(&node) {
            let value = self.map();
            return Ok(self.called(node, vec![Argument { name: None, value }]));
        }
        let takes = matches!(node.kind, Kind::Name(_) | Kind::Call(_) | Kind::Member(..));
        if self.syntax.trailing_blocks && takes && !(self.header && self.syntax.blocks == Blocks::Braces) {
            return Ok(self.trailing_block(node));
        }
        Err(node)
    }

    /// `{ key }`
    fn brace_key(&mut self) -> Node {
        let start = self.here();
        let close = self.closing(self.at);
        self.at += 1;
        let plain = self.at + 1 == close && self.is_kind(|kind| matches!(kind, TokenKind::Name));
        let node = if plain {
            let token_span = self.peek().map_or(Default::default(), |token| token.span);
            Some(Node::new(Kind::Text(vec![Part::Known(self.source.slice(token_span))]), token_span))
        } else {
            self.within_brackets(|parser| parser.expression(LOWEST))
        };
        self.at = close.saturating_add(1).min(self.tokens.len());
        node.unwrap_or_else(|| Node::new(Kind::Nothing, self.since(start)))
    }

    /// A block behind a call becomes its last argument.
    fn trailing_block(&mut self, node: Node) -> Node {
        let start = node.span.start;
        let value = self.block_function();
        let argument = Argument { name: None, value };
        let call = match node.kind {
            Kind::Call(mut call) => {
                call.arguments.push(argument);
                call
            }
            kind => {
                let callee = Node::new(kind, node.span);
                Box::new(Call { callee, arguments: vec![argument], template: false })
            }
        };
        Node::new(Kind::Call(call), self.since(start))
    }

    /// Skips `<A, B<C>>` when a bracket stands behind it.
    pub(super) fn skip_generics(&mut self) {
        if !self.is_symbol("<") {
            return;
        }
        let mut depth = 0i32;
        for index in self.at..(self.at + 40).min(self.tokens.len()) {
            match self.text_of(index) {
                "<" => depth += 1,
                ">" => depth -= 1,
                ">>" => depth -= 2,
                "," | "." | "|" | "[" | "]" | "&" | "?" => {}
                _ if self.tokens.get(index).is_some_and(|token| matches!(token.kind, TokenKind::Name)) => {}
                _ => return,
            }
            if depth <= 0 {
                if self.is_symbol_at(index + 1, "(") {
                    self.at = index + 1;
                }
                return;
            }
        }
    }

    /// Skips a type behind `as`.
    pub(super) fn skip_type(&mut self) {
        while self.is_kind(|kind| matches!(kind, TokenKind::Name)) {
            self.at += 1;
            if self.is_symbol("[") && self.closing(self.at) == self.at + 1 {
                self.at += 2;
            }
            if !self.is_symbol(".") && !self.is_symbol("|") {
                break;
            }
            self.at += 1;
        }
    }
}

/// Whether this is an element or member, of which `{key}` may be an element.
fn is_place(node: &Node) -> bool {
    matches!(node.kind, Kind::Index(..) | Kind::Member(..))
}
