//! Options and operands, and what follows an option.

use serde::{Deserialize, Serialize};

use super::Role;

/// An option: its names and what follows it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OptionSpec<'a> {
    /// Its spellings, with their dashes.
    #[serde(borrow)]
    pub names: Vec<&'a str>,
    /// What follows it.
    pub arity: Arity,
    /// What the value is.
    pub role: Role,
}

/// What follows an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Arity {
    /// Nothing.
    Flag,
    /// A value, in the same word or the next.
    Value,
    /// A value in the same word, or none.
    Optional,
    /// A number in the same word, or none; other options may follow it (`perl -0777ne`).
    Digits,
    /// Two words.
    Pair,
    /// All words up to `;` or `+`.
    Until,
    /// All words up to the next option.
    Many,
    /// All other words: the first has the role, the others are its arguments.
    Rest,
}

/// Where an operand stands, and what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperandSpec {
    /// What it is.
    pub role: Role,
    /// Whether any number of operands have this role.
    pub repeated: bool,
}
