//! `guard session`: the dead man's switch. While it stays in a human's terminal, mutating commands run unasked.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Span, Timestamp};

use super::answers;
use crate::ask::Refusal;
use crate::ask::watch::Screen;
use crate::cli::Session;
use crate::folders::Folders;
use crate::human::session;
use crate::visible;

/// A working day. Who is away for longer is not there to see what runs.
const LONGEST: SignedDuration = SignedDuration::from_hours(12);

/// Runs the subcommand: 0 when its time is over or its human ends it, 1 when it does not count or the terminal goes
/// away, 2 when the call is wrong.
pub fn run(call: &Session) -> ExitCode {
    let Some(folders) = Folders::of_user() else { return fail("there is no home folder: HOME is not set", 1) };
    let Some(time) = time(&call.time) else {
        return fail(&format!("expected a time span up to 12h (30m, 1h30m), found {}", call.time), 2);
    };
    let terminal = match answers::terminal(Some(&folders), &["session", &call.time]) {
        Ok(terminal) => terminal,
        Err(code) => return code,
    };
    let proofs = answers::proofs("session", Some(&folders), Some(&[]));
    if let Err(code) = proofs.and_then(|proofs| answers::prove("session", &proofs)) {
        return code;
    }
    match hold(&folders, &terminal, time) {
        Ok(()) | Err(Refusal::Interrupted | Refusal::Expired(_)) => ExitCode::SUCCESS,
        Err(Refusal::Closed) => ExitCode::FAILURE,
        Err(refusal) => fail(&refusal.reason(), 1),
    }
}

/// Holds the session as long as it is good. It is over before that is said.
fn hold(folders: &Folders, terminal: &str, time: Duration) -> Result<(), Refusal> {
    let mut screen = Screen::take()?;
    let now = Timestamp::now();
    let until = SignedDuration::try_from(time).ok().and_then(|time| now.checked_add(time).ok()).unwrap_or(now);
    let over = Instant::now() + time;
    let session = match session::begin(folders, terminal, until) {
        Ok(session) => session,
        Err(error) => return screen.say(&format!("guard: session: {error}\n")).and(Err(Refusal::Closed)),
    };
    screen.say(&format!(
        "guard: mutating commands run unasked until {}; q ends it, and so does closing this terminal\n",
        until.strftime("%H:%M:%S UTC")
    ))?;
    let end = screen.rest(over);
    drop(session);
    screen.say("guard: the session is over\n").and(end)
}

fn time(text: &str) -> Option<Duration> {
    let span: Span = text.parse().ok()?;
    let time = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).ok()?;
    Duration::try_from(time).ok().filter(|_| time.is_positive() && time <= LONGEST)
}

fn fail(what: &str, code: u8) -> ExitCode {
    eprintln!("guard: session: {}", visible::line(what));
    ExitCode::from(code)
}
