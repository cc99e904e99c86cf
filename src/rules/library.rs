//! The compiled rules, by name.

use std::cmp::Ordering;

use miniz_oxide::inflate::decompress_to_vec;

use super::archive::{self, Archive};
use super::remembered::remembered;
use super::schema::{Form, OptionNames, Recount, Setting, SettingTable, Variable, Verbs};
use super::{glob, own};
use crate::effect::Class;
use crate::payload::words::words;

/// The rules that come with guard.
static BUILT_IN: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/rules.bin"));

/// The rules that are in force.
///
/// What a user says of a program, list or variable stands in place of what comes with guard, as far as a user may
/// decide that; what a project says can only add to it.
#[derive(Clone, Copy, Debug)]
pub struct Library {
    built_in: Archive<'static>,
    user: Option<Archive<'static>>,
    project: Option<Archive<'static>>,
}

impl Default for Library {
    fn default() -> Library {
        Library::new(None, None)
    }
}

impl Library {
    /// The rules that come with guard, with a user's and a project's compiled rules.
    pub fn new(user: Option<&'static [u8]>, project: Option<&'static [u8]>) -> Library {
        let layer = |bytes: &'static [u8]| Some(Archive::new(bytes)).filter(|archive| !archive.is_empty());
        Library { built_in: Archive::new(BUILT_IN), user: user.and_then(layer), project: project.and_then(layer) }
    }

    /// The same with a project's compiled rules.
    pub fn with_project(self, project: &'static [u8]) -> Library {
        Library { project: Some(Archive::new(project)), ..self }
    }

    /// The layers that other rules can build on, the topmost first.
    pub fn layers(&self) -> Vec<Archive<'static>> {
        self.user.into_iter().chain([self.built_in]).collect()
    }

    /// The value of a key, a user's before that which comes with guard.
    fn get(&self, key: &str) -> Option<&'static [u8]> {
        self.user.and_then(|user| user.get(key)).or_else(|| self.built_in.get(key))
    }

    /// The form of a program, by its plain name.
    pub fn program(&self, name: &str) -> Option<&'static Form<'static>> {
        if is_reserved(name) {
            return None;
        }
        remembered(self.get(name)?)
    }

    /// The form that comes with guard.
    pub fn built_in_program(&self, name: &str) -> Option<&'static Form<'static>> {
        if is_reserved(name) {
            return None;
        }
        remembered(self.built_in.get(name)?)
    }

    /// Whether a user says something of a program.
    pub fn is_users(&self, name: &str) -> bool {
        !is_reserved(name) && self.user.is_some_and(|user| user.get(name).is_some())
    }

    /// What a project's rules say of a program: it can only raise the class.
    pub fn project_program(&self, name: &str) -> Option<&'static Form<'static>> {
        if is_reserved(name) {
            return None;
        }
        remembered(self.project?.get(name)?)
    }

    /// Whether a program is known.
    pub fn knows(&self, name: &str) -> bool {
        !is_reserved(name) && self.get(name).is_some()
    }

    /// Whether a word in the arguments of an unknown program begins a command line. A user's rules cannot deny that.
    pub fn begins_command(&self, name: &str) -> bool {
        let begins = |form: &Form<'_>| !form.style.word;
        self.program(name).is_some_and(begins)
            || (self.is_users(name) && self.built_in_program(name).is_some_and(begins))
    }

    /// A list of verbs. A project's lists have names of their own.
    pub fn verbs(&self, name: &str) -> Option<&'static Verbs<'static>> {
        let key = format!("{}{name}", archive::VERBS);
        remembered(self.get(&key).or_else(|| self.project?.get(&key))?)
    }

    /// Whether the name of a long option, without dashes, is one that selects, orders or shows, whatever the program.
    /// What a name ends in says that of a program with `verbs`, whose options are the parameters of operations.
    pub fn is_harmless_option(&self, name: &str, with_verbs: bool) -> bool {
        let Some(names) = self.built_in.get(archive::OPTION_NAMES).and_then(remembered::<OptionNames<'static>>) else {
            return false;
        };
        let among = |list: &[&str], name: &str| list.binary_search(&name).is_ok();
        let named = |name: &str| {
            let mut words = words(name).map(str::to_ascii_lowercase);
            let first = words.next();
            let last = words.last();
            among(&names.whole, &name.to_ascii_lowercase())
                || (last.is_none() || with_verbs)
                    && last.as_ref().or(first.as_ref()).is_some_and(|last| among(&names.last, last))
                || last.and(first).is_some_and(|first| among(&names.first, &first))
                || is_made_of(name, &names.words, &names.last)
        };
        named(name) || name.strip_prefix("no-").is_some_and(named)
    }

    /// The short options of a program that takes more options than its form lists, as `getopt`(3) writes them.
    pub fn short_options(&self, program: &str) -> &'static str {
        let lines = self.built_in.get(archive::SHORT_OPTIONS).and_then(remembered::<&'static str>);
        lines.and_then(|lines| short_options(lines, program)).unwrap_or_default()
    }

    /// What a variable of the environment does.
    pub fn variable(&self, name: &str) -> Option<&'static Variable<'static>> {
        remembered(self.get(&format!("{}{name}", archive::VARIABLE))?)
    }

    /// What comes with guard about a variable, where a user says something else.
    pub fn replaced_variable(&self, name: &str) -> Option<&'static Variable<'static>> {
        let key = format!("{}{name}", archive::VARIABLE);
        self.user?.get(&key)?;
        remembered(self.built_in.get(&key)?)
    }

    /// The settings of a table; a user's come last, and so can only add.
    pub fn settings(&self, table: SettingTable) -> impl Iterator<Item = &'static Setting<'static>> {
        let name = table.name();
        let of = move |layer: Archive<'static>| {
            (0..)
                .map_while(move |number| layer.get(&format!("{}{name}.{number}", archive::SETTINGS)))
                .filter_map(remembered::<Vec<Setting<'static>>>)
                .flatten()
        };
        of(self.built_in).chain(self.user.into_iter().flat_map(of))
    }

    /// What a rule that gives `class` counts as by the word of the user, then of the project; `None` when they leave it
    /// as it is.
    pub fn recount(&self, rule: &str, class: Class) -> Option<&'static Recount<'static>> {
        if own::is_fixed(rule) {
            return None;
        }
        let by_user = self.user.and_then(|user| recount_of(user, rule));
        let class = by_user.map_or(class, |recount| recount.class);
        let by_project = self.project.and_then(|project| recount_of(project, rule));
        by_project.filter(|recount| recount.class > class).or(by_user)
    }
}

/// Whether each word of an option's name is a number or in one of the lists, or two such words without anything between
/// them (`maxresults`).
fn is_made_of(name: &str, one: &[&str], other: &[&str]) -> bool {
    let among = |word: &str| [one, other].iter().any(|list| list.binary_search(&word).is_ok());
    let is_two = |word: &str| {
        let mut halves = (2..word.len().saturating_sub(2)).filter_map(|at| word.split_at_checked(at));
        halves.any(|(begin, end)| (begin == "no" || begin.len() > 2) && end.len() > 2 && among(begin) && among(end))
    };
    let mut words = words(name).map(str::to_ascii_lowercase).peekable();
    words.peek().is_some()
        && words.all(|word| word.bytes().all(|b| b.is_ascii_digit()) || among(&word) || is_two(&word))
}

/// What stands behind the name of a program, in lines that are in the order of their names.
fn short_options<'l>(lines: &'l str, program: &str) -> Option<&'l str> {
    let mut rest = lines;
    while !rest.is_empty() {
        let (before, after) = rest.split_at_checked(rest.len() / 2)?;
        let (start, end) = (before.rfind('\n').map_or(0, |at| at + 1), after.find('\n').unwrap_or(after.len()));
        let (name, letters) = rest[start..before.len() + end].split_once(' ')?;
        rest = match program.cmp(name) {
            Ordering::Less => &rest[..start],
            Ordering::Equal => return Some(letters),
            Ordering::Greater => rest.get(before.len() + end + 1..)?,
        };
    }
    None
}

/// What a layer says that a rule counts as: by its name, else by the first pattern that fits.
fn recount_of(layer: Archive<'static>, rule: &str) -> Option<&'static Recount<'static>> {
    let recounts: &'static Vec<Recount<'static>> = remembered(layer.get(archive::RECOUNTS)?)?;
    let exact = recounts.iter().position(|recount| recount.rule == rule);
    let at = exact.or_else(|| recounts.iter().position(|recount| glob::matches(recount.rule, rule)))?;
    recounts.get(at)
}

/// What people look up, and the examples that tests run, for the rules that come with guard; compressed.
static PAGES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/pages.bin"));

/// The page of every program.
pub fn pages() -> Vec<super::compile::Page> {
    decompress_to_vec(PAGES).ok().and_then(|pages| archive::decode(&pages)).unwrap_or_default()
}

/// Whether the name could be taken for the key of something other than a program. `:` itself is a built-in.
fn is_reserved(name: &str) -> bool {
    // Names are short: a search made for long texts takes longer to begin.
    name.bytes().any(|byte| byte == b':') && name != ":"
}
