//! What following has at hand: the live state, the steps so far, and the bounds.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::Written;
use super::choices::Choices;
use super::endless::Pace;
use super::limits;
use super::source::{Keeper, Source};
use super::state::{Arguments, Channel, ChannelId, Drain, Mark, Name, Snapshot, State};
use super::step::{Action, Arg, Command, Context, Hole, Step, StepId};
use super::value::{self, Value, Variable};
use super::{environment, step};
use crate::facts::Facts;
use crate::shell::Dialect;
use crate::span::Span;
use crate::text::Text;

/// A program that is being followed.
pub(super) struct Follower<'a, 'f> {
    pub facts: &'f dyn Facts,
    pub written: Written<'f>,
    pub dialect: Dialect,
    pub keeper: Keeper<'a>,
    /// The text that the tree at hand was read from.
    pub source: &'a Source,
    pub state: State<'a>,
    pub steps: Vec<Step>,
    pub choices: Choices,
    /// The functions, loops and subshells around the command at hand, outermost first.
    pub frames: Vec<Frame<'a>>,
    /// How many conditions stand around the command at hand: `set -e` does not hold in them.
    pub conditions: u32,
    /// Whether every text was understood.
    pub parsed: bool,
    /// Whether a program ran that may have changed any file.
    pub disturbed: bool,
    /// Which steps wrote into a channel.
    pub writers: Vec<(ChannelId, StepId)>,
    /// Steps that opened a file for the commands after or inside them, and where those write.
    pub openers: Vec<(StepId, ChannelId)>,
    /// Whether the body at hand is followed only to find what a loop changes.
    pub searching: bool,
    /// Whether a loop was passed through meanwhile.
    pub passed_loops: bool,
    /// How processes come and go.
    pub pace: Pace,
    /// How many lines of the program were followed, as bash reads it line by line.
    pub line: u32,
    /// In which of them an alias was defined last, or a shell told to expand them.
    pub aliases_changed: u32,
    /// The names of variables and functions that were exported at some time.
    pub exports: BTreeSet<Name>,
    /// How many traps and jobs beside the others stand around the command at hand.
    beside: u32,
    channels: ChannelId,
    depth: u32,
    work: u64,
    exhausted: bool,
}

/// Something that control can leave early.
pub(super) enum Frame<'a> {
    /// A function, or a sourced file.
    Call(Box<CallFrame<'a>>),
    /// A loop.
    Loop { mark: Mark<'a>, left: Vec<Snapshot<'a>>, may_leave: bool },
    /// A subshell, a substitution, a side of a pipe, or the program itself.
    Shell { mark: Mark<'a>, left: Vec<Snapshot<'a>>, may_leave: bool },
}

impl<'a> Frame<'a> {
    /// A shell that begins at `mark`.
    pub(super) fn shell(mark: Mark<'a>) -> Frame<'a> {
        Frame::Shell { mark, left: Vec::new(), may_leave: false }
    }
}

/// A function that is active.
pub(super) struct CallFrame<'a> {
    /// Where its body stands, to know it again; none for a sourced file.
    pub body: Option<*const crate::shell::ast::Command>,
    pub mark: Mark<'a>,
    pub arguments: Rc<Arguments>,
    /// What `return` came from, with success and without.
    pub succeeded: Vec<Snapshot<'a>>,
    pub failed: Vec<Snapshot<'a>>,
    /// The variables that `local` hid, and what they held.
    pub locals: Vec<(Name, Option<Variable>)>,
    /// How many traps there were when it began.
    pub traps: usize,
    /// How many constructs around it may pass it by.
    pub optional: u32,
    /// Whether control may have left it before its end.
    pub may_leave: bool,
}

/// How a command may fail. The live state is the one after it succeeded.
pub(super) enum Fail<'a> {
    /// It makes no difference.
    Same,
    /// It cannot.
    Never,
    /// The shell stands elsewhere then.
    Place(super::state::Place),
    /// It left one of these behind.
    Ways(Vec<Snapshot<'a>>),
}

/// What a command writes to standard output.
pub(super) enum Printed {
    /// Nothing.
    Nothing,
    /// This.
    String(Arg),
    /// It is not known.
    Unknown,
}

impl<'a, 'f> Follower<'a, 'f> {
    /// Nothing followed yet.
    pub(super) fn new(
        facts: &'f dyn Facts,
        written: Written<'f>,
        dialect: Dialect,
        keeper: Keeper<'a>,
        source: &'a Source,
    ) -> Self {
        Follower {
            facts,
            written,
            dialect,
            keeper,
            source,
            state: State::default(),
            steps: Vec::new(),
            choices: Choices::default(),
            frames: Vec::new(),
            conditions: 0,
            parsed: true,
            disturbed: false,
            writers: Vec::new(),
            openers: Vec::new(),
            searching: false,
            passed_loops: false,
            pace: Pace::default(),
            line: 0,
            aliases_changed: 0,
            exports: BTreeSet::new(),
            beside: 0,
            channels: 0,
            depth: 0,
            work: 0,
            exhausted: false,
        }
    }

    /// Where `span` of the text at hand stands in the request.
    pub(super) fn at(&self, span: Span) -> Span {
        self.source.locate(span)
    }

    /// Counts work; once there was too much, nothing more is followed.
    pub(super) fn spend(&mut self, work: usize) {
        self.work = self.work.saturating_add(work as u64);
        if self.work > limits::WORK {
            self.exhaust();
        }
    }

    /// Whether a bound was reached.
    pub(super) fn is_exhausted(&self) -> bool {
        self.exhausted
    }

    /// Gives up: what comes is not followed.
    pub(super) fn exhaust(&mut self) {
        if !self.exhausted {
            self.exhausted = true;
            let step = Step {
                action: Action::Unreadable { because: "there is more of it than can be followed" },
                span: self.source.text.source(),
                context: Rc::default(),
                in_order: false,
            };
            self.steps.push(step);
        }
    }

    /// Goes one level deeper for `inner`, unless that is too deep.
    pub(super) fn deeper<T>(&mut self, otherwise: T, inner: impl FnOnce(&mut Self) -> T) -> T {
        if self.depth >= limits::DEPTH {
            self.exhaust();
        }
        if self.exhausted {
            return otherwise;
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    /// Whether what is followed now runs at most once, and behind what was followed before.
    fn is_in_order(&self) -> bool {
        let repeats = |frame: &Frame<'_>| match frame {
            Frame::Loop { .. } => true,
            Frame::Call(call) => call.body.is_some(),
            Frame::Shell { .. } => false,
        };
        self.beside == 0 && self.state.registers.traps.is_empty() && !self.frames.iter().any(repeats)
    }

    /// Follows something that runs at a time of its own.
    pub(super) fn beside<T>(&mut self, inner: impl FnOnce(&mut Self) -> T) -> T {
        self.beside += 1;
        let result = inner(self);
        self.beside -= 1;
        result
    }

    /// Adds a step.
    pub(super) fn push(&mut self, action: Action, span: Span) -> StepId {
        self.spend(64);
        if self.steps.len() >= limits::STEPS {
            self.exhaust();
        }
        let id = self.steps.len();
        if !self.exhausted {
            let context = self.context();
            let in_order = self.is_in_order();
            self.steps.push(Step { action, span, context, in_order });
        }
        id
    }

    /// Adds code that cannot be read.
    pub(super) fn unreadable(&mut self, because: &'static str, span: Span) {
        self.push(Action::Unreadable { because }, span);
    }

    /// What the steps at this moment can see.
    fn context(&mut self) -> Rc<Context> {
        if let Some(context) = &self.state.registers.context {
            return context.clone();
        }
        let mut context = Context { folder: self.state.registers.place.folder.clone(), ..Context::default() };
        let mut size = 0;
        let variables = self.exports.iter().filter_map(|name| Some((name, self.state.variables.get(name)?)));
        for (name, variable) in variables.filter(|(_, variable)| variable.exported) {
            if let Some(value) = exported(name, variable) {
                size += 256 + value.size();
                context.exported.push((name.to_string(), value));
            }
        }
        let functions = self.exports.iter().filter_map(|name| Some((name, self.state.functions.get(name)?)));
        for (name, function) in functions.filter(|(_, function)| function.exported) {
            for body in &function.bodies {
                let text = body.source.slice(body.span);
                size += 256 + text.as_str().len();
                context.functions.push((name.to_string(), text));
            }
        }
        self.spend(size);
        let context = Rc::new(context);
        self.state.registers.context = Some(context.clone());
        context
    }

    /// What a variable is that the text did not set.
    pub(super) fn environment(&self, name: &str) -> Value {
        environment::value(name, self.facts, self.state.variables.len() >= limits::VARIABLES)
    }

    /// Sets a variable.
    pub(super) fn set_variable(&mut self, name: &str, variable: Variable) {
        self.spend(32 + variable.values.iter().map(Value::work).sum::<usize>());
        let name: Name = Rc::from(name);
        if self.state.variables.get(&name).is_none() && self.state.variables.len() >= limits::VARIABLES {
            return;
        }
        if variable.exported && !self.exports.contains(&name) {
            self.exports.insert(name.clone());
        }
        if variable.exported || self.state.variables.get(&name).is_some_and(|old| old.exported) {
            self.state.registers.context = None;
        }
        self.state.variables.set(name, variable);
    }

    /// Sets what a variable holds, and leaves what was declared of it.
    pub(super) fn set_values(&mut self, name: &str, values: Vec<Value>) {
        self.evaluate_integer(name, &values);
        self.fill_table(name, &values);
        let values = value::condense(values, name);
        let variable = match self.state.variables.get(name) {
            Some(old) => Variable { values, exported: old.exported || self.state.registers.options.allexport, ..*old },
            None => {
                let exported = self.state.registers.options.allexport || environment::is_exported(name, self.facts);
                Variable { values, exported, ..Variable::default() }
            }
        };
        self.set_variable(name, variable);
    }

    /// Follows what is evaluated when a number is assigned: what `declare -i` made one, or bash itself.
    pub(super) fn evaluate_integer(&mut self, name: &str, values: &[Value]) {
        let declared = self.state.variables.get(name).is_some_and(|variable| variable.attributes.integer);
        if !declared && !matches!(name, "RANDOM" | "SRANDOM" | "SECONDS" | "OPTIND" | "HISTCMD" | "BASHPID" | "LINENO")
        {
            return;
        }
        for value in values {
            match value {
                Value::Unset => {}
                Value::Scalar(string) => self.evaluate_all(std::slice::from_ref(string)),
                Value::Array(array) => {
                    array.iter().for_each(|(_, string)| self.evaluate_all(std::slice::from_ref(string)))
                }
            }
        }
    }

    /// The present moment, to come back to.
    pub(super) fn mark(&mut self) -> Mark<'a> {
        self.spend(16);
        self.state.mark()
    }

    /// What changed since `mark`.
    pub(super) fn snapshot(&mut self, mark: &Mark<'a>) -> Snapshot<'a> {
        let snapshot = self.state.snapshot(mark);
        self.spend(16 + snapshot.size());
        snapshot
    }

    /// Goes on from `mark` as it is after any of `ways`.
    pub(super) fn resume(&mut self, mark: &Mark<'a>, ways: Vec<Snapshot<'a>>) {
        self.spend(ways.iter().map(Snapshot::size).sum());
        let (facts, full) = (self.facts, self.state.variables.len() >= limits::VARIABLES);
        self.state.resume(mark, ways, |name| environment::value(name, facts, full));
    }

    /// A new channel with nothing written to it.
    pub(super) fn new_channel(&mut self) -> ChannelId {
        self.channels += 1;
        self.channels
    }

    /// All that may have been written to a channel.
    pub(super) fn written(&self, channel: ChannelId) -> Vec<Arg> {
        match self.state.channels.get(&channel) {
            Some(Channel::Written(texts)) => texts.clone(),
            _ => vec![Arg::default()],
        }
    }

    /// Writes one of `texts` to a drain.
    pub(super) fn write(&mut self, drain: Drain, texts: &[Arg], step: StepId) {
        let Drain::Channel(channel) = drain else { return };
        if self.writers.last() != Some(&(channel, step)) {
            self.writers.push((channel, step));
        }
        self.spend(texts.iter().map(Arg::size).sum());
        if let ([text], Some(Channel::Written(before))) = (texts, self.state.channels.modify(&channel))
            && let [before] = before.as_mut_slice()
            && before.size() + text.size() <= limits::TEXT
        {
            before.append(text);
            return;
        }
        let before = self.written(channel);
        let sizes = before.iter().chain(texts).map(Arg::size).sum::<usize>();
        let after = if before.len() * texts.len() > limits::ALTERNATIVES || sizes > limits::TEXT {
            vec![self.all_writers(channel)]
        } else {
            before.iter().flat_map(|earlier| texts.iter().map(|text| earlier.clone().followed_by(text))).collect()
        };
        self.spend(after.iter().map(Arg::size).sum());
        self.state.channels.set(channel, Channel::Written(after));
    }

    /// What every step that wrote to `channel` prints, unknown.
    pub(super) fn all_writers(&self, channel: ChannelId) -> Arg {
        let mut steps: Vec<StepId> =
            self.writers.iter().filter(|(other, _)| *other == channel).map(|(_, step)| *step).collect();
        steps.dedup();
        let source = if steps.len() > limits::WRITERS { step::Source::Other } else { step::Source::Output(steps) };
        Arg::hole(Hole::open(source), Span::default())
    }

    /// Forgets every step from `first` on, to follow them anew.
    pub(super) fn forget_steps(&mut self, first: StepId) {
        if self.exhausted {
            return;
        }
        self.steps.truncate(first);
        self.writers.retain(|(_, step)| *step < first);
        self.openers.retain(|(step, _)| *step < first);
    }

    /// Gives steps that opened files what was written into those.
    pub(super) fn give_outputs(&mut self, openers: Vec<(StepId, ChannelId)>) {
        for (id, channel) in openers {
            let output = match self.written(channel).as_slice() {
                [text] => text.as_text(),
                _ => None,
            };
            if let Some(Step { action: Action::Command(Command { output: slot, .. }), .. }) = self.steps.get_mut(id) {
                *slot = output;
            }
        }
    }

    /// The text that is printed by steps which are all known to print one.
    pub(super) fn printed_by(&self, steps: &[StepId]) -> Option<Text> {
        let mut whole = Text::default();
        for id in steps {
            match self.steps.get(*id).map(|step| &step.action) {
                Some(Action::Command(Command { output: Some(text), .. })) => whole.push(text),
                _ => return None,
            }
        }
        Some(whole)
    }
}

/// What programs get of an exported variable: what its values have in common.
fn exported(name: &str, variable: &Variable) -> Option<Arg> {
    let mut strings = Vec::new();
    for value in &variable.values {
        match value {
            Value::Unset => strings.push(Arg::default()),
            Value::Scalar(string) => strings.push(string.clone()),
            Value::Array(_) => return None,
        }
    }
    match strings.as_slice() {
        [] => None,
        [_] if matches!(variable.values.as_slice(), [Value::Unset]) => None,
        [only] => Some(only.clone()),
        _ => Some(value::common(&strings, step::Source::Variable(name.to_owned()))),
    }
}

impl Printed {
    /// What a step's `output` says of it.
    pub(super) fn known(&self) -> Option<Text> {
        match self {
            Printed::Nothing => Some(Text::default()),
            Printed::String(string) => string.as_text(),
            Printed::Unknown => None,
        }
    }
}
