//! Built-ins that fill variables with what they read: `read` and `mapfile`.

use std::rc::Rc;

use super::command::Call;
use super::fields::{Fields, Mode, Separators};
use super::follower::{Fail, Follower, Frame, Printed};
use super::limits;
use super::state::{Channel, Feed, Mark};
use super::step::{Arg, Hole, Input, Source};
use super::value::{Array, Value};
use crate::span::Span;
use crate::text::Text;

/// What the arguments of `read` or `mapfile` say.
#[derive(Default)]
struct Wanted {
    names: Vec<Arg>,
    array: Option<Arg>,
    descriptor: u32,
    delimiter: Option<Option<char>>,
    trims: bool,
    callback: Option<Arg>,
    raw: bool,
    /// An option that changes what is read in a way that is not followed.
    strange: bool,
}

/// What may be read, without the delimiters.
struct Lines {
    /// One of these.
    lines: Vec<Arg>,
    /// One of these at the end of the input, when that may be reached.
    last: Option<Vec<Arg>>,
}

impl<'a> Follower<'a, '_> {
    /// `read`: at the end of its input it fails, and leaves the variables empty or with what stood there without
    /// a newline.
    pub(super) fn read(&mut self, call: Call, mark: Option<&Mark<'a>>) -> Fail<'a> {
        let wanted = wanted(call.arguments(), "adeinNptu");
        let feed = call.opened.streams.read(wanted.descriptor).cloned();
        let ifs = call.assignments.iter().find(|(name, _)| name == "IFS").map(|(_, value)| value.clone());
        let span = call.span;
        self.emit(call, Printed::Nothing);
        self.takes_time();
        self.subscripts(&wanted.names);
        let Lines { mut lines, last } = self.next_lines(feed.as_ref(), &wanted, span);
        let Some(last) = last else {
            self.fill_line(&wanted, &lines, ifs.as_ref(), span);
            return Fail::Same;
        };
        match mark {
            Some(mark) => {
                let here = self.mark();
                self.fill_line(&wanted, &last, ifs.as_ref(), span);
                let failed = self.snapshot(mark);
                self.state.undo(&here);
                self.fill_line(&wanted, &lines, ifs.as_ref(), span);
                Fail::Ways(vec![failed])
            }
            None => {
                lines.extend(last);
                self.fill_line(&wanted, &lines, ifs.as_ref(), span);
                Fail::Same
            }
        }
    }

    /// Gives the variables what they get of one of `lines`.
    fn fill_line(&mut self, wanted: &Wanted, lines: &[Arg], ifs: Option<&Arg>, span: Span) {
        if let Some(array) = &wanted.array {
            let values =
                lines.iter().map(|line| Value::Array(Rc::new(Array::of(self.split_line(line, ifs))))).collect();
            return self.fill(array, values);
        }
        if wanted.names.is_empty() {
            let values = lines.iter().cloned().map(Value::Scalar).collect();
            return self.fill(&Arg::made("REPLY", span), values);
        }
        let separators = self.separators_of(ifs);
        for (index, name) in wanted.names.iter().enumerate() {
            let last = index + 1 == wanted.names.len();
            let values = lines.iter().map(|line| match line.as_text() {
                Some(text) if separators != Separators::Unknown => {
                    Value::Scalar(Arg::known(field(&text, &separators, index, last), line.span))
                }
                _ => Value::Scalar(part_of(line, index, last)),
            });
            let values: Vec<Value> = values.collect();
            self.fill(name, values);
        }
    }

    /// `mapfile`
    pub(super) fn mapfile(&mut self, call: Call) -> Fail<'a> {
        let wanted = wanted(call.arguments(), "dnOsuCc");
        let feed = call.opened.streams.read(wanted.descriptor).cloned();
        let span = call.span;
        self.emit(call, Printed::Nothing);
        if let Some(code) = &wanted.callback {
            self.evaluate_code(code, span, None);
        }
        let all = Wanted { delimiter: Some(None), ..Wanted::default() };
        let texts = if wanted.strange {
            vec![unread(feed.as_ref(), span)]
        } else {
            self.next_lines(feed.as_ref(), &all, span).lines
        };
        let values = texts.iter().map(|text| Value::Array(Rc::new(lines_of(text, &wanted))));
        let values: Vec<Value> = values.collect();
        let name = wanted.names.into_iter().next().unwrap_or_else(|| Arg::made("MAPFILE", span));
        self.fill(&name, values);
        Fail::Same
    }

    /// What `read` may get.
    fn next_lines(&mut self, feed: Option<&Feed>, wanted: &Wanted, span: Span) -> Lines {
        let sure = |lines| Lines { lines, last: None };
        let Some(feed) = feed.filter(|_| !wanted.strange) else { return sure(vec![unread(feed, span)]) };
        let Some(text) = self.known_input(&feed.input) else { return sure(vec![unread(Some(feed), span)]) };
        let Some(delimiter) = wanted.delimiter.unwrap_or(Some('\n')) else { return sure(vec![text]) };
        let Some(text) = text.as_text() else { return sure(vec![unread(Some(feed), span)]) };
        let start = match self.state.channels.get(&feed.channel) {
            None => Some(0),
            Some(Channel::Read(read)) => *read,
            Some(Channel::Written(_)) => None,
        };
        let in_loop = self.frames.iter().any(|frame| matches!(frame, Frame::Loop { .. }));
        let whole = text.as_str();
        match start.filter(|_| !in_loop) {
            Some(start) => {
                let rest = whole.get(start..).unwrap_or("");
                let length = rest.find(delimiter).unwrap_or(rest.len());
                let next = (start + length + delimiter.len_utf8()).min(whole.len());
                self.state.channels.set(feed.channel, Channel::Read(Some(next)));
                sure(vec![Arg::known(text.slice(start, start + length), span)])
            }
            None => {
                self.state.channels.set(feed.channel, Channel::Read(None));
                let mut lines = Vec::new();
                let mut at = 0;
                for line in whole.split_terminator(delimiter).take(limits::WORDS) {
                    lines.push(Arg::known(text.slice(at, at + line.len()), span));
                    at += line.len() + delimiter.len_utf8();
                }
                let ends = whole.is_empty() || whole.ends_with(delimiter);
                let mut last = vec![Arg::default()];
                last.extend(lines.last().filter(|_| !ends).cloned());
                if lines.is_empty() {
                    lines.push(Arg::default());
                }
                Lines { lines, last: Some(last) }
            }
        }
    }

    fn separators_of(&self, ifs: Option<&Arg>) -> Separators {
        match ifs {
            None => self.separators(),
            Some(ifs) => ifs.text().map_or(Separators::Unknown, |text| Separators::These(text.to_owned())),
        }
    }

    fn split_line(&mut self, line: &Arg, ifs: Option<&Arg>) -> Vec<Arg> {
        let mut fields = Fields::new(Mode::PlainWords, self.separators_of(ifs), line.span);
        fields.value(line, false);
        fields.finish()
    }

    /// Gives a name one of `values`.
    fn fill(&mut self, name: &Arg, values: Vec<Value>) {
        let Some(name) = name.as_written() else { return };
        let bare = name.split_once('[').map_or(name.as_str(), |(bare, _)| bare).to_owned();
        if super::words::is_name(&bare) {
            let values = if bare == name { values } else { vec![super::value::unknown_array(&bare)] };
            let target = self.referred(&bare);
            self.set_values(&target, values);
        }
    }
}

/// A line of something that cannot be read here.
fn unread(feed: Option<&Feed>, span: Span) -> Arg {
    let source = match feed.map(|feed| &*feed.input) {
        Some(Input::Pipe(steps)) => Source::Output(steps.clone()),
        Some(Input::File(path)) => Source::File(Box::new(path.clone())),
        Some(Input::Nothing) => return Arg { pieces: Vec::new(), span },
        _ => Source::Other,
    };
    Arg::hole(Hole::open(source), span)
}

/// What the variable with number `index` gets of a line of which not all is known.
fn part_of(line: &Arg, index: usize, last: bool) -> Arg {
    if index == 0 && last {
        return line.clone().quoted();
    }
    let source = line.holes().next().map_or(Source::Other, |hole| hole.source.clone());
    Arg::hole(Hole::open(source), line.span)
}

/// What the variable with number `index` gets of a line: the last one gets all that is left.
fn field(line: &Text, separators: &Separators, index: usize, last: bool) -> Text {
    let text = line.as_str();
    let blank = |c: char| separators.is_blank(c);
    let mut rest = text.trim_start_matches(blank);
    for _ in 0..index {
        rest = behind_field(rest, separators);
    }
    let mut length = rest.find(|c| separators.contains(c)).unwrap_or(rest.len());
    if last && !behind_field(rest, separators).is_empty() {
        length = rest.trim_end_matches(blank).len();
    }
    let start = text.len() - rest.len();
    line.slice(start, start + length)
}

/// What stands behind the first field and the separator that ends it.
fn behind_field<'t>(text: &'t str, separators: &Separators) -> &'t str {
    let blank = |c: char| separators.is_blank(c);
    let length = text.find(|c| separators.contains(c)).unwrap_or(text.len());
    let rest = text.get(length..).unwrap_or("").trim_start_matches(blank);
    match rest.chars().next().filter(|c| separators.contains(*c)) {
        Some(c) => rest.get(c.len_utf8()..).unwrap_or("").trim_start_matches(blank),
        None => rest,
    }
}

/// The elements that `mapfile` makes of a text.
fn lines_of(text: &Arg, wanted: &Wanted) -> Array {
    let delimiter = wanted.delimiter.flatten().unwrap_or('\n');
    let Some(known) = text.as_text() else {
        let source = text.holes().next().map_or(Source::Other, |hole| hole.source.clone());
        return Array::of(vec![Arg::hole(Hole { splits: true, ..Hole::open(source) }, text.span)]);
    };
    let mut lines = Vec::new();
    let mut at = 0;
    for line in known.as_str().split_inclusive(delimiter).take(limits::WORDS) {
        let kept = if wanted.trims { line.trim_end_matches(delimiter).len() } else { line.len() };
        lines.push(Arg::known(known.slice(at, at + kept), text.span));
        at += line.len();
    }
    Array::of(lines)
}

/// Reads the options. `takes` lists those with a value.
fn wanted(arguments: &[Arg], takes: &str) -> Wanted {
    let mut wanted = Wanted::default();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let Some(options) = argument.prefix().strip_prefix('-').filter(|options| !options.is_empty()) else {
            wanted.names.push(argument.clone());
            wanted.names.extend(rest.cloned());
            break;
        };
        if options == "-" {
            wanted.names.extend(rest.cloned());
            break;
        }
        for (at, option) in options.char_indices() {
            if !takes.contains(option) {
                wanted.trims |= option == 't';
                wanted.raw |= option == 'r';
                continue;
            }
            let behind = options.get(at + option.len_utf8()..).unwrap_or("");
            let value = match behind.is_empty() && !argument.has_hole() {
                true => rest.next().cloned().unwrap_or_default(),
                false => Arg::known(Text::derived(behind, argument.span), argument.span),
            };
            wanted.option(option, value, takes.contains('C'));
            break;
        }
    }
    wanted
}

impl Wanted {
    fn option(&mut self, option: char, value: Arg, of_mapfile: bool) {
        match option {
            'a' => self.array = Some(value),
            'd' => self.delimiter = value.text().map(|text| Some(text.chars().next().unwrap_or('\0'))),
            'u' => match value.text().and_then(|text| text.parse().ok()) {
                Some(descriptor) => self.descriptor = descriptor,
                None => self.strange = true,
            },
            'C' => self.callback = Some(value),
            'n' | 'N' | 'O' | 's' | 'i' => self.strange = true,
            't' if !of_mapfile => {}
            _ => {}
        }
    }
}
