//! Decides what happens to a judged command: it runs, a human is asked, or it is refused.
//!
//! Takes a report and the user's configuration, gives a [`Decision`]. Knows modes and the never-list; knows
//! nothing of how a human is asked.

mod configuration;
mod never;
mod reading;

use std::path::Path;

use crate::effect::{Class, Finding};
use crate::request::Report;

pub use configuration::{Configuration, Mistake, Mode};
pub use never::{Entry, Pattern};
pub use reading::{WrittenValue, written_values};

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
    /// An entry of the configuration's `ask`, as a person would name it.
    Named(String),
    /// An entry of the never-list, as a person would name it.
    Never(String),
    /// The configuration cannot be read, so that only read-only commands run.
    Broken(Mistake),
}

/// Decides about a judged command. A configuration that could not be read lets only read-only commands run.
pub fn decide<'a>(report: &'a Report, configuration: &Result<Configuration, Mistake>) -> Decision<'a> {
    match configuration {
        Ok(configuration) => decide_by(configuration, report),
        Err(_) if report.class == Class::ReadOnly => Decision::Run,
        Err(mistake) => Decision::Refuse(held(report, Why::Broken(mistake.clone()))),
    }
}

fn decide_by<'a>(configuration: &Configuration, report: &'a Report) -> Decision<'a> {
    if let Some(refused) = never::refused(report, &configuration.never) {
        let findings = refused.findings;
        return Decision::Refuse(Held { findings, ..held(report, Why::Never(refused.entry)) });
    }
    let named = configuration.ask.iter().find_map(|entry| entry.refuses(report));
    match (named, configuration.mode.asks(report.class) && !is_allowed(configuration, report)) {
        (None, false) => Decision::Run,
        // What the class holds is told by all findings of that class, also where one of them is named.
        (None, true) => Decision::Ask(held(report, Why::Class)),
        (Some(named), true) => Decision::Ask(held(report, Why::Named(named.entry))),
        (Some(named), false) => {
            Decision::Ask(Held { findings: named.findings, ..held(report, Why::Named(named.entry)) })
        }
    }
}

/// Whether a command changes nothing but what the configuration lets it write.
fn is_allowed(configuration: &Configuration, report: &Report) -> bool {
    let within = |path: &String| configuration.may_write.iter().any(|scope| Path::new(path).starts_with(scope));
    report.class == Class::Mutating
        && !report.changes.besides
        && !report.changes.paths.is_empty()
        && report.changes.paths.iter().all(within)
}

/// A command that its class holds, with the findings that gave it the class.
fn held(report: &Report, why: Why) -> Held<'_> {
    let findings = report.findings.iter().filter(|finding| finding.class == report.class).collect();
    Held { report, findings, why }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::Effect;
    use crate::request::Node;
    use crate::span::Span;

    fn finding(rule: &'static str, class: Class, effect: Option<Effect>, subject: &str) -> Finding {
        Finding {
            rule: rule.into(),
            class,
            effect,
            span: Span::default(),
            subject: subject.to_owned(),
            because: "".into(),
            instead: None,
        }
    }

    fn report(text: &str, class: Class, findings: Vec<Finding>) -> Report {
        let node = |label: &str, children| Node {
            label: label.to_owned(),
            class,
            because: String::new(),
            span: Span::new(0, text.len()),
            children,
        };
        Report {
            text: text.to_owned(),
            class,
            findings,
            parsed: true,
            unrecognised: false,
            tree: vec![node("sudo", vec![node(text, Vec::new())])],
            stakes: Vec::new(),
            changes: Default::default(),
            direct: None,
        }
    }

    fn configured(text: &str) -> Result<Configuration, Mistake> {
        Ok(reading::read(text).expect("the configuration of a test is right"))
    }

    fn word(decision: &Decision<'_>) -> &'static str {
        match decision {
            Decision::Run => "run",
            Decision::Ask(_) => "ask",
            Decision::Refuse(_) => "refuse",
        }
    }

    fn broken() -> Result<Configuration, Mistake> {
        Err(Mistake { place: "f".into(), at: None, what: "x".into() })
    }

    #[test]
    fn the_mode_decides_what_is_asked() {
        use Class::{Destructive, Mutating, ReadOnly};
        let cases = [
            ("mode: standard", [(ReadOnly, "run"), (Mutating, "run"), (Destructive, "ask")]),
            ("mode: read-only", [(ReadOnly, "run"), (Mutating, "ask"), (Destructive, "ask")]),
        ];
        for (text, expected) in cases {
            for (class, expected) in expected {
                let report = report("x", class, Vec::new());
                assert_eq!(word(&decide(&report, &configured(text))), expected, "{text} {class}");
            }
        }
        for (class, expected) in [(ReadOnly, "run"), (Mutating, "refuse"), (Destructive, "refuse")] {
            let report = report("x", class, Vec::new());
            assert_eq!(word(&decide(&report, &broken())), expected, "{class}");
        }
    }

    #[test]
    fn what_is_named_is_asked_about_whatever_its_class() {
        for (text, expected) in [
            ("ask: [git.push]", "ask"),
            ("ask: ['git.*']", "ask"),
            ("ask: [{effect: delete}]", "run"),
            ("ask: [{command: 'git push*'}]", "ask"),
            ("ask: []", "run"),
            ("ask: [git.push]\nnever: [git.push]", "refuse"),
        ] {
            let report = report("git push", Class::Mutating, vec![finding("git.push", Class::Mutating, None, "x")]);
            assert_eq!(word(&decide(&report, &configured(text))), expected, "{text}");
        }
    }

    #[test]
    fn the_findings_of_the_highest_class_hold_it() {
        let findings =
            vec![finding("a", Class::Destructive, Some(Effect::Delete), "x"), finding("b", Class::Mutating, None, "y")];
        let report = report("x", Class::Destructive, findings);
        let Decision::Ask(held) = decide(&report, &configured("")) else { panic!("it is asked about") };
        assert_eq!(held.findings.iter().map(|finding| &finding.rule).collect::<Vec<_>>(), ["a"]);
    }

    #[test]
    fn the_built_in_list_refuses() {
        for rule in ["place.root.delete", "place.home.owner", "place.system.delete", "place.device.write"] {
            let other = finding("rm.operand", Class::Destructive, Some(Effect::Delete), "x");
            let report = report("x", Class::Destructive, vec![other, finding(rule, Class::Destructive, None, "/")]);
            let Decision::Refuse(held) = decide(&report, &configured("")) else { panic!("{rule} is refused") };
            assert!(matches!(held.why, Why::Never(_)));
            assert_eq!(held.findings.iter().map(|finding| &finding.rule).collect::<Vec<_>>(), [rule]);
        }
    }

    #[test]
    fn the_users_list_refuses_where_everything_fits() {
        let cases = [
            ("never: [git.push.force]", "refuse"),
            ("never: [git.push]", "ask"),
            ("never: ['git.push.*']", "refuse"),
            ("never: [{effect: rewrite}]", "refuse"),
            ("never: [{effect: delete}]", "ask"),
            ("never: [{effect: rewrite, subject: 'orig*'}]", "refuse"),
            ("never: [{effect: rewrite, subject: upstream}]", "ask"),
            ("never: [{command: 'git push *'}]", "refuse"),
            ("never: [{command: 'git push'}]", "ask"),
            ("never: [{command: 'git push *', effect: delete}]", "ask"),
        ];
        let findings = vec![finding("git.push.force", Class::Destructive, Some(Effect::Rewrite), "origin")];
        let report = report("git  push --force origin", Class::Destructive, findings);
        for (text, expected) in cases {
            assert_eq!(word(&decide(&report, &configured(text))), expected, "{text}");
        }
    }

    #[test]
    fn the_users_list_refuses_in_every_class() {
        let report = report("npm publish", Class::ReadOnly, Vec::new());
        assert_eq!(word(&decide(&report, &configured("never: [{command: 'npm publish*'}]"))), "refuse");
    }
}
