//! What a variable is that the text did not set.

use super::step::{Arg, Hole, Source};
use super::value::Value;
use crate::facts::Facts;
use crate::span::Span;

/// Variables that bash itself keeps, and that are always numbers.
const NUMBERS: [&str; 14] = [
    "BASHPID",
    "COLUMNS",
    "EPOCHREALTIME",
    "EPOCHSECONDS",
    "EUID",
    "LINENO",
    "LINES",
    "OPTIND",
    "PPID",
    "RANDOM",
    "SECONDS",
    "SHLVL",
    "SRANDOM",
    "UID",
];

/// The value of `name`. `blind` when the text may have set it and that was not kept.
pub(super) fn value(name: &str, facts: &dyn Facts, blind: bool) -> Value {
    let hole = match name {
        "HOME" => Hole::filled(Source::Home),
        "IFS" => return Value::Scalar(Arg::made(" \t\n", Span::default())),
        _ if NUMBERS.contains(&name) => Hole::filled(Source::Number),
        _ => match facts.variable(name) {
            Some(text) if !blind => return Value::Scalar(Arg::made(text, Span::default())),
            _ => Hole::open(Source::Variable(name.to_owned())),
        },
    };
    Value::Scalar(Arg::hole(hole, Span::default()))
}

/// Whether programs get a new value of `name` although the text does not export it: the environment has it already.
pub(super) fn is_exported(name: &str, facts: &dyn Facts) -> bool {
    matches!(name, "PATH" | "HOME") || facts.variable(name).is_some()
}
