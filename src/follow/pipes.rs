//! Subshells, pipelines and substitutions: who writes what to whom.

use std::rc::Rc;

use super::follower::{Follower, Frame};
use super::state::{Channel, ChannelId, Drain, Feed};
use super::step::{Arg, Hole, Input, Source, StepId};
use super::value::{Array, Value, Variable};
use crate::shell::Dialect;
use crate::shell::ast::{Command, CommandKind, RedirectOperator, RedirectTarget, Script};
use crate::span::Span;

/// For how many texts the rest of a pipeline is followed one by one.
const TEXTS: usize = 4;

impl<'a> Follower<'a, '_> {
    /// Follows `inner` in a subshell: what it changes ends with it.
    pub(super) fn subshell<T>(&mut self, inner: impl FnOnce(&mut Self) -> T) -> T {
        let mark = self.mark();
        if !self.state.registers.traps.is_empty() {
            self.state.registers.traps = Rc::default();
        }
        self.frames.push(Frame::shell(mark.clone()));
        let result = inner(self);
        self.end_shell();
        self.state.leave(&mark);
        result
    }

    /// Follows the stages of a pipeline, the first reading from `feed`.
    pub(super) fn stages(&mut self, commands: &'a [Command], feed: Option<Feed>) {
        let Some((command, rest)) = commands.split_first() else { return };
        if rest.is_empty() {
            let here = self.state.registers.options.lastpipe || self.dialect == Dialect::Zsh;
            return self.last_stage(command, feed, here);
        }
        let channel = self.new_channel();
        self.subshell(|follower| {
            let streams = Rc::make_mut(&mut follower.state.registers.streams);
            if let Some(feed) = feed {
                streams.set_read(0, feed);
            }
            streams.set_write(1, Drain::Channel(channel));
            follower.command(command, None);
        });
        let mut feeds = self.feeds(channel);
        if feeds.len() < 2 {
            return self.stages(rest, feeds.pop());
        }
        // Any of them is what comes.
        let mark = self.mark();
        let mut ways = Vec::with_capacity(feeds.len());
        for feed in feeds {
            self.stages(rest, Some(feed));
            ways.push(self.snapshot(&mark));
            self.state.undo(&mark);
        }
        self.resume(&mark, ways);
    }

    fn last_stage(&mut self, command: &'a Command, feed: Option<Feed>, here: bool) {
        let run = |follower: &mut Self| {
            let before = follower.state.registers.streams.clone();
            if let Some(feed) = feed {
                Rc::make_mut(&mut follower.state.registers.streams).set_read(0, feed);
            }
            follower.command(command, None);
            follower.state.registers.streams = before;
        };
        if here {
            run(self);
        } else if self.state.registers.options.maybe_lastpipe {
            let mark = self.mark();
            let before = self.snapshot(&mark);
            run(self);
            let after = self.snapshot(&mark);
            self.resume(&mark, vec![before, after]);
        } else {
            self.subshell(run);
        }
    }

    /// What the reader of a pipe may get.
    fn feeds(&mut self, channel: ChannelId) -> Vec<Feed> {
        let texts = self.take_written(channel);
        if texts.len() > TEXTS {
            let all = self.all_writers(channel);
            return vec![self.feed(as_input(all))];
        }
        texts.into_iter().map(|text| self.feed(as_input(text))).collect()
    }

    /// Something to read from, from its beginning.
    pub(super) fn feed(&mut self, input: Input) -> Feed {
        Feed { input: Rc::new(input), channel: self.new_channel() }
    }

    /// All that may have been written to a channel that nothing writes to any more.
    pub(super) fn take_written(&mut self, channel: ChannelId) -> Vec<Arg> {
        let texts = match self.state.channels.get(&channel) {
            Some(Channel::Written(texts)) => texts.clone(),
            _ => return vec![Arg::default()],
        };
        self.state.channels.remove(&channel);
        texts
    }

    /// `$(…)`: what the script may print, without the newlines at its end.
    pub(super) fn substitution(&mut self, script: &'a Script, span: Span) -> Vec<Arg> {
        if let Some(values) = self.file_substitution(script) {
            return values;
        }
        let channel = self.new_channel();
        let outer = std::mem::take(&mut self.choices);
        let conditions = std::mem::take(&mut self.conditions);
        self.deeper((), |follower| {
            follower.subshell(|follower| {
                Rc::make_mut(&mut follower.state.registers.streams).set_write(1, Drain::Channel(channel));
                follower.script(script);
            });
        });
        self.conditions = conditions;
        self.choices = outer;
        let span = self.at(span);
        let texts = self.take_written(channel);
        let mut values: Vec<Arg> = Vec::with_capacity(texts.len());
        for text in texts {
            let value = text.without_last_newlines().at(span);
            if !values.iter().any(|known| known.says_the_same(&value)) {
                values.push(value);
            }
        }
        values
    }

    /// `$(< file)`
    fn file_substitution(&mut self, script: &'a Script) -> Option<Vec<Arg>> {
        let [item] = script.items.as_slice() else { return None };
        let [command] = item.first.commands.as_slice() else { return None };
        let ([redirect], CommandKind::Simple(simple)) = (command.redirects.as_slice(), &command.kind) else {
            return None;
        };
        let RedirectTarget::Word(word) = &redirect.target else { return None };
        let plain = item.rest.is_empty() && !item.background && !item.first.negated && !item.first.timed;
        let only = simple.words.is_empty() && simple.assignments.is_empty();
        if !plain || !only || redirect.operator != RedirectOperator::Read {
            return None;
        }
        let outer = std::mem::take(&mut self.choices);
        let paths = self.rounds(|follower| follower.single(word));
        self.choices = outer;
        let contents = paths.into_iter().map(|path| match self.content(&path) {
            Some(content) => content.without_last_newlines(),
            None => {
                let span = path.span;
                Arg::hole(Hole::open(Source::File(Box::new(path))), span)
            }
        });
        Some(contents.collect())
    }

    /// `<(…)` and `>(…)`: the hole that stands for its path.
    pub(super) fn process(&mut self, output: bool, script: &'a Script) -> Hole {
        let outer = std::mem::take(&mut self.choices);
        let conditions = std::mem::take(&mut self.conditions);
        let (first, writers) = (self.steps.len(), self.writers.len());
        let channel = self.new_channel();
        let unknown = self.feed(Input::Unknown);
        self.deeper((), |follower| {
            let run = |follower: &mut Self| {
                let streams = Rc::make_mut(&mut follower.state.registers.streams);
                match output {
                    true => streams.set_read(0, unknown),
                    false => streams.set_write(1, Drain::Channel(channel)),
                }
                follower.script(script);
            };
            follower.beside(|follower| follower.subshell(run));
        });
        self.conditions = conditions;
        self.choices = outer;
        let steps: Vec<StepId> = match output {
            true => (first..self.steps.len()).collect(),
            false => {
                let since = self.writers.get(writers..).unwrap_or_default();
                since.iter().filter(|(other, _)| *other == channel).map(|(_, step)| *step).collect()
            }
        };
        self.state.channels.remove(&channel);
        Hole::filled(Source::Process(steps))
    }

    /// `coproc`
    pub(super) fn coprocess(&mut self, name: Option<&str>, body: &'a Command) {
        let unknown = self.feed(Input::Unknown);
        self.in_background(|follower| {
            let streams = Rc::make_mut(&mut follower.state.registers.streams);
            streams.set_read(0, unknown);
            streams.set_write(1, Drain::Outside);
            follower.command(body, None);
        });
        let number = || Arg::hole(Hole::filled(Source::Number), Span::default());
        let ends = Value::Array(Rc::new(Array::of(vec![number(), number()])));
        self.set_variable(name.unwrap_or("COPROC"), Variable { values: vec![ends], ..Variable::default() });
    }
}

/// What somebody reads who gets `text`.
pub(super) fn as_input(text: Arg) -> Input {
    if let Some(known) = text.as_text() {
        return if known.is_empty() { Input::Nothing } else { Input::Text(known) };
    }
    match text.only_hole().map(|hole| &hole.source) {
        Some(Source::Output(steps)) => Input::Pipe(steps.clone()),
        Some(Source::File(path)) => Input::File((**path).clone()),
        _ => Input::Mixed(text),
    }
}
