//! Gives names their values: assignments, patterns, imports, the variables of loops.

use std::rc::Rc;

use super::super::ast::{Assign, Import, Kind, Loop, Node};
use super::super::value::Value;
use super::{Evaluator, MAX_UNROLLED, compute};

impl Evaluator<'_> {
    pub(super) fn assignment(&mut self, assign: &Assign) -> Value {
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

    pub(super) fn import(&mut self, import: &Import) {
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

    pub(super) fn follow_loop(&mut self, inner: &Loop) -> Value {
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
    pub(super) fn bind_pattern(&mut self, pattern: &Node, value: Value) {
        let uncertain = std::mem::take(&mut self.uncertain);
        self.assign(pattern, value);
        self.uncertain = uncertain;
    }
}
