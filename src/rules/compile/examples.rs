//! Examples: which rules of an entry are shown by none, told from the words alone.
//!
//! The compiler runs where guard is built and cannot judge. It asks whether some example of the class that a rule gives
//! says the words that the rule is about: the program, the subcommands, an option, an operand. That the example
//! really gets its class is what `guard rules test` shows.

use super::clauses::words;
use super::forms::Scope;
use super::yaml;
use super::{Compiler, Example, Weight};
use crate::effect::Class;
use crate::rules::glob;

/// What an example of a rule must say.
#[derive(Debug)]
pub(super) struct Need {
    /// The name of the rule.
    id: String,
    /// Where it stands.
    line: u64,
    column: u64,
    /// The class that it gives.
    class: Class,
    /// Its subcommands, each by all of its names.
    path: Vec<Vec<String>>,
    /// The options of which one is given, by all of their spellings.
    options: Vec<String>,
    /// Patterns of which an operand matches one.
    operands: Vec<String>,
}

impl Compiler<'_> {
    /// Notes that a rule, which stands here, needs an example.
    pub(super) fn needs(&mut self, id: &str, class: Class) {
        self.needs.push(Need {
            id: id.to_owned(),
            line: self.line,
            column: self.column,
            class,
            path: self.path.clone(),
            options: Vec::new(),
            operands: Vec::new(),
        });
    }

    /// The same of a clause.
    pub(super) fn clause_needs(&mut self, id: &str, class: Class, clause: &yaml::Clause, scope: &Scope<'_>) {
        self.needs(id, class);
        let Some(need) = self.needs.last_mut() else { return };
        let options = clause.option.value.0.iter().chain(&clause.all_options.value.0).chain(clause.value.keys());
        need.options = options.flat_map(|name| scope.spellings(name)).map(str::to_owned).collect();
        let operands =
            [&clause.operand, &clause.all_operands, &clause.first, &clause.second, &clause.third, &clause.last];
        need.operands = operands.into_iter().flat_map(words).map(str::to_owned).collect();
    }

    /// Looks for an example of every rule of the entry. A part that several programs share needs one for one of them.
    pub(super) fn check_examples(&mut self, names: &[String], examples: &[Example]) {
        for need in std::mem::take(&mut self.needs) {
            let mut examples = examples.iter().filter(|example| example.class == need.class);
            let is_shown = examples.any(|example| need.is_said(names, &example.text));
            let message = format!("`{}` can be {} but has no example for it", need.id, need.class);
            (self.line, self.column) = (need.line, need.column);
            let problem = self.here(message, Weight::Untested);
            let place = (problem.file.clone(), problem.line, problem.column, need.class);
            let shown = self.shown.entry(place).or_insert_with(|| Some(problem));
            if is_shown {
                *shown = None;
            }
        }
    }
}

impl Need {
    fn is_said(&self, names: &[String], text: &str) -> bool {
        let tokens = tokens(text);
        let is_name = |token: &str| names.iter().any(|name| token.rsplit('/').next() == Some(name));
        let begins = tokens.iter().enumerate().filter(|(_, token)| is_name(token));
        begins.map(|(at, _)| tokens.get(at + 1..).unwrap_or_default()).any(|rest| self.is_said_by(rest, text))
    }

    /// Whether the words behind the program say it.
    fn is_said_by(&self, rest: &[&str], text: &str) -> bool {
        let mut behind = rest.iter();
        let path = self.path.iter().all(|names| behind.any(|token| names.iter().any(|name| name == token)));
        let option = self.options.is_empty()
            || rest.iter().any(|token| self.options.iter().any(|option| is_spelling(token, option)));
        let operand = self.operands.is_empty()
            || self.operands.iter().any(|pattern| {
                // A quoted operand is several of these words.
                rest.iter().any(|token| glob::matches(pattern, token)) || glob::matches(&format!("*{pattern}*"), text)
            });
        path && option && operand
    }
}

/// Whether a word gives an option: whole, with a value, in a cluster, or abbreviated.
fn is_spelling(token: &str, option: &str) -> bool {
    let name = token.split('=').next().unwrap_or(token);
    let long = option.starts_with("--");
    name == option
        || token.starts_with(option)
        || (long && name.len() > 3 && option.starts_with(name))
        || name.strip_prefix('-').is_some_and(|name| option.strip_prefix("--") == Some(name))
        || (!long && token.starts_with('-') && option.chars().nth(1).is_some_and(|letter| token.contains(letter)))
        || !option.starts_with('-')
}

/// The words of a line, without what the shell puts around them.
fn tokens(text: &str) -> Vec<&str> {
    let breaks = |c: char| c.is_whitespace() || matches!(c, '\'' | '"' | '`' | '(' | ')' | ';' | '|' | '&' | '<' | '>');
    text.split(breaks).filter(|token| !token.is_empty()).collect()
}
