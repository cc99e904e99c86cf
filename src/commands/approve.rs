//! `guard approve`: lets a command run that waits at the desk.

use std::process::ExitCode;

use super::answers::{self, PATIENCE};
use crate::ask::{self, Asking};
use crate::cli::Ticket;
use crate::desk::{Request, Spool, Verdict};
use crate::folders::Folders;

/// Runs the subcommand: 0, or 1 when the answer does not count or there is nothing to answer.
pub fn run(ticket: &Ticket) -> ExitCode {
    approve(&ticket.id).unwrap_or_else(|code| code)
}

fn approve(id: &str) -> Result<ExitCode, ExitCode> {
    let folders = Folders::of_user();
    let terminal = answers::terminal(folders.as_ref(), &["approve", id])?;
    let found = Spool::all(folders.as_ref()).iter().find_map(|spool| spool.find(id));
    if let Some(request) = found {
        confirm(&request, folders.as_ref())?;
    }
    let request = answers::give(folders.as_ref(), id, Verdict::Approve, &terminal, None)
        .map_err(|error| answers::fail("approve", &format!("{id}: {error}")))?;
    println!("{}", answers::approved(&request));
    Ok(ExitCode::SUCCESS)
}

/// Who calls for it by its ticket need not be asked again, but where a loss is severe: then the human types what is lost.
fn confirm(request: &Request, folders: Option<&Folders>) -> Result<(), ExitCode> {
    let proofs = answers::proofs("approve", folders, Some(&request.effects()))?;
    if request.loss.phrase.is_none() || request.loss.severe.is_empty() {
        return answers::prove("approve", &proofs);
    }
    let report = request.report();
    let asking = Asking {
        held: &request.held(&report),
        loss: &request.loss,
        folder: request.folder.as_deref(),
        client: request.client.as_deref(),
        limit: PATIENCE,
        offers: &[],
        proofs: &proofs,
    };
    ask::ask(&asking).map(drop).map_err(|refusal| answers::fail("approve", &refusal.reason()))
}
