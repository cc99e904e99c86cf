//! A destructive finding's constant part: its rule, its effect, and what is said about it.

use std::borrow::Cow;

use super::Outcome;
use crate::effect::{Class, Effect, Finding};
use crate::span::Span;

/// Why something is destructive, wherever it is found.
#[derive(Clone, Copy, Debug)]
pub struct Reason {
    /// The stable name of the rule.
    pub rule: &'static str,
    /// What it does.
    pub effect: Effect,
    /// Why, as half a sentence.
    pub because: &'static str,
    /// What to do instead; empty when there is nothing to say.
    pub instead: &'static str,
}

impl Reason {
    /// A reason without a safer way.
    pub const fn new(rule: &'static str, effect: Effect, because: &'static str) -> Reason {
        Reason { rule, effect, because, instead: "" }
    }

    /// The same with a safer way.
    pub const fn instead(self, instead: &'static str) -> Reason {
        Reason { instead, ..self }
    }
}

impl Outcome {
    /// Adds a destructive finding at `span`, done to `subject`.
    pub fn find(&mut self, reason: &Reason, span: Span, subject: &str) {
        self.raise(Class::Destructive);
        self.findings.push(Finding {
            rule: Cow::Borrowed(reason.rule),
            class: Class::Destructive,
            effect: Some(reason.effect),
            span,
            subject: shortened(subject),
            because: Cow::Borrowed(reason.because),
            instead: (!reason.instead.is_empty()).then_some(Cow::Borrowed(reason.instead)),
        });
    }
}

/// The longest subject, in characters.
const LONGEST_SUBJECT: usize = 80;

/// A subject that fits a line, with `…` for holes.
fn shortened(subject: &str) -> String {
    let mut characters = subject.chars().map(|c| if c == super::HOLE { '…' } else { c });
    let mut short: String = characters.by_ref().take(LONGEST_SUBJECT).collect();
    if characters.next().is_some() {
        short.push('…');
    }
    short
}
