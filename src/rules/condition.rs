//! Whether a condition of a rule holds for a command line.

use super::pattern;
use super::reading::Reading;
use super::schema::{Condition, PlaceName};
use crate::follow::step::{Arg, Command, Input, Source};

/// What conditions are asked of.
pub struct Asked<'r, 'a> {
    /// The command as it was followed.
    pub command: &'a Command,
    /// The command line as it was read.
    pub reading: &'r Reading<'a>,
    /// Its operands: a carried command's words are operands too.
    pub words: &'r [&'a Arg],
    /// Where the paths point that the command works on.
    pub places: &'r [PlaceName],
    /// Variables that the text sets for the command.
    pub variables: &'r [(&'a str, &'a Arg)],
}

impl Asked<'_, '_> {
    /// Whether every part of `condition` holds.
    pub fn holds(&self, condition: &Condition<'_>) -> bool {
        let reading = self.reading;
        let operands = &reading.operands;
        let words = self.words;
        let count = words.len();
        (condition.options.is_empty() || condition.options.iter().any(|name| reading.has(name)))
            && condition.all_options.iter().all(|name| reading.has(name))
            && condition.values.iter().all(|(name, patterns)| self.value_matches(name, patterns))
            && (condition.operands.is_empty() || words.iter().any(|word| pattern::any(&condition.operands, word)))
            && (condition.all_operands.is_empty()
                || (!operands.is_empty() && operands.iter().all(|word| pattern::any(&condition.all_operands, word))))
            && (!condition.found || operands.iter().any(|word| is_found(word)))
            && condition
                .at
                .iter()
                .all(|(place, patterns)| operand_at(words, *place).is_some_and(|word| pattern::any(patterns, word)))
            && condition.at_least.is_none_or(|least| count >= usize::from(least))
            && condition.at_most.is_none_or(|most| count <= usize::from(most))
            && condition.behind_dashes.is_none_or(|least| reading.behind_dashes >= usize::from(least))
            && (condition.places.is_empty() || condition.places.iter().any(|place| self.places.contains(place)))
            && condition.variables.iter().all(|(name, patterns)| self.variable_matches(name, patterns))
            && (condition.input.is_empty() || self.input_matches(&condition.input))
            && !condition.unless.iter().any(|unless| self.holds(unless))
    }

    /// Whether `condition` holds by options that are not taken back behind them.
    pub fn lowers(&self, condition: &Condition<'_>) -> bool {
        let mut options = condition.options.iter().chain(&condition.all_options);
        self.holds(condition) && !options.any(|name| self.reading.takes_back(name))
    }

    fn value_matches(&self, name: &str, patterns: &[&str]) -> bool {
        self.reading
            .given
            .iter()
            .filter(|given| given.is(name))
            .any(|given| given.values.iter().any(|value| pattern::any(patterns, value)))
    }

    fn variable_matches(&self, name: &str, patterns: &[&str]) -> bool {
        self.variables.iter().any(|(variable, value)| *variable == name && pattern::any(patterns, value))
    }

    fn input_matches(&self, patterns: &[&str]) -> bool {
        match &self.command.input {
            Input::Text(text) => patterns.iter().any(|pattern| pattern::matches(pattern, text.as_str())),
            Input::Mixed(arg) => pattern::any(patterns, arg),
            Input::Nothing => patterns.iter().any(|pattern| pattern::matches(pattern, "")),
            Input::Inherited | Input::File(_) | Input::Pipe(_) | Input::Unknown => false,
        }
    }
}

fn operand_at<'a>(operands: &[&'a Arg], place: i8) -> Option<&'a Arg> {
    let index = usize::from(place.unsigned_abs());
    if place < 0 { operands.len().checked_sub(index).and_then(|at| operands.get(at)) } else { operands.get(index) }
        .copied()
}

/// Whether a word stands for what a search or a pipe gives.
fn is_found(word: &Arg) -> bool {
    word.holes().any(|hole| matches!(hole.source, Source::Other | Source::Output(_) | Source::File(_)))
}
