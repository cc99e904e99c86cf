//! Parameter expansion: which value a name has, and what is done with it.

use super::choices::{Choice, Subject};
use super::fields::Fields;
use super::follower::Follower;
use super::step::{Arg, Hole, Piece, Source};
use super::value::{self, Array, Key, Value, Variable};
use super::words::{Surroundings, is_name};
use crate::shell::ast::{Operation, Parameter, Part, Word};
use crate::span::Span;
use crate::text::Text;

/// What a name stands for, before anything is done with it.
#[derive(Clone, Debug)]
pub(super) enum Base {
    /// It is not set.
    Unset,
    /// A string; `given` when the text itself set it.
    String { value: Arg, given: bool },
    /// Several strings: `$@`, `${a[*]}`.
    List { items: Vec<Arg>, star: bool },
}

/// The key in `${name[key]}`.
pub(super) enum Subscript {
    None,
    /// `[@]`, or `[*]` for which `star` is set.
    All {
        star: bool,
    },
    /// A key, when it is known.
    One(Option<String>),
}

/// Whether an expansion takes the value or the word behind the operator.
enum Presence {
    Value,
    Word,
    Either,
}

/// How many names may lead to each other (`declare -n`).
const REFERENCES: usize = 8;

/// Up to how many values of an associative array each is taken for the first.
const FIRSTS: usize = 8;

impl<'a> Follower<'a, '_> {
    /// Expands a parameter into the word that is put together.
    pub(super) fn parameter(&mut self, parameter: &'a Parameter, around: Surroundings, fields: &mut Fields) {
        let span = self.at(parameter.span);
        let subscript = self.subscript(parameter);
        let base = match &parameter.operation {
            Operation::Names => return self.names(&parameter.name, around, fields),
            Operation::Keys => return self.keys(&parameter.name, around, fields),
            _ if parameter.indirect => self.indirect(&parameter.name, &subscript),
            _ => self.base(&parameter.name, &subscript),
        };
        let base = base.at(span);
        match &parameter.operation {
            Operation::Default { empty, word } => self.default(parameter, base, *empty, word, around, fields),
            Operation::Assign { empty, word } => self.assign_default(parameter, base, *empty, word, around, fields),
            Operation::Error { empty, word } => self.demand(parameter, base, *empty, word, around, fields),
            Operation::Alternative { empty, word } => self.alternative(parameter, base, *empty, word, around, fields),
            Operation::Length => {
                let length = length(&base).map_or_else(number, |length| Arg::made(length.to_string(), span));
                fields.value(&length.at(span), around.quoted);
            }
            Operation::None => put(&base, around, fields),
            _ => {
                let changed = self.changed(parameter, base);
                put(&changed.at(span), around, fields);
            }
        }
    }

    /// What stands between the brackets.
    fn subscript(&mut self, parameter: &'a Parameter) -> Subscript {
        let Some(subscript) = &parameter.subscript else { return Subscript::None };
        match subscript.parts.as_slice() {
            [Part::Literal { text, .. } | Part::Quoted { text, .. }] if text == "@" => Subscript::All { star: false },
            [Part::Literal { text, .. } | Part::Quoted { text, .. }] if text == "*" => Subscript::All { star: true },
            _ => {
                let key = self.key(subscript).text().map(str::to_owned);
                // A name is a number that is not known, except as a key of an associative array.
                let known = |key: &String| !is_name(key) || self.is_associative(&parameter.name);
                Subscript::One(key.filter(known))
            }
        }
    }

    fn is_associative(&self, name: &str) -> bool {
        self.state.variables.get(self.referred(name).as_str()).is_some_and(|variable| {
            let named = |value: &Value| matches!(value, Value::Array(array) if matches!(array.first(), Some((Key::Name(_), _))));
            variable.attributes.associative || variable.values.iter().any(named)
        })
    }

    /// What a name stands for.
    pub(super) fn base(&mut self, name: &str, subscript: &Subscript) -> Base {
        let given = self.state.variables.get(name).is_some() || self.choices.assigned(name).is_some();
        match name {
            "@" | "*" => return Base::List { items: self.state.registers.arguments.all(), star: name == "*" },
            "#" => return self.argument_count(),
            "?" | "$" | "!" => return Base::string(number()),
            "-" | "_" => return Base::string(Arg::hole(Hole::open(Source::Other), Span::default())),
            "0" => {
                let unknown = || Arg::hole(Hole::filled(Source::Variable("0".to_owned())), Span::default());
                return Base::string(self.state.registers.arguments.name.clone().unwrap_or_else(unknown));
            }
            "PWD" if !given => return Base::string(self.working_folder()),
            "OLDPWD" if !given => return Base::string(self.previous_folder()),
            _ if name.bytes().all(|byte| byte.is_ascii_digit()) => return self.positional(name),
            _ => {}
        }
        let value = self.value_of(name);
        self.element(name, value, subscript, given)
    }

    /// The value of a variable in the combination that is followed.
    pub(super) fn value_of(&mut self, name: &str) -> Value {
        let name = self.referred(name);
        if let Some(value) = self.choices.assigned(&name) {
            return Value::Scalar(value.clone());
        }
        let Some(variable) = self.state.variables.get(name.as_str()) else { return self.environment(&name) };
        let choice = self.choices.choose(Subject::Variable(name.clone()), variable.values.len());
        match choice {
            Choice::One(index) => variable.values.get(index).cloned().unwrap_or(Value::Unset),
            Choice::All => all_at_once(&name, variable),
        }
    }

    /// The variable that a name refers to in the end.
    pub(super) fn referred(&self, name: &str) -> String {
        let mut name = name.to_owned();
        for _ in 0..REFERENCES {
            match self.state.variables.get(name.as_str()) {
                Some(Variable { values, attributes, .. }) if attributes.reference => match values.as_slice() {
                    [Value::Scalar(target)] => match target.text() {
                        Some(target) if is_name(target) => name = target.to_owned(),
                        _ => break,
                    },
                    _ => break,
                },
                _ => break,
            }
        }
        name
    }

    /// A variable as one string, in the combination that is followed.
    pub(super) fn variable_string(&mut self, name: &str) -> Arg {
        match self.base(name, &Subscript::None) {
            Base::String { value, .. } => value,
            Base::List { items, .. } => Arg::joined(&items, Span::default()),
            Base::Unset => Arg::default(),
        }
    }

    fn element(&mut self, name: &str, value: Value, subscript: &Subscript, given: bool) -> Base {
        match (value, subscript) {
            (Value::Unset, Subscript::All { star }) => Base::List { items: Vec::new(), star: *star },
            (Value::Unset, _) => Base::Unset,
            // What the environment holds is one string or none.
            (Value::Scalar(mut value), Subscript::All { star }) if is_of_environment(&value, name) => {
                value.pieces.iter_mut().for_each(|piece| {
                    if let Piece::Hole(hole) = piece {
                        hole.splits = true;
                    }
                });
                Base::List { items: vec![value], star: *star }
            }
            (Value::Scalar(value), Subscript::All { star }) => Base::List { items: vec![value], star: *star },
            (Value::Scalar(value), Subscript::One(Some(key))) if key != "0" && given => {
                let _ = value;
                Base::Unset
            }
            (Value::Scalar(value), Subscript::One(_)) if !given => {
                Base::String { value: self.unknown_element(name, value), given }
            }
            (Value::Scalar(value), _) => Base::String { value, given },
            (Value::Array(array), Subscript::All { star }) => {
                let mut items: Vec<Arg> = array.iter().map(|(_, value)| value.clone()).collect();
                // An associative array has no order: any value may be the first.
                let ordered = array.iter().all(|(key, _)| matches!(key, Key::Index(_)));
                if !ordered && (2..=FIRSTS).contains(&items.len()) {
                    match self.choices.choose(Subject::Variable(format!("{name}[@]")), items.len()) {
                        Choice::One(first) => items.rotate_left(first),
                        Choice::All => {
                            let hole = Hole { splits: true, ..Hole::open(Source::Variable(name.to_owned())) };
                            items = vec![Arg::hole(hole, Span::default())];
                        }
                    }
                }
                Base::List { items, star: *star }
            }
            (Value::Array(array), Subscript::None) => self.array_element(name, &array, Some("0")),
            (Value::Array(array), Subscript::One(key)) => self.array_element(name, &array, key.as_deref()),
        }
    }

    /// An element of something that the text did not set.
    fn unknown_element(&self, name: &str, value: Arg) -> Arg {
        if value.has_hole() { value } else { Arg::hole(Hole::open(Source::Variable(name.to_owned())), value.span) }
    }

    fn array_element(&mut self, name: &str, array: &Array, key: Option<&str>) -> Base {
        if let (Some(key), true) = (key, array.exact) {
            return match array.get(&array.key(key)) {
                Some(value) => Base::String { value: value.clone(), given: true },
                None => Base::Unset,
            };
        }
        let first = array.first().map(|(_, value)| value);
        if let (Some("0"), Some(first)) = (key, first)
            && !array.exact
        {
            return Base::String { value: first.clone().quoted(), given: true };
        }
        if array.exact && !array.is_empty() {
            // Any of them, or none.
            let subject = Subject::Variable(format!("{name}[]"));
            return match self.choices.choose(subject, array.len() + 1) {
                Choice::One(index) => match array.nth(index) {
                    Some((_, value)) => Base::String { value: value.clone(), given: true },
                    None => Base::Unset,
                },
                Choice::All => Base::String { value: unknown(name, Span::default()), given: true },
            };
        }
        Base::String { value: unknown(name, Span::default()), given: true }
    }

    /// `$1`, `${10}`
    fn positional(&mut self, name: &str) -> Base {
        let unknown = |name: &str| Base::String { value: unknown(name, Span::default()), given: false };
        let Some(words) = &self.state.registers.arguments.words else { return unknown(name) };
        let Some(index) = name.parse::<usize>().ok().and_then(|number| number.checked_sub(1)) else {
            return unknown(name);
        };
        let before = words.get(..index).unwrap_or(words);
        match words.get(index) {
            _ if before.iter().any(Arg::splits) => unknown(name),
            Some(word) => Base::String { value: word.clone().quoted(), given: true },
            None => Base::Unset,
        }
    }

    fn argument_count(&self) -> Base {
        match &self.state.registers.arguments.words {
            Some(words) if !words.iter().any(Arg::splits) => {
                Base::string(Arg::made(words.len().to_string(), Span::default()))
            }
            _ => Base::string(number()),
        }
    }

    /// `${!name}`: the variable that the value names.
    fn indirect(&mut self, name: &str, subscript: &Subscript) -> Base {
        let target = match self.base(name, subscript) {
            Base::String { value, .. } => value,
            _ => return Base::Unset,
        };
        self.subscripts(std::slice::from_ref(&target));
        let Some(text) = target.text() else { return Base::string(unknown(name, target.span)) };
        let (bare, key) = match text.split_once('[') {
            Some((bare, key)) => (bare, Some(key.trim_end_matches(']'))),
            None => (text, None),
        };
        let subscript = match key {
            None => Subscript::None,
            Some("@") => Subscript::All { star: false },
            Some("*") => Subscript::All { star: true },
            Some(key) => Subscript::One(key.bytes().all(|byte| byte.is_ascii_alphanumeric()).then(|| key.to_owned())),
        };
        match is_name(bare) || bare.bytes().all(|byte| byte.is_ascii_digit()) || matches!(bare, "@" | "*") {
            true => self.base(bare, &subscript),
            false => Base::string(unknown(name, target.span)),
        }
    }

    /// `${x:-word}`
    fn default(
        &mut self,
        parameter: &'a Parameter,
        base: Base,
        empty: bool,
        word: &'a Word,
        around: Surroundings,
        fields: &mut Fields,
    ) {
        if is_temporary_folder(parameter, &base, word) {
            let hole = Hole::filled(Source::TemporaryFolder);
            return fields.value(&Arg::hole(hole, self.at(parameter.span)), around.quoted);
        }
        match self.presence(parameter, &base, empty) {
            Choice::One(0) => put(&base.filled(empty), around, fields),
            Choice::One(_) => self.parts_within(&word.parts, Surroundings { operand: true, ..around }, fields),
            Choice::All => {
                self.condensed(|follower| follower.single(word));
                put(&Base::string(unknown(&parameter.name, self.at(parameter.span))), around, fields);
            }
        }
    }

    /// `${x:=word}`
    fn assign_default(
        &mut self,
        parameter: &'a Parameter,
        base: Base,
        empty: bool,
        word: &'a Word,
        around: Surroundings,
        fields: &mut Fields,
    ) {
        if is_temporary_folder(parameter, &base, word) {
            let value = Arg::hole(Hole::filled(Source::TemporaryFolder), self.at(parameter.span));
            self.choices.assign(&parameter.name, value.clone());
            return fields.value(&value, around.quoted);
        }
        let span = self.at(parameter.span);
        let value = match self.presence(parameter, &base, empty) {
            Choice::One(0) => base.filled(empty),
            Choice::One(_) => Base::string(self.single_assigned(word)),
            Choice::All => {
                self.single_assigned(word);
                Base::string(unknown(&parameter.name, span))
            }
        };
        if let Base::String { value, .. } = &value
            && parameter.subscript.is_none()
            && is_name(&parameter.name)
        {
            self.choices.assign(&parameter.name, value.clone());
        }
        put(&value, around, fields);
    }

    /// `${x:?word}`: behind it the variable is not empty.
    fn demand(
        &mut self,
        parameter: &'a Parameter,
        base: Base,
        empty: bool,
        word: &'a Word,
        around: Surroundings,
        fields: &mut Fields,
    ) {
        self.condensed(|follower| follower.single(word));
        let value = match base {
            Base::Unset => {
                Base::string(Arg::hole(Hole::filled(Source::Variable(parameter.name.clone())), Span::default()))
            }
            base => base.filled(empty),
        };
        if let (Base::String { value, given: false }, true, true) =
            (&value, is_name(&parameter.name) && parameter.subscript.is_none(), empty)
            && value.has_hole()
        {
            self.choices.assign(&parameter.name, value.clone());
        }
        put(&value.at(self.at(parameter.span)), around, fields);
    }

    /// `${x:+word}`
    fn alternative(
        &mut self,
        parameter: &'a Parameter,
        base: Base,
        empty: bool,
        word: &'a Word,
        around: Surroundings,
        fields: &mut Fields,
    ) {
        match self.presence(parameter, &base, empty) {
            Choice::One(0) => self.parts_within(&word.parts, Surroundings { operand: true, ..around }, fields),
            Choice::One(_) => put(&Base::Unset, around, fields),
            Choice::All => {
                self.condensed(|follower| follower.single(word));
                put(&Base::string(unknown(&parameter.name, self.at(parameter.span))), around, fields);
            }
        }
    }

    /// Whether the value is taken (0) or not (1).
    fn presence(&mut self, parameter: &Parameter, base: &Base, empty: bool) -> Choice {
        match base.presence(empty) {
            Presence::Value => Choice::One(0),
            Presence::Word => Choice::One(1),
            Presence::Either => self.choices.choose(Subject::Presence(parameter.name.clone()), 2),
        }
    }

    /// `${!prefix*}`
    fn names(&mut self, prefix: &str, around: Surroundings, fields: &mut Fields) {
        let hole = Hole { splits: true, ..Hole::open(Source::Variable(prefix.to_owned())) };
        let mut items: Vec<Arg> = Vec::new();
        for (name, _) in self.state.variables.iter().filter(|(name, _)| name.starts_with(prefix)) {
            items.push(Arg::known(Text::derived(&**name, Span::default()), Span::default()));
        }
        items.push(Arg::hole(hole, Span::default()));
        fields.list(&items, around.quoted, false);
    }

    /// `${!a[@]}`
    fn keys(&mut self, name: &str, around: Surroundings, fields: &mut Fields) {
        let items = match self.value_of(name) {
            Value::Array(array) if array.exact => {
                array.iter().map(|(key, _)| Arg::made(key.to_string(), Span::default())).collect()
            }
            Value::Array(array) if matches!(array.first(), Some((Key::Index(_), _))) => {
                vec![Arg::hole(Hole { splits: true, ..Hole::filled(Source::Number) }, Span::default())]
            }
            Value::Unset => Vec::new(),
            _ => {
                vec![Arg::hole(Hole { splits: true, ..Hole::open(Source::Variable(name.to_owned())) }, Span::default())]
            }
        };
        fields.list(&items, around.quoted, false);
    }
}

impl Base {
    /// A string that the text did not set.
    pub(super) fn string(value: Arg) -> Base {
        Base::String { value, given: false }
    }

    /// The same, standing at `span`.
    fn at(self, span: Span) -> Base {
        match self {
            Base::String { value, given } => Base::String { value: value.at(span), given },
            Base::List { items, star } => {
                Base::List { items: items.into_iter().map(|item| item.at(span)).collect(), star }
            }
            Base::Unset => Base::Unset,
        }
    }

    fn presence(&self, empty: bool) -> Presence {
        match self {
            Base::Unset => Presence::Word,
            Base::String { value, given } => match empty || !given {
                _ if value.is_nonempty() => Presence::Value,
                false => Presence::Value,
                true if value.is_empty() => {
                    if empty {
                        Presence::Word
                    } else {
                        Presence::Value
                    }
                }
                true => Presence::Either,
            },
            Base::List { items, .. } if items.is_empty() => Presence::Word,
            Base::List { items, .. } if items.iter().all(Arg::splits) => Presence::Either,
            Base::List { .. } => Presence::Value,
        }
    }

    /// The same when it is known to be set, and not to be empty if `nonempty`.
    fn filled(mut self, nonempty: bool) -> Base {
        if let Base::String { value, .. } = &mut self
            && nonempty
            && let [super::step::Piece::Hole(hole)] = value.pieces.as_mut_slice()
        {
            hole.may_be_empty = false;
        }
        self
    }
}

/// `${TMPDIR:-/tmp}` and its kin.
fn is_temporary_folder(parameter: &Parameter, base: &Base, word: &Word) -> bool {
    let unset = match base {
        Base::String { value, given: false } => value.has_hole(),
        _ => false,
    };
    let [Part::Literal { text, .. } | Part::Quoted { text, .. }] = word.parts.as_slice() else { return false };
    let folder = matches!(text.as_str(), "/tmp" | "/var/tmp" | "/tmp/" | "/var/tmp/");
    unset && folder && matches!(parameter.name.as_str(), "TMPDIR" | "TMP" | "TEMP" | "TEMPDIR" | "XDG_RUNTIME_DIR")
}

/// Puts what a parameter stands for into the word.
fn put(base: &Base, around: Surroundings, fields: &mut Fields) {
    match base {
        Base::Unset => fields.value(&Arg::default(), around.quoted),
        Base::String { value, .. } => fields.value(value, around.quoted),
        Base::List { items, star } => fields.list(items, around.quoted, *star),
    }
}

fn length(base: &Base) -> Option<usize> {
    match base {
        Base::Unset => Some(0),
        Base::String { value, .. } => value.text().map(|text| text.chars().count()),
        Base::List { items, .. } if items.iter().any(Arg::splits) => None,
        Base::List { items, .. } => Some(items.len()),
    }
}

/// Whether a value is what the environment may hold.
fn is_of_environment(value: &Arg, name: &str) -> bool {
    value.only_hole().is_some_and(|hole| hole.may_be_empty && hole.source == Source::Variable(name.to_owned()))
}

/// A number that is not known.
pub(super) fn number() -> Arg {
    Arg::hole(Hole::filled(Source::Number), Span::default())
}

/// Something that `name` holds, and that is not known.
pub(super) fn unknown(name: &str, span: Span) -> Arg {
    Arg::hole(Hole::open(Source::Variable(name.to_owned())), span)
}

/// Everything that a variable may hold, as one value.
fn all_at_once(name: &str, variable: &Variable) -> Value {
    let mut strings = Vec::with_capacity(variable.values.len());
    for value in &variable.values {
        match value {
            Value::Unset => strings.push(Arg::default()),
            Value::Scalar(string) => strings.push(string.clone()),
            Value::Array(_) => return value::unknown_array(name),
        }
    }
    Value::Scalar(value::common(&strings, Source::Variable(name.to_owned())))
}
