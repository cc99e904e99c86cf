//! A report as the JSON object that `guard check` prints.

use serde::Serialize;

use super::look::Verb;
use crate::effect::{Class, Effect, Finding};
use crate::request::Report;
use crate::shell::steps::{ListedRedirect, SimpleCommand, simple_commands};
use crate::shell::{self, Dialect};

/// The answer to one command.
#[derive(Debug, Serialize)]
pub struct Verdict<'a> {
    class: Class,
    effects: Vec<Effect>,
    decision: Verb,
    parsed: bool,
    unrecognised: bool,
    findings: Vec<Reason<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<Vec<Step>>,
}

/// One finding.
#[derive(Debug, Serialize)]
struct Reason<'a> {
    rule: &'a str,
    effect: Option<Effect>,
    class: Class,
    span: [u32; 2],
    subject: &'a str,
    because: &'a str,
    instead: Option<&'a str>,
}

/// A simple command as it was parsed, with nothing expanded.
#[derive(Debug, Serialize)]
struct Step {
    argv: Vec<Option<String>>,
    redirs: Vec<(String, &'static str, Option<String>)>,
    span: [u32; 2],
}

impl<'a> Verdict<'a> {
    /// What `report` says, with the decision that was taken on it.
    pub fn new(report: &'a Report, decision: Verb) -> Verdict<'a> {
        Verdict {
            class: report.class,
            effects: report.effects(),
            decision,
            parsed: report.parsed,
            unrecognised: report.unrecognised,
            findings: report.findings.iter().map(Reason::new).collect(),
            steps: None,
        }
    }

    /// The same, with every simple command of the text; none when it does not parse.
    pub fn with_steps(report: &'a Report, decision: Verb) -> Verdict<'a> {
        let script = shell::parse(&report.text, Dialect::Bash);
        let commands = script.map(|script| simple_commands(&script)).unwrap_or_default();
        Verdict { steps: Some(commands.into_iter().map(Step::new).collect()), ..Verdict::new(report, decision) }
    }
}

impl Step {
    fn new(command: SimpleCommand) -> Step {
        let redirect = |one: ListedRedirect| (one.descriptor, one.operator, one.target);
        Step {
            argv: command.argv,
            redirs: command.redirects.into_iter().map(redirect).collect(),
            span: [command.span.start, command.span.end],
        }
    }
}

impl<'a> Reason<'a> {
    fn new(finding: &'a Finding) -> Reason<'a> {
        Reason {
            rule: &finding.rule,
            effect: finding.effect,
            class: finding.class,
            span: [finding.span.start, finding.span.end],
            subject: &finding.subject,
            because: &finding.because,
            instead: finding.instead.as_deref(),
        }
    }
}
