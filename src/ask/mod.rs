//! Asks a human, and says what was refused.
//!
//! Takes a command that the policy holds, gives an [`Answer`]. Knows terminals; knows nothing of how commands
//! are judged.

use std::time::Duration;

use crate::policy::Held;

/// What the human said, or why no human did.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Answer {
    /// A human confirmed it.
    Confirmed {
        /// The terminal on which they did.
        terminal: String,
    },
    /// It does not run.
    Refused(Refusal),
}

/// Why a held command does not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A human said no.
    Declined {
        /// The terminal on which they did.
        terminal: String,
    },
    /// Ctrl-C, or another signal that ends programs.
    Interrupted,
    /// No answer within this time.
    Expired(Duration),
    /// The input ended, or the terminal went away.
    Closed,
    /// There is no terminal to ask on.
    NoTerminal,
    /// The terminal belongs to another job.
    Background,
    /// The policy refuses it without asking.
    Policy,
    /// It could not be recorded, and what is not recorded is not run.
    Unrecorded,
}

/// Asks on the terminal of this process, at most as long as `limit`.
pub fn ask(_held: &Held<'_>, _limit: Duration) -> Answer {
    Answer::Refused(Refusal::NoTerminal)
}

/// The message for standard error when a command does not run: what was held, why, what to do instead, and not
/// to try another way. It ends with a newline and holds no character that a terminal would obey.
pub fn refusal(held: &Held<'_>, refusal: &Refusal) -> String {
    format!("guard: not run: {} command: {refusal:?}\n", held.report.class)
}

impl Refusal {
    /// Why, in few words.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Refusal::Declined { .. } => "a human said no",
            Refusal::Interrupted => "the question was interrupted",
            Refusal::Expired(_) => "nobody answered in time",
            Refusal::Closed => "the terminal was closed",
            Refusal::NoTerminal => "there is no terminal to ask on",
            Refusal::Background => "the terminal belongs to another job",
            Refusal::Policy => "the policy refuses it",
            Refusal::Unrecorded => "it cannot be recorded",
        }
    }
}
