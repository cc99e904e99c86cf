//! Loops: their bodies are followed until what the variables may hold no longer grows.

use super::endless::{always_holds, has_a_round, outcome};
use super::follower::{Follower, Frame};
use super::parameters::unknown;
use super::state::{Channel, Mark, Snapshot};
use super::step::{Arg, Hole, Piece, Source, StepId};
use super::tracked::Changes;
use super::value::{self, Value, Variable};
use super::{limits, state};
use crate::shell::ast::{Arithmetic, Script, Word};
use crate::span::Span;

/// How often a loop certainly runs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rounds {
    /// Perhaps not at all.
    Any,
    /// Once or more.
    Some,
    /// Until something inside it leaves it; it stands there.
    Endless(Span),
}

/// How often a body is followed to find what it changes, before what still grows counts as unknown.
const ROUNDS: usize = 3;

impl<'a> Follower<'a, '_> {
    /// `while` and `until`.
    pub(super) fn while_loop(&mut self, until: bool, condition: &'a Script, body: &'a Script, span: Span) {
        let endless = outcome(condition) == Some(!until);
        let rounds = if endless { Rounds::Endless(span) } else { Rounds::Any };
        self.repeat(rounds, |follower, mark| {
            let fail = follower.condition(condition, mark);
            let failed = follower.ways_of_failure(fail, mark);
            follower.script(body);
            failed
        });
    }

    /// `for` and `select`: the variable is one of the words. `select` leaves it empty when the answer names none.
    pub(super) fn for_loop(
        &mut self,
        select: bool,
        name: &'a str,
        words: Option<&'a [Word]>,
        body: &'a Script,
        span: Span,
    ) {
        let span = self.at(span);
        let items = match words {
            Some(words) => self.rounds(|follower| follower.words(words)).concat(),
            None => self.state.registers.arguments.all(),
        };
        let mut values = items_as_values(name, items, span);
        if select {
            values.push(Value::Scalar(Arg::default()));
            self.set_values("REPLY", vec![Value::Scalar(unknown("REPLY", span))]);
        }
        let rounds = if has_a_round(words) { Rounds::Some } else { Rounds::Any };
        self.repeat(rounds, |follower, _| {
            if !values.is_empty() {
                follower.set_values(name, values.clone());
            }
            follower.script(body);
            Vec::new()
        });
    }

    /// `for ((…))`
    pub(super) fn arithmetic_for(
        &mut self,
        [init, condition, update]: [&'a Arithmetic; 3],
        body: &'a Script,
        span: Span,
    ) {
        self.arithmetic(init);
        let rounds = if always_holds(condition) { Rounds::Endless(span) } else { Rounds::Any };
        self.repeat(rounds, |follower, _| {
            follower.arithmetic(condition);
            follower.script(body);
            follower.arithmetic(update);
            Vec::new()
        });
    }

    /// Follows a body that may run any number of times. It gives the states from which the loop ends otherwise
    /// than at its end.
    ///
    /// Until what it changes is found, loops inside it are only passed through, so that nesting costs a sum of
    /// rounds and not a product.
    fn repeat(&mut self, rounds: Rounds, mut body: impl FnMut(&mut Self, &Mark<'a>) -> Vec<Snapshot<'a>>) {
        if self.searching {
            return self.pass_through(rounds, body);
        }
        let first_step = self.steps.len();
        let mark = self.mark();
        let mut earlier = vec![self.snapshot(&mark)];
        let mut found = false;
        for round in 0..=ROUNDS + 1 {
            self.forget_steps(first_step);
            self.resume(&mark, earlier.clone());
            let before = self.snapshot(&mark);
            self.searching = !found;
            self.passed_loops = false;
            let ways = self.once(rounds, &mark, &mut body);
            self.searching = false;
            earlier.extend(ways);
            self.resume(&mark, earlier);
            let after = self.snapshot(&mark).without_steps_from(first_step);
            let settled = after.says_the_same(&before);
            if found || self.is_exhausted() || (settled && !self.passed_loops) {
                return;
            }
            found = settled || round >= ROUNDS;
            let grows = !settled && round + 1 >= ROUNDS;
            earlier = vec![if grows { after.widened(&before, &self.writers) } else { after }];
        }
    }

    /// Follows a loop once, and takes everything that it changes as unknown behind it.
    fn pass_through(&mut self, rounds: Rounds, mut body: impl FnMut(&mut Self, &Mark<'a>) -> Vec<Snapshot<'a>>) {
        self.passed_loops = true;
        let mark = self.mark();
        let before = self.snapshot(&mark);
        let mut ways = self.once(rounds, &mark, &mut body);
        ways.push(before.clone());
        self.resume(&mark, ways);
        let after = self.snapshot(&mark).widened(&before, &self.writers);
        self.resume(&mark, vec![after]);
    }

    /// One round: the states in which it ended.
    fn once(
        &mut self,
        rounds: Rounds,
        mark: &Mark<'a>,
        body: &mut impl FnMut(&mut Self, &Mark<'a>) -> Vec<Snapshot<'a>>,
    ) -> Vec<Snapshot<'a>> {
        let moment = self.moment();
        self.frames.push(Frame::Loop { mark: mark.clone(), left: Vec::new(), may_leave: false });
        let mut ways = self.optionally(rounds != Rounds::Any, |follower| body(follower, mark));
        if let Some(Frame::Loop { left, may_leave, .. }) = self.frames.pop() {
            ways.extend(left);
            if let (Rounds::Endless(span), false) = (rounds, may_leave) {
                self.round_without_waiting(moment, span);
            }
        }
        ways.push(self.snapshot(mark));
        ways
    }
}

/// What a loop variable may be. An item that may fall into several words is any one of them.
fn items_as_values(name: &str, items: Vec<Arg>, span: Span) -> Vec<Value> {
    let mut strings: Vec<Arg> = Vec::new();
    for mut item in items {
        let alone = item.only_hole().is_some();
        for piece in &mut item.pieces {
            if let Piece::Hole(hole) = piece {
                hole.may_be_empty &= !(alone && hole.splits);
                hole.splits = false;
            }
        }
        if strings.len() < limits::WORDS && !strings.iter().rev().take(64).any(|known| known.says_the_same(&item)) {
            strings.push(item);
        }
    }
    if strings.len() > limits::ALTERNATIVES {
        let common = value::common(&strings, Source::Variable(name.to_owned()));
        return vec![Value::Scalar(common.at(span))];
    }
    strings.into_iter().map(Value::Scalar).collect()
}

impl<'a> Snapshot<'a> {
    /// Whether both hold the same.
    fn says_the_same(&self, other: &Snapshot<'a>) -> bool {
        same_variables(&self.variables, &other.variables)
            && self.functions.len() == other.functions.len()
            && self.aliases.len() == other.aliases.len()
            && self.files.len() == other.files.len()
            && same_channels(&self.channels, &other.channels)
            && self.registers.says_the_same(&other.registers)
    }

    /// The same without naming steps from `first` on, which are about to be followed anew.
    fn without_steps_from(mut self, first: StepId) -> Snapshot<'a> {
        for (name, variable) in &mut self.variables {
            let Some(variable) = variable.as_mut().filter(|v| v.values.iter().any(|value| value.comes_from(first)))
            else {
                continue;
            };
            let mut values: Vec<Value> = Vec::new();
            for value in &variable.values {
                let value = if value.comes_from(first) { blurred(value, name, first) } else { value.clone() };
                value::unite(&mut values, [&value]);
            }
            variable.values = values;
        }
        for (_, channel) in &mut self.channels {
            if let Some(Channel::Written(texts)) = channel {
                texts.iter_mut().for_each(|text| blur(text, Source::Other, first));
            }
        }
        self
    }

    /// The same with everything unknown that grew since `before`.
    fn widened(mut self, before: &Snapshot<'a>, writers: &[(state::ChannelId, StepId)]) -> Snapshot<'a> {
        for (name, variable) in &mut self.variables {
            let Some(variable) = variable else { continue };
            variable.values = vec![widened(name, &variable.values)];
        }
        for (channel, content) in &mut self.channels {
            let grew = before.channels.iter().all(|(other, old)| other != channel || !same_channel(old, content));
            match content {
                Some(Channel::Written(texts)) if grew => {
                    let steps = writers.iter().filter(|(other, _)| other == channel).map(|(_, step)| *step).collect();
                    *texts = vec![Arg::hole(Hole::open(Source::Output(steps)), Span::default())];
                }
                Some(Channel::Read(read)) => *read = None,
                _ => {}
            }
        }
        self
    }
}

/// What a variable is that goes on changing.
pub(super) fn widened(name: &str, values: &[Value]) -> Value {
    match values.iter().any(|value| matches!(value, Value::Array(_))) {
        true => value::unknown_array(name),
        false => Value::Scalar(Arg::hole(widened_hole(name, values), Span::default())),
    }
}

fn widened_hole(name: &str, values: &[Value]) -> Hole {
    let number = values.iter().all(|value| match value {
        Value::Scalar(string) => match string.only_hole() {
            Some(hole) => hole.source == Source::Number,
            None => string.text().is_some_and(|t| !t.is_empty() && t.bytes().all(|byte| byte.is_ascii_digit())),
        },
        _ => false,
    });
    match number {
        true => Hole::filled(Source::Number),
        false => Hole::open(Source::Variable(name.to_owned())),
    }
}

fn blurred(value: &Value, name: &str, first: StepId) -> Value {
    match value {
        Value::Scalar(string) => {
            let mut string = string.clone();
            blur(&mut string, Source::Variable(name.to_owned()), first);
            Value::Scalar(string)
        }
        Value::Array(array) => {
            let mut array = (**array).clone();
            array.change(|element| blur(element, Source::Variable(name.to_owned()), first));
            Value::Array(array.into())
        }
        Value::Unset => Value::Unset,
    }
}

fn blur(string: &mut Arg, source: Source, first: StepId) {
    for piece in &mut string.pieces {
        if let Piece::Hole(hole) = piece
            && let Source::Output(steps) | Source::Process(steps) = &hole.source
            && steps.iter().any(|step| *step >= first)
        {
            hole.source = source.clone();
        }
    }
}

fn same_variables(one: &Changes<state::Name, Variable>, other: &Changes<state::Name, Variable>) -> bool {
    one.len() == other.len()
        && one.iter().zip(other).all(|((name, variable), (other_name, other_variable))| {
            name == other_name
                && match (variable, other_variable) {
                    (Some(one), Some(other)) => one.says_the_same(other),
                    (None, None) => true,
                    _ => false,
                }
        })
}

fn same_channels(one: &Changes<state::ChannelId, Channel>, other: &Changes<state::ChannelId, Channel>) -> bool {
    one.len() == other.len()
        && one
            .iter()
            .zip(other)
            .all(|((id, channel), (other_id, other))| id == other_id && same_channel(channel, other))
}

fn same_channel(one: &Option<Channel>, other: &Option<Channel>) -> bool {
    match (one, other) {
        (Some(Channel::Written(one)), Some(Channel::Written(other))) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.says_the_same(other))
        }
        (Some(Channel::Read(one)), Some(Channel::Read(other))) => one == other,
        (None, None) => true,
        _ => false,
    }
}
