//! What is known of a value while a program is followed.

use std::rc::Rc;

use crate::follow::step::{Arg, Hole, Piece, Source};
use crate::span::Span;
use crate::text::Text;

/// How many alternatives of a value are kept.
const MAX_ALTERNATIVES: usize = 8;
/// How long a computed text may grow.
pub const MAX_TEXT: usize = 64 * 1024;

/// A value, as far as it is known.
#[derive(Clone, Debug)]
pub enum Value {
    /// Not known.
    Unknown(Source),
    /// No value.
    Nothing,
    /// A truth value.
    Truth(bool),
    /// A number.
    Number(i64),
    /// A text, perhaps with holes.
    Text(Rc<Arg>),
    /// A list of which every element is there.
    List(Rc<Vec<Value>>),
    /// Any number of values of this kind.
    Many(Rc<Value>),
    /// Keys and values.
    Map(Rc<Vec<(String, Value)>>),
    /// Something that goes by this full name: a module, a class, a function.
    Named(Rc<str>),
    /// An object of a known type.
    Object(Rc<Object>),
    /// A function of the program itself, by its number.
    Function(usize),
    /// A method of a value.
    Method(Rc<(Value, String)>),
    /// A function with its first arguments.
    Partial(Rc<(Value, Vec<Value>)>),
    /// One of these.
    Either(Rc<Vec<Value>>),
}

/// An object of a known type.
#[derive(Clone, Debug)]
pub struct Object {
    /// The type, by the name that the language's file gives it.
    pub type_name: String,
    /// What it was made from: a path, a connection's address, a command.
    pub subject: Value,
    /// The number of the opened file.
    pub opened: Option<usize>,
}

impl Value {
    /// A value of which nothing is known.
    pub fn unknown() -> Value {
        Value::Unknown(Source::Other)
    }

    /// A known text.
    pub fn text(text: Text) -> Value {
        let span = text.source();
        Value::Text(Rc::new(Arg::known(text, span)))
    }

    /// A text that was computed from what stands at `span` of the request.
    pub fn computed(text: impl Into<String>, span: Span) -> Value {
        Value::Text(Rc::new(Arg::known(Text::derived(text, span), span)))
    }

    /// A text made of pieces.
    pub fn pieces(pieces: Vec<Piece>, span: Span) -> Value {
        Value::Text(Rc::new(Arg { pieces, span }))
    }

    /// A list.
    pub fn list(values: Vec<Value>) -> Value {
        Value::List(Rc::new(values))
    }

    /// One of two values.
    pub fn or(self, other: Value) -> Value {
        let mut values = self.alternatives();
        values.extend(other.alternatives());
        if values.len() > MAX_ALTERNATIVES {
            return Value::unknown();
        }
        if values.len() == 1 {
            return values.pop().unwrap_or(Value::Nothing);
        }
        Value::Either(Rc::new(values))
    }

    /// The values that it may be.
    pub fn alternatives(&self) -> Vec<Value> {
        match self {
            Value::Either(values) => values.iter().flat_map(Value::alternatives).collect(),
            other => vec![other.clone()],
        }
    }

    /// The text, when all of it is known.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(arg) => arg.text(),
            Value::Object(object) => object.subject.as_text(),
            _ => None,
        }
    }

    /// Whether it is a text, known or not.
    pub fn is_text(&self) -> bool {
        matches!(self, Value::Text(_))
    }

    /// Whether it is known to be false or nothing.
    pub fn is_false(&self) -> bool {
        match self {
            Value::Nothing | Value::Truth(false) | Value::Number(0) => true,
            Value::Text(arg) => matches!(arg.text(), Some("" | "0")),
            _ => false,
        }
    }

    /// The pieces that it adds to a text.
    pub fn into_pieces(self, span: Span) -> Vec<Piece> {
        match self {
            Value::Text(arg) => arg.pieces.clone(),
            Value::Number(number) => vec![Piece::Text(Text::derived(number.to_string(), span))],
            Value::Object(object) => object.subject.clone().into_pieces(span),
            Value::List(values) if values.len() == 1 => {
                values.first().cloned().unwrap_or(Value::Nothing).into_pieces(span)
            }
            Value::Unknown(source) => vec![hole(source)],
            _ => vec![hole(Source::Other)],
        }
    }

    /// As an argument: a text with its place.
    pub fn into_arg(self, span: Span) -> Arg {
        match self {
            Value::Text(arg) => {
                Arg { pieces: arg.pieces.clone(), span: if arg.span == Span::default() { span } else { arg.span } }
            }
            other => Arg { pieces: other.into_pieces(span), span },
        }
    }

    /// What a loop over it gives, one after the other; `None` when there may be any number of elements.
    pub fn elements(&self) -> Option<Vec<Value>> {
        match self {
            Value::List(values) => Some(values.to_vec()),
            Value::Map(entries) => Some(entries.iter().map(|(_, value)| value.clone()).collect()),
            Value::Nothing => Some(Vec::new()),
            _ => None,
        }
    }

    /// What any element of it is like.
    pub fn element(&self) -> Value {
        match self {
            Value::Many(value) => (**value).clone(),
            Value::List(values) => values.iter().cloned().reduce(Value::or).unwrap_or(Value::Nothing),
            Value::Map(entries) => {
                entries.iter().map(|(_, value)| value.clone()).reduce(Value::or).unwrap_or(Value::Nothing)
            }
            Value::Either(values) => values.iter().map(Value::element).reduce(Value::or).unwrap_or(Value::Nothing),
            Value::Unknown(source) => Value::Unknown(source.clone()),
            _ => Value::unknown(),
        }
    }

    /// The entry of a map.
    pub fn entry(&self, key: &str) -> Option<Value> {
        match self {
            Value::Map(entries) => entries.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value.clone()),
            _ => None,
        }
    }

    /// The paths of files whose content this holds.
    pub fn files(&self) -> Vec<Arg> {
        let mut files = Vec::new();
        self.collect_files(&mut files, 4);
        files
    }

    fn collect_files(&self, files: &mut Vec<Arg>, depth: u32) {
        if depth == 0 {
            return;
        }
        match self {
            Value::Unknown(Source::File(path)) => files.push((**path).clone()),
            Value::Text(arg) => {
                for hole in arg.holes() {
                    if let Source::File(path) = &hole.source {
                        files.push((**path).clone());
                    }
                }
            }
            Value::List(values) | Value::Either(values) => {
                values.iter().for_each(|value| value.collect_files(files, depth - 1));
            }
            Value::Many(value) => value.collect_files(files, depth - 1),
            Value::Map(entries) => entries.iter().for_each(|(_, value)| value.collect_files(files, depth - 1)),
            Value::Object(object) => {
                if object.type_name == "file" && object.opened.is_none() {
                    files.push(object.subject.clone().into_arg(Span::default()));
                }
                object.subject.collect_files(files, depth - 1);
            }
            _ => {}
        }
    }
}

/// A piece that is not known.
pub fn hole(source: Source) -> Piece {
    let may_be_empty = !matches!(
        source,
        Source::Home | Source::StartFolder | Source::FreshTemporary(_) | Source::TemporaryFolder | Source::Number
    );
    Piece::Hole(Hole { source, splits: false, may_be_empty })
}

/// Texts side by side; each way in which their alternatives go together, as long as those are few.
pub fn join(values: Vec<Value>, span: Span) -> Value {
    let mut ways: Vec<Vec<Piece>> = vec![Vec::new()];
    for value in values {
        let alternatives = value.alternatives();
        let several = alternatives.len() > 1 && alternatives.len() * ways.len() <= MAX_ALTERNATIVES;
        if several {
            ways = ways
                .iter()
                .flat_map(|way| {
                    alternatives.iter().map(|value| {
                        let mut longer = way.clone();
                        push(&mut longer, value.clone().into_pieces(span));
                        longer
                    })
                })
                .collect();
            continue;
        }
        let pieces = if alternatives.len() == 1 { value.into_pieces(span) } else { vec![hole(Source::Other)] };
        for way in &mut ways {
            push(way, pieces.clone());
        }
    }
    ways.into_iter().map(|pieces| limited(pieces, span)).reduce(Value::or).unwrap_or(Value::Nothing)
}

fn limited(pieces: Vec<Piece>, span: Span) -> Value {
    let length: usize = pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.as_str().len(),
            Piece::Hole(_) => 0,
        })
        .sum();
    if length > MAX_TEXT || pieces.len() > 256 { Value::unknown() } else { Value::pieces(pieces, span) }
}

/// Adds pieces to pieces, known texts joined.
pub fn push(pieces: &mut Vec<Piece>, more: Vec<Piece>) {
    for piece in more {
        match (pieces.last_mut(), piece) {
            (_, Piece::Text(text)) if text.is_empty() => {}
            (Some(Piece::Text(last)), Piece::Text(text)) => last.push(&text),
            (_, piece) => pieces.push(piece),
        }
    }
}
