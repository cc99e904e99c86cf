//! The state of a shell as far as it is known, and how the states of several ways through a program are joined.
//!
//! There is one live state. A way that is followed for its own sake starts at a [`Mark`]; what it changed is kept
//! as a [`Snapshot`], and [`State::resume`] goes on from one or several of them.

use std::rc::Rc;

use super::limits;
use super::source::Source;
use super::step::{Arg, Context, Folder, Hole, Input};
use super::tracked::{Changes, Tracked};
use super::value::{self, Value, Variable};
use crate::shell::ast::{Command, Redirect};
use crate::span::Span;

/// The name of a variable, a function or an alias.
pub(super) type Name = Rc<str>;

/// The number of a [`Channel`].
pub(super) type ChannelId = u32;

/// The live state.
#[derive(Default)]
pub(super) struct State<'a> {
    pub variables: Tracked<Name, Variable>,
    pub functions: Tracked<Name, Function<'a>>,
    pub aliases: Tracked<Name, Arg>,
    /// What the text itself wrote into files, by path.
    pub files: Tracked<String, Content>,
    pub channels: Tracked<ChannelId, Channel>,
    pub registers: Registers<'a>,
}

/// The part of the state that is copied as a whole.
#[derive(Clone, Default)]
pub(super) struct Registers<'a> {
    /// The working folder, its predecessor (`$OLDPWD`) and the stack of `pushd`.
    pub place: Place,
    /// `$0` and the positional arguments.
    pub arguments: Rc<Arguments>,
    /// `set` and `shopt`.
    pub options: Options,
    /// Where the standard streams and other descriptors lead.
    pub streams: Rc<Streams>,
    /// What `trap` was given.
    pub traps: Rc<Vec<Trap<'a>>>,
    /// Whether control cannot get here (behind `exit`). What stands here is followed all the same.
    pub dead: bool,
    /// What the steps see, when it has been asked for since it last changed.
    pub context: Option<Rc<Context>>,
}

/// Where the shell stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Place {
    pub folder: Folder,
    pub previous: Option<Folder>,
    pub stack: Rc<Vec<Folder>>,
}

/// `$0` and the positional arguments.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Arguments {
    /// `$0`, when it is known.
    pub name: Option<Arg>,
    /// `$1` and on, when they are known.
    pub words: Option<Vec<Arg>>,
}

/// The options that change what following gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Options {
    /// `set -e`
    pub errexit: bool,
    /// `set -f`
    pub noglob: bool,
    /// `set -a`
    pub allexport: bool,
    /// `set -n`
    pub noexec: bool,
    /// `shopt -s expand_aliases`
    pub aliases: bool,
    /// `shopt -s lastpipe`
    pub lastpipe: bool,
    /// The same on some way to here.
    pub maybe_lastpipe: bool,
    /// `shopt -s xpg_echo`
    pub xpg_echo: bool,
}

/// Where descriptors lead. A descriptor that is not listed leads where guard's own does.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Streams {
    pub reads: Vec<(u32, Feed)>,
    pub writes: Vec<(u32, Drain)>,
}

/// Something to read from.
#[derive(Clone, Debug)]
pub(super) struct Feed {
    /// What comes.
    pub input: Rc<Input>,
    /// How far it has been read is kept there.
    pub channel: ChannelId,
}

impl PartialEq for Feed {
    fn eq(&self, other: &Feed) -> bool {
        self.channel == other.channel
    }
}

/// Something to write to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Drain {
    /// Out of guard's sight: a terminal, a log.
    Outside,
    /// `/dev/null`, or closed.
    Nowhere,
    /// A file, a pipe or a substitution; what is written is kept in the channel.
    Channel(ChannelId),
}

/// What went through a stream.
#[derive(Clone, Debug)]
pub(super) enum Channel {
    /// All that was written, one of a few.
    Written(Vec<Arg>),
    /// How many bytes were read, when that is known.
    Read(Option<usize>),
}

/// What the text wrote into a file.
#[derive(Clone, Debug)]
pub(super) enum Content {
    /// This.
    Known(Arg),
    /// Something.
    Unknown,
}

/// What a name stands for after function definitions.
#[derive(Clone)]
pub(super) struct Function<'a> {
    /// One of these.
    pub bodies: Vec<Body<'a>>,
    /// Whether it may not be defined at all.
    pub may_be_missing: bool,
    /// Whether it may be yet another one, of more than are kept.
    pub may_be_other: bool,
    /// `export -f`
    pub exported: bool,
}

/// The body of a function.
#[derive(Clone, Copy)]
pub(super) struct Body<'a> {
    pub command: &'a Command,
    pub redirects: &'a [Redirect],
    pub source: &'a Source,
    /// Where the whole definition stands in its source.
    pub span: Span,
}

/// Code that runs when the shell ends or gets a signal.
#[derive(Clone)]
pub(super) struct Trap<'a> {
    pub code: Arg,
    pub span: Span,
    pub source: &'a Source,
    /// Whether `EXIT` is the only thing that it waits for.
    pub signals: Vec<String>,
}

/// A moment to come back to.
#[derive(Clone)]
pub(super) struct Mark<'a> {
    variables: usize,
    functions: usize,
    aliases: usize,
    files: usize,
    channels: usize,
    registers: Registers<'a>,
}

/// What one way through a program changed since a mark.
#[derive(Clone)]
pub(super) struct Snapshot<'a> {
    pub variables: Changes<Name, Variable>,
    pub functions: Changes<Name, Function<'a>>,
    pub aliases: Changes<Name, Arg>,
    pub files: Changes<String, Content>,
    pub channels: Changes<ChannelId, Channel>,
    pub registers: Registers<'a>,
}

impl Arguments {
    /// The positional arguments as words: one open hole when they are not known.
    pub(super) fn all(&self) -> Vec<Arg> {
        match &self.words {
            Some(words) => words.clone(),
            None => {
                let hole = Hole { splits: true, ..Hole::open(super::step::Source::Variable("@".to_owned())) };
                vec![Arg::hole(hole, Span::default())]
            }
        }
    }
}

impl Streams {
    /// Where `descriptor` is read from.
    pub(super) fn read(&self, descriptor: u32) -> Option<&Feed> {
        self.reads.iter().find(|(number, _)| *number == descriptor).map(|(_, feed)| feed)
    }

    /// Where `descriptor` is written to.
    pub(super) fn write(&self, descriptor: u32) -> Drain {
        self.writes.iter().find(|(number, _)| *number == descriptor).map_or(Drain::Outside, |(_, drain)| *drain)
    }

    /// Lets `descriptor` be read from `feed`.
    pub(super) fn set_read(&mut self, descriptor: u32, feed: Feed) {
        self.close(descriptor);
        self.reads.push((descriptor, feed));
    }

    /// Lets `descriptor` be written to `drain`.
    pub(super) fn set_write(&mut self, descriptor: u32, drain: Drain) {
        self.close(descriptor);
        self.writes.push((descriptor, drain));
    }

    /// Forgets `descriptor`.
    pub(super) fn close(&mut self, descriptor: u32) {
        self.reads.retain(|(number, _)| *number != descriptor);
        self.writes.retain(|(number, _)| *number != descriptor);
    }
}

impl<'a> Function<'a> {
    /// A function that is certainly this one.
    pub(super) fn defined(body: Body<'a>) -> Function<'a> {
        Function { bodies: vec![body], may_be_missing: false, may_be_other: false, exported: false }
    }

    fn join(ways: &[Option<&Function<'a>>]) -> Option<Function<'a>> {
        let mut joined = Function { bodies: Vec::new(), may_be_missing: false, may_be_other: false, exported: false };
        for way in ways {
            let Some(function) = way else {
                joined.may_be_missing = true;
                continue;
            };
            joined.may_be_missing |= function.may_be_missing;
            joined.may_be_other |= function.may_be_other;
            joined.exported |= function.exported;
            for body in &function.bodies {
                if joined.bodies.iter().any(|known| std::ptr::eq(known.command, body.command)) {
                    continue;
                }
                match joined.bodies.len() < limits::COMBINATIONS {
                    true => joined.bodies.push(*body),
                    false => joined.may_be_other = true,
                }
            }
        }
        (!joined.bodies.is_empty()).then_some(joined)
    }
}

impl<'a> State<'a> {
    /// The present moment, to come back to.
    pub(super) fn mark(&mut self) -> Mark<'a> {
        Mark {
            variables: self.variables.mark(),
            functions: self.functions.mark(),
            aliases: self.aliases.mark(),
            files: self.files.mark(),
            channels: self.channels.mark(),
            registers: self.registers.clone(),
        }
    }

    /// What changed since `mark`.
    pub(super) fn snapshot(&self, mark: &Mark<'a>) -> Snapshot<'a> {
        Snapshot {
            variables: self.variables.changes(mark.variables),
            functions: self.functions.changes(mark.functions),
            aliases: self.aliases.changes(mark.aliases),
            files: self.files.changes(mark.files),
            channels: self.channels.changes(mark.channels),
            registers: self.registers.clone(),
        }
    }

    /// The variables that changed since `mark`.
    pub(super) fn changed_variables(&self, mark: &Mark<'a>) -> Vec<Name> {
        self.variables.changes(mark.variables).into_iter().map(|(name, _)| name).collect()
    }

    /// Makes everything as it was at `mark`.
    pub(super) fn undo(&mut self, mark: &Mark<'a>) {
        self.variables.undo(mark.variables);
        self.functions.undo(mark.functions);
        self.aliases.undo(mark.aliases);
        self.files.undo(mark.files);
        self.channels.undo(mark.channels);
        self.registers = mark.registers.clone();
    }

    /// Ends a subshell that began at `mark`: what it wrote and read stays, everything else is undone.
    pub(super) fn leave(&mut self, mark: &Mark<'a>) {
        let files = self.files.changes(mark.files);
        let channels = self.channels.changes(mark.channels);
        self.undo(mark);
        self.files.apply(files);
        self.channels.apply(channels);
    }

    /// Goes on from `mark` as it is after any of `ways`. `environment` tells what a variable is that a way did
    /// not set. Ways that control cannot come from do not count, unless there are no others.
    pub(super) fn resume(&mut self, mark: &Mark<'a>, mut ways: Vec<Snapshot<'a>>, environment: impl Fn(&str) -> Value) {
        if ways.iter().any(|way| !way.registers.dead) {
            ways.retain(|way| !way.registers.dead);
        }
        self.undo(mark);
        let join = |name: &Name, values: &[Option<&Variable>]| Some(join_variables(name, values, &environment));
        self.variables.merge(each(&mut ways, |way| &mut way.variables), join);
        self.functions.merge(each(&mut ways, |way| &mut way.functions), |_, values| Function::join(values));
        let first = |values: &[Option<&Arg>]| values.iter().find_map(|value| value.cloned());
        self.aliases.merge(each(&mut ways, |way| &mut way.aliases), |_, values| first(values));
        self.files.merge(each(&mut ways, |way| &mut way.files), |_, values| join_contents(values));
        self.channels.merge(each(&mut ways, |way| &mut way.channels), |_, values| join_channels(values));
        if let Some(registers) = ways.into_iter().map(|way| way.registers).reduce(Registers::join) {
            self.registers = registers;
        }
    }

    /// Moves to `place`.
    pub(super) fn go(&mut self, place: Place) {
        self.registers.place = place;
        self.registers.context = None;
    }
}

impl<'a> Registers<'a> {
    /// Whether both say the same, as far as a loop can change it.
    pub(super) fn says_the_same(&self, other: &Registers<'a>) -> bool {
        self.place == other.place
            && self.options == other.options
            && (Rc::ptr_eq(&self.arguments, &other.arguments) || self.arguments == other.arguments)
            && (Rc::ptr_eq(&self.streams, &other.streams) || self.streams == other.streams)
            && self.traps.len() == other.traps.len()
    }

    fn join(mut self, other: Registers<'a>) -> Registers<'a> {
        if !same_context(&self.context, &other.context) {
            self.context = None;
        }
        self.place = self.place.join(&other.place);
        if !Rc::ptr_eq(&self.arguments, &other.arguments) && self.arguments != other.arguments {
            self.arguments = Rc::new(Arguments { name: self.arguments.name.clone(), words: None });
        }
        if !Rc::ptr_eq(&self.traps, &other.traps) {
            let mut traps = (*self.traps).clone();
            traps.extend(other.traps.iter().skip(common_traps(&self.traps, &other.traps)).cloned());
            self.traps = Rc::new(traps);
        }
        self.options = self.options.join(other.options);
        self.dead &= other.dead;
        self
    }
}

fn same_context(one: &Option<Rc<Context>>, other: &Option<Rc<Context>>) -> bool {
    matches!((one, other), (Some(one), Some(other)) if Rc::ptr_eq(one, other))
}

fn common_traps(one: &[Trap<'_>], other: &[Trap<'_>]) -> usize {
    one.iter().zip(other).take_while(|(one, other)| one.span == other.span && one.code == other.code).count()
}

impl Place {
    /// Where the shell may stand after either of two ways.
    pub(super) fn join(&self, other: &Place) -> Place {
        let folder = if same_folder(&self.folder, &other.folder) {
            self.folder.clone()
        } else {
            Folder::either(&self.folder, &other.folder)
        };
        let previous = match (&self.previous, &other.previous) {
            (None, None) => None,
            (Some(one), Some(other)) if same_folder(one, other) => Some(one.clone()),
            _ => Some(Folder::Unknown),
        };
        let stack = if self.stack == other.stack { self.stack.clone() } else { Rc::default() };
        Place { folder, previous, stack }
    }
}

fn same_folder(one: &Folder, other: &Folder) -> bool {
    match (one, other) {
        (Folder::Changed(one), Folder::Changed(other)) => Rc::ptr_eq(one, other) || one == other,
        _ => one == other,
    }
}

impl Options {
    /// What may be set after either of two ways: what makes more happen wins.
    fn join(self, other: Options) -> Options {
        Options {
            errexit: self.errexit && other.errexit,
            noglob: self.noglob && other.noglob,
            allexport: self.allexport || other.allexport,
            noexec: self.noexec && other.noexec,
            aliases: self.aliases || other.aliases,
            lastpipe: self.lastpipe && other.lastpipe,
            maybe_lastpipe: self.maybe_lastpipe || other.maybe_lastpipe,
            xpg_echo: self.xpg_echo || other.xpg_echo,
        }
    }
}

/// One kind of change of each way; nothing where none of them made such a change, as is most often so.
fn each<'a, K, V>(
    ways: &mut [Snapshot<'a>],
    kind: impl for<'w> Fn(&'w mut Snapshot<'a>) -> &'w mut Changes<K, V>,
) -> Vec<Changes<K, V>> {
    match ways.iter_mut().all(|way| kind(way).is_empty()) {
        true => Vec::new(),
        false => ways.iter_mut().map(|way| std::mem::take(kind(way))).collect(),
    }
}

fn join_variables(name: &str, ways: &[Option<&Variable>], environment: &impl Fn(&str) -> Value) -> Variable {
    let mut joined = Variable::default();
    for way in ways {
        match way {
            Some(variable) => {
                value::unite_some(&mut joined.values, &variable.values);
                joined.exported |= variable.exported;
                joined.attributes = variable.attributes;
            }
            None => value::unite_some(&mut joined.values, [&environment(name)]),
        }
    }
    joined.values = value::condense(joined.values, name);
    joined
}

fn join_contents(ways: &[Option<&Content>]) -> Option<Content> {
    let first = ways.first().copied().flatten()?;
    let same = ways.iter().all(|way| match (way, first) {
        (Some(Content::Known(one)), Content::Known(other)) => one.says_the_same(other),
        _ => false,
    });
    Some(if same { first.clone() } else { Content::Unknown })
}

fn join_channels(ways: &[Option<&Channel>]) -> Option<Channel> {
    let mut texts: Vec<Arg> = Vec::new();
    let mut reads: Vec<Option<usize>> = Vec::new();
    for way in ways {
        match way {
            Some(Channel::Written(written)) => {
                for text in written {
                    if !texts.iter().any(|known| known.says_the_same(text)) {
                        texts.push(text.clone());
                    }
                }
            }
            Some(Channel::Read(read)) => reads.push(*read),
            None if ways.iter().any(|way| matches!(way, Some(Channel::Read(_)))) => reads.push(Some(0)),
            None if !texts.iter().any(Arg::is_empty) => texts.push(Arg::default()),
            None => {}
        }
    }
    match reads.first() {
        Some(first) => Some(Channel::Read(reads.iter().all(|read| read == first).then_some(*first).flatten())),
        None => Some(Channel::Written(condense_written(texts))),
    }
}

/// Keeps what many written texts have in common. Who wrote the rest is told by the holes.
fn condense_written(texts: Vec<Arg>) -> Vec<Arg> {
    if texts.len() <= limits::ALTERNATIVES && texts.iter().map(Arg::size).sum::<usize>() <= limits::TEXT {
        return texts;
    }
    vec![value::common(&texts, super::step::Source::Other)]
}

impl Snapshot<'_> {
    /// How much it holds, in work.
    pub(super) fn size(&self) -> usize {
        let variables: usize =
            self.variables.iter().filter_map(|(_, variable)| variable.as_ref()).map(|v| 64 * v.values.len()).sum();
        variables + 64 * (self.functions.len() + self.aliases.len() + self.files.len() + self.channels.len())
    }
}
