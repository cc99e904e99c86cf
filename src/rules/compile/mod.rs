//! Turns rule files into the bytes that the library reads, and checks them on the way.
//!
//! Used by `build.rs` for the rules that come with guard, and at run time for a user's and a project's own. Takes file
//! names and texts; gives the compiled bytes, or every problem with its file and line.

mod check;
mod clauses;
mod entries;
mod examples;
mod forms;
mod letters;
mod names;
pub mod near;
mod yaml;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::effect::{Class, Effect};
use crate::rules::archive::{self, Archive};
use crate::rules::schema::{Form, Recount};
use yaml::{At, Entry};

/// Something wrong in a rule file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Problem {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
    /// The column, from 1.
    pub column: u64,
    /// What is wrong, and what was expected.
    pub message: String,
    /// What follows from it.
    pub weight: Weight,
}

/// What follows from a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// The file says nothing that can be relied on.
    Wrong,
    /// A rule has no example. The rules that come with guard must have one.
    Untested,
    /// A project's file tries more than to raise a class. That part has no effect.
    Excess,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)
    }
}

/// Whose rules are compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// They come with guard.
    BuiltIn,
    /// A user's, which may raise and lower.
    User,
    /// A project's, which may only raise.
    Project,
}

/// What compiling gives.
#[derive(Debug, Default)]
pub struct Compiled {
    /// The library: programs, verb lists, variables and settings.
    pub archive: Vec<u8>,
    /// What people look up and what tests run.
    pub pages: Vec<Page>,
    /// What is wrong without making the rest useless.
    pub notes: Vec<Problem>,
}

/// What `guard rules` shows of an entry, and its examples.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Page {
    /// The names of its program, or of the rules that it speaks of.
    pub names: Vec<String>,
    /// What it is for.
    pub about: String,
    /// The file it stands in.
    pub file: String,
    /// The line it begins in.
    pub line: u64,
    /// Whether it says what rules of other pages count as.
    pub recounts: bool,
    /// Its rules.
    pub rules: Vec<RuleEntry>,
    /// Command lines with the class that they must get.
    pub examples: Vec<Example>,
}

/// A command line with the class that it must get.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Example {
    /// The class.
    pub class: Class,
    /// The command line.
    pub text: String,
    /// The line it stands in.
    pub line: u64,
}

/// A rule on a page.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct RuleEntry {
    /// Its stable name.
    pub id: String,
    /// The line it stands in.
    pub line: u64,
    /// What it gives; `None` when that follows from what its operands are.
    pub class: Option<Class>,
    /// The effect, when destructive.
    pub effect: Option<Effect>,
    /// Why.
    pub because: String,
    /// What to do instead.
    pub instead: String,
    /// Whether it speaks only with roles or facts: what it finds bears other names.
    pub with_others: bool,
}

/// Compiles rule files, given by name and text. `below` are the layers that these rules build on, the topmost first.
///
/// # Errors
///
/// Returns every problem found, in the order of the files.
pub fn compile(files: &[(String, String)], layer: Layer, below: &[Archive<'static>]) -> Result<Compiled, Vec<Problem>> {
    let mut compiler = Compiler::new(layer, below);
    let files: Vec<_> = files.iter().map(|(file, text)| (file, compiler.file(file, text))).collect();
    // Forms ask for these, in whatever file they stand.
    for (file, entries) in &files {
        file.as_str().clone_into(&mut compiler.file);
        entries.iter().for_each(|entry| compiler.short_options(entry));
    }
    for (file, entries) in files {
        file.as_str().clone_into(&mut compiler.file);
        for entry in entries {
            compiler.at(&entry);
            compiler.entry(entry);
        }
    }
    compiler.finish()
}

struct Compiler<'b> {
    layer: Layer,
    below: &'b [Archive<'static>],
    problems: Vec<Problem>,
    file: String,
    /// Where the part stands that is being read.
    line: u64,
    column: u64,
    values: BTreeMap<String, Vec<u8>>,
    /// The rules named so far, and where.
    ids: BTreeMap<String, String>,
    /// The lists of verbs that forms name, and where.
    verbs: Vec<(String, Problem)>,
    /// The names of the program that is being read.
    programs: Vec<String>,
    /// The short options of programs, and where they stand.
    letters: BTreeMap<String, (String, Problem)>,
    recounts: Vec<Recount<'static>>,
    pages: Vec<Page>,
    rules: Vec<RuleEntry>,
    classes: BTreeSet<Class>,
    /// The subcommand that is being read, and those around it, each by all of its names.
    path: Vec<Vec<String>>,
    needs: Vec<examples::Need>,
    /// What is said of a place and a class when nothing shows it; nothing, once something does.
    shown: BTreeMap<(String, u64, u64, Class), Option<Problem>>,
}

impl<'b> Compiler<'b> {
    fn new(layer: Layer, below: &'b [Archive<'static>]) -> Compiler<'b> {
        Compiler {
            layer,
            below,
            problems: Vec::new(),
            file: String::new(),
            line: 1,
            column: 1,
            values: BTreeMap::new(),
            ids: BTreeMap::new(),
            verbs: Vec::new(),
            programs: Vec::new(),
            letters: BTreeMap::new(),
            recounts: Vec::new(),
            pages: Vec::new(),
            rules: Vec::new(),
            classes: BTreeSet::new(),
            path: Vec::new(),
            needs: Vec::new(),
            shown: BTreeMap::new(),
        }
    }

    fn problem(&mut self, message: impl Into<String>) {
        let problem = self.here(message, Weight::Wrong);
        self.problems.push(problem);
    }

    /// A project's file tries more than it may.
    fn excess(&mut self, message: impl Into<String>) {
        let problem = self.here(message, Weight::Excess);
        self.problems.push(problem);
    }

    fn here(&self, message: impl Into<String>, weight: Weight) -> Problem {
        Problem { file: self.file.clone(), line: self.line, column: self.column, message: message.into(), weight }
    }

    /// What follows is about `part`.
    fn at<T>(&mut self, part: &At<T>) {
        if part.line > 0 {
            (self.line, self.column) = (part.line, part.column);
        }
    }

    /// The entries of a file.
    fn file(&mut self, file: &str, text: &str) -> Vec<At<Entry>> {
        file.clone_into(&mut self.file);
        (self.line, self.column) = (1, 1);
        if text.lines().all(|line| line.trim().is_empty() || line.starts_with('#')) {
            return Vec::new();
        }
        serde_yaml::from_str(text).unwrap_or_else(|error| {
            if let Some(location) = error.location().filter(|location| location.line() > 0) {
                (self.line, self.column) = (location.line(), location.column());
            }
            self.problem(check::in_own_words(&error));
            Vec::new()
        })
    }

    fn insert(&mut self, key: &str, bytes: Vec<u8>) {
        if self.values.insert(key.to_owned(), bytes).is_some() {
            self.problem(format!("`{key}` is described twice"));
        }
    }

    /// The encoded value of a key in the layers below.
    fn below(&self, key: &str) -> Option<&'static [u8]> {
        self.below.iter().find_map(|archive| archive.get(key))
    }

    /// The encoded form of a program, as far as it has been described.
    fn known_form(&self, name: &str) -> Option<Vec<u8>> {
        let below = || self.below(name).map(<[u8]>::to_vec);
        self.values.get(name).cloned().or_else(below).filter(|_| !name.contains(':'))
    }

    fn finish(mut self) -> Result<Compiled, Vec<Problem>> {
        for (name, problem) in std::mem::take(&mut self.verbs) {
            let key = format!("{}{name}", archive::VERBS);
            if !self.values.contains_key(&key) && self.below(&key).is_none() {
                self.problems.push(problem);
            }
        }
        self.finish_short_options();
        if !self.recounts.is_empty() {
            self.values.insert(archive::RECOUNTS.to_owned(), archive::encode(&self.recounts));
        }
        let stops = |problem: &Problem| match problem.weight {
            Weight::Wrong => true,
            Weight::Untested => self.layer == Layer::BuiltIn,
            Weight::Excess => false,
        };
        self.problems.extend(std::mem::take(&mut self.shown).into_values().flatten());
        self.problems.sort();
        if self.problems.iter().any(stops) {
            return Err(self.problems);
        }
        Ok(Compiled { archive: archive::write(&self.values), pages: self.pages, notes: self.problems })
    }
}

/// The stable names of all rules of a form and its subcommands, with the class that each gives.
pub fn rules_of(form: &Form<'_>, found: &mut BTreeSet<String>) {
    found.insert(form.id.to_owned());
    found.extend(form.when.iter().map(|clause| clause.id.to_owned()));
    for subcommand in &form.subcommands {
        if let Some(inner) = archive::decode::<Form<'_>>(subcommand.form) {
            rules_of(&inner, found);
        }
    }
}

/// What a process compiles is compiled once, and its names live as long as it.
fn leak(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}
