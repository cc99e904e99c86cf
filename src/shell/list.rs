//! Reads scripts: and-or lists, pipelines, and what separates them.

use super::ast::*;
use super::parser::{Parser, Result};
use super::reserved::Reserved;
use crate::span::Span;

impl Parser<'_> {
    /// Reads a whole text. Here-documents that are still announced at its end have no body.
    pub(super) fn whole_script(&mut self) -> Result<Script> {
        let script = self.script()?;
        if !self.at_end() {
            return self.unexpected("this does not belong here");
        }
        self.check_lines()?;
        Ok(script)
    }

    /// Reads commands up to something that cannot begin one: a closing mark or the end.
    pub(super) fn script(&mut self) -> Result<Script> {
        let start = self.pos;
        let mut items: Vec<Item> = Vec::new();
        self.skip_newlines()?;
        while !self.at_list_end() {
            let bodies = self.shared.bodies.len();
            self.announced_here = false;
            let mut item = self.and_or()?;
            let announces = self.shared.bodies.len() > bodies;
            let (background, separated) = self.separator()?;
            item.background = background;
            let newlines = self.skip_newlines()?;
            item.ends_line = newlines > 0;
            let redirected = item.last_command().is_some_and(Command::ends_with_redirect);
            items.push(item);
            if !separated && newlines == 0 {
                if redirected && self.reserved().is_some() {
                    return self.error_here("a separator is missing");
                }
                break;
            }
            // Bash 5.2 runs a substitution from a form of its own that it prints. Behind a here-document it
            // forgets to print a `;` there, which makes two commands one.
            let loses_separator = self.announced && self.reprints() && separated && (announces || !background);
            let loses_separator = loses_separator && !(self.announced_here && newlines > 0);
            if loses_separator && !self.at_list_end() {
                return self.error_here("a command behind a here-document in a substitution");
            }
        }
        Ok(Script { items, span: self.span_from(start) })
    }

    /// A script of at least one command.
    pub(super) fn commands(&mut self) -> Result<Script> {
        let script = self.script()?;
        if script.items.is_empty() { self.unexpected("a command is missing") } else { Ok(script) }
    }

    /// Takes `;` or `&`; says whether it was `&`, and whether there was one.
    fn separator(&mut self) -> Result<(bool, bool)> {
        match self.peek() {
            b';' if !matches!(self.ahead(1), b';' | b'&') => {
                self.pos += 1;
                Ok((false, true))
            }
            b'&' => {
                self.pos += 1;
                self.expect_end_of_operator()?;
                Ok((true, true))
            }
            _ => Ok((false, false)),
        }
    }

    /// Whether no further command of this script stands here.
    fn at_list_end(&mut self) -> bool {
        match self.peek() {
            0 | b')' => true,
            b';' => matches!(self.ahead(1), b';' | b'&'),
            _ => self.reserved().is_some_and(|(word, _)| word.ends_list()),
        }
    }

    fn and_or(&mut self) -> Result<Item> {
        self.count()?;
        let start = self.pos;
        let first = self.pipeline()?;
        let mut rest = Vec::new();
        loop {
            self.skip_blanks();
            let connector = if self.eat(b"&&") {
                Connector::And
            } else if self.eat(b"||") {
                Connector::Or
            } else {
                let end = rest.last().map_or(first.span, |(_, pipeline): &(Connector, Pipeline)| pipeline.span);
                let span = Span { end: end.end, ..self.span(start, start) };
                return Ok(Item { first, rest, background: false, ends_line: false, span });
            };
            let piped = rest.last().map_or(&first, |(_, pipeline): &(Connector, Pipeline)| pipeline).commands.len() > 1;
            if piped && self.announced && self.reprints() {
                return self.error("a here-document in a pipeline in a substitution", start);
            }
            self.skip_newlines()?;
            rest.push((connector, self.pipeline()?));
        }
    }

    fn pipeline(&mut self) -> Result<Pipeline> {
        let start = self.pos;
        // Bash reads the commands of a substitution twice. The first time, a `time` at their very beginning is
        // a word, so that only words may follow it.
        let only_words = self.substitution_start == Some(start) && self.reserved_is(Reserved::Time);
        let (mut negated, mut timed, mut prefixed) = (false, false, false);
        loop {
            match self.reserved() {
                Some((Reserved::Bang, _)) if prefixed && !self.is_bash() => {
                    return self.unexpected("this does not belong here");
                }
                Some((Reserved::Bang, end)) => {
                    negated = !negated;
                    self.pos = end;
                }
                Some((Reserved::Time, end)) => {
                    timed = true;
                    self.pos = end;
                    self.skip_time_options();
                }
                _ => break,
            }
            prefixed = true;
            self.skip_blanks();
        }
        let mut commands = Few::default();
        self.plain_words = only_words;
        if prefixed && self.open_substitutions > 1 && self.ends_prefix() {
            // What bash prints of it, it does not read in every place.
            return self.error("a lone `!` or `time` in a substitution in another", start);
        }
        if !(prefixed && self.is_bash() && self.ends_prefix() || only_words && self.peek() == b')') {
            self.piped_commands(&mut commands)?;
        }
        self.plain_words = false;
        if only_words && commands.first().is_some_and(|command| !matches!(command.kind, CommandKind::Simple(_))) {
            return self.error("only words can follow `time` here", start);
        }
        let end = commands.last().map(|command: &Command| command.span.end);
        let span = self.span(start, self.pos);
        Ok(Pipeline { negated, timed, commands, span: Span { end: end.unwrap_or(span.end), ..span } })
    }

    /// Whether a bare `!` or `time` ends here.
    fn ends_prefix(&mut self) -> bool {
        match self.peek() {
            0 | b'\n' => true,
            b';' => !matches!(self.ahead(1), b';' | b'&'),
            _ => false,
        }
    }

    /// `-p` and `--` after `time`.
    fn skip_time_options(&mut self) {
        for option in [b"-p", b"--"] {
            self.skip_blanks();
            let end = self.offset_ahead(2);
            if self.ahead(0) == option[0] && self.ahead(1) == option[1] && super::word::ends_word(self.byte(end)) {
                self.pos = end;
            }
        }
    }

    fn piped_commands(&mut self, commands: &mut Few<Command>) -> Result<()> {
        loop {
            commands.push(self.command()?);
            self.skip_blanks();
            if self.peek() != b'|' || self.ahead(1) == b'|' {
                return Ok(());
            }
            let start = self.pos;
            self.pos += 1;
            if self.is_bash() && self.peek() == b'&' {
                self.pos += 1;
                let span = self.span_from(start);
                if let Some(command) = commands.last_mut() {
                    self.expect_printable(&command.kind, start)?;
                    command.redirects.push(errors_to_pipe(span));
                }
            }
            let newlines = self.skip_newlines()?;
            if newlines > 0 && self.reserved_is(Reserved::Time) {
                return self.error_here("`time` behind a line in a pipeline");
            }
        }
    }
}

impl Item {
    fn last_command(&self) -> Option<&Command> {
        self.rest.last().map_or(&self.first, |(_, pipeline)| pipeline).commands.last()
    }
}

impl Command {
    /// Whether a redirection stands at its end: a reserved word behind it is a word.
    fn ends_with_redirect(&self) -> bool {
        match &self.kind {
            CommandKind::Function { body, .. } | CommandKind::Coprocess { body, .. } => body.ends_with_redirect(),
            _ => !self.redirects.is_empty(),
        }
    }
}

/// What `|&` adds to the command before it: `2>&1`.
fn errors_to_pipe(span: Span) -> Redirect {
    Redirect {
        descriptor: Descriptor::Number(2),
        operator: RedirectOperator::DuplicateOutput,
        target: RedirectTarget::Word(Word {
            parts: Few::One(Part::Literal { text: "1".to_owned().into(), span }),
            span,
        }),
        span,
    }
}
