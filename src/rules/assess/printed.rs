//! What a command prints, as far as later steps care.

use super::Assessor;
use super::uses::Use;
use crate::follow::step::Arg;
use crate::payload::{HOLE, argument};
use crate::rules::schema::{Clause, Form, Prints, Role};
use crate::rules::{Assessment, World, found};
use crate::text::Text;

impl<'a> Assessor<'a, '_> {
    pub(super) fn printed(
        &self,
        form: &Form<'static>,
        met: &[&Clause<'static>],
        uses: &[Use<'a>],
        world: &World<'_>,
        assessment: &mut Assessment,
    ) {
        let prints = met.iter().find_map(|clause| clause.roles.prints).unwrap_or(form.prints);
        let printed = &mut assessment.printed;
        match prints {
            Prints::Anything => {}
            Prints::Secrets => printed.secret = true,
            Prints::Setup => printed.setup = true,
            Prints::Fetched => printed.fetched = true,
            Prints::Drops => {
                printed.texts.push(argument(Text::derived(format!("DROP TABLE {HOLE};"), self.span)));
            }
            Prints::Found => printed.found = Some(self.found()),
            Prints::Content => {
                let reads_secret = uses.iter().any(|used| {
                    used.role == Role::Reads && used.word.as_ref().is_some_and(|word| world.is_secret_path(word))
                });
                let words = uses.iter().filter_map(|used| used.word.as_ref());
                let holds_secret = words.flat_map(|word| word.holes()).any(|hole| world.is_secret_hole(hole));
                printed.secret = reads_secret || holds_secret || world.is_secret_input(&self.command.input);
                let mut read = uses.iter().filter(|used| used.role == Role::Reads);
                printed.fetched = world.is_fetched_input(&self.command.input)
                    || read.any(|used| used.word.as_deref().is_some_and(|path| world.is_fetched(path)));
            }
        }
        // What a carried command prints is printed.
        if self.reading.command.is_some() && !printed.secret {
            printed.secret = world.is_secret_input(&self.command.input);
        }
    }

    pub(super) fn prints_found(&self) -> bool {
        self.reading.form().is_some_and(|form| form.prints == Prints::Found)
    }

    pub(super) fn found(&self) -> Vec<Arg> {
        found::shapes(&self.reading, &self.reading.operands)
    }
}
