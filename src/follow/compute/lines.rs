//! Programs that take lines and paths apart, or count.

use super::{Run, made};
use crate::follow::limits;
use crate::follow::step::{Arg, Piece};
use crate::span::Span;
use crate::text::Text;

/// `cut`
pub(super) fn cut(run: &Run<'_>) -> Option<Arg> {
    let (mut delimiter, mut list, mut fields) = ('\t', None, false);
    let mut operands = Vec::new();
    let mut arguments = run.arguments.iter();
    while let Some(argument) = arguments.next() {
        let text = argument.text()?;
        let letter = text.strip_prefix('-').and_then(|options| options.chars().next());
        let Some(letter) = letter else {
            operands.push(argument);
            continue;
        };
        let value = match text.get(2..).filter(|value| !value.is_empty()) {
            Some(value) => value,
            None => arguments.next()?.text()?,
        };
        match letter {
            'd' => delimiter = value.chars().next()?,
            'f' => (list, fields) = (Some(ranges(value)?), true),
            'c' | 'b' => (list, fields) = (Some(ranges(value)?), false),
            _ => return None,
        }
    }
    let text = run.known_input(&operands)?;
    let list = list?;
    let wanted = |index: usize| list.iter().any(|(from, to)| (*from..=*to).contains(&(index + 1)));
    let mut result = String::new();
    for line in text.as_str().lines() {
        if !fields {
            result.extend(line.chars().enumerate().filter(|(index, _)| wanted(*index)).map(|(_, c)| c));
        } else if line.contains(delimiter) {
            let kept: Vec<&str> =
                line.split(delimiter).enumerate().filter(|(index, _)| wanted(*index)).map(|(_, field)| field).collect();
            result.push_str(&kept.join(&delimiter.to_string()));
        } else {
            result.push_str(line);
        }
        result.push('\n');
    }
    Some(made(result, &text))
}

/// `1,3-5,7-`
fn ranges(list: &str) -> Option<Vec<(usize, usize)>> {
    list.split(',')
        .map(|range| match range.split_once('-') {
            None => range.parse().ok().map(|only| (only, only)),
            Some((from, to)) => {
                let from = if from.is_empty() { 1 } else { from.parse().ok()? };
                let to = if to.is_empty() { usize::MAX } else { to.parse().ok()? };
                Some((from, to))
            }
        })
        .collect()
}

/// `awk '{print $N}'`: no other program is read here.
pub(super) fn awk(run: &Run<'_>) -> Option<Arg> {
    let mut separator = None;
    let mut program = None;
    let mut operands = Vec::new();
    let mut arguments = run.arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.text()? {
            "-F" => separator = Some(arguments.next()?.text()?),
            text if text.starts_with("-F") => separator = text.get(2..),
            text if text.starts_with('-') => return None,
            text if program.is_none() => program = Some(text),
            _ => operands.push(argument),
        }
    }
    let columns = printed_columns(program?)?;
    let text = run.known_input(&operands)?;
    let mut result = String::new();
    for line in text.as_str().lines() {
        let fields: Vec<&str> = match separator {
            None => line.split_ascii_whitespace().collect(),
            Some(separator) if separator.len() == 1 && separator != " " => line.split(separator).collect(),
            Some(_) => return None,
        };
        let field = |column: &Column| match column {
            Column::Number(0) => line,
            Column::Number(number) => fields.get(number - 1).copied().unwrap_or(""),
            Column::Last => fields.last().copied().unwrap_or(line),
        };
        let printed: Vec<&str> = columns.iter().map(field).collect();
        result.push_str(&printed.join(" "));
        result.push('\n');
    }
    Some(made(result, &text))
}

enum Column {
    Number(usize),
    Last,
}

fn printed_columns(program: &str) -> Option<Vec<Column>> {
    let inside = program.trim().strip_prefix('{')?.strip_suffix('}')?.trim().trim_end_matches(';').trim();
    let list = inside.strip_prefix("print")?.trim();
    if list.is_empty() {
        return Some(vec![Column::Number(0)]);
    }
    list.split(',')
        .map(|column| match column.trim().strip_prefix('$')? {
            "NF" => Some(Column::Last),
            number => number.parse().ok().map(Column::Number),
        })
        .collect()
}

/// `basename`
pub(super) fn basename(run: &Run<'_>) -> Option<Arg> {
    let [path, rest @ ..] = run.arguments else { return None };
    if path.prefix().starts_with('-') || rest.len() > 1 {
        return None;
    }
    let suffix = match rest.first() {
        Some(suffix) => suffix.text()?,
        None => "",
    };
    let last = last_component(path)?;
    let mut last = match last.as_text() {
        Some(text) => {
            let whole = text.as_str();
            let kept = whole.strip_suffix(suffix).filter(|kept| !kept.is_empty()).unwrap_or(whole).len();
            Arg::known(text.slice(0, kept), path.span)
        }
        None if suffix.is_empty() => last,
        None => return None,
    };
    last.push_text(Text::derived("\n", path.span));
    Some(last)
}

/// What stands behind the last slash, when that is known.
fn last_component(path: &Arg) -> Option<Arg> {
    match path.pieces.as_slice() {
        [Piece::Text(text)] => {
            let trimmed = text.as_str().trim_end_matches('/');
            let start = trimmed.rfind('/').map_or(0, |slash| slash + 1);
            let end = if trimmed.is_empty() { text.as_str().len().min(1) } else { trimmed.len() };
            Some(Arg::known(text.slice(start.min(end), end), path.span))
        }
        [.., Piece::Text(text)] => {
            let start = text.as_str().rfind('/')? + 1;
            (start < text.as_str().len()).then(|| Arg::known(text.slice(start, text.as_str().len()), path.span))
        }
        _ => None,
    }
}

/// `dirname`
pub(super) fn dirname(run: &Run<'_>) -> Option<Arg> {
    let [path] = run.arguments else { return None };
    let text = path.as_text().filter(|text| !text.as_str().starts_with('-'))?;
    let trimmed = text.as_str().trim_end_matches('/');
    let folder = match trimmed.rfind('/') {
        None => Arg::made(if trimmed.is_empty() && !text.is_empty() { "/" } else { "." }, path.span),
        Some(slash) => {
            let end = trimmed.get(..slash)?.trim_end_matches('/').len().max(1);
            Arg::known(text.slice(0, end), path.span)
        }
    };
    let mut folder = folder;
    folder.push_text(Text::derived("\n", path.span));
    Some(folder)
}

/// How many lines stand for the endless output of `yes`: whoever reads it stops before long.
const YES_LINES: usize = 8;

/// `yes`: the beginning of what it prints, which is all that is ever read.
pub(super) fn yes(run: &Run<'_>) -> Option<Arg> {
    let words: Vec<&str> = run.arguments.iter().map(Arg::text).collect::<Option<_>>()?;
    let line = if words.is_empty() { "y".to_owned() } else { words.join(" ") };
    let span = run.arguments.first().map_or_else(Span::default, |argument| argument.span);
    Some(Arg::known(Text::derived(format!("{line}\n").repeat(YES_LINES), span), span))
}

/// `seq`
pub(super) fn seq(run: &Run<'_>) -> Option<Arg> {
    let mut separator = "\n";
    let mut numbers: Vec<i64> = Vec::new();
    let mut arguments = run.arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.text()? {
            "-s" => separator = arguments.next()?.text()?,
            text => numbers.push(text.parse().ok()?),
        }
    }
    let (first, step, last) = match numbers.as_slice() {
        [last] => (1, 1, *last),
        [first, last] => (*first, 1, *last),
        [first, step, last] => (*first, *step, *last),
        _ => return None,
    };
    let mut printed = Vec::new();
    let mut number = first;
    while step != 0 && (if step > 0 { number <= last } else { number >= last }) {
        printed.push(number.to_string());
        number = number.checked_add(step)?;
        if printed.len() > limits::WORDS {
            return None;
        }
    }
    let span = run.arguments.first().map_or_else(Span::default, |argument| argument.span);
    let newline = if printed.is_empty() { "" } else { "\n" };
    Some(Arg::made(printed.join(separator) + newline, span))
}

/// `expr`, for one operation
pub(super) fn expr(run: &Run<'_>) -> Option<Arg> {
    let [left, operator, right] = run.arguments else { return None };
    let span = left.span.to(right.span);
    let (Some(left), Some(right)) = (number(left), number(right)) else { return None };
    let value = match operator.text()? {
        "+" => left.checked_add(right)?,
        "-" => left.checked_sub(right)?,
        "*" => left.checked_mul(right)?,
        "/" => left.checked_div(right)?,
        "%" => left.checked_rem(right)?,
        _ => return None,
    };
    Some(Arg::made(format!("{value}\n"), span))
}

fn number(argument: &Arg) -> Option<i64> {
    argument.text()?.parse().ok()
}

/// `fold -w N`
pub(super) fn fold(run: &Run<'_>) -> Option<Arg> {
    let mut width = 80_usize;
    let mut operands = Vec::new();
    let mut arguments = run.arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.text()? {
            "-w" => width = arguments.next()?.text()?.parse().ok()?,
            text if text.starts_with("-w") => width = text.get(2..)?.parse().ok()?,
            text if text.starts_with('-') => width = text.get(1..)?.parse().ok()?,
            _ => operands.push(argument),
        }
    }
    let text = run.known_input(&operands)?;
    if width == 0 {
        return None;
    }
    let mut result = String::new();
    let mut column = 0;
    for c in text.as_str().chars() {
        if c != '\n' && column == width {
            result.push('\n');
            column = 0;
        }
        result.push(c);
        column = if c == '\n' { 0 } else { column + 1 };
    }
    Some(made(result, &text))
}
