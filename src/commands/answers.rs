//! What the subcommands share that answer for a human: whose word counts, and that a vain try is recorded.

use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Duration;

use jiff::Timestamp;

use crate::ask::{self, Proofs, Refusal};
use crate::desk::{Request, Spool, Unanswerable, Verdict};
use crate::doors;
use crate::effect::Effect;
use crate::factors::Factors;
use crate::facts::NoFacts;
use crate::folders::Folders;
use crate::human;
use crate::in_force::InForce;
use crate::journal::{Entry, Journal, Outcome};
use crate::judge::judge_by;
use crate::policy::Configuration;
use crate::visible;

/// The terminal of the human who called `guard WORDS…`. A call that does not count is recorded.
///
/// # Errors
///
/// The exit status, when it does not count; why is said.
pub fn terminal(folders: Option<&Folders>, words: &[&str]) -> Result<String, ExitCode> {
    human::check_outsider(folders).map_err(|doubt| {
        eprintln!("guard: {}: only a human answers, and this does not count: {doubt}", words.first().unwrap_or(&""));
        record(folders, words, &Refusal::Doubtful(doubt));
        ExitCode::FAILURE
    })
}

fn record(folders: Option<&Folders>, words: &[&str], refusal: &Refusal) {
    let argv: Vec<OsString> = std::iter::once("guard").chain(words.iter().copied()).map(OsString::from).collect();
    let folder = std::env::current_dir().ok();
    let rules = InForce::load(folders, folder.as_deref()).rules;
    let report = judge_by(&doors::program_request(&argv), &rules, &NoFacts);
    let outcome = Outcome::Refused(refusal);
    let entry = Entry { door: "guard", folder: folder.as_deref(), report: &report, outcome };
    if let Err(error) = Journal::of(folders).append(&entry) {
        eprintln!("guard: not recorded: {error}");
    }
}

/// What a human's word needs besides a terminal: with a yes to some effects or, without them, to anything.
///
/// # Errors
///
/// The exit status, when the configuration cannot be read; why is said.
pub fn proofs(word: &str, folders: Option<&Folders>, effects: Option<&[Effect]>) -> Result<Proofs, ExitCode> {
    match InForce::load(folders, None).configuration {
        Ok(Configuration { factors, .. }) => Ok(Proofs {
            factors: folders.map(Factors::of),
            needed: effects.map_or_else(|| factors.all(), |effects| factors.of(effects)),
        }),
        Err(mistake) => {
            eprintln!("guard: {word}: {mistake}");
            Err(ExitCode::FAILURE)
        }
    }
}

/// Asks on this terminal for what a human's word needs besides.
///
/// # Errors
///
/// The exit status, when it is not given; why is said.
pub fn prove(word: &str, proofs: &Proofs) -> Result<(), ExitCode> {
    if proofs.are_none() {
        return Ok(());
    }
    ask::prove(proofs, PATIENCE).map_err(|refusal| fail(word, &refusal.reason()))
}

/// Says why a subcommand does nothing.
pub fn fail(word: &str, why: &str) -> ExitCode {
    eprintln!("guard: {word}: {}", visible::line(why));
    ExitCode::FAILURE
}

/// How long is waited for a human who called for the question.
pub const PATIENCE: Duration = Duration::from_secs(300);

/// Gives an answer from `terminal` to the request with a ticket, wherever it lies.
///
/// # Errors
///
/// Why it is not answered.
pub fn give(
    folders: Option<&Folders>,
    id: &str,
    verdict: Verdict,
    terminal: &str,
    because: Option<&str>,
) -> Result<Request, Unanswerable> {
    let found = Spool::all(folders).into_iter().find(|spool| spool.find(id).is_some());
    found.ok_or(Unanswerable::Unknown)?.answer(id, verdict, terminal, because)
}

/// What was answered, in words.
pub fn told(word: &str, request: &Request) -> String {
    format!("{word} {}: {}", request.id, visible::short(request.text.trim(), 300))
}

/// What was approved, in words, and when it runs.
pub fn approved(request: &Request) -> String {
    let when = match request.is_awaited(Timestamp::now()) {
        true => "it runs now",
        false => "it runs once when exactly the same is asked for within 10 minutes",
    };
    format!("{}\n{when}", told("approved", request))
}
