//! PowerShell: pipelines of commands and expressions, blocks and functions.

mod expression;
mod words;

use super::super::ast::{Argument, Kind, Node};
use super::super::library::Library;
use super::super::schema::Traits;
use super::Statements;
use super::cursor::{Cursor, assign, block, branch, call, function, nothing, plain, repeat};

/// Reads all statements.
pub fn read(cursor: &mut Cursor<'_>, calls: &Library) -> Statements {
    let traits = calls.traits();
    let mut reader = Reader { cursor, calls, traits: &traits };
    reader.statements(None)
}

struct Reader<'c, 'a> {
    cursor: &'c mut Cursor<'a>,
    calls: &'c Library,
    traits: &'c Traits,
}

impl Reader<'_, '_> {
    fn blank(&mut self) {
        loop {
            self.cursor.while_is(|c| c == ' ' || c == '\t' || c == '\r');
            if self.cursor.take("`\n") || self.cursor.take("`\r\n") {
                continue;
            }
            if self.cursor.take("<#") {
                self.cursor.skip_past("#>");
                continue;
            }
            if self.cursor.stands("#") {
                self.cursor.skip_line();
            }
            return;
        }
    }

    fn blank_lines(&mut self) {
        loop {
            self.blank();
            if self.cursor.while_is(|c| c.is_whitespace() || c == ';').is_empty() {
                return;
            }
        }
    }

    /// Statements up to `close`, which is consumed, or to the end.
    fn statements(&mut self, close: Option<char>) -> Vec<Node> {
        let mut nodes = Vec::new();
        loop {
            self.blank_lines();
            match self.cursor.peek() {
                _ if self.cursor.broken => return nodes,
                None => {
                    self.cursor.broken |= close.is_some();
                    return nodes;
                }
                next if next == close => {
                    self.cursor.next();
                    return nodes;
                }
                Some(_) => {
                    let before = self.cursor.at;
                    nodes.extend(self.deeper(Self::statement));
                    if self.cursor.at == before {
                        self.cursor.understood = false;
                        self.cursor.next();
                    }
                }
            }
        }
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        self.cursor.enter();
        let result = read(self);
        self.cursor.leave();
        result
    }

    fn statement(&mut self) -> Option<Node> {
        let start = self.cursor.at;
        let rest = self.cursor.rest();
        let length = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let word = rest.get(..length).unwrap_or("").to_ascii_lowercase();
        let behind = rest.get(length..).unwrap_or("").trim_start();
        let options = if word == "switch" { switch_options(behind) } else { 0 };
        let behind = behind.get(options..).unwrap_or("");
        let keyword = match word.as_str() {
            "if" | "elseif" | "while" | "switch" | "foreach" | "for" | "until" => behind.starts_with('('),
            "else" | "default" | "try" | "finally" | "do" | "begin" | "process" | "end" | "trap" | "catch"
            | "dynamicparam" => behind.starts_with(['{', '[']),
            "function" | "filter" | "param" | "return" | "throw" | "exit" | "break" | "continue" | "using"
            | "class" | "enum" => true,
            _ => false,
        };
        let glued = rest.get(length..).is_some_and(|behind| behind.starts_with(['-', '.', '\\', '/', '_', ':']));
        if !keyword || glued {
            return self.chain();
        }
        self.cursor.at += length;
        self.blank();
        self.cursor.at += options;
        Some(match word.as_str() {
            "foreach" => return self.for_each(start),
            "for" => {
                self.cursor.next();
                let head = self.statements(Some(')'));
                self.blank_lines();
                let body = self.body();
                let over = nothing(start);
                block(
                    head.into_iter().chain([repeat(None, over, body, self.cursor.since(start))]).collect(),
                    self.cursor.since(start),
                )
            }
            "if" | "elseif" | "while" | "switch" | "until" => {
                self.cursor.next();
                let mut nodes = self.statements(Some(')'));
                self.blank_lines();
                if self.cursor.stands("{") {
                    nodes.push(self.body());
                }
                branch(nodes, self.cursor.since(start))
            }
            "function" | "filter" => return self.define(start),
            "param" => {
                self.parameters();
                return None;
            }
            "return" | "throw" | "exit" => return self.chain(),
            "break" | "continue" | "using" => {
                self.cursor.skip_line();
                return None;
            }
            "class" | "enum" => {
                self.cursor.while_is(|c| c != '{' && c != '\n');
                branch(vec![self.body()], self.cursor.since(start))
            }
            _ => {
                // `catch [Type] { … }`
                self.cursor.while_is(|c| c != '{' && c != '\n');
                branch(vec![self.body()], self.cursor.since(start))
            }
        })
    }

    /// `{ … }`
    fn body(&mut self) -> Node {
        let start = self.cursor.at;
        if !self.cursor.take("{") {
            return nothing(start);
        }
        let nodes = self.deeper(|reader| reader.statements(Some('}')));
        block(nodes, self.cursor.since(start))
    }

    /// `foreach ($x in pipeline) { … }`
    fn for_each(&mut self, start: usize) -> Option<Node> {
        self.cursor.next();
        self.blank_lines();
        let pattern = self.deeper(Self::operand);
        self.blank_lines();
        if self.cursor.stands("in") {
            self.cursor.at += 2;
        }
        let over = self.statements(Some(')'));
        let over = block(over, self.cursor.since(start));
        self.blank_lines();
        let body = self.body();
        Some(repeat(pattern, over, body, self.cursor.since(start)))
    }

    fn define(&mut self, start: usize) -> Option<Node> {
        let name = self.cursor.while_is(|c| !c.is_whitespace() && c != '(' && c != '{').to_ascii_lowercase();
        self.blank_lines();
        let mut parameters = if self.cursor.stands("(") { self.parameters() } else { Vec::new() };
        self.blank_lines();
        if !self.cursor.take("{") {
            return None;
        }
        self.blank_lines();
        if self.cursor.rest().get(..5).is_some_and(|word| word.eq_ignore_ascii_case("param")) {
            self.cursor.at += 5;
            self.blank_lines();
            parameters = self.parameters();
        }
        let body = self.deeper(|reader| reader.statements(Some('}')));
        Some(function(Some(name), parameters, body, self.cursor.since(start)))
    }

    /// `($a, [string]$b = 1)`: the variables.
    fn parameters(&mut self) -> Vec<Node> {
        let mut names = Vec::new();
        if !self.cursor.take("(") {
            return names;
        }
        let nodes = self.deeper(|reader| {
            let mut nodes = Vec::new();
            loop {
                reader.blank_lines();
                match reader.cursor.peek() {
                    None => {
                        reader.cursor.broken = true;
                        return nodes;
                    }
                    Some(')') => {
                        reader.cursor.next();
                        return nodes;
                    }
                    Some('[') => {
                        // A type or an attribute.
                        reader.cursor.skip_past("]");
                    }
                    Some('$') => nodes.extend(reader.deeper(Self::parameter)),
                    Some(_) => {
                        reader.cursor.next();
                    }
                }
            }
        });
        for node in nodes {
            match node.kind {
                Kind::Assign(inner) => names.push(inner.target),
                Kind::Name(_) => names.push(node),
                _ => {}
            }
        }
        names
    }

    /// One parameter with its default.
    fn parameter(&mut self) -> Option<Node> {
        let start = self.cursor.at;
        let target = self.operand()?;
        self.blank();
        if !self.cursor.take("=") {
            return Some(target);
        }
        self.blank();
        let value = self.expression().unwrap_or_else(|| nothing(start));
        Some(assign(target, value, false, self.cursor.since(start)))
    }

    /// Pipelines joined by `&&` and `||`.
    fn chain(&mut self) -> Option<Node> {
        let start = self.cursor.at;
        let mut nodes = Vec::new();
        loop {
            nodes.extend(self.pipeline());
            self.blank();
            if self.cursor.take("&&") || self.cursor.take("||") {
                self.blank_lines();
                continue;
            }
            if self.cursor.stands("&") && !self.cursor.stands("&&") {
                self.cursor.next();
            }
            break;
        }
        match nodes.len() {
            0 | 1 => nodes.pop(),
            _ => Some(block(nodes, self.cursor.since(start))),
        }
    }

    fn pipeline(&mut self) -> Option<Node> {
        let start = self.cursor.at;
        let mut value = self.element(None)?;
        loop {
            self.blank();
            // A pipe may go on behind a line end.
            if self.cursor.stands("||") || !self.cursor.take("|") {
                break;
            }
            self.blank_lines();
            let before = self.cursor.at;
            match self.deeper(|reader| reader.element(Some(value.clone()))) {
                Some(node) => value = node,
                None => break,
            }
            if self.cursor.at == before || self.cursor.broken {
                break;
            }
        }
        let span = self.cursor.since(start);
        Some(Node::new(value.kind, if value.span == Default::default() { span } else { value.span }))
    }

    /// A command or an expression, with what is piped into it.
    fn element(&mut self, piped: Option<Node>) -> Option<Node> {
        let start = self.cursor.at;
        let next = self.cursor.peek()?;
        if matches!(next, '&' | '.')
            && self.cursor.second().is_some_and(|c| c.is_whitespace() || matches!(c, '$' | '"' | '\'' | '(' | '{'))
        {
            self.cursor.next();
            self.blank();
            let callee = self.deeper(Self::operand)?;
            return Some(self.call_value(callee, piped, start));
        }
        let expression = matches!(next, '$' | '"' | '\'' | '@' | '(' | '[' | '{' | '!' | ',' | '+')
            || next.is_ascii_digit()
            || (next == '-'
                && self
                    .cursor
                    .second()
                    .is_some_and(|c| c.is_ascii_digit() || matches!(c, '$' | '(' | 'j' | 'n' | 's')));
        if !expression {
            return self.command(piped, start);
        }
        let left = self.expression()?;
        self.blank();
        for (operator, append) in [("+=", true), ("-=", false), ("*=", false), ("??=", false), ("=", false)] {
            if self.cursor.stands(operator) && !self.cursor.stands("==") {
                self.cursor.at += operator.len();
                self.blank_lines();
                let value = self.deeper(Self::statement).unwrap_or_else(|| nothing(start));
                return Some(assign(left, value, append, self.cursor.since(start)));
            }
        }
        self.redirected(left, start)
    }

    /// `& $x arguments`: a program, a function or a block that is computed.
    fn call_value(&mut self, callee: Node, piped: Option<Node>, start: usize) -> Node {
        match callee.literal() {
            Some(name) => {
                let span = callee.span;
                self.command_of(&name, span, piped, start)
            }
            None => {
                let mut arguments = self.words();
                arguments.extend(piped.map(plain));
                call(callee, arguments)
            }
        }
    }

    fn command(&mut self, piped: Option<Node>, start: usize) -> Option<Node> {
        let head = self.word()?;
        let span = head.span;
        match head.literal() {
            Some(name) => Some(self.command_of(&name, span, piped, start)),
            None => {
                let mut arguments = self.words();
                arguments.extend(piped.map(plain));
                Some(call(head, arguments))
            }
        }
    }

    /// A command by its name, with the arguments that follow.
    fn command_of(&mut self, name: &str, span: crate::span::Span, piped: Option<Node>, start: usize) -> Node {
        let lower = name.to_ascii_lowercase();
        let own = self.calls.alias(&lower).unwrap_or(&lower);
        let (verb, noun) = own.split_once('-').unwrap_or((own, ""));
        let cmdlet = self.calls.function(own).is_some()
            || (!noun.is_empty() && verb.chars().chain(noun.chars()).all(|c| c.is_ascii_alphanumeric()));
        if !cmdlet {
            let mut arguments = self.words();
            arguments.extend(piped.map(|value| Argument { name: Some("|".to_owned()), value }));
            let node = self.cursor.call(&lower, span, arguments);
            return self.redirected(node, start).unwrap_or_else(|| nothing(start));
        }
        let own = own.to_owned();
        let mut arguments = self.parameters_of_command();
        if let Some(value) = piped {
            let takes_block = arguments.iter().any(|argument| matches!(argument.value.kind, Kind::Function(_)));
            arguments.push(Argument { name: (!takes_block).then(|| "|".to_owned()), value });
        }
        let node = self.cursor.call(&own, span, arguments);
        self.redirected(node, start).unwrap_or_else(|| nothing(start))
    }
}

/// How long the options of `switch -Regex -CaseSensitive (…)` are.
fn switch_options(text: &str) -> usize {
    let mut rest = text;
    while let Some(option) = rest.strip_prefix('-') {
        rest = option.trim_start_matches(|c: char| c.is_ascii_alphabetic()).trim_start();
    }
    text.len() - rest.len()
}
