//! What `${x…}` does with a value: trimming, replacing, cutting, changing case, quoting.

use super::follower::Follower;
use super::parameters::{Base, number, unknown};
use super::patterns::Pattern;
use super::step::{Arg, Piece, Source};
use crate::shell::ast::{Arithmetic, Operation, Parameter, ReplaceScope, Word};
use crate::text::Text;

/// One change to a string, with its operands expanded.
enum Change {
    Trim { pattern: Option<Pattern>, longest: bool, at_end: bool },
    Replace { pattern: Option<Pattern>, with: Option<String>, scope: ReplaceScope },
    Case { operator: char, all: bool, pattern: Option<Pattern> },
    Quote,
    Unknown,
}

impl<'a> Follower<'a, '_> {
    /// Does what the operation of `parameter` says.
    pub(super) fn changed(&mut self, parameter: &'a Parameter, base: Base) -> Base {
        if let Operation::Substring { offset, length } = &parameter.operation {
            return self.substring(parameter, base, offset, length.as_ref());
        }
        if let Operation::Transform('P') = &parameter.operation {
            let strings = match &base {
                Base::String { value, .. } => vec![value.clone()],
                Base::List { items, .. } => items.clone(),
                Base::Unset => Vec::new(),
            };
            self.prompts(&strings);
        }
        let change = self.change(&parameter.operation);
        match base {
            Base::Unset => Base::Unset,
            Base::String { value, given } => Base::String { value: change.apply(&value, &parameter.name), given },
            Base::List { items, star } => Base::List {
                items: items.iter().map(|item| change.apply_to_element(item, &parameter.name)).collect(),
                star,
            },
        }
    }

    fn change(&mut self, operation: &'a Operation) -> Change {
        match operation {
            Operation::TrimPrefix { longest, pattern } => {
                Change::Trim { pattern: self.pattern(pattern), longest: *longest, at_end: false }
            }
            Operation::TrimSuffix { longest, pattern } => {
                Change::Trim { pattern: self.pattern(pattern), longest: *longest, at_end: true }
            }
            Operation::Replace { scope, pattern, replacement } => {
                let pattern = self.pattern(pattern);
                let with = match replacement {
                    Some(word) => self.single(word).text().map(str::to_owned),
                    None => Some(String::new()),
                };
                Change::Replace { pattern, with, scope: *scope }
            }
            Operation::Case { operator, all, pattern } => match pattern {
                None => Change::Case { operator: *operator, all: *all, pattern: None },
                Some(word) => match self.pattern(word) {
                    Some(pattern) => Change::Case { operator: *operator, all: *all, pattern: Some(pattern) },
                    None => Change::Unknown,
                },
            },
            Operation::Transform('U') => Change::Case { operator: '^', all: true, pattern: None },
            Operation::Transform('u') => Change::Case { operator: '^', all: false, pattern: None },
            Operation::Transform('L') => Change::Case { operator: ',', all: true, pattern: None },
            Operation::Transform('Q') => Change::Quote,
            Operation::Invalid { word } => {
                self.single(word);
                Change::Unknown
            }
            _ => Change::Unknown,
        }
    }

    fn pattern(&mut self, word: &'a Word) -> Option<Pattern> {
        if word.parts.iter().any(|part| matches!(part, crate::shell::ast::Part::ExtendedGlob(_))) {
            self.single(word);
            return None;
        }
        Pattern::new(&self.pattern_bits(word))
    }

    /// `${x:offset:length}`
    fn substring(
        &mut self,
        parameter: &'a Parameter,
        base: Base,
        offset: &'a Arithmetic,
        length: Option<&'a Arithmetic>,
    ) -> Base {
        let offset = self.arithmetic_number(offset);
        let length = length.map(|length| self.arithmetic_number(length));
        let bounds = |size: usize| bounds(size, offset?, length.map_or(Some(None), |length| length.map(Some))?);
        let unknown = || unknown(&parameter.name, self.at(parameter.span));
        match base {
            Base::Unset => Base::Unset,
            Base::String { value, given } => {
                let cut = value.as_text().and_then(|text| {
                    let starts: Vec<usize> = text.as_str().char_indices().map(|(at, _)| at).collect();
                    let (start, end) = bounds(starts.len())?;
                    let byte = |at: usize| starts.get(at).copied().unwrap_or(text.as_str().len());
                    Some(text.slice(byte(start), byte(end)))
                });
                let value = cut.map_or_else(unknown, |text| Arg::known(text, value.span));
                Base::String { value, given }
            }
            Base::List { items, star } => {
                // $0 stands before the positional arguments: `${@:1}` begins with $1, `${@:0}` with $0.
                let shift = usize::from(matches!(parameter.name.as_str(), "@" | "*"));
                let cut = (!items.iter().any(Arg::splits)).then(|| bounds(items.len() + shift)).flatten();
                let items = match cut {
                    Some((start, end)) => {
                        let first = (shift == 1).then(|| self.variable_string("0"));
                        let all: Vec<Arg> = first.into_iter().chain(items).collect();
                        all.get(start..end).unwrap_or_default().to_vec()
                    }
                    None if offset.is_some_and(|offset| offset == shift as i64) && length.is_none() => items,
                    None => vec![Arg::hole(
                        super::step::Hole {
                            splits: true,
                            ..super::step::Hole::open(Source::Variable(parameter.name.clone()))
                        },
                        self.at(parameter.span),
                    )],
                };
                Base::List { items, star }
            }
        }
    }
}

/// Which of `size` things `offset` and `length` mean.
fn bounds(size: usize, offset: i64, length: Option<i64>) -> Option<(usize, usize)> {
    let size = i64::try_from(size).ok()?;
    let start = if offset < 0 { size + offset } else { offset };
    if start < 0 || start > size {
        return Some((0, 0));
    }
    let end = match length {
        None => size,
        Some(length) if length < 0 => size + length,
        Some(length) => start.saturating_add(length).min(size),
    };
    (end >= start).then_some((start as usize, end as usize))
}

impl Change {
    fn apply_to_element(&self, element: &Arg, name: &str) -> Arg {
        let splits = element.splits();
        let mut changed = self.apply(element, name);
        if splits {
            for piece in &mut changed.pieces {
                if let Piece::Hole(hole) = piece {
                    hole.splits = true;
                }
            }
        }
        changed
    }

    fn apply(&self, value: &Arg, name: &str) -> Arg {
        if value.is_empty() && !matches!(self, Change::Quote) {
            return value.clone();
        }
        let changed = match self {
            Change::Trim { pattern: Some(pattern), longest, at_end } => trim(value, pattern, *longest, *at_end),
            Change::Replace { pattern: Some(pattern), with: Some(with), scope } => value
                .as_text()
                .and_then(|text| replace(&text, pattern, with, *scope))
                .map(|t| Arg::known(t, value.span)),
            Change::Case { operator, all, pattern } => {
                value.text().map(|text| Arg::made(change_case(text, *operator, *all, pattern.as_ref()), value.span))
            }
            Change::Quote => value.text().map(|text| Arg::made(quote(text), value.span)),
            _ => None,
        };
        changed.unwrap_or_else(|| match value.only_hole() {
            Some(hole) if hole.source == Source::Number => number(),
            _ => unknown(name, value.span),
        })
    }
}

/// Takes away a match at the beginning or the end. Of a value that is known in part, only what is known there can
/// be taken.
fn trim(value: &Arg, pattern: &Pattern, longest: bool, at_end: bool) -> Option<Arg> {
    if let Some(text) = value.as_text() {
        return trim_text(&text, pattern, longest, at_end).map(|text| Arg::known(text, value.span));
    }
    let literal = pattern.literal()?;
    let mut trimmed = value.clone();
    let piece = if at_end { trimmed.pieces.last_mut() } else { trimmed.pieces.first_mut() }?;
    match piece {
        Piece::Text(text) => {
            let length = text.as_str().len();
            let cut = match at_end {
                true if text.as_str().ends_with(&literal) => text.slice(0, length - literal.len()),
                false if text.as_str().starts_with(&literal) => text.slice(literal.len(), length),
                _ if length >= literal.len() => return Some(trimmed),
                _ => return None,
            };
            *text = cut;
            trimmed.pieces.retain(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()));
            Some(trimmed)
        }
        // A path without the slash at its end is the same path.
        Piece::Hole(_) => (at_end && literal == "/").then_some(trimmed),
    }
}

fn trim_text(text: &Text, pattern: &Pattern, longest: bool, at_end: bool) -> Option<Text> {
    let characters: Vec<char> = text.as_str().chars().collect();
    if !pattern.is_cheap_for(&characters) {
        return None;
    }
    let byte = |count: usize| characters.iter().take(count).map(|c| c.len_utf8()).sum::<usize>();
    let length = text.as_str().len();
    Some(match at_end {
        true => pattern.suffix(&characters, longest).map_or_else(|| text.clone(), |start| text.slice(0, byte(start))),
        false => pattern.prefix(&characters, longest).map_or_else(|| text.clone(), |end| text.slice(byte(end), length)),
    })
}

fn replace(text: &Text, pattern: &Pattern, with: &str, scope: ReplaceScope) -> Option<Text> {
    let whole = text.as_str();
    let source = text.source();
    if let (Some(literal), ReplaceScope::First | ReplaceScope::All) = (pattern.literal(), scope) {
        let replaced = match scope {
            _ if literal.is_empty() => whole.to_owned(),
            ReplaceScope::All => whole.replace(&literal, with),
            _ => whole.replacen(&literal, with, 1),
        };
        return Some(Text::derived(replaced, source));
    }
    let characters: Vec<char> = whole.chars().collect();
    if !pattern.is_cheap_for(&characters) {
        return None;
    }
    let string = |characters: &[char]| characters.iter().collect::<String>();
    let replaced = match scope {
        ReplaceScope::Prefix => match pattern.prefix(&characters, true) {
            Some(end) => with.to_owned() + &string(characters.get(end..)?),
            None => whole.to_owned(),
        },
        ReplaceScope::Suffix => match pattern.suffix(&characters, true) {
            Some(start) => string(characters.get(..start)?) + with,
            None => whole.to_owned(),
        },
        ReplaceScope::First | ReplaceScope::All => {
            let mut result = String::new();
            let mut at = 0;
            let mut left = if scope == ReplaceScope::All { usize::MAX } else { 1 };
            while let Some(c) = characters.get(at) {
                match pattern.prefix(characters.get(at..)?, true).filter(|length| *length > 0 && left > 0) {
                    Some(length) => {
                        result.push_str(with);
                        at += length;
                        left -= 1;
                    }
                    None => {
                        result.push(*c);
                        at += 1;
                    }
                }
            }
            result
        }
    };
    Some(Text::derived(replaced, source))
}

fn change_case(text: &str, operator: char, all: bool, pattern: Option<&Pattern>) -> String {
    let mut result = String::with_capacity(text.len());
    for (index, c) in text.chars().enumerate() {
        let fits = pattern.is_none_or(|pattern| pattern.matches(&[c]));
        if !fits || !(all || index == 0) {
            result.push(c);
            continue;
        }
        match operator {
            '^' => result.extend(c.to_uppercase()),
            ',' => result.extend(c.to_lowercase()),
            _ if c.is_lowercase() => result.extend(c.to_uppercase()),
            _ => result.extend(c.to_lowercase()),
        }
    }
    result
}

/// Quoted as `${x@Q}` and `printf %q` quote, so that a shell reads the same characters.
pub(super) fn quote(text: &str) -> String {
    if text.contains(|c: char| c.is_ascii_control()) {
        let mut quoted = "$'".to_owned();
        for c in text.chars() {
            match c {
                '\n' => quoted.push_str("\\n"),
                '\t' => quoted.push_str("\\t"),
                '\r' => quoted.push_str("\\r"),
                '\x1b' => quoted.push_str("\\E"),
                '\'' | '\\' => quoted.extend(['\\', c]),
                _ if c.is_ascii_control() => quoted.push_str(&format!("\\{:03o}", u32::from(c))),
                _ => quoted.push(c),
            }
        }
        return quoted + "'";
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}
