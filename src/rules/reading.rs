//! What reading an argument list gives: the forms that it went through, the options given and the operands.

use std::borrow::Cow;

use super::schema::{Arity, Form, OperandSpec, Role};
use crate::follow::step::Arg;

/// A command line, read.
#[derive(Debug, Default)]
pub struct Reading<'a> {
    /// The form of the program, then of each subcommand.
    pub forms: Vec<&'static Form<'static>>,
    /// The options, in order.
    pub given: Vec<Given<'a>>,
    /// The operands of the innermost form.
    pub operands: Vec<&'a Arg>,
    /// Those of the operands that may be the value of an option of which no form says what follows it.
    pub doubtful: Vec<&'a Arg>,
    /// The program and arguments that it carries, when the innermost form has such an operand.
    pub command: Option<&'a [Arg]>,
    /// The role of what is carried.
    pub command_role: Option<Role>,
    /// Whether an option was met that no form lists.
    pub unknown_option: bool,
    /// Long options that no form lists, although one takes any: whether they do harm, their names say.
    pub unlisted: Vec<Cow<'a, str>>,
    /// Letters of options that no form lists, although one takes any: the word, and where in it the letter stands.
    pub unlisted_letters: Vec<(&'a Arg, usize)>,
    /// An option that no form lists, although one takes any, whose name says that it changes something.
    pub telling_option: Option<&'a Arg>,
    /// A first word that is no subcommand of the innermost form, although that has some.
    pub unknown_subcommand: Option<&'a Arg>,
    /// How many operands stand behind `--`.
    pub behind_dashes: usize,
    /// Arguments for the carried command that stand on the command line (`parallel … ::: a b`).
    pub arguments: &'a [Arg],
    /// Whether it only asks for help or the version.
    pub help: bool,
}

/// An option that was given.
#[derive(Debug)]
pub struct Given<'a> {
    /// Its spellings; none when no form lists it.
    pub names: &'static [&'static str],
    /// As it was written, without its value.
    pub written: Cow<'a, str>,
    /// What its value is.
    pub role: Role,
    /// What follows it.
    pub arity: Arity,
    /// Its value, or values.
    pub values: Vec<Cow<'a, Arg>>,
    /// The word in which it stands.
    pub word: &'a Arg,
}

impl Given<'_> {
    /// Whether it is the option `name`, by any spelling.
    pub fn is(&self, name: &str) -> bool {
        self.names.contains(&name) || (self.names.is_empty() && self.written == name)
    }
}

impl<'a> Reading<'a> {
    /// The operands, and the words of a carried command.
    pub fn words(&self) -> Vec<&'a Arg> {
        self.operands.iter().copied().chain(self.command.into_iter().flatten()).collect()
    }

    /// The innermost form.
    pub fn form(&self) -> Option<&'static Form<'static>> {
        self.forms.last().copied()
    }

    /// Whether the option is given, and a later `--no-…` takes it back.
    pub fn takes_back(&self, name: &str) -> bool {
        let Some(at) = self.given.iter().rposition(|given| given.is(name)) else { return false };
        let is_opposite = |written: &str, name: &str| {
            let opposite = written.strip_prefix("--no-");
            opposite.is_some() && opposite == name.strip_prefix("--")
        };
        let names = &self.given[at].names;
        self.given[at + 1..].iter().any(|later| {
            later
                .names
                .iter()
                .copied()
                .chain([&*later.written])
                .any(|written| is_opposite(written, name) || names.iter().any(|name| is_opposite(written, name)))
        })
    }

    /// Whether the option is given.
    pub fn has(&self, name: &str) -> bool {
        self.given.iter().any(|given| given.is(name))
    }
}

/// The operands with the roles that `specs` gives them.
pub fn operand_roles<'r, 'a>(
    reading: &'r Reading<'a>,
    specs: &'r [OperandSpec],
) -> impl Iterator<Item = (&'a Arg, Role)> + 'r {
    let count = reading.operands.len();
    let repeated = specs.iter().position(|spec| spec.repeated);
    reading.operands.iter().enumerate().map(move |(index, operand)| {
        let spec = match repeated {
            Some(at) if index >= at => {
                let behind = specs.len() - at - 1;
                let from_end = count - index;
                if from_end <= behind && count > behind { specs.get(specs.len() - from_end) } else { specs.get(at) }
            }
            _ => specs.get(index),
        };
        (*operand, spec.map_or(Role::Skip, |spec| spec.role))
    })
}
