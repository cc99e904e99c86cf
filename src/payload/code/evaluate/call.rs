//! Calls: which function is meant, and what its arguments are.

use std::rc::Rc;

use crate::effect::{Class, Effect};
use crate::span::Span;

use super::super::ast::{Argument, Call, Kind, Node};
use super::super::schema::{Behaviour, Meaning, Slot};
use super::super::value::Value;
use super::Evaluator;

/// How many arguments are looked at.
const MAX_ARGUMENTS: usize = 256;

/// What a function is called with.
#[derive(Clone, Debug)]
pub(super) struct Site<'n> {
    /// Where the name of the function stands.
    pub span: Span,
    /// The name.
    pub name: String,
    /// The arguments by place.
    pub positional: Vec<Value>,
    /// The arguments by name.
    pub named: Vec<(String, Value)>,
    /// Whether there may be more arguments than these.
    pub open: bool,
    /// What stands in front of the method.
    pub receiver: Option<Value>,
    /// Whether it is called with a template.
    pub template: bool,
    /// The arguments as they are written.
    pub written: &'n [Argument],
}

impl Site<'_> {
    /// The values of a slot; none when nothing is given there.
    pub fn slot(&self, slot: &Slot) -> Vec<Value> {
        match slot {
            Slot::At(place) => match self.positional.get(usize::from(*place)) {
                Some(value) => vec![value.clone()],
                None if self.open => vec![Value::unknown()],
                None => Vec::new(),
            },
            Slot::From(place) => {
                let mut values: Vec<Value> = self.positional.iter().skip(usize::from(*place)).cloned().collect();
                if self.open {
                    values.push(Value::Many(Rc::new(Value::unknown())));
                }
                values
            }
            Slot::Last => self.positional.last().cloned().into_iter().collect(),
            Slot::Named(name) => self
                .named
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.clone())
                .or_else(|| self.positional.iter().find_map(|value| value.entry(name)))
                .into_iter()
                .collect(),
            Slot::Receiver => self.receiver.clone().into_iter().collect(),
            Slot::Topic => Vec::new(),
        }
    }
}

impl Evaluator<'_> {
    pub(super) fn call(&mut self, call: &Call, span: Span) -> Value {
        let callee = self.callee(&call.callee);
        let span = name_span(&call.callee, span);
        let mut site = Site {
            span,
            name: String::new(),
            positional: Vec::new(),
            named: Vec::new(),
            open: false,
            receiver: None,
            template: call.template,
            written: &call.arguments,
        };
        for argument in call.arguments.iter().take(MAX_ARGUMENTS) {
            let value = self.value(&argument.value);
            if !matches!(argument.value.kind, Kind::Function(_)) {
                self.note_use(&value, &callee);
            }
            match (&argument.name, &argument.value.kind) {
                (Some(name), _) => site.named.push((name.clone(), value)),
                (None, Kind::Spread(_)) => match value {
                    Value::List(values) => site.positional.extend(values.iter().cloned()),
                    Value::Map(entries) => site.named.extend(entries.iter().cloned()),
                    many @ Value::Many(_) => site.positional.push(many),
                    _ => site.open = true,
                },
                (None, _)
                    if self.syntax.brace_index && matches!(value, Value::List(_)) && !is_reference(&argument.value) =>
                {
                    // Lists are flat among arguments.
                    site.positional.extend(value.elements().unwrap_or_default());
                }
                (None, _) => site.positional.push(value),
            }
        }
        self.call_value(callee, site)
    }

    /// What is called. Reading a member here is not yet a call.
    fn callee(&mut self, node: &Node) -> Value {
        self.value(node)
    }

    /// Whatever gets an opened file may write to it.
    fn note_use(&mut self, value: &Value, callee: &Value) {
        let Value::Object(object) = value else { return };
        let Some(number) = object.opened else { return };
        if let Value::Named(name) = callee {
            let closes = self.library.function(name).is_some_and(|meanings| {
                meanings.iter().any(|meaning| matches!(meaning.does, Some(Behaviour::Close | Behaviour::Write)))
            });
            if closes {
                return;
            }
        }
        self.written(number);
    }

    pub(super) fn written(&mut self, number: usize) {
        if let Some(opened) = self.opened.get_mut(number) {
            opened.written = true;
        }
    }

    /// Calls a value.
    pub(super) fn call_value(&mut self, callee: Value, mut site: Site<'_>) -> Value {
        if self.fuel == 0 {
            self.exhausted(site.span);
            return Value::unknown();
        }
        self.fuel -= 1;
        match callee {
            Value::Named(name) => self.call_named(&name, site),
            Value::Function(number) => self.call_function(number, Some(&site)),
            Value::Method(method) => {
                let (receiver, name) = (&method.0, &method.1);
                if matches!(receiver, Value::Nothing) && !site.positional.is_empty() {
                    // A method given by its name alone: of the first argument.
                    let receiver = site.positional.remove(0);
                    return self.call_method(receiver, name, site);
                }
                self.call_method(receiver.clone(), name, site)
            }
            Value::Partial(partial) => {
                let mut positional = partial.1.clone();
                positional.append(&mut site.positional);
                site.positional = positional;
                self.call_value(partial.0.clone(), site)
            }
            Value::Either(values) => {
                let mut result = Value::Nothing;
                for value in values.iter() {
                    result = result.or(self.call_value(value.clone(), site.clone()));
                }
                result
            }
            Value::Text(ref text) if self.syntax.text_calls => match text.text() {
                Some(name) => {
                    let name = name.to_owned();
                    self.call_by_name(&name, site)
                }
                None => {
                    self.opaque(site.span, "the function that is called is only known when it runs");
                    Value::unknown()
                }
            },
            Value::Unknown(_) if self.syntax.programs => {
                self.opaque(site.span, "the command that is called is only known when it runs");
                Value::unknown()
            }
            Value::Object(ref object) if object.type_name == "pure" => Value::unknown(),
            // `(0, eval)(code)`
            Value::List(values) if !values.is_empty() => {
                self.call_value(values.last().cloned().unwrap_or(Value::Nothing), site)
            }
            _ => self.call_unknown(site),
        }
    }

    /// Calls a function of the program or of the language, by its name.
    pub(super) fn call_by_name(&mut self, name: &str, site: Site<'_>) -> Value {
        // The names of shells on Windows have no case.
        let callee = if self.syntax.programs { self.name(&name.to_ascii_lowercase()) } else { self.name(name) };
        match callee {
            Value::Text(_) => Value::unknown(),
            other => self.call_value(other, site),
        }
    }

    /// Something is called of which nothing is known.
    fn call_unknown(&mut self, site: Site<'_>) -> Value {
        self.outcome.raise(Class::Mutating);
        self.call_back(&site);
        Value::unknown()
    }

    /// A call with these arguments.
    pub(super) fn plain_site(&self, span: Span, positional: Vec<Value>, open: bool) -> Site<'static> {
        Site {
            span,
            name: String::new(),
            positional,
            named: Vec::new(),
            open,
            receiver: None,
            template: false,
            written: &[],
        }
    }

    /// Whether calling a value is known to do something.
    pub(super) fn has_effects(&self, value: &Value) -> bool {
        let meanings = match value {
            Value::Named(name) => self.library.function(name),
            Value::Method(method) => match &method.0 {
                Value::Object(object) => self.library.type_method(&object.type_name, &method.1),
                _ => self.library.method(&method.1),
            },
            Value::Partial(partial) => return self.has_effects(&partial.0),
            _ => None,
        };
        meanings.is_some_and(|meanings| {
            meanings.iter().any(|meaning| {
                !meaning.paths.is_empty()
                    || !meaning.runs.is_empty()
                    || meaning.effect.is_some()
                    || meaning.http.is_some()
                    || meaning.class.is_some()
            })
        })
    }

    fn call_named(&mut self, name: &str, mut site: Site<'_>) -> Value {
        let last = name.rsplit('.').next().unwrap_or(name);
        site.name = last.to_owned();
        if let Some(number) = self.by_name.get(name).or_else(|| self.by_name.get(last).filter(|_| name.contains('.'))) {
            return self.call_function(*number, Some(&site));
        }
        if let Some(meanings) = self.library.function(name) {
            return self.apply(&meanings, site);
        }
        for module in self.wild.clone() {
            if let Some(meanings) = self.library.function(&format!("{module}.{name}")) {
                return self.apply(&meanings, site);
            }
        }
        if last == "*" {
            self.opaque(site.span, "the function that is called is only known when it runs");
            return Value::unknown();
        }
        if let Some(meanings) = self.library.module(name) {
            return self.apply(&meanings, site);
        }
        if self.classes.contains(last) {
            self.call_back(&site);
            return Value::unknown();
        }
        if name.contains('.')
            && let Some(meanings) = self.library.method(last)
        {
            site.receiver = Some(Value::Named(name.strip_suffix(last).unwrap_or("").trim_end_matches('.').into()));
            return self.apply(&meanings, site);
        }
        if self.syntax.programs && !name.contains("..") && self.is_program(name) {
            return self.call_program(site);
        }
        self.by_verb(last, self.traits.effect.unwrap_or(Effect::Delete), site)
    }

    /// Whether a command that nothing is known of can be a program: no `Verb-Noun`, no member of a type.
    fn is_program(&self, name: &str) -> bool {
        let written = name.split_once('-').is_some_and(|(verb, _)| self.traits.verbs.iter().any(|known| known == verb));
        !written && !name.starts_with(['$', '%', '@'])
    }

    /// A command of the shell that this language is: a program and its words.
    fn call_program(&mut self, site: Site<'_>) -> Value {
        let name = self.source.slice(site.span);
        let written = name.as_str();
        let quotes = written.len() - written.trim_start_matches(['"', '\'']).len();
        let name = name.slice(quotes, written.trim_end_matches(['"', '\'']).len().max(quotes));
        let piped = site.named.iter().find(|(key, _)| key == "|").map(|(_, value)| value.clone());
        let mut words = vec![Value::text(name)];
        words.extend(site.positional.iter().cloned());
        if let (Some(value), true) = (piped, words.len() == 1) {
            let shell = words.first().and_then(Value::as_text).is_some_and(super::apply::is_shell);
            if shell {
                self.run_shell(value, site.span);
            }
        }
        self.run_program(words, site.span);
        Value::unknown()
    }

    pub(super) fn call_method(&mut self, receiver: Value, name: &str, mut site: Site<'_>) -> Value {
        site.name = name.to_owned();
        if let Value::Either(values) = &receiver {
            let mut result = Value::Nothing;
            for value in values.iter() {
                let copy = Site { receiver: None, ..site.clone() };
                result = result.or(self.call_method(value.clone(), name, copy));
            }
            return result;
        }
        if let Value::Named(path) = &receiver {
            return self.call_named(&format!("{path}.{name}"), site);
        }
        let receiver = match receiver {
            Value::Method(_) => self.settled(receiver, site.span),
            other => other,
        };
        if let Value::Map(_) = &receiver
            && let Some(callee) = receiver.entry(name)
        {
            return self.call_value(callee, site);
        }
        if let Value::Object(object) = &receiver
            && let Some(number) = object.opened
        {
            let does = self.library.type_method(&object.type_name, name).unwrap_or_default();
            if !does.iter().any(|meaning| matches!(meaning.does, Some(Behaviour::Close | Behaviour::Write))) {
                self.written(number);
            }
        }
        let type_name = type_name(&receiver).map(str::to_owned);
        site.receiver = Some(receiver);
        if let Some(type_name) = &type_name
            && let Some(meanings) = self.library.type_method(type_name, name)
        {
            return self.apply(&meanings, site);
        }
        if let Some(number) = self.by_name.get(name) {
            return self.call_function(*number, Some(&site));
        }
        let plain = matches!(
            site.receiver,
            Some(Value::Text(_) | Value::Number(_) | Value::List(_) | Value::Map(_) | Value::Many(_) | Value::Truth(_))
        );
        if let Some(meanings) = type_name.as_ref().filter(|_| !plain).and_then(|name| self.by_kind(name, &site.name)) {
            return self.apply(&meanings, site);
        }
        if let Some(meanings) = self.library.method(name) {
            return self.apply(&meanings, site);
        }
        if plain {
            self.invoke_functions(&site);
            return Value::unknown();
        }
        self.by_verb(name, self.traits.effect.unwrap_or(Effect::Delete), site)
    }

    /// What a type says of methods that it does not list, by their first word.
    fn by_kind(&self, type_name: &str, name: &str) -> Option<Vec<Meaning>> {
        let first = words(name).next().unwrap_or_default();
        let kind = if self.traits.verbs.contains(&first) {
            "*deletes"
        } else if self.traits.reads.contains(&first) {
            "*reads"
        } else {
            "*"
        };
        self.library.type_method(type_name, kind).or_else(|| self.library.type_method(type_name, "*"))
    }

    /// Judges a function that nothing is known of by the first word of its name.
    fn by_verb(&mut self, name: &str, effect: Effect, site: Site<'_>) -> Value {
        let pure = self.traits.pure_ends.iter().any(|end| name.ends_with(end.as_str()));
        if pure {
            return Value::unknown();
        }
        let first = words(name).next().unwrap_or_default();
        if self.traits.verbs.contains(&first) {
            self.finding(
                effect.as_str(),
                effect,
                site.span,
                String::new(),
                format!("`{name}` sounds as if it deletes"),
            );
        }
        self.call_unknown(site)
    }
}

/// Where the name of what is called stands.
fn name_span(callee: &Node, whole: Span) -> Span {
    match &callee.kind {
        Kind::Name(_) | Kind::Member(..) | Kind::Index(..) => callee.span,
        _ => whole,
    }
}

/// `[ … ]`, which stays one argument where lists are flat.
fn is_reference(node: &Node) -> bool {
    matches!(node.kind, Kind::Reference(_))
}

/// The name of a value's type in the language's file.
pub(super) fn type_name(value: &Value) -> Option<&str> {
    Some(match value {
        Value::Text(_) => "text",
        Value::List(_) | Value::Many(_) => "list",
        Value::Map(_) => "map",
        Value::Number(_) => "number",
        Value::Object(object) => &object.type_name,
        Value::Function(_) | Value::Partial(_) => "function",
        _ => return None,
    })
}

/// The words of a name, in lower case: split at `_`, `-` and where capitals start.
fn words(name: &str) -> impl Iterator<Item = String> {
    let mut words = vec![String::new()];
    let mut lower = false;
    for c in name.chars() {
        if matches!(c, '_' | '-' | '!' | '?') || (c.is_uppercase() && lower) {
            words.push(String::new());
        }
        lower = c.is_lowercase();
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
    }
    words.into_iter().filter(|word| !word.is_empty())
}
