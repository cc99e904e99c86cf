//! A report as the JSON object that `guard check` prints.

use crate::effect::{Class, Effect, Finding};
use crate::request::Report;
use serde::Serialize;

use super::look::Verb;

/// The answer to one command.
#[derive(Debug, Serialize)]
pub struct Verdict<'a> {
    class: Class,
    effects: Vec<Effect>,
    decision: Verb,
    parsed: bool,
    unrecognised: bool,
    findings: Vec<Reason<'a>>,
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

impl<'a> Verdict<'a> {
    /// What `report` says, with the decision that was taken on it.
    pub fn new(report: &'a Report, decision: Verb, _steps: bool) -> Verdict<'a> {
        Verdict {
            class: report.class,
            effects: report.effects(),
            decision,
            parsed: report.parsed,
            unrecognised: report.unrecognised,
            findings: report.findings.iter().map(Reason::new).collect(),
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
