//! What `check` and `explain` share: judging a command and deciding about it, without running it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::cli::Asked;
use crate::doors;
use crate::facts::NoFacts;
use crate::facts::loss::Severity;
use crate::facts::machine::Machine;
use crate::folders::Folders;
use crate::in_force::{self, InForce, User};
use crate::judge::judge_by;
use crate::policy::{self, Configuration, Decision, Mistake};
use crate::request::{Report, Request};

/// By what a command is looked at.
pub struct Look {
    /// `None`: by the text alone.
    user: Option<User>,
    here: InForce,
    /// What is in force elsewhere, by the folders that hold a project's rules.
    elsewhere: Mutex<BTreeMap<Vec<PathBuf>, Arc<InForce>>>,
}

impl Look {
    /// By this machine, the user's configuration and the rules in force, or, without `facts`, by the text alone and the
    /// defaults.
    pub fn new(facts: bool) -> Look {
        let user = facts.then(|| User::load(Folders::of_user().as_ref()));
        let here = user.as_ref().map_or_else(InForce::defaults, |user| user.for_folder(in_force::here().as_deref()));
        if let Err(mistake) = &here.configuration {
            eprintln!("guard: {mistake}");
        }
        for note in &here.notes {
            eprintln!("guard: {note}");
        }
        Look { user, here, elsewhere: Mutex::default() }
    }

    /// Judges `request` as if it were made in `folder`, or here, and says what happens to it.
    pub fn judge(&self, request: &Request, folder: Option<String>) -> (Report, Verb) {
        let Some(user) = &self.user else {
            let report = judge_by(request, &self.here.rules, &NoFacts);
            let verb = decide(&report, &self.here.configuration);
            return (report, verb);
        };
        let Some(folder) = folder else {
            let report = judge_by(request, &self.here.rules, &Machine::here());
            let verb = decide(&report, &self.here.configuration);
            return (report, verb);
        };
        let in_force = self.in_force(user, Path::new(&folder));
        let report = judge_by(request, &in_force.rules, &Machine::at(folder));
        let verb = decide(&report, &in_force.configuration);
        (report, verb)
    }

    /// From when on a loss is severe.
    pub fn severity(&self) -> Severity {
        self.here.configuration.as_ref().map(|configuration| configuration.severe.clone()).unwrap_or_default()
    }

    fn in_force(&self, user: &User, folder: &Path) -> Arc<InForce> {
        let folders = if folder.is_absolute() { in_force::project_folders(folder) } else { Vec::new() };
        let mut known = self.elsewhere.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(folders).or_insert_with_key(|folders| Arc::new(user.for_project(folders))))
    }
}

fn decide(report: &Report, configuration: &Result<Configuration, Mistake>) -> Verb {
    match policy::decide(report, configuration) {
        Decision::Run => Verb::Run,
        Decision::Ask(_) => Verb::Ask,
        Decision::Refuse(_) => Verb::Refuse,
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
