//! Follows a program without running it: which known functions it may call, with which values.
//!
//! Takes a [`Program`] and the language's [`Library`]; gives an [`Outcome`]. Every branch is taken, loops over known
//! lists go through them, other loops run once. Work is bounded by fuel; a program that needs more is opaque.

mod apply;
mod behave;
mod bind;
mod call;
mod compute;
mod functions;
mod held;
mod names;
mod paths;
mod request;
mod texts;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::effect::{Class, Effect, Finding};
use crate::follow::step::{Arg, Source as HoleSource};
use crate::payload::{Language, Outcome};
use crate::span::Span;

use super::ast::{Function, Kind, Node, Part};
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
                held::printed(self.outcome.carried.get(before..).unwrap_or_default())
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
                texts::percent(&format, &arguments, self.place(node.span))
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
