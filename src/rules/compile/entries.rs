//! The entries of a rule file: programs, additions to them, and what forms refer to.

use std::collections::BTreeSet;

use super::yaml::{At, Entry, Examples, Many};
use super::{Compiler, Example, Layer, Page, RuleEntry, Weight, clauses::words, leak, near, rules_of};
use crate::effect::{Class, Effect};
use crate::rules::schema::{Form, OptionNames, Recount, Role, Setting, Variable, Verbs, Verdict};
use crate::rules::{archive, glob, own};

impl Compiler<'_> {
    pub(super) fn entry(&mut self, entry: At<Entry>) {
        let (line, column) = (self.line, self.column);
        let entry = entry.value;
        self.stray_keys(&entry);
        if let Some(names) = &entry.program {
            let names = names.0.clone();
            self.program(names, entry);
        } else if let Some(names) = &entry.extends {
            let names = names.0.clone();
            self.extension(names, entry);
        } else if let Some(ids) = &entry.rule {
            let ids = ids.0.clone();
            self.recount(ids, entry);
        } else if self.layer == Layer::Project && entry.verb_list.is_none() {
            self.excess("a project's rules speak of programs (`program:`, `extends:`, `rule:`); this has no effect");
        } else if let Some(name) = entry.verb_list.clone() {
            self.verb_list(&name, &entry);
        } else if let Some(names) = &entry.variables {
            let names = names.0.clone();
            self.variables(&names, &entry);
        } else if let Some(table) = entry.settings.clone() {
            self.setting(&table, &entry);
        } else if let Some(name) = entry.option_names.clone() {
            self.option_names(&name, &entry);
        } else if entry.short_options.is_empty() {
            self.problem(
                "an entry begins with `program:`, `extends:`, `rule:`, `verb-list:`, `variables:` or `settings:`",
            );
        }
        (self.line, self.column) = (line, column);
    }

    fn program(&mut self, names: Vec<String>, entry: Entry) {
        let Some(first) = names.first().cloned() else {
            self.problem("`program:` needs a name");
            return;
        };
        for name in names.iter().filter(|name| name.contains([':', '/']) && *name != ":") {
            self.problem(format!("`{name}` is no name of a program: expected one without `/` and `:`"));
        }
        if self.layer == Layer::Project && self.below(&first).is_some() {
            self.excess(format!(
                "guard knows `{first}`, and a project cannot replace what it knows; use `extends: {first}` to add to it"
            ));
        }
        self.begin();
        self.programs.clone_from(&names);
        let (line, column) = (self.line, self.column);
        let about = entry.about.clone();
        let (form, examples) = entry.into_form();
        let bytes = self.form(&first, &form, None, None);
        (self.line, self.column) = (line, column);
        for name in &names {
            self.insert(name, bytes.clone());
        }
        self.page(names, about, examples);
    }

    /// Adds to what is known of programs, under every name that they have.
    fn extension(&mut self, names: Vec<String>, entry: Entry) {
        let about = entry.about.clone();
        let (form, examples) = entry.into_form();
        let (line, column) = (self.line, self.column);
        self.begin();
        self.programs.clone_from(&names);
        for name in &names {
            let Some(bytes) = self.known_form(name) else {
                let hint = near::hint(name, self.below.iter().flat_map(|archive| archive.keys()));
                self.problem(format!("`extends:` a program that is not known: `{name}`{hint}"));
                continue;
            };
            let Some(base) = archive::decode::<Form<'_>>(&bytes) else { continue };
            let extended = self.form(base.id, &form, Some(base.clone()), None);
            (self.line, self.column) = (line, column);
            for alias in self.names_of(name, &bytes) {
                self.values.insert(alias, extended.clone());
            }
        }
        self.page(names, about, examples);
    }

    /// All names of the program that has this form.
    fn names_of(&self, name: &str, bytes: &[u8]) -> BTreeSet<String> {
        let below = self.below.iter().flat_map(|archive| archive.keys());
        let own = self.values.keys().map(String::as_str);
        below
            .chain(own)
            .filter(|key| !key.contains(':') && self.known_form(key).is_some_and(|form| form == bytes))
            .chain([name])
            .map(str::to_owned)
            .collect()
    }

    /// What rules count as from now on, by their names.
    fn recount(&mut self, ids: Vec<String>, entry: Entry) {
        self.begin();
        let Some(verdict) = self.verdict(entry.class, entry.effect, entry.because.as_deref(), entry.instead.as_deref())
        else {
            return self.problem("`rule:` says what the rule counts as: `class: mutating`, or an `effect:`");
        };
        if verdict.class == Class::ReadOnly {
            self.problem("`rule:` counts as mutating, or has an effect; what reads only is said with `extends:`");
        }
        if self.layer == Layer::Project && verdict.class < Class::Destructive {
            return self.excess("a project's rules only raise a class; this has no effect");
        }
        let known = self.known_rules();
        for id in &ids {
            if own::is_fixed(id) {
                self.problem(format!("`{id}` always counts: no rule changes it"));
            } else if id.contains('*') {
                let known = known.iter().map(String::as_str).chain(own::RULES.iter().map(|rule| rule.id));
                if !known.into_iter().any(|known| glob::matches(id, known)) {
                    self.problem(format!("no rule has a name like `{id}`"));
                }
            } else if !known.contains(id) && own::find(id).is_none() && !is_derived(id, &known) {
                let hint =
                    near::hint(id, known.iter().map(String::as_str).chain(own::RULES.iter().map(|rule| rule.id)));
                self.problem(format!("no rule is named `{id}`{hint}"));
            }
            self.classes.insert(verdict.class);
            self.recounts.push(Recount {
                rule: leak(id.clone()),
                class: verdict.class,
                effect: verdict.effect,
                because: leak(verdict.because.to_owned()),
                instead: leak(verdict.instead.to_owned()),
            });
            self.rules.push(RuleEntry {
                id: id.clone(),
                line: self.line,
                class: Some(verdict.class),
                effect: verdict.effect,
                because: verdict.because.to_owned(),
                instead: verdict.instead.to_owned(),
                with_others: false,
            });
        }
        self.page(ids, entry.about, entry.examples);
    }

    fn known_rules(&self) -> BTreeSet<String> {
        let mut known: BTreeSet<String> = self.ids.keys().cloned().collect();
        for archive in self.below {
            for key in archive.keys() {
                if let Some(variable) = key
                    .starts_with(archive::VARIABLE)
                    .then(|| archive.get(key).and_then(archive::decode::<Variable<'_>>))
                    .flatten()
                {
                    known.insert(variable.id.to_owned());
                }
                if !key.contains(':')
                    && let Some(form) = archive.get(key).and_then(archive::decode::<Form<'_>>)
                {
                    rules_of(&form, &mut known);
                }
            }
        }
        known
    }

    fn begin(&mut self) {
        self.rules.clear();
        self.classes.clear();
        self.needs.clear();
        self.path.clear();
    }

    /// The page of an entry. Every class that it can give needs an example.
    fn page(&mut self, names: Vec<String>, about: String, examples: Examples) {
        let lists = [
            (Class::ReadOnly, examples.read_only),
            (Class::Mutating, examples.mutating),
            (Class::Destructive, examples.destructive),
        ];
        let examples: Vec<Example> = lists
            .into_iter()
            .flat_map(|(class, lines)| {
                lines.into_iter().map(move |line| Example { class, text: line.value, line: line.line })
            })
            .collect();
        let given: BTreeSet<Class> = examples.iter().map(|example| example.class).collect();
        for class in self.classes.difference(&given) {
            let name = names.first().map_or("", String::as_str);
            let message = format!("`{name}` can be {class} but has no example for it");
            self.problems.push(self.here(message, Weight::Untested));
        }
        let (line, column) = (self.line, self.column);
        self.check_examples(&names, &examples);
        (self.line, self.column) = (line, column);
        let rules = std::mem::take(&mut self.rules);
        let recounts = !self.recounts.is_empty() && rules.iter().map(|rule| &rule.id).eq(&names);
        self.pages.push(Page { names, about, file: self.file.clone(), line: self.line, recounts, rules, examples });
    }

    fn verb_list(&mut self, name: &str, entry: &Entry) {
        if self.layer == Layer::Project && self.below(&format!("{}{name}", archive::VERBS)).is_some() {
            return self.excess(format!("guard has a list of verbs named `{name}`; this one has no effect"));
        }
        let verbs = Verbs {
            prefixes: words(&entry.prefixes),
            nouns: words(&entry.nouns),
            read_only: words(&entry.read_only),
            mutating: words(&entry.mutating),
            destructive: entry.destructive.iter().map(|(effect, list)| (*effect, words(list))).collect(),
        };
        let bytes = archive::encode(&verbs);
        self.insert(&format!("{}{name}", archive::VERBS), bytes);
    }

    fn variables(&mut self, names: &[String], entry: &Entry) {
        let role = self.role(entry.role.as_deref().unwrap_or("skip"));
        let id = entry.id.clone().unwrap_or_else(|| format!("variable.{}", names.join("-").to_lowercase()));
        let verdict = self.verdict(entry.class, entry.effect, entry.because.as_deref(), entry.instead.as_deref());
        let variable = Variable { id: &id, role, verdict };
        let bytes = archive::encode(&variable);
        self.ids.insert(id.clone(), self.position());
        for name in names {
            self.insert(&format!("{}{name}", archive::VARIABLE), bytes.clone());
        }
    }

    /// Names of options that do no harm. They come with guard: what is so of one program, that program lists.
    fn option_names(&mut self, name: &str, entry: &Entry) {
        if self.layer != Layer::BuiltIn || name != "harmless" {
            return self.problem("`option-names:` is guard's own; name the options under `known:` of the program");
        }
        let sorted = |list: &'_ Many<String>| {
            let mut names: Vec<String> = words(list).into_iter().map(str::to_owned).collect();
            names.sort_unstable();
            names
        };
        let lists = [&entry.whole, &entry.first, &entry.last, &entry.words].map(sorted);
        for twice in lists.iter().flat_map(|list| list.windows(2)).filter(|pair| pair[0] == pair[1]) {
            self.problem(format!("`{}` is listed twice", twice[0]));
        }
        let [whole, first, last, words] = lists.each_ref().map(|list| list.iter().map(String::as_str).collect());
        let bytes = archive::encode(&OptionNames { whole, first, last, words });
        self.insert(archive::OPTION_NAMES, bytes);
    }

    fn setting(&mut self, table: &str, entry: &Entry) {
        if crate::rules::schema::SettingTable::by_name(table).is_none() {
            self.problem(format!("there is no table of settings named `{table}`"));
        }
        let role = self.role(entry.role.as_deref().unwrap_or("shell"));
        let setting = Setting { keys: words(&entry.keys), role, prefix: entry.prefix.as_deref().unwrap_or("") };
        let bytes = archive::encode(&vec![setting]);
        let key = format!("{}{table}", archive::SETTINGS);
        // Several entries of one table are one list: the encodings are joined when the library is read.
        let number = (0..).map(|n| format!("{key}.{n}")).find(|key| !self.values.contains_key(key));
        if let Some(key) = number {
            self.insert(&key, bytes);
        }
    }

    pub(super) fn role(&mut self, name: &str) -> Role {
        super::names::parse_role(name).unwrap_or_else(|message| {
            self.problem(message);
            Role::Skip
        })
    }

    pub(super) fn verdict<'a>(
        &mut self,
        class: Option<Class>,
        effect: Option<Effect>,
        because: Option<&'a str>,
        instead: Option<&'a str>,
    ) -> Option<Verdict<'a>> {
        let class = match (class, effect) {
            (None, None) => return None,
            (None, Some(_)) => Class::Destructive,
            (Some(class), None) => class,
            (Some(Class::Destructive), Some(_)) => Class::Destructive,
            (Some(class), Some(effect)) => {
                self.problem(format!("`effect: {effect}` is destructive, `class: {class}` is not"));
                class
            }
        };
        if class == Class::Destructive && effect.is_none() {
            self.problem("a destructive rule names its effect");
        }
        Some(Verdict { class, effect, because: because.unwrap_or(""), instead: instead.unwrap_or("") })
    }

    /// Notes a rule, whose name must be its own.
    pub(super) fn rule(&mut self, id: &str, verdict: &Verdict<'_>) {
        self.classes.insert(verdict.class);
        let position = self.position();
        if let Some(other) = self.ids.insert(id.to_owned(), position) {
            self.problem(format!("two rules are named `{id}` (the other: {other}); give one of them an `id:`"));
        }
        self.list(id, Some(verdict));
    }

    /// Puts a rule on the page.
    pub(super) fn list(&mut self, id: &str, verdict: Option<&Verdict<'_>>) {
        self.rules.push(RuleEntry {
            id: id.to_owned(),
            line: self.line,
            class: verdict.map(|verdict| verdict.class),
            effect: verdict.and_then(|verdict| verdict.effect),
            because: verdict.map_or("", |verdict| verdict.because).to_owned(),
            instead: verdict.map_or("", |verdict| verdict.instead).to_owned(),
            with_others: false,
        });
    }

    fn position(&self) -> String {
        format!("{}:{}", self.file, self.line)
    }
}

/// `git.push.verb`: a name that is made of a rule's.
fn is_derived(id: &str, known: &BTreeSet<String>) -> bool {
    id.rsplit_once('.')
        .is_some_and(|(form, end)| own::DERIVED.iter().any(|(derived, _)| *derived == end) && known.contains(form))
}

impl Many<String> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
