//! The command line of guard itself: every subcommand and flag, defined once.
//!
//! Help, the manual page and shell completions come from here. The shell's own option forms (`-c TEXT`,
//! `SCRIPT ARG…`) are read by `doors`, which never touches this.

use std::ffi::OsString;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, CommandFactory, Parser, Subcommand};

use crate::effect::Class;
use crate::journal::Word;

/// What a person may ask of guard by name.
#[derive(Debug, Parser)]
#[command(name = "guard", version, about)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Reads `argv`. Without arguments it shows the help.
///
/// # Errors
///
/// What is to be shown instead: help, the version, or what is wrong.
pub fn parse(argv: Vec<OsString>) -> Result<Command, clap::Error> {
    if argv.len() <= 1 {
        let help = Cli::command().render_help();
        return Err(Cli::command().error(clap::error::ErrorKind::DisplayHelp, help));
    }
    Cli::try_parse_from(argv).map(|cli| cli.command)
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say what a command would do, and run nothing
    Check(Check),
    /// Show what was judged and decided, or check that the record is whole
    Log(Log),
}

/// `guard check`.
#[derive(Debug, Args)]
pub struct Check {
    /// The command's text, as it would be given to a shell
    #[arg(value_name = "TEXT", required_unless_present_any = ["jsonl", "arguments"], conflicts_with_all = ["jsonl", "arguments"])]
    pub text: Option<OsString>,

    /// A program and its arguments, judged as they stand, without a shell
    #[arg(last = true, value_name = "PROGRAM", conflicts_with = "jsonl")]
    pub arguments: Vec<OsString>,

    /// Print one JSON object
    #[arg(long)]
    pub json: bool,

    /// Read {"cmd": TEXT} a line from standard input, and answer with a JSON object a line
    #[arg(long, conflicts_with_all = ["json", "exit_code"])]
    pub jsonl: bool,

    /// Answer by exit status: 0 read-only, 10 mutating, 20 destructive
    #[arg(long)]
    pub exit_code: bool,

    /// Judge the text alone, and look at nothing on this machine
    #[arg(long)]
    pub no_facts: bool,
}

/// `guard log`.
#[derive(Debug, Args)]
pub struct Log {
    /// Only what is younger than a time span (1h, 2d) or a date (2026-11-22, 2026-11-22T18:00)
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,

    /// Only commands of this class
    #[arg(long, value_parser = words(&CLASSES, Class::as_str))]
    pub class: Option<Class>,

    /// Only what was decided so
    #[arg(long, value_parser = words(&Word::ALL, Word::as_str))]
    pub decision: Option<Word>,

    /// The last N of them
    #[arg(short = 'n', value_name = "N")]
    pub last: Option<usize>,

    /// Print the records as they stand in the journal
    #[arg(long)]
    pub json: bool,

    /// Check that no record was changed, taken out or moved, and show nothing else
    #[arg(long, conflicts_with_all = ["since", "class", "decision", "last", "json"])]
    pub verify: bool,
}

/// The classes, in their order.
const CLASSES: [Class; 3] = [Class::ReadOnly, Class::Mutating, Class::Destructive];

/// Reads one of a few words.
fn words<T: Copy + Send + Sync + 'static>(
    values: &'static [T],
    word: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    let known = PossibleValuesParser::new(values.iter().map(|value| word(*value)));
    known.try_map(move |text| {
        values.iter().copied().find(|value| word(*value) == text).ok_or("expected one of the possible values")
    })
}
