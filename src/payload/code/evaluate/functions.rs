//! Calls the functions of the program itself, with what they get.

use std::rc::Rc;

use crate::span::Span;

use super::super::ast::{Kind, Node};
use super::super::schema::{Compute, Slot};
use super::super::value::Value;
use super::call::{Site, type_name};
use super::{Evaluator, compute};

impl Evaluator<'_> {
    /// Calls what an unknown function got as arguments, as it may do.
    pub(super) fn call_back(&mut self, site: &Site<'_>) {
        let values: Vec<Value> =
            site.positional.iter().chain(site.named.iter().map(|(_, value)| value)).cloned().collect();
        for (index, value) in values.iter().enumerate() {
            match value {
                Value::Function(number) => {
                    self.call_function(*number, None);
                }
                Value::Named(_) | Value::Partial(_) | Value::Method(_) if self.has_effects(value) => {
                    let mut positional: Vec<Value> = site.positional.iter().skip(index + 1).cloned().collect();
                    if let Some((_, Value::List(arguments))) = site.named.iter().find(|(name, _)| name == "args") {
                        positional = arguments.to_vec();
                    }
                    let open = positional.is_empty();
                    self.call_value(value.clone(), self.plain_site(site.span, positional, open));
                }
                _ => {}
            }
        }
    }

    /// Calls the functions among the arguments, which a pure function may do.
    pub(super) fn invoke_functions(&mut self, site: &Site<'_>) {
        let element = site.receiver.as_ref().map_or_else(Value::unknown, Value::element);
        for value in &site.positional {
            if let Value::Function(number) = value {
                let inner = self.plain_site(site.span, vec![element.clone()], true);
                self.call_function(*number, Some(&inner));
            }
        }
    }

    /// Calls a function of the program; without a site, with arguments that are not known.
    pub(super) fn call_function(&mut self, number: usize, site: Option<&Site<'_>>) -> Value {
        let Some(defined) = self.functions.get_mut(number) else { return Value::unknown() };
        defined.called = true;
        if defined.active || self.fuel == 0 {
            return Value::unknown();
        }
        defined.active = true;
        let function = Rc::clone(&defined.function);
        let mut saved = Vec::new();
        for (index, parameter) in function.parameters.iter().enumerate() {
            let name = parameter_name(parameter);
            if let Some(name) = name {
                saved.push((name.to_owned(), self.variables.get(name).cloned()));
            }
            let value = match site {
                Some(site) => site
                    .named
                    .iter()
                    .find(|(key, _)| Some(key.as_str()) == name)
                    .map(|(_, value)| value.clone())
                    .or_else(|| {
                        matches!(parameter.kind, Kind::Spread(_))
                            .then(|| Value::list(site.positional.iter().skip(index).cloned().collect()))
                    })
                    .or_else(|| site.positional.get(index).cloned())
                    .unwrap_or(if site.open { Value::unknown() } else { Value::Nothing }),
                None => Value::unknown(),
            };
            self.bind_pattern(parameter, value);
        }
        if self.syntax.brace_index || !self.syntax.topic.is_empty() {
            let arguments = match site {
                Some(site) => Value::list(site.positional.clone()),
                None => Value::Many(Rc::new(Value::unknown())),
            };
            for (name, value) in [("@_", arguments.clone()), (self.syntax.topic.as_str(), arguments.element())] {
                if function.parameters.is_empty() && (name == "@_" || function.name.is_none()) {
                    saved.push((name.to_owned(), self.variables.get(name).cloned()));
                    self.variables.insert(name.to_owned(), value);
                }
            }
        }
        let value = self.block(&function.body);
        for (name, before) in saved {
            match before {
                Some(value) => self.variables.insert(name, value),
                None => self.variables.remove(&name),
            };
        }
        if let Some(defined) = self.functions.get_mut(number) {
            defined.active = false;
        }
        value
    }

    /// The value of a member that is read rather than called.
    pub(super) fn settled(&mut self, value: Value, span: Span) -> Value {
        let Value::Method(method) = &value else { return value };
        let (receiver, name) = (&method.0, &method.1);
        let meanings = type_name(receiver).and_then(|type_name| self.library.type_method(type_name, name));
        let computes = meanings
            .as_ref()
            .and_then(|meanings| meanings.first())
            .is_some_and(|meaning| meaning.computes.is_some() && meaning.paths.is_empty() && meaning.runs.is_empty());
        match (computes, meanings) {
            (true, Some(meanings)) => {
                let mut site = self.plain_site(span, Vec::new(), false);
                site.receiver = Some(receiver.clone());
                self.apply(&meanings, site)
            }
            _ => Value::unknown(),
        }
    }

    /// The elements of what stands in a slot, or nothing that is known.
    pub(super) fn elements_of(&self, slot: Option<&Slot>, site: &Site<'_>) -> Value {
        slot.and_then(|slot| site.slot(slot).into_iter().next()).unwrap_or_else(Value::unknown)
    }

    /// Calls a function for each element of a value, and gives what it gives.
    pub(super) fn call_for_each(&mut self, callee: &Value, over: &Value, span: Span) -> Value {
        match over.elements() {
            Some(elements) if elements.len() <= super::MAX_UNROLLED => {
                let values = elements
                    .into_iter()
                    .map(|element| {
                        let site = self.plain_site(span, vec![element], false);
                        self.call_value(callee.clone(), site)
                    })
                    .collect();
                Value::list(values)
            }
            _ => {
                let more = matches!(callee, Value::Function(_));
                let site = self.plain_site(span, vec![over.element()], more);
                self.uncertain += 1;
                let value = self.call_value(callee.clone(), site);
                self.uncertain -= 1;
                Value::Many(Rc::new(value))
            }
        }
    }

    /// The function and the list of `map(function, list)`, `list.map(function)`.
    fn callee_and_list(&self, site: &Site<'_>) -> Option<(Value, Value)> {
        let is_callee = |value: &Value| match value {
            Value::Function(_) | Value::Named(_) | Value::Partial(_) | Value::Method(_) => true,
            Value::Text(_) => self.syntax.text_calls,
            _ => false,
        };
        let receiver = site.receiver.clone().filter(|receiver| !matches!(receiver, Value::Named(_)));
        match (receiver, site.positional.as_slice()) {
            (Some(over), arguments) => Some((arguments.iter().find(|value| is_callee(value))?.clone(), over)),
            (None, [callee, over]) if is_callee(callee) => Some((callee.clone(), over.clone())),
            (None, [over, callee]) if is_callee(callee) => Some((callee.clone(), over.clone())),
            (None, [callee, over @ ..]) if is_callee(callee) && !over.is_empty() => {
                Some((callee.clone(), Value::list(over.to_vec())))
            }
            (None, [callee]) if is_callee(callee) => Some((callee.clone(), Value::unknown())),
            _ => None,
        }
    }

    /// What a call gives.
    pub(super) fn computed(&mut self, compute: Compute, site: &Site<'_>) -> Value {
        if matches!(compute, Compute::Map | Compute::Select) {
            let Some((callee, over)) = self.callee_and_list(site) else {
                return site.receiver.clone().unwrap_or_else(Value::unknown);
            };
            let mapped = self.call_for_each(&callee, &over, site.span);
            return if compute == Compute::Map { mapped } else { over };
        }
        compute::compute(compute, site, self.place(site.span))
    }
}

/// The variable that a parameter binds.
fn parameter_name(node: &Node) -> Option<&str> {
    match &node.kind {
        Kind::Name(name) => Some(name),
        Kind::Assign(assign) => parameter_name(&assign.target),
        Kind::Spread(inner) | Kind::Reference(inner) => parameter_name(inner),
        _ => None,
    }
}
