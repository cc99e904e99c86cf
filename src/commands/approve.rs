//! `guard approve`: lets a command run that waits at the desk.

use std::process::ExitCode;

use jiff::Timestamp;

use super::answers;
use crate::cli::Ticket;
use crate::desk::Verdict;
use crate::folders::Folders;

/// Runs the subcommand: 0, or 1 when the answer does not count or there is nothing to answer.
pub fn run(ticket: &Ticket) -> ExitCode {
    let folders = Folders::of_user();
    let terminal = match answers::terminal(folders.as_ref(), &["approve", &ticket.id]) {
        Ok(terminal) => terminal,
        Err(code) => return code,
    };
    match answers::give(folders.as_ref(), &ticket.id, Verdict::Approve, &terminal, None) {
        Ok(request) => {
            answers::told("approved", &request);
            println!(
                "{}",
                match request.is_awaited(Timestamp::now()) {
                    true => "it runs now",
                    false => "it runs once when exactly the same is asked for within 10 minutes",
                }
            );
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("guard: approve: {}: {error}", ticket.id);
            ExitCode::FAILURE
        }
    }
}
