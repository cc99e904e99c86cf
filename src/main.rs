//! The guard program: finds the door that was used, and hands over to it.

use std::process::ExitCode;

use clap::Parser;
use guard::{cli, commands};

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match cli.command {
        cli::Command::Check(check) => commands::check::run(&check),
    }
}
