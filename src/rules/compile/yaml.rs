//! The shape of a rule file as it is written, before anything is checked.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::Spanned;

use crate::effect::{Class, Effect};
use crate::payload::task_file::TaskFile;
use crate::rules::schema::{PlaceName, Prints, Where};
use crate::stake::Work;

/// One entry of a rule file.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Entry {
    pub program: Option<Many<String>>,
    pub extends: Option<Many<String>>,
    pub rule: Option<Many<String>>,
    pub verb_list: Option<String>,
    pub variables: Option<Many<String>>,
    pub settings: Option<String>,
    pub option_names: Option<String>,
    pub short_options: BTreeMap<String, At<String>>,

    pub about: String,
    pub examples: Examples,

    // A program's form; the same fields as `Form`.
    pub class: Option<Class>,
    pub effect: Option<Effect>,
    pub because: Option<String>,
    pub instead: Option<String>,
    pub style: At<Many<String>>,
    pub options: Options,
    pub operands: At<Many<String>>,
    pub subcommands: BTreeMap<String, At<Subcommand>>,
    pub verbs: Option<At<String>>,
    pub when: Vec<At<Clause>>,
    pub lowers: Vec<At<Clause>>,
    pub dry_run: At<Many<String>>,
    pub recursive: At<Many<String>>,
    pub input: Option<At<String>>,
    pub carries: Option<Carries>,
    pub prints: Prints,
    pub fetches: bool,
    pub overwrites: Option<UnlessClauses>,
    pub loses: Option<Work>,
    pub tasks: Option<Tasks>,

    // A list of verbs.
    pub prefixes: Many<String>,
    pub nouns: Many<String>,
    pub read_only: Many<String>,
    pub mutating: Many<String>,
    pub destructive: BTreeMap<Effect, Many<String>>,

    // Variables and settings.
    pub id: Option<String>,
    pub role: Option<String>,
    pub keys: Many<String>,
    pub prefix: Option<String>,

    // Names of options.
    pub whole: Many<String>,
    pub first: Many<String>,
    pub last: Many<String>,
    pub words: Many<String>,
}

/// What a program or subcommand looks like.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Form {
    pub about: String,
    pub class: Option<Class>,
    pub effect: Option<Effect>,
    pub because: Option<String>,
    pub instead: Option<String>,
    pub style: At<Many<String>>,
    pub options: Options,
    pub operands: At<Many<String>>,
    pub subcommands: BTreeMap<String, At<Subcommand>>,
    pub verbs: Option<At<String>>,
    pub when: Vec<At<Clause>>,
    pub lowers: Vec<At<Clause>>,
    pub dry_run: At<Many<String>>,
    pub recursive: At<Many<String>>,
    pub input: Option<At<String>>,
    pub carries: Option<Carries>,
    pub prints: Prints,
    pub fetches: bool,
    pub overwrites: Option<UnlessClauses>,
    pub loses: Option<Work>,
    pub tasks: Option<Tasks>,
}

/// Where tasks are kept.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Tasks {
    pub of: TaskFile,
    pub files: Many<String>,
    #[serde(default)]
    pub option: String,
    #[serde(default)]
    pub names: Many<String>,
    #[serde(default)]
    pub several: bool,
    #[serde(default)]
    pub default: bool,
    #[serde(default)]
    pub unless: Many<String>,
    #[serde(default)]
    pub above: bool,
    #[serde(default)]
    pub besides: bool,
}

/// Where carried code runs.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Carries {
    pub context: Where,
    pub at_least: Option<Class>,
    pub unless: Option<UnlessClauses>,
}

/// A clause of `when`, `lowers` or `unless`.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Clause {
    pub id: Option<String>,
    pub class: Option<Class>,
    pub effect: Option<Effect>,
    pub because: Option<String>,
    pub instead: Option<String>,
    pub to: Option<Class>,
    pub loses: Option<Work>,
    pub if_lost: bool,
    pub roles: BTreeMap<String, At<Many<String>>>,

    pub option: At<Many<String>>,
    pub all_options: At<Many<String>>,
    pub value: BTreeMap<String, At<Many<String>>>,
    pub operand: Many<String>,
    pub all_operands: Many<String>,
    pub found: bool,
    pub first: Many<String>,
    pub second: Many<String>,
    pub third: Many<String>,
    pub last: Many<String>,
    pub at_least: Option<u8>,
    pub at_most: Option<u8>,
    pub behind_dashes: Option<u8>,
    pub place: Many<PlaceName>,
    pub variable: BTreeMap<String, Many<String>>,
    pub input: Many<String>,
    pub unless: Option<UnlessClauses>,
}

/// One clause or several under `unless`.
#[derive(Debug, Default)]
pub struct UnlessClauses(pub Vec<Clause>);

/// Command lines by the class that they must get.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Examples {
    pub read_only: Vec<At<String>>,
    pub mutating: Vec<At<String>>,
    pub destructive: Vec<At<String>>,
}

/// The options of a form: `any`, or lists by what follows them.
#[derive(Debug, Default)]
pub struct Options {
    pub any: bool,
    pub lists: OptionLists,
}

/// Options by what follows them.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct OptionLists {
    pub any: bool,
    pub known: Vec<At<String>>,
    pub flags: Vec<At<NamedRole>>,
    pub values: Vec<At<NamedRole>>,
    pub optional: Vec<At<NamedRole>>,
    pub digits: Vec<At<NamedRole>>,
    pub pairs: Vec<At<NamedRole>>,
    pub until: Vec<At<NamedRole>>,
    pub many: Vec<At<NamedRole>>,
    pub rest: Vec<At<NamedRole>>,
}

impl OptionLists {
    /// The names of the options of which it is said what follows them.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let lists =
            [&self.flags, &self.values, &self.optional, &self.digits, &self.pairs, &self.until, &self.many, &self.rest];
        lists.into_iter().flatten().flat_map(|named| named.value.names.split_whitespace())
    }

    /// Whether any option is listed.
    pub fn is_given(&self) -> bool {
        [&self.flags, &self.values, &self.optional, &self.digits, &self.pairs, &self.until, &self.many, &self.rest]
            .into_iter()
            .any(|list| !list.is_empty())
            || !self.known.is_empty()
    }
}

/// `-k --kill-after`, or `{-c --command: shell}`.
#[derive(Debug)]
pub struct NamedRole {
    pub names: String,
    pub role: Option<String>,
}

/// A subcommand: a class, an effect, or a form.
#[derive(Debug)]
pub enum Subcommand {
    Word(String),
    Form(Box<Form>),
}

/// A value, and where it stands: line and column from 1, or 0 where that is not known.
#[derive(Clone, Debug, Default)]
pub struct At<T> {
    pub value: T,
    pub line: u64,
    pub column: u64,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for At<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<T>::deserialize(deserializer)?;
        let (line, column) = (spanned.referenced.line(), spanned.referenced.column());
        Ok(At { value: spanned.value, line, column })
    }
}

/// One value or a list of them.
#[derive(Debug)]
pub struct Many<T>(pub Vec<T>);

impl<T> Default for Many<T> {
    fn default() -> Self {
        Many(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ManyVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for ManyVisitor<T> {
            type Value = Many<T>;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a word or a list of words")
            }
            fn visit_str<E: de::Error>(self, value: &str) -> Result<Many<T>, E> {
                T::deserialize(de::value::StrDeserializer::<E>::new(value)).map(|one| Many(vec![one]))
            }
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Many<T>, E> {
                self.visit_str(&value.to_string())
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Many<T>, E> {
                self.visit_str(&value.to_string())
            }
            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Many<T>, E> {
                self.visit_str(if value { "true" } else { "false" })
            }
            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Many<T>, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(seq)).map(Many)
            }
        }
        deserializer.deserialize_any(ManyVisitor(PhantomData))
    }
}

impl<'de> Deserialize<'de> for UnlessClauses {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct UnlessVisitor;
        impl<'de> Visitor<'de> for UnlessVisitor {
            type Value = UnlessClauses;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a condition or a list of conditions")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<UnlessClauses, A::Error> {
                Clause::deserialize(MapAccessDeserializer::new(map)).map(|one| UnlessClauses(vec![one]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<UnlessClauses, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(seq)).map(UnlessClauses)
            }
        }
        deserializer.deserialize_any(UnlessVisitor)
    }
}

impl<'de> Deserialize<'de> for Options {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OptionsVisitor;
        impl<'de> Visitor<'de> for OptionsVisitor {
            type Value = Options;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("`any`, or lists named flags, values, optional, digits, pairs, until, many, rest, known")
            }
            fn visit_str<E: de::Error>(self, value: &str) -> Result<Options, E> {
                match value {
                    "any" => Ok(Options { any: true, lists: OptionLists::default() }),
                    _ => Err(E::invalid_value(de::Unexpected::Str(value), &self)),
                }
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Options, A::Error> {
                let lists = OptionLists::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Options { any: lists.any, lists })
            }
        }
        deserializer.deserialize_any(OptionsVisitor)
    }
}

impl<'de> Deserialize<'de> for NamedRole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NamedRoleVisitor;
        impl<'de> Visitor<'de> for NamedRoleVisitor {
            type Value = NamedRole;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("option names such as `-f --force`, or `{-c --command: shell}`")
            }
            fn visit_str<E: de::Error>(self, value: &str) -> Result<NamedRole, E> {
                Ok(NamedRole { names: value.to_owned(), role: None })
            }
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<NamedRole, E> {
                self.visit_str(&value.to_string())
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<NamedRole, A::Error> {
                let Some((names, role)) = map.next_entry::<String, String>()? else {
                    return Err(de::Error::invalid_length(0, &self));
                };
                if map.next_key::<String>()?.is_some() {
                    return Err(de::Error::custom("one option and its role stand in one pair of braces"));
                }
                Ok(NamedRole { names, role: Some(role) })
            }
        }
        deserializer.deserialize_any(NamedRoleVisitor)
    }
}

impl<'de> Deserialize<'de> for Subcommand {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SubcommandVisitor;
        impl<'de> Visitor<'de> for SubcommandVisitor {
            type Value = Subcommand;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a class, an effect, or a form with class, options, operands, when …")
            }
            fn visit_str<E: de::Error>(self, value: &str) -> Result<Subcommand, E> {
                Ok(Subcommand::Word(value.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Subcommand, A::Error> {
                Form::deserialize(MapAccessDeserializer::new(map)).map(|form| Subcommand::Form(Box::new(form)))
            }
        }
        deserializer.deserialize_any(SubcommandVisitor)
    }
}

impl Entry {
    /// The form of a program entry.
    pub fn into_form(self) -> (Form, Examples) {
        let form = Form {
            about: self.about,
            class: self.class,
            effect: self.effect,
            because: self.because,
            instead: self.instead,
            style: self.style,
            options: self.options,
            operands: self.operands,
            subcommands: self.subcommands,
            verbs: self.verbs,
            when: self.when,
            lowers: self.lowers,
            dry_run: self.dry_run,
            recursive: self.recursive,
            input: self.input,
            carries: self.carries,
            prints: self.prints,
            fetches: self.fetches,
            overwrites: self.overwrites,
            loses: self.loses,
            tasks: self.tasks,
        };
        (form, self.examples)
    }
}
