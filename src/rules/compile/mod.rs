//! Turns rule files into the bytes that the library reads, and checks them on the way.
//!
//! Used by `build.rs` for the rules that come with guard, and at run time for a user's own. Takes file names and
//! texts; gives the compiled bytes, or every problem with its file and line.

mod names;
mod yaml;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_yaml::Spanned;

use crate::effect::{Class, Effect};
use crate::rules::archive;
use crate::rules::schema::{
    Arity, Carries, Clause, Condition, Form, Lowering, OperandSpec, OptionSpec, Role, Roles, Setting, Style,
    Subcommand, Variable, Verbs, Verdict,
};
use names::{parse_operand, parse_role, parse_style, parse_word_verdict};
use yaml::{Entry, Many};

/// Something wrong in a rule file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
    /// The column, from 1.
    pub column: u64,
    /// What is wrong, and what was expected.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)
    }
}

/// What compiling gives.
#[derive(Debug, Default)]
pub struct Compiled {
    /// The library: programs, verb lists, variables and settings.
    pub archive: Vec<u8>,
    /// What people look up and what tests run: one [`Page`] for each program.
    pub pages: Vec<Page>,
}

/// A program's page: what `guard rules` shows, and its examples.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Page {
    /// Its names.
    pub names: Vec<String>,
    /// What it is for.
    pub about: String,
    /// The file it stands in.
    pub file: String,
    /// Its rules.
    pub rules: Vec<RuleEntry>,
    /// Command lines with the class that they must get.
    pub examples: Vec<(Class, String)>,
}

/// A rule on a page.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct RuleEntry {
    /// Its stable name.
    pub id: String,
    /// What it gives.
    pub class: Class,
    /// The effect, when destructive.
    pub effect: Option<Effect>,
    /// Why.
    pub because: String,
    /// What to do instead.
    pub instead: String,
}

/// Compiles rule files, given by name and text.
///
/// # Errors
///
/// Returns every problem found, in the order of the files.
pub fn compile(files: &[(String, String)]) -> Result<Compiled, Vec<Problem>> {
    let mut compiler = Compiler::default();
    for (file, text) in files {
        compiler.file(file, text);
    }
    compiler.finish()
}

#[derive(Default)]
struct Compiler {
    problems: Vec<Problem>,
    file: String,
    line: u64,
    column: u64,
    programs: BTreeMap<String, Vec<u8>>,
    ids: BTreeSet<String>,
    pages: Vec<Page>,
    rules: Vec<RuleEntry>,
    classes: BTreeSet<Class>,
}

/// The options that a form sees: its own, and those of the forms around it.
struct Scope<'a> {
    options: Vec<OptionSpec<'a>>,
    any: bool,
    style: Style,
    outer: Option<&'a Scope<'a>>,
}

impl Scope<'_> {
    /// The canonical name of an option and what follows it.
    fn find(&self, name: &str) -> Option<(&str, Arity)> {
        self.options
            .iter()
            .find(|option| option.names.contains(&name))
            .and_then(|option| option.names.first().map(|first| (*first, option.arity)))
            .or_else(|| self.outer.and_then(|outer| outer.find(name)))
    }

    fn accepts_any(&self) -> bool {
        self.any || self.outer.is_some_and(Scope::accepts_any)
    }
}

impl Compiler {
    fn problem(&mut self, message: impl Into<String>) {
        self.problems.push(Problem {
            file: self.file.clone(),
            line: self.line,
            column: self.column,
            message: message.into(),
        });
    }

    fn at<T>(&mut self, spanned: &Spanned<T>) {
        if spanned.referenced.line() > 0 {
            (self.line, self.column) = (spanned.referenced.line(), spanned.referenced.column());
        }
    }

    fn file(&mut self, file: &str, text: &str) {
        file.clone_into(&mut self.file);
        (self.line, self.column) = (1, 1);
        let entries: Vec<Spanned<Entry>> = match serde_yaml::from_str(text) {
            Ok(entries) => entries,
            Err(error) => {
                if let Some(location) = error.location() {
                    (self.line, self.column) = (location.line(), location.column());
                }
                let message = error.without_snippet().to_string();
                self.problem(message.lines().next().unwrap_or("not a rule file").to_owned());
                return;
            }
        };
        for entry in entries {
            self.at(&entry);
            self.entry(entry.value);
        }
    }

    fn entry(&mut self, entry: Entry) {
        if let Some(names) = &entry.program {
            let names = names.0.clone();
            self.program(names, entry);
        } else if let Some(name) = entry.verb_list.clone() {
            self.verb_list(&name, &entry);
        } else if let Some(names) = &entry.variables {
            let names = names.0.clone();
            self.variables(&names, &entry);
        } else if let Some(table) = entry.settings.clone() {
            self.setting(&table, &entry);
        } else {
            self.problem("an entry begins with `program:`, `verb-list:`, `variables:` or `settings:`");
        }
    }

    fn program(&mut self, names: Vec<String>, entry: Entry) {
        let Some(first) = names.first().cloned() else {
            self.problem("`program:` needs a name");
            return;
        };
        self.rules.clear();
        self.classes.clear();
        let about = entry.about.clone();
        let (form, examples) = entry.into_form();
        let bytes = self.form(&first, &form, None);
        for name in &names {
            self.insert(name, bytes.clone());
        }
        let examples: Vec<(Class, String)> = [
            (Class::ReadOnly, examples.read_only),
            (Class::Mutating, examples.mutating),
            (Class::Destructive, examples.destructive),
        ]
        .into_iter()
        .flat_map(|(class, lines)| lines.into_iter().map(move |line| (class, line)))
        .collect();
        let given: BTreeSet<Class> = examples.iter().map(|(class, _)| *class).collect();
        for class in self.classes.clone() {
            if !given.contains(&class) {
                self.problem(format!("`{first}` can be {class} but has no example for it"));
            }
        }
        let rules = std::mem::take(&mut self.rules);
        self.pages.push(Page { names, about, file: self.file.clone(), rules, examples });
    }

    fn insert(&mut self, key: &str, bytes: Vec<u8>) {
        if self.programs.insert(key.to_owned(), bytes).is_some() {
            self.problem(format!("`{key}` is described twice"));
        }
    }

    fn verb_list(&mut self, name: &str, entry: &Entry) {
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
        for name in names {
            self.insert(&format!("{}{name}", archive::VARIABLE), bytes.clone());
        }
    }

    fn setting(&mut self, table: &str, entry: &Entry) {
        let role = self.role(entry.role.as_deref().unwrap_or("shell"));
        let setting = Setting { keys: words(&entry.keys), role, prefix: entry.prefix.as_deref().unwrap_or("") };
        let bytes = archive::encode(&vec![setting]);
        let key = format!("{}{table}", archive::SETTINGS);
        // Several entries of one table are one list: the encodings are joined when the library is read.
        let number = (0..).map(|n| format!("{key}.{n}")).find(|key| !self.programs.contains_key(key));
        if let Some(key) = number {
            self.insert(&key, bytes);
        }
    }

    fn role(&mut self, name: &str) -> Role {
        parse_role(name).unwrap_or_else(|message| {
            self.problem(message);
            Role::Skip
        })
    }

    fn verdict<'a>(
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

    /// Encodes a form with its subcommands. `id` is its stable name.
    fn form(&mut self, id: &str, form: &yaml::Form, outer: Option<&Scope<'_>>) -> Vec<u8> {
        let style = match outer {
            Some(outer) if form.style.0.is_empty() => outer.style,
            _ => parse_style(&form.style.0).unwrap_or_else(|message| {
                self.problem(message);
                Default::default()
            }),
        };
        let options = self.options(&form.options.lists);
        let outer = if style.own_options { None } else { outer };
        let scope = Scope { options: options.clone(), any: form.options.any, style, outer };
        // What to do instead may stand alone: roles then say what is wrong.
        let speaks = form.instead.is_some() && form.subcommands.is_empty() && form.verbs.is_none();
        let class = form.class.or(speaks.then_some(Class::ReadOnly).filter(|_| form.effect.is_none()));
        let base = self.verdict(class, form.effect, form.because.as_deref(), form.instead.as_deref());
        if let Some(verdict) = &base {
            self.rule(id, verdict);
        }
        let operands: Vec<OperandSpec> = form.operands.0.iter().filter_map(|word| self.operand(word)).collect();
        if operands.iter().any(|operand| matches!(operand.role, Role::Deletes | Role::Empties)) {
            self.classes.insert(Class::Destructive);
        }
        let when = form.when.iter().filter_map(|clause| self.clause(id, clause, &scope)).collect();
        let mut lowers: Vec<Lowering<'_>> =
            form.lowers.iter().filter_map(|clause| self.lowering(clause, &scope)).collect();
        if !form.dry_run.0.is_empty() {
            let options = self.canonical(&form.dry_run.0, &scope);
            lowers.push(Lowering { condition: Condition { options, ..Condition::default() }, to: Class::ReadOnly });
        }
        let recursive = self.canonical(&form.recursive.0, &scope);
        let input = form.input.as_deref().map(|role| self.role(role));
        let mut encoded = Vec::new();
        for (names, subcommand) in &form.subcommands {
            let names: Vec<&str> = names.split_whitespace().collect();
            let Some(first) = names.first() else { continue };
            let sub_id = format!("{id}.{first}");
            let bytes = match subcommand {
                yaml::Subcommand::Word(word) => self.word_form(&sub_id, word, style),
                yaml::Subcommand::Form(form) => self.form(&sub_id, form, Some(&scope)),
            };
            encoded.push((names, bytes));
        }
        self.check_subcommand_names(&encoded);
        let carries = form.carries.as_ref().map_or(Carries::default(), |carries| Carries {
            context: carries.context,
            at_least: carries.at_least,
            unless: self.unless(carries.unless.as_ref(), &scope),
        });
        let compiled = Form {
            id,
            base,
            style,
            options,
            any_options: form.options.any,
            operands,
            subcommands: encoded
                .iter()
                .map(|(names, bytes)| Subcommand { names: names.clone(), form: bytes.as_slice() })
                .collect(),
            verbs: form.verbs.as_deref(),
            when,
            lowers,
            recursive,
            input,
            carries,
            prints: form.prints,
            fetches: form.fetches,
            overwrites: self.unless(form.overwrites.as_ref(), &scope),
            loses: form.loses,
        };
        archive::encode(&compiled)
    }

    fn check_subcommand_names(&mut self, subcommands: &[(Vec<&str>, Vec<u8>)]) {
        let mut seen = BTreeSet::new();
        for name in subcommands.iter().flat_map(|(names, _)| names) {
            if !seen.insert(*name) {
                self.problem(format!("subcommand `{name}` is described twice"));
            }
        }
    }

    /// A subcommand given by one word: a class, or an effect.
    fn word_form(&mut self, id: &str, word: &str, style: Style) -> Vec<u8> {
        let verdict = match parse_word_verdict(word) {
            Ok(verdict) => verdict,
            Err(message) => {
                self.problem(message);
                return Vec::new();
            }
        };
        self.rule(id, &verdict);
        archive::encode(&Form { id, base: Some(verdict), style, any_options: true, ..Form::default() })
    }

    fn rule(&mut self, id: &str, verdict: &Verdict<'_>) {
        self.classes.insert(verdict.class);
        if !self.ids.insert(id.to_owned()) {
            self.problem(format!("two rules are named `{id}`; give one of them an `id:`"));
        }
        self.rules.push(RuleEntry {
            id: id.to_owned(),
            class: verdict.class,
            effect: verdict.effect,
            because: verdict.because.to_owned(),
            instead: verdict.instead.to_owned(),
        });
    }

    fn operand(&mut self, word: &str) -> Option<OperandSpec> {
        parse_operand(word).map_err(|message| self.problem(message)).ok()
    }

    fn options<'a>(&mut self, lists: &'a yaml::OptionLists) -> Vec<OptionSpec<'a>> {
        let groups = [
            (&lists.flags, Arity::Flag),
            (&lists.values, Arity::Value),
            (&lists.optional, Arity::Optional),
            (&lists.pairs, Arity::Pair),
            (&lists.until, Arity::Until),
            (&lists.many, Arity::Many),
            (&lists.rest, Arity::Rest),
        ];
        let mut options: Vec<OptionSpec<'a>> = Vec::new();
        let mut seen = BTreeSet::new();
        for (group, arity) in groups {
            for named in group {
                let names: Vec<&str> = named.names.split_whitespace().collect();
                for name in &names {
                    if !seen.insert(*name) {
                        self.problem(format!("option `{name}` has two meanings"));
                    }
                }
                let role = named.role.as_deref().map_or(Role::Skip, |role| self.role(role));
                options.push(OptionSpec { names, arity, role });
            }
        }
        options
    }

    /// The canonical names of options, which must be known in `scope`.
    fn canonical<'a>(&mut self, names: &'a [String], scope: &Scope<'_>) -> Vec<&'a str> {
        names.iter().map(|name| self.canonical_option(name, scope)).collect()
    }

    fn canonical_option<'a>(&mut self, name: &'a str, scope: &Scope<'_>) -> &'a str {
        // Conditions keep the spelling of the author; matching compares by option, so any spelling serves.
        if scope.find(name).is_none() && !scope.accepts_any() {
            self.problem(format!("no option `{name}` is listed here, so this can never hold"));
        }
        name
    }

    fn condition<'a>(&mut self, clause: &'a yaml::Clause, scope: &Scope<'_>) -> Condition<'a> {
        let mut at = Vec::new();
        for (place, patterns) in [(0, &clause.first), (1, &clause.second), (2, &clause.third), (-1, &clause.last)] {
            if !patterns.0.is_empty() {
                at.push((place, words(patterns)));
            }
        }
        let values = clause
            .value
            .iter()
            .map(|(name, patterns)| {
                if scope.find(name).is_some_and(|(_, arity)| arity == Arity::Flag) {
                    self.problem(format!("option `{name}` has no value, so this can never hold"));
                }
                (self.canonical_option(name, scope), words(patterns))
            })
            .collect();
        let unless = self.unless(clause.unless.as_ref(), scope);
        Condition {
            options: self.canonical(&clause.option.0, scope),
            all_options: self.canonical(&clause.all_options.0, scope),
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

    fn unless<'a>(&mut self, unless: Option<&'a yaml::UnlessClauses>, scope: &Scope<'_>) -> Vec<Condition<'a>> {
        unless.map(|unless| unless.0.iter().map(|clause| self.condition(clause, scope)).collect()).unwrap_or_default()
    }

    /// The roles that a clause adds: `operands`, `input`, `here`, `prints`, or an option's name.
    fn roles<'a>(&mut self, roles: &'a BTreeMap<String, Many<String>>, scope: &Scope<'_>) -> Roles<'a> {
        let mut added = Roles::default();
        for (target, words) in roles {
            let first = words.0.first().map_or("", String::as_str);
            match target.as_str() {
                "operands" => added.operands = words.0.iter().filter_map(|word| self.operand(word)).collect(),
                "input" => added.input = Some(self.role(first)),
                "here" => added.here = Some(self.role(first)),
                "prints" => match names::parse_prints(first) {
                    Ok(prints) => added.prints = Some(prints),
                    Err(message) => self.problem(message),
                },
                option => {
                    let role = self.role(first);
                    added.options.push((self.canonical_option(option, scope), role));
                }
            }
        }
        added
    }

    fn clause<'a>(&mut self, form: &str, clause: &'a Spanned<yaml::Clause>, scope: &Scope<'_>) -> Option<Clause<'a>> {
        self.at(clause);
        let raw = &clause.value;
        if raw.to.is_some() {
            self.problem("`to:` belongs to `lowers:`, not to `when:`");
        }
        let verdict = self.verdict(raw.class, raw.effect, raw.because.as_deref(), raw.instead.as_deref());
        if verdict.is_none() && raw.roles.is_empty() {
            self.problem("a clause of `when:` says `class:`, `effect:` or `roles:`");
        }
        let name = raw.id.clone().unwrap_or_else(|| clause_name(raw, verdict.as_ref()));
        let id = format!("{form}.{name}");
        if let Some(verdict) = &verdict {
            self.rule(&id, verdict);
        }
        let condition = self.condition(raw, scope);
        let roles = self.roles(&raw.roles, scope);
        Some(Clause { id: leak(id), condition, verdict, roles, loses: raw.loses, if_lost: raw.if_lost })
    }

    fn lowering<'a>(&mut self, clause: &'a Spanned<yaml::Clause>, scope: &Scope<'_>) -> Option<Lowering<'a>> {
        self.at(clause);
        let condition = self.condition(&clause.value, scope);
        Some(Lowering { condition, to: clause.value.to.unwrap_or(Class::ReadOnly) })
    }

    fn finish(mut self) -> Result<Compiled, Vec<Problem>> {
        if !self.problems.is_empty() {
            self.problems.sort();
            return Err(self.problems);
        }
        Ok(Compiled { archive: archive::write(&self.programs), pages: self.pages })
    }
}

/// A name for a clause that has none: its first option or operand, else its effect.
fn clause_name(clause: &yaml::Clause, verdict: Option<&Verdict<'_>>) -> String {
    let word = clause.option.0.iter().chain(&clause.all_options.0).chain(clause.value.keys()).find_map(|name| {
        let name = name.trim_start_matches(['-', '+', '/']).trim_end_matches('=');
        (!name.is_empty()).then(|| name.to_owned())
    });
    word.unwrap_or_else(|| {
        verdict.map_or("roles", |verdict| verdict.effect.map_or(verdict.class.as_str(), Effect::as_str)).to_owned()
    })
}

/// Rule files are compiled once in a process, and their identities live as long as it.
fn leak(id: String) -> &'static str {
    Box::leak(id.into_boxed_str())
}

fn words(many: &Many<String>) -> Vec<&str> {
    many.0.iter().map(String::as_str).collect()
}
