//! Splits a program into tokens, as its language's [`Syntax`] says.
//!
//! Takes a part of a [`Source`]; gives tokens whose spans point into it, or nothing when a literal or comment does
//! not end. Knows no grammar beyond what splitting needs: whether an operand is expected.

mod quotes;
mod strings;

use std::collections::HashMap;

use crate::payload::HOLE;
use crate::span::Span;

use super::schema::{Blocks, HereDocuments, Keyword, QuoteLike, Symbols, Syntax};
use super::source::Source;
use super::token::{Literal, Token, TokenKind};

/// Operators of more than one character, longer ones first.
const OPERATORS: &[&str] = &[
    ">>>=", "<<~", "...", "===", "!==", "**=", "<<=", ">>=", "||=", "&&=", "??=", "<=>", "<<-", "->>", ">>>", "?->",
    "//=", "..=", "::=", "|>", "->", "=>", "::", "?.", "&.", "<-", ":=", ".=", "..", "=~", "!~", "==", "!=", "<=",
    ">=", "&&", "||", "??", "**", "//", "++", "--", "+=", "-=", "*=", "/=", "%=", "|=", "&=", "^=", "<<", ">>", "<>",
    "|&", "~=", "?:",
];

/// How often something that is never closed may be looked for.
const FAILURES: u32 = 2000;

/// The words of a language by what they mean.
pub type Words<'a> = HashMap<&'a str, Keyword>;

/// Splits the part `span` of a program.
pub fn tokens(source: &Source, syntax: &Syntax, words: &Words<'_>, span: Span) -> Option<Vec<Token>> {
    let mut lexer = Lexer {
        source,
        text: source.as_str(),
        syntax,
        words,
        at: span.start as usize,
        end: (span.end as usize).min(source.as_str().len()),
        tokens: Vec::new(),
        groups: 0,
        indents: vec![0],
        spaced: true,
        fresh: true,
        resume: None,
        failures: FAILURES,
    };
    lexer.run()?;
    Some(lexer.tokens)
}

struct Lexer<'a> {
    source: &'a Source,
    text: &'a str,
    syntax: &'a Syntax,
    words: &'a Words<'a>,
    at: usize,
    end: usize,
    tokens: Vec<Token>,
    /// How many brackets are open.
    groups: usize,
    indents: Vec<usize>,
    spaced: bool,
    fresh: bool,
    /// Where the line behind the here-documents of this line starts.
    resume: Option<usize>,
    /// How often something that is never closed may still be looked for, so that reading stays linear.
    failures: u32,
}

impl<'a> Lexer<'a> {
    fn run(&mut self) -> Option<()> {
        if self.rest().starts_with("#!") {
            self.skip_line();
        }
        if !self.syntax.opening_tag.is_empty() {
            self.skip_to_tag();
        }
        while let Some(next) = self.peek() {
            if next == '\n' {
                self.line_end();
                continue;
            }
            if self.fresh && self.at_line_start() {
                if self.documentation()? {
                    continue;
                }
                if self.ends_here() {
                    break;
                }
                if self.syntax.blocks == Blocks::Indentation && self.groups == 0 && self.indentation() {
                    continue;
                }
            }
            let Some(next) = self.peek() else { break };
            if next.is_whitespace() || (next == '\\' && self.rest()[1..].starts_with(['\n', '\r'])) {
                self.at += next.len_utf8();
                if next == '\\' {
                    self.at += if self.rest().starts_with("\r\n") { 2 } else { 1 };
                }
                self.spaced = true;
                continue;
            }
            if self.comment()? {
                self.spaced = true;
                continue;
            }
            self.token(next)?;
        }
        let end = self.end;
        for _ in 1..self.indents.len() {
            self.tokens.push(Token { kind: TokenKind::Dedent, span: Span::new(end, end), spaced: true, fresh: true });
        }
        Some(())
    }

    fn token(&mut self, next: char) -> Option<()> {
        let start = self.at;
        if next == HOLE {
            self.at += next.len_utf8();
            self.push(TokenKind::Hole, start);
            return Some(());
        }
        if let Some(literal) = self.literal(next)? {
            self.push(TokenKind::Text(literal), start);
            return Some(());
        }
        if self.variable(next) {
            self.push(TokenKind::Variable, start);
        } else if next.is_ascii_digit() || (next == '.' && self.second().is_some_and(|c| c.is_ascii_digit())) {
            self.number();
            self.push(TokenKind::Number, start);
        } else if self.is_name_start(next) {
            self.name();
            self.push(TokenKind::Name, start);
        } else if self.is_symbol_name(next) {
            self.at += 1;
            self.name();
            self.push(TokenKind::Name, start);
        } else {
            self.symbol(next);
            self.push(TokenKind::Symbol, start);
        }
        Some(())
    }

    /// Reads a literal of text that starts here, if one does.
    fn literal(&mut self, next: char) -> Option<Option<Literal>> {
        let operand = self.expects_operand();
        if self.syntax.here_documents != HereDocuments::None
            && next == '<'
            && operand
            && let Some(literal) = self.here_document()?
        {
            return Some(Some(literal));
        }
        if self.syntax.quote_like != QuoteLike::None
            && let Some(literal) = self.quote_like(next, operand)?
        {
            return Some(Some(literal));
        }
        if let Some(interpolation) = self.syntax.regex.filter(|_| next == '/' && operand)
            && let Some(literal) = self.pattern(interpolation)
        {
            return Some(Some(literal));
        }
        if self.syntax.symbols == Symbols::Text
            && next == ':'
            && let Some(literal) = self.symbol_literal()?
        {
            return Some(Some(literal));
        }
        self.string(next)
    }

    fn push(&mut self, kind: TokenKind, start: usize) {
        self.tokens.push(Token { kind, span: Span::new(start, self.at), spaced: self.spaced, fresh: self.fresh });
        self.spaced = false;
        self.fresh = false;
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..self.end).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn second(&self) -> Option<char> {
        self.rest().chars().nth(1)
    }

    fn line_end(&mut self) {
        self.at = self.resume.take().unwrap_or(self.at + 1);
        self.spaced = true;
        self.fresh = true;
    }

    fn at_line_start(&self) -> bool {
        self.at == 0 || self.text.as_bytes().get(self.at - 1) == Some(&b'\n')
    }

    fn skip_line(&mut self) {
        self.at = self.rest().find('\n').map_or(self.end, |length| self.at + length);
    }

    /// Skips what is no code: all up to the opening tag, when there is one.
    fn skip_to_tag(&mut self) {
        if let Some(at) = self.rest().find(self.syntax.opening_tag.as_str()) {
            self.at += at + self.syntax.opening_tag.len();
            if self.rest().starts_with("php") {
                self.at += 3;
            }
        }
    }

    /// Skips a block of documentation that starts at this line; `None` when it does not end.
    fn documentation(&mut self) -> Option<bool> {
        for (open, close) in &self.syntax.documentation {
            if !self.rest().starts_with(open.as_str()) {
                continue;
            }
            let mut at = self.at;
            for line in self.rest().split_inclusive('\n') {
                at += line.len();
                if line.starts_with(close.as_str()) {
                    break;
                }
            }
            self.at = at;
            return Some(true);
        }
        Some(false)
    }

    /// Whether the program ends at this line.
    fn ends_here(&self) -> bool {
        let line = self.rest().lines().next().unwrap_or("").trim_end();
        self.syntax.ends.iter().any(|end| end == line)
    }

    /// Reads the indentation of a line; says whether the line is blank and was skipped.
    fn indentation(&mut self) -> bool {
        let line = self.rest().split('\n').next().unwrap_or("");
        let code = line.trim_start();
        let width = line.len() - code.len();
        if code.is_empty() || self.syntax.line_comments.iter().any(|comment| code.starts_with(comment.as_str())) {
            self.at += line.len();
            return true;
        }
        self.at += width;
        let start = self.at;
        let current = self.indents.last().copied().unwrap_or(0);
        let mark = |kind| Token { kind, span: Span::new(start, start), spaced: true, fresh: true };
        if width > current && !self.tokens.is_empty() {
            self.indents.push(width);
            self.tokens.push(mark(TokenKind::Indent));
        }
        while self.indents.len() > 1 && self.indents.last().is_some_and(|indent| *indent > width) {
            self.indents.pop();
            self.tokens.push(mark(TokenKind::Dedent));
        }
        false
    }

    /// Skips a comment; `None` when it does not end.
    fn comment(&mut self) -> Option<bool> {
        if !self.syntax.opening_tag.is_empty() && self.rest().starts_with("?>") {
            // Text up to the next opening tag.
            let tag = self.rest().find(self.syntax.opening_tag.as_str());
            self.at = tag.map_or(self.end, |at| self.at + at + self.syntax.opening_tag.len());
            self.fresh = true;
            return Some(true);
        }
        for (open, close) in &self.syntax.block_comments {
            if let Some(body) = self.rest().strip_prefix(open.as_str()) {
                let length = body.find(close.as_str())?;
                self.fresh |= body.get(..length).is_some_and(|skipped| skipped.contains('\n'));
                self.at += open.len() + length + close.len();
                return Some(true);
            }
        }
        if self.syntax.line_comments.iter().any(|comment| self.rest().starts_with(comment.as_str())) {
            self.skip_line();
            return Some(true);
        }
        Some(false)
    }

    /// Whether the tokens so far leave an operand to come.
    fn expects_operand(&self) -> bool {
        let Some(last) = self.tokens.last() else { return true };
        match &last.kind {
            TokenKind::Symbol => !matches!(self.source.at(last.span), ")" | "]" | "++" | "--"),
            TokenKind::Name => {
                let after_member =
                    self.tokens.len().checked_sub(2).and_then(|index| self.tokens.get(index)).is_some_and(|before| {
                        matches!(before.kind, TokenKind::Symbol)
                            && self.syntax.members.iter().any(|member| member == self.source.at(before.span))
                    });
                match self.words.get(self.source.at(last.span)) {
                    Some(Keyword::True | Keyword::False | Keyword::Nothing | Keyword::End) => false,
                    Some(_) if !after_member => true,
                    _ => self.starts_argument(),
                }
            }
            TokenKind::Indent | TokenKind::Dedent => true,
            TokenKind::Number | TokenKind::Text(_) | TokenKind::Variable | TokenKind::Hole => false,
        }
    }

    /// Whether what stands here behind a name looks like its first argument: a blank in front, none behind.
    fn starts_argument(&self) -> bool {
        use super::schema::BareCalls;
        self.fresh
            || (self.syntax.bare_calls == BareCalls::All
                && self.spaced
                && self.second().is_some_and(|second| !second.is_whitespace() && second != '='))
    }

    fn is_name_start(&self, c: char) -> bool {
        c == '_' || c.is_alphabetic() || self.syntax.name_characters.contains(c)
    }

    fn is_name_part(&self, c: char) -> bool {
        c == '_' || c.is_alphanumeric() || self.syntax.name_characters.contains(c)
    }

    /// The length of the name characters at `at`.
    fn name_length(&self, at: usize) -> usize {
        let rest = self.text.get(at..self.end).unwrap_or("");
        rest.find(|c| !self.is_name_part(c)).unwrap_or(rest.len())
    }

    fn name(&mut self) {
        self.at += self.name_length(self.at);
        if let Some(next) = self.peek() {
            let doubled = self.second() == Some(next) || self.second() == Some('=');
            if self.syntax.name_ends.contains(next) && !doubled {
                self.at += next.len_utf8();
            }
        }
    }

    fn number(&mut self) {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at).filter(|_| self.at < self.end) {
            let fraction = *byte == b'.' && bytes.get(self.at + 1).is_some_and(u8::is_ascii_digit);
            if !(byte.is_ascii_alphanumeric() || *byte == b'_' || fraction) {
                break;
            }
            self.at += 1;
        }
    }

    /// Reads a variable with its sigil; says whether one stands here.
    fn variable(&mut self, next: char) -> bool {
        if !self.syntax.sigils.contains(next) {
            return false;
        }
        // `%`, `&` and `*` are operators behind an operand.
        if !matches!(next, '$' | '@') && !self.expects_operand() {
            return false;
        }
        let mut at = self.at + 1;
        let bytes = self.text.as_bytes();
        let counts = next == '$' && bytes.get(at) == Some(&b'#');
        let braced = bytes.get(at + 1).is_some_and(|b| matches!(b, b'{' | b'$'));
        if counts && (braced || self.name_length(at + 1) > 0) {
            at += 1;
        }
        if next == '@' && bytes.get(at) == Some(&b'@') {
            at += 1;
        }
        let length = self.name_length(at).min(self.end - at);
        if length > 0 {
            at += length;
            while self.text.get(at..self.end).is_some_and(|rest| rest.starts_with("::")) && self.name_length(at + 2) > 0
            {
                at += 2 + self.name_length(at + 2);
            }
            self.at = at;
            return true;
        }
        // `${name}` and `@{name}`
        if bytes.get(at) == Some(&b'{') {
            let length = self.name_length(at + 1);
            if length > 0 && bytes.get(at + 1 + length) == Some(&b'}') && next != '&' {
                self.at = at + length + 2;
                return true;
            }
            return false;
        }
        // The one-character variables of Perl and Ruby.
        let special = bytes.get(at).is_some_and(|byte| b"!@/\\,;.&\"`'+<>()[]0123456789:?|^-~=".contains(byte));
        if next == '$' && special && at < self.end {
            self.at = at + 1;
            return true;
        }
        false
    }

    fn symbol(&mut self, next: char) {
        let rest = self.rest();
        let length =
            OPERATORS.iter().find(|operator| rest.starts_with(**operator)).map_or(next.len_utf8(), |o| o.len());
        self.at += length;
        match next {
            '(' | '[' | '{' => self.groups += 1,
            ')' | ']' | '}' => self.groups = self.groups.saturating_sub(1),
            _ => {}
        }
    }

    /// Whether `:name` stands here and is a name of its own.
    fn is_symbol_name(&self, next: char) -> bool {
        self.syntax.symbols == Symbols::Name
            && next == ':'
            && (self.spaced || self.expects_operand())
            && self.second().is_some_and(|second| self.is_name_start(second))
    }
}
