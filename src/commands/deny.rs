//! `guard deny`: refuses a command that waits at the desk.

use std::process::ExitCode;

use super::answers;
use crate::cli::Deny;
use crate::desk::Verdict;
use crate::folders::Folders;

/// Runs the subcommand: 0, or 1 when the answer does not count or there is nothing to answer.
pub fn run(deny: &Deny) -> ExitCode {
    let folders = Folders::of_user();
    let terminal = match answers::terminal(folders.as_ref(), &["deny", &deny.id]) {
        Ok(terminal) => terminal,
        Err(code) => return code,
    };
    match answers::give(folders.as_ref(), &deny.id, Verdict::Deny, &terminal, deny.because.as_deref()) {
        Ok(request) => {
            println!("{}", answers::told("denied", &request));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("guard: deny: {}: {error}", deny.id);
            ExitCode::FAILURE
        }
    }
}
