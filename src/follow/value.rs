//! What variables hold: one of a few values, each known in full, in part or not at all.

use std::rc::Rc;

pub(super) use super::array::{Array, Key};
use super::limits;
use super::step::{Arg, Hole, Piece, Source};
use crate::span::Span;
use crate::text::Text;

/// A variable, with everything it may hold at this moment.
#[derive(Clone, Debug, Default)]
pub(super) struct Variable {
    /// At least one value; which of them is not known.
    pub values: Vec<Value>,
    /// Whether programs get it.
    pub exported: bool,
    /// What `declare` said of it.
    pub attributes: Attributes,
}

/// One value.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// The variable is known not to be set.
    Unset,
    /// A string.
    Scalar(Arg),
    /// An array of either kind.
    Array(Rc<Array>),
}

/// What `declare` can say of a variable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Attributes {
    /// `-i`: what is assigned is evaluated.
    pub integer: bool,
    /// `-l`
    pub lowercase: bool,
    /// `-u`
    pub uppercase: bool,
    /// `-n`: the value names another variable.
    pub reference: bool,
    /// `-A`: keys are strings.
    pub associative: bool,
}

impl Variable {
    /// A variable that holds one string.
    pub(super) fn scalar(value: Arg) -> Variable {
        Variable { values: vec![Value::Scalar(value)], ..Variable::default() }
    }

    /// Whether both may hold the same.
    pub(super) fn says_the_same(&self, other: &Variable) -> bool {
        let holds = |variable: &Variable, value: &Value| variable.values.iter().any(|held| held.says_the_same(value));
        self.exported == other.exported
            && self.attributes == other.attributes
            && self.values.len() == other.values.len()
            && self.values.iter().all(|value| holds(other, value))
    }

    /// A variable that is not set.
    pub(super) fn unset() -> Variable {
        Variable { values: vec![Value::Unset], ..Variable::default() }
    }
}

impl Value {
    /// The string, unless it is an array or none.
    pub(super) fn as_scalar(&self) -> Option<&Arg> {
        if let Value::Scalar(string) = self { Some(string) } else { None }
    }

    /// Whether both say the same, wherever they stand.
    fn says_the_same(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Unset, Value::Unset) => true,
            (Value::Scalar(one), Value::Scalar(other)) => one.says_the_same(other),
            (Value::Array(one), Value::Array(other)) => Rc::ptr_eq(one, other) || one.says_the_same(other),
            _ => false,
        }
    }

    /// How much of it is known, in bytes.
    pub(super) fn size(&self) -> usize {
        match self {
            Value::Unset => 1,
            Value::Scalar(string) => string.size(),
            Value::Array(array) => array.size(),
        }
    }

    /// What it costs to keep it, in work: an array shares most of its elements with what it was before.
    pub(super) fn work(&self) -> usize {
        match self {
            Value::Array(array) => array.work(),
            value => value.size(),
        }
    }

    /// Whether any part of it is what a step from `step` on prints.
    pub(super) fn comes_from(&self, step: usize) -> bool {
        let late = |arg: &Arg| {
            arg.holes().any(|hole| match &hole.source {
                Source::Output(steps) | Source::Process(steps) => steps.iter().any(|id| *id >= step),
                _ => false,
            })
        };
        match self {
            Value::Unset => false,
            Value::Scalar(string) => late(string),
            Value::Array(array) => array.iter().any(|(_, value)| late(value)),
        }
    }
}

/// Adds to `values` those of `others` that say something new.
pub(super) fn unite<'v>(values: &mut Vec<Value>, others: impl IntoIterator<Item = &'v Value>) {
    for other in others {
        if !values.iter().any(|value| value.says_the_same(other)) {
            values.push(other.clone());
        }
    }
}

/// The same for what is condensed next: more values than are kept one by one need no comparison.
pub(super) fn unite_some<'v>(values: &mut Vec<Value>, others: impl IntoIterator<Item = &'v Value>) {
    for other in others {
        if values.len() > limits::ALTERNATIVES || !values.iter().any(|value| value.says_the_same(other)) {
            values.push(other.clone());
        }
    }
}

/// Makes one value of too many: what they have in common stays known.
pub(super) fn condense(values: Vec<Value>, name: &str) -> Vec<Value> {
    if values.len() <= limits::ALTERNATIVES && values.iter().map(Value::size).sum::<usize>() <= limits::TEXT {
        return values;
    }
    let mut strings = Vec::with_capacity(values.len());
    for value in values {
        match value {
            Value::Scalar(string) => strings.push(string),
            Value::Unset => strings.push(Arg::default()),
            Value::Array(_) => return vec![unknown_array(name)],
        }
    }
    vec![Value::Scalar(common(&strings, Source::Variable(name.to_owned())))]
}

/// An array of which nothing is known.
pub(super) fn unknown_array(name: &str) -> Value {
    let hole = Hole { source: Source::Variable(name.to_owned()), splits: true, may_be_empty: true };
    let element = Arg::hole(hole, Span::default());
    Value::Array(Rc::new(Array::of_one(element, false)))
}

/// What several strings have in common: a beginning, an end, and a hole between them.
pub(super) fn common(strings: &[Arg], source: Source) -> Arg {
    let Some((first, others)) = strings.split_first() else { return Arg::hole(Hole::open(source), Span::default()) };
    let span = strings.iter().fold(first.span, |span, string| span.to(string.span));
    let (mut start, mut end) = (first.prefix().len(), first.suffix().len());
    for other in others {
        start = start.min(common_prefix(first.prefix(), other.prefix()));
        end = end.min(common_suffix(first.suffix(), other.suffix()));
    }
    let shortest = strings.iter().filter(|string| !string.has_hole()).map(Arg::size).min().unwrap_or(usize::MAX);
    let (start, end) = (start.min(shortest), end.min(shortest.saturating_sub(start)));
    let (start, end) = (boundary_before(first.prefix(), start), boundary_after(first.suffix(), end));
    let source =
        if strings.iter().all(|string| is_number_between(string, start, end)) { Source::Number } else { source };
    let may_be_empty = strings.iter().any(|string| !is_nonempty_between(string, start, end));
    let mut common = Arg { pieces: Vec::new(), span };
    common.push_text(Text::derived(first.prefix().get(..start).unwrap_or(""), span));
    common.push_hole(Hole { source, splits: false, may_be_empty });
    let tail = first.suffix();
    common.push_text(Text::derived(tail.get(tail.len() - end..).unwrap_or(""), span));
    common
}

fn common_prefix(one: &str, other: &str) -> usize {
    one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count()
}

fn common_suffix(one: &str, other: &str) -> usize {
    one.bytes().rev().zip(other.bytes().rev()).take_while(|(a, b)| a == b).count()
}

fn boundary_before(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn boundary_after(text: &str, mut length: usize) -> usize {
    while !text.is_char_boundary(text.len() - length) {
        length -= 1;
    }
    length
}

fn is_number_between(string: &Arg, start: usize, end: usize) -> bool {
    string.text().is_some_and(|text| {
        let middle = text.get(start..text.len().saturating_sub(end)).unwrap_or("");
        !middle.is_empty() && middle.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn is_nonempty_between(string: &Arg, start: usize, end: usize) -> bool {
    let outside = |text: &str, cut: usize| text.len() > cut;
    match string.pieces.as_slice() {
        [] => false,
        [Piece::Text(text)] => outside(text.as_str(), start + end),
        [Piece::Text(first), .., Piece::Text(last)] => {
            outside(first.as_str(), start) || outside(last.as_str(), end) || inner_is_nonempty(string)
        }
        [Piece::Text(first), ..] => outside(first.as_str(), start) || inner_is_nonempty(string),
        [.., Piece::Text(last)] => outside(last.as_str(), end) || inner_is_nonempty(string),
        _ => string.is_nonempty(),
    }
}

fn inner_is_nonempty(string: &Arg) -> bool {
    string.holes().any(|hole| !hole.may_be_empty)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(texts: &[&str]) -> Vec<Arg> {
        texts.iter().map(|text| Arg::made(*text, Span::default())).collect()
    }

    #[test]
    fn many_strings_keep_what_they_share() {
        let cases: &[(&[&str], &str, Source)] = &[
            (&["file1.txt", "file20.txt"], "file<>.txt", Source::Number),
            (&["build", "bar"], "b<>", Source::Variable("x".into())),
            (&["aa", "aaa"], "aa<?>", Source::Variable("x".into())),
            (&["a", "b"], "<>", Source::Variable("x".into())),
            (&["é", "è"], "<>", Source::Variable("x".into())),
        ];
        for (texts, shown, source) in cases {
            let common = common(&made(texts), Source::Variable("x".into()));
            let hole = common.holes().next().expect("there is a hole");
            assert_eq!(common.shown(if hole.may_be_empty { "<?>" } else { "<>" }), *shown);
            assert_eq!(hole.source, *source, "{texts:?}");
        }
    }

    #[test]
    fn values_that_say_the_same_are_one() {
        let strings = made(&["a", "b", "a"]);
        let mut values = Vec::new();
        for string in strings {
            unite(&mut values, [&Value::Scalar(string)]);
        }
        assert_eq!(values.len(), 2);
    }
}
