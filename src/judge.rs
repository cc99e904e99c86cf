//! Judges a request: what it would do, without running it.
//!
//! Takes a [`Request`] and the [`Facts`] of a machine, gives a [`Report`].

use std::borrow::Cow;

use crate::effect::{Class, Effect, Finding};
use crate::facts::Facts;
use crate::request::{Report, Request, Subject};
use crate::span::Span;

/// Judges `request` with what `facts` knows.
pub fn judge(request: &Request, facts: &dyn Facts) -> Report {
    let _ = facts;
    let text = match &request.subject {
        Subject::Shell { text, .. } | Subject::Script { text, .. } => text.clone(),
        Subject::Arguments(words) => words.join(" "),
        Subject::Unreadable { shown, .. } => shown.clone(),
    };
    let finding = Finding {
        rule: Cow::Borrowed("judge.unread"),
        class: Class::Destructive,
        effect: Some(Effect::Opaque),
        span: Span::new(0, text.len()),
        subject: String::new(),
        because: Cow::Borrowed("nothing is judged yet"),
        instead: None,
    };
    Report {
        text,
        class: Class::Destructive,
        findings: vec![finding],
        parsed: false,
        unrecognised: false,
        tree: Vec::new(),
        direct: None,
    }
}
