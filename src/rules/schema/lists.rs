//! What is said of more than one program: verbs, names of options, variables, settings, and what rules count as.

use serde::{Deserialize, Serialize};

use super::{Role, Verdict};
use crate::effect::{Class, Effect};

/// Verbs that decide about subcommands that no rule lists.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Verbs<'a> {
    /// Words that may stand in front of a verb (`batch-delete`).
    #[serde(borrow)]
    pub prefixes: Vec<&'a str>,
    /// Verbs that are also names of things: a verb behind them decides (`logs delete`).
    #[serde(borrow)]
    pub nouns: Vec<&'a str>,
    /// Verbs that only read.
    #[serde(borrow)]
    pub read_only: Vec<&'a str>,
    /// Verbs that change something.
    #[serde(borrow)]
    pub mutating: Vec<&'a str>,
    /// Verbs that lose something, with the effect.
    #[serde(borrow)]
    pub destructive: Vec<(Effect, Vec<&'a str>)>,
}

/// Names of long options that select, order or show, whatever the program.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct OptionNames<'a> {
    /// Whole names, in order.
    #[serde(borrow)]
    pub whole: Vec<&'a str>,
    /// First words of names, in order.
    #[serde(borrow)]
    pub first: Vec<&'a str>,
    /// Last words of names, in order.
    #[serde(borrow)]
    pub last: Vec<&'a str>,
    /// Words of which other names are made, in order.
    #[serde(borrow)]
    pub words: Vec<&'a str>,
}

/// What a variable of the environment does to the programs that see it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Variable<'a> {
    /// The stable name of the finding.
    pub id: &'a str,
    /// What its value is.
    pub role: Role,
    /// What setting it does in itself.
    pub verdict: Option<Verdict<'a>>,
}

/// What a rule counts as by the word of a user or project, in place of what it says itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Recount<'a> {
    /// The rule's name, or a pattern for names.
    pub rule: &'a str,
    /// The class it counts as.
    pub class: Class,
    /// The effect, when destructive.
    pub effect: Option<Effect>,
    /// Why; empty where the rule's own reason stays.
    pub because: &'a str,
    /// What to do instead; empty where the rule's own advice stays.
    pub instead: &'a str,
}

impl<'a> Recount<'a> {
    /// The verdict of a rule, counted so.
    pub fn of(&self, verdict: &Verdict<'a>) -> Verdict<'a> {
        let or = |own: &'a str, other: &'a str| if own.is_empty() { other } else { own };
        Verdict {
            class: self.class,
            effect: self.effect,
            because: or(self.because, verdict.because),
            instead: or(self.instead, verdict.instead),
        }
    }
}

/// What a setting's key does.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Setting<'a> {
    /// Patterns for the key, in lower case.
    #[serde(borrow)]
    pub keys: Vec<&'a str>,
    /// What its value is.
    pub role: Role,
    /// Only values that start so carry anything; the prefix is taken off.
    pub prefix: &'a str,
}
