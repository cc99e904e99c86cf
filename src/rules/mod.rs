//! What programs do: reads an argument list by a program's grammar and says what it would do.
//!
//! Takes a command as it was followed, gives an [`Assessment`]: a class, findings and carried code. Knows how to read
//! options, match conditions and apply roles; what any program is called and does stands in `rules/*.yaml`.

pub mod archive;
mod assess;
mod carry;
pub mod compile;
mod condition;
mod found;
pub mod glob;
pub mod library;
pub mod own;
mod paths;
mod pattern;
pub mod read;
pub mod reading;
mod remembered;
mod request;
pub mod schema;
mod settings;
mod stakes;
mod unknown;
mod written;

use std::borrow::Cow;

use crate::effect::{Class, Effect, Finding};
use crate::facts::Facts;
use crate::follow::step::{Arg, Folder, Hole, Input, Source, StepId};
use crate::payload::{Carried, Outcome, secrets};
use crate::place::Bearings;
use crate::span::Span;
use crate::stake::{Changes, Stake};
use library::Library;
use schema::Where;

pub use assess::assess;
pub use paths::{Fate, Handling, judge_path, judge_payload_path};
pub use request::read_file;
pub use written::written;

/// What the rules may know of the world around a command.
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// The rules in force.
    pub rules: &'a Library,
    /// The machine.
    pub facts: &'a dyn Facts,
    /// Where the machine's folders are.
    pub bearings: Bearings<'a>,
    /// The working folder.
    pub folder: &'a Folder,
    /// Where the command runs.
    pub place: Where,
    /// Variables that the text exported before.
    pub exported: &'a [(String, Arg)],
    /// What the steps before it print and leave behind.
    pub earlier: &'a dyn Earlier,
}

/// What is known of the steps before a command.
pub trait Earlier {
    /// What a step prints.
    fn printed(&self, step: StepId) -> Option<&Printed>;

    /// What comes through a pipe of no steps: one that the text around this one opened.
    fn handed(&self) -> &Printed;

    /// Whether something is so of what one of these steps prints; without any, of what the text around this one hands on.
    fn any_printed(&self, steps: &[StepId], test: &dyn Fn(&Printed) -> bool) -> bool {
        if steps.is_empty() {
            return test(self.handed());
        }
        steps.iter().any(|step| self.printed(*step).is_some_and(test))
    }

    /// What stands at a path because a step before put it there.
    fn left_at(&self, path: &Arg, folder: &Folder) -> Option<Left>;

    /// The code that stands at a path because a step before wrote, copied or linked it there. Where the folder is not
    /// known, any file of that name counts.
    fn code_at(&self, path: &Arg, folder: &Folder) -> Option<Left>;

    /// The same for whatever was put into any folder under a name.
    fn code_named(&self, name: &str) -> Option<Left>;

    /// Whether nothing at, above or below an absolute path can have changed since the machine was looked at, and nothing
    /// that tells what is kept of it.
    fn is_as_before(&self, path: &str) -> bool;

    /// Whether an absolute path leads where it led when the machine was looked at.
    fn leads_as_before(&self, path: &str) -> bool;

    /// Whether nothing can have changed since the machine was looked at: no step before changes anything, and this
    /// one runs once, at once.
    fn is_settled(&self) -> bool;
}

/// What a step prints, beyond its text.
#[derive(Clone, Debug, Default)]
pub struct Printed {
    /// The paths that it prints, where these are known; `None` when it may print anything.
    pub found: Option<Vec<Arg>>,
    /// Whether it prints something secret.
    pub secret: bool,
    /// Whether it prints what sets a shell up when it is evaluated.
    pub setup: bool,
    /// Whether it prints what came from elsewhere.
    pub fetched: bool,
    /// Texts that it may print, with holes, among others.
    pub texts: Vec<Arg>,
}

impl Printed {
    /// Adds what is printed as well.
    pub fn add(&mut self, other: Printed) {
        self.secret |= other.secret;
        self.fetched |= other.fetched;
        self.setup |= other.setup;
        self.texts.extend(other.texts);
        if self.found.is_none() {
            self.found = other.found;
        }
    }
}

/// What a step left at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Left {
    /// It was downloaded.
    Fetched,
    /// It is a copy of something secret.
    Secret,
    /// It was moved there from a place where it was worth something.
    Moved,
    /// This text was written there.
    Text(crate::text::Text),
    /// This text was written behind what stood there.
    Appended(crate::text::Text),
    /// It was written there, and cannot be told.
    Written,
    /// The text itself was written there, and then changed into something that cannot be told.
    Changed,
    /// What stood there was moved or copied to another place.
    Saved,
    /// It is what stands at this path, as seen from this folder: a copy or a link.
    Copy(Arg, Folder),
}

/// That a file gets the content of another.
#[derive(Clone, Debug)]
pub struct Copied {
    /// The file that gets it.
    pub to: Arg,
    /// Where it comes from; standard input when there is none.
    pub from: Option<Arg>,
    /// Whether it stands behind what was there.
    pub appends: bool,
}

/// What a command does.
#[derive(Clone, Debug)]
pub struct Assessment {
    /// The class of what it does itself.
    pub class: Class,
    /// The reasons for that.
    pub findings: Vec<Finding>,
    /// Code that it runs, which has yet to be judged.
    pub carried: Vec<Carry>,
    /// What it leaves behind, for the steps after it.
    pub left: Vec<(Arg, Left)>,
    /// What it copies, moves or links, for the same.
    pub copied: Vec<Copied>,
    /// What it prints.
    pub printed: Printed,
    /// Whether no rule knows the program.
    pub unrecognised: bool,
    /// What it puts at stake.
    pub stakes: Vec<Stake>,
    /// What it changes.
    pub changes: Changes,
    /// Whether the machine says that everything stays as it is, although that is no command that only reads.
    pub changes_nothing: bool,
}

/// Code that a command runs.
#[derive(Clone, Debug)]
pub struct Carry {
    /// The code.
    pub code: Carried,
    /// Where it runs.
    pub place: Where,
    /// The folder it runs in.
    pub folder: Folder,
    /// Variables that are set for it.
    pub variables: Vec<(String, Arg)>,
    /// Its standard input.
    pub input: Input,
    /// The class is at most this, what the code carries in turn aside.
    pub at_most: Option<Class>,
    /// It runs once, here and now: what the machine says still holds then.
    pub once: bool,
    /// Only what no user may change counts: it is judged by rules that a user's stand in place of.
    pub only_fixed: bool,
}

impl Carry {
    /// Code that runs here, with nothing around it.
    pub fn plain(code: Carried) -> Carry {
        Carry {
            code,
            place: Where::Here,
            folder: Folder::Start,
            variables: Vec::new(),
            input: Input::Inherited,
            at_most: None,
            once: false,
            only_fixed: false,
        }
    }
}

impl Assessment {
    fn new(class: Class) -> Assessment {
        Assessment {
            class,
            findings: Vec::new(),
            carried: Vec::new(),
            left: Vec::new(),
            copied: Vec::new(),
            printed: Printed::default(),
            unrecognised: false,
            stakes: Vec::new(),
            changes: Changes { besides: class > Class::ReadOnly, ..Changes::default() },
            changes_nothing: false,
        }
    }

    /// Adds a finding, and raises the class to its.
    pub fn find(&mut self, finding: Finding) {
        self.raise(finding.class);
        self.findings.push(finding);
    }

    fn raise(&mut self, class: Class) {
        self.class = self.class.max(class);
        self.changes.besides |= class > Class::ReadOnly;
    }

    /// Adds what becomes of a path.
    fn suffer(&mut self, fate: Fate) {
        self.class = self.class.max(fate.class);
        self.changes.besides |= fate.class > Class::ReadOnly && fate.changes.paths.is_empty();
        self.changes.merge(fate.changes);
        self.findings.extend(fate.findings);
        self.stakes.extend(fate.stakes);
    }

    /// Adds what no user may change of another assessment of the same command.
    fn keep_fixed(&mut self, other: Assessment) {
        for finding in other.findings.into_iter().filter(|finding| own::is_fixed(&finding.rule)) {
            self.find(finding);
        }
        self.carried.extend(other.carried.into_iter().map(|carry| Carry { only_fixed: true, ..carry }));
    }

    /// Adds what another assessment of the same command finds beyond this one.
    fn raise_to(&mut self, other: Assessment) {
        self.class = self.class.max(other.class);
        self.changes.merge(other.changes);
        self.findings.extend(other.findings);
        self.stakes.extend(other.stakes);
        self.carried.extend(other.carried);
    }

    /// Adds what a payload does.
    fn merge(&mut self, outcome: Outcome, carry: impl Fn(Carried) -> Carry) {
        self.raise(outcome.class);
        self.findings.extend(outcome.findings);
        self.carried.extend(outcome.carried.into_iter().map(carry));
    }
}

/// A destructive finding.
pub fn destructive(
    rule: impl Into<Cow<'static, str>>,
    effect: Effect,
    span: Span,
    subject: impl Into<String>,
    because: &'static str,
) -> Finding {
    Finding {
        rule: rule.into(),
        class: Class::Destructive,
        effect: Some(effect),
        span,
        subject: subject.into(),
        because: Cow::Borrowed(because),
        instead: None,
    }
}

impl World<'_> {
    /// Whether what fills a hole is secret.
    fn is_secret_hole(&self, hole: &Hole) -> bool {
        match &hole.source {
            Source::Output(steps) | Source::Process(steps) => {
                self.earlier.any_printed(steps, &|printed| printed.secret)
            }
            Source::File(path) => self.is_secret_path(path),
            _ => false,
        }
    }

    /// Whether standard input brings something secret.
    fn is_secret_input(&self, input: &Input) -> bool {
        match input {
            Input::File(path) => self.is_secret_path(path),
            Input::Pipe(steps) => self.earlier.any_printed(steps, &|printed| printed.secret),
            Input::Mixed(arg) => arg.holes().any(|hole| self.is_secret_hole(hole)),
            Input::Inherited | Input::Nothing | Input::Text(_) | Input::Unknown => false,
        }
    }

    /// Whether a file was fetched by a step before.
    fn is_fetched(&self, path: &Arg) -> bool {
        matches!(self.earlier.code_at(path, self.folder), Some(Left::Fetched))
    }

    /// Whether standard input brings what was fetched.
    fn is_fetched_input(&self, input: &Input) -> bool {
        match input {
            Input::File(path) => self.is_fetched(path),
            Input::Pipe(steps) => self.earlier.any_printed(steps, &|printed| printed.fetched),
            _ => false,
        }
    }

    /// Texts that standard input may bring, where steps in front print it.
    fn printed_texts<'s>(&'s self, input: &'s Input) -> impl Iterator<Item = &'s Arg> {
        let steps: &[StepId] = match input {
            Input::Pipe(steps) => steps,
            _ => &[],
        };
        steps.iter().filter_map(|step| self.earlier.printed(*step)).flat_map(|printed| &printed.texts)
    }
}

/// `/dev/tcp/HOST/PORT`: bash opens a connection.
pub fn is_network(target: &Arg) -> bool {
    ["/dev/tcp/", "/dev/udp/"].iter().any(|start| target.prefix().starts_with(start))
}

/// Whether a path names something secret.
fn is_secret(path: &Arg) -> bool {
    match path.text() {
        Some(known) => secrets::is_secret_path(known),
        None => secrets::is_secret_path(&path.shown("~")),
    }
}
