//! The desk: where a command waits for a human who is not at its terminal.
//!
//! Takes a held command, lays it down as a request, and waits for a human's answer from another terminal; gives an
//! answer, or a refusal with the ticket by which the request can still be answered. Knows files and waiting; knows
//! nothing of how things are judged, and leaves it to `human` whose word counts.

mod changes;
mod digest;
pub(crate) mod files;
pub mod notify;
mod request;
mod seal;
mod signature;
mod spool;

use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use nix::unistd::{self, Pid};

pub use changes::Changes;
pub use digest::Asked;
pub use request::{Answer, Reason, Request, Verdict, Waiter};
pub(crate) use seal::random;
pub use seal::ticket;
pub use signature::{Key, Signed};
pub use spool::{ANSWER_LIFE, Brought, Spool, Unanswerable};

use crate::ask::{self, Refusal};
use crate::client;
use crate::facts::loss::Loss;
use crate::folders::Folders;
use crate::grants::Offer;
use crate::policy::{Held, Why};
use crate::visible;
use notify::Notify;

/// How often is looked whether the one who asked is still there.
const LOOK: Duration = Duration::from_secs(1);

/// What a wait at the desk needs to know.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// How the request came in.
    pub asked: Asked<'a>,
    /// What the command would lose.
    pub loss: &'a Loss,
    /// What may be allowed ahead along with a yes.
    pub offers: &'a [Offer],
    /// The user's folders.
    pub folders: Option<&'a Folders>,
    /// How long an answer is waited for.
    pub wait: Duration,
    /// The user's program that is told of it.
    pub notify: Option<&'a Notify>,
    /// Why the human was not asked on the command's own terminal.
    pub why: &'a Refusal,
}

/// Asks a human who is elsewhere. `waits` is told of the request before it is waited for, and may answer instead.
pub fn ask(held: &Held<'_>, call: &Call<'_>, waits: impl FnOnce(&Request) -> Result<(), ask::Answer>) -> ask::Answer {
    wait(held, call, waits).unwrap_or_else(ask::Answer::Refused)
}

fn wait(
    held: &Held<'_>,
    call: &Call<'_>,
    waits: impl FnOnce(&Request) -> Result<(), ask::Answer>,
) -> Result<ask::Answer, Refusal> {
    let unusable = |error: io::Error| Refusal::NoDesk(error.to_string());
    let sender = unistd::getppid();
    let spool = Spool::open(call.folders).map_err(unusable)?;
    let request = match spool.bring(draft(held, call)).map_err(unusable)? {
        Brought::Answered(answer) => return Ok(settled(answer)),
        Brought::Lies(request) => request,
        Brought::LiesAgain(request) if call.wait.is_zero() => return Err(unanswered(&request, call)),
        Brought::LiesAgain(request) => request,
    };
    let told = |awaited| notify::start(call.notify?, call.folders, &spool, &request, awaited);
    if call.wait.is_zero() {
        told(false);
        return Err(unanswered(&request, call));
    }
    if let Err(answer) = waits(&request) {
        return Ok(answer);
    }
    announce(held, &request, call.wait);
    let running = told(true);
    let result = await_answer(&spool, &request, call, sender);
    if let Some(running) = running {
        running.end();
    }
    result
}

fn await_answer(spool: &Spool, request: &Request, call: &Call<'_>, sender: Pid) -> Result<ask::Answer, Refusal> {
    let unusable = |error: io::Error| Refusal::NoDesk(error.to_string());
    let changes = Changes::of(&[&spool.path(request)]);
    let deadline = Instant::now() + call.wait;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if unistd::getppid() != sender {
            // Nobody is there to be served, and what was approved was not this.
            return Err(Refusal::Abandoned);
        }
        if (spool.has_answer(request) || left.is_zero())
            && let Some(answer) = spool.collect(request).map_err(unusable)?
        {
            return Ok(settled(answer));
        }
        if left.is_zero() {
            return Err(unanswered(request, call));
        }
        changes.wait(left.min(LOOK));
    }
}

fn unanswered(request: &Request, call: &Call<'_>) -> Refusal {
    Refusal::Unanswered { ticket: request.id.clone(), waited: call.wait, why: Box::new(call.why.clone()) }
}

fn settled(answer: Answer) -> ask::Answer {
    match answer.verdict {
        Verdict::Approve => ask::Answer::Confirmed { terminal: answer.from },
        Verdict::Deny => ask::Answer::Refused(Refusal::Denied { terminal: answer.from, because: answer.because }),
    }
}

fn draft(held: &Held<'_>, call: &Call<'_>) -> Request {
    let now = Timestamp::now();
    let wait = SignedDuration::try_from(call.wait).unwrap_or(SignedDuration::ZERO);
    Request {
        id: String::new(),
        digest: digest::digest(held, &call.asked),
        challenge: String::new(),
        time: now,
        until: now.checked_add(wait).unwrap_or(now),
        waiter: Waiter::own(),
        client: client::name().map(str::to_owned),
        door: call.asked.door.to_owned(),
        folder: call.asked.folder.map(Path::to_string_lossy).map(Into::into),
        text: held.report.text.clone(),
        class: held.report.class,
        named: match &held.why {
            Why::Named(entry) => Some(entry.clone()),
            _ => None,
        },
        findings: held.findings.iter().map(|finding| Reason::of(finding)).collect(),
        loss: call.loss.clone(),
        offers: call.offers.to_vec(),
    }
}

/// Tells the sender at once that this takes a while, and how a human ends it. That nobody may read it changes nothing.
fn announce(held: &Held<'_>, request: &Request, wait: Duration) {
    let command = visible::short(held.report.text.trim(), 160);
    let text = format!(
        "guard: waiting up to {} s for a human to approve: {command}\n\
         guard: they answer in a terminal of their own, with `guard watch` or `guard approve {}`\n",
        wait.as_secs(),
        request.id,
    );
    let _ = io::stderr().write_all(text.as_bytes());
}
