//! What the words of a command line are used for: each option's value and operand with its role.

use std::borrow::Cow;

use super::Assessor;
use crate::follow::step::{Arg, Input};
use crate::rules::World;
use crate::rules::condition::Asked;
use crate::rules::reading::operand_roles;
use crate::rules::schema::{Arity, Clause, Condition, Form, PlaceName, Role};
use crate::text::Text;

/// One use of a word: its role, the word, and what gave it.
pub(super) struct Use<'a> {
    pub(super) role: Role,
    pub(super) word: Option<Cow<'a, Arg>>,
    pub(super) giver: Giver,
}

/// What gave a word its role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Giver {
    /// An option of the form.
    Option,
    /// An operand of the form, or of a clause.
    Operand,
    /// A clause, for an option's value.
    Clause,
}

impl<'a> Assessor<'a, '_> {
    /// The places that the command's paths lie in, where the form asks for them, those included that get their role from a clause.
    pub(super) fn places(
        &self,
        form: &Form<'static>,
        uses: &[Use<'a>],
        assigned: &[(&str, &Arg)],
        world: &World<'_>,
    ) -> Vec<PlaceName> {
        let conditions = form.when.iter().map(|clause| &clause.condition);
        let conditions = conditions.chain(form.lowers.iter().map(|lowering| &lowering.condition));
        let mut conditions = conditions.chain(&form.carries.unless).chain(&form.overwrites);
        if !conditions.any(Condition::asks_for_places) {
            return Vec::new();
        }
        let words = self.reading.words();
        let asked =
            Asked { command: self.command, reading: &self.reading, words: &words, places: &[], variables: assigned };
        let mut added = Vec::new();
        for clause in form.when.iter().filter(|clause| clause.condition.places.is_empty()) {
            let gives_paths = !clause.roles.operands.is_empty() || !clause.roles.options.is_empty();
            if gives_paths && asked.holds(&clause.condition) {
                self.clause_uses(clause, &mut added);
            }
        }
        let paths = uses.iter().chain(&added).filter(|used| used.role.is_path());
        paths.flat_map(|used| used.word.iter().flat_map(|word| world.place_names(used.role, word))).collect()
    }

    pub(super) fn uses(&self, form: &Form<'static>) -> Vec<Use<'a>> {
        let mut uses: Vec<Use<'a>> = Vec::new();
        for given in &self.reading.given {
            let word = match given.arity {
                Arity::Until | Arity::Rest => None,
                // A name and a file; in an expression (`find -fprintf`) a file and a format.
                Arity::Pair if !form.style.expression => given.values.last().cloned(),
                _ => given.values.first().cloned(),
            };
            uses.push(Use { role: given.role, word, giver: Giver::Option });
            if given.arity == Arity::Many {
                let others = given.values.iter().skip(1);
                uses.extend(others.map(|word| Use {
                    role: given.role,
                    word: Some(word.clone()),
                    giver: Giver::Option,
                }));
            }
        }
        uses.extend(operand_roles(&self.reading, &form.operands).map(|(word, role)| Use {
            role,
            word: Some(Cow::Borrowed(word)),
            giver: Giver::Operand,
        }));
        // Clients such as HTTPie send what stands behind `<` or `|`.
        if form.input == Some(Role::HttpUpload) && !matches!(self.command.input, Input::Inherited | Input::Nothing) {
            let dash = Arg::known(Text::derived("-", self.span), self.span);
            uses.push(Use { role: Role::HttpUpload, word: Some(Cow::Owned(dash)), giver: Giver::Option });
        }
        uses
    }

    /// The uses that a clause adds.
    pub(super) fn clause_uses(&self, clause: &Clause<'static>, uses: &mut Vec<Use<'a>>) {
        uses.extend(operand_roles(&self.reading, &clause.roles.operands).map(|(word, role)| Use {
            role,
            word: Some(Cow::Borrowed(word)),
            giver: Giver::Operand,
        }));
        for (name, role) in &clause.roles.options {
            for given in self.reading.given.iter().filter(|given| given.is(name)) {
                uses.push(Use { role: *role, word: given.values.first().cloned(), giver: Giver::Clause });
            }
        }
        if let Some(role) = clause.roles.here {
            let here = Arg::known(Text::derived(".", self.span), self.span);
            uses.push(Use { role, word: Some(Cow::Owned(here)), giver: Giver::Operand });
        }
    }
}
