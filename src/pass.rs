//! The way from a door to a running program: judge, decide, ask, record, run.

use std::env;
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use guard::ask::{self, Answer, Refusal};
use guard::confirm::{At, Person};
use guard::desk::Asked;
use guard::doors::{Door, Errand, Failure};
use guard::effect::Class;
use guard::facts::machine::Machine;
use guard::folders::Folders;
use guard::in_force::InForce;
use guard::journal::{Entry, Journal, Outcome};
use guard::judge::judge_by;
use guard::policy::{self, Decision, Held};
use guard::request::{Report, Request};
use guard::rules::library::Library;

use crate::run;

/// The exit status of a command that was not run because of what it is.
pub const HELD: u8 = 126;

/// Carries a call through `door`. Returns only when nothing was run.
pub fn pass(door: Door, argv: &[OsString]) -> ExitCode {
    if let Some(plan) = run::inner::plan(door, argv) {
        return report_failure(&run::start(plan));
    }
    let folders = Folders::of_user();
    let folder = env::current_dir().ok();
    let InForce { configuration, rules, notes, .. } = InForce::load(folders.as_ref(), folder.as_deref());
    if let Err(mistake) = &configuration {
        say(&format!("guard: {mistake}"));
    }
    let shell = configuration.as_ref().ok().and_then(|configuration| configuration.shell.as_deref());
    let errand = match Errand::read(door, argv, shell) {
        Ok(errand) => errand,
        Err(failure) => return report_failure(&failure),
    };
    let report = worst(&errand.requests, &rules);
    let Some(report) = report else { return report_failure(&run::run(errand.plan)) };
    // What a project's rules try beyond raising is told where it could matter; reading commands stay undisturbed.
    for note in notes.iter().filter(|_| report.class > Class::ReadOnly) {
        say(&format!("guard: {note}"));
    }
    let journal = Journal::of(folders.as_ref());
    let entry = Entry { door: errand.door, folder: folder.as_deref(), report: &report, outcome: Outcome::Ran };

    let (held, refusal) = match policy::decide(&report, &configuration) {
        Decision::Run => {
            if let Err(error) = journal.append(&entry) {
                say(&format!("guard: not recorded: {error}"));
            }
            return report_failure(&run::run(errand.plan));
        }
        Decision::Ask(held) => {
            let arguments = argv.get(1..).unwrap_or_default();
            let person = Person {
                journal: &journal,
                folders: folders.as_ref(),
                configuration: configuration.as_ref().ok(),
                asked: Asked { door: errand.door, arguments, requests: &errand.requests, folder: folder.as_deref() },
                entry,
                machine: &Machine::here(),
                at: At::Terminal,
            };
            match person.confirm(&held) {
                Answer::Confirmed { terminal } => {
                    match journal.append(&Entry { outcome: Outcome::Confirmed(&terminal), ..entry }) {
                        Ok(()) => return report_failure(&run::run(errand.plan)),
                        Err(error) => {
                            say(&format!("guard: not recorded: {error}"));
                            return refuse(&held, &Refusal::Unrecorded);
                        }
                    }
                }
                Answer::Refused(refusal) => (held, refusal),
            }
        }
        Decision::Refuse(held) => (held, Refusal::Policy),
    };
    if let Err(error) = journal.append(&Entry { outcome: Outcome::Refused(&refusal), ..entry }) {
        say(&format!("guard: not recorded: {error}"));
    }
    refuse(&held, &refusal)
}

fn refuse(held: &Held<'_>, refusal: &Refusal) -> ExitCode {
    say(ask::refusal(held, refusal).trim_end());
    ExitCode::from(HELD)
}

/// The report on the worst of what may run; `None` when nothing may.
fn worst(requests: &[Request], rules: &Library) -> Option<Report> {
    let machine = Machine::here();
    requests.iter().map(|request| judge_by(request, rules, &machine)).max_by_key(|report| report.class)
}

fn report_failure(failure: &Failure) -> ExitCode {
    say(&format!("guard: {}", failure.message));
    ExitCode::from(failure.status)
}

/// A line on standard error. That nobody may be there to read it changes nothing.
fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}
