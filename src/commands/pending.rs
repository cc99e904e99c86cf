//! `guard pending`: shows the commands that wait for a human.

use std::io::{self, BufWriter, ErrorKind, Write};
use std::process::ExitCode;

use console::Term;
use jiff::Timestamp;
use serde::Serialize;

use crate::cli::Pending;
use crate::desk::{Request, Spool};
use crate::folders::Folders;
use crate::visible;

/// A request as it is printed for programs.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    request: &'a Request,
    /// Whether its sender waits right now.
    awaited: bool,
}

/// Runs the subcommand: 0, or 1 when the output cannot be written.
pub fn run(pending: &Pending) -> ExitCode {
    let spools = Spool::all(Folders::of_user().as_ref());
    let mut requests: Vec<Request> = spools.iter().flat_map(Spool::pending).collect();
    requests.sort_by_key(|request| request.time);
    let mut out = BufWriter::new(io::stdout().lock());
    let columns = Term::stdout().size_checked().map(|(_, columns)| usize::from(columns));
    let now = Timestamp::now();
    let shown = requests.iter().try_for_each(|request| match pending.json {
        true => {
            let shown = Shown { request, awaited: request.is_awaited(now) };
            serde_json::to_writer(&mut out, &shown).map_err(io::Error::from)?;
            writeln!(out)
        }
        false => writeln!(out, "{}", line(request, now, columns)),
    });
    match shown.and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            eprintln!("guard: pending: {error}");
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}

/// A request in one line: its ticket, how long ago it came, whether somebody waits, and the command.
pub fn line(request: &Request, now: Timestamp, columns: Option<usize>) -> String {
    let age = age(now.duration_since(request.time).as_secs());
    let state = if request.is_awaited(now) { "waits" } else { "ended" };
    let client = request.client.as_deref().unwrap_or("-");
    let before = format!("{}  {age:>4}  {state}  {client:8}  ", request.id);
    let room = columns.map_or(usize::MAX, |columns| columns.saturating_sub(before.len()).max(20));
    before + &visible::short(request.text.trim(), room)
}

fn age(seconds: i64) -> String {
    match seconds {
        ..60 => format!("{}s", seconds.max(0)),
        60..3600 => format!("{}m", seconds / 60),
        _ => format!("{}h", seconds / 3600),
    }
}
