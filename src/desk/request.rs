//! A held request as it lies at the desk, and an answer to it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::digest::hexadecimal;
use crate::effect::{Class, Effect, Finding};
use crate::facts::loss::Loss;
use crate::grants::Offer;
use crate::human::Process;
use crate::policy::{Held, Why};
use crate::request::Report;
use crate::span::Span;

/// A request that waits for a human.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Request {
    /// The ticket by which it is answered.
    pub id: String,
    /// The hash of all that an answer is bound to.
    pub digest: String,
    /// Random, so that no answer to an earlier request of the same kind is one to this.
    #[serde(default)]
    pub challenge: String,
    /// When it came.
    pub time: Timestamp,
    /// Until when its sender waits.
    pub until: Timestamp,
    /// The process that waits.
    pub waiter: Waiter,
    /// The agent that wants it, where it can be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// How it came in.
    pub door: String,
    /// Where it would run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// The command.
    pub text: String,
    /// Its class.
    pub class: Class,
    /// The entry of the configuration that asks about it, where it is not its class alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named: Option<String>,
    /// What holds it, worst first.
    pub findings: Vec<Reason>,
    /// What it would lose.
    #[serde(default)]
    pub loss: Loss,
    /// What may be allowed ahead along with a yes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offers: Vec<Offer>,
}

/// A process that waits for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiter {
    /// Its number.
    pub pid: i32,
    /// When it started, in the kernel's ticks; 0 where that is not known.
    pub started: u64,
}

/// A finding that can be written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The rule's name.
    pub rule: String,
    /// The class that it gives.
    pub class: Class,
    /// The effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
    /// The part of the text that does it.
    pub span: Span,
    /// What it is done to.
    pub subject: String,
    /// Why.
    pub because: String,
    /// What to do instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead: Option<String>,
}

/// What a human said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It may run, once.
    Approve,
    /// It may not.
    Deny,
}

impl Verdict {
    /// The word that is written and signed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Verdict::Approve => "approve",
            Verdict::Deny => "deny",
        }
    }
}

/// An answer to a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The ticket.
    pub id: String,
    /// The hash of the request.
    pub digest: String,
    /// What was said.
    pub verdict: Verdict,
    /// When.
    pub time: Timestamp,
    /// Where: a terminal, or the name of a way that needs none.
    pub from: String,
    /// What the human wants the sender to know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// Shows that guard wrote it.
    pub seal: String,
}

impl Waiter {
    /// This process.
    pub fn own() -> Waiter {
        let started = Process::own().map_or(0, |own| own.started);
        Waiter { pid: i32::try_from(std::process::id()).unwrap_or(0), started }
    }

    /// Whether it may still be there; where processes cannot be seen, it may.
    pub fn may_live(&self) -> bool {
        self.started == 0 || Process::of(self.pid).is_some_and(|now| now.started == self.started && !now.ended)
    }
}

impl Request {
    /// Whether somebody waits for the answer right now.
    pub fn is_awaited(&self, now: Timestamp) -> bool {
        now < self.until && self.waiter.may_live()
    }

    /// The hash by which an answer from off the machine names it. No other request has it.
    pub fn hash(&self) -> String {
        let parts = [self.digest.as_str(), &self.id, &self.challenge];
        hexadecimal(&Sha256::digest(parts.join("\n")))
    }

    /// The effects that hold it.
    pub fn effects(&self) -> Vec<Effect> {
        self.findings.iter().filter_map(|finding| finding.effect).collect()
    }

    /// The held command, from what [`Request::report`] gives.
    pub fn held<'r>(&self, report: &'r Report) -> Held<'r> {
        let why = self.named.clone().map_or(Why::Class, Why::Named);
        Held { report, findings: report.findings.iter().collect(), why }
    }

    /// The report that it was made of, as far as a human is shown it.
    pub fn report(&self) -> Report {
        Report {
            text: self.text.clone(),
            class: self.class,
            findings: self.findings.iter().map(Reason::finding).collect(),
            parsed: true,
            unrecognised: false,
            stakes: Vec::new(),
            changes: Default::default(),
            tree: Vec::new(),
            direct: None,
        }
    }
}

impl Reason {
    /// What of a finding is written down.
    pub fn of(finding: &Finding) -> Reason {
        Reason {
            rule: finding.rule.to_string(),
            class: finding.class,
            effect: finding.effect,
            span: finding.span,
            subject: finding.subject.clone(),
            because: finding.because.to_string(),
            instead: finding.instead.as_ref().map(ToString::to_string),
        }
    }

    fn finding(&self) -> Finding {
        Finding {
            rule: self.rule.clone().into(),
            class: self.class,
            effect: self.effect,
            span: self.span,
            subject: self.subject.clone(),
            because: self.because.clone().into(),
            instead: self.instead.clone().map(Into::into),
        }
    }
}
