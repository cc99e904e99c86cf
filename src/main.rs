//! The guard program: finds the door that was used, and hands over to it.

#![no_main]

mod pass;
mod run;

use std::ffi::OsString;
use std::process::ExitCode;

use guard::cli::{self, Command};
use guard::commands;
use guard::doors::{self, Door};

/// Handles a call, and gives its exit status where guard did not become another program.
fn start(argv: Vec<OsString>) -> u8 {
    let code = match doors::choose(&argv) {
        Door::Own => own(argv),
        door => pass::pass(door, &argv),
    };
    // An `ExitCode` does not say its number, but can be compared.
    (0..=u8::MAX).find(|status| ExitCode::from(*status) == code).unwrap_or(pass::HELD)
}

/// guard's own command line.
fn own(argv: Vec<OsString>) -> ExitCode {
    let command = cli::parse(argv);
    if !matches!(command, Ok(Command::Hook(_))) {
        // `guard check | head` ends as other programs do. A hook must not: a client runs what its hook died over.
        run::restore_sigpipe();
    }
    match command {
        Ok(Command::Check(check)) => commands::check::run(&check),
        Ok(Command::Explain(explain)) => commands::explain::run(&explain),
        Ok(Command::Log(log)) => commands::log::run(&log),
        Ok(Command::Hook(hook)) => commands::hook::run(&hook),
        Ok(Command::Init(init)) => commands::init::run(&init),
        Ok(Command::Doctor(doctor)) => commands::doctor::run(&doctor),
        Ok(Command::Completions(completions)) => commands::completions::run(&completions),
        Ok(Command::Man) => commands::completions::manual(),
        Ok(Command::Run(start)) => run::agent::start(&start),
        Ok(Command::Rules(rules)) => commands::rules::run(&rules),
        Ok(Command::Config(config)) => commands::config::run(&config),
        Ok(Command::Pending(pending)) => commands::pending::run(&pending),
        Ok(Command::Approve(ticket)) => commands::approve::run(&ticket),
        Ok(Command::Answer) => commands::answer::run(),
        Ok(Command::Watch(watch)) => commands::watch::run(&watch),
        Ok(Command::Grant(allow)) => commands::grant::grant(&allow),
        Ok(Command::Grants(allowed)) => commands::grant::grants(&allowed),
        Ok(Command::Deny(deny)) => commands::deny::run(&deny),
        Ok(Command::Factor(factor)) => commands::factor::run(&factor),
        Ok(Command::Session(session)) => commands::session::run(&session),
        Err(shown) => shown.exit(),
    }
}
