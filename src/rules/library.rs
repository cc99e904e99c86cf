//! The compiled rules, by name.

use super::archive::{self, Archive};
use super::schema::{Form, Setting, SettingTable, Variable, Verbs};

/// The rules that come with guard.
static BUILT_IN: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/rules.bin"));

/// The rules that are in force.
#[derive(Clone, Copy, Debug)]
pub struct Library {
    archive: Archive<'static>,
}

impl Default for Library {
    fn default() -> Library {
        Library { archive: Archive::new(BUILT_IN) }
    }
}

impl Library {
    /// The form of a program, by its plain name.
    pub fn program(&self, name: &str) -> Option<Form<'static>> {
        if name.contains(':') {
            return None;
        }
        archive::decode(self.archive.get(name)?)
    }

    /// Whether a program is known.
    pub fn knows(&self, name: &str) -> bool {
        !name.contains(':') && self.archive.get(name).is_some()
    }

    /// A list of verbs.
    pub fn verbs(&self, name: &str) -> Option<Verbs<'static>> {
        archive::decode(self.archive.get(&format!("{}{name}", archive::VERBS))?)
    }

    /// What a variable of the environment does.
    pub fn variable(&self, name: &str) -> Option<Variable<'static>> {
        archive::decode(self.archive.get(&format!("{}{name}", archive::VARIABLE))?)
    }

    /// The settings of a table.
    pub fn settings(&self, table: SettingTable) -> Vec<Setting<'static>> {
        let name = table.name();
        (0..)
            .map_while(|number| self.archive.get(&format!("{}{name}.{number}", archive::SETTINGS)))
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
