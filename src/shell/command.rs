//! Reads one command: a compound one, a function definition, a coprocess, or a simple one.

use super::Dialect;
use super::ast::{Command, CommandKind};
use super::parser::{Parser, Result};
use super::reserved::Reserved;
use super::substitution::{begins_name, is_name};
use super::word::Kind;

impl Parser<'_> {
    /// Reads one command of a pipeline.
    pub(super) fn command(&mut self) -> Result<Command> {
        self.count()?;
        if self.peek() == b'(' {
            return self.parenthesised();
        }
        match self.reserved() {
            Some((Reserved::Coproc, end)) => self.coprocess(end),
            Some((Reserved::Function, end)) => self.function_keyword(end),
            // Bash reads `time` as a reserved word only at the beginning of a pipeline.
            Some((Reserved::Time, _)) | None => self.simple_command(),
            Some((word, end)) => self.compound_command(word, end),
        }
    }

    /// Reads a compound command that has to stand here, with its redirections.
    fn any_compound_command(&mut self) -> Result<Command> {
        if self.peek() == b'(' {
            return self.parenthesised();
        }
        match self.reserved() {
            Some((word, end)) => self.compound_command(word, end),
            None => self.unexpected("a compound command is missing"),
        }
    }

    fn at_compound_command(&mut self) -> bool {
        self.peek() == b'(' || self.reserved().is_some_and(|(word, _)| word.begins_compound())
    }

    fn compound_command(&mut self, word: Reserved, end: usize) -> Result<Command> {
        let start = self.pos;
        if !word.begins_compound() {
            return self.unexpected("this does not belong here");
        }
        self.pos = end;
        let kind = self.nested(|parser| parser.compound(word))?;
        self.with_redirects(kind, start)
    }

    /// `( … )` or `(( … ))`
    fn parenthesised(&mut self) -> Result<Command> {
        let start = self.pos;
        let kind = self.nested(Self::subshell_or_arithmetic)?;
        self.with_redirects(kind, start)
    }

    /// Reads the redirections behind a compound command.
    fn with_redirects(&mut self, kind: CommandKind, start: usize) -> Result<Command> {
        let mut redirects = Vec::new();
        let mut end = self.pos;
        self.skip_blanks();
        while let Some(redirect) = self.redirect()? {
            redirects.push(redirect);
            end = self.pos;
            self.skip_blanks();
        }
        Ok(Command { kind, redirects, span: self.span(start, end) })
    }

    fn coprocess(&mut self, end: usize) -> Result<Command> {
        let start = self.pos;
        self.pos = end;
        self.skip_blanks();
        let (name, body) = self.nested(Self::coprocess_body)?;
        let span = crate::span::Span { end: body.span.end, ..self.span(start, start) };
        Ok(Command { kind: CommandKind::Coprocess { name, body: Box::new(body) }, redirects: Vec::new(), span })
    }

    /// A word is the name only in front of a compound command.
    fn coprocess_body(&mut self) -> Result<(Option<String>, Command)> {
        if self.at_compound_command() {
            return Ok((None, self.any_compound_command()?));
        }
        if self.reserved().is_some_and(|(word, _)| word != Reserved::Time) {
            return self.unexpected("this does not belong here");
        }
        let start = self.pos;
        let mut simple = self.begin_simple_command();
        self.simple_command_element(&mut simple)?;
        if simple.is_one_word() {
            let name = self.raw_name(start);
            self.skip_blanks();
            if self.at_compound_command() && self.dialect == Dialect::Zsh {
                return self.error_here("a coprocess with a name");
            }
            if self.at_compound_command() {
                return Ok((Some(name), self.any_compound_command()?));
            }
            match self.reserved() {
                Some((word, _)) if word.ends_list() => return Ok((None, self.end_simple_command(simple)?)),
                Some((word, _)) if word != Reserved::Time => return self.unexpected("this does not belong here"),
                // Bash reads over blanks in the brackets as if this were the command word.
                _ if self.after_name() == b'[' => return self.error_here("brackets in the second word of a coprocess"),
                _ => simple.expect_declaration(),
            }
        }
        Ok((None, self.finish_simple_command(simple)?))
    }

    /// `function NAME …`
    fn function_keyword(&mut self, end: usize) -> Result<Command> {
        let start = self.pos;
        self.pos = end;
        self.skip_blanks();
        let name_start = self.pos;
        self.word(Kind::Plain)?;
        let name = self.raw_name(name_start);
        self.skip_blanks();
        let before = self.pos;
        if !self.empty_parentheses() {
            self.pos = before;
        }
        self.function_body(name, start)
    }

    /// Takes `( )`.
    pub(super) fn empty_parentheses(&mut self) -> bool {
        if self.peek() != b'(' {
            return false;
        }
        self.pos += 1;
        self.skip_blanks();
        if self.peek() != b')' {
            return false;
        }
        self.pos += 1;
        true
    }

    /// Reads the body of a function, which begins at `start`.
    pub(super) fn function_body(&mut self, name: String, start: usize) -> Result<Command> {
        self.expect_name(&name, start)?;
        self.skip_newlines()?;
        let body =
            self.nested(|parser| if parser.is_bash() { parser.any_compound_command() } else { parser.command() })?;
        let span = crate::span::Span { end: body.span.end, ..self.span(start, start) };
        Ok(Command { kind: CommandKind::Function { name, body: Box::new(body) }, redirects: Vec::new(), span })
    }

    /// In dash, a function and the variable of a loop have names that could be those of variables.
    pub(super) fn expect_name(&self, name: &str, start: usize) -> Result<()> {
        let good = name.bytes().next().is_some_and(begins_name) && name.bytes().all(is_name);
        if good || self.is_bash() { Ok(()) } else { self.error("this is no name", start) }
    }

    /// The text from an offset to here as a name. Bash takes the names of functions, coprocesses and loop
    /// variables as they are written, quotes and dollars included.
    pub(super) fn raw_name(&self, start: usize) -> String {
        self.slice(start, self.pos).replace("\\\n", "")
    }
}
