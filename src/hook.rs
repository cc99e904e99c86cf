//! What comes of a client's request to its hook: the acts of the tool are judged one after the other.

use std::env;
use std::ffi::OsStr;
use std::path::Path;

use serde_json::Value;

use crate::agents::{Act, Hook, Reply};
use crate::ask::{self, Answer, Refusal};
use crate::confirm::{At, Person};
use crate::desk::Asked;
use crate::doors;
use crate::doors::kept::Kept;
use crate::effect::{Class, Effect};
use crate::facts::machine::Machine;
use crate::folders::Folders;
use crate::in_force::{self, InForce};
use crate::journal::{Entry, Journal, Outcome};
use crate::judge::judge_by;
use crate::policy::{self, Decision, Held, Why};
use crate::request::{Report, Request};

/// The answer to a request.
pub fn answer(hook: &Hook, request: &Value) -> Reply {
    let asked = match (hook.read)(request) {
        Ok(asked) => asked,
        Err(what) => return Reply::Refuse(format!("guard: not run: {what}; tell the human")),
    };
    let folders = Folders::of_user();
    let folder = asked.folder.clone().filter(|folder| folder.starts_with('/'));
    let here = in_force::here();
    let scene = Scene {
        folders: folders.as_ref(),
        in_force: InForce::load(folders.as_ref(), folder.as_deref().map(Path::new).or(here.as_deref())),
        journal: Journal::of(folders.as_ref()),
        folder,
        rewrites: (hook.rewrites)(request),
        // The shell that the client starts is guard, and decides by itself.
        shells_are_guard: Kept::here().is_some(),
    };
    let mut texts = Vec::new();
    let mut changed = false;
    let mut held = Vec::new();
    for act in &asked.acts {
        match scene.consider(act) {
            Fate::Goes => texts.extend(text_of(act)),
            Fate::Asks(text) => {
                changed = true;
                texts.push(text);
            }
            Fate::Waits => {
                texts.extend(text_of(act));
                held.push(line(act));
            }
            Fate::Stops(reason) => return Reply::Refuse(reason),
        }
    }
    // One request of the client is one question, however many of its acts are held.
    if !held.is_empty()
        && let Some(reason) = scene.ask(&held.join("\n"))
    {
        return Reply::Refuse(reason);
    }
    if changed { Reply::Instead(texts) } else { Reply::Pass }
}

fn text_of(act: &Act) -> Option<String> {
    match act {
        Act::Shell(text) => Some(text.clone()),
        Act::Write(_) | Act::Delete(_) => None,
    }
}

/// What comes of one act.
enum Fate {
    Goes,
    /// It goes as this text, by which guard itself asks.
    Asks(String),
    /// A human must say so first.
    Waits,
    Stops(String),
}

/// What an act is considered by.
struct Scene<'a> {
    folders: Option<&'a Folders>,
    in_force: InForce,
    journal: Journal<'a>,
    folder: Option<String>,
    rewrites: bool,
    shells_are_guard: bool,
}

impl Scene<'_> {
    fn consider(&self, act: &Act) -> Fate {
        if self.shells_are_guard && matches!(act, Act::Shell(_)) {
            return Fate::Goes;
        }
        let report = self.report(&line(act)).1;
        if matches!(act, Act::Write(_)) && !lasts(&report) {
            return Fate::Goes;
        }
        match policy::decide(&report, &self.in_force.configuration) {
            Decision::Run => {
                // What runs without a question runs without a record, too, if it must.
                let _ = self.journal.append(&self.entry(&report, Outcome::Ran));
                Fate::Goes
            }
            Decision::Ask(_) => match act {
                Act::Shell(text) if self.rewrites => by_guard(text).map_or(Fate::Waits, Fate::Asks),
                _ => Fate::Waits,
            },
            Decision::Refuse(held) => Fate::Stops(self.refuse(&held, &Refusal::Policy)),
        }
    }

    /// Asks a human about `text`, without waiting for an answer; gives the reason where it does not go.
    fn ask(&self, text: &str) -> Option<String> {
        let (request, report) = self.report(text);
        let held = match policy::decide(&report, &self.in_force.configuration) {
            Decision::Ask(held) => held,
            Decision::Refuse(held) => return Some(self.refuse(&held, &Refusal::Policy)),
            // What was held by itself stays held.
            Decision::Run => Held { report: &report, findings: report.findings.iter().collect(), why: Why::Class },
        };
        let here = in_force::here();
        let requests = [request];
        let person = Person {
            journal: &self.journal,
            folders: self.folders,
            configuration: self.in_force.configuration.as_ref().ok(),
            asked: Asked {
                door: "hook",
                arguments: &[],
                requests: &requests,
                folder: self.folder.as_deref().map(Path::new).or(here.as_deref()),
            },
            entry: self.entry(&report, Outcome::Ran),
            machine: &self.machine(),
            at: At::Desk,
        };
        match person.confirm(&held) {
            Answer::Confirmed { terminal } => {
                let confirmed = self.journal.append(&self.entry(&report, Outcome::Confirmed(&terminal)));
                confirmed.err().map(|_| self.refuse(&held, &Refusal::Unrecorded))
            }
            Answer::Refused(refusal) => Some(self.refuse(&held, &refusal)),
        }
    }

    fn report(&self, text: &str) -> (Request, Report) {
        let request = doors::text_request(OsStr::new(text));
        let report = judge_by(&request, &self.in_force.rules, &self.machine());
        (request, report)
    }

    fn machine(&self) -> Machine {
        self.folder.clone().map_or_else(Machine::here, Machine::at)
    }

    fn refuse(&self, held: &Held<'_>, refusal: &Refusal) -> String {
        let _ = self.journal.append(&self.entry(held.report, Outcome::Refused(refusal)));
        ask::refusal(held, refusal).trim_end().to_owned()
    }

    fn entry<'e>(&'e self, report: &'e Report, outcome: Outcome<'e>) -> Entry<'e> {
        Entry { door: "hook", folder: self.folder.as_deref().map(Path::new), report, outcome }
    }
}

/// The command line that does the same as an act. What a file tool writes is shown by the client and kept by the
/// project, so that only where it writes counts.
fn line(act: &Act) -> String {
    let quoted = |path: &str| shlex::try_quote(path).map_or_else(|_| path.to_owned(), |path| path.into_owned());
    match act {
        Act::Shell(text) => text.clone(),
        Act::Write(path) => format!("cat >> {}", quoted(path)),
        Act::Delete(path) => format!("rm -- {}", quoted(path)),
    }
}

/// Whether a change outlasts the task, or reaches a device.
fn lasts(report: &Report) -> bool {
    report.findings.iter().any(|finding| {
        finding.class == Class::Destructive
            && finding.effect.is_some_and(|effect| matches!(effect, Effect::Persist | Effect::Device))
    })
}

/// The command line that has guard run `text`, when a person says so.
fn by_guard(text: &str) -> Option<String> {
    let guard = env::current_exe().ok()?;
    let guard = shlex::try_quote(guard.to_str()?).ok()?.into_owned();
    let text = text.replace('\'', "'\\''");
    Some(format!("{guard} -c '{text}'"))
}
