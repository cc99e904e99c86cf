//! Statements: branches, loops, bodies.

use crate::span::Span;

use super::super::ast::{Assign, Kind, Loop, Node};
use super::super::schema::{Blocks, Keyword};
use super::super::token::TokenKind;
use super::expression::{ARGUMENT, LOWEST};
use super::{Parser, Stop};

impl Parser<'_> {
    /// Reads one statement.
    pub(super) fn statement(&mut self) -> Option<Node> {
        if !self.enter() {
            return None;
        }
        self.chain = 0;
        let node = self.statement_here();
        self.leave();
        node
    }

    fn statement_here(&mut self) -> Option<Node> {
        let start = self.here();
        if self.names_key()
            && self.is_kind(|kind| matches!(kind, TokenKind::Name))
            && self.is_symbol_at(self.at + 1, ":")
        {
            // A label, or the name of a type's member.
            self.at += 2;
            return None;
        }
        let called = self.is_symbol_at(self.at + 1, "(") && self.tokens.get(self.at + 1).is_some_and(|t| !t.spaced);
        match self.keyword() {
            Some(Keyword::For) => Some(self.for_loop()),
            Some(Keyword::Branch | Keyword::While) => {
                let branch = self.branch();
                Some(self.modified(branch))
            }
            Some(Keyword::Body) => Some(self.body_statement()),
            Some(Keyword::Do) => Some(self.do_statement()),
            Some(Keyword::With) => Some(self.with()),
            Some(Keyword::Import) if !called && !self.is_symbol_at(self.at + 1, ".") => Some(self.import()),
            Some(Keyword::From) => Some(self.from()),
            Some(Keyword::Use) => Some(self.use_module()),
            Some(Keyword::Print) => Some(self.print()),
            Some(Keyword::Declare) => {
                let declared = self.declaration()?;
                Some(self.modified(declared))
            }
            _ if self.is_symbol("{") && self.syntax.blocks == Blocks::Braces && !self.is_closure() => {
                self.at += 1;
                let body = self.statements(Stop::Bracket);
                Some(Node::new(Kind::Block(body), self.since(start)))
            }
            _ => {
                if let Some(end) = self.soft_head() {
                    return Some(self.soft_branch(end));
                }
                if let Some(end) = self.several_targets() {
                    return Some(self.several_assigned(end));
                }
                let node = self.expression(LOWEST)?;
                let node = self.annotated(node);
                Some(self.modified(node))
            }
        }
    }

    /// Where the head of `match value:` or `case pattern:` ends, if one starts here: both words are names elsewhere
    /// (Python reference, "Soft Keywords").
    fn soft_head(&self) -> Option<usize> {
        if self.syntax.blocks != Blocks::Indentation || !matches!(self.text(), "match" | "case") {
            return None;
        }
        let mut index = self.at + 1;
        while self.tokens.get(index).is_some_and(|token| !token.fresh) && !self.is_symbol_at(index, ":") {
            let is_open = matches!(self.text_of(index), "(" | "[" | "{");
            index = if is_open { self.closing(index).checked_add(1)? } else { index + 1 };
        }
        let opens = matches!(self.tokens.get(index + 1)?.kind, TokenKind::Indent);
        (index > self.at + 1 && opens).then_some(index)
    }

    /// `match value:`, `case pattern if guard:`. What a pattern binds is not known; its guard is followed.
    fn soft_branch(&mut self, end: usize) -> Node {
        let start = self.here();
        let is_case = self.text() == "case";
        self.at += 1;
        if is_case {
            let guard = (self.at..end).find(|index| self.keyword_at(*index) == Some(Keyword::Branch));
            self.at = guard.map_or(end, |at| at + 1);
        }
        let mut parts = Vec::new();
        if self.at < end {
            parts.extend(self.head());
        }
        self.understood &= self.at == end;
        self.at = end;
        parts.push(self.body());
        Node::new(Kind::Branch(parts), self.since(start))
    }

    /// Where the `=` of `a, b = …` stands, if that is what starts here.
    pub(super) fn several_targets(&self) -> Option<usize> {
        let (mut commas, mut open) = (0, 0u32);
        for index in self.at..(self.at + 24).min(self.tokens.len()) {
            let token = self.tokens.get(index)?;
            if index > self.at && token.fresh {
                return None;
            }
            match &token.kind {
                TokenKind::Variable => {}
                TokenKind::Name if self.keyword_at(index).is_none() => {}
                TokenKind::Symbol => match self.text_of(index) {
                    "," => commas += 1,
                    "*" | "." => {}
                    "(" => open += 1,
                    ")" => open = open.checked_sub(1)?,
                    // Inside a call it names an argument.
                    "=" if commas > 0 && open == 0 => return Some(index),
                    _ => return None,
                },
                _ => return None,
            }
        }
        None
    }

    /// `a, b = c, d`, of which the `=` stands at `equals`.
    pub(super) fn several_assigned(&mut self, equals: usize) -> Node {
        let start = self.here();
        let target = self.pattern_until(equals).unwrap_or_else(|| self.nothing());
        self.at = equals + 1;
        let mut values: Vec<Node> = self.expression(ARGUMENT).into_iter().collect();
        while self.is_symbol(",") && !self.broken {
            self.at += 1;
            values.extend(self.expression(ARGUMENT));
        }
        let span = self.since(start);
        let value = match values.len() {
            1 => values.pop().unwrap_or_else(|| self.nothing()),
            _ => Node::new(Kind::List(values), span),
        };
        Node::new(Kind::Assign(Box::new(Assign { target, value, append: false })), span)
    }

    /// Whether the `{` that stands here starts a function rather than a block.
    fn is_closure(&self) -> bool {
        use super::super::schema::Braces;
        self.syntax.braces == Braces::Function
            && (self.at + 1..(self.at + 12).min(self.tokens.len())).any(|index| self.is_symbol_at(index, "->"))
    }

    /// `name: type = value`
    fn annotated(&mut self, node: Node) -> Node {
        if self.syntax.blocks != Blocks::Indentation || !self.is_symbol(":") || self.header {
            return node;
        }
        if !matches!(node.kind, Kind::Name(_) | Kind::Member(..) | Kind::Index(..)) {
            return node;
        }
        let next = self.at + 1;
        if self.tokens.get(next).is_none_or(|token| token.fresh) {
            return node;
        }
        self.at = next;
        // The type, which does nothing.
        let _ = self.expression(ARGUMENT);
        if !self.take("=") {
            return node;
        }
        let Some(value) = self.expression(LOWEST) else { return node };
        let span = node.span.to(value.span);
        Node::new(Kind::Assign(Box::new(Assign { target: node, value, append: false })), span)
    }

    /// Reads conditions and loops that stand behind a statement.
    fn modified(&mut self, mut node: Node) -> Node {
        while self.syntax.modifiers && !self.ended() {
            let keyword = self.keyword();
            if !matches!(keyword, Some(Keyword::Branch | Keyword::While | Keyword::For)) {
                break;
            }
            self.at += 1;
            let Some(condition) = self.expression(LOWEST) else { break };
            let span = node.span.to(condition.span);
            let kind = match keyword {
                Some(Keyword::For) => {
                    let topic = Node::new(Kind::Name(self.syntax.topic.clone()), span);
                    Kind::Loop(Box::new(Loop { pattern: Some(topic), over: condition, body: node }))
                }
                Some(Keyword::While) => Kind::Loop(Box::new(Loop { pattern: None, over: condition, body: node })),
                _ => Kind::Branch(vec![condition, node]),
            };
            node = Node::new(kind, span);
        }
        node
    }

    /// A condition and what runs when it holds.
    pub(super) fn branch(&mut self) -> Node {
        let start = self.here();
        let repeats = self.keyword() == Some(Keyword::While);
        self.at += 1;
        let mut parts = Vec::new();
        if self.syntax.blocks == Blocks::Braces && self.is_symbol("(") {
            parts.extend(self.group());
        } else if !self.is_symbol(":") && !self.is_symbol("{") && !self.ended() {
            parts.extend(self.head());
        }
        // `except E as name:`, `case pattern if guard:`
        while matches!(self.keyword(), Some(Keyword::As | Keyword::Branch)) && !self.ended() {
            self.at += 1;
            parts.extend(self.head());
        }
        let body = self.body();
        if repeats {
            let over = Node::new(Kind::Operation(parts), self.since(start));
            return Node::new(Kind::Loop(Box::new(Loop { pattern: None, over, body })), self.since(start));
        }
        parts.push(body);
        Node::new(Kind::Branch(parts), self.since(start))
    }

    /// An expression in front of a body.
    pub(super) fn head(&mut self) -> Option<Node> {
        let outer = std::mem::replace(&mut self.header, true);
        let node = self.expression(LOWEST);
        let mut list: Vec<Node> = node.into_iter().collect();
        while self.syntax.blocks != Blocks::Braces && self.is_symbol(",") {
            self.at += 1;
            list.extend(self.expression(LOWEST));
        }
        self.header = outer;
        match list.len() {
            0 | 1 => list.pop(),
            _ => {
                let span = list.iter().fold(Span::default(), |_, node| node.span);
                Some(Node::new(Kind::List(list), span))
            }
        }
    }

    /// What runs behind the head of a statement.
    pub(super) fn body(&mut self) -> Node {
        let start = self.here();
        let statements = match self.syntax.blocks {
            Blocks::Indentation => {
                if !self.take(":") {
                    self.understood = false;
                }
                if self.is_kind(|kind| matches!(kind, TokenKind::Indent)) {
                    self.at += 1;
                    self.statements(Stop::Dedent)
                } else if self.ended() || self.peek().is_some_and(|token| token.fresh) {
                    Vec::new()
                } else {
                    self.line()
                }
            }
            Blocks::End => {
                if matches!(self.keyword(), Some(Keyword::Then | Keyword::Do)) {
                    self.at += 1;
                }
                self.statements(Stop::Word)
            }
            Blocks::Braces => {
                self.take(":");
                if self.take("{") {
                    self.statements(Stop::Bracket)
                } else if self.take(";") || self.is_closing() {
                    Vec::new()
                } else {
                    self.statement().into_iter().collect()
                }
            }
        };
        Node::new(Kind::Block(statements), self.since(start))
    }

    /// The statements on the rest of a line.
    fn line(&mut self) -> Vec<Node> {
        let mut statements = Vec::new();
        loop {
            let before = self.at;
            statements.extend(self.statement());
            while self.is_symbol(";") && !self.ended() {
                self.at += 1;
            }
            if self.broken || self.at == before || self.ended() || self.is_closing() {
                return statements;
            }
            if self.peek().is_none_or(|token| token.fresh) {
                return statements;
            }
        }
    }

    /// `try`, `else`, `begin`, `loop`, `repeat`: a body without a condition.
    pub(super) fn body_statement(&mut self) -> Node {
        let start = self.here();
        self.at += 1;
        let body = self.body();
        Node::new(Kind::Branch(vec![body]), self.since(start))
    }

    /// `do { … } while`, `do … end`
    fn do_statement(&mut self) -> Node {
        let start = self.here();
        if self.syntax.blocks != Blocks::End {
            return self.body_statement();
        }
        self.at += 1;
        let body = self.statements(Stop::Word);
        Node::new(Kind::Branch(body), self.since(start))
    }

    /// `with open(x) as f:`
    fn with(&mut self) -> Node {
        let start = self.here();
        self.at += 1;
        let mut statements = Vec::new();
        let parenthesised = self.is_symbol("(") && self.is_symbol_at(self.closing(self.at).saturating_add(1), ":");
        self.at += usize::from(parenthesised);
        let outer = std::mem::replace(&mut self.header, true);
        let grouped = self.grouped;
        self.grouped |= parenthesised;
        while let Some(value) = self.expression(ARGUMENT) {
            let span = value.span;
            if self.keyword() == Some(Keyword::As) {
                self.at += 1;
                let Some(target) = self.expression(ARGUMENT) else { break };
                statements.push(Node::new(Kind::Assign(Box::new(Assign { target, value, append: false })), span));
            } else {
                statements.push(value);
            }
            if !self.take(",") {
                break;
            }
        }
        if parenthesised {
            self.take(")");
        }
        (self.header, self.grouped) = (outer, grouped);
        statements.push(self.body());
        Node::new(Kind::Block(statements), self.since(start))
    }

    /// A loop, in any of its spellings.
    fn for_loop(&mut self) -> Node {
        let start = self.here();
        self.at += 1;
        if self.keyword() == Some(Keyword::Before) {
            self.at += 1;
        }
        let parenthesised = self.is_symbol("(") && self.syntax.blocks == Blocks::Braces;
        let (pattern, over) = if parenthesised {
            let close = self.closing(self.at);
            self.at += 1;
            let (pattern, over) = self.within_brackets(|parser| parser.loop_head(close));
            self.at = self.at.max(close.saturating_add(1).min(self.tokens.len()));
            (pattern, over)
        } else {
            let variable = self.loop_variable();
            if self.syntax.blocks == Blocks::Braces && self.is_symbol("(") {
                // `for my $x (LIST)`
                (variable, self.group())
            } else {
                let outer = std::mem::replace(&mut self.header, true);
                let head = match variable {
                    Some(variable) => self.loop_rest(Some(variable)),
                    None => self.loop_head(usize::MAX),
                };
                self.header = outer;
                head
            }
        };
        let body = self.body();
        let over = over.unwrap_or_else(|| self.nothing());
        Node::new(Kind::Loop(Box::new(Loop { pattern, over, body })), self.since(start))
    }

    /// The variable of `for my $x (LIST)`, `for x in list`.
    fn loop_variable(&mut self) -> Option<Node> {
        if self.keyword() == Some(Keyword::Declare) {
            self.at += 1;
        }
        let token = self.peek()?;
        let variable = matches!(token.kind, TokenKind::Variable)
            && (self.is_symbol_at(self.at + 1, "(") || self.keyword_at(self.at + 1) == Some(Keyword::In));
        if !variable {
            return None;
        }
        let node = Node::new(Kind::Name(self.text().to_owned()), token.span);
        self.at += 1;
        Some(node)
    }

    /// `x in list`, `list as x`, `init; condition; step`, or a list.
    fn loop_head(&mut self, close: usize) -> (Option<Node>, Option<Node>) {
        if self.keyword() == Some(Keyword::Declare) {
            self.at += 1;
        }
        if let Some(at) = self.find_loop_word(close) {
            let pattern = self.pattern_until(at);
            self.at = at;
            return self.loop_rest(pattern);
        }
        let start = self.here();
        let mut parts = Vec::new();
        while self.at < close.min(self.tokens.len()) && !self.broken {
            let before = self.at;
            parts.extend(self.expression(LOWEST));
            if self.keyword() == Some(Keyword::As) {
                self.at += 1;
                let over = Node::new(Kind::Block(parts), self.since(start));
                let pattern = self.as_pattern(close);
                return (pattern, Some(over));
            }
            if !self.take(";") && !self.take(",") && (self.at == before || close == usize::MAX) {
                break;
            }
        }
        let kind = if parts.len() == 1 { Kind::Block(parts) } else { Kind::List(parts) };
        let topic = (!self.syntax.topic.is_empty())
            .then(|| Node::new(Kind::Name(self.syntax.topic.clone()), self.since(start)));
        (topic, Some(Node::new(kind, self.since(start))))
    }

    /// `in list`, behind the variable.
    fn loop_rest(&mut self, pattern: Option<Node>) -> (Option<Node>, Option<Node>) {
        self.at += 1;
        let over = self.head();
        (pattern, over)
    }

    /// The variable of `list as $key => $value`: the value.
    fn as_pattern(&mut self, close: usize) -> Option<Node> {
        let mut pattern = None;
        while self.at < close.min(self.tokens.len()) && !self.broken {
            let before = self.at;
            self.take("&");
            if let Some(node) = self.expression(ARGUMENT) {
                pattern = Some(node);
            }
            if !self.take("=>") && self.at == before {
                break;
            }
        }
        pattern
    }

    /// Where `in`, `of`, `=` or `<-` stands in the head of a loop, if its variable stands in front of that.
    fn find_loop_word(&self, close: usize) -> Option<usize> {
        let mut index = self.at;
        while index < close.min(self.tokens.len()) && index < self.at + 40 {
            let token = self.tokens.get(index)?;
            match &token.kind {
                TokenKind::Name if self.keyword_at(index) == Some(Keyword::In) => return Some(index),
                TokenKind::Name | TokenKind::Variable => {}
                TokenKind::Symbol => match self.text_of(index) {
                    "," | "*" | ")" | "]" | "}" | ":" | "<" | ">" => {
                        // A colon is `in` for some languages.
                        let last = self.text_of(index) == ":" && close != usize::MAX;
                        if last && self.syntax.blocks == Blocks::Braces && index > self.at {
                            return Some(index);
                        }
                    }
                    "(" | "[" | "{" => index = self.closing(index),
                    "=" | "<-" if self.syntax.blocks == Blocks::End => return Some(index),
                    _ => return None,
                },
                _ => return None,
            }
            index = index.saturating_add(1);
        }
        None
    }

    /// The names up to the token at `end`, as what elements are bound to.
    pub(super) fn pattern_until(&mut self, end: usize) -> Option<Node> {
        let start = self.here();
        let mut names = Vec::new();
        let mut index = self.at;
        while index < end {
            let Some(token) = self.tokens.get(index) else { break };
            if matches!(token.kind, TokenKind::Name | TokenKind::Variable) && self.keyword_at(index).is_none() {
                self.names.variables.insert(self.text_of(index).to_owned());
                names.push(Node::new(Kind::Name(self.text_of(index).to_owned()), token.span));
            }
            index += 1;
        }
        let span = Span { start, end: names.last().map_or(start, |node| node.span.end) };
        match names.len() {
            0 => None,
            1 => names.pop(),
            _ => Some(Node::new(Kind::List(names), span)),
        }
    }
}
