//! Simple commands: every combination of what their words may be is run as what it turns out to be.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::choices::{Choices, Round};
use super::endless::takes_time;
use super::follower::{Fail, Follower, Printed};
use super::redirect::{Opened, descriptor_path};
use super::state::{Content, Mark, Name};
use super::step::{Action, Arg, Command, Hole, Input, Source, StepId};
use super::value::{Value, Variable};
use super::words::is_declaration;
use crate::shell::ast::{Assignment, Part, Redirect, Simple};
use crate::span::Span;

/// A simple command after expansion.
#[derive(Clone, Default)]
pub(super) struct Call {
    pub argv: Vec<Arg>,
    pub assignments: Vec<(String, Arg)>,
    pub opened: Opened,
    /// Where it stands in the request.
    pub span: Span,
}

/// What is not looked up for a command word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Lookup {
    pub functions: bool,
    pub builtins: bool,
}

impl Lookup {
    /// Everything.
    pub(super) const ALL: Lookup = Lookup { functions: true, builtins: true };
}

impl Call {
    /// The arguments behind the command word.
    pub(super) fn arguments(&self) -> &[Arg] {
        self.argv.get(1..).unwrap_or_default()
    }

    /// Whether it is `cd` or `pushd`.
    fn changes_folder(&self) -> bool {
        matches!(self.argv.first().and_then(Arg::text), Some("cd" | "pushd"))
    }

    /// The same call without its first `count` words.
    pub(super) fn without(mut self, count: usize) -> Call {
        self.argv.drain(..count.min(self.argv.len()));
        self
    }
}

impl<'a> Follower<'a, '_> {
    /// Expands with every combination of values, once each.
    pub(super) fn rounds<T>(&mut self, mut expand: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let outer = std::mem::take(&mut self.choices);
        let mut results = Vec::with_capacity(1);
        loop {
            results.push(expand(self));
            if matches!(self.choices.next_round(results.len()), Round::Last) || self.is_exhausted() {
                break;
            }
        }
        self.end_expansion(outer);
        results
    }

    /// Makes what was assigned while words were expanded last, and goes on with the combination around them.
    pub(super) fn end_expansion(&mut self, outer: Choices) {
        let mut inner = std::mem::replace(&mut self.choices, outer);
        if !inner.assigns() {
            return;
        }
        let mut assigned: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for (name, value) in inner.take_assigned() {
            super::value::unite(assigned.entry(name).or_default(), [&Value::Scalar(value)]);
        }
        for (name, values) in assigned {
            self.set_values(&name, values);
        }
    }

    /// Follows a simple command.
    pub(super) fn simple(
        &mut self,
        simple: &'a Simple,
        redirects: &'a [Redirect],
        span: Span,
        mark: Option<&Mark<'a>>,
    ) -> Fail<'a> {
        if self.state.registers.options.noexec {
            return Fail::Same;
        }
        if simple.words.is_empty() {
            return self.assignments(&simple.assignments, redirects, span);
        }
        match self.alias_of(simple) {
            None => self.simple_as_written(simple, redirects, span, mark),
            Some(alias) if self.is_alias() => self.expand_alias(alias, simple, span, mark),
            Some(alias) => self.maybe_alias(alias, simple, redirects, span),
        }
    }

    /// The same, of which the first word is no alias.
    pub(super) fn simple_as_written(
        &mut self,
        simple: &'a Simple,
        redirects: &'a [Redirect],
        span: Span,
        mark: Option<&Mark<'a>>,
    ) -> Fail<'a> {
        let at = self.at(span);
        let mut calls = self.rounds(|follower| follower.expand(simple, redirects, at));
        let fail = match calls.len() {
            1 => match calls.pop() {
                Some(call) => self.run(call, Lookup::ALL, mark),
                None => Fail::Same,
            },
            // Where the shell stands next is known as one place only.
            _ if calls.iter().all(Call::changes_folder) => {
                let call = self.condensed(|follower| follower.expand(simple, redirects, at));
                self.run(call, Lookup::ALL, mark)
            }
            _ => self.run_each(calls),
        };
        if simple.words.first().is_some_and(is_declaration) {
            self.declared_arrays(simple);
        }
        fail
    }

    /// Runs each of several calls from the same state; any of them is what really runs.
    fn run_each(&mut self, calls: Vec<Call>) -> Fail<'a> {
        let mark = self.mark();
        let mut ends = Vec::with_capacity(calls.len());
        for call in distinct(calls) {
            let fail = self.run(call, Lookup::ALL, None);
            self.settle(fail, None);
            ends.push(self.snapshot(&mark));
            self.state.undo(&mark);
        }
        self.resume(&mark, ends);
        Fail::Same
    }

    fn expand(&mut self, simple: &'a Simple, redirects: &'a [Redirect], span: Span) -> Call {
        let argv = self.command_words(&simple.words);
        let opened = self.open(redirects);
        let mut assignments = Vec::with_capacity(simple.assignments.len());
        for assignment in &simple.assignments {
            if let Some(subscript) = &assignment.subscript {
                self.arithmetic(subscript);
            }
            let value = self.assigned_string(assignment);
            assignments.push((assignment.name.clone(), value));
        }
        Call { argv, assignments, opened, span }
    }

    /// What a program gets of an assignment before its name. It cannot be given an array.
    fn assigned_string(&mut self, assignment: &'a Assignment) -> Arg {
        if let [Part::Array { .. }] = assignment.value.parts.as_slice() {
            self.array_elements(&assignment.value);
            return Arg::hole(Hole::open(Source::Other), self.at(assignment.span));
        }
        let value = self.single_assigned(&assignment.value);
        if !assignment.append {
            return value;
        }
        let before = self.variable_string(&assignment.name);
        before.followed_by(&value).at(value.span)
    }

    /// Assignments without a command, and redirections without one.
    fn assignments(&mut self, assignments: &'a [Assignment], redirects: &'a [Redirect], span: Span) -> Fail<'a> {
        let first = self.steps.len();
        let mut shown = Vec::new();
        for assignment in assignments {
            self.assign(assignment, &mut shown);
        }
        let opened = self.rounds(|follower| follower.open(redirects));
        let reads = |assignment: &Assignment| substitutes(&assignment.value.parts);
        let substituted = self.steps.len() > first || assignments.iter().any(reads);
        let span = self.at(span);
        for opened in opened {
            let call = Call { argv: Vec::new(), assignments: shown.clone(), opened, span };
            self.emit(call, Printed::Nothing);
        }
        if substituted || !redirects.is_empty() { Fail::Same } else { Fail::Never }
    }

    /// What the search through `PATH` finds, where the text itself set that: a program that it wrote, or one in a
    /// folder that moves with the shell.
    fn found_in_path(&self, call: &Call) -> Option<Arg> {
        let word = call.argv.first()?;
        let name = word.text().filter(|name| !name.contains('/') && !super::builtins::is_builtin(name))?;
        let own = call.assignments.iter().find(|(name, _)| name == "PATH").map(|(_, value)| value);
        let path = match (own, self.state.variables.get("PATH").map(|variable| variable.values.as_slice())) {
            (Some(own), _) => own,
            (None, Some([Value::Scalar(path)])) => path,
            _ => return None,
        };
        let folders = match path.has_hole() {
            true => path.prefix().rsplit_once(':')?.0,
            false => path.prefix(),
        };
        folders.split(':').find_map(|folder| {
            let folder = if folder.is_empty() { "." } else { folder };
            if folder.starts_with('/') && self.state.files.len() == 0 {
                return None;
            }
            let found = Arg::made(format!("{}/{name}", folder.trim_end_matches('/')), word.span);
            let written = || self.file_key(&found).is_some_and(|key| self.state.files.get(&key).is_some());
            (!folder.starts_with('/') || written()).then_some(found)
        })
    }

    /// Runs a call.
    pub(super) fn run(&mut self, call: Call, lookup: Lookup, mark: Option<&Mark<'a>>) -> Fail<'a> {
        let Some(word) = call.argv.first() else {
            for (name, value) in &call.assignments {
                self.set_variable(name, Variable::scalar(value.clone()));
            }
            self.emit(call, Printed::Nothing);
            return Fail::Same;
        };
        let Some(name) = word.text() else {
            self.program(call);
            return Fail::Same;
        };
        if lookup.functions
            && let Some(mut function) = self.state.functions.get(name).cloned()
        {
            // In POSIX mode, and to dash, a special built-in stands before functions.
            function.may_be_missing |= is_special(name);
            return self.call_function(function, call, mark);
        }
        if lookup.builtins
            && let Some(builtin) = super::builtins::find(name)
        {
            let kept = if is_special(name) { call.assignments.clone() } else { Vec::new() };
            let fail = self.builtin(builtin, call, mark);
            for (name, value) in kept {
                self.may_keep(&name, value);
            }
            return fail;
        }
        self.program(call)
    }

    /// What is assigned in front of a special built-in stays in POSIX mode, and in dash.
    fn may_keep(&mut self, name: &str, value: Arg) {
        let mut values = match self.state.variables.get(name) {
            Some(variable) => variable.values.clone(),
            None => vec![self.environment(name)],
        };
        super::value::unite(&mut values, [&Value::Scalar(value)]);
        self.set_values(name, values);
    }

    /// Runs something that this shell does not run itself.
    pub(super) fn program(&mut self, mut call: Call) -> Fail<'a> {
        if let Some(found) = self.found_in_path(&call)
            && let Some(word) = call.argv.first_mut()
        {
            *word = found;
        }
        for (name, value) in &call.assignments {
            self.evaluate_integer(name, std::slice::from_ref(&Value::Scalar(value.clone())));
            self.prompt_of(name, &[Value::Scalar(value.clone())]);
        }
        match call.argv.first().and_then(Arg::text) {
            Some("wait") => self.subscripts(call.arguments()),
            Some("env") => self.environment_of(call.arguments()),
            _ => {}
        }
        self.start_up_file(&mut call);
        self.descriptor_paths(&mut call);
        let printed = self.print(&call);
        if takes_time(&call, &printed) {
            self.takes_time();
        }
        let fail = match printed {
            Printed::String(_) if super::compute::may_miss(&call) => Fail::Same,
            Printed::String(_) => Fail::Never,
            Printed::Nothing => Fail::Same,
            Printed::Unknown => {
                self.disturbed = true;
                Fail::Same
            }
        };
        if self.state.files.len() > 0 {
            self.change_files(&call);
        }
        self.emit(call, printed);
        fail
    }

    /// Forgets what the text wrote into files that a program then changes, unless it can tell what they hold now.
    fn change_files(&mut self, call: &Call) {
        for word in (self.written)(&call.argv) {
            let Some(key) = self.file_key(&word) else { continue };
            let after = match self.state.files.get(&key) {
                Some(Content::Known(before)) => {
                    before.as_text().and_then(|text| super::compute::edited(&call.argv, &text))
                }
                Some(Content::Unknown) => None,
                None => continue,
            };
            let after = after.map_or(Content::Unknown, |text| Content::Known(Arg::known(text, word.span)));
            self.state.files.set(key, after);
        }
    }

    /// An interactive `sh` reads the file that `ENV` names, as bash reads that of `BASH_ENV`.
    fn start_up_file(&self, call: &mut Call) {
        let name = call.argv.first().and_then(Arg::text).unwrap_or_default();
        if !matches!(name.rsplit('/').next(), Some("sh" | "dash" | "ash" | "ksh" | "mksh")) {
            return;
        }
        let is_interactive = |word: &Arg| {
            word.text().and_then(|text| text.strip_prefix('-')).is_some_and(|letters| {
                letters.contains('i') && letters.bytes().all(|letter| letter.is_ascii_alphabetic())
            })
        };
        if !call.arguments().iter().any(is_interactive) {
            return;
        }
        let own = call.assignments.iter().find(|(name, _)| name == "ENV").map(|(_, value)| value.clone());
        let set = || match self.state.variables.get("ENV") {
            Some(Variable { values, exported: true, .. }) => match values.as_slice() {
                [Value::Scalar(value)] => Some(value.clone()),
                _ => None,
            },
            _ => None,
        };
        call.assignments.extend(own.or_else(set).map(|value| ("BASH_ENV".to_owned(), value)));
    }

    /// Arguments such as `/dev/fd/3` become what the descriptor leads to.
    fn descriptor_paths(&mut self, call: &mut Call) {
        let streams = call.opened.streams.clone();
        for index in 1..call.argv.len() {
            let word = &call.argv[index];
            let Some(descriptor) = word.text().filter(|text| text.len() > 7).and_then(descriptor_path) else {
                continue;
            };
            let Some(feed) = streams.read(descriptor).filter(|_| descriptor > 2) else { continue };
            let span = word.span;
            call.argv[index] = match &*feed.input {
                Input::File(path) => path.clone(),
                Input::Pipe(steps) => Arg::hole(Hole::filled(Source::Process(steps.clone())), span),
                Input::Text(text) => {
                    // As if something printed it.
                    let command = Command {
                        argv: vec![Arg::made("cat", span)],
                        input: Input::Text(text.clone()),
                        output: Some(text.clone()),
                        ..Command::default()
                    };
                    let id = self.push(Action::Command(command), span);
                    Arg::hole(Hole::filled(Source::Process(vec![id])), span)
                }
                _ => continue,
            };
        }
    }

    /// Adds the step of a call, and leads what it prints to where it goes.
    pub(super) fn emit(&mut self, call: Call, printed: Printed) -> StepId {
        let streams = call.opened.streams.clone();
        let copies = if call.opened.redirections.is_empty() { None } else { super::compute::copied(&call) };
        let command = Command {
            copies,
            argv: call.argv,
            redirections: call.opened.redirections.clone(),
            assignments: call.assignments,
            input: streams.read(0).map(|feed| (*feed.input).clone()).unwrap_or_default(),
            output: printed.known(),
        };
        let id = self.push(Action::Command(command), call.span);
        match printed {
            Printed::Nothing => {}
            Printed::String(text) => self.write(streams.write(1), &[text], id),
            Printed::Unknown => {
                let hole = Arg::hole(Hole::open(Source::Output(vec![id])), call.span);
                self.write(streams.write(1), std::slice::from_ref(&hole), id);
                if streams.write(2) != streams.write(1) {
                    self.write(streams.write(2), &[hole], id);
                }
            }
        }
        self.close(&call.opened);
        id
    }

    /// Runs `inner` with the assignments in front of its name.
    pub(super) fn with_assignments<T>(
        &mut self,
        assignments: &[(String, Arg)],
        inner: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let mut before: Vec<(Name, Option<Variable>)> = Vec::new();
        for (name, value) in assignments {
            let name: Name = Rc::from(name.as_str());
            before.push((name.clone(), self.state.variables.get(&name).cloned()));
            self.set_variable(&name, Variable { exported: true, ..Variable::scalar(value.clone()) });
        }
        let result = inner(self);
        self.restore(before);
        result
    }

    /// Gives variables back what they held.
    pub(super) fn restore(&mut self, variables: Vec<(Name, Option<Variable>)>) {
        for (name, variable) in variables.into_iter().rev() {
            let was_exported = self.state.variables.get(&name).is_some_and(|variable| variable.exported);
            if was_exported || variable.as_ref().is_some_and(|variable| variable.exported) {
                self.state.registers.context = None;
            }
            match variable {
                Some(variable) => self.state.variables.set(name, variable),
                None => self.state.variables.remove(&name),
            }
        }
    }
}

/// Whether a command may run for one of the parts, and fail.
fn substitutes(parts: &[Part]) -> bool {
    parts.iter().any(|part| match part {
        Part::CommandSubstitution { .. } => true,
        Part::DoubleQuoted { parts, .. } => substitutes(parts),
        _ => false,
    })
}

/// Whether POSIX has it as a special built-in.
fn is_special(name: &str) -> bool {
    matches!(
        name,
        ":" | "."
            | "break"
            | "continue"
            | "eval"
            | "exec"
            | "exit"
            | "export"
            | "readonly"
            | "return"
            | "set"
            | "shift"
            | "source"
            | "times"
            | "trap"
            | "unset"
    )
}

/// The calls that differ in what they say.
fn distinct(calls: Vec<Call>) -> Vec<Call> {
    let mut distinct: Vec<Call> = Vec::with_capacity(calls.len());
    for call in calls {
        let same = |other: &Call| {
            other.argv.len() == call.argv.len()
                && other.argv.iter().zip(&call.argv).all(|(one, other)| one.says_the_same(other))
                && other.assignments == call.assignments
                && other.opened.redirections.is_empty()
                && call.opened.redirections.is_empty()
                && other.opened.streams == call.opened.streams
        };
        if !distinct.iter().any(same) {
            distinct.push(call);
        }
    }
    distinct
}
