//! What names, members and elements stand for.

use std::rc::Rc;

use crate::follow::step::Source;

use super::super::ast::{Kind, Node};
use super::super::value::Value;
use super::{Evaluator, compute};

impl Evaluator<'_> {
    pub(super) fn name(&mut self, name: &str) -> Value {
        if let Some(value) = self.variables.get(name) {
            return value.clone();
        }
        if let Some(number) = self.by_name.get(name) {
            return Value::Function(*number);
        }
        match self.named(name) {
            Value::Named(_) if name.starts_with(['$', '@', '%']) => Value::Unknown(Source::Variable(name.to_owned())),
            value => value,
        }
    }

    /// What a full name stands for.
    pub(super) fn named(&self, name: &str) -> Value {
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

    pub(super) fn member(&mut self, of: Value, name: &str) -> Value {
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

    pub(super) fn index(&mut self, of: &Node, key: &Node) -> Value {
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
}
