//! Clauses: conditions on a command line, and what holds when they are met.

use std::collections::BTreeMap;

use super::check;
use super::forms::Scope;
use super::names::parse_prints;
use super::yaml::{self, At, Many};
use super::{Compiler, Layer, leak};
use crate::effect::{Class, Effect};
use crate::rules::schema::{Arity, Clause, Condition, Lowering, Roles, Verdict};

impl Compiler<'_> {
    pub(super) fn condition<'a>(&mut self, clause: &'a yaml::Clause, scope: &Scope<'_>) -> Condition<'a> {
        let mut at = Vec::new();
        for (place, patterns) in [(0, &clause.first), (1, &clause.second), (2, &clause.third), (-1, &clause.last)] {
            if !patterns.is_empty() {
                at.push((place, words(patterns)));
            }
        }
        let mut values = Vec::new();
        for (name, patterns) in &clause.value {
            self.at(patterns);
            if scope.find(name) == Some(Arity::Flag) {
                self.problem(format!("option `{name}` has no value, so this can never hold"));
            }
            values.push((self.listed_option(name, scope), words(&patterns.value)));
        }
        let unless = self.unless(clause.unless.as_ref(), scope);
        self.at(&clause.option);
        let options = self.listed_options(&clause.option.value.0, scope);
        self.at(&clause.all_options);
        let all_options = self.listed_options(&clause.all_options.value.0, scope);
        Condition {
            options,
            all_options,
            values,
            operands: words(&clause.operand),
            all_operands: words(&clause.all_operands),
            found: clause.found,
            at,
            at_least: clause.at_least,
            at_most: clause.at_most,
            behind_dashes: clause.behind_dashes,
            places: clause.place.0.clone(),
            variables: clause.variable.iter().map(|(name, list)| (name.as_str(), words(list))).collect(),
            input: words(&clause.input),
            unless,
        }
    }

    pub(super) fn unless<'a>(
        &mut self,
        unless: Option<&'a yaml::UnlessClauses>,
        scope: &Scope<'_>,
    ) -> Vec<Condition<'a>> {
        unless.map(|unless| unless.0.iter().map(|clause| self.condition(clause, scope)).collect()).unwrap_or_default()
    }

    /// The condition of a clause, which something must be able to meet.
    fn reachable<'a>(&mut self, clause: &'a At<yaml::Clause>, scope: &Scope<'_>) -> Condition<'a> {
        self.at(clause);
        let condition = self.condition(&clause.value, scope);
        self.at(clause);
        for message in check::never_holds(&condition, scope) {
            self.problem(message);
        }
        condition
    }

    /// The roles that a clause adds: `operands`, `input`, `here`, `prints`, or an option's name.
    fn roles<'a>(&mut self, roles: &'a BTreeMap<String, At<Many<String>>>, scope: &Scope<'_>) -> Roles<'a> {
        let mut added = Roles::default();
        for (target, words) in roles {
            self.at(words);
            let first = words.value.0.first().map_or("", String::as_str);
            match target.as_str() {
                "operands" => added.operands = words.value.0.iter().filter_map(|word| self.operand(word)).collect(),
                "input" => added.input = Some(self.role(first)),
                "here" => added.here = Some(self.role(first)),
                "prints" => match parse_prints(first) {
                    Ok(prints) => added.prints = Some(prints),
                    Err(message) => self.problem(message),
                },
                option => {
                    let role = self.role(first);
                    added.options.push((self.listed_option(option, scope), role));
                }
            }
        }
        added
    }

    /// A clause of `when`, in a form that says `base` of itself.
    pub(super) fn clause<'a>(
        &mut self,
        form: &str,
        clause: &'a At<yaml::Clause>,
        scope: &Scope<'_>,
        base: Option<&Verdict<'_>>,
    ) -> Option<Clause<'a>> {
        let condition = self.reachable(clause, scope);
        let raw = &clause.value;
        if raw.to.is_some() {
            self.problem("`to:` belongs to `lowers:`, not to `when:`");
        }
        let verdict = self.verdict(raw.class, raw.effect, raw.because.as_deref(), raw.instead.as_deref());
        if verdict.is_none() && raw.roles.is_empty() {
            self.problem("a clause of `when:` says `class:`, `effect:` or `roles:`");
        }
        if let (Some(verdict), Some(base)) = (&verdict, base)
            && verdict.effect.is_none()
            && verdict.class <= base.class
            && raw.roles.is_empty()
        {
            let class = base.class;
            self.problem(format!("this is {class} in any case, so that the clause raises nothing"));
        }
        let name = raw.id.clone().unwrap_or_else(|| clause_name(raw, verdict.as_ref(), scope));
        let id = format!("{form}.{name}");
        if let Some(verdict) = &verdict {
            self.rule(&id, verdict);
            if let Some(rule) = self.rules.last_mut() {
                rule.with_others = !raw.roles.is_empty() || raw.if_lost;
            }
            self.clause_needs(&id, verdict.class, raw, scope);
        }
        let roles = self.roles(&raw.roles, scope);
        Some(Clause { id: leak(id), condition, verdict, roles, loses: raw.loses, if_lost: raw.if_lost })
    }

    pub(super) fn lowering<'a>(&mut self, clause: &'a At<yaml::Clause>, scope: &Scope<'_>) -> Lowering<'a> {
        let condition = self.reachable(clause, scope);
        let raw = &clause.value;
        if raw.class.is_some() || raw.effect.is_some() || !raw.roles.is_empty() {
            self.problem("a clause of `lowers:` says `to:`, and nothing else but its condition");
        }
        let to = raw.to.unwrap_or(Class::ReadOnly);
        if to == Class::Destructive {
            self.problem("`to: destructive` lowers nothing; expected `read-only` or `mutating`");
        }
        if self.layer == Layer::Project {
            self.excess("a project's rules only raise a class; this clause of `lowers:` has no effect");
        }
        Lowering { condition, to }
    }
}

/// A name for a clause that has none: its first option, by its long spelling where it has one, else its effect.
fn clause_name(clause: &yaml::Clause, verdict: Option<&Verdict<'_>>, scope: &Scope<'_>) -> String {
    let options = clause.option.value.0.iter().chain(&clause.all_options.value.0).chain(clause.value.keys());
    let word = options.into_iter().find_map(|name| {
        let name = scope.long_name(name).trim_start_matches(['-', '+', '/']).trim_end_matches('=');
        (!name.is_empty()).then(|| name.to_owned())
    });
    word.unwrap_or_else(|| {
        verdict.map_or("roles", |verdict| verdict.effect.map_or(verdict.class.as_str(), Effect::as_str)).to_owned()
    })
}

pub(super) fn words(many: &Many<String>) -> Vec<&str> {
    many.0.iter().map(String::as_str).collect()
}
