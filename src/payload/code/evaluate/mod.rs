//! Follows a program without running it: which known functions it may call, with which values.
//!
//! Takes a [`Program`] and the language's [`Library`]; gives an [`Outcome`]. Every branch is taken, loops over known
//! lists go through them, other loops run once. Work is bounded by fuel; a program that needs more is opaque.

mod apply;
mod behave;
mod call;
mod compute;
mod request;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::effect::{Class, Effect, Finding};
use crate::follow::step::{Arg, Source as HoleSource};
use crate::payload::{Language, Outcome, PathRole, PathUse};
use crate::span::Span;

use super::ast::{Assign, Function, Import, Kind, Loop, Node, Part};
use super::library::Library;
use super::parser::Program;
use super::schema::{Syntax, Traits};
use super::source::Source;
use super::value::{self, Value};

/// How many nodes are followed.
const FUEL: u32 = 60_000;
/// How deep nodes and calls may nest.
const MAX_DEPTH: u32 = 120;
/// How many elements of a list are gone through one by one.
const MAX_UNROLLED: usize = 64;

/// Follows a program.
pub fn evaluate(
    program: &Program,
    source: &Source,
    library: Library,
    language: Language,
    syntax: &Syntax,
    traits: &Traits,
) -> Outcome {
    let mut evaluator = Evaluator {
        source,
        library,
        language,
        syntax,
        traits,
        names: &program.names,
        outcome: Outcome::read_only(),
        variables: HashMap::new(),
        functions: Vec::new(),
        by_name: HashMap::new(),
        classes: HashSet::new(),
        wild: Vec::new(),
        opened: Vec::new(),
        folder: None,
        fuel: FUEL,
        depth: 0,
        uncertain: 0,
        repeating: 0,
    };
    if !program.understood {
        evaluator.outcome.raise(Class::Mutating);
    }
    evaluator.block(&program.statements);
    evaluator.uncalled();
    evaluator.settle_files();
    evaluator.outcome
}

/// A function of the program.
struct Defined {
    function: Rc<Function>,
    called: bool,
    active: bool,
}

/// A file that was opened and its content dropped.
struct Opened {
    path: Value,
    span: Span,
    written: bool,
}

struct Evaluator<'a> {
    source: &'a Source,
    library: Library,
    language: Language,
    syntax: &'a Syntax,
    traits: &'a Traits,
    /// Names that the program uses, beyond defining them.
    names: &'a HashSet<String>,
    outcome: Outcome,
    variables: HashMap<String, Value>,
    functions: Vec<Defined>,
    by_name: HashMap<String, usize>,
    classes: HashSet<String>,
    /// Modules of which every member was brought in.
    wild: Vec<String>,
    opened: Vec<Opened>,
    /// The folder that the program changed to; `Some(Unknown)` when it is not known.
    folder: Option<Value>,
    fuel: u32,
    depth: u32,
    /// In how many bodies that may not run.
    uncertain: u32,
    /// In how many loops that may run any number of times.
    repeating: u32,
}

impl Evaluator<'_> {
    fn block(&mut self, nodes: &[Node]) -> Value {
        for node in nodes {
            self.define(node);
        }
        let mut value = Value::Nothing;
        for node in nodes {
            value = self.value(node);
        }
        value
    }

    /// Makes a named function known before anything runs.
    fn define(&mut self, node: &Node) {
        match &node.kind {
            Kind::Function(function) => {
                if let Some(name) = &function.name {
                    let number = self.function(function);
                    self.by_name.insert(name.clone(), number);
                }
            }
            Kind::Class(name, body) => {
                self.classes.insert(name.clone());
                body.iter().for_each(|node| self.define(node));
            }
            _ => {}
        }
    }

    /// The number of a function.
    fn function(&mut self, function: &Rc<Function>) -> usize {
        let known = self.functions.iter().position(|defined| Rc::ptr_eq(&defined.function, function));
        known.unwrap_or_else(|| {
            self.functions.push(Defined { function: Rc::clone(function), called: false, active: false });
            self.functions.len() - 1
        })
    }

    /// The value of a node, with all that following it does.
    fn value(&mut self, node: &Node) -> Value {
        if self.fuel == 0 || self.depth > MAX_DEPTH {
            self.exhausted(node.span);
            return Value::unknown();
        }
        self.fuel -= 1;
        self.depth += 1;
        let value = self.value_of(node);
        self.depth -= 1;
        value
    }

    fn value_of(&mut self, node: &Node) -> Value {
        match &node.kind {
            Kind::Nothing => Value::Nothing,
            Kind::Truth(truth) => Value::Truth(*truth),
            Kind::Number(Some(number)) => Value::Number(*number),
            Kind::Number(None) => Value::Unknown(HoleSource::Number),
            Kind::Text(parts) => self.text(parts, node.span),
            Kind::Pattern(parts) => {
                self.text(parts, node.span);
                Value::unknown()
            }
            Kind::Command(parts) => {
                let line = self.text(parts, node.span);
                let before = self.outcome.carried.len();
                self.run_shell(line, node.span);
                apply::printed(self.outcome.carried.get(before..).unwrap_or_default())
            }
            Kind::Glob(parts) => {
                let pattern = self.text(parts, node.span);
                compute::glob(&pattern, self.place(node.span))
            }
            Kind::Hole => {
                self.opaque(node.span, "part of the program is only known when it runs");
                Value::unknown()
            }
            Kind::Name(name) => self.name(name),
            Kind::Member(of, name) => {
                let of = self.value(of);
                self.member(of, name)
            }
            Kind::Index(of, key) => self.index(of, key),
            Kind::Call(call) => self.call(call, node.span),
            Kind::List(nodes) => self.list(nodes),
            Kind::Map(entries) => self.map(entries),
            Kind::Pair(_, value) | Kind::Spread(value) => self.value(value),
            Kind::Reference(inner) => self.reference(inner),
            Kind::Join(nodes) => self.joined(nodes, node.span),
            Kind::Repeat(text, times) => self.repeated(text, times, node.span),
            Kind::Format(format, arguments) => {
                let format = self.value(format);
                let arguments = self.value(arguments);
                compute::percent(&format, &arguments, self.place(node.span))
            }
            Kind::Either(nodes) => {
                let values: Vec<Value> = nodes.iter().map(|node| self.value(node)).collect();
                values.into_iter().filter(|value| !value.is_false()).reduce(Value::or).unwrap_or(Value::Nothing)
            }
            Kind::Operation(nodes) => {
                let values: Vec<Value> = nodes.iter().map(|node| self.value(node)).collect();
                compute::operation(values)
            }
            Kind::Assign(assign) => self.assignment(assign),
            Kind::Function(function) => {
                let number = self.function(function);
                if let Some(name) = &function.name {
                    self.by_name.insert(name.clone(), number);
                }
                Value::Function(number)
            }
            Kind::Loop(inner) => self.follow_loop(inner),
            Kind::Branch(nodes) => {
                self.uncertain += 1;
                let value = self.block(nodes);
                self.uncertain -= 1;
                value
            }
            Kind::Block(nodes) => self.block(nodes),
            Kind::Class(name, body) => {
                self.classes.insert(name.clone());
                self.uncertain += 1;
                self.block(body);
                self.uncertain -= 1;
                Value::Named(name.as_str().into())
            }
            Kind::Import(imports) => {
                imports.iter().for_each(|import| self.import(import));
                Value::Nothing
            }
        }
    }

    /// Where a place of the program stands in the request.
    fn place(&self, span: Span) -> Span {
        self.source.locate(span)
    }

    fn text(&mut self, parts: &[Part], span: Span) -> Value {
        if let [Part::Known(text)] = parts {
            self.outcome.prints(Arg::known(text.clone(), text.source()));
            return Value::text(text.clone());
        }
        let values: Vec<Value> = parts
            .iter()
            .map(|part| match part {
                Part::Known(text) => Value::text(text.clone()),
                Part::Hole(at) => Value::pieces(
                    vec![crate::follow::step::Piece::Hole(self.source.hole(*at))],
                    self.source.locate(span),
                ),
                Part::Code(node) => self.value(node),
            })
            .collect();
        let text = value::join(values, self.place(span));
        if let Value::Text(arg) = &text {
            self.outcome.prints((**arg).clone());
        }
        text
    }

    fn joined(&mut self, nodes: &[Node], span: Span) -> Value {
        let values: Vec<Value> = nodes.iter().map(|node| self.value(node)).collect();
        compute::add(values, self.place(span))
    }

    fn repeated(&mut self, text: &Node, times: &Node, span: Span) -> Value {
        let text = self.value(text);
        let times = self.value(times);
        match (&text, times) {
            (Value::Text(arg), Value::Number(times @ 0..=64)) if arg.pieces.len() <= 1 => {
                value::join(vec![text.clone(); times as usize], self.place(span))
            }
            (Value::List(values), Value::Number(times @ 0..=8)) => {
                Value::list(std::iter::repeat_n(values.iter().cloned(), times as usize).flatten().collect())
            }
            (Value::Number(_), Value::Number(_)) => Value::Unknown(HoleSource::Number),
            _ => Value::unknown(),
        }
    }

    fn name(&mut self, name: &str) -> Value {
        if let Some(value) = self.variables.get(name) {
            return value.clone();
        }
        if let Some(number) = self.by_name.get(name) {
            return Value::Function(*number);
        }
        match self.named(name) {
            Value::Named(_) if name.starts_with(['$', '@', '%']) => {
                Value::Unknown(HoleSource::Variable(name.to_owned()))
            }
            value => value,
        }
    }

    /// What a full name stands for.
    fn named(&self, name: &str) -> Value {
        let written = name.replace("::", ".").replace('\\', ".");
        let mut name = String::with_capacity(written.len());
        for part in written.split('.').filter(|part| !part.is_empty()) {
            if !name.is_empty() {
                name.push('.');
            }
            name.push_str(part);
            if let Some(target) = self.library.alias(&name) {
                target.clone_into(&mut name);
            }
        }
        if let Some(known) = self.library.value(&name).or_else(|| self.library.value_in(&name)) {
            return compute::known(known, &name);
        }
        Value::Named(name.into())
    }

    fn member(&mut self, of: Value, name: &str) -> Value {
        match &of {
            Value::Named(path) if path.is_empty() => self.name(name),
            Value::Named(_) if self.traits.transparent.iter().any(|member| member == name) => of,
            Value::Named(path) => match self.variables.get(&format!("{path}.{name}")) {
                Some(value) => value.clone(),
                None => self.named(&format!("{path}.{name}")),
            },
            Value::Map(_) => match of.entry(name) {
                Some(value) => value,
                None => Value::Method(Rc::new((of, name.to_owned()))),
            },
            Value::Either(values) if values.iter().all(|value| matches!(value, Value::Named(_))) => {
                let values = values.to_vec();
                values.into_iter().map(|value| self.member(value, name)).reduce(Value::or).unwrap_or(Value::Nothing)
            }
            _ => Value::Method(Rc::new((of, name.to_owned()))),
        }
    }

    /// `of[key]`, where `of` is a variable with a sigil: `$h{x}` is an element of `%h`, `$a[0]` one of `@a`.
    fn indexed_variable(&mut self, name: &str, key: &Node) -> Option<Value> {
        if !name.starts_with('$') || self.variables.contains_key(name) {
            return None;
        }
        if let Some(key) = key.literal() {
            let member = format!("{name}.{key}");
            if let Some(known) = self.library.value(&member).or_else(|| self.library.value_in(&member)) {
                return Some(compute::known(known, &member));
            }
        }
        let sigils = if matches!(key.kind, Kind::Text(_)) { ['%', '@'] } else { ['@', '%'] };
        let container = sigils.iter().find_map(|sigil| {
            let name = format!("{sigil}{}", name.trim_start_matches('$'));
            let known = || self.library.value(&name).map(|known| compute::known(known, &name));
            self.variables.get(&name).cloned().or_else(known)
        })?;
        let key = self.value(key);
        Some(compute::element_at(&container, &key))
    }

    fn index(&mut self, of: &Node, key: &Node) -> Value {
        if let Kind::Name(name) = &of.kind
            && let Some(value) = self.indexed_variable(name, key)
        {
            return value;
        }
        let container = self.value(of);
        if let Value::Named(path) = &container {
            // `Dir['*']`
            if let Some(meanings) = self.library.function(&format!("{path}.[]")) {
                let key = self.value(key);
                let site = self.plain_site(of.span, vec![key], false);
                return self.apply(&meanings, site);
            }
        }
        if let Kind::List(parts) = &key.kind {
            let parts: Vec<Value> = parts.iter().map(|part| self.value(part)).collect();
            return compute::slice(&container, &parts, self.place(of.span));
        }
        let key_value = self.value(key);
        if let (Value::Named(_), Some(key)) = (&container, key_value.as_text()) {
            let key = key.to_owned();
            return self.member(container, &key);
        }
        if let (Value::Named(path), false) = (&container, key_value.as_text().is_some())
            && matches!(key_value, Value::Unknown(_) | Value::Text(_) | Value::Named(_))
        {
            // A member of a module that is only known when it runs.
            return self.named(&format!("{path}.*"));
        }
        compute::element_at(&container, &key_value)
    }

    fn list(&mut self, nodes: &[Node]) -> Value {
        let mut values = Vec::new();
        let mut open = false;
        for node in nodes {
            let value = self.value(node);
            let spreads =
                matches!(node.kind, Kind::Spread(_)) || (self.syntax.brace_index && matches!(value, Value::List(_)));
            match (spreads, value) {
                (true, Value::List(more)) => values.extend(more.iter().cloned()),
                (true, other) => {
                    open = true;
                    values.push(other.element());
                }
                (false, Value::Many(value)) if nodes.len() == 1 && self.syntax.brace_index => {
                    return Value::Many(value);
                }
                (false, value) => values.push(value),
            }
        }
        if open {
            return Value::Many(Rc::new(values.into_iter().reduce(Value::or).unwrap_or(Value::Nothing)));
        }
        Value::list(values)
    }

    fn map(&mut self, entries: &[(Option<Node>, Node)]) -> Value {
        let mut values = Vec::new();
        for (key, node) in entries {
            let key = key.as_ref().map(|key| self.value(key));
            let value = self.value(node);
            match (key, value) {
                (Some(key), value) => values.push((key.as_text().unwrap_or("").to_owned(), value)),
                (None, Value::Map(more)) => values.extend(more.iter().cloned()),
                (None, value) => values.push((String::new(), value)),
            }
        }
        Value::Map(Rc::new(values))
    }

    fn reference(&mut self, inner: &Node) -> Value {
        match &inner.kind {
            // `&File.rm/1`
            Kind::Operation(nodes) => match nodes.first() {
                Some(first) => self.reference(first),
                None => Value::unknown(),
            },
            Kind::Call(call) if call.arguments.is_empty() && self.syntax.members_are_calls => self.value(&call.callee),
            Kind::Text(_) => {
                // `&:delete`: a method of whatever it gets.
                let name = self.value(inner);
                match name.as_text() {
                    Some(name) => Value::Method(Rc::new((Value::Nothing, name.to_owned()))),
                    None => Value::unknown(),
                }
            }
            _ => self.value(inner),
        }
    }

    fn assignment(&mut self, assign: &Assign) -> Value {
        let value = self.value(&assign.value);
        let value = if assign.append {
            let before = self.value(&assign.target);
            let mut parts = vec![before, value];
            if self.repeating > 0 {
                parts.push(Value::unknown());
            }
            compute::add(parts, self.place(assign.value.span))
        } else {
            value
        };
        self.assign(&assign.target, value.clone());
        value
    }

    /// Binds what a pattern names.
    fn assign(&mut self, target: &Node, value: Value) {
        match &target.kind {
            Kind::Name(name) => self.bind(name, value),
            Kind::Assign(inner) => {
                let value = match value {
                    Value::Nothing => self.value(&inner.value),
                    other => other,
                };
                self.assign(&inner.target, value);
            }
            Kind::List(nodes) => {
                let elements = value.elements();
                for (index, node) in nodes.iter().enumerate() {
                    if let Kind::Spread(rest) = &node.kind {
                        let rest_value = match &elements {
                            Some(elements) => Value::list(elements.iter().skip(index).cloned().collect()),
                            None => Value::Many(Rc::new(value.element())),
                        };
                        self.assign(rest, rest_value);
                        continue;
                    }
                    let element = match &elements {
                        Some(elements) => elements.get(index).cloned().unwrap_or(Value::Nothing),
                        None => value.element(),
                    };
                    self.assign(node, element);
                }
            }
            Kind::Map(entries) => {
                for (key, node) in entries {
                    let key = key.as_ref().and_then(Node::literal);
                    let value = match key {
                        Some(key) => self.settled_member(value.clone(), &key),
                        None => value.clone(),
                    };
                    self.assign(node, value);
                }
            }
            Kind::Member(of, name) => {
                let of = self.value(of);
                if let Value::Named(path) = of {
                    self.bind(&format!("{path}.{name}"), value);
                }
            }
            Kind::Call(call) if call.arguments.is_empty() => self.assign(&call.callee, value),
            Kind::Index(of, key) => {
                self.value(of);
                self.value(key);
            }
            Kind::Spread(inner) | Kind::Reference(inner) => self.assign(inner, value),
            Kind::Block(nodes) => {
                if let Some(last) = nodes.last() {
                    self.assign(last, value);
                }
            }
            _ => {}
        }
    }

    /// A member that is read, not called.
    fn settled_member(&mut self, of: Value, name: &str) -> Value {
        match self.member(of, name) {
            Value::Method(_) => Value::unknown(),
            other => other,
        }
    }

    fn bind(&mut self, name: &str, value: Value) {
        let value = match self.variables.get(name) {
            Some(before) if self.uncertain > 0 => before.clone().or(value),
            _ => value,
        };
        self.variables.insert(name.to_owned(), value);
    }

    fn import(&mut self, import: &Import) {
        let mut name = import.name.as_str();
        for prefix in &self.traits.prefixes {
            name = name.strip_prefix(prefix.as_str()).unwrap_or(name);
        }
        match &import.bound {
            Some(bound) => {
                let value = self.named(&name.replace('/', "."));
                self.variables.insert(bound.clone(), value);
            }
            None => self.wild.push(name.replace("::", ".")),
        }
    }

    fn follow_loop(&mut self, inner: &Loop) -> Value {
        let over = self.value(&inner.over);
        let elements = over.elements().filter(|elements| elements.len() <= MAX_UNROLLED);
        let is_loop_over = inner.pattern.is_some();
        match elements {
            Some(elements) if is_loop_over => {
                let mut values = Vec::new();
                for element in elements {
                    if self.fuel == 0 {
                        break;
                    }
                    if let Some(pattern) = &inner.pattern {
                        self.bind_pattern(pattern, element);
                    }
                    values.push(self.value(&inner.body));
                }
                Value::list(values)
            }
            _ => {
                self.uncertain += 1;
                self.repeating += 1;
                if let Some(pattern) = &inner.pattern {
                    self.bind_pattern(pattern, over.element());
                }
                let value = self.value(&inner.body);
                self.repeating -= 1;
                self.uncertain -= 1;
                Value::Many(Rc::new(value))
            }
        }
    }

    /// Binds the variables of a loop or function, whatever they held before.
    fn bind_pattern(&mut self, pattern: &Node, value: Value) {
        let uncertain = std::mem::take(&mut self.uncertain);
        self.assign(pattern, value);
        self.uncertain = uncertain;
    }

    /// Follows the functions that nothing called, as what else calls them is not known.
    fn uncalled(&mut self) {
        let mut index = 0;
        while index < self.functions.len() && self.fuel > 0 {
            let skip = self.functions.get(index).is_none_or(|defined| {
                defined.called || defined.function.name.as_ref().is_some_and(|name| !self.is_used(name))
            });
            if !skip {
                self.uncertain += 1;
                self.call_function(index, None);
                self.uncertain -= 1;
            }
            index += 1;
        }
    }

    /// Whether a named function may be called: its name stands somewhere, or the language calls it by itself.
    fn is_used(&self, name: &str) -> bool {
        self.names.contains(name)
            || name.starts_with("__")
            || matches!(name, "constructor" | "initialize" | "main" | "MAIN")
    }

    /// Files that were opened for writing: written to, or left empty.
    fn settle_files(&mut self) {
        for opened in std::mem::take(&mut self.opened) {
            let role = if opened.written { PathRole::Writes } else { PathRole::Empties };
            self.use_path(role, &opened.path, opened.span);
        }
    }

    /// Names a path that the program works on.
    fn use_path(&mut self, role: PathRole, path: &Value, span: Span) {
        match path {
            Value::Either(values) | Value::List(values) => {
                values.iter().for_each(|value| self.use_path(role, value, span));
            }
            Value::Many(value) => self.use_path(role, value, span),
            Value::Map(entries) => entries.iter().for_each(|(_, value)| self.use_path(role, value, span)),
            _ => {
                let path = self.in_folder(path.clone(), span).into_arg(self.place(span));
                let rule = self.rule(match role {
                    PathRole::Deletes => "delete",
                    PathRole::Empties => "empty",
                    PathRole::Writes => "write",
                    PathRole::Reads => "read",
                    PathRole::ChangesMode => "mode",
                    PathRole::Sends => "send",
                });
                let path_use = PathUse { role, path, rule };
                if !self.outcome.paths.contains(&path_use) {
                    self.outcome.paths.push(path_use);
                }
            }
        }
    }

    /// A relative path, in the folder that the program changed to.
    fn in_folder(&self, path: Value, span: Span) -> Value {
        let Some(folder) = &self.folder else { return path };
        let absolute = match &path {
            Value::Text(arg) => {
                arg.prefix().starts_with(['/', '~'])
                    || (arg.prefix().is_empty() && arg.pieces.first().is_some_and(is_absolute))
            }
            _ => false,
        };
        if absolute {
            return path;
        }
        let place = self.place(span);
        value::join(vec![folder.clone(), Value::computed("/", place), path], place)
    }

    fn rule(&self, what: &str) -> Cow<'static, str> {
        Cow::Owned(format!("{}.{what}", self.traits.language))
    }

    fn finding(&mut self, what: &str, effect: Effect, span: Span, subject: String, because: String) {
        let finding = Finding {
            rule: self.rule(what),
            class: Class::Destructive,
            effect: Some(effect),
            span: self.place(span),
            subject,
            because: Cow::Owned(because),
            instead: None,
        };
        self.outcome.raise(Class::Destructive);
        if !self.outcome.findings.contains(&finding) {
            self.outcome.findings.push(finding);
        }
    }

    fn opaque(&mut self, span: Span, because: &'static str) {
        self.finding("eval", Effect::Opaque, span, String::new(), because.to_owned());
    }

    fn exhausted(&mut self, span: Span) {
        self.opaque(span, "the program is too large to follow");
    }

    fn arg(&self, value: Value, span: Span) -> Arg {
        value.into_arg(self.place(span))
    }
}

/// Whether a piece in front of a path makes it absolute.
fn is_absolute(piece: &crate::follow::step::Piece) -> bool {
    use crate::follow::step::Piece;
    match piece {
        Piece::Text(text) => text.as_str().starts_with('/'),
        Piece::Hole(hole) => matches!(
            hole.source,
            HoleSource::Home | HoleSource::StartFolder | HoleSource::FreshTemporary | HoleSource::TemporaryFolder
        ),
    }
}
