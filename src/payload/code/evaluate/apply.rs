//! What a call of a known function does.

use std::rc::Rc;

use crate::effect::{Class, Effect};
use crate::follow::step::{Arg, Piece, Source};
use crate::payload::language::Language;
use crate::payload::{Carried, PathRole};
use crate::span::Span;

use super::super::schema::{Compute, Guard, Meaning, Passes, Runs, Slot};
use super::super::value::{self, Object, Value, hole};
use super::Evaluator;
use super::call::Site;
use super::held::printed;

/// Words that SQL statements start with.
const STATEMENTS: &[&str] = &[
    "select", "insert", "update", "delete", "drop", "create", "alter", "truncate", "with", "pragma", "explain",
    "begin", "commit", "rollback", "grant", "revoke", "vacuum", "merge", "replace", "set", "show", "use", "call", "do",
    "copy", "attach", "analyze", "reindex", "describe", "lock", "rename", "exec", "execute", "declare",
];

impl Evaluator<'_> {
    /// Applies the first of `meanings` that holds; without any, the function changes nothing.
    pub(super) fn apply(&mut self, meanings: &[Meaning], site: Site<'_>) -> Value {
        if meanings.is_empty() {
            self.invoke_functions(&site);
            return self.made_of(&site);
        }
        match meanings.iter().find(|meaning| meaning.guard.as_ref().is_none_or(|guard| self.holds(guard, &site))) {
            Some(meaning) => self.apply_one(meaning, &site),
            None => {
                self.outcome.raise(Class::Mutating);
                self.invoke_functions(&site);
                Value::unknown()
            }
        }
    }

    fn holds(&self, guard: &Guard, site: &Site<'_>) -> bool {
        let count = site.positional.len();
        let text = |slot: &Slot| site.slot(slot).first().and_then(Value::as_text).map(str::to_owned);
        let start = |slot: &Slot| match site.slot(slot).into_iter().next() {
            Some(Value::Text(arg)) => Some(arg.prefix().to_owned()),
            _ => text(slot),
        };
        guard.at_least.is_none_or(|least| count >= usize::from(least))
            && guard.at_most.is_none_or(|most| count <= usize::from(most) && !site.open)
            && guard.given.as_ref().is_none_or(|slot| site.slot(slot).iter().any(|value| !value.is_false()))
            && guard.starts.as_ref().is_none_or(|(slot, words)| {
                start(slot).is_some_and(|text| words.iter().any(|word| text.starts_with(word.as_str())))
            })
            && guard.holds.as_ref().is_none_or(|(slot, words)| {
                text(slot).is_some_and(|text| words.iter().any(|word| text.contains(word.as_str())))
            })
            && (!guard.named || !site.named.is_empty())
            && (!guard.template || site.template)
            && (!guard.of_class || matches!(&site.receiver, Some(Value::Named(name)) if is_class(name)))
    }

    fn apply_one(&mut self, meaning: &Meaning, site: &Site<'_>) -> Value {
        if let Some(class) = meaning.class {
            self.outcome.raise(class);
        }
        if let Some(effect) = meaning.effect {
            let because = format!("`{}` {}", site.name, effect.meaning());
            self.finding(effect.as_str(), effect, site.span, subject_of(site), because);
        }
        self.paths(meaning, site);
        let before = self.outcome.carried.len();
        self.runs(meaning, site);
        let output = match printed(self.outcome.carried.get(before..).unwrap_or_default()) {
            Value::Unknown(Source::Other) => self.made_of(site),
            printed => printed,
        };
        if let Some(http) = &meaning.http {
            self.request(http, site);
        }
        if meaning.transmits {
            self.sends_arguments(site);
        }
        for slot in &meaning.invokes {
            let over = meaning.elements.as_ref().map(|slot| self.elements_of(Some(slot), site));
            for callee in site.slot(slot) {
                match &over {
                    Some(over) => {
                        self.call_for_each(&callee, over, site.span);
                    }
                    None => {
                        let open = self.plain_site(site.span, Vec::new(), true);
                        self.call_value(callee, open);
                    }
                }
            }
        }
        let calls_itself = matches!(meaning.computes, Some(Compute::Map | Compute::Select));
        if meaning.invokes.is_empty() && meaning.does.is_none() && meaning.passes.is_none() && !calls_itself {
            self.invoke_functions(site);
        }
        let done = meaning.does.map(|behaviour| self.behave(behaviour, site));
        let value = match (meaning.computes, done) {
            (Some(compute), _) => self.computed(compute, site),
            (None, Some(value)) => value,
            (None, None) if meaning.gives.is_some() && meaning.http.is_none() => first_subject(site),
            (None, None) => output,
        };
        let value = match &meaning.gives {
            Some(type_name) => self.typed(type_name, value, site),
            None => value,
        };
        if let Some(passes) = meaning.passes {
            self.pass(passes, &value, site);
        }
        value
    }

    /// Calls the functions among the arguments with what the call gives.
    fn pass(&mut self, passes: Passes, value: &Value, site: &Site<'_>) {
        for callee in site.positional.iter().filter(|value| matches!(value, Value::Function(_))) {
            match passes {
                Passes::Value => {
                    let inner = self.plain_site(site.span, vec![value.clone()], false);
                    self.call_value(callee.clone(), inner);
                }
                Passes::Elements => {
                    self.call_for_each(callee, value, site.span);
                }
            }
        }
    }

    /// `value` as an object of a type; the elements of a list each.
    fn typed(&self, type_name: &str, value: Value, site: &Site<'_>) -> Value {
        let object =
            |subject: Value| Value::Object(Rc::new(Object { type_name: type_name.to_owned(), subject, opened: None }));
        match value {
            Value::Many(inner) => Value::Many(Rc::new(object((*inner).clone()))),
            Value::List(values) => Value::list(values.iter().cloned().map(object).collect()),
            Value::Object(inner) if inner.type_name == type_name => Value::Object(inner),
            Value::Object(inner) if site.receiver.is_some() => object(inner.subject.clone()),
            other => object(other),
        }
    }

    fn paths(&mut self, meaning: &Meaning, site: &Site<'_>) {
        let empty = meaning.content.as_ref().is_some_and(|slot| {
            let values = site.slot(slot);
            !values.is_empty() && values.iter().all(|value| value.as_text() == Some("") && value.is_text())
        });
        let mut given: Vec<(PathRole, bool)> = Vec::new();
        let mut uses: Vec<(PathRole, Value)> = Vec::new();
        for (role, slot) in &meaning.paths {
            let role = if empty && *role == PathRole::Writes { PathRole::Empties } else { *role };
            let values: Vec<Value> = match slot {
                Slot::Topic => match given.iter().any(|(other, any)| *other == role && *any) {
                    true => Vec::new(),
                    false => self.variables.get(&self.syntax.topic).cloned().into_iter().collect(),
                },
                slot => site.slot(slot).into_iter().filter(|value| is_path(value) && !self.is_option(value)).collect(),
            };
            given.push((role, !values.is_empty()));
            uses.extend(values.into_iter().map(|value| (role, value)));
        }
        for (role, value) in through_null(uses) {
            self.use_path(role, &value, site.span);
        }
        let mut roles: Vec<PathRole> = given.iter().map(|(role, _)| *role).collect();
        roles.dedup();
        for role in roles {
            if !given.iter().any(|(other, any)| *other == role && *any) && role != PathRole::Reads {
                self.use_path(role, &Value::unknown(), site.span);
            }
        }
    }

    /// Whether an argument is an option of a command rather than what it works on.
    fn is_option(&self, value: &Value) -> bool {
        let start = self.traits.option_start.as_str();
        !start.is_empty() && value.as_text().is_some_and(|text| text.starts_with(start))
    }

    fn runs(&mut self, meaning: &Meaning, site: &Site<'_>) {
        let mut words: Vec<Value> = Vec::new();
        let mut runs_program = false;
        for (runs, slot) in &meaning.runs {
            match runs {
                Runs::Program => {
                    runs_program = true;
                    words.extend(site.slot(slot));
                }
                Runs::Line => {
                    let values: Vec<Value> =
                        site.slot(slot).into_iter().filter(|value| !matches!(value, Value::Map(_))).collect();
                    match values.as_slice() {
                        [one] if !matches!(one, Value::List(_) | Value::Many(_)) => self.run_line(one.clone(), site),
                        _ => self.run_program(values, site.span),
                    }
                }
                Runs::Shell => {
                    for value in self.given(slot, site) {
                        self.run_line(value, site);
                    }
                }
                Runs::Code(language) => {
                    for value in self.given(slot, site) {
                        self.run_code(*language, value, site);
                    }
                }
                Runs::Statement(language) => {
                    for value in site.slot(slot) {
                        self.run_statement(*language, value, site);
                    }
                }
                Runs::File(language) => {
                    for value in site.slot(slot) {
                        if let Value::Function(number) = value {
                            self.call_function(number, None);
                            continue;
                        }
                        let path = self.arg(value, site.span);
                        if is_remote(path.prefix()) {
                            self.opaque(site.span, "runs a file from elsewhere that cannot be read first");
                        }
                        self.outcome.carried.push(Carried::File { language: *language, path });
                    }
                }
            }
        }
        if runs_program {
            let shell =
                meaning.shell_when.as_ref().is_some_and(|slot| site.slot(slot).iter().any(|value| !value.is_false()));
            if shell {
                let line = value::join(spaced(words), self.place(site.span));
                self.run_shell(line, site.span);
            } else {
                self.run_with_input(words, meaning.input.as_ref(), site);
            }
        }
    }

    /// The values of a slot, or one that is not known when nothing is given.
    fn given(&self, slot: &Slot, site: &Site<'_>) -> Vec<Value> {
        let values = site.slot(slot);
        if values.is_empty() && !matches!(slot, Slot::Named(_)) {
            let topic = self.variables.get(&self.syntax.topic).cloned();
            return vec![topic.unwrap_or_else(Value::unknown)];
        }
        values
    }

    fn run_line(&mut self, value: Value, site: &Site<'_>) {
        match value {
            Value::List(values) => self.run_program(values.to_vec(), site.span),
            Value::Function(number) => {
                self.call_function(number, None);
            }
            other => self.run_shell(other, site.span),
        }
    }

    /// A line for a shell runs.
    pub(super) fn run_shell(&mut self, line: Value, span: Span) {
        for line in line.alternatives() {
            let text = match line {
                Value::List(values) => {
                    let joined = value::join(spaced(values.to_vec()), self.place(span));
                    self.arg(joined, span)
                }
                other => self.arg(other, span),
            };
            self.outcome.carried.push(Carried::Shell { text, arguments: Vec::new() });
        }
    }

    /// A program runs with arguments.
    pub(super) fn run_program(&mut self, words: Vec<Value>, span: Span) {
        let words = self.program_words(words, span);
        self.outcome.carried.push(Carried::Arguments(words));
    }

    fn program_words(&self, values: Vec<Value>, span: Span) -> Vec<Arg> {
        let mut words = Vec::new();
        for value in values {
            match value {
                Value::List(values) => words.extend(self.program_words(values.to_vec(), span)),
                Value::Many(inner) => words.push(any_number(&inner, self.place(span))),
                Value::Map(_) | Value::Function(_) | Value::Nothing | Value::Truth(_) => {}
                Value::Either(values) if values.iter().all(|value| matches!(value, Value::List(_))) => {
                    words.push(any_number(&Value::unknown(), self.place(span)));
                }
                other => words.push(self.arg(other, span)),
            }
        }
        if words.is_empty() {
            words.push(any_number(&Value::unknown(), self.place(span)));
        }
        words
    }

    fn run_with_input(&mut self, words: Vec<Value>, input: Option<&Slot>, site: &Site<'_>) {
        let words: Vec<Value> = words
            .into_iter()
            .flat_map(|value| match value {
                // A program that is not known beyond being a list.
                Value::Unknown(source) => vec![Value::Many(Rc::new(Value::Unknown(source)))],
                other => vec![other],
            })
            .collect();
        let words = self.program_words(words, site.span);
        let shell = words.first().and_then(Arg::text).is_some_and(is_shell) && words.len() <= 2;
        if let Some(value) = input.and_then(|slot| site.slot(slot).into_iter().next()).filter(|_| shell) {
            self.run_shell(value, site.span);
        }
        self.outcome.carried.push(Carried::Arguments(words));
    }

    fn run_code(&mut self, language: Language, value: Value, site: &Site<'_>) {
        match value {
            Value::Function(number) => {
                self.call_function(number, None);
            }
            Value::Named(name) => {
                let inner = self.plain_site(site.span, Vec::new(), true);
                self.call_named_value(&name, inner);
            }
            Value::Map(_) | Value::List(_) if language != Language::Mongo => {
                self.run_code(language, Value::unknown(), site);
            }
            other => {
                for value in other.alternatives() {
                    let text = self.arg(value, site.span);
                    if text.pieces.iter().any(|piece| matches!(piece, Piece::Text(_))) || text.pieces.is_empty() {
                        self.outcome.carried.push(Carried::Code { language, text });
                    } else {
                        self.opaque(site.span, "code runs that is only known when the program runs");
                    }
                }
            }
        }
    }

    fn call_named_value(&mut self, name: &str, site: Site<'_>) {
        self.call_value(Value::Named(name.into()), site);
    }

    /// A text that may be a statement for a database.
    fn run_statement(&mut self, language: Language, value: Value, site: &Site<'_>) {
        for value in value.alternatives() {
            let text = self.arg(value, site.span);
            let start: String = text
                .prefix()
                .trim_start_matches(|c: char| !c.is_alphabetic())
                .chars()
                .take_while(|c| c.is_alphabetic())
                .collect();
            if STATEMENTS.contains(&start.to_ascii_lowercase().as_str()) {
                self.outcome.carried.push(Carried::Code { language, text });
            } else {
                self.outcome.raise(Class::Mutating);
            }
        }
    }

    /// A process gets a signal.
    pub(super) fn kill(&mut self, signal: Option<&Value>, processes: &[Value], span: Span) {
        let harmless = matches!(signal, Some(Value::Number(0)))
            || signal.and_then(Value::as_text).is_some_and(|name| name == "0" || name == "ZERO");
        if harmless {
            return;
        }
        self.outcome.raise(Class::Mutating);
        for process in processes {
            let everybody = match process {
                Value::Number(number) => *number == -1 || *number == 1,
                other => matches!(other.as_text(), Some("-1" | "1")),
            };
            if everybody {
                self.finding(
                    "kill",
                    Effect::Disrupt,
                    span,
                    String::new(),
                    "signals every process that it may".to_owned(),
                );
            }
        }
    }
}

/// Whether a path is an address of something elsewhere.
fn is_remote(path: &str) -> bool {
    ["http://", "https://", "ftp://", "ftps://"].iter().any(|scheme| path.starts_with(scheme))
}

/// What is moved to `/dev/null` is gone, and what `/dev/null` is moved or copied to is empty.
fn through_null(mut uses: Vec<(PathRole, Value)>) -> Vec<(PathRole, Value)> {
    let null = uses.iter().position(|(_, value)| value.as_text() == Some("/dev/null"));
    let Some(at) = null.filter(|_| uses.len() == 2) else { return uses };
    let (role, _) = uses.remove(at);
    let comes_first = at == 0 || role == PathRole::Reads;
    for (role, _) in uses.iter_mut().filter(|(role, _)| *role == PathRole::Writes) {
        *role = if comes_first { PathRole::Empties } else { PathRole::Deletes };
    }
    uses
}

/// Whether a value can be a path among the arguments of a function.
fn is_path(value: &Value) -> bool {
    !matches!(value, Value::Map(_) | Value::Truth(_) | Value::Function(_) | Value::Nothing | Value::Number(_))
}

/// Any number of words.
fn any_number(value: &Value, place: Span) -> Arg {
    let mut pieces = match value {
        Value::Text(arg) => arg.pieces.clone(),
        _ => vec![hole(Source::Other)],
    };
    if let Some(Piece::Hole(last)) = pieces.last_mut() {
        last.splits = true;
    }
    Arg { pieces, span: place }
}

/// Values with a blank between them.
pub(super) fn spaced(values: Vec<Value>) -> Vec<Value> {
    let mut parts = Vec::new();
    for value in values {
        let elements = match value {
            Value::List(values) => values.to_vec(),
            Value::Map(_) | Value::Function(_) | Value::Nothing => continue,
            other => vec![other],
        };
        for element in elements {
            if !parts.is_empty() {
                parts.push(Value::computed(" ", Span::default()));
            }
            parts.push(element);
        }
    }
    parts
}

/// Whether a name is written as classes are.
fn is_class(name: &str) -> bool {
    name.rsplit('.').next().is_some_and(|last| last.starts_with(char::is_uppercase))
}

pub(super) fn is_shell(program: &str) -> bool {
    let name = program.rsplit('/').next().unwrap_or(program);
    matches!(name, "sh" | "bash" | "dash" | "zsh" | "ksh" | "ash")
}

/// Whether a line starts a shell that reads its commands from standard input.
pub(super) fn reads_commands(line: &str) -> bool {
    let mut words = line.split_whitespace();
    words.next().is_some_and(is_shell) && words.all(|word| word.starts_with('-') && !word.contains('c'))
}

/// What a call is done to, for people.
fn subject_of(site: &Site<'_>) -> String {
    site.positional.iter().find_map(Value::as_text).unwrap_or("").chars().take(80).collect()
}

/// What an object is made from: the first argument.
fn first_subject(site: &Site<'_>) -> Value {
    match (&site.receiver, site.positional.first()) {
        (_, Some(first)) => first.clone(),
        (Some(Value::Object(object)), None) => object.subject.clone(),
        _ => site.named.first().map_or(Value::Nothing, |(_, value)| value.clone()),
    }
}
