//! Forms: how a program's or subcommand's command line is read, and what it does.

use std::collections::BTreeSet;

use super::clauses::words;
use super::names::{parse_operand, parse_style, parse_word_verdict};
use super::yaml::{self, At};
use super::{Compiler, Layer, Weight};
use crate::effect::Class;
use crate::rules::archive;
use crate::rules::schema::{
    Arity, Carries, Condition, Form, Lowering, OperandSpec, OptionSpec, Prints, Role, Style, Subcommand, Tasks, Verdict,
};

/// Where tasks are kept, as it is compiled.
fn tasks(tasks: &yaml::Tasks) -> Tasks<'_> {
    Tasks {
        of: tasks.of,
        files: words(&tasks.files),
        option: tasks.option.as_str(),
        names: words(&tasks.names),
        several: tasks.several,
        default: tasks.default,
        unless: words(&tasks.unless),
        above: tasks.above,
        besides: tasks.besides,
    }
}

/// What a form sees of itself and of the forms around it.
pub(super) struct Scope<'a> {
    options: Vec<OptionSpec<'a>>,
    any: bool,
    known: Vec<&'a str>,
    style: Style,
    /// Whether it may be given a path, by an operand, an option or a clause.
    has_paths: bool,
    outer: Option<&'a Scope<'a>>,
}

impl Scope<'_> {
    /// What follows an option.
    pub(super) fn find(&self, name: &str) -> Option<Arity> {
        let own = self.options.iter().find(|option| option.names.contains(&name)).map(|option| option.arity);
        let known = || self.known.contains(&name).then_some(Arity::Optional);
        own.or_else(known).or_else(|| self.outer.and_then(|outer| outer.find(name)))
    }

    /// The long spelling of an option, where it has one.
    pub(super) fn long_name<'n>(&'n self, name: &'n str) -> &'n str {
        if name.starts_with("--") {
            return name;
        }
        let own = self.options.iter().find(|option| option.names.contains(&name));
        let long = own.and_then(|option| option.names.iter().find(|name| name.starts_with("--")).copied());
        match (own, self.outer) {
            (None, Some(outer)) => outer.long_name(name),
            _ => long.unwrap_or(name),
        }
    }

    /// Every spelling of an option.
    pub(super) fn spellings<'n>(&'n self, name: &'n str) -> Vec<&'n str> {
        match (self.options.iter().find(|option| option.names.contains(&name)), self.outer) {
            (Some(own), _) => own.names.clone(),
            (None, Some(outer)) => outer.spellings(name),
            (None, None) => vec![name],
        }
    }

    pub(super) fn accepts_any(&self) -> bool {
        self.any || self.outer.is_some_and(Scope::accepts_any)
    }

    pub(super) fn has_paths(&self) -> bool {
        self.has_paths || self.outer.is_some_and(Scope::has_paths)
    }

    pub(super) fn option_names(&self) -> Vec<&str> {
        let own = self.options.iter().flat_map(|option| option.names.iter().copied());
        own.chain(self.outer.into_iter().flat_map(Scope::option_names)).collect()
    }
}

impl Compiler<'_> {
    /// Encodes a form with its subcommands. `id` is its stable name; `base` is what it adds to.
    pub(super) fn form<'a>(
        &mut self,
        id: &'a str,
        raw: &'a yaml::Form,
        base: Option<Form<'a>>,
        outer: Option<&Scope<'_>>,
    ) -> Vec<u8> {
        let extends = base.is_some();
        let base = base.unwrap_or_default();
        let style = self.style(&raw.style, outer.filter(|_| !extends).map_or(base.style, |outer| outer.style));
        let mut options = self.options(&raw.options.lists);
        options.extend(base.options);
        let any = raw.options.any || base.any_options;
        let mut known_options = self.known_options(&raw.options.lists);
        known_options.extend(base.known);
        let verdict = self.own_verdict(raw);
        if let Some(verdict) = &verdict {
            self.check_against(base.base.as_ref(), verdict);
            if extends {
                self.classes.insert(verdict.class);
                self.list(id, Some(verdict));
            } else {
                self.rule(id, verdict);
            }
            self.needs(id, verdict.class);
        }
        self.at(&raw.operands);
        let mut operands: Vec<OperandSpec> =
            raw.operands.value.0.iter().filter_map(|word| self.operand(word)).collect();
        if operands.iter().any(|operand| matches!(operand.role, Role::Deletes | Role::Empties)) {
            self.classes.insert(Class::Destructive);
            if verdict.is_none() && !extends {
                self.list(id, None);
            }
        }
        if operands.is_empty() {
            operands = base.operands;
        }
        let gives_paths = |role: Role| role.is_path() || matches!(role, Role::SettingKey(_));
        let has_paths = operands.iter().any(|operand| gives_paths(operand.role))
            || options.iter().any(|option| gives_paths(option.role))
            || base.when.iter().any(|clause| !clause.roles.is_empty())
            || raw.when.iter().any(|clause| !clause.value.roles.is_empty());
        let seen = if style.own_options { None } else { outer };
        let scope =
            Scope { options: options.clone(), any, known: known_options.clone(), style, has_paths, outer: seen };
        let mut when = base.when;
        let known: Vec<&str> = when.iter().filter(|clause| clause.verdict.is_some()).map(|clause| clause.id).collect();
        for clause in &raw.when {
            if let Some(clause) = self.clause(id, clause, &scope, verdict.as_ref()) {
                let named = clause.verdict.is_some().then_some(&clause.id);
                if known.iter().any(|known| Some(known) == named) {
                    self.problem(format!("two rules are named `{}`; give one of them an `id:`", clause.id));
                }
                when.push(clause);
            }
        }
        let lowers = [base.lowers, self.lowers(raw, &scope)].concat();
        self.at(&raw.recursive);
        let recursive = [base.recursive, self.listed_options(&raw.recursive.value.0, &scope)].concat();
        let input = raw.input.as_ref().map(|role| {
            self.at(role);
            self.role(&role.value)
        });
        let verbs = raw.verbs.as_ref().map(|verbs| {
            self.at(verbs);
            let problem = self.here(format!("there is no `verb-list: {}`", verbs.value), Weight::Wrong);
            self.verbs.push((verbs.value.clone(), problem));
            verbs.value.as_str()
        });
        let carries = raw.carries.as_ref().map_or(base.carries, |carries| Carries {
            context: carries.context,
            at_least: carries.at_least,
            unless: self.unless(carries.unless.as_ref(), &scope),
        });
        let subcommands = self.subcommands(id, raw, base.subcommands, &scope);
        let form = Form {
            id,
            base: verdict.or(base.base),
            style,
            options,
            any_options: any,
            known: known_options,
            operands,
            subcommands: subcommands
                .iter()
                .map(|(names, bytes)| Subcommand { names: names.clone(), form: bytes.as_slice() })
                .collect(),
            verbs: verbs.or(base.verbs),
            when,
            lowers,
            recursive,
            input: input.or(base.input),
            carries,
            prints: if raw.prints == Prints::default() { base.prints } else { raw.prints },
            fetches: raw.fetches || base.fetches,
            overwrites: [base.overwrites, self.unless(raw.overwrites.as_ref(), &scope)].concat(),
            loses: raw.loses.or(base.loses),
            tasks: raw.tasks.as_ref().map(tasks).or(base.tasks),
        };
        archive::encode(&form)
    }

    fn style(&mut self, words: &At<yaml::Many<String>>, otherwise: Style) -> Style {
        if words.value.0.is_empty() {
            return otherwise;
        }
        self.at(words);
        parse_style(&words.value.0).unwrap_or_else(|message| {
            self.problem(message);
            Style::default()
        })
    }

    /// What a form says of every command line of its shape. What to do instead may stand alone: roles then say what is
    /// wrong.
    fn own_verdict<'a>(&mut self, raw: &'a yaml::Form) -> Option<Verdict<'a>> {
        let speaks = raw.instead.is_some() && raw.subcommands.is_empty() && raw.verbs.is_none();
        let class = raw.class.or(speaks.then_some(Class::ReadOnly).filter(|_| raw.effect.is_none()));
        if self.layer == Layer::Project && raw.class == Some(Class::ReadOnly) {
            self.excess("a project's rules only raise a class; this `read-only` has no effect");
        }
        self.verdict(class, raw.effect, raw.because.as_deref(), raw.instead.as_deref())
    }

    /// A project cannot take back what is said below it.
    fn check_against(&mut self, below: Option<&Verdict<'_>>, verdict: &Verdict<'_>) {
        let lower = below.is_some_and(|below| verdict.class < below.class);
        if self.layer == Layer::Project && lower && verdict.class != Class::ReadOnly {
            self.excess("a project's rules only raise a class; this has no effect");
        }
    }

    fn lowers<'a>(&mut self, raw: &'a yaml::Form, scope: &Scope<'_>) -> Vec<Lowering<'a>> {
        let mut lowers: Vec<Lowering<'a>> = raw.lowers.iter().map(|clause| self.lowering(clause, scope)).collect();
        if !raw.dry_run.value.0.is_empty() {
            self.at(&raw.dry_run);
            let options = self.listed_options(&raw.dry_run.value.0, scope);
            lowers.push(Lowering { condition: Condition { options, ..Condition::default() }, to: Class::ReadOnly });
            if self.layer == Layer::Project {
                self.excess("a project's rules only raise a class; this `dry-run:` has no effect");
            }
        }
        if self.layer == Layer::Project {
            lowers.clear();
        }
        lowers
    }

    /// Encodes the subcommands, those of `below` included.
    fn subcommands<'a>(
        &mut self,
        id: &str,
        raw: &'a yaml::Form,
        below: Vec<Subcommand<'a>>,
        scope: &Scope<'_>,
    ) -> Vec<(Vec<&'a str>, Vec<u8>)> {
        let mut encoded: Vec<(Vec<&'a str>, Vec<u8>)> = Vec::new();
        let mut extended = BTreeSet::new();
        let mut seen = BTreeSet::new();
        for (names, subcommand) in &raw.subcommands {
            self.at(subcommand);
            let mut names: Vec<&str> = names.split_whitespace().collect();
            for name in &names {
                if !seen.insert(*name) {
                    self.problem(format!("subcommand `{name}` is described twice"));
                }
            }
            let Some(first) = names.first().copied() else { continue };
            let base = below.iter().position(|known| known.names.iter().any(|name| names.contains(name)));
            let base = base.and_then(|at| {
                extended.insert(at);
                below.get(at)
            });
            let inner = base.and_then(|known| archive::decode::<Form<'a>>(known.form));
            let sub_id = inner.as_ref().map_or_else(|| format!("{id}.{first}"), |form| form.id.to_owned());
            self.path.push(names.iter().map(|name| (*name).to_owned()).collect());
            let bytes = match &subcommand.value {
                yaml::Subcommand::Word(word) => self.word_form(&sub_id, word, inner.as_ref(), scope.style),
                yaml::Subcommand::Form(form) => self.form(&sub_id, form, inner, Some(scope)),
            };
            self.path.pop();
            if let Some(base) = base {
                names.extend(base.names.iter().filter(|name| !seen.contains(*name)).copied().collect::<Vec<_>>());
            }
            encoded.push((names, bytes));
        }
        let rest = below.into_iter().enumerate().filter(|(at, _)| !extended.contains(at));
        encoded.extend(rest.map(|(_, known)| (known.names, known.form.to_vec())));
        encoded
    }

    /// A subcommand given by one word: a class, or an effect.
    fn word_form(&mut self, id: &str, word: &str, base: Option<&Form<'_>>, style: Style) -> Vec<u8> {
        let verdict = match parse_word_verdict(word) {
            Ok(verdict) => verdict,
            Err(message) => {
                self.problem(message);
                return Vec::new();
            }
        };
        if self.layer == Layer::Project && verdict.class == Class::ReadOnly {
            self.excess("a project's rules only raise a class; this `read-only` has no effect");
        }
        self.check_against(base.and_then(|base| base.base.as_ref()), &verdict);
        if base.is_some() {
            self.classes.insert(verdict.class);
            self.list(id, Some(&verdict));
        } else {
            self.rule(id, &verdict);
        }
        self.needs(id, verdict.class);
        archive::encode(&Form { id, base: Some(verdict), style, any_options: true, ..Form::default() })
    }

    pub(super) fn operand(&mut self, word: &str) -> Option<OperandSpec> {
        parse_operand(word).map_err(|message| self.problem(message)).ok()
    }

    fn options<'a>(&mut self, lists: &'a yaml::OptionLists) -> Vec<OptionSpec<'a>> {
        let groups = [
            (&lists.flags, Arity::Flag),
            (&lists.values, Arity::Value),
            (&lists.optional, Arity::Optional),
            (&lists.digits, Arity::Digits),
            (&lists.pairs, Arity::Pair),
            (&lists.until, Arity::Until),
            (&lists.many, Arity::Many),
            (&lists.rest, Arity::Rest),
        ];
        let mut options: Vec<OptionSpec<'a>> = Vec::new();
        let mut seen = BTreeSet::new();
        for (group, arity) in groups {
            for named in group {
                self.at(named);
                let names: Vec<&str> = named.value.names.split_whitespace().collect();
                for name in &names {
                    if !seen.insert(*name) {
                        self.problem(format!("option `{name}` has two meanings"));
                    }
                }
                let role = named.value.role.as_deref().map_or(Role::Skip, |role| self.role(role));
                options.push(OptionSpec { names, arity, role });
            }
        }
        options
    }

    /// Options of which it is not said what follows them.
    fn known_options<'a>(&mut self, lists: &'a yaml::OptionLists) -> Vec<&'a str> {
        let mut known = Vec::new();
        for named in &lists.known {
            self.at(named);
            for name in named.value.split_whitespace() {
                if known.contains(&name) || lists.names().any(|listed| listed == name) {
                    self.problem(format!("option `{name}` is listed twice"));
                } else if !name.starts_with(['-', '+']) || name.len() < 2 {
                    self.problem(format!("expected the name of an option, such as `-f` or `--force`, not `{name}`"));
                }
                known.push(name);
            }
        }
        known
    }

    /// Options that must be known in `scope`. They keep the spelling of the author: any spelling serves.
    pub(super) fn listed_options<'a>(&mut self, names: &'a [String], scope: &Scope<'_>) -> Vec<&'a str> {
        names.iter().map(|name| self.listed_option(name, scope)).collect()
    }

    pub(super) fn listed_option<'a>(&mut self, name: &'a str, scope: &Scope<'_>) -> &'a str {
        if scope.find(name).is_some() {
            return name;
        }
        if !scope.accepts_any() {
            let hint = super::near::hint(name, scope.option_names());
            self.problem(format!("no option `{name}` is listed here, so this can never hold{hint}"));
        } else if !self.may_be_an_option(name) {
            let hint = super::near::hint(name, scope.option_names());
            self.problem(format!(
                "no option `{name}` is listed here{hint}; what a condition asks for is listed, under `known:` at least"
            ));
        }
        name
    }

    pub(super) fn stray_keys(&mut self, entry: &yaml::Entry) {
        let verb_keys = [
            ("prefixes", !entry.prefixes.is_empty()),
            ("nouns", !entry.nouns.is_empty()),
            ("read-only", !entry.read_only.is_empty()),
            ("mutating", !entry.mutating.is_empty()),
            ("destructive", !entry.destructive.is_empty()),
        ];
        let name_keys = [
            ("whole", !entry.whole.is_empty()),
            ("first", !entry.first.is_empty()),
            ("last", !entry.last.is_empty()),
            ("words", !entry.words.is_empty()),
        ];
        let setting_keys = [("keys", !entry.keys.is_empty()), ("prefix", entry.prefix.is_some())];
        let role_keys = [("role", entry.role.is_some())];
        let id_keys = [("id", entry.id.is_some())];
        let form_keys = [
            ("style", !words(&entry.style.value).is_empty()),
            ("options", entry.options.any || entry.options.lists.is_given()),
            ("operands", !words(&entry.operands.value).is_empty()),
            ("subcommands", !entry.subcommands.is_empty()),
            ("verbs", entry.verbs.is_some()),
            ("when", !entry.when.is_empty()),
            ("lowers", !entry.lowers.is_empty()),
            ("dry-run", !words(&entry.dry_run.value).is_empty()),
            ("recursive", !words(&entry.recursive.value).is_empty()),
            ("input", entry.input.is_some()),
            ("carries", entry.carries.is_some()),
            ("fetches", entry.fetches),
            ("overwrites", entry.overwrites.is_some()),
            ("loses", entry.loses.is_some()),
            ("tasks", entry.tasks.is_some()),
        ];
        let (kind, strays): (&str, Vec<&[(&str, bool)]>) = if entry.program.is_some() || entry.extends.is_some() {
            ("program", vec![&verb_keys, &name_keys, &setting_keys, &role_keys, &id_keys])
        } else if entry.rule.is_some() {
            ("rule", vec![&verb_keys, &name_keys, &setting_keys, &role_keys, &id_keys, &form_keys])
        } else if entry.verb_list.is_some() {
            ("verb-list", vec![&name_keys, &setting_keys, &role_keys, &id_keys, &form_keys])
        } else if entry.variables.is_some() {
            ("variables", vec![&verb_keys, &name_keys, &setting_keys, &form_keys])
        } else if entry.settings.is_some() {
            ("settings", vec![&verb_keys, &name_keys, &form_keys])
        } else if entry.option_names.is_some() {
            ("option-names", vec![&verb_keys, &setting_keys, &role_keys, &id_keys, &form_keys])
        } else if !entry.short_options.is_empty() {
            ("short-options", vec![&verb_keys, &name_keys, &setting_keys, &role_keys, &id_keys, &form_keys])
        } else {
            return;
        };
        let strays = strays.into_iter().flatten().filter(|(_, given)| *given);
        for (key, _) in strays.collect::<Vec<_>>() {
            self.problem(format!("`{key}:` says nothing in an entry of `{kind}:`"));
        }
        let kinds = [
            entry.program.is_some(),
            entry.extends.is_some(),
            entry.rule.is_some(),
            entry.verb_list.is_some(),
            entry.variables.is_some(),
            entry.settings.is_some(),
            entry.option_names.is_some(),
            !entry.short_options.is_empty(),
        ];
        if kinds.into_iter().filter(|given| *given).count() > 1 {
            self.problem("an entry is about one thing: a list item each for programs, rules, lists and variables");
        }
    }
}
