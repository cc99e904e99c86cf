//! Which of its arguments a program may write into, as far as its words tell.

use super::assess::family;
use super::library::Library;
use super::read;
use super::reading::{Given, operand_roles};
use super::schema::{Arity, Clause, OperandSpec, Role};
use crate::follow::step::Arg;
use crate::payload::Language;

/// How many programs that carry one another are looked at.
const MAX_CARRIED: usize = 4;

/// The files among the arguments of `argv` that the program, or one that it carries, may write into. Of a program that no
/// rule knows, none.
pub fn written(argv: &[Arg], rules: &Library) -> Vec<Arg> {
    let mut found = Vec::new();
    collect(argv, rules, 0, &mut found);
    found
}

fn collect(argv: &[Arg], rules: &Library, depth: usize, found: &mut Vec<Arg>) {
    let Some(name) = argv.first().and_then(Arg::text) else { return };
    let name = name.rsplit('/').next().unwrap_or(name);
    let Some(program) = rules.program(family(name, rules)) else { return };
    let reading = read::read(argv, program);
    let Some(form) = reading.form() else { return };
    let values = |given: &Given<'_>| given.values.iter().map(|value| value.clone().into_owned()).collect::<Vec<_>>();
    for given in &reading.given {
        if is_written(given.role) || form.when.iter().any(|clause| writes_option(clause, given)) {
            found.extend(values(given));
        }
    }
    // Whether a clause holds takes more than the words: it is taken to, if the options are there that it asks for.
    let may_hold = |clause: &&Clause<'_>| {
        let condition = &clause.condition;
        (condition.options.is_empty() || condition.options.iter().any(|name| reading.has(name)))
            && condition.all_options.iter().all(|name| reading.has(name))
    };
    let clauses = form.when.iter().filter(may_hold).map(|clause| clause.roles.operands.as_slice());
    for specs in clauses.chain([form.operands.as_slice()]) {
        let operands = operand_roles(&reading, specs).filter(|(_, role)| is_written(*role));
        found.extend(operands.map(|(operand, _)| operand.clone()));
    }
    // What code does to the files that it is given is not told by their places.
    for given in reading.given.iter().filter(|given| given.arity == Arity::Rest && is_program(given.role)) {
        found.extend(values(given).into_iter().skip(1));
    }
    let takes_code = reading.given.iter().any(|given| given.role == Role::InPlace || is_program(given.role));
    if takes_code || form.input.is_some_and(is_program) {
        let files = form.when.iter().flat_map(|clause| &clause.roles.operands).chain(&form.operands);
        let is_script = |spec: &&OperandSpec| matches!(spec.role, Role::File(_));
        let scripts = if takes_code { 0 } else { files.filter(is_script).count().min(1) };
        found.extend(reading.operands.iter().skip(scripts).map(|operand| (*operand).clone()));
    }
    if let Some(carried) = reading.command.filter(|_| depth < MAX_CARRIED) {
        collect(carried, rules, depth + 1, found);
    }
}

fn writes_option(clause: &Clause<'_>, given: &Given<'_>) -> bool {
    clause.roles.options.iter().any(|(name, role)| is_written(*role) && given.is(name))
}

const fn is_written(role: Role) -> bool {
    matches!(role, Role::Writes | Role::Appends | Role::Deletes | Role::Empties | Role::Moves)
}

/// Whether it is code that can open files of its own accord.
const fn is_program(role: Role) -> bool {
    matches!(
        role,
        Role::Code(
            Language::Perl
                | Language::Ruby
                | Language::Python
                | Language::Javascript
                | Language::Php
                | Language::Lua
                | Language::Ex
                | Language::Ed
        )
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::span::Span;
    use crate::text::Text;

    #[test]
    fn what_a_program_may_write_into() {
        for (command, expected) in [
            ("tee a b", "a b"),
            ("cp a b", "b"),
            ("sort -o a b", "a"),
            ("sort -oa b", "a"),
            ("dd if=a of=b", "b"),
            ("curl -o a -T b https://x", "a"),
            ("sed -i s/x/y/ a", "s/x/y/ a"),
            ("sed -n p a", ""),
            ("/usr/bin/perl -pi -e 1 a", "a"),
            ("python3 a.py b", "b"),
            ("python3 -c 1 a", "a"),
            ("sudo -u bob tee a", "a"),
            ("chmod +x a", ""),
            ("cat a", ""),
            ("./unknown a", ""),
        ] {
            let argv: Vec<Arg> =
                command.split(' ').map(|word| Arg::known(Text::request(word), Span::default())).collect();
            let written = written(&argv, &Library::default());
            let words: BTreeSet<&str> = written.iter().filter_map(Arg::text).collect();
            assert_eq!(words, expected.split_whitespace().collect(), "{command}");
        }
    }
}
