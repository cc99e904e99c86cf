//! What can be said of a rule file without running it: conditions that nothing meets, and errors of YAML in guard's words.

use serde_yaml::{Error, MessageFormatter, UserMessageFormatter};

use super::forms::Scope;
use crate::rules::schema::Condition;

/// Why a condition can never hold.
pub fn never_holds(condition: &Condition<'_>, scope: &Scope<'_>) -> Vec<String> {
    let mut found = Vec::new();
    let needed = least_operands(condition);
    if let Some(most) = condition.at_most.map(usize::from)
        && most < needed
    {
        found.push(format!("at most {most} operands, but at least {needed}: this can never hold"));
    }
    if !condition.places.is_empty() && !scope.has_paths() {
        found.push("nothing here is a path, so that `place:` can never hold".to_owned());
    }
    for unless in &condition.unless {
        let rest = Condition { options: Vec::new(), ..unless.clone() };
        let by_options = !unless.options.is_empty()
            && rest == Condition::default()
            && !condition.options.is_empty()
            && condition.options.iter().all(|option| unless.options.contains(option));
        let same = *unless == Condition { unless: Vec::new(), ..condition.clone() };
        if by_options || same || *unless == Condition::default() {
            found.push("`unless:` excludes everything that the clause is about, so it can never hold".to_owned());
        }
    }
    let values = condition.values.iter().chain(&condition.variables).map(|(_, patterns)| patterns);
    let places = condition.at.iter().map(|(_, patterns)| patterns);
    let lists =
        [&condition.operands, &condition.all_operands, &condition.input].into_iter().chain(values).chain(places);
    for pattern in lists.flatten().filter(|pattern| has_open_set(pattern)) {
        found.push(format!("the pattern `{pattern}` has a `[` that no `]` closes, so it can never match"));
    }
    found
}

/// How many operands there must be at least.
fn least_operands(condition: &Condition<'_>) -> usize {
    let by_place = condition.at.iter().map(|(place, _)| match *place {
        place if place < 0 => usize::from(place.unsigned_abs()),
        place => usize::from(place.unsigned_abs()) + 1,
    });
    let some = !condition.operands.is_empty() || !condition.all_operands.is_empty() || condition.found;
    by_place
        .chain([usize::from(some)])
        .chain(condition.at_least.map(usize::from))
        .chain(condition.behind_dashes.map(usize::from))
        .max()
        .unwrap_or_default()
}

/// Whether `[` stands without its `]`. A first `]` behind it is a member of the set.
fn has_open_set(pattern: &str) -> bool {
    let mut rest = pattern;
    while let Some((_, set)) = rest.split_once('[') {
        let members = set.strip_prefix('!').unwrap_or(set);
        let first = members.chars().next().map_or(0, char::len_utf8);
        match members.get(first..).and_then(|tail| tail.split_once(']')) {
            Some((_, tail)) => rest = tail,
            None => return true,
        }
    }
    false
}

/// The YAML library's errors in guard's words, where a better word is known.
pub fn in_own_words(error: &Error) -> String {
    match error.without_snippet() {
        Error::SerdeUnknownField { field, expected, .. } => {
            let hint = super::near::hint(field, expected.iter().copied());
            format!("`{}:` is no key here{hint} (expected one of {})", field.escape_debug(), expected.join(", "))
        }
        Error::SerdeUnknownVariant { variant, expected, .. } => {
            format!("expected one of {}, found \"{}\"", expected.join(", "), variant.escape_debug())
        }
        Error::DuplicateMappingKey { .. } => "expected each key once".to_owned(),
        Error::MultipleDocuments { .. } => "expected one document".to_owned(),
        Error::Unexpected { expected: "sequence start", .. } => {
            "expected a list of entries, each beginning with `- program:` or the like".to_owned()
        }
        Error::Unexpected { expected: "mapping start", .. } => "expected keys with values".to_owned(),
        Error::Unexpected { expected: "string scalar", .. } => "expected one word".to_owned(),
        other => {
            let message = UserMessageFormatter.format_message(other).into_owned();
            message.lines().next().unwrap_or("expected a rule file").to_owned()
        }
    }
}
