//! The subcommands by which a human answers.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};

use crate::effect::Effect;
use crate::factors::Kind;

/// `guard pending`.
#[derive(Debug, Args)]
pub struct Pending {
    /// Print one JSON object a line
    #[arg(long)]
    pub json: bool,
}

/// `guard approve`.
#[derive(Debug, Args)]
pub struct Ticket {
    /// The ticket, as the sender and `guard pending` show it
    #[arg(value_name = "ID")]
    pub id: String,
}

/// `guard watch`.
#[derive(Debug, Args)]
pub struct Watch {
    /// Neither ring the bell nor notify the desktop
    #[arg(long)]
    pub quiet: bool,
}

/// `guard deny`.
#[derive(Debug, Args)]
pub struct Deny {
    /// The ticket, as the sender and `guard pending` show it
    #[arg(value_name = "ID")]
    pub id: String,

    /// What the sender is told
    #[arg(long, value_name = "TEXT")]
    pub because: Option<String>,
}

/// `guard session`.
#[derive(Debug, Args)]
pub struct Session {
    /// For how long, up to 12h
    #[arg(value_name = "TIME")]
    pub time: String,
}

/// `guard factor`.
#[derive(Debug, Args)]
pub struct Factor {
    /// What to do.
    #[command(subcommand)]
    pub action: FactorAction,
}

/// The subcommands of `guard factor`.
#[derive(Debug, Subcommand)]
pub enum FactorAction {
    /// Show what is set
    List,
    /// Set one, or a new one; the old one is asked for
    Set {
        /// passphrase, or totp: one-time codes of an authenticator; pam is set by root, in /etc/pam.d/guard
        #[arg(value_name = "FACTOR", value_parser = super::words(&Kind::ALL, Kind::as_str))]
        kind: Kind,
    },
    /// Remove one; it is asked for
    Remove {
        /// Which
        #[arg(value_name = "FACTOR", value_parser = super::words(&Kind::ALL, Kind::as_str))]
        kind: Kind,
    },
}

/// `guard grant`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("what").args(["paths", "rule", "program", "command"]).required(true).multiple(true)))]
pub struct Allow {
    /// Only this effect of the command
    #[arg(long, value_parser = super::words(&Effect::ALL, Effect::as_str))]
    pub effect: Option<Effect>,

    /// Only on exactly this path; may be given several times
    #[arg(long = "path", value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Only what this rule finds; * stands for any characters
    #[arg(long)]
    pub rule: Option<String>,

    /// Only by the program of this name
    #[arg(long)]
    pub program: Option<String>,

    /// Only by exactly this command
    #[arg(long, value_name = "TEXT")]
    pub command: Option<String>,

    /// Only in or below this folder; without it, the working folder
    #[arg(long, value_name = "FOLDER")]
    pub project: Option<PathBuf>,

    /// For how long
    #[arg(long = "for", value_name = "TIME", default_value = "1h")]
    pub span: String,

    /// How often
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub uses: Option<u32>,
}

/// `guard grants`.
#[derive(Debug, Args)]
#[command(override_usage = "guard grants [--json]\n       guard grants revoke ID")]
pub struct Allowed {
    /// Print one JSON object a line
    #[arg(long)]
    pub json: bool,

    /// revoke ID: take a grant back
    #[arg(num_args = 0..=2, value_names = ["revoke", "ID"])]
    pub revoke: Vec<String>,
}

impl Allowed {
    /// The grant to take back; an empty name where none was given, which no grant has.
    pub fn revoked(&self) -> Option<&str> {
        let (_, id) = self.revoke.split_first()?;
        Some(id.first().map_or("", String::as_str))
    }
}
