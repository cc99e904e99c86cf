//! `guard completions` and `guard man`: what shells and `man` know of the command line, from its one definition.

use std::io;
use std::process::ExitCode;

use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;

use crate::cli::{Cli, Completions};

/// Prints completions.
pub fn run(completions: &Completions) -> ExitCode {
    let shell = match completions.shell.as_str() {
        "zsh" => Shell::Zsh,
        "fish" => Shell::Fish,
        _ => Shell::Bash,
    };
    // Into memory first: a reader that went away is no mistake.
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "guard", &mut text);
    print(&text)
}

/// Prints the manual page: guard itself, then each subcommand.
pub fn manual() -> ExitCode {
    let mut command = Cli::command();
    command.build();
    let mut text = Vec::new();
    let mut pages = Man::new(command.clone()).render(&mut text);
    for subcommand in command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help") {
        let page = Man::new(subcommand.clone());
        pages = pages.and_then(|()| page.render_name_section(&mut text)).and_then(|()| {
            page.render_synopsis_section(&mut text)?;
            page.render_options_section(&mut text)
        });
    }
    match pages {
        Ok(()) => print(&text),
        Err(_) => ExitCode::FAILURE,
    }
}

fn print(text: &[u8]) -> ExitCode {
    match io::Write::write_all(&mut io::stdout(), text) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    }
}
