//! Reads the languages that commands carry: SQL, HTTP requests, GraphQL and code.
//!
//! Takes a payload as an [`Arg`](crate::follow::step::Arg) (text with holes), gives an [`Outcome`]: a class,
//! findings that point into the request's own text, and code in turn carried. Knows of each language as little as
//! the judgement needs; knows nothing of the shell.

pub mod code;
pub mod editors;
pub mod graphql;
pub mod http;
pub mod json;
pub mod language;
pub mod make;
pub mod reason;
pub mod role;
pub mod secrets;
pub mod sql;
pub mod stores;
pub mod task_file;
pub mod tasks;
pub mod words;

use std::borrow::Cow;

use crate::effect::{Class, Effect, Finding};
use crate::follow::step::Arg;
use crate::span::Span;
use crate::text::Text;

pub use language::Language;
pub use role::PathRole;

pub use crate::rules::glob::HOLE;

/// The length of printed texts that are noted: from the shortest statement that does harm.
const SHORTEST_PRINTED: usize = "drop ".len();
const LONGEST_PRINTED: usize = 16 << 10;
/// How many printed texts are noted.
const MOST_PRINTED: usize = 64;

/// What a payload does.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The class of what the payload itself does; carried code comes on top.
    pub class: Class,
    /// The reasons for it.
    pub findings: Vec<Finding>,
    /// Code that runs as part of it, to be judged by the same way in.
    pub carried: Vec<Carried>,
    /// Paths that it works on, to be judged by their place.
    pub paths: Vec<PathUse>,
    /// Texts that it may print, with holes: whoever reads its output may run them.
    pub texts: Vec<Arg>,
}

/// A path that a payload works on. What that means for the class depends on the place that it points to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathUse {
    /// What happens to it.
    pub role: PathRole,
    /// The path, with holes where it is not known. Its span is where it stands in the request.
    pub path: Arg,
    /// The rule that found it, such as `python.delete`.
    pub rule: Cow<'static, str>,
}

/// Code that a command or a payload runs.
#[derive(Clone, Debug)]
pub enum Carried {
    /// A line for a shell; with the `$0`, `$1`, … that it gets.
    Shell {
        /// The line.
        text: Arg,
        /// `$0` and the positional arguments.
        arguments: Vec<Arg>,
    },
    /// A program and its arguments, run without a shell.
    Arguments(Vec<Arg>),
    /// Code in another language.
    Code {
        /// The language.
        language: Language,
        /// The code.
        text: Arg,
    },
    /// A file of code, judged by its text when it can be read; otherwise mutating and unrecognised.
    File {
        /// The language.
        language: Language,
        /// The path.
        path: Arg,
    },
}

impl Outcome {
    /// Nothing that outlives the process changes.
    pub fn read_only() -> Outcome {
        Outcome {
            class: Class::ReadOnly,
            findings: Vec::new(),
            carried: Vec::new(),
            paths: Vec::new(),
            texts: Vec::new(),
        }
    }

    /// Notes a text that it may print. Too many or too long ones are left out: they only name what a reader of the
    /// output may do, which is unknown without them.
    pub fn prints(&mut self, text: Arg) {
        let length: usize = text.pieces.iter().map(|piece| piece.known().len()).sum();
        if (SHORTEST_PRINTED..=LONGEST_PRINTED).contains(&length) && self.texts.len() < MOST_PRINTED {
            self.texts.push(text);
        }
    }

    /// Raises the class to `class` when that is higher.
    pub fn raise(&mut self, class: Class) {
        self.class = self.class.max(class);
    }

    /// Adds a destructive finding.
    pub fn destructive(
        &mut self,
        rule: &'static str,
        effect: Effect,
        span: Span,
        subject: impl Into<String>,
        because: impl Into<Cow<'static, str>>,
    ) {
        self.class = Class::Destructive;
        self.findings.push(Finding {
            rule: Cow::Borrowed(rule),
            class: Class::Destructive,
            effect: Some(effect),
            span,
            subject: subject.into(),
            because: because.into(),
            instead: None,
        });
    }

    /// Adds what another outcome holds.
    pub fn merge(&mut self, other: Outcome) {
        self.class = self.class.max(other.class);
        self.findings.extend(other.findings);
        self.carried.extend(other.carried);
        self.paths.extend(other.paths);
        other.texts.into_iter().for_each(|text| self.prints(text));
    }
}

/// Reads a payload.
pub fn read(language: Language, code: &Arg) -> Outcome {
    let text = flatten(code);
    match language {
        Language::Postgres => sql::read(sql::Dialect::Postgres, &text),
        Language::Mysql => sql::read(sql::Dialect::Mysql, &text),
        Language::Sqlite => sql::read(sql::Dialect::Sqlite, &text),
        Language::Sqlserver => sql::read(sql::Dialect::SqlServer, &text),
        Language::Clickhouse => sql::read(sql::Dialect::Clickhouse, &text),
        Language::Duckdb => sql::read(sql::Dialect::Duckdb, &text),
        Language::Cql => sql::read(sql::Dialect::Cql, &text),
        Language::Sql => sql::read(sql::Dialect::Generic, &text),
        Language::Influxql => sql::read(sql::Dialect::Influx, &text),
        Language::Flux => stores::flux::read(&text),
        Language::Redis => stores::redis::read(&text),
        Language::Mongo => stores::mongo::read(&text),
        Language::Cypher => stores::cypher::read(&text),
        Language::Memcached => stores::memcached::read(&text),
        Language::Graphql => graphql::read(&text),
        Language::Http => http::raw::read(&text),
        Language::Make => make::read(code),
        Language::Sed => editors::sed(&text, false),
        Language::SedInPlace => editors::sed(&text, true),
        Language::Ed => editors::ed(&text),
        Language::Ex => editors::ex(&text),
        Language::Gdb => editors::gdb(&text),
        _ => code::read(language, code),
    }
}

/// The payload as one text, with [`HOLE`] for each part that is not known.
pub fn flatten(arg: &Arg) -> Text {
    use crate::follow::step::Piece;
    let mut text = Text::default();
    for piece in &arg.pieces {
        match piece {
            Piece::Text(known) => text.push(known),
            Piece::Hole(_) => text.push(&Text::derived(HOLE.to_string(), arg.span)),
        }
    }
    text
}

/// A text with [`HOLE`]s as an argument again. What filled the holes is forgotten, which never makes anything safer.
pub fn argument(text: Text) -> Arg {
    use crate::follow::step::{Hole, Piece, Source};
    let span = text.source();
    if !text.as_str().contains(HOLE) {
        return Arg::known(text, span);
    }
    let mut pieces = Vec::new();
    let mut from = 0;
    for (at, hole) in text.as_str().match_indices(HOLE) {
        if from < at {
            pieces.push(Piece::Text(text.slice(from, at)));
        }
        pieces.push(Piece::Hole(Hole { source: Source::Other, splits: false, may_be_empty: true }));
        from = at + hole.len();
    }
    if from < text.as_str().len() {
        pieces.push(Piece::Text(text.slice(from, text.as_str().len())));
    }
    Arg { pieces, span }
}

/// The bytes `start..end` of [`flatten`]'s text, as an argument whose holes are the same.
pub fn part(arg: &Arg, start: usize, end: usize) -> Arg {
    use crate::follow::step::Piece;
    let mut pieces = Vec::new();
    let mut at = 0;
    for piece in &arg.pieces {
        let length = match piece {
            Piece::Text(text) => text.as_str().len(),
            Piece::Hole(_) => HOLE.len_utf8(),
        };
        let (from, to) = (start.max(at), end.min(at + length));
        if from < to {
            pieces.push(match piece {
                Piece::Text(text) => Piece::Text(text.slice(from - at, to - at)),
                Piece::Hole(_) => piece.clone(),
            });
        }
        at += length;
    }
    let span = flatten(arg).locate(Span::new(start, end.min(at)));
    Arg { pieces, span }
}
