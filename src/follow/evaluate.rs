//! Text that runs: `eval`, `source`, `trap`, aliases, prompts, and subscripts that are evaluated.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::command::Call;
use super::follower::{Fail, Follower, Printed};
use super::limits;
use super::redirect::descriptor_path;
use super::source::Source;
use super::state::{Arguments, Mark, Name, Trap};
use super::step::{Action, Arg, Command, Input, Piece, Source as Filler};
use super::value::{Key, Value, Variable};
use crate::shell::ast::{Part, Redirect, Simple, Word};
use crate::span::Span;
use crate::text::Text;

const OPAQUE: &str = "text is evaluated that is not known before it runs";
const BROKEN: &str = "text is evaluated that does not parse";

impl<'a> Follower<'a, '_> {
    /// `eval`
    pub(super) fn eval(&mut self, call: Call, mark: Option<&Mark<'a>>) -> Fail<'a> {
        let arguments = match call.arguments() {
            [first, rest @ ..] if first.text() == Some("--") => rest,
            arguments => arguments,
        };
        // What a program prints and a shell then runs: whether that is a known idiom is for the rules to say.
        if let [only] = arguments
            && only.only_hole().is_some_and(|hole| matches!(hole.source, Filler::Output(_)))
        {
            self.emit(call, Printed::Unknown);
            self.forget_everything();
            return Fail::Same;
        }
        let code = Arg::joined(arguments, call.span);
        self.within(&call.opened, |follower| {
            follower.with_assignments(&call.assignments, |follower| follower.evaluate_code(&code, call.span, mark))
        })
    }

    /// Follows a text in the shell at hand.
    pub(super) fn evaluate_code(&mut self, code: &Arg, span: Span, mark: Option<&Mark<'a>>) -> Fail<'a> {
        match self.source_of(code, span) {
            Some(source) => self.deeper(Fail::Same, |follower| follower.run_here(source, mark)),
            None => {
                self.forget_everything();
                Fail::Same
            }
        }
    }

    /// Reads code; a step says so when it cannot be read.
    fn source_of(&mut self, code: &Arg, span: Span) -> Option<&'a Source> {
        self.spend(code.size());
        let read = match code.as_text() {
            Some(text) => Source::read(text, self.dialect).map_err(|_| BROKEN),
            None => Source::read_with_holes(code, self.dialect).ok_or(OPAQUE),
        };
        match read {
            Ok(source) => self.keeper.keep(source),
            Err(because) => {
                self.parsed &= because != BROKEN;
                self.unreadable(because, span);
                None
            }
        }
    }

    /// After code that could not be read, nothing is as it was.
    fn forget_everything(&mut self) {
        let names: Vec<(Name, bool)> =
            self.state.variables.iter().map(|(name, variable)| (name.clone(), variable.exported)).collect();
        for (name, exported) in names {
            let hole = super::parameters::unknown(&name, Span::default());
            self.set_variable(&name, Variable { exported, ..Variable::scalar(hole) });
        }
        self.disturbed = true;
    }

    /// `source` and `.`
    pub(super) fn source_file(&mut self, call: Call, mark: Option<&Mark<'a>>) -> Fail<'a> {
        let arguments = match call.arguments() {
            [first, rest @ ..] if first.text() == Some("--") => rest,
            arguments => arguments,
        };
        let Some((path, rest)) = arguments.split_first() else {
            self.emit(call, Printed::Nothing);
            return Fail::Same;
        };
        let code = self.code_of_file(path, &call);
        let arguments = (!rest.is_empty())
            .then(|| Arguments { name: self.state.registers.arguments.name.clone(), words: Some(rest.to_vec()) });
        self.within(&call.opened, |follower| {
            follower.with_assignments(&call.assignments, |follower| {
                // A file that a step before may have changed is read as it is now, and counts as unread too.
                if code.is_none() {
                    follower.push(sourced(path, &call), call.span);
                }
                let Some(code) = code.or_else(|| follower.stale_content(path)) else {
                    follower.forget_everything();
                    return Fail::Same;
                };
                match follower.source_of(&code, call.span) {
                    Some(source) => {
                        follower.in_frame(None, source, arguments, mark, |follower| follower.run_here(source, None))
                    }
                    None => Fail::Same,
                }
            })
        })
    }

    /// The text that `source path` reads.
    fn code_of_file(&mut self, path: &Arg, call: &Call) -> Option<Arg> {
        if let Some(hole) = path.only_hole() {
            let Filler::Process(steps) = &hole.source else { return None };
            let text = self.printed_by(steps).filter(|_| !steps.is_empty())?;
            return Some(Arg::known(text, path.span));
        }
        if path.text() == Some("/dev/null") {
            return Some(Arg::default());
        }
        if let Some(descriptor) = path.text().and_then(descriptor_path) {
            return match &*call.opened.streams.read(descriptor)?.input {
                Input::Text(text) => Some(Arg::known(text.clone(), path.span)),
                Input::Mixed(arg) => Some(arg.clone()),
                Input::Nothing => Some(Arg::default()),
                Input::File(file) => self.content(file),
                _ => None,
            };
        }
        self.content(path)
    }

    /// `trap`
    pub(super) fn trap(&mut self, call: Call) -> Fail<'a> {
        let span = call.span;
        let arguments: Vec<Arg> = match call.arguments() {
            [first, rest @ ..] if first.text() == Some("--") => rest.to_vec(),
            arguments => arguments.to_vec(),
        };
        let quiet = arguments.len() > 1 && !arguments.first().is_some_and(|first| first.prefix().starts_with('-'));
        self.emit(call, if quiet { Printed::Nothing } else { Printed::Unknown });
        let Some((code, signals)) = arguments.split_first() else { return Fail::Same };
        let signals: Vec<String> = signals.iter().map(|signal| signal.shown("?")).collect();
        if matches!(code.text(), Some("-p" | "-l" | "-P")) || signals.is_empty() {
            return Fail::Same;
        }
        let certain = signals.iter().all(|signal| signal != "?");
        let mut traps = (*self.state.registers.traps).clone();
        if certain {
            traps.retain(|trap| !trap.signals.iter().all(|signal| signals.contains(signal)));
        }
        if !matches!(code.text(), Some("" | "-")) {
            traps.push(Trap { code: code.clone(), span, source: self.source, signals });
        }
        self.state.registers.traps = Rc::new(traps);
        Fail::Same
    }

    /// Follows the code of a trap.
    pub(super) fn run_trap(&mut self, trap: &Trap<'a>) {
        let outer = std::mem::replace(&mut self.source, trap.source);
        self.beside(|follower| follower.evaluate_code(&trap.code, trap.span, None));
        self.source = outer;
    }

    /// `alias`
    pub(super) fn alias(&mut self, call: Call) -> Fail<'a> {
        let arguments = call.arguments().to_vec();
        self.aliases_changed = self.line;
        let defines = !arguments.is_empty() && arguments.iter().all(|argument| argument.shown("").contains('='));
        self.emit(call, if defines { Printed::Nothing } else { Printed::Unknown });
        for argument in &arguments {
            let Some(Piece::Text(first)) = argument.pieces.first() else { continue };
            let Some((name, _)) = first.as_str().split_once('=') else { continue };
            let mut value = argument.clone();
            let start = name.len() + 1;
            if let Some(Piece::Text(text)) = value.pieces.first_mut() {
                *text = first.slice(start, first.as_str().len());
            }
            value.pieces.retain(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()));
            self.state.aliases.set(Name::from(name), value);
        }
        Fail::Same
    }

    /// What is assigned to bash's table of aliases is one, and what is assigned to that of programs is found in their
    /// place, as by `hash -p`.
    pub(super) fn fill_table(&mut self, name: &str, values: &[Value]) {
        if !matches!(name, "BASH_ALIASES" | "BASH_CMDS") {
            return;
        }
        self.aliases_changed = self.line;
        for value in values {
            let Value::Array(array) = value else { continue };
            for (key, value) in array.iter() {
                match key {
                    Key::Name(key) if name == "BASH_ALIASES" => {
                        self.state.aliases.set(Name::from(key.as_str()), value.clone());
                    }
                    Key::Index(_) if name == "BASH_ALIASES" => {
                        self.unreadable("an alias whose name is not known", value.span);
                    }
                    key => {
                        let words = [Arg::made("hash", value.span), Arg::made("-p", value.span), value.clone()];
                        let key = Arg::made(key.to_string(), value.span);
                        let argv = words.into_iter().chain([key]).collect();
                        self.push(Action::Command(Command { argv, ..Command::default() }), value.span);
                    }
                }
            }
        }
    }

    /// `unalias`
    pub(super) fn unalias(&mut self, call: Call) -> Fail<'a> {
        let names: Vec<String> = call.arguments().iter().map(|argument| argument.shown("")).collect();
        self.emit(call, Printed::Nothing);
        let all = names.iter().any(|name| name == "-a");
        let known: Vec<Name> = self.state.aliases.iter().map(|(name, _)| name.clone()).collect();
        for name in known.iter().filter(|name| all || names.iter().any(|other| **other == ***name)) {
            self.state.aliases.remove(name);
        }
        Fail::Same
    }

    /// What the command word stands for as an alias, wherever one is expanded.
    pub(super) fn alias_of(&self, simple: &Simple) -> Option<Arg> {
        if self.state.aliases.len() == 0 {
            return None;
        }
        self.alias_named(simple.words.first()?)
    }

    fn alias_named(&self, word: &Word) -> Option<Arg> {
        let [Part::Literal { text, .. }] = word.parts.as_slice() else { return None };
        self.state.aliases.get(text.as_str()).cloned()
    }

    /// Follows what is an alias, or is none: bash expands those of earlier lines, where it does so at all, as in POSIX
    /// mode or when it was started for it.
    pub(super) fn maybe_alias(
        &mut self,
        alias: Arg,
        simple: &'a Simple,
        redirects: &'a [Redirect],
        span: Span,
    ) -> Fail<'a> {
        let start = self.mark();
        let fail = self.expand_alias(alias, simple, span, None);
        self.settle(fail, None);
        let aliased = self.snapshot(&start);
        self.state.undo(&start);
        let fail = self.simple_as_written(simple, redirects, span, None);
        self.settle(fail, None);
        let plain = self.snapshot(&start);
        self.resume(&start, vec![aliased, plain]);
        Fail::Same
    }

    /// Whether an alias is one for sure.
    pub(super) fn is_alias(&self) -> bool {
        self.expands_aliases() && self.aliases_changed < self.line && !self.in_function()
    }

    /// Follows a simple command whose first word is an alias: the text with the alias in its place.
    pub(super) fn expand_alias(
        &mut self,
        alias: Arg,
        simple: &'a Simple,
        span: Span,
        mark: Option<&Mark<'a>>,
    ) -> Fail<'a> {
        let Some(first) = simple.words.first() else { return Fail::Same };
        let name = Name::from(first.span.of(self.source.text.as_str()));
        let at = self.at(span);
        let mut code = Arg::known(self.source.slice(Span { start: span.start, end: first.span.start }), at);
        code.append(&alias);
        let mut end = first.span.end;
        // Behind an alias that ends in a blank, the next word may be one.
        for word in simple.words.iter().skip(1) {
            let Some(alias) = self.alias_named(word).filter(|_| code.suffix().ends_with([' ', '\t'])) else { break };
            code.push_text(self.source.slice(Span { start: end, end: word.span.start }));
            code.append(&alias);
            end = word.span.end;
        }
        code.push_text(self.source.slice(Span { start: end, end: span.end }));
        // An alias is not expanded inside itself.
        self.state.aliases.remove(&name);
        let fail = self.evaluate_code(&code, at, mark);
        self.state.aliases.set(name, alias);
        fail
    }

    /// Follows the substitutions in subscripts that a built-in evaluates: `printf -v 'a[$(x)]'`.
    pub(super) fn subscripts(&mut self, values: &[Arg]) {
        for value in values {
            if value.shown(" ").contains('[') {
                self.evaluate_expression(value);
            }
        }
    }

    /// Follows the substitutions in strings that are evaluated as arithmetic.
    pub(super) fn evaluate_all(&mut self, values: &[Arg]) {
        for value in values {
            self.evaluate_expression(value);
            self.code_in_names(value);
        }
    }

    /// Follows the substitutions in the values of variables that an expression names, or that those name.
    fn code_in_names(&mut self, expression: &Arg) {
        let mut met: BTreeSet<String> = BTreeSet::new();
        let mut texts = vec![expression.shown(" ")];
        while let Some(text) = texts.pop() {
            for name in super::arithmetic::names(&text) {
                let Some(variable) = self.state.variables.get(name) else { continue };
                if met.len() >= limits::COMBINATIONS || !met.insert(name.to_owned()) {
                    continue;
                }
                let strings: Vec<Arg> = variable.values.iter().filter_map(Value::as_scalar).cloned().collect();
                for string in strings {
                    match has_substitution(&string) {
                        true => self.evaluate_expression(&string),
                        false => texts.push(string.shown(" ")),
                    }
                }
            }
        }
    }

    fn evaluate_expression(&mut self, value: &Arg) {
        if !has_substitution(value) {
            return;
        }
        let mut code = Arg::known(Text::derived("((", value.span), value.span);
        for piece in &value.pieces {
            match piece {
                Piece::Text(text) => code.push_text(text.clone()),
                Piece::Hole(_) => code.push_text(Text::derived("0", value.span)),
            }
        }
        code.push_text(Text::derived("))", value.span));
        self.evaluate_code(&code, value.span, None);
    }

    /// Follows the substitutions in prompts: `${x@P}`, `PS4`.
    pub(super) fn prompts(&mut self, values: &[Arg]) {
        for value in values.iter().filter(|value| has_substitution(value)) {
            let mut code = Arg::known(Text::derived(": <<PROMPT\n", value.span), value.span);
            for piece in &value.pieces {
                match piece {
                    Piece::Text(text) => code.push_text(text.clone()),
                    Piece::Hole(_) => code.push_text(Text::derived("0", value.span)),
                }
            }
            code.push_text(Text::derived("\nPROMPT\n", value.span));
            let outer = std::mem::take(&mut self.choices);
            self.subshell(|follower| follower.evaluate_code(&code, value.span, None));
            self.choices = outer;
        }
    }

    /// Code in what `env` sets: prompts, and functions for a shell.
    pub(super) fn environment_of(&mut self, words: &[Arg]) {
        for word in words {
            let Some((name, value)) = word.prefix().split_once('=') else { continue };
            let mut rest = word.clone();
            if let Some(Piece::Text(text)) = rest.pieces.first_mut() {
                *text = text.slice(name.len() + 1, text.as_str().len());
            }
            if name.starts_with("BASH_FUNC_") && value.starts_with("() ") {
                if let Some(Piece::Text(text)) = rest.pieces.first_mut() {
                    *text = text.slice("() ".len(), text.as_str().len());
                }
                self.prompt_command(&rest);
            } else {
                self.prompt_of(name, &[Value::Scalar(rest)]);
            }
        }
    }

    /// `PROMPT_COMMAND` runs before a prompt. What of it is not known counts as nothing.
    pub(super) fn prompt_command(&mut self, code: &Arg) {
        let mut known = Arg { pieces: Vec::new(), span: code.span };
        for piece in &code.pieces {
            known.push_text(match piece {
                Piece::Text(text) => text.clone(),
                Piece::Hole(_) => Text::derived(":", code.span),
            });
        }
        let outer = std::mem::take(&mut self.choices);
        self.subshell(|follower| follower.evaluate_code(&known, code.span, None));
        self.choices = outer;
    }

    /// Text that a built-in reads: all of it, when it is known.
    pub(super) fn known_input(&self, input: &Input) -> Option<Arg> {
        match input {
            Input::Text(text) => Some(Arg::known(text.clone(), text.source())),
            Input::Mixed(arg) => Some(arg.clone()),
            Input::Nothing => Some(Arg::default()),
            Input::File(path) => self.content(path),
            _ => None,
        }
    }
}

/// Whether code may stand in a string.
fn has_substitution(value: &Arg) -> bool {
    value.pieces.iter().any(|piece| match piece {
        Piece::Text(text) => {
            text.as_str().contains("$(") || text.as_str().contains('`') || text.as_str().contains("${")
        }
        Piece::Hole(_) => false,
    })
}

/// What reading a file is whose text is not known: where its name is that of a descriptor, reading what is open there.
fn sourced(path: &Arg, call: &Call) -> Action {
    let descriptor = path.text().and_then(descriptor_path);
    match descriptor.and_then(|descriptor| call.opened.streams.read(descriptor)).map(|stream| &*stream.input) {
        Some(Input::File(file)) => Action::SourcedFile(file.clone()),
        Some(Input::Pipe(_) | Input::Unknown) => {
            Action::Unreadable { because: "runs what comes through a pipe and cannot be read first" }
        }
        _ => Action::SourcedFile(path.clone()),
    }
}
