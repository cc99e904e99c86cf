//! Decides what happens to a judged command: it runs, a human is asked, or it is refused.
//!
//! Takes a report and the user's configuration, gives a [`Decision`]. Knows modes and the never-list; knows
//! nothing of how a human is asked.

mod configuration;

use crate::effect::{Class, Finding};
use crate::request::Report;

pub use configuration::{Configuration, Mistake, Mode};

/// What happens to a command. A decision that nobody looks at is a hole, so the compiler insists.
#[derive(Clone, Debug)]
#[must_use]
pub enum Decision<'a> {
    /// It runs.
    Run,
    /// It runs only when a human says so.
    Ask(Held<'a>),
    /// It does not run, and no answer changes that.
    Refuse(Held<'a>),
}

/// A command that does not run by itself, and why.
#[derive(Clone, Debug)]
pub struct Held<'a> {
    /// The judged command.
    pub report: &'a Report,
    /// The findings that hold it, worst first.
    pub findings: Vec<&'a Finding>,
    /// What in the policy holds it.
    pub why: Why,
}

/// What in the policy holds a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// Its class is one that the mode asks about.
    Class,
    /// An entry of the never-list, as a person would name it.
    Never(String),
    /// The configuration cannot be read, so that only read-only commands run.
    Broken(Mistake),
}

/// Decides about a judged command. A configuration that could not be read lets only read-only commands run.
pub fn decide<'a>(report: &'a Report, configuration: &Result<Configuration, Mistake>) -> Decision<'a> {
    let findings = report.findings.iter().filter(|finding| finding.class == report.class).collect();
    match configuration {
        _ if report.class == Class::ReadOnly => Decision::Run,
        Err(mistake) => Decision::Refuse(Held { report, findings, why: Why::Broken(mistake.clone()) }),
        Ok(configuration) if configuration.mode.asks(report.class) => {
            Decision::Ask(Held { report, findings, why: Why::Class })
        }
        Ok(_) => Decision::Run,
    }
}
