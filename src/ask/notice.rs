//! What the one who sent a command is told when it does not run. Mostly that is an agent, so it says at once that
//! nothing ran, and what not to do.

use std::time::Duration;

use super::Refusal;
use crate::policy::{Held, Why};
use crate::visible;

/// A command that is longer is told by its dangerous part.
const COMMAND: usize = 160;

/// How many characters are shown before the dangerous part of a long command.
const CONTEXT: usize = 60;

/// How long anything else is at most.
const PHRASE: usize = 300;

/// The message, a few lines, each beginning with `guard:`.
pub fn notice(held: &Held<'_>, refusal: &Refusal) -> String {
    let mut lines = vec![format!("not run: {}", subject(held))];
    lines.extend(reason(held));
    if let Some(instead) = held.findings.iter().find_map(|finding| finding.instead.as_deref()) {
        lines.push(format!("instead: {}", visible::short(instead, PHRASE)));
    }
    lines.push(verdict(held, refusal));
    lines.into_iter().map(|line| format!("guard: {line}\n")).collect()
}

/// The command, or of a long one the part that holds it, with what stands before it on its line.
fn subject(held: &Held<'_>) -> String {
    let text = held.report.text.trim_end();
    let start = held.findings.first().map_or(0, |finding| finding.span.start as usize);
    let before = text.get(..start).filter(|_| text.len() > COMMAND).unwrap_or_default();
    let near = before.char_indices().rev().take(CONTEXT).take_while(|(_, c)| *c != '\n').last();
    let from = near.map_or(before.len(), |(at, _)| at);
    let shown = visible::short(text.get(from..).unwrap_or_default().trim_start(), COMMAND);
    if from == 0 { shown } else { format!("... {shown}") }
}

/// What it does and why, from the worst finding; the other effects by name.
fn reason(held: &Held<'_>) -> Option<String> {
    let worst = held.findings.first()?;
    let mut reason = worst.class.to_string();
    if let Some(effect) = worst.effect {
        reason.push_str(&format!(" ({effect}): {}", effect.meaning()));
    }
    if !worst.subject.is_empty() {
        reason.push_str(&format!(": {}", visible::short(&worst.subject, COMMAND)));
    }
    if !worst.because.is_empty() {
        reason.push_str(&format!("; {}", visible::short(&worst.because, PHRASE)));
    }
    let effects = held.report.effects().into_iter().filter(|effect| Some(*effect) != worst.effect);
    let others: Vec<&str> = effects.map(|effect| effect.as_str()).collect();
    if !others.is_empty() {
        reason.push_str(&format!("; also {}", others.join(", ")));
    }
    Some(reason)
}

/// Why it did not run, and what follows from that.
fn verdict(held: &Held<'_>, refusal: &Refusal) -> String {
    let (why, then) = match (&held.why, refusal) {
        (Why::Broken(mistake), _) => {
            let mistake = visible::line(&mistake.to_string()).into_owned();
            (format!("only read-only commands run while the configuration is broken ({mistake})"), Then::Mend)
        }
        (Why::Never(entry), _) => {
            (format!("it is on the list of what never runs ({})", visible::short(entry, PHRASE)), Then::Nothing)
        }
        (Why::Class | Why::Named(_), Refusal::Declined { .. }) => ("a human said no".to_owned(), Then::Ask),
        (Why::Class | Why::Named(_), Refusal::Expired(limit)) => {
            (format!("a human must confirm it, and nobody answered within {} s", limit.as_secs()), Then::Tell)
        }
        (Why::Class | Why::Named(_), Refusal::Unrecorded | Refusal::Policy) => {
            (format!("{} to run", refusal.as_str()), Then::Tell)
        }
        (Why::Class | Why::Named(_), Refusal::Denied { because, .. }) => {
            let because = because.as_deref().map(|because| format!(": {}", visible::short(because, PHRASE)));
            (format!("a human said no{}", because.unwrap_or_default()), Then::Ask)
        }
        (Why::Class | Why::Named(_), Refusal::Unanswered { ticket, waited, why }) => {
            return unanswered(ticket, *waited, why);
        }
        (Why::Class | Why::Named(_), Refusal::Unproven(why)) => {
            (format!("a human must confirm it, and {}", visible::line(why)), Then::Tell)
        }
        (Why::Class | Why::Named(_), Refusal::NoDesk(error)) => {
            let error = visible::line(error);
            (
                format!("a human must confirm it, and there is neither a terminal nor a desk to ask at ({error})"),
                Then::Tell,
            )
        }
        (Why::Class | Why::Named(_), Refusal::Doubtful(doubt)) => {
            (format!("a human must confirm it, and {}", visible::line(&doubt.to_string())), Then::Tell)
        }
        (
            Why::Class | Why::Named(_),
            Refusal::Abandoned | Refusal::Interrupted | Refusal::Closed | Refusal::NoTerminal | Refusal::Background,
        ) => (format!("a human must confirm it, and {}", refusal.as_str()), Then::Tell),
    };
    format!("{why}; do not retry it or do the same another way; {}", then.as_str())
}

/// What follows where an answer may still come.
fn unanswered(ticket: &str, waited: Duration, why: &Refusal) -> String {
    let why = match why {
        _ if !waited.is_zero() => format!("nobody answered within {} s", waited.as_secs()),
        Refusal::Doubtful(doubt) => visible::line(&doubt.to_string()).into_owned(),
        why => why.as_str().to_owned(),
    };
    format!(
        "a human must confirm it, and {why}; do not retry it or do the same another way; ask the human to run \
         `guard approve {ticket}` in a terminal of their own, and then repeat exactly this command within 10 minutes"
    )
}

/// What the one who is told may do.
#[derive(Clone, Copy)]
enum Then {
    Ask,
    Tell,
    Mend,
    Nothing,
}

impl Then {
    const fn as_str(self) -> &'static str {
        match self {
            Then::Ask => "ask them what they want instead",
            Then::Tell => "tell the human, who can run it",
            Then::Mend => "ask the human to mend it",
            Then::Nothing => "no answer changes that",
        }
    }
}
