//! `guard explain`: draws the tree of what would run, with each part's class and the reason.

use std::io::{self, Write};
use std::process::ExitCode;

use super::look::{self as looking, Look};
use crate::cli::Explain;
use crate::effect::Class;
use crate::facts::look::look;
use crate::facts::loss::Severity;
use crate::facts::machine::Machine;
use crate::outline::{self, outline};
use crate::request::Report;
use crate::visible;

/// How many columns of a command are shown.
const WIDTH: usize = 72;

/// Runs the subcommand.
pub fn run(explain: &Explain) -> ExitCode {
    let look = Look::new(!explain.no_facts);
    let (report, verb) = look.judge(&looking::request(&explain.asked), None);
    let headline = outline::style(report.class).apply_to(looking::headline(&report, verb));
    let facts = if explain.facts { facts(&report, &look.severity()) } else { String::new() };
    let text = format!("{headline}\n{}{}{facts}", outline(&report, outline::style), remedies(&report));
    match io::stdout().lock().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("guard: explain: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What would be lost on this machine, and what the text puts at stake.
fn facts(report: &Report, severity: &Severity) -> String {
    let loss = look(report, &Machine::here(), severity);
    let mut text = String::new();
    for line in loss.lines(usize::MAX) {
        text.push_str(&format!("fact: {line}\n"));
    }
    for because in &loss.severe {
        text.push_str(&format!("severe: {}\n", visible::line(because)));
    }
    if text.is_empty() {
        text.push_str("fact: nothing on this machine changes that\n");
    }
    text
}

/// What to do instead, for each destructive finding that knows.
fn remedies(report: &Report) -> String {
    let known = report.findings.iter().filter(|finding| finding.class == Class::Destructive);
    known
        .filter_map(|finding| {
            let part = visible::short(finding.span.of(&report.text), WIDTH);
            finding.instead.as_ref().map(|instead| format!("instead of {part}: {instead}\n"))
        })
        .collect()
}
