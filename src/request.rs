//! What a door hands to the judge, and what the judge hands back.

use crate::effect::{Class, Effect, Finding};
use crate::shell::Dialect;
use crate::span::Span;
use crate::stake::{Changes, Stake};

/// A command that somebody wants to run.
#[derive(Clone, Debug)]
pub struct Request {
    /// What is to run.
    pub subject: Subject,
    /// `$0` and the arguments that the code gets.
    pub arguments: Vec<String>,
}

/// The kinds of thing that can be asked for.
#[derive(Clone, Debug)]
pub enum Subject {
    /// Text for a shell: `-c TEXT`, a script, a script on standard input.
    Shell {
        /// The text.
        text: String,
        /// The shell that will run it.
        dialect: Dialect,
    },
    /// A command for a shell that has run others before.
    Session {
        /// What the shell has by now: its variables and functions, as it writes them down.
        before: String,
        /// The command.
        text: String,
    },
    /// A program and its arguments, run without a shell.
    Arguments(Vec<String>),
    /// A script in another language, by its interpreter's argument list (`#!`) and its text.
    Script {
        /// The words of the `#!` line, such as `["/usr/bin/env", "python3"]`.
        interpreter: Vec<String>,
        /// The script.
        text: String,
    },
    /// A script that stands on PATH as a program does.
    Program {
        /// Its path and arguments.
        words: Vec<String>,
        /// Its text, for when nothing is known of a program of its name.
        script: Box<Subject>,
    },
    /// Something that is no text: it cannot be read, so it is opaque.
    Unreadable {
        /// A rendering for people.
        shown: String,
        /// Why it cannot be read.
        because: &'static str,
    },
}

/// What the judge found.
#[derive(Clone, Debug)]
pub struct Report {
    /// The text that spans point into: the shell text, or the argument list quoted for a shell.
    pub text: String,
    /// The highest class of anything that may run.
    pub class: Class,
    /// The reasons, worst first.
    pub findings: Vec<Finding>,
    /// Whether the whole text was understood as shell.
    pub parsed: bool,
    /// Whether a program was met that no rule knows.
    pub unrecognised: bool,
    /// What would run, as a tree.
    pub tree: Vec<Node>,
    /// What it changes.
    pub changes: Changes,
    /// What the destructive parts put at stake.
    pub stakes: Vec<Stake>,
    /// The argument list, when the request is one simple command whose words are all known and which
    /// needs nothing of a shell.
    pub direct: Option<Vec<String>>,
}

impl Report {
    /// The effects of the destructive findings, each once, in the order of the contract.
    pub fn effects(&self) -> Vec<Effect> {
        Effect::ALL
            .into_iter()
            .filter(|effect| {
                self.findings
                    .iter()
                    .any(|finding| finding.class == Class::Destructive && finding.effect == Some(*effect))
            })
            .collect()
    }
}

/// A part of what would run.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is: the command line, or what is carried ("shell", "SQL").
    pub label: String,
    /// Its own class, with what it carries.
    pub class: Class,
    /// Why, as half a sentence; empty where nothing needs saying.
    pub because: String,
    /// Where it stands in the request's text.
    pub span: Span,
    /// What it carries.
    pub children: Vec<Node>,
}
