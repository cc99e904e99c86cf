//! Follows a syntax tree without running it: which simple commands may run, with which words.
//!
//! Takes a tree and what is known at the start; gives [`step::Step`]s. Knows variables, functions, folders and
//! text that can be computed; knows nothing of danger.

pub mod step;

use crate::facts::Facts;
use crate::shell::Dialect;
use crate::text::Text;
use step::{Arg, Context, Step};

/// What is known when a program starts.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// Where it runs, and what the text around it exported.
    pub context: Context,
    /// `$0` and the positional arguments.
    pub arguments: Vec<Arg>,
    /// The shell that reads it.
    pub dialect: Dialect,
}

/// What following a program gave.
#[derive(Clone, Debug, Default)]
pub struct Followed {
    /// Everything that may run, in order.
    pub steps: Vec<Step>,
    /// Whether the whole text, and every text that it evaluates, was understood as shell.
    pub parsed: bool,
}

/// Follows `text`, a program for a shell.
pub fn follow(text: &Text, start: &Start, facts: &dyn Facts) -> Followed {
    let _ = (start, facts);
    let step = Step {
        action: step::Action::Unreadable { because: "nothing is followed yet" },
        span: text.source(),
        context: std::rc::Rc::default(),
    };
    Followed { steps: vec![step], parsed: false }
}
