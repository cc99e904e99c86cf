//! What `check` and `explain` share: judging a command and deciding about it, without running it.

use crate::cli::Asked;
use crate::doors;
use crate::facts::machine::Machine;
use crate::facts::{Facts, NoFacts};
use crate::folders::Folders;
use crate::judge::judge;
use crate::policy::{self, Configuration, Decision, Mistake};
use crate::request::{Report, Request};

/// By what a command is looked at.
pub struct Look {
    configuration: Result<Configuration, Mistake>,
    facts: bool,
}

impl Look {
    /// By this machine and the user's configuration, or, without `facts`, by the text alone and the defaults.
    pub fn new(facts: bool) -> Look {
        let configuration = match facts {
            true => Configuration::load(Folders::of_user().as_ref()),
            false => Ok(Configuration::default()),
        };
        if let Err(mistake) = &configuration {
            eprintln!("guard: {mistake}");
        }
        Look { configuration, facts }
    }

    /// Judges `request` as if it were made in `folder`, or here.
    pub fn judge(&self, request: &Request, folder: Option<String>) -> Report {
        let facts: &dyn Facts = match (self.facts, folder) {
            (false, _) => &NoFacts,
            (true, None) => &Machine::here(),
            (true, Some(folder)) => &Machine::at(folder),
        };
        judge(request, facts)
    }

    /// What happens to a command that was judged so.
    pub fn decide(&self, report: &Report) -> Verb {
        match policy::decide(report, &self.configuration) {
            Decision::Run => Verb::Run,
            Decision::Ask(_) => Verb::Ask,
            Decision::Refuse(_) => Verb::Refuse,
        }
    }
}

/// What guard does with a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verb {
    /// It runs.
    Run,
    /// A human is asked.
    Ask,
    /// It is refused.
    Refuse,
}

impl Verb {
    /// As the end of a sentence about the command.
    pub const fn meaning(self) -> &'static str {
        match self {
            Verb::Run => "it runs",
            Verb::Ask => "a human is asked first",
            Verb::Refuse => "it is refused",
        }
    }
}

/// The request that a command line of guard's own describes.
pub fn request(asked: &Asked) -> Request {
    match &asked.text {
        Some(text) => doors::text_request(text),
        None => doors::program_request(&asked.arguments),
    }
}

/// The first line of a description: the class, its effects, and what guard does.
pub fn headline(report: &Report, verb: Verb) -> String {
    let effects: Vec<&str> = report.effects().iter().map(|effect| effect.as_str()).collect();
    let effects = match effects.is_empty() {
        true => String::new(),
        false => format!(" ({})", effects.join(", ")),
    };
    format!("{}{effects}: {}", report.class, verb.meaning())
}
