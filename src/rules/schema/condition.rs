//! Conditions on a command line, and what holds when they are met.

use serde::{Deserialize, Serialize};

use super::{OperandSpec, Prints, Role, Verdict};
use crate::effect::Class;
use crate::stake::Work;

/// A condition with what holds when it is met.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Clause<'a> {
    /// The stable name of the finding.
    pub id: &'a str,
    /// When it holds.
    #[serde(borrow)]
    pub condition: Condition<'a>,
    /// What holds then.
    pub verdict: Option<Verdict<'a>>,
    /// Further roles that hold then.
    #[serde(borrow)]
    pub roles: Roles<'a>,
    /// Which work in a repository its effect throws away, where that is another than the form's.
    pub loses: Option<Work>,
    /// It holds only when the machine says that there is such work.
    pub if_lost: bool,
}

/// Roles that a clause adds to those of its form.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Roles<'a> {
    /// Of the operands.
    pub operands: Vec<OperandSpec>,
    /// Of the values of options.
    #[serde(borrow)]
    pub options: Vec<(&'a str, Role)>,
    /// Of standard input.
    pub input: Option<Role>,
    /// Of the working folder itself.
    pub here: Option<Role>,
    /// What is printed.
    pub prints: Option<Prints>,
}

impl Roles<'_> {
    /// Whether no path gets a role by it.
    pub fn is_empty(&self) -> bool {
        self.operands.is_empty() && self.options.is_empty() && self.here.is_none()
    }
}

/// A condition under which less happens.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Lowering<'a> {
    /// When it holds.
    #[serde(borrow)]
    pub condition: Condition<'a>,
    /// The highest class that is then left, carried options aside.
    pub to: Class,
}

/// A condition on a command line. Every part that is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition<'a> {
    /// One of these options is given.
    #[serde(borrow)]
    pub options: Vec<&'a str>,
    /// All of these options are given.
    #[serde(borrow)]
    pub all_options: Vec<&'a str>,
    /// The value of this option matches one of the patterns.
    #[serde(borrow)]
    pub values: Vec<(&'a str, Vec<&'a str>)>,
    /// One of the operands matches one of the patterns.
    #[serde(borrow)]
    pub operands: Vec<&'a str>,
    /// Every operand matches one of the patterns, and there is one.
    #[serde(borrow)]
    pub all_operands: Vec<&'a str>,
    /// A path comes from a search: there may be many.
    pub found: bool,
    /// The operand at this place (from 0; from the end when negative) matches one of the patterns.
    #[serde(borrow)]
    pub at: Vec<(i8, Vec<&'a str>)>,
    /// At least this many operands.
    pub at_least: Option<u8>,
    /// At most this many operands.
    pub at_most: Option<u8>,
    /// At least this many operands stand behind `--`.
    pub behind_dashes: Option<u8>,
    /// A path that it deletes, writes or modifies lies here.
    pub places: Vec<PlaceName>,
    /// A variable is set for it, to one of the patterns.
    #[serde(borrow)]
    pub variables: Vec<(&'a str, Vec<&'a str>)>,
    /// Its standard input matches one of the patterns.
    #[serde(borrow)]
    pub input: Vec<&'a str>,
    /// None of these hold.
    #[serde(borrow)]
    pub unless: Vec<Condition<'a>>,
}

impl Condition<'_> {
    /// Whether it speaks of the option `name`.
    pub fn names_option(&self, name: &str) -> bool {
        let options = self.options.iter().chain(&self.all_options).chain(self.values.iter().map(|(option, _)| option));
        options.into_iter().any(|option| *option == name) || self.unless.iter().any(|other| other.names_option(name))
    }

    /// Whether it depends on where the paths of a command lie.
    pub fn asks_for_places(&self) -> bool {
        !self.places.is_empty() || self.unless.iter().any(Condition::asks_for_places)
    }
}

/// Names of places for conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlaceName {
    /// `/`
    Root,
    /// The home folder as a whole.
    Home,
    /// A system folder as a whole.
    System,
    /// Where changes outlast the task.
    Persist,
    /// A device.
    Device,
    /// Below the folder for temporary files.
    Temporary,
    /// What a build, an install or a download makes again.
    Regenerable,
    /// A secret.
    Secret,
}
