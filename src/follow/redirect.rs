//! Redirections: what they open, and where the descriptors lead afterwards.

use std::rc::Rc;

use super::follower::{Fail, Follower};
use super::pipes::as_input;
use super::state::{Channel, ChannelId, Content, Drain, Feed, Streams};
use super::step::{Action, Arg, Command, Hole, Input, Redirection, Source};
use super::value::Variable;
use crate::shell::ast::{Descriptor, Redirect, RedirectOperator, RedirectTarget};
use crate::text::Text;

/// What the redirections of one command opened.
#[derive(Clone, Default)]
pub(super) struct Opened {
    /// What the step says of them.
    pub redirections: Vec<Redirection>,
    /// Where the descriptors lead now.
    pub streams: Rc<Streams>,
    /// The files that are written: which redirection it is, where it goes, and the file's key.
    written: Vec<Written>,
}

#[derive(Clone)]
struct Written {
    redirection: usize,
    channel: ChannelId,
    file: Option<String>,
}

/// The first descriptor that `{name}>` gets.
const FIRST_FREE: u32 = 10;

impl<'a> Follower<'a, '_> {
    /// Expands and opens redirections, in the order written.
    pub(super) fn open(&mut self, redirects: &'a [Redirect]) -> Opened {
        let streams = self.state.registers.streams.clone();
        let mut opened = Opened { redirections: Vec::new(), streams, written: Vec::new() };
        for redirect in redirects {
            self.open_one(redirect, &mut opened);
        }
        opened
    }

    fn open_one(&mut self, redirect: &'a Redirect, opened: &mut Opened) {
        let descriptor = self.descriptor(redirect, opened);
        match &redirect.target {
            RedirectTarget::Here { body, .. } => {
                let text = self.single(body);
                let feed = self.feed(as_input(text));
                Rc::make_mut(&mut opened.streams).set_read(descriptor, feed);
            }
            RedirectTarget::Word(word) if redirect.operator == RedirectOperator::HereString => {
                let mut text = self.single(word);
                text.push_text(Text::derived("\n", text.span));
                let feed = self.feed(as_input(text));
                Rc::make_mut(&mut opened.streams).set_read(descriptor, feed);
            }
            RedirectTarget::Word(word) => {
                let target = self.target(word);
                self.open_target(redirect, descriptor, target, opened);
            }
        }
    }

    /// The word after an operator. A pattern that matches several files is an error, so it is one word.
    fn target(&mut self, word: &'a crate::shell::ast::Word) -> Arg {
        let span = self.at(word.span);
        let mut words = self.words(std::slice::from_ref(word));
        match words.len() {
            1 => words.pop().unwrap_or_default(),
            0 => Arg { pieces: Vec::new(), span },
            _ => Arg::joined(&words, span),
        }
    }

    fn open_target(&mut self, redirect: &'a Redirect, descriptor: u32, target: Arg, opened: &mut Opened) {
        use RedirectOperator as Op;
        match redirect.operator {
            Op::DuplicateInput => self.duplicate(redirect, descriptor, target, opened),
            Op::DuplicateOutput => self.duplicate(redirect, descriptor, target, opened),
            Op::Read => {
                let feed = self.feed_of_file(&target, opened);
                Rc::make_mut(&mut opened.streams).set_read(descriptor, feed);
                self.record(redirect, Some(descriptor), target, opened);
            }
            Op::ReadWrite => {
                let feed = self.feed_of_file(&target, opened);
                let streams = Rc::make_mut(&mut opened.streams);
                streams.set_read(descriptor, feed);
                self.record(redirect, Some(descriptor), target, opened);
            }
            Op::WriteBoth | Op::AppendBoth => self.write_both(redirect, target, opened),
            _ => {
                let drain = self.drain_of_file(redirect, &target, opened);
                Rc::make_mut(&mut opened.streams).set_write(descriptor, drain);
                self.record(redirect, Some(descriptor), target, opened);
            }
        }
    }

    fn write_both(&mut self, redirect: &'a Redirect, target: Arg, opened: &mut Opened) {
        let drain = self.drain_of_file(redirect, &target, opened);
        let streams = Rc::make_mut(&mut opened.streams);
        streams.set_write(1, drain);
        streams.set_write(2, drain);
        self.record(redirect, None, target, opened);
    }

    /// `2>&1`, `<&3`, `>&-`, and `>&file`.
    fn duplicate(&mut self, redirect: &'a Redirect, descriptor: u32, target: Arg, opened: &mut Opened) {
        let streams = Rc::make_mut(&mut opened.streams);
        let word = target.text().map(|text| text.strip_suffix('-').filter(|left| !left.is_empty()).unwrap_or(text));
        match word {
            Some("-") => match redirect.operator {
                RedirectOperator::DuplicateInput => {
                    let nothing = self.feed(Input::Nothing);
                    streams.set_read(descriptor, nothing);
                }
                _ => streams.set_write(descriptor, Drain::Nowhere),
            },
            Some(word) if word.bytes().all(|byte| byte.is_ascii_digit()) => {
                streams.copy(word.parse().unwrap_or(u32::MAX), descriptor);
            }
            None if target.only_hole().is_some_and(|hole| hole.source == Source::Number) => {
                streams.set_write(descriptor, Drain::Outside);
            }
            _ if redirect.operator == RedirectOperator::DuplicateOutput => self.write_both(redirect, target, opened),
            _ => {
                let unknown = self.feed(Input::Unknown);
                streams.set_read(descriptor, unknown);
            }
        }
    }

    fn record(&mut self, redirect: &'a Redirect, descriptor: Option<u32>, target: Arg, opened: &mut Opened) {
        let descriptor = match redirect.descriptor {
            Descriptor::Variable(_) => None,
            _ => descriptor,
        };
        let span = self.at(redirect.span);
        opened.redirections.push(Redirection { descriptor, operator: redirect.operator, target, span });
    }

    fn descriptor(&mut self, redirect: &'a Redirect, opened: &Opened) -> u32 {
        use RedirectOperator as Op;
        match &redirect.descriptor {
            Descriptor::Number(number) => *number,
            Descriptor::Default => match redirect.operator {
                Op::Read | Op::ReadWrite | Op::DuplicateInput => 0,
                Op::HereDocument | Op::HereDocumentStripped | Op::HereString => 0,
                _ => 1,
            },
            Descriptor::Variable(name) => {
                let used = opened.streams.reads.len() + opened.streams.writes.len();
                let number = FIRST_FREE + u32::try_from(used).unwrap_or(0);
                let span = self.at(redirect.span);
                self.set_variable(name, Variable::scalar(Arg::made(number.to_string(), span)));
                number
            }
        }
    }

    /// What comes out of a file.
    fn feed_of_file(&mut self, target: &Arg, opened: &Opened) -> Feed {
        if let Some(text) = target.text() {
            if text == "/dev/null" {
                return self.feed(Input::Nothing);
            }
            if let Some(descriptor) = descriptor_path(text) {
                let known = opened.streams.read(descriptor).cloned();
                return known.unwrap_or_else(|| self.feed(Input::Inherited));
            }
        }
        if let Some(Source::Process(steps)) = target.only_hole().map(|hole| &hole.source) {
            let input = match self.printed_by(steps) {
                Some(text) if !steps.is_empty() => Input::Text(text),
                _ => Input::Pipe(steps.clone()),
            };
            return self.feed(input);
        }
        let input = match self.file_key(target).and_then(|key| self.state.files.get(&key).cloned()) {
            Some(Content::Known(content)) => as_input(content),
            _ => Input::File(target.clone()),
        };
        self.feed(input)
    }

    /// What is written to a file.
    fn drain_of_file(&mut self, redirect: &Redirect, target: &Arg, opened: &mut Opened) -> Drain {
        if let Some(text) = target.text() {
            if text == "/dev/null" {
                return Drain::Nowhere;
            }
            if text == "/dev/tty" {
                return Drain::Outside;
            }
            if let Some(descriptor) = descriptor_path(text) {
                return opened.streams.write(descriptor);
            }
        }
        let channel = self.new_channel();
        let file = self.file_key(target);
        if matches!(redirect.operator, RedirectOperator::Append | RedirectOperator::AppendBoth) {
            let before = match file.as_ref().and_then(|key| self.state.files.get(key)) {
                Some(Content::Known(content)) => content.clone(),
                _ => Arg::hole(Hole::open(Source::Other), target.span),
            };
            self.state.channels.set(channel, Channel::Written(vec![before]));
        }
        opened.written.push(Written { redirection: opened.redirections.len(), channel, file });
        Drain::Channel(channel)
    }

    /// Remembers what a command that is over wrote into its files.
    pub(super) fn close(&mut self, opened: &Opened) {
        for written in &opened.written {
            let mut texts = self.take_written(written.channel);
            let Some(file) = &written.file else { continue };
            let content = match (texts.pop(), texts.is_empty()) {
                (Some(text), true) if !text.is_too_long() => Content::Known(text),
                _ => Content::Unknown,
            };
            self.state.files.set(file.clone(), content);
        }
    }

    /// Follows `inner`, all of which is redirected.
    pub(super) fn redirected(
        &mut self,
        redirects: &'a [Redirect],
        inner: impl FnOnce(&mut Self) -> Fail<'a>,
    ) -> Fail<'a> {
        let ways = self.rounds(|follower| follower.open(redirects));
        let opened = match ways.len() {
            1 => ways.into_iter().next().unwrap_or_default(),
            _ => {
                for opened in &ways {
                    self.openers(opened);
                }
                self.condensed(|follower| follower.open(redirects))
            }
        };
        self.within(&opened, inner)
    }

    /// Follows `inner` with what was opened for it.
    pub(super) fn within(&mut self, opened: &Opened, inner: impl FnOnce(&mut Self) -> Fail<'a>) -> Fail<'a> {
        let first = self.openers.len();
        self.openers(opened);
        let count = self.openers.len() - first;
        let before = std::mem::replace(&mut self.state.registers.streams, opened.streams.clone());
        let fail = inner(self);
        self.state.registers.streams = before;
        let last = self.openers.len().min(first + count);
        let openers: Vec<_> = self.openers.drain(first.min(last)..last).collect();
        self.give_outputs(openers);
        self.close(opened);
        fail
    }

    /// A step for each file that is opened for several commands.
    pub(super) fn openers(&mut self, opened: &Opened) {
        for (index, redirection) in opened.redirections.iter().enumerate() {
            let channel = opened.written.iter().find(|written| written.redirection == index);
            let command = Command {
                redirections: vec![redirection.clone()],
                output: channel.is_none().then(Text::default),
                ..Command::default()
            };
            let id = self.push(Action::Command(command), redirection.span);
            // What goes wrong is told on 2, so nobody can say that nothing is written there.
            if let Some(written) = channel.filter(|_| redirection.descriptor != Some(2)) {
                self.openers.push((id, written.channel));
            }
        }
    }

    /// What of these redirections holds for the rest of the shell (`exec`).
    pub(super) fn keep_open(&mut self, opened: Opened) {
        self.openers(&opened);
        for written in &opened.written {
            if let Some(file) = &written.file {
                self.state.files.set(file.clone(), Content::Unknown);
            }
        }
        self.state.registers.streams = opened.streams;
    }

    /// Expands with a hole for everything that may be one of several.
    pub(super) fn condensed<T>(&mut self, expand: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::take(&mut self.choices);
        self.choices.condense();
        let result = expand(self);
        self.end_expansion(outer);
        result
    }
}

impl Streams {
    /// `2>&1`: lets `to` lead where `from` leads.
    fn copy(&mut self, from: u32, to: u32) {
        if let Some(feed) = self.read(from).cloned() {
            return self.set_read(to, feed);
        }
        let drain = self.write(from);
        self.set_write(to, drain);
    }
}

/// The descriptor that a path such as `/dev/stdin` or `/dev/fd/3` stands for.
pub(super) fn descriptor_path(path: &str) -> Option<u32> {
    match path {
        "/dev/stdin" => Some(0),
        "/dev/stdout" => Some(1),
        "/dev/stderr" => Some(2),
        _ => path.strip_prefix("/dev/fd/").or_else(|| path.strip_prefix("/proc/self/fd/"))?.parse().ok(),
    }
}
