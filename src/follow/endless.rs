//! Processes without end: a function that starts itself in further shells whatever happens, and a loop that never
//! ends, starts jobs and waits for nothing.
//!
//! What may be skipped does not count, so a recursion that has an end is none of these: the body of an `if`, the
//! right side of `&&`, everything behind a `return` that may be taken. Only conditions that are written as
//! constants count as sure (`true`, `:`, `((1))`).

use super::command::Call;
use super::follower::{Follower, Frame, Printed};
use super::state::Body;
use super::step::{Action, Arg};
use crate::shell::ast::{Arithmetic, CaseArm, CommandKind, Condition, Part, Pipeline, Script, Word};
use crate::span::Span;

/// How processes come and go around the command at hand.
#[derive(Default)]
pub(super) struct Pace {
    /// How many constructs stand around it that may pass it by.
    pub optional: u32,
    /// The jobs that were started and not waited for.
    started: usize,
    /// The commands that took time before the next one could run.
    waited: usize,
}

/// A moment, to tell what happened since.
#[derive(Clone, Copy)]
pub(super) struct Moment {
    started: usize,
    waited: usize,
}

impl<'a> Follower<'a, '_> {
    /// Follows something that may be passed by, unless `sure`.
    pub(super) fn optionally<T>(&mut self, sure: bool, inner: impl FnOnce(&mut Self) -> T) -> T {
        self.pace.optional += u32::from(!sure);
        let result = inner(self);
        self.pace.optional -= u32::from(!sure);
        result
    }

    /// Follows a job that nobody waits for.
    pub(super) fn in_background<T>(&mut self, inner: impl FnOnce(&mut Self) -> T) -> T {
        let waited = self.pace.waited;
        let result = self.beside(|follower| follower.subshell(inner));
        self.pace.waited = waited;
        self.pace.started += 1;
        result
    }

    /// Notes that a command takes time.
    pub(super) fn takes_time(&mut self) {
        self.pace.waited += 1;
    }

    /// The present moment.
    pub(super) fn moment(&self) -> Moment {
        Moment { started: self.pace.started, waited: self.pace.waited }
    }

    /// Adds a step for a loop that never ends, when it only started jobs since `moment`.
    pub(super) fn round_without_waiting(&mut self, moment: Moment, span: Span) {
        if self.pace.started > moment.started && self.pace.waited == moment.waited {
            let span = self.at(span);
            self.push(Action::Endless { because: "starts processes in a loop without end" }, span);
        }
    }

    /// Notes that control may leave the frames from `index` on before they end.
    pub(super) fn may_leave(&mut self, index: usize) {
        if self.state.registers.dead {
            return;
        }
        for frame in self.frames.iter_mut().skip(index) {
            match frame {
                Frame::Call(call) => call.may_leave = true,
                Frame::Loop { may_leave, .. } | Frame::Shell { may_leave, .. } => *may_leave = true,
            }
        }
    }

    /// Whether a call of `body` by itself starts process after process: it runs in a shell of its own, and nothing
    /// can pass it by.
    pub(super) fn multiplies(&self, body: &Body<'a>) -> bool {
        let active =
            |frame: &Frame<'a>| matches!(frame, Frame::Call(call) if call.body == Some(&raw const *body.command));
        let Some(index) = self.frames.iter().rposition(active) else { return false };
        let around = self.frames.get(index..).unwrap_or_default();
        let in_new_shell = around.iter().any(|frame| matches!(frame, Frame::Shell { .. }));
        let may_stop = around.iter().any(|frame| match frame {
            Frame::Call(call) => call.may_leave,
            Frame::Loop { may_leave, .. } | Frame::Shell { may_leave, .. } => *may_leave,
        });
        let sure = matches!(around.first(), Some(Frame::Call(call)) if call.optional == self.pace.optional);
        in_new_shell && sure && !may_stop && !self.state.registers.dead
    }
}

/// Whether a script certainly succeeds or fails, as it is written.
pub(super) fn outcome(script: &Script) -> Option<bool> {
    let last = script.items.last()?;
    match last.rest.last() {
        _ if last.background => Some(true),
        Some((_, pipeline)) => outcome_of(pipeline),
        None => outcome_of(&last.first),
    }
}

/// Whether a pipeline certainly succeeds or fails, as it is written.
pub(super) fn outcome_of(pipeline: &Pipeline) -> Option<bool> {
    let outcome = match &pipeline.commands.last()?.kind {
        CommandKind::Simple(simple) if simple.words.is_empty() => None,
        CommandKind::Simple(simple) => simple_outcome(&simple.words),
        CommandKind::Group(script) | CommandKind::Subshell(script) => outcome(script),
        CommandKind::Arithmetic(expression) => number(expression).map(|number| number != 0),
        CommandKind::Conditional(condition) => match &**condition {
            Condition::Word(word) => word.literal().map(|text| !text.is_empty()),
            _ => None,
        },
        CommandKind::Function { .. } => Some(true),
        _ => None,
    };
    outcome.map(|outcome| outcome != pipeline.negated)
}

fn simple_outcome(words: &[Word]) -> Option<bool> {
    match (words.first()?.literal()?.as_ref(), words) {
        (":" | "true" | "echo" | "printf" | "sleep", _) => Some(true),
        ("false", _) => Some(false),
        ("[", [_, word, _]) | ("test", [_, word]) => word.literal().map(|text| !text.is_empty()),
        _ => None,
    }
}

fn number(expression: &Arithmetic) -> Option<i64> {
    let [Part::Literal { text, .. } | Part::Quoted { text, .. }] = expression.parts.as_slice() else {
        return None;
    };
    text.trim().parse().ok()
}

/// Whether the condition of `for ((;;))` always holds.
pub(super) fn always_holds(condition: &Arithmetic) -> bool {
    let empty = condition.parts.iter().all(|part| match part {
        Part::Literal { text, .. } => text.trim().is_empty(),
        _ => false,
    });
    empty || number(condition).is_some_and(|number| number != 0)
}

/// Whether the only arm of a `case` takes everything.
pub(super) fn takes_all(arms: &[CaseArm]) -> bool {
    matches!(arms, [arm] if arm.patterns.iter().any(|pattern| pattern.literal().as_deref() == Some("*")))
}

/// Whether a loop over `words` certainly has a round.
pub(super) fn has_a_round(words: Option<&[Word]>) -> bool {
    words.is_some_and(|words| {
        words.iter().any(|word| word.literal().is_some_and(|text| !text.contains(['*', '?', '['])))
    })
}

/// Whether a program keeps the shell from going on at once.
pub(super) fn takes_time(call: &Call, printed: &Printed) -> bool {
    match call.argv.first().and_then(Arg::text) {
        Some("wait") => true,
        Some("sleep") => call
            .arguments()
            .iter()
            .any(|time| time.text().is_none_or(|text| text.bytes().any(|byte| (b'1'..=b'9').contains(&byte)))),
        Some("bg" | "disown" | "jobs" | "kill" | "times" | "type") => false,
        _ => matches!(printed, Printed::Unknown),
    }
}
