//! Programs that pass their input on, whole or in part.

use super::escapes::{Kind, unescape};
use super::{Run, made};
use crate::follow::step::Arg;

/// `cat`
pub(super) fn cat(run: &Run<'_>) -> Option<Arg> {
    let mut operands = Vec::new();
    for argument in run.arguments {
        match argument.text() {
            Some("-u" | "--") => {}
            Some(text) if text.len() > 1 && text.starts_with('-') => return None,
            _ => operands.push(argument),
        }
    }
    run.all_input(&operands)
}

/// `tee`
pub(super) fn tee(run: &Run<'_>) -> Option<Arg> {
    run.input.clone()
}

/// How much `head` and `tail` print.
enum Amount {
    Lines(usize),
    Bytes(usize),
    /// `head -n -3`, `tail -n +3`
    OtherLines(usize),
    OtherBytes(usize),
}

fn amount<'r>(run: &'r Run<'_>, other: char) -> Option<(Amount, Vec<&'r Arg>)> {
    let mut amount = Amount::Lines(10);
    let mut operands = Vec::new();
    let mut arguments = run.arguments.iter();
    while let Some(argument) = arguments.next() {
        let text = argument.text()?;
        let (letter, value) = match text {
            "-n" | "-c" => (text.chars().nth(1)?, arguments.next()?.text()?),
            _ => {
                if let Some(value) = text.strip_prefix("--lines=").or_else(|| text.strip_prefix("-n")) {
                    ('n', value)
                } else if let Some(value) = text.strip_prefix("--bytes=").or_else(|| text.strip_prefix("-c")) {
                    ('c', value)
                } else if let Some(value) = text.strip_prefix('-').filter(|value| value.parse::<usize>().is_ok()) {
                    ('n', value)
                } else if text.len() > 1 && text.starts_with('-') {
                    return None;
                } else {
                    operands.push(argument);
                    continue;
                }
            }
        };
        let (counts_other, digits) = match value.strip_prefix(other) {
            Some(digits) => (true, digits),
            None => (false, value.trim_start_matches(if other == '-' { '+' } else { '-' })),
        };
        let count = digits.parse().ok()?;
        amount = match (letter, counts_other) {
            ('n', false) => Amount::Lines(count),
            ('n', true) => Amount::OtherLines(count),
            (_, false) => Amount::Bytes(count),
            (_, true) => Amount::OtherBytes(count),
        };
    }
    (operands.len() <= 1).then_some((amount, operands))
}

/// `head`
pub(super) fn head(run: &Run<'_>) -> Option<Arg> {
    let (amount, operands) = amount(run, '-')?;
    let text = run.known_input(&operands)?;
    let whole = text.as_str();
    let lines = whole.split_inclusive('\n').count();
    let end = match amount {
        Amount::Lines(count) => lines_end(whole, count),
        Amount::OtherLines(count) => lines_end(whole, lines.saturating_sub(count)),
        Amount::Bytes(count) => count.min(whole.len()),
        Amount::OtherBytes(count) => whole.len().saturating_sub(count),
    };
    whole.is_char_boundary(end).then(|| Arg::known(text.slice(0, end), text.source()))
}

/// `tail`
pub(super) fn tail(run: &Run<'_>) -> Option<Arg> {
    let (amount, operands) = amount(run, '+')?;
    let text = run.known_input(&operands)?;
    let whole = text.as_str();
    let lines = whole.split_inclusive('\n').count();
    let start = match amount {
        Amount::Lines(count) => lines_end(whole, lines.saturating_sub(count)),
        Amount::OtherLines(count) => lines_end(whole, count.saturating_sub(1)),
        Amount::Bytes(count) => whole.len().saturating_sub(count),
        Amount::OtherBytes(count) => count.saturating_sub(1).min(whole.len()),
    };
    whole.is_char_boundary(start).then(|| Arg::known(text.slice(start, whole.len()), text.source()))
}

/// Where the first `count` lines end.
fn lines_end(text: &str, count: usize) -> usize {
    text.split_inclusive('\n').take(count).map(str::len).sum()
}

/// `rev`
pub(super) fn rev(run: &Run<'_>) -> Option<Arg> {
    let operands: Vec<&Arg> = run.arguments.iter().collect();
    let text = run.known_input(&operands)?;
    let mut reversed = String::with_capacity(text.as_str().len());
    for line in text.as_str().split_inclusive('\n') {
        let content = line.strip_suffix('\n');
        reversed.extend(content.unwrap_or(line).chars().rev());
        reversed.push_str(if content.is_some() { "\n" } else { "" });
    }
    Some(made(reversed, &text))
}

/// `tac`
pub(super) fn tac(run: &Run<'_>) -> Option<Arg> {
    let operands: Vec<&Arg> = run.arguments.iter().filter(|argument| !argument.prefix().starts_with('-')).collect();
    if operands.len() != run.arguments.len() {
        return None;
    }
    let text = run.known_input(&operands)?;
    let lines: String = text.as_str().split_inclusive('\n').rev().collect();
    Some(made(lines, &text))
}

/// `sort`, as far as its order does not depend on the language.
pub(super) fn sort(run: &Run<'_>) -> Option<Arg> {
    let (mut reverse, mut unique, mut numeric) = (false, false, false);
    let mut operands = Vec::new();
    for argument in run.arguments {
        let text = argument.text()?;
        match text.strip_prefix('-').filter(|options| !options.is_empty()) {
            None => operands.push(argument),
            Some(options) => {
                for option in options.chars() {
                    match option {
                        'r' => reverse = true,
                        'u' => unique = true,
                        'n' => numeric = true,
                        _ => return None,
                    }
                }
            }
        }
    }
    let text = run.known_input(&operands)?;
    let mut lines: Vec<&str> = text.as_str().lines().collect();
    let simple = |line: &&str| line.bytes().all(|b| b.is_ascii_lowercase()) || line.bytes().all(|b| b.is_ascii_digit());
    if !lines.iter().all(simple) {
        return None;
    }
    match numeric {
        true => lines.sort_by_key(|line| line.parse::<u64>().unwrap_or(0)),
        false => lines.sort_unstable(),
    }
    if unique {
        lines.dedup();
    }
    if reverse {
        lines.reverse();
    }
    Some(made(lines.iter().map(|line| format!("{line}\n")).collect::<String>(), &text))
}

/// `uniq`
pub(super) fn uniq(run: &Run<'_>) -> Option<Arg> {
    if !run.arguments.is_empty() {
        return None;
    }
    let text = run.known_input(&[])?;
    let mut lines: Vec<&str> = text.as_str().lines().collect();
    lines.dedup();
    Some(made(lines.iter().map(|line| format!("{line}\n")).collect::<String>(), &text))
}

/// `tr`
pub(super) fn tr(run: &Run<'_>) -> Option<Arg> {
    let (mut deletes, mut squeezes, mut complement) = (false, false, false);
    let mut sets: Vec<&str> = Vec::new();
    for argument in run.arguments {
        let text = argument.text()?;
        match text.strip_prefix('-').filter(|options| !options.is_empty() && sets.is_empty()) {
            None => sets.push(text),
            Some("-delete") => deletes = true,
            Some("-squeeze-repeats") => squeezes = true,
            Some("-complement") => complement = true,
            Some("-") => {}
            Some(options) => {
                for option in options.chars() {
                    match option {
                        'd' => deletes = true,
                        's' => squeezes = true,
                        'c' | 'C' => complement = true,
                        _ => return None,
                    }
                }
            }
        }
    }
    let text = run.known_input(&[])?;
    let first = set(sets.first()?)?;
    let second = match sets.get(1) {
        Some(second) => Some(set(second)?),
        None => None,
    };
    let inside = |c: char| first.contains(&c) != complement;
    let mut result = String::with_capacity(text.as_str().len());
    let squeezed = second.as_ref().unwrap_or(&first);
    let mut last = None;
    for c in text.as_str().chars() {
        if deletes && inside(c) {
            continue;
        }
        let c = match &second {
            Some(second) if !deletes && inside(c) => translated(c, &first, second, complement)?,
            _ => c,
        };
        let repeats = last == Some(c) && squeezes && (squeezed.contains(&c) != (complement && second.is_none()));
        if !repeats {
            result.push(c);
        }
        last = Some(c);
    }
    Some(made(result, &text))
}

fn translated(c: char, first: &[char], second: &[char], complement: bool) -> Option<char> {
    let index = if complement { usize::MAX } else { first.iter().rposition(|other| *other == c)? };
    second.get(index).or(second.last()).copied()
}

/// The characters of a set such as `a-z[:digit:]\n`.
fn set(text: &str) -> Option<Vec<char>> {
    let text = String::from_utf8(unescape(text, Kind::Tr).bytes).ok()?;
    let characters: Vec<char> = text.chars().collect();
    let mut set = Vec::new();
    let mut at = 0;
    while let Some(c) = characters.get(at) {
        let next = characters.get(at + 1);
        if *c == '[' && next == Some(&':') {
            let rest: String = characters.get(at + 2..)?.iter().collect();
            if let Some(length) = rest.find(":]") {
                let class = rest.get(..length)?;
                set.extend((0..128_u8).map(char::from).filter(|c| crate::follow::patterns::is_in_class(*c, class)));
                at += length + 4;
                continue;
            }
        }
        if *c == '[' && (matches!(next, Some('=' | '*')) || characters.get(at + 2) == Some(&'*')) {
            return None;
        }
        match (next, characters.get(at + 2)) {
            (Some('-'), Some(to)) => {
                set.extend(*c..=*to);
                at += 3;
            }
            _ => {
                set.push(*c);
                at += 1;
            }
        }
        if set.len() > 4096 {
            return None;
        }
    }
    Some(set)
}
