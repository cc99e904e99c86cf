//! What is known of each language, by name.

use std::collections::HashMap;

use crate::payload::language::Language;
use crate::rules::archive::{self, Archive};

use super::schema::{self, Keyword, Known, Meaning, Syntax, Traits};

/// The languages that come with guard.
static LANGUAGES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/languages.bin"));

/// What is known of one language.
#[derive(Clone, Copy, Debug)]
pub struct Library {
    archive: Archive<'static>,
}

impl Library {
    /// The library of a language; `None` when there is none.
    pub fn of(language: Language) -> Option<Library> {
        let bytes = Archive::new(LANGUAGES).get(name(language)?)?;
        Some(Library { archive: Archive::new(bytes) })
    }

    /// How it is written.
    pub fn syntax(&self) -> Syntax {
        self.archive.get(schema::SYNTAX).and_then(archive::decode).unwrap_or_default()
    }

    /// What holds for it as a whole.
    pub fn traits(&self) -> Traits {
        self.archive.get(schema::TRAITS).and_then(archive::decode).unwrap_or_default()
    }

    /// What a function does, by its full name.
    pub fn function(&self, name: &str) -> Option<Vec<Meaning>> {
        self.meanings(schema::CALL, name)
    }

    /// What the functions of a module do that are not listed, for any module that `name` lies in.
    pub fn module(&self, name: &str) -> Option<Vec<Meaning>> {
        let mut module = name;
        while let Some(at) = module.rfind('.') {
            module = module.get(..at)?;
            if let Some(meanings) = self.meanings(schema::MODULE, module) {
                return Some(meanings);
            }
        }
        None
    }

    /// What a method does, whatever stands in front of it.
    pub fn method(&self, name: &str) -> Option<Vec<Meaning>> {
        self.meanings(schema::METHOD, name)
    }

    /// What a method of a type does.
    pub fn type_method(&self, type_name: &str, name: &str) -> Option<Vec<Meaning>> {
        self.meanings(schema::TYPE, &format!("{type_name}.{name}"))
    }

    /// The value that a name stands for.
    pub fn value(&self, name: &str) -> Option<Known> {
        self.archive.get(&format!("{}{name}", schema::VALUE)).and_then(archive::decode)
    }

    /// The value that every member of what a name lies in stands for.
    pub fn value_in(&self, name: &str) -> Option<Known> {
        let (module, _) = name.rsplit_once('.')?;
        self.value(&format!("{module}.*"))
    }

    /// The name that a name stands for.
    pub fn alias(&self, name: &str) -> Option<&'static str> {
        self.archive.get(&format!("{}{name}", schema::ALIAS)).and_then(archive::decode)
    }

    fn meanings(&self, prefix: &str, name: &str) -> Option<Vec<Meaning>> {
        archive::decode(self.archive.get(&format!("{prefix}{name}"))?)
    }
}

/// The words of a language that have a meaning of their own.
pub fn keywords(syntax: &Syntax) -> HashMap<&str, Keyword> {
    syntax.keywords.iter().flat_map(|(keyword, words)| words.iter().map(|word| (word.as_str(), *keyword))).collect()
}

/// The name of a language's file.
fn name(language: Language) -> Option<&'static str> {
    Some(match language {
        Language::Python => "python",
        Language::Javascript => "javascript",
        Language::Mongo => "mongo",
        Language::Perl => "perl",
        Language::Ruby => "ruby",
        Language::Php => "php",
        Language::Lua => "lua",
        Language::Awk => "awk",
        Language::Applescript => "applescript",
        Language::Powershell => "powershell",
        Language::Cmd => "cmd",
        Language::Tcl => "tcl",
        Language::R => "r",
        Language::Elisp => "elisp",
        Language::Ex => "ex",
        Language::Gdb => "gdb",
        Language::Groovy => "groovy",
        Language::Elixir => "elixir",
        Language::Julia => "julia",
        _ => return None,
    })
}
