//! The short options of programs that take more options than they list.

use super::yaml::{At, Entry};
use super::{Compiler, Layer, Weight, near};
use crate::rules::archive;
use crate::rules::schema::Form;

impl Compiler<'_> {
    /// Notes the short options that an entry lists. They come with guard: other programs list theirs themselves.
    pub(super) fn short_options(&mut self, entry: &At<Entry>) {
        self.at(entry);
        if self.layer != Layer::BuiltIn && !entry.value.short_options.is_empty() {
            return self.problem("`short-options:` is guard's own; name the options under `known:` of the program");
        }
        for (names, letters) in &entry.value.short_options {
            self.at(letters);
            let letters = &letters.value;
            let mut seen: Vec<char> = Vec::new();
            for letter in letters.chars().filter(|letter| *letter != ':') {
                if seen.contains(&letter) || !letter.is_ascii_graphic() || letter == '-' {
                    self.problem(format!("`{letter}` of `{names}` is listed twice, or is no letter of an option"));
                }
                seen.push(letter);
            }
            for name in names.split_whitespace() {
                let missing = self.here(format!("no program is named `{name}`"), Weight::Wrong);
                if self.letters.insert(name.to_owned(), (letters.clone(), missing)).is_some() {
                    self.problem(format!("the short options of `{name}` are listed twice"));
                }
            }
        }
    }

    /// Whether a condition may ask for an option that the entry does not list, although it takes any. A user's need not
    /// list it twice.
    pub(super) fn may_be_an_option(&self, name: &str) -> bool {
        let letter = name.strip_prefix('-').filter(|rest| rest.chars().count() == 1);
        let has = |program: &String| {
            let known = self.letters.get(program);
            letter.is_some_and(|letter| known.is_some_and(|(letters, _)| letters.contains(letter)))
        };
        self.layer != Layer::BuiltIn || self.programs.iter().any(has)
    }

    /// Encodes them: a line for each program, in the order of their names, without what its form lists.
    pub(super) fn finish_short_options(&mut self) {
        if self.letters.is_empty() {
            return;
        }
        let mut lines = String::new();
        for (name, (letters, missing)) in std::mem::take(&mut self.letters) {
            let Some(form) = self.values.get(&name).and_then(|bytes| archive::decode::<Form<'_>>(bytes)) else {
                let hint = near::hint(&name, self.values.keys().map(String::as_str));
                self.problems.push(super::Problem { message: missing.message.clone() + &hint, ..missing });
                continue;
            };
            let rest = without(&letters, |option| {
                let listed = form.options.iter().any(|listed| listed.names.contains(&option));
                !form.style.own_options && (listed || form.known.contains(&option))
            });
            if !rest.is_empty() {
                lines.extend([&name, " ", &rest, "\n"]);
            }
        }
        self.values.insert(archive::SHORT_OPTIONS.to_owned(), archive::encode(&lines));
    }
}

/// The letters, with their colons, of options that are not `listed`.
fn without(letters: &str, listed: impl Fn(&str) -> bool) -> String {
    let mut rest = String::new();
    let mut last = false;
    for letter in letters.chars() {
        if letter != ':' {
            last = !listed(&format!("-{letter}"));
        }
        if last {
            rest.push(letter);
        }
    }
    rest
}
