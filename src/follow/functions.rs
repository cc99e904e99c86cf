//! Functions, and everything that control leaves early: `return`, `break`, `exit`.

use std::rc::Rc;

use super::command::{Call, Lookup};
use super::follower::{CallFrame, Fail, Follower, Frame, Printed};
use super::limits;
use super::source::Source;
use super::state::{Arguments, Body, Function, Mark, Name, Snapshot};
use super::step::{Action, Arg, Hole, Source as Filler};
use super::value::{self, Variable};
use crate::shell::Dialect;
use crate::shell::ast::{Command, CommandKind, Script};
use crate::span::Span;

impl<'a> Follower<'a, '_> {
    /// `name() { … }`: runs nothing.
    pub(super) fn define(&mut self, name: &'a str, body: &'a Command, definition: &'a Command) {
        let body = Body { command: body, redirects: &definition.redirects, source: self.source, span: definition.span };
        self.spend(64);
        // A name that counted as a program's would hide what runs.
        match self.state.functions.len() < limits::VARIABLES || self.state.functions.get(name).is_some() {
            true => self.state.functions.set(Name::from(name), Function::defined(body)),
            false => self.exhaust(),
        }
        // Bash calls it for every program that it does not find.
        if name == "command_not_found_handle" && !self.in_function() {
            self.subshell(|follower| follower.call_exported(body));
        }
    }

    /// Defines a function that was exported to this shell.
    pub(super) fn import(&mut self, source: Source, name: &str) {
        let Some(source) = self.keeper.keep(source) else { return };
        for item in &source.script.items {
            if let [command] = item.first.commands.as_slice()
                && let CommandKind::Function { name: defined, body } = &command.kind
                && defined == name
            {
                let before = std::mem::replace(&mut self.source, source);
                self.define(defined, body, command);
                self.source = before;
            }
        }
        if let Some(function) = self.state.functions.modify(name) {
            function.exported = true;
            self.exports.insert(Name::from(name));
        }
    }

    /// Calls a function.
    pub(super) fn call_function(&mut self, function: Function<'a>, call: Call, mark: Option<&Mark<'a>>) -> Fail<'a> {
        if function.may_be_other {
            self.unreadable("a function that may be any of very many", call.span);
        }
        if function.bodies.len() == 1 && !function.may_be_missing {
            return match function.bodies.first() {
                Some(body) => self.call_body(*body, call, mark),
                None => Fail::Same,
            };
        }
        let start = self.mark();
        let mut ends = Vec::with_capacity(function.bodies.len() + 1);
        for body in &function.bodies {
            self.call_body(*body, call.clone(), None);
            ends.push(self.snapshot(&start));
            self.state.undo(&start);
        }
        if function.may_be_missing {
            self.run(call, Lookup { functions: false, ..Lookup::ALL }, None);
            ends.push(self.snapshot(&start));
        }
        self.resume(&start, ends);
        Fail::Same
    }

    fn call_body(&mut self, body: Body<'a>, call: Call, mark: Option<&Mark<'a>>) -> Fail<'a> {
        if self.multiplies(&body) {
            let span = call.span;
            self.push(Action::Endless { because: "starts itself again and again without end" }, span);
        }
        let active =
            |frame: &Frame<'a>| matches!(frame, Frame::Call(call) if call.body == Some(&raw const *body.command));
        let depth = self.frames.iter().filter(|frame| active(frame)).count();
        if depth > limits::RECURSION {
            return Fail::Same;
        }
        if depth == limits::RECURSION {
            self.call_again(body, call);
            return Fail::Same;
        }
        self.call_once(body, call, mark)
    }

    /// A function that calls itself once more, for all the calls that may follow: what changes from one to the next is
    /// not known in it.
    fn call_again(&mut self, body: Body<'a>, mut call: Call) {
        let active = self.frames.iter().rev().find_map(|frame| match frame {
            Frame::Call(frame) if frame.body == Some(&raw const *body.command) => Some(frame),
            _ => None,
        });
        let Some(frame) = active else { return };
        let names = self.state.changed_variables(&frame.mark);
        let before = frame.arguments.words.clone().unwrap_or_default();
        let words = call.argv.get(1..).unwrap_or_default();
        let differ =
            before.len() != words.len() || !before.iter().zip(words).all(|(one, other)| one.says_the_same(other));
        if names.is_empty() && !differ {
            return;
        }
        let start = self.mark();
        for name in names {
            if let Some(variable) = self.state.variables.get(&name) {
                let widened = Variable { values: vec![super::loops::widened(&name, &variable.values)], ..*variable };
                self.set_variable(&name, widened);
            }
        }
        let words = following_words(&before, words);
        call.argv.truncate(1);
        call.argv.extend(words);
        self.call_once(body, call, None);
        self.state.undo(&start);
    }

    fn call_once(&mut self, body: Body<'a>, call: Call, mark: Option<&Mark<'a>>) -> Fail<'a> {
        let Call { mut argv, assignments, opened, .. } = call;
        argv.drain(..1.min(argv.len()));
        self.within(&opened, |follower| {
            follower.with_assignments(&assignments, |follower| {
                let name = follower.state.registers.arguments.name.clone();
                let arguments = Arguments { name, words: Some(argv) };
                let run = |follower: &mut Self| match body.redirects {
                    [] => follower.command(body.command, None),
                    redirects => follower.redirected(redirects, |follower| follower.command(body.command, None)),
                };
                follower.in_frame(Some(&raw const *body.command), body.source, Some(arguments), mark, run)
            })
        })
    }

    /// Follows `inner` as something that `return` leaves, in its own text and with its own arguments.
    pub(super) fn in_frame(
        &mut self,
        body: Option<*const Command>,
        source: &'a Source,
        arguments: Option<Arguments>,
        mark: Option<&Mark<'a>>,
        inner: impl FnOnce(&mut Self) -> Fail<'a>,
    ) -> Fail<'a> {
        let start = self.mark();
        let traps = self.state.registers.traps.len();
        let frame = CallFrame {
            body,
            mark: start.clone(),
            arguments: arguments.clone().map_or_else(|| self.state.registers.arguments.clone(), Rc::new),
            succeeded: Vec::new(),
            failed: Vec::new(),
            locals: Vec::new(),
            traps,
            optional: self.pace.optional,
            may_leave: false,
        };
        self.frames.push(Frame::Call(Box::new(frame)));
        let outer_source = std::mem::replace(&mut self.source, source);
        let outer_arguments = self.state.registers.arguments.clone();
        if let Some(arguments) = arguments {
            self.state.registers.arguments = Rc::new(arguments);
        }
        let own_arguments = !Rc::ptr_eq(&outer_arguments, &self.state.registers.arguments);
        let fail = self.deeper(Fail::Same, inner);
        self.source = outer_source;
        let Some(Frame::Call(frame)) = self.frames.pop() else { return Fail::Same };
        let fail = self.leave_frame(*frame, fail, &start, mark);
        if own_arguments {
            self.state.registers.arguments = outer_arguments;
        }
        fail
    }

    /// Joins the ways on which a function ended.
    fn leave_frame(
        &mut self,
        frame: CallFrame<'a>,
        fail: Fail<'a>,
        start: &Mark<'a>,
        mark: Option<&Mark<'a>>,
    ) -> Fail<'a> {
        let CallFrame { mut succeeded, failed, locals, traps, .. } = frame;
        self.settle(fail, Some(start));
        if !succeeded.is_empty() || !failed.is_empty() {
            succeeded.push(self.snapshot(start));
            if mark.is_none() {
                succeeded.extend(failed.iter().cloned());
            }
            self.resume(start, succeeded);
        }
        self.traps_of_locals(&locals, traps);
        self.restore(locals);
        match mark {
            Some(_) if !failed.is_empty() => match failed.first() {
                // Where the shell stands is what differs; the rest is kept joined.
                Some(first) => {
                    let place = failed
                        .iter()
                        .skip(1)
                        .fold(first.registers.place.clone(), |place, way| place.join(&way.registers.place));
                    Fail::Place(place)
                }
                None => Fail::Same,
            },
            _ => Fail::Same,
        }
    }

    /// `return`
    pub(super) fn return_from(&mut self, call: Call) -> Fail<'a> {
        let status = call.arguments().first().map(|status| status.text().and_then(|text| text.parse::<i64>().ok()));
        self.emit(call, Printed::Nothing);
        let found = self.frames.iter().rposition(|frame| matches!(frame, Frame::Call(_) | Frame::Shell { .. }));
        self.may_leave(found.unwrap_or(0));
        let mark = match found.and_then(|index| self.frames.get(index)) {
            Some(Frame::Call(frame)) => frame.mark.clone(),
            _ => return self.die(),
        };
        let snapshot = self.snapshot(&mark);
        if let Some(Frame::Call(frame)) = found.and_then(|index| self.frames.get_mut(index)) {
            match status {
                Some(Some(0)) => frame.succeeded.push(snapshot),
                Some(Some(_)) => frame.failed.push(snapshot),
                _ => {
                    frame.succeeded.push(snapshot.clone());
                    frame.failed.push(snapshot);
                }
            }
        }
        self.die()
    }

    /// `break` and `continue`
    pub(super) fn leave_loop(&mut self, call: Call) -> Fail<'a> {
        let levels = match call.arguments().first() {
            None => Some(1),
            Some(count) => count.text().and_then(|text| text.parse::<usize>().ok()),
        };
        let name = call.argv.first().and_then(Arg::text).map(str::to_owned);
        self.emit(call, Printed::Nothing);
        let mut seen = 0;
        let leaves = name.as_deref() == Some("break");
        for index in (0..self.frames.len()).rev() {
            let mark = match self.frames.get(index) {
                Some(Frame::Loop { mark, .. }) => mark.clone(),
                Some(Frame::Call(_)) => continue,
                _ => break,
            };
            seen += 1;
            if levels.is_some_and(|levels| seen != levels) {
                continue;
            }
            if leaves || seen > 1 {
                self.may_leave(index);
            }
            let snapshot = self.snapshot(&mark);
            if let Some(Frame::Loop { left, .. }) = self.frames.get_mut(index) {
                left.push(snapshot);
            }
        }
        if seen == 0 { Fail::Same } else { self.die() }
    }

    /// `exit`
    pub(super) fn exit(&mut self, call: Call) -> Fail<'a> {
        self.emit(call, Printed::Nothing);
        self.leave_shell()
    }

    /// Ends the shell at hand. What stands behind it is followed all the same.
    pub(super) fn leave_shell(&mut self) -> Fail<'a> {
        let shell = self.frames.iter().rposition(|frame| matches!(frame, Frame::Shell { .. }));
        self.may_leave(shell.unwrap_or(0));
        if !self.state.registers.traps.is_empty() {
            let found = self.frames.iter().rposition(|frame| matches!(frame, Frame::Shell { .. }));
            let mark = match found.and_then(|index| self.frames.get(index)) {
                Some(Frame::Shell { mark, .. }) => mark.clone(),
                _ => return self.die(),
            };
            let snapshot = self.snapshot(&mark);
            if let Some(Frame::Shell { left, .. }) = found.and_then(|index| self.frames.get_mut(index)) {
                left.push(snapshot);
            }
        }
        self.die()
    }

    fn die(&mut self) -> Fail<'a> {
        self.state.registers.dead = true;
        Fail::Never
    }

    /// The end of a shell: its traps run.
    pub(super) fn end_shell(&mut self) {
        let Some(Frame::Shell { mark, left, .. }) = self.frames.pop() else { return };
        if self.state.registers.traps.is_empty() {
            return;
        }
        let mut ways: Vec<Snapshot<'a>> = left;
        ways.push(self.snapshot(&mark));
        self.resume(&mark, ways);
        self.state.registers.dead = false;
        let traps = std::mem::take(&mut self.state.registers.traps);
        self.frames.push(Frame::shell(mark));
        for trap in traps.iter() {
            self.run_trap(trap);
        }
        self.frames.pop();
    }

    /// Traps that were set in a function and use what is local to it run with that.
    fn traps_of_locals(&mut self, locals: &[(Name, Option<Variable>)], first: usize) {
        if locals.is_empty() || self.state.registers.traps.len() <= first {
            return;
        }
        let traps = self.state.registers.traps.clone();
        let uses = |code: &Arg| {
            let text = code.shown(" ");
            locals.iter().any(|(name, _)| text.contains(&format!("${name}")) || text.contains(&format!("${{{name}")))
        };
        let (now, later): (Vec<_>, Vec<_>) =
            traps.iter().enumerate().partition(|(index, trap)| *index >= first && uses(&trap.code));
        self.state.registers.traps = Rc::new(later.into_iter().map(|(_, trap)| trap.clone()).collect());
        for (_, trap) in now {
            self.run_trap(trap);
        }
    }

    /// A name that `local` hides until the function ends.
    pub(super) fn hide(&mut self, name: &str) {
        let before = self.state.variables.get(name).cloned();
        let name: Name = Rc::from(name);
        let frame = self.frames.iter_mut().rev().find_map(|frame| match frame {
            Frame::Call(frame) if frame.body.is_some() => Some(frame),
            _ => None,
        });
        if let Some(frame) = frame
            && !frame.locals.iter().any(|(known, _)| *known == name)
        {
            frame.locals.push((name, before));
        }
    }

    /// Whether a function is active.
    pub(super) fn in_function(&self) -> bool {
        self.frames.iter().any(|frame| matches!(frame, Frame::Call(call) if call.body.is_some()))
    }

    /// Follows a text in the shell at hand.
    pub(super) fn run_here(&mut self, source: &'a Source, mark: Option<&Mark<'a>>) -> Fail<'a> {
        let outer = std::mem::replace(&mut self.source, source);
        let script: &'a Script = &source.script;
        let fail = match mark {
            Some(mark) => self.script_ends(script, mark),
            None => {
                self.script(script);
                Fail::Same
            }
        };
        self.source = outer;
        fail
    }

    /// Whether aliases are expanded without being asked for.
    pub(super) fn expands_aliases(&self) -> bool {
        self.state.registers.options.aliases || self.dialect != Dialect::Bash
    }
}

/// The arguments of all calls behind these two: what they have in common, where each stays in its place.
fn following_words(before: &[Arg], words: &[Arg]) -> Vec<Arg> {
    let moved = before.len() != words.len()
        || words.iter().enumerate().any(|(index, word)| {
            let elsewhere = |(other, known): (usize, &Arg)| other != index && known.says_the_same(word);
            !before.get(index).is_some_and(|known| known.says_the_same(word))
                && before.iter().enumerate().any(elsewhere)
        });
    if moved {
        let hole = Hole { splits: true, ..Hole::open(Filler::Variable("@".to_owned())) };
        return vec![Arg::hole(hole, Span::default())];
    }
    let both = before.iter().zip(words).enumerate();
    both.map(|(index, (one, other))| match one.says_the_same(other) {
        true => other.clone(),
        false => value::common(&[one.clone(), other.clone()], Filler::Variable((index + 1).to_string())),
    })
    .collect()
}
