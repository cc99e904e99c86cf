//! Assignments, and the built-ins that declare and forget variables.

use std::rc::Rc;

use super::command::Call;
use super::follower::{Fail, Follower, Printed};
use super::limits;
use super::parameters::number;
use super::state::Name;
use super::step::{Arg, Piece};
use super::value::{self, Array, Attributes, Key, Value, Variable};
use super::words::{assigns, is_name};
use crate::shell::ast::{Assignment, Part, Simple, Word};
use crate::text::Text;

/// How long a value is that a step shows, in bytes.
const SHOWN: usize = 256;

/// Which built-in declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Declaration {
    Declare,
    Export,
    Local,
    Readonly,
}

/// What the options of a declaration say.
#[derive(Clone, Copy, Default)]
struct Meaning {
    attributes: Attributes,
    array: bool,
    exports: bool,
    unexports: bool,
    functions: bool,
    prints: bool,
    global: bool,
}

impl<'a> Follower<'a, '_> {
    /// `name=value`: what the step shows of it goes to `shown`.
    pub(super) fn assign(&mut self, assignment: &'a Assignment, shown: &mut Vec<(String, Arg)>) {
        let name = self.referred(&assignment.name);
        let values = if let [Part::Array { .. }] = assignment.value.parts.as_slice() {
            self.array_values(&name, &assignment.value, assignment.append)
        } else if let Some(subscript) = &assignment.subscript {
            let keys = self.rounds(|follower| follower.key(subscript));
            let strings = self.rounds(|follower| follower.single_assigned(&assignment.value));
            self.element_values(&name, &keys, &strings, assignment.append)
        } else {
            let strings = self.rounds(|follower| follower.single_assigned(&assignment.value));
            if assignment.append
                && let Some(longer) = self.append_in_place(&name, &strings)
            {
                shown.extend(longer.map(|longer| (assignment.name.clone(), longer)));
                return;
            }
            self.scalar_values(&name, strings, assignment.append)
        };
        let span = self.at(assignment.span);
        // A step that kept long values would keep every stage of one that is made longer and longer.
        let short = values.iter().filter_map(|value| match value {
            Value::Scalar(string) if string.size() <= SHOWN => Some((assignment.name.clone(), string.clone())),
            Value::Array(array) if array.size() <= SHOWN => {
                let words: Vec<Arg> = array.iter().map(|(_, value)| value.clone()).collect();
                Some((assignment.name.clone(), Arg::joined(&words, span)))
            }
            _ => None,
        });
        shown.extend(short);
        self.prompt_of(&name, &values);
        self.set_values(&name, values);
    }

    /// Strings as the variable takes them.
    fn scalar_values(&mut self, name: &str, strings: Vec<Arg>, append: bool) -> Vec<Value> {
        let attributes = self.state.variables.get(name).map(|variable| variable.attributes).unwrap_or_default();
        let mut values: Vec<Value> = Vec::with_capacity(strings.len());
        for string in strings {
            let string = self.as_declared(string, attributes);
            if !append {
                value::unite(&mut values, [&Value::Scalar(string)]);
                continue;
            }
            let before = match self.state.variables.get(name) {
                Some(variable) => variable.values.clone(),
                None => vec![self.environment(name)],
            };
            for earlier in before {
                let longer = match earlier {
                    Value::Unset => Value::Scalar(string.clone()),
                    Value::Scalar(earlier) if attributes.integer => Value::Scalar(sum(&earlier, &string)),
                    Value::Scalar(earlier) => Value::Scalar(earlier.followed_by(&string)),
                    Value::Array(array) => {
                        let mut array = (*array).clone();
                        let first = array.get(&Key::Index(0)).cloned().unwrap_or_default();
                        array.set(Key::Index(0), first.followed_by(&string));
                        Value::Array(Rc::new(array))
                    }
                };
                value::unite(&mut values, [&longer]);
            }
        }
        values
    }

    /// Makes a string longer where it stands, when the variable is nothing but one string; gives what the step shows.
    /// Thousands of appended pieces would be copied thousands of times otherwise.
    fn append_in_place(&mut self, name: &str, strings: &[Arg]) -> Option<Option<Arg>> {
        let [string] = strings else { return None };
        let variable = self.state.variables.get(name)?;
        let [Value::Scalar(before)] = variable.values.as_slice() else { return None };
        let exports = variable.exported || self.state.registers.options.allexport;
        let plain = variable.attributes == Attributes::default() && !exports;
        if !plain || before.size() + string.size() > limits::TEXT || is_prompt(name) {
            return None;
        }
        self.spend(32 + string.size());
        let [Value::Scalar(before)] = self.state.variables.modify(name)?.values.as_mut_slice() else { return None };
        before.append(string);
        Some((before.size() <= SHOWN).then(|| before.clone()))
    }

    fn as_declared(&mut self, string: Arg, attributes: Attributes) -> Arg {
        if attributes.integer {
            self.evaluate_all(std::slice::from_ref(&string));
            let known = string.text().map(str::to_owned).and_then(|text| self.condensed(|f| f.evaluate(&text, 0)));
            return known.map_or_else(number, |known| Arg::made(known.to_string(), string.span));
        }
        match string.text() {
            Some(text) if attributes.lowercase => Arg::made(text.to_lowercase(), string.span),
            Some(text) if attributes.uppercase => Arg::made(text.to_uppercase(), string.span),
            _ => string,
        }
    }

    /// `a=(…)` and `a+=(…)`
    fn array_values(&mut self, name: &str, word: &'a Word, append: bool) -> Vec<Value> {
        let associative =
            is_table(name) || self.state.variables.get(name).is_some_and(|variable| variable.attributes.associative);
        let before: Vec<Rc<Array>> = match self.state.variables.get(name).filter(|_| append) {
            None => vec![Rc::new(Array::empty())],
            Some(variable) => variable.values.iter().map(as_array).collect(),
        };
        let mut values = Vec::new();
        let lists = self.rounds(|follower| {
            let mut list = Vec::new();
            for (subscript, words) in follower.array_elements(word) {
                let key = subscript.map(|subscript| follower.key(subscript));
                list.push((key, words));
            }
            list
        });
        for list in &lists {
            for earlier in &before {
                let array = extended(earlier, list, associative);
                value::unite(&mut values, [&Value::Array(Rc::new(array))]);
            }
        }
        values
    }

    /// `a[key]=value`
    fn element_values(&mut self, name: &str, keys: &[Arg], strings: &[Arg], append: bool) -> Vec<Value> {
        let variable = self.state.variables.get(name);
        let associative = is_table(name) || variable.is_some_and(|variable| variable.attributes.associative);
        let before: Vec<Rc<Array>> = match variable {
            None => vec![Rc::new(Array::empty())],
            Some(variable) => variable.values.iter().map(as_array).collect(),
        };
        let mut values = Vec::new();
        for earlier in &before {
            for (key, string) in keys.iter().flat_map(|key| strings.iter().map(move |string| (key, string))) {
                let mut array = (**earlier).clone();
                match key.text().and_then(|text| array_key(&array, text, associative)) {
                    Some(key) if append => {
                        let value = array.get(&key).cloned().unwrap_or_default().followed_by(string);
                        array.set(key, value);
                    }
                    Some(key) => array.set(key, string.clone()),
                    None => {
                        array.push(string.clone());
                        array.exact = false;
                    }
                }
                value::unite(&mut values, [&Value::Array(Rc::new(array))]);
            }
        }
        values
    }

    /// Prompts are expanded when they are shown, `PS4` for every command that `set -x` shows, and `ENV` when a shell
    /// looks for its start-up file.
    pub(super) fn prompt_of(&mut self, name: &str, values: &[Value]) {
        if !is_prompt(name) {
            return;
        }
        let mut strings: Vec<Arg> = Vec::new();
        for value in values {
            match value {
                Value::Unset => {}
                Value::Scalar(string) => strings.push(string.clone()),
                Value::Array(array) => strings.extend(array.iter().map(|(_, string)| string.clone())),
            }
        }
        if name == "PROMPT_COMMAND" {
            strings.iter().for_each(|code| self.prompt_command(code));
        } else {
            self.prompts(&strings);
        }
    }

    /// Arrays among the arguments of a declaration are assigned from the tree: an argument cannot hold them.
    pub(super) fn declared_arrays(&mut self, simple: &'a Simple) {
        for word in simple.words.iter().skip(1) {
            let (Some(Part::Array { .. }), Some(name)) = (word.parts.last(), assigns(word)) else { continue };
            let append = matches!(word.parts.first(), Some(Part::Literal { text, .. }) if text.ends_with("+="));
            let associative = simple.words.iter().any(|word| {
                matches!(word.parts.as_slice(), [Part::Literal { text, .. }] if text.starts_with('-') && text.contains('A'))
            });
            if associative {
                self.set_attributes(name, Attributes { associative, ..Attributes::default() });
            }
            let values = self.array_values(name, word, append);
            self.set_values(name, values);
        }
    }

    fn set_attributes(&mut self, name: &str, attributes: Attributes) {
        let variable = match self.state.variables.get(name) {
            Some(variable) => Variable { attributes, ..variable.clone() },
            None => Variable { attributes, ..Variable::unset() },
        };
        self.set_variable(name, variable);
    }

    /// `declare`, `local`, `export`, `readonly`
    pub(super) fn declare(&mut self, declaration: Declaration, call: Call) -> Fail<'a> {
        let arguments = call.arguments().to_vec();
        let (meaning, names) = meaning(declaration, &arguments);
        let printed = if names.is_empty() || meaning.prints { Printed::Unknown } else { Printed::Nothing };
        self.subscripts(names);
        self.emit(call, printed);
        if meaning.functions {
            self.export_functions(names, meaning);
            return Fail::Same;
        }
        if !meaning.prints {
            for argument in names {
                self.declare_one(declaration, meaning, argument);
            }
        }
        Fail::Never
    }

    fn declare_one(&mut self, declaration: Declaration, meaning: Meaning, argument: &Arg) {
        let Some(Piece::Text(text)) = argument.pieces.first() else { return };
        let (name, value) = match text.as_str().split_once('=') {
            None if argument.has_hole() => return,
            None => (text.as_str(), None),
            Some((name, _)) => (name, Some(name.len() + 1)),
        };
        let append = name.ends_with('+');
        let name = name.strip_suffix('+').unwrap_or(name);
        if let (Some((bare, key)), Some(start)) = (name.split_once('['), value)
            && is_name(bare)
        {
            let key = Arg::made(key.trim_end_matches(']'), argument.span);
            let values = self.element_values(bare, &[key], &[value_in(argument, start)], append);
            return self.set_values(bare, values);
        }
        if !is_name(name) {
            return;
        }
        let local = declaration == Declaration::Local || (declaration == Declaration::Declare && !meaning.global);
        let hides = local && self.in_function();
        if hides {
            self.hide(name);
        }
        let held_array = matches!(
            self.state.variables.get(name).map(|variable| variable.values.as_slice()),
            Some([Value::Array(_), ..])
        );
        let mut variable = match self.state.variables.get(name) {
            Some(variable) if !(hides && value.is_none() && !held_array) => variable.clone(),
            _ if value.is_none() && (meaning.array || meaning.attributes.associative) => {
                let array = Array::empty();
                Variable { values: vec![Value::Array(Rc::new(array))], ..Variable::default() }
            }
            _ if value.is_none() && (hides || declaration == Declaration::Declare) => Variable::unset(),
            _ => Variable { values: vec![self.environment(name)], ..Variable::default() },
        };
        variable.attributes = meaning.attributes.or(variable.attributes);
        variable.exported = (variable.exported || meaning.exports) && !meaning.unexports;
        let attributes = variable.attributes;
        let string = value.map(|start| value_in(argument, start));
        let name = name.to_owned();
        self.set_variable(&name, variable);
        // What looks like a list is read as one, and expanded, where an array is declared.
        if let Some(list) = string.as_ref().filter(|string| string.prefix().starts_with('(')) {
            self.prompts(std::slice::from_ref(list));
        }
        match string {
            Some(string) if attributes.reference => self.set_values(&name, vec![Value::Scalar(string)]),
            Some(string) => {
                let values = self.scalar_values(&name, vec![string], append);
                self.prompt_of(&name, &values);
                self.set_values(&name, values);
            }
            None => {}
        }
    }

    /// `export -f`: whoever gets the function may call it.
    fn export_functions(&mut self, names: &[Arg], meaning: Meaning) {
        for name in names.iter().filter_map(Arg::text).filter(|_| meaning.exports && !meaning.prints) {
            let Some(function) = self.state.functions.modify(name) else { continue };
            function.exported = true;
            let function = function.clone();
            self.exports.insert(Name::from(name));
            self.state.registers.context = None;
            self.subshell(|follower| {
                for body in &function.bodies {
                    follower.call_exported(*body);
                }
            });
        }
    }

    /// `unset`
    pub(super) fn unset(&mut self, call: Call) -> Fail<'a> {
        let arguments = call.arguments().to_vec();
        self.subscripts(&arguments);
        self.emit(call, Printed::Nothing);
        let functions = arguments.iter().any(|argument| argument.text() == Some("-f"));
        let references = arguments.iter().any(|argument| argument.text() == Some("-n"));
        let names: Vec<String> = arguments.iter().filter_map(Arg::as_written).collect();
        for name in names.iter().map(String::as_str).filter(|name| !name.starts_with('-')) {
            let bare = name.split_once('[').map_or(name, |(bare, _)| bare);
            if functions {
                self.state.functions.remove(name);
            } else if bare != name {
                let array = super::value::unknown_array(bare);
                self.set_values(bare, vec![array]);
            } else if is_name(name) {
                let name = if references { name.to_owned() } else { self.referred(name) };
                self.set_variable(&name, Variable::unset());
            } else {
                self.state.functions.remove(name);
            }
        }
        Fail::Never
    }

    /// `printf -v name …`, `getopts`: a variable gets something.
    pub(super) fn give(&mut self, name: &Arg, value: Arg) {
        self.subscripts(std::slice::from_ref(name));
        let Some(written) = name.as_written() else { return };
        let text = written.as_str();
        match text.split_once('[') {
            Some((bare, key)) if is_name(bare) => {
                let key = Arg::known(Text::derived(key.trim_end_matches(']'), name.span), name.span);
                let values = self.element_values(bare, &[key], &[value], false);
                self.set_values(bare, values);
            }
            None if is_name(text) => {
                let target = self.referred(text);
                let values = self.scalar_values(&target, vec![value], false);
                self.set_values(&target, values);
            }
            _ => {}
        }
    }
}

impl Attributes {
    fn or(self, other: Attributes) -> Attributes {
        Attributes {
            integer: self.integer || other.integer,
            lowercase: self.lowercase || other.lowercase,
            uppercase: self.uppercase || other.uppercase,
            reference: self.reference || other.reference,
            associative: self.associative || other.associative,
        }
    }
}

/// Whether the variable is one of bash's own tables, by names.
fn is_table(name: &str) -> bool {
    matches!(name, "BASH_ALIASES" | "BASH_CMDS")
}

/// Whether code in the variable runs by itself.
fn is_prompt(name: &str) -> bool {
    matches!(name, "PS0" | "PS1" | "PS2" | "PS4" | "PROMPT_COMMAND" | "ENV")
}

/// Reads the options of a declaration: what they mean, and the names behind them.
fn meaning(declaration: Declaration, arguments: &[Arg]) -> (Meaning, &[Arg]) {
    let mut meaning = Meaning { exports: declaration == Declaration::Export, ..Meaning::default() };
    let mut rest = arguments;
    while let Some((first, others)) = rest.split_first() {
        let Some(text) = first.text() else { break };
        let Some(options) = text.strip_prefix(['-', '+']).filter(|options| !options.is_empty()) else { break };
        rest = others;
        if options == "-" {
            break;
        }
        let on = text.starts_with('-');
        for option in options.chars() {
            match option {
                'i' => meaning.attributes.integer = on,
                'l' => meaning.attributes.lowercase = on,
                'u' => meaning.attributes.uppercase = on,
                'A' => meaning.attributes.associative = on,
                'n' if declaration == Declaration::Export => {
                    meaning.exports = false;
                    meaning.unexports = true;
                }
                'n' => meaning.attributes.reference = on,
                'a' => meaning.array = on,
                'x' => (meaning.exports, meaning.unexports) = (on, !on),
                'f' | 'F' => {
                    meaning.functions = true;
                    meaning.prints |= declaration == Declaration::Declare && !meaning.exports;
                }
                'p' => meaning.prints = true,
                'g' => meaning.global = true,
                _ => {}
            }
        }
    }
    if meaning.exports && meaning.functions {
        meaning.prints = false;
    }
    (meaning, rest)
}

/// What stands behind the first bytes of an argument.
fn value_in(argument: &Arg, start: usize) -> Arg {
    let mut string = argument.clone();
    if let Some(Piece::Text(first)) = string.pieces.first_mut() {
        *first = first.slice(start, first.as_str().len());
    }
    string.pieces.retain(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()));
    string.quoted()
}

/// What `+=` makes of two numbers.
fn sum(one: &Arg, other: &Arg) -> Arg {
    let known = |number: &Arg| number.text().and_then(|text| text.parse::<i64>().ok());
    match known(one).zip(known(other)).and_then(|(one, other)| one.checked_add(other)) {
        Some(sum) => Arg::made(sum.to_string(), other.span),
        None => number(),
    }
}

fn as_array(value: &Value) -> Rc<Array> {
    match value {
        Value::Array(array) => array.clone(),
        Value::Unset => Rc::new(Array::empty()),
        Value::Scalar(string) => Rc::new(Array::of_one(string.clone(), true)),
    }
}

fn array_key(array: &Array, text: &str, associative: bool) -> Option<Key> {
    if associative {
        return Some(Key::Name(text.to_owned()));
    }
    match text.parse::<i64>() {
        Ok(index) if index < 0 => Some(Key::Index(array.next_index() + index)),
        Ok(index) => Some(Key::Index(index)),
        Err(_) => None,
    }
}

/// `earlier` with more elements.
fn extended(earlier: &Array, list: &[(Option<Arg>, Vec<Arg>)], associative: bool) -> Array {
    let mut array = earlier.clone();
    let mut next = array.next_index();
    for (key, words) in list {
        match key {
            None => {
                for word in words {
                    array.exact &= !word.splits();
                    array.set(Key::Index(next), word.clone());
                    next = next.saturating_add(1);
                }
            }
            Some(key) => {
                let value = words.first().cloned().unwrap_or_default();
                match key.text().and_then(|text| array_key(&array, text, associative)) {
                    Some(key) => {
                        if let Key::Index(index) = key {
                            next = index.saturating_add(1);
                        }
                        array.set(key, value);
                    }
                    None => {
                        array.push(value);
                        array.exact = false;
                    }
                }
            }
        }
    }
    array
}
