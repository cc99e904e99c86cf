//! What a rule says, in the compiled form that is kept in the binary.
//!
//! Everything borrows from the compiled bytes; the form of a program or subcommand is decoded only when it is
//! looked up. `docs/rules.md` explains every part from a rule author's side.

mod condition;
mod lists;
mod options;
mod role;
mod style;

use serde::{Deserialize, Serialize};

use crate::effect::{Class, Effect};
use crate::payload::task_file::TaskFile;
use crate::stake::Work;

pub use condition::{Clause, Condition, Lowering, PlaceName, Roles};
pub use lists::{OptionNames, Recount, Setting, Variable, Verbs};
pub use options::{Arity, OperandSpec, OptionSpec};
pub use role::{Role, SettingTable};
pub use style::Style;

/// How the command line of a program or subcommand is read, and what it does.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Form<'a> {
    /// The stable name: the program, then the subcommands, joined by dots.
    pub id: &'a str,
    /// What it does when nothing else is known of the command line; `None` when that follows from roles.
    pub base: Option<Verdict<'a>>,
    /// How its arguments are written.
    pub style: Style,
    /// Its options.
    #[serde(borrow)]
    pub options: Vec<OptionSpec<'a>>,
    /// Whether there are more options than are listed; those whose names say so do no harm.
    pub any_options: bool,
    /// Options of which it is not said what follows them. Where a short one is among them, every short one is listed.
    #[serde(borrow)]
    pub known: Vec<&'a str>,
    /// What its operands are.
    pub operands: Vec<OperandSpec>,
    /// Its subcommands: names, and the encoded form of each.
    #[serde(borrow)]
    pub subcommands: Vec<Subcommand<'a>>,
    /// The list of verbs that decides about subcommands that are not listed.
    pub verbs: Option<&'a str>,
    /// Clauses that raise the class.
    #[serde(borrow)]
    pub when: Vec<Clause<'a>>,
    /// Clauses that say that nothing, or less, happens.
    #[serde(borrow)]
    pub lowers: Vec<Lowering<'a>>,
    /// Options that make it work on whole trees.
    #[serde(borrow)]
    pub recursive: Vec<&'a str>,
    /// What its standard input is, when it reads it.
    pub input: Option<Role>,
    /// Where carried code runs, and the least class of carrying it.
    #[serde(borrow)]
    pub carries: Carries<'a>,
    /// What its output is known to be.
    pub prints: Prints,
    /// Whether what it writes comes from elsewhere (a download).
    pub fetches: bool,
    /// When one of these holds, what it writes takes the place of what stood there.
    #[serde(borrow)]
    pub overwrites: Vec<Condition<'a>>,
    /// Which work in a repository its effects throw away.
    pub loses: Option<Work>,
    /// Where the tasks that it runs are kept.
    #[serde(borrow)]
    pub tasks: Option<Tasks<'a>>,
}

/// Where a program keeps the tasks that it runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Tasks<'a> {
    /// The form of the file.
    pub of: TaskFile,
    /// Its names; the first that there is counts.
    #[serde(borrow)]
    pub files: Vec<&'a str>,
    /// The option that names another file; empty when there is none.
    pub option: &'a str,
    /// The tasks that run, whatever is asked for; otherwise the operands name them.
    pub names: Vec<&'a str>,
    /// Whether several operands name tasks.
    pub several: bool,
    /// Whether asking for nothing runs a task.
    pub default: bool,
    /// Options that lead elsewhere: with one of them, the file says nothing.
    #[serde(borrow)]
    pub unless: Vec<&'a str>,
    /// Whether it looks in the folders above, too.
    pub above: bool,
    /// Whether it does something besides.
    pub besides: bool,
}

/// A subcommand and its encoded [`Form`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Subcommand<'a> {
    /// Its name and aliases.
    #[serde(borrow)]
    pub names: Vec<&'a str>,
    /// The encoded form.
    pub form: &'a [u8],
}

/// A class with its reason.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Verdict<'a> {
    /// The class.
    pub class: Class,
    /// The effect, when destructive.
    pub effect: Option<Effect>,
    /// Why.
    pub because: &'a str,
    /// What to do instead; empty when there is nothing to say.
    pub instead: &'a str,
}

/// Where carried code runs.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Carries<'a> {
    /// Where.
    pub context: Where,
    /// The least class of carrying anything.
    pub at_least: Option<Class>,
    /// When one of these holds, what was throwaway is not.
    #[serde(borrow)]
    pub unless: Vec<Condition<'a>>,
}

/// Where carried code runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Where {
    /// Here.
    #[default]
    Here,
    /// On another machine, or in a container that lives on.
    Elsewhere,
    /// In a container that is thrown away.
    Throwaway,
}

/// What a program prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Prints {
    /// Nothing of interest.
    #[default]
    Anything,
    /// The content of the paths that it reads, or of its standard input, in some form.
    Content,
    /// Paths that it found below its operands.
    Found,
    /// Something secret: the environment, a credential.
    Secrets,
    /// Text that sets a shell up when it is evaluated (`ssh-agent -s`).
    Setup,
    /// Text from elsewhere.
    Fetched,
    /// SQL that drops what it makes anew (`pg_dump --clean`).
    Drops,
}
