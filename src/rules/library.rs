//! The compiled rules, by name.

use super::archive::{self, Archive};
use super::schema::{Form, Setting, SettingTable, Variable, Verbs};

/// The rules that come with guard.
static BUILT_IN: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/rules.bin"));

/// The rules that are in force.
///
/// What a user says of a name stands in place of what comes with guard; what a project says can only add to it.
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
        Library { built_in: Archive::new(BUILT_IN), user: user.map(Archive::new), project: project.map(Archive::new) }
    }

    /// The value of a key, a user's before that which comes with guard.
    fn get(&self, key: &str) -> Option<&'static [u8]> {
        self.user.and_then(|user| user.get(key)).or_else(|| self.built_in.get(key))
    }

    /// The form of a program, by its plain name.
    pub fn program(&self, name: &str) -> Option<Form<'static>> {
        if is_reserved(name) {
            return None;
        }
        archive::decode(self.get(name)?)
    }

    /// What a project's rules say of a program: it can only raise the class.
    pub fn project_program(&self, name: &str) -> Option<Form<'static>> {
        if is_reserved(name) {
            return None;
        }
        archive::decode(self.project?.get(name)?)
    }

    /// A list of verbs.
    pub fn verbs(&self, name: &str) -> Option<Verbs<'static>> {
        archive::decode(self.get(&format!("{}{name}", archive::VERBS))?)
    }

    /// What a variable of the environment does.
    pub fn variable(&self, name: &str) -> Option<Variable<'static>> {
        archive::decode(self.get(&format!("{}{name}", archive::VARIABLE))?)
    }

    /// The settings of a table.
    pub fn settings(&self, table: SettingTable) -> Vec<Setting<'static>> {
        let name = table.name();
        (0..)
            .map_while(|number| self.get(&format!("{}{name}.{number}", archive::SETTINGS)))
            .filter_map(archive::decode::<Vec<Setting<'static>>>)
            .flatten()
            .collect()
    }
}

/// What people look up, and the examples that tests run, for the rules that come with guard.
static PAGES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/pages.bin"));

/// The page of every program.
pub fn pages() -> Vec<super::compile::Page> {
    archive::decode(PAGES).unwrap_or_default()
}

/// Whether the name could be taken for the key of something other than a program. `:` itself is a built-in.
fn is_reserved(name: &str) -> bool {
    name.contains(':') && name != ":"
}
