//! What functions give, where that can be computed from what they get.

use std::rc::Rc;

use crate::follow::step::{Arg, Piece, Source};
use crate::span::Span;
use crate::text::Text;

use super::super::decode;
use super::super::schema::{Compute, Known};
use super::super::value::{self, MAX_TEXT, Object, Value, hole};
use super::call::Site;
use super::texts::{
    characters, format_braces, from_encoding, join_list, map_text, pack, percent, replace, reverse, split, strip, utf8,
};

/// How many words a text is split into.
pub(super) const MAX_WORDS: usize = 4096;

/// What a call gives. `place` is where it stands in the request.
pub(super) fn compute(compute: Compute, site: &Site<'_>, place: Span) -> Value {
    let (subject, arguments) = subject(site);
    let first = || arguments.first().cloned().unwrap_or(Value::Nothing);
    match compute {
        Compute::Same => subject,
        Compute::Receiver => site.receiver.clone().unwrap_or(subject),
        Compute::JoinBy => join_list(&subject, &arguments, place),
        Compute::JoinWith => join_list(&first(), &[subject], place),
        Compute::JoinList => join_list(&subject, &arguments, place),
        Compute::Concat => value::join(site.receiver.iter().chain(&site.positional).cloned().collect(), place),
        Compute::Add => add(site.receiver.iter().chain(&site.positional).cloned().collect(), place),
        Compute::JoinPath => join_path(site, place),
        Compute::Split => split(&subject, &first(), place),
        Compute::SplitBy => split(&first(), &subject, place),
        Compute::Replace => replace(&subject, &arguments, place),
        Compute::ReplaceIn => match arguments.as_slice() {
            [to, text, ..] => replace(text, &[subject, to.clone()], place),
            _ => Value::unknown(),
        },
        Compute::Reverse => reverse(&subject, place),
        Compute::Lower => map_text(&subject, &|text| Some(text.to_lowercase())),
        Compute::Upper => map_text(&subject, &|text| Some(text.to_uppercase())),
        Compute::Strip => strip(&subject),
        Compute::FromBase64 => map_text(&subject, &|text| utf8(decode::base64(text)?)),
        Compute::FromHex => map_text(&subject, &|text| utf8(decode::hex(text)?)),
        Compute::FromUrl => map_text(&subject, &|text| utf8(decode::url(text)?)),
        Compute::FromEncoding => from_encoding(&subject, &arguments, place),
        Compute::Rot13 => map_text(&subject, &|text| Some(decode::rot13(text))),
        Compute::Characters => characters(&site.positional, place),
        Compute::CharacterOf => characters(&[subject], place),
        Compute::FormatBraces => format_braces(&subject, &arguments, site, place),
        Compute::FormatPercent => percent(&subject, &Value::list(arguments), place),
        Compute::Pack => pack(site, place),
        Compute::ExpandHome => expand_home(&subject, place),
        Compute::Home => source(Source::Home, place),
        Compute::StartFolder => source(Source::StartFolder, place),
        Compute::TemporaryFolder => source(Source::TemporaryFolder, place),
        Compute::Fresh => source(Source::FreshTemporary(place), place),
        Compute::Environment => environment(&subject, arguments.first()),
        Compute::Glob => {
            let pattern = if site.receiver.is_some() { join_path(site, place) } else { subject };
            glob(&pattern, place)
        }
        Compute::Walk => {
            let below = value::join(vec![subject, Value::unknown()], place);
            let names = || Value::Many(Rc::new(Value::unknown()));
            Value::Many(Rc::new(Value::list(vec![below, names(), names()])))
        }
        Compute::Below => {
            Value::Many(Rc::new(value::join(vec![subject, Value::computed("/", place), Value::unknown()], place)))
        }
        Compute::Listing => Value::Many(Rc::new(Value::unknown())),
        Compute::List => Value::list(site.positional.clone()),
        Compute::Elements => match subject {
            Value::Map(entries) => Value::list(entries.iter().map(|(_, value)| value.clone()).collect()),
            other => other,
        },
        Compute::Element => subject.element(),
        Compute::Enumerate => enumerate(&subject),
        // These call functions; they are followed where calls are.
        Compute::Map | Compute::Select => Value::unknown(),
        Compute::Parent => parent(&subject),
        Compute::Number => Value::Unknown(Source::Number),
        Compute::Content => {
            let path = match subject {
                Value::Object(object) => object.subject.clone(),
                other => other,
            };
            Value::Unknown(Source::File(Box::new(path.into_arg(place))))
        }
        Compute::Scope => Value::Named("".into()),
        Compute::Range => Value::Many(Rc::new(Value::Unknown(Source::Number))),
    }
}

/// What a function works on, and its other arguments.
fn subject(site: &Site<'_>) -> (Value, Vec<Value>) {
    match &site.receiver {
        Some(receiver) if !matches!(receiver, Value::Named(_)) => (receiver.clone(), site.positional.clone()),
        _ => {
            let mut arguments = site.positional.clone();
            if arguments.is_empty() {
                let named = site.named.first().map(|(_, value)| value.clone());
                return (named.unwrap_or_else(Value::unknown), arguments);
            }
            (arguments.remove(0), arguments)
        }
    }
}

/// What a name stands for.
pub(super) fn known(known: Known, name: &str) -> Value {
    match known {
        Known::Home => source(Source::Home, Span::default()),
        Known::StartFolder => source(Source::StartFolder, Span::default()),
        Known::TemporaryFolder => source(Source::TemporaryFolder, Span::default()),
        Known::Number => Value::Unknown(Source::Number),
        Known::Unknown => Value::unknown(),
        Known::Arguments => Value::Many(Rc::new(Value::Unknown(Source::Variable("@".to_owned())))),
        Known::Environment => Value::Unknown(Source::Variable(name.rsplit('.').next().unwrap_or(name).to_owned())),
    }
}

fn source(source: Source, place: Span) -> Value {
    Value::pieces(vec![hole(source)], place)
}

fn environment(name: &Value, default: Option<&Value>) -> Value {
    let value = match name.as_text() {
        Some("HOME") => return source(Source::Home, Span::default()),
        Some("PWD") => return source(Source::StartFolder, Span::default()),
        Some(name) => Value::Unknown(Source::Variable(name.to_owned())),
        None => Value::unknown(),
    };
    match default {
        Some(default) if !default.is_false() => value.or(default.clone()),
        _ => value,
    }
}

/// The sum of numbers, the elements of lists, or texts side by side.
pub(super) fn add(values: Vec<Value>, place: Span) -> Value {
    let numbers: Option<Vec<i64>> = values
        .iter()
        .map(|value| match value {
            Value::Number(number) => Some(*number),
            _ => None,
        })
        .collect();
    if let Some(numbers) = numbers {
        return numbers
            .into_iter()
            .try_fold(0i64, i64::checked_add)
            .map_or(Value::Unknown(Source::Number), Value::Number);
    }
    if values.iter().any(|value| matches!(value, Value::List(_))) {
        let elements = values.into_iter().flat_map(|value| match value {
            Value::List(values) => values.to_vec(),
            many @ Value::Many(_) => vec![many],
            Value::Unknown(source) => vec![Value::Many(Rc::new(Value::Unknown(source)))],
            other => vec![other],
        });
        return Value::list(elements.take(MAX_WORDS).collect());
    }
    if values.iter().all(|value| matches!(value, Value::Number(_) | Value::Unknown(Source::Number))) {
        return Value::Unknown(Source::Number);
    }
    value::join(values, place)
}

/// What any other operator gives.
pub(super) fn operation(values: Vec<Value>) -> Value {
    // `folder / name`
    if let [Value::Object(first), rest @ ..] = values.as_slice()
        && first.opened.is_none()
        && !rest.is_empty()
    {
        let mut parts = vec![first.subject.clone()];
        for part in rest {
            parts.push(Value::computed("/", Span::default()));
            parts.push(part.clone());
        }
        let subject = value::join(parts, Span::default());
        return Value::Object(Rc::new(Object { type_name: first.type_name.clone(), subject, opened: None }));
    }
    if values.len() > 1 && values.iter().all(|value| matches!(value, Value::Number(_) | Value::Unknown(Source::Number)))
    {
        return Value::Unknown(Source::Number);
    }
    match values.as_slice() {
        [one] => match one {
            Value::Unknown(_) | Value::Number(_) => Value::unknown(),
            other => other.clone(),
        },
        _ => Value::unknown(),
    }
}

/// Names that match a pattern.
pub(super) fn glob(pattern: &Value, place: Span) -> Value {
    let Value::Text(arg) = pattern else { return Value::Many(Rc::new(Value::unknown())) };
    let mut pieces = Vec::new();
    for piece in &arg.pieces {
        match piece {
            Piece::Text(text) => value::push(&mut pieces, pattern_pieces(text)),
            hole => pieces.push(hole.clone()),
        }
    }
    Value::Many(Rc::new(Value::pieces(pieces, place)))
}

/// A pattern with a hole for each of its wildcards.
fn pattern_pieces(text: &Text) -> Vec<Piece> {
    let string = text.as_str();
    let mut pieces = Vec::new();
    let mut from = 0;
    while let Some(at) = string.get(from..).and_then(|rest| rest.find(['*', '?', '[', '{'])).map(|at| from + at) {
        value::push(&mut pieces, vec![Piece::Text(text.slice(from, at))]);
        let wildcard = string.get(at..).unwrap_or("");
        let length = match wildcard.as_bytes().first() {
            Some(b'*') => wildcard.bytes().take_while(|byte| *byte == b'*').count(),
            Some(b'[') => wildcard.find(']').map_or(1, |end| end + 1),
            Some(b'{') => wildcard.find('}').map_or(1, |end| end + 1),
            _ => 1,
        };
        pieces.push(hole(Source::Glob(wildcard.get(..length).unwrap_or("").to_owned())));
        from = at + length;
        if pieces.len() > 200 {
            return vec![hole(Source::Other)];
        }
    }
    value::push(&mut pieces, vec![Piece::Text(text.slice(from, string.len()))]);
    pieces
}

/// Part of a text or list: from, to, step.
pub(super) fn slice(container: &Value, parts: &[Value], place: Span) -> Value {
    let number = |index: usize| match parts.get(index) {
        Some(Value::Number(number)) => Some(Some(*number)),
        Some(Value::Nothing) | None => Some(None),
        _ => None,
    };
    let (Some(from), Some(to), Some(step)) = (number(0), number(1), number(2)) else {
        return match container {
            Value::List(_) | Value::Many(_) => Value::Many(Rc::new(container.element())),
            _ => Value::unknown(),
        };
    };
    let pick = |length: usize| -> Option<Vec<usize>> {
        let length = i64::try_from(length).ok()?;
        let clamp = |index: i64| (if index < 0 { index + length } else { index }).clamp(0, length);
        let indexes: Vec<i64> = match step.unwrap_or(1) {
            0 => return None,
            step if step > 0 => {
                (clamp(from.unwrap_or(0))..clamp(to.unwrap_or(length))).step_by(usize::try_from(step).ok()?).collect()
            }
            step => {
                let last = from.map_or(length - 1, |from| clamp(from).min(length - 1));
                let stop = to.map_or(-1, clamp);
                let width = usize::try_from(step.checked_neg()?).ok()?;
                (stop + 1..=last).rev().step_by(width).collect()
            }
        };
        indexes.into_iter().map(|index| usize::try_from(index).ok()).collect()
    };
    match container {
        Value::List(values) => match pick(values.len()) {
            Some(indexes) => Value::list(indexes.into_iter().filter_map(|index| values.get(index).cloned()).collect()),
            None => Value::unknown(),
        },
        Value::Many(value) => Value::Many(Rc::clone(value)),
        _ => {
            let Some(text) = container.as_text().filter(|text| text.len() <= MAX_TEXT) else { return Value::unknown() };
            let characters: Vec<char> = text.chars().collect();
            match pick(characters.len()) {
                Some(indexes) => {
                    let text: String = indexes.into_iter().filter_map(|index| characters.get(index)).collect();
                    Value::computed(text, origin(container, place))
                }
                None => Value::unknown(),
            }
        }
    }
}

/// The element of a list, the entry of a map, the character of a text.
pub(super) fn element_at(container: &Value, key: &Value) -> Value {
    match (container, key) {
        (Value::List(values), Value::Number(index)) => {
            let length = i64::try_from(values.len()).unwrap_or(i64::MAX);
            let index = if *index < 0 { *index + length } else { *index };
            usize::try_from(index).ok().and_then(|index| values.get(index)).cloned().unwrap_or_else(Value::unknown)
        }
        (Value::Map(_), _) => match key.as_text() {
            Some(key) => container.entry(key).unwrap_or_else(Value::unknown),
            None => container.element(),
        },
        (Value::Text(_), Value::Number(index)) => {
            let Some(text) = container.as_text() else { return Value::unknown() };
            let character = match usize::try_from(*index) {
                Ok(index) => text.chars().nth(index),
                Err(_) => usize::try_from(-(index + 1)).ok().and_then(|index| text.chars().rev().nth(index)),
            };
            character
                .map_or_else(Value::unknown, |c| Value::computed(c.to_string(), origin(container, Span::default())))
        }
        (Value::List(_) | Value::Many(_) | Value::Unknown(_), _) => container.element(),
        (other, key) => match key.as_text() {
            // A method by its computed name.
            Some(name) => Value::Method(Rc::new((other.clone(), name.to_owned()))),
            None => Value::unknown(),
        },
    }
}

/// Where a value comes from.
pub(super) fn origin(value: &Value, place: Span) -> Span {
    match value {
        Value::Text(arg) if arg.span != Span::default() => arg.span,
        _ => place,
    }
}

fn join_path(site: &Site<'_>, place: Span) -> Value {
    let mut parts: Vec<Value> = Vec::new();
    for value in site.receiver.iter().filter(|value| !matches!(value, Value::Named(_))).chain(&site.positional) {
        let values = match value {
            Value::List(values) => values.to_vec(),
            Value::Map(_) | Value::Truth(_) | Value::Nothing => continue,
            Value::Object(object) => vec![object.subject.clone()],
            other => vec![other.clone()],
        };
        for value in values {
            let absolute = matches!(&value, Value::Text(arg) if arg.prefix().starts_with('/'));
            if absolute {
                parts.clear();
            }
            if !parts.is_empty() && !ends_with_slash(parts.last()) {
                parts.push(Value::computed("/", place));
            }
            parts.push(value);
        }
    }
    if parts.len() == 1 {
        return parts.pop().unwrap_or(Value::Nothing);
    }
    value::join(parts, place)
}

fn ends_with_slash(value: Option<&Value>) -> bool {
    matches!(value, Some(Value::Text(arg)) if arg.suffix().ends_with('/'))
}

fn expand_home(value: &Value, place: Span) -> Value {
    let Value::Text(arg) = value else { return value.clone() };
    let Some(Piece::Text(first)) = arg.pieces.first() else { return value.clone() };
    let string = first.as_str();
    if !(string == "~" || string.starts_with("~/")) {
        return value.clone();
    }
    let mut pieces = vec![hole(Source::Home)];
    value::push(&mut pieces, vec![Piece::Text(first.slice(1, string.len()))]);
    value::push(&mut pieces, arg.pieces.iter().skip(1).cloned().collect());
    Value::pieces(pieces, place)
}

fn enumerate(value: &Value) -> Value {
    match value.elements() {
        Some(elements) => Value::list(
            elements
                .into_iter()
                .zip(0i64..)
                .map(|(element, number)| Value::list(vec![Value::Number(number), element]))
                .collect(),
        ),
        None => Value::Many(Rc::new(Value::list(vec![Value::Unknown(Source::Number), value.element()]))),
    }
}

/// A path up to its last slash.
fn parent(value: &Value) -> Value {
    let path = match value {
        Value::Object(object) => &object.subject,
        other => other,
    };
    let Value::Text(arg) = path else { return Value::unknown() };
    let mut pieces = arg.pieces.clone();
    let Some(Piece::Text(last)) = pieces.pop() else { return Value::unknown() };
    let Some(at) = last.as_str().trim_end_matches('/').rfind('/') else {
        return if pieces.is_empty() { Value::computed(".", arg.span) } else { Value::unknown() };
    };
    value::push(&mut pieces, vec![Piece::Text(last.slice(0, at.max(1)))]);
    Value::Text(Rc::new(Arg { pieces, span: arg.span }))
}
