//! The shape of a language file as it is written, before anything is checked.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::{Error as ValueError, StrDeserializer};
use serde::de::{self, Deserialize, Deserializer, SeqAccess, Visitor};

use crate::effect::{Class, Effect};
use crate::payload::code::schema::{Behaviour, Compute, Known, Passes, Syntax, Traits};
use crate::payload::language::Language;

/// A language file.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct File {
    pub language: String,
    pub base: Option<String>,
    pub about: String,
    pub syntax: Option<Syntax>,
    pub traits: Option<Traits>,
    pub aliases: BTreeMap<String, String>,
    pub values: BTreeMap<Known, Words>,
    pub functions: Calls,
    pub methods: Calls,
    pub types: BTreeMap<String, Calls>,
    pub examples: Vec<Example>,
}

/// Code, and what reading it gives.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    pub code: String,
    pub gives: String,
}

/// What the functions of a group do.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Calls {
    pub pure: Words,
    pub calls: Vec<Call>,
}

/// What a call of these names does.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Call {
    pub call: Words,
    pub when: Option<Guard>,
    pub class: Option<Class>,
    pub effect: Option<Effect>,
    pub deletes: Words,
    pub empties: Words,
    pub writes: Words,
    pub reads: Words,
    pub changes_mode: Words,
    pub sends: Words,
    pub content: Words,
    pub shell: Words,
    pub program: Words,
    pub line: Words,
    pub code: Words,
    pub statement: Words,
    pub file: Words,
    pub language: Option<String>,
    pub shell_when: Words,
    pub input: Words,
    pub http: Option<Http>,
    pub transmits: bool,
    pub invokes: Words,
    pub elements: Words,
    pub passes: Option<Passes>,
    pub does: Option<Behaviour>,
    pub computes: Option<Compute>,
    pub gives: Option<String>,
}

/// When a meaning holds.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Guard {
    pub at_least: Option<u8>,
    pub at_most: Option<u8>,
    pub given: Words,
    pub starts: Words,
    pub holds: Words,
    pub named: bool,
    pub template: bool,
    pub of_class: bool,
}

/// The request that a call sends.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Http {
    pub method: Option<String>,
    pub method_at: Words,
    pub posts_with: Words,
    pub url: Words,
}

/// Words with blanks between them, or a list of such.
#[derive(Clone, Debug, Default)]
pub struct Words(pub Vec<String>);

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WordsVisitor;
        impl<'de> Visitor<'de> for WordsVisitor {
            type Value = Words;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("words with blanks between them, or a list of words")
            }
            fn visit_str<E: de::Error>(self, value: &str) -> Result<Words, E> {
                Ok(Words(value.split_whitespace().map(str::to_owned).collect()))
            }
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Words, E> {
                Ok(Words(vec![value.to_string()]))
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Words, E> {
                Ok(Words(vec![value.to_string()]))
            }
            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Words, E> {
                Ok(Words(vec![value.to_string()]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Words, A::Error> {
                let mut words = Vec::new();
                while let Some(Words(more)) = seq.next_element()? {
                    words.extend(more);
                }
                Ok(Words(words))
            }
        }
        deserializer.deserialize_any(WordsVisitor)
    }
}

/// Reads the name of a language.
pub fn language(name: &str) -> Result<Language, String> {
    Language::deserialize(StrDeserializer::<ValueError>::new(name)).map_err(|_| format!("`{name}` is no language"))
}
