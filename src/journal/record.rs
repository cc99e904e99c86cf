//! One record of the journal, as it is written and read.

use std::borrow::Cow;
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::mask::Masker;
use super::{Entry, Outcome};
use crate::ask::Refusal;
use crate::client;
use crate::effect::{Class, Effect, Finding};

/// How much of a command's text is kept.
const TEXT_LIMIT: usize = 8 << 10;

/// How much of a subject, a reason or a part of a long text is kept.
const SHORT_LIMIT: usize = 300;

/// How many findings are kept; the first ones are the worst.
const FINDINGS_LIMIT: usize = 16;

/// The exit status of a command that was refused.
const REFUSED_STATUS: i32 = 126;

/// What happened to one command.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record<'a> {
    /// When it was decided.
    pub time: Timestamp,
    /// guard's process, which is also the command's when it ran.
    pub pid: u32,
    /// The agent that asked, where it can be told.
    #[serde(default, skip_serializing_if = "Option::is_none", borrow)]
    pub client: Option<Cow<'a, str>>,
    /// How the command came in.
    #[serde(borrow)]
    pub door: Cow<'a, str>,
    /// Where it was to run.
    #[serde(default, skip_serializing_if = "Option::is_none", borrow)]
    pub folder: Option<Cow<'a, str>>,
    /// The command, its secrets masked, at most its first 8 KiB.
    #[serde(borrow)]
    pub text: Cow<'a, str>,
    /// The length of the whole text in bytes, where not all of it is here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<usize>,
    /// Its class.
    pub class: Class,
    /// Why.
    #[serde(default, skip_serializing_if = "Vec::is_empty", borrow)]
    pub findings: Vec<Reason<'a>>,
    /// What came of it.
    pub decision: Word,
    /// Who decided.
    pub by: By,
    /// The terminal on which a human answered.
    #[serde(default, skip_serializing_if = "Option::is_none", borrow)]
    pub terminal: Option<Cow<'a, str>>,
    /// The ticket under which it was answered, or can be.
    #[serde(default, skip_serializing_if = "Option::is_none", borrow)]
    pub ticket: Option<Cow<'a, str>>,
    /// Why it did not run.
    #[serde(default, skip_serializing_if = "Option::is_none", borrow)]
    pub because: Option<Cow<'a, str>>,
    /// guard's exit status, where guard ended by itself. A command that runs takes guard's place, so that its own
    /// status is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit: Option<i32>,
}

/// A finding, without what can be looked up by its rule.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reason<'a> {
    /// The rule's name.
    #[serde(borrow)]
    pub rule: Cow<'a, str>,
    /// The class that this finding alone gives.
    pub class: Class,
    /// The effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
    /// What it is done to.
    #[serde(default, skip_serializing_if = "str::is_empty", borrow)]
    pub subject: Cow<'a, str>,
    /// Why.
    #[serde(default, skip_serializing_if = "str::is_empty", borrow)]
    pub because: Cow<'a, str>,
    /// The part of the text that does it, where the record does not have the whole text.
    #[serde(default, skip_serializing_if = "Option::is_none", borrow)]
    pub part: Option<Cow<'a, str>>,
}

/// What came of a command, in the journal's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Word {
    /// It ran without a question.
    Ran,
    /// It ran because a human confirmed it.
    Confirmed,
    /// It waits for a human at the desk.
    Held,
    /// It did not run.
    Refused,
}

impl Word {
    /// Every word.
    pub const ALL: [Word; 4] = [Word::Ran, Word::Confirmed, Word::Held, Word::Refused];

    /// The word itself.
    pub const fn as_str(self) -> &'static str {
        match self {
            Word::Ran => "ran",
            Word::Confirmed => "confirmed",
            Word::Held => "held",
            Word::Refused => "refused",
        }
    }
}

/// Who decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// The policy alone.
    Policy,
    /// A human at a terminal.
    Human,
    /// Somebody was to be asked, and nobody answered.
    Nobody,
}

impl<'a> Record<'a> {
    /// The record of an entry, its secrets masked and its texts bounded.
    pub fn of(entry: &Entry<'a>) -> Record<'a> {
        let masker = Masker::default();
        let report = entry.report;
        let text = bounded(&report.text, TEXT_LIMIT);
        let cut = text.len() < report.text.len();
        let reason = |finding: &'a Finding| Reason {
            rule: Cow::Borrowed(&finding.rule),
            class: finding.class,
            effect: finding.effect,
            subject: masker.mask(bounded(&finding.subject, SHORT_LIMIT)),
            because: masker.mask(bounded(&finding.because, SHORT_LIMIT)),
            part: cut.then(|| masker.mask(bounded(finding.span.of(&report.text), SHORT_LIMIT))),
        };
        let Settled { decision, by, terminal, ticket, because } = settled(entry.outcome);
        Record {
            time: now(),
            pid: std::process::id(),
            client: client::name().map(Cow::Borrowed),
            door: Cow::Borrowed(entry.door),
            folder: entry.folder.map(Path::to_string_lossy),
            text: masker.mask(text),
            length: cut.then_some(report.text.len()),
            class: report.class,
            findings: report.findings.iter().take(FINDINGS_LIMIT).map(reason).collect(),
            decision,
            by,
            terminal: terminal.map(Cow::Borrowed),
            ticket: ticket.map(Cow::Borrowed),
            because,
            exit: (decision == Word::Refused).then_some(REFUSED_STATUS),
        }
    }
}

/// The time, to the millisecond.
fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

/// What an outcome says in a record.
struct Settled<'a> {
    decision: Word,
    by: By,
    terminal: Option<&'a str>,
    ticket: Option<&'a str>,
    because: Option<Cow<'static, str>>,
}

fn settled(outcome: Outcome<'_>) -> Settled<'_> {
    let plain = Settled { decision: Word::Ran, by: By::Policy, terminal: None, ticket: None, because: None };
    match outcome {
        Outcome::Ran => plain,
        Outcome::Confirmed(terminal) => {
            Settled { decision: Word::Confirmed, by: By::Human, terminal: Some(terminal), ..plain }
        }
        Outcome::Held(ticket) => Settled { decision: Word::Held, by: By::Nobody, ticket: Some(ticket), ..plain },
        Outcome::Refused(refusal) => {
            let (by, terminal, ticket) = match refusal {
                Refusal::Policy => (By::Policy, None, None),
                Refusal::Declined { terminal } | Refusal::Denied { terminal, .. } => {
                    (By::Human, Some(terminal.as_str()), None)
                }
                Refusal::Unanswered { ticket, .. } => (By::Nobody, None, Some(ticket.as_str())),
                _ => (By::Nobody, None, None),
            };
            Settled { decision: Word::Refused, by, terminal, ticket, because: Some(refusal.reason()) }
        }
    }
}

/// The beginning of a text, at most `limit` bytes, cut between characters.
fn bounded(text: &str, limit: usize) -> &str {
    let end = (0..=limit.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_between_characters() {
        assert_eq!(bounded("abc", 5), "abc");
        assert_eq!(bounded("aéb", 2), "a");
        assert_eq!(bounded("é", 0), "");
    }
}
