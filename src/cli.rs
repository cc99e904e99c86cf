//! The command line of guard itself: every subcommand and flag, defined once.
//!
//! Help, the manual page and shell completions come from here. The shell's own option forms (`-c TEXT`,
//! `SCRIPT ARG…`) are read by `doors`, which never touches this.

mod desk;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgGroup, Args, CommandFactory, Parser, Subcommand};

pub use desk::{Allow, Allowed, Deny, Factor, FactorAction, Pending, Session, Ticket, Watch};

use crate::agents::HOOKS;
use crate::effect::Class;
use crate::journal::Word;

/// What a person may ask of guard by name.
#[derive(Debug, Parser)]
#[command(name = "guard", version, about, override_usage = USAGE, after_help = EXAMPLES)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const USAGE: &str = "\
guard -c TEXT [NAME [ARG...]]  judge TEXT, then have the shell run it
       guard -- PROGRAM [ARG...]      judge an argument list, then run it without a shell
       guard SCRIPT [ARG...]          judge a script, then run it; also as #!/usr/bin/env guard
       guard < SCRIPT                 the same for standard input
       guard COMMAND                  one of those below";

const EXAMPLES: &str = "\
What only reads, or can be brought back, runs at once. What is destructive waits for a person
at the terminal or at another one (guard watch), and without an answer ends with status 126.
guard takes a shell's own options (-lc, -o pipefail, --norc); started as sh, bash, dash or zsh
it stands for that shell.

Examples:
  guard check 'git push --force'               what would this do?
  guard explain 'sudo find . -exec rm {} +'    and why?
  guard -c 'make test'                         run it, when it may
  guard run -- claude                          start an agent with guard as its every shell";

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
    /// Draw the tree of what a command would run, with each part's class and the reason
    Explain(Explain),
    /// Show what was judged and decided, or check that the record is whole
    Log(Log),
    /// Start an agent with guard as its every shell
    Run(Start),
    /// Look up, test and check the rules that say what programs do
    Rules(Rules),
    /// Show the commands that wait for a person
    Pending(Pending),
    /// Let a command run that waits, or waited: once, exactly as it was asked for
    Approve(Ticket),
    /// Take an answer that was signed off the machine, as JSON on standard input
    Answer,
    /// Show commands as they come to wait for a person, and answer them with one key
    Watch(Watch),
    /// Allow something narrow ahead of time, in one project
    Grant(Allow),
    /// Show what is allowed ahead of time, or take it back
    Grants(Allowed),
    /// Refuse a command that waits, and tell its sender why
    Deny(Deny),
    /// Let mutating commands run unasked in mode read-only, while this stays in your terminal
    Session(Session),
    /// Show what is configured, and where each value comes from
    Config(Config),
    /// Set what your yes needs besides a terminal: a passphrase, a one-time code, PAM
    Factor(Factor),
    /// Lead an agent to guard's hook by its settings, or print what your shell starts agents by
    Init(Init),
    /// Try by doing what is covered, and say what is not and what mends it
    Doctor(Doctor),
    /// Answer an agent's hook: its request as JSON on standard input, the answer in its own terms
    Hook(Hook),
    /// Print completions for a shell
    Completions(Completions),
    /// Print the manual page
    Man,
}

const CHECK_USAGE: &str = "\
guard check [OPTIONS] TEXT
       guard check [OPTIONS] -- PROGRAM [ARG...]
       guard check [OPTIONS] --jsonl < LINES";

const EXPLAIN_USAGE: &str = "\
guard explain [OPTIONS] TEXT
       guard explain [OPTIONS] -- PROGRAM [ARG...]";

/// A command, as text or as an argument list.
#[derive(Debug, Args)]
#[group(skip)]
pub struct Asked {
    /// The command's text, as it would be given to a shell
    #[arg(value_name = "TEXT")]
    pub text: Option<OsString>,

    /// A program and its arguments, judged as they stand, without a shell
    #[arg(last = true, value_name = "PROGRAM")]
    pub arguments: Vec<OsString>,
}

/// `guard check`.
#[derive(Debug, Args)]
#[command(override_usage = CHECK_USAGE)]
#[command(group(ArgGroup::new("what").args(["text", "arguments", "jsonl"]).required(true)))]
pub struct Check {
    /// The command.
    #[command(flatten)]
    pub asked: Asked,

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

    /// Add every simple command to the JSON as it was parsed
    #[arg(long)]
    pub steps: bool,
}

/// `guard explain`.
#[derive(Debug, Args)]
#[command(override_usage = EXPLAIN_USAGE)]
#[command(group(ArgGroup::new("what").args(["text", "arguments"]).required(true)))]
pub struct Explain {
    /// The command.
    #[command(flatten)]
    pub asked: Asked,

    /// Judge the text alone, and look at nothing on this machine
    #[arg(long)]
    pub no_facts: bool,

    /// Show what would be lost on this machine, and what would be reached
    #[arg(long, conflicts_with = "no_facts")]
    pub facts: bool,
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

/// `guard run`.
#[derive(Debug, Args)]
#[command(override_usage = "guard run [--no-namespace] -- AGENT [ARG...]")]
pub struct Start {
    /// Only set the agent's environment, and leave the shells at their paths as they are
    #[arg(long)]
    pub no_namespace: bool,

    /// The agent's program and its arguments
    #[arg(value_name = "AGENT", required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    pub agent: Vec<OsString>,
}

/// `guard rules`.
#[derive(Debug, Args)]
pub struct Rules {
    /// What to do.
    #[command(subcommand)]
    pub action: RulesAction,
}

/// The subcommands of `guard rules`.
#[derive(Debug, Subcommand)]
pub enum RulesAction {
    /// List the programs that are known, or the rules of one
    List(RulesList),
    /// Show a rule, or a program: what it does, why, what to do instead, examples
    Show(RulesShow),
    /// Judge the examples of the rules; fails when one does not get its class
    Test(RulesTest),
    /// Check rule files; fails when something is wrong with them
    Lint(RulesLint),
}

/// `guard rules list`.
#[derive(Debug, Args)]
pub struct RulesList {
    /// List the rules of this program
    #[arg(long, value_name = "PROGRAM")]
    pub program: Option<String>,

    /// Print JSON
    #[arg(long)]
    pub json: bool,

    /// Print the page of all programs that come with guard, as Markdown
    #[arg(long, conflicts_with_all = ["json", "program"])]
    pub markdown: bool,
}

/// `guard rules show`.
#[derive(Debug, Args)]
pub struct RulesShow {
    /// The name of a rule, as `guard check` gives it (git.push.force), or of a program (git)
    #[arg(value_name = "ID")]
    pub id: String,

    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `guard rules test`.
#[derive(Debug, Args)]
pub struct RulesTest {
    /// Rule files; without any, all rules that are in force here
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `guard rules lint`.
#[derive(Debug, Args)]
pub struct RulesLint {
    /// Rule files
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,

    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `guard init`.
#[derive(Debug, Args)]
#[command(override_usage = "guard init AGENT [--project] [--dry-run] [--remove]\n       guard init bash|zsh|fish")]
pub struct Init {
    /// The agent whose settings are written, or the shell whose integration is printed
    #[arg(value_name = "AGENT", value_parser = PossibleValuesParser::new(HOOKS.map(|hook| hook.name).into_iter().chain(SHELLS)))]
    pub of: String,

    /// Write the project's settings, in the working folder, instead of the user's
    #[arg(long)]
    pub project: bool,

    /// Show what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Take away what was written
    #[arg(long)]
    pub remove: bool,
}

/// The shells that guard has an integration for.
const SHELLS: [&str; 3] = ["bash", "zsh", "fish"];

/// `guard doctor`.
#[derive(Debug, Args)]
pub struct Doctor {
    /// Try the shells in this folder, for the process that asked for it
    #[arg(long, hide = true, value_name = "FOLDER")]
    pub canary: Option<OsString>,

    /// What to try there
    #[arg(hide = true, requires = "canary")]
    pub texts: Vec<OsString>,
}

/// `guard completions`.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    #[arg(value_name = "SHELL", value_parser = PossibleValuesParser::new(SHELLS))]
    pub shell: String,
}

/// `guard hook`.
#[derive(Debug, Args)]
pub struct Hook {
    /// The agent whose hook this is
    #[arg(value_name = "AGENT", value_parser = PossibleValuesParser::new(HOOKS.map(|hook| hook.name)))]
    pub agent: String,

    /// Answer within so many seconds, from 1 to 60
    #[arg(long, value_name = "SECONDS", default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=60))]
    pub within: u64,

    /// Judge a request for the process that talks to the client
    #[arg(long, hide = true)]
    pub judge: bool,
}

/// `guard config`.
#[derive(Debug, Args)]
pub struct Config {
    /// What to do.
    #[command(subcommand)]
    pub action: ConfigAction,
}

/// The subcommands of `guard config`.
#[derive(Debug, Subcommand)]
pub enum ConfigAction {
    /// Show every key with its value, and the file and line, the variable or the default that it comes from
    Show {
        /// Print one JSON list of objects with key, value and from
        #[arg(long)]
        json: bool,
    },
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_sound_and_the_doors_know_its_words() {
        let mut command = Cli::command();
        command.build();
        command.clone().debug_assert();
        let words: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
        assert_eq!(words, crate::doors::SUBCOMMANDS);
    }
}
