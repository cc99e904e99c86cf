//! Computes what functions on texts give.

use std::rc::Rc;

use crate::follow::step::{Piece, Source};
use crate::span::Span;

use super::super::decode;
use super::super::value::{self, MAX_TEXT, Value};
use super::call::Site;
use super::compute::{MAX_WORDS, origin};

/// A known text, changed.
pub(super) fn map_text(value: &Value, change: &dyn Fn(&str) -> Option<String>) -> Value {
    let alternatives = value.alternatives();
    if alternatives.len() > 1 {
        return alternatives.iter().map(|value| map_text(value, change)).reduce(Value::or).unwrap_or(Value::Nothing);
    }
    match value.as_text().and_then(change) {
        Some(text) if text.len() <= MAX_TEXT => Value::computed(text, origin(value, Span::default())),
        _ => Value::unknown(),
    }
}

pub(super) fn strip(value: &Value) -> Value {
    match value {
        Value::Text(arg) => match arg.pieces.as_slice() {
            [Piece::Text(text)] => {
                let string = text.as_str();
                let start = string.len() - string.trim_start().len();
                Value::text(text.slice(start, start + string.trim().len()))
            }
            _ => value.clone(),
        },
        other => other.clone(),
    }
}

pub(super) fn join_list(separator: &Value, lists: &[Value], place: Span) -> Value {
    let separator = match separator {
        Value::Text(_) => separator.clone(),
        _ => Value::computed("", place),
    };
    let mut parts = Vec::new();
    for value in lists {
        match value.elements() {
            Some(elements) => parts.extend(elements),
            None if matches!(value, Value::Many(_) | Value::Unknown(_)) => {
                return value::join(vec![Value::unknown()], place);
            }
            None => parts.push(value.clone()),
        }
    }
    let mut joined = Vec::new();
    for (index, part) in parts.into_iter().enumerate() {
        if index > 0 {
            joined.push(separator.clone());
        }
        joined.push(part);
    }
    value::join(joined, place)
}

pub(super) fn split(text: &Value, separator: &Value, place: Span) -> Value {
    let Value::Text(arg) = text else { return Value::Many(Rc::new(text.element())) };
    let [Piece::Text(known)] = arg.pieces.as_slice() else { return Value::Many(Rc::new(Value::unknown())) };
    let string = known.as_str();
    let mut words = Vec::new();
    match separator.as_text().filter(|separator| !separator.trim().is_empty()) {
        Some(separator) => {
            let mut at = 0;
            for part in string.split(separator).take(MAX_WORDS) {
                words.push(Value::text(known.slice(at, at + part.len())));
                at += part.len() + separator.len();
            }
        }
        None if separator.as_text() == Some("") => {
            words.extend(string.chars().take(MAX_WORDS).map(|c| Value::computed(c.to_string(), origin(text, place))));
        }
        None => {
            let mut at = 0;
            for part in string.split(char::is_whitespace).take(MAX_WORDS) {
                if !part.is_empty() {
                    words.push(Value::text(known.slice(at, at + part.len())));
                }
                at +=
                    part.len() + string.get(at + part.len()..).and_then(|s| s.chars().next()).map_or(0, char::len_utf8);
            }
        }
    }
    Value::list(words)
}

pub(super) fn replace(subject: &Value, arguments: &[Value], place: Span) -> Value {
    match (subject.as_text(), arguments) {
        (Some(text), [from, to, ..]) => match (from.as_text(), to.as_text()) {
            (Some(from), Some(to)) if !from.is_empty() && text.len() * to.len().max(1) <= MAX_TEXT * 16 => {
                Value::computed(text.replace(from, to), origin(subject, place))
            }
            _ => Value::unknown(),
        },
        _ => Value::unknown(),
    }
}

pub(super) fn reverse(value: &Value, place: Span) -> Value {
    match value {
        Value::List(values) => Value::list(values.iter().rev().cloned().collect()),
        Value::Many(_) => value.clone(),
        _ => match value.as_text() {
            Some(text) => Value::computed(text.chars().rev().collect::<String>(), origin(value, place)),
            None => Value::unknown(),
        },
    }
}

pub(super) fn from_encoding(subject: &Value, arguments: &[Value], place: Span) -> Value {
    if let Value::List(_) = subject {
        return characters(&subject.elements().unwrap_or_default(), place);
    }
    match arguments.first().and_then(Value::as_text) {
        None if !arguments.is_empty() => Value::unknown(),
        Some(name) => match name.to_ascii_lowercase().as_str() {
            "base64" | "base64url" | "base64_codec" => map_text(subject, &|text| utf8(decode::base64(text)?)),
            "hex" | "hex_codec" => map_text(subject, &|text| utf8(decode::hex(text)?)),
            "rot13" | "rot_13" => map_text(subject, &|text| Some(decode::rot13(text))),
            _ => subject.clone(),
        },
        None => subject.clone(),
    }
}

pub(super) fn characters(values: &[Value], place: Span) -> Value {
    let mut numbers = Vec::new();
    for value in values {
        match value {
            Value::Number(number) => numbers.push(*number),
            Value::List(elements) => {
                for element in elements.iter() {
                    let Value::Number(number) = element else { return Value::unknown() };
                    numbers.push(*number);
                }
            }
            Value::Text(_) => return value.clone(),
            _ => return Value::unknown(),
        }
    }
    decode::characters(numbers).map_or_else(Value::unknown, |text| Value::computed(text, place))
}

pub(super) fn format_braces(subject: &Value, arguments: &[Value], site: &Site<'_>, place: Span) -> Value {
    let Some(format) = subject.as_text() else { return value::join(vec![subject.clone(), Value::unknown()], place) };
    let mut parts = Vec::new();
    let mut next = 0usize;
    let mut rest = format;
    while let Some(at) = rest.find('{') {
        parts.push(Value::computed(rest.get(..at).unwrap_or(""), place));
        rest = rest.get(at + 1..).unwrap_or("");
        if let Some(behind) = rest.strip_prefix('{') {
            parts.push(Value::computed("{", place));
            rest = behind;
            continue;
        }
        let Some(end) = rest.find('}') else { break };
        let name = rest.get(..end).unwrap_or("").split([':', '!']).next().unwrap_or("").trim();
        let argument = match name.parse::<usize>() {
            Ok(index) => arguments.get(index).cloned(),
            Err(_) if name.is_empty() => {
                next += 1;
                arguments.get(next - 1).cloned()
            }
            Err(_) => site.named.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()),
        };
        parts.push(argument.unwrap_or_else(Value::unknown));
        rest = rest.get(end + 1..).unwrap_or("");
    }
    parts.push(Value::computed(rest, place));
    value::join(parts, place)
}

/// `format % arguments`
pub(super) fn percent(format: &Value, arguments: &Value, place: Span) -> Value {
    if let (Value::Number(_) | Value::Unknown(Source::Number), _) = (format, arguments) {
        return Value::Unknown(Source::Number);
    }
    let Some(text) = format.as_text() else { return Value::unknown() };
    let arguments = match arguments {
        Value::List(values) => values.to_vec(),
        other => vec![other.clone()],
    };
    let mut arguments = arguments.into_iter();
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        parts.push(Value::computed(rest.get(..at).unwrap_or(""), place));
        rest = rest.get(at + 1..).unwrap_or("");
        let end = rest.find(|c: char| c.is_ascii_alphabetic() || c == '%').unwrap_or(rest.len());
        match rest.get(end..).and_then(|rest| rest.chars().next()) {
            Some('%') => parts.push(Value::computed("%", place)),
            _ => parts.push(arguments.next().unwrap_or_else(Value::unknown)),
        }
        rest = rest.get(end + 1..).unwrap_or("");
    }
    parts.push(Value::computed(rest, place));
    value::join(parts, place)
}

pub(super) fn pack(site: &Site<'_>, place: Span) -> Value {
    let (template, data) = match &site.receiver {
        Some(receiver) if !matches!(receiver, Value::Named(_)) => {
            let data = receiver.elements().unwrap_or_else(|| vec![receiver.clone()]);
            (site.positional.first().cloned(), data)
        }
        _ => (site.positional.first().cloned(), site.positional.iter().skip(1).cloned().collect()),
    };
    let Some(template) = template.as_ref().and_then(Value::as_text) else { return Value::unknown() };
    let first = data.first().cloned().unwrap_or(Value::Nothing);
    match template.chars().next() {
        Some('H') => map_text(&first, &|text| utf8(decode::hex(text)?)),
        Some('m') => map_text(&first, &|text| utf8(decode::base64(text)?)),
        Some('C' | 'c' | 'U' | 'W') => characters(&data, place),
        Some('A' | 'a') => first,
        _ => Value::unknown(),
    }
}

pub(super) fn utf8(bytes: Vec<u8>) -> Option<String> {
    String::from_utf8(bytes).ok()
}
