//! The guard program: finds the door that was used, and hands over to it.

mod pass;
mod run;

use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

use guard::cli::{self, Command};
use guard::commands;
use guard::doors::{self, Door};

fn main() -> ExitCode {
    let argv: Vec<OsString> = env::args_os().collect();
    match doors::choose(&argv) {
        Door::Own => own(argv),
        door => pass::pass(door, &argv),
    }
}

/// guard's own command line.
fn own(argv: Vec<OsString>) -> ExitCode {
    // `guard check | head` ends as other programs do.
    run::restore_sigpipe();
    match cli::parse(argv) {
        Ok(Command::Check(check)) => commands::check::run(&check),
        Ok(Command::Explain(explain)) => commands::explain::run(&explain),
        Ok(Command::Log(log)) => commands::log::run(&log),
        Ok(Command::Run(start)) => run::agent::start(&start),
        Ok(Command::Rules(rules)) => commands::rules::run(&rules),
        Err(shown) => shown.exit(),
    }
}
