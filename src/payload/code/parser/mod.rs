//! Reads tokens into a tree, alike for all languages whose statements are made of expressions.
//!
//! Takes a part of a [`Source`] and the language's [`Syntax`]; gives statements. It is no full grammar: what it does not
//! understand it skips, keeping the calls in it, and says so. Depth is bounded; what nests deeper is not read at all.

mod argument;
mod closure;
mod control;
mod declare;
mod expression;
mod import;
mod literal;
mod operand;
mod postfix;

use std::collections::HashSet;

use crate::span::Span;

use super::ast::{Kind, Node};
use super::lexer::{self, Words};
use super::schema::{Blocks, Keyword, Newlines, Syntax};
use super::source::Source;
use super::token::{Token, TokenKind};

/// How deep expressions and blocks may nest.
const MAX_DEPTH: u32 = 60;
/// How deep code in strings may nest.
const MAX_STRINGS: u32 = 6;

/// A program as it was read.
#[derive(Debug)]
pub struct Program {
    /// Its statements.
    pub statements: Vec<Node>,
    /// Whether every token found its place.
    pub understood: bool,
    /// How often each name stands in it.
    pub names: HashSet<String>,
}

/// Reads a program; `None` when it cannot be one: a literal or bracket that does not end, or too much depth.
pub fn parse(source: &Source, syntax: &Syntax, words: &Words<'_>, span: Span) -> Option<Program> {
    let mut names = Names::default();
    let (statements, understood) = parse_part(source, syntax, words, span, 0, &mut names)?;
    Some(Program { statements, understood, names: names.used })
}

fn parse_part(
    source: &Source,
    syntax: &Syntax,
    words: &Words<'_>,
    span: Span,
    strings: u32,
    names: &mut Names,
) -> Option<(Vec<Node>, bool)> {
    if strings > MAX_STRINGS {
        return None;
    }
    let tokens = lexer::tokens(source, syntax, words, span)?;
    let matching = matching(source, &tokens)?;
    let mut parser = Parser {
        source,
        syntax,
        words,
        tokens,
        matching,
        at: 0,
        end: span.end,
        depth: 0,
        strings,
        grouped: false,
        header: false,
        printing: false,
        understood: true,
        broken: false,
        names,
        chain: 0,
    };
    let statements = parser.statements(Stop::End);
    (!parser.broken).then_some((statements, parser.understood))
}

/// For each opening bracket, the token that closes it; `None` when they do not pair up.
fn matching(source: &Source, tokens: &[Token]) -> Option<Vec<usize>> {
    let mut matching = vec![usize::MAX; tokens.len()];
    let mut open = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        if !matches!(token.kind, TokenKind::Symbol) {
            continue;
        }
        match source.at(token.span) {
            text @ ("(" | "[" | "{") => open.push((index, text)),
            text @ (")" | "]" | "}") => {
                let (start, opened) = open.pop()?;
                if !matches!((opened, text), ("(", ")") | ("[", "]") | ("{", "}")) {
                    return None;
                }
                *matching.get_mut(start)? = index;
            }
            _ => {}
        }
    }
    open.is_empty().then_some(matching)
}

/// What ends a run of statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    /// The end of the tokens.
    End,
    /// A closing bracket, which is consumed.
    Bracket,
    /// The end of an indented block, which is consumed.
    Dedent,
    /// The word `end`, which is consumed.
    Word,
    /// The end of the line.
    Line,
}

/// The names of a program.
#[derive(Default)]
struct Names {
    /// Those that are used for something else than being defined.
    used: HashSet<String>,
    /// Those that were assigned to.
    variables: HashSet<String>,
}

struct Parser<'a> {
    source: &'a Source,
    syntax: &'a Syntax,
    words: &'a Words<'a>,
    tokens: Vec<Token>,
    matching: Vec<usize>,
    at: usize,
    end: u32,
    depth: u32,
    /// How deep this code stands in strings.
    strings: u32,
    /// Inside round or square brackets, where line ends do not count.
    grouped: bool,
    /// In the head of a statement, where `do` and `{` start its body.
    header: bool,
    /// In the operands of a print statement, where `>` and `|` redirect.
    printing: bool,
    understood: bool,
    broken: bool,
    names: &'a mut Names,
    /// How many operators and members hang on one expression.
    chain: u32,
}

impl<'a> Parser<'a> {
    fn statements(&mut self, stop: Stop) -> Vec<Node> {
        let mut statements = Vec::new();
        if !self.enter() {
            return statements;
        }
        let outer = (self.grouped, self.header, self.printing);
        (self.grouped, self.header, self.printing) = (false, false, false);
        let first = self.at;
        while let Some(token) = self.peek() {
            if stop == Stop::Line && token.fresh && self.at > first {
                break;
            }
            if self.stops(stop) {
                break;
            }
            if self.separator() {
                continue;
            }
            let before = self.at;
            if let Some(node) = self.statement() {
                statements.push(node);
            }
            if self.broken {
                break;
            }
            if self.at == before {
                self.understood = false;
                self.at += 1;
            }
        }
        (self.grouped, self.header, self.printing) = outer;
        self.leave();
        statements
    }

    /// Whether the statements end here; consumes what ends them.
    fn stops(&mut self, stop: Stop) -> bool {
        match stop {
            Stop::End => false,
            Stop::Line => self.is_kind(|kind| matches!(kind, TokenKind::Dedent)) || self.is_closing(),
            Stop::Bracket => {
                let stops = self.is_closing();
                self.at += usize::from(stops);
                stops
            }
            Stop::Dedent => {
                let stops = self.is_kind(|kind| matches!(kind, TokenKind::Dedent));
                self.at += usize::from(stops);
                stops
            }
            Stop::Word => {
                let stops = self.keyword() == Some(Keyword::End);
                self.at += usize::from(stops);
                stops || self.is_closing()
            }
        }
    }

    /// Skips what stands between statements and means nothing.
    fn separator(&mut self) -> bool {
        let skipped = match self.peek().map(|token| &token.kind) {
            Some(TokenKind::Dedent | TokenKind::Indent) => true,
            Some(TokenKind::Symbol) => {
                let text = self.text();
                matches!(text, ";" | ",")
                    || (matches!(text, ":" | "?") && self.syntax.blocks == Blocks::Braces)
                    || (matches!(text, "->" | "=>" | "|") && self.syntax.blocks == Blocks::End)
                    || text == "=>"
            }
            Some(TokenKind::Name) => {
                matches!(self.keyword(), Some(Keyword::Skip | Keyword::Between | Keyword::Then)) && !self.names_key()
            }
            _ => false,
        };
        if skipped && self.keyword() == Some(Keyword::Between) {
            self.note_rescued();
        }
        self.at += usize::from(skipped);
        skipped
    }

    /// Notes the variable of `rescue Error => e`.
    fn note_rescued(&mut self) {
        let line =
            (self.at + 1..self.tokens.len()).take_while(|index| self.tokens.get(*index).is_some_and(|t| !t.fresh));
        let arrow = line.take(12).find(|index| self.is_symbol_at(*index, "=>"));
        if let Some(arrow) = arrow {
            let name = self.text_of(arrow + 1).to_owned();
            self.names.variables.insert(name);
        }
    }

    /// Goes one level deeper; when that is too deep, nothing more is read.
    fn enter(&mut self) -> bool {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            self.broken = true;
        }
        !self.broken
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn ahead(&self, distance: usize) -> Option<&Token> {
        self.tokens.get(self.at + distance)
    }

    fn is_kind(&self, test: impl Fn(&TokenKind) -> bool) -> bool {
        self.peek().is_some_and(|token| test(&token.kind))
    }

    fn text_of(&self, index: usize) -> &'a str {
        self.tokens.get(index).map_or("", |token| self.source.at(token.span))
    }

    fn text(&self) -> &'a str {
        self.text_of(self.at)
    }

    fn is_symbol_at(&self, index: usize, symbol: &str) -> bool {
        self.tokens.get(index).is_some_and(|token| matches!(token.kind, TokenKind::Symbol))
            && self.text_of(index) == symbol
    }

    fn is_symbol(&self, symbol: &str) -> bool {
        self.is_symbol_at(self.at, symbol)
    }

    fn is_closing(&self) -> bool {
        self.is_kind(|kind| matches!(kind, TokenKind::Symbol)) && matches!(self.text(), ")" | "]" | "}")
    }

    /// Consumes `symbol` if it stands here.
    fn take(&mut self, symbol: &str) -> bool {
        let stands = self.is_symbol(symbol);
        self.at += usize::from(stands);
        stands
    }

    fn keyword_at(&self, index: usize) -> Option<Keyword> {
        let token = self.tokens.get(index)?;
        if !matches!(token.kind, TokenKind::Name) {
            return None;
        }
        self.words.get(self.source.at(token.span)).copied()
    }

    fn keyword(&self) -> Option<Keyword> {
        self.keyword_at(self.at)
    }

    /// Whether the name that stands here is the key of a pair (`if: x`, `delete => 1`).
    fn names_key(&self) -> bool {
        let behind = self.at + 1;
        self.is_symbol_at(behind, "=>")
            || (self.is_symbol_at(behind, ":")
                && self.syntax.members.iter().all(|member| member != ":")
                && self.syntax.blocks != Blocks::Indentation
                && self.tokens.get(behind).is_some_and(|token| !token.spaced)
                && (self.grouped || self.syntax.blocks == Blocks::End))
    }

    /// Whether the line end in front of this token ends a statement.
    fn ended(&self) -> bool {
        let Some(token) = self.peek() else { return true };
        match token.kind {
            TokenKind::Indent | TokenKind::Dedent => true,
            _ => token.fresh && !self.grouped && self.syntax.newlines == Newlines::End,
        }
    }

    /// Where this token starts, or where the program ends.
    fn here(&self) -> u32 {
        self.peek().map_or(self.end, |token| token.span.start)
    }

    /// From `start` to the end of the last token that was read.
    fn since(&self, start: u32) -> Span {
        let end = self.at.checked_sub(1).and_then(|index| self.tokens.get(index)).map_or(start, |token| token.span.end);
        Span { start, end: end.max(start) }
    }

    /// The index of the token that closes the bracket at `index`.
    fn closing(&self, index: usize) -> usize {
        self.matching.get(index).copied().unwrap_or(usize::MAX)
    }

    /// Reads with line ends not counting.
    fn within_brackets<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        let outer = (self.grouped, self.header, self.printing);
        (self.grouped, self.header, self.printing) = (true, false, false);
        let result = read(self);
        (self.grouped, self.header, self.printing) = outer;
        result
    }

    fn nothing(&self) -> Node {
        let start = self.here();
        Node::new(Kind::Nothing, Span { start, end: start })
    }
}
