//! Follows a syntax tree without running it: which simple commands may run, with which words.
//!
//! Takes a tree and what is known at the start; gives [`step::Step`]s. Knows variables, functions, folders and
//! text that can be computed; knows nothing of danger.

mod arithmetic;
mod array;
mod builtins;
mod choices;
mod command;
mod compute;
mod control;
mod declare;
mod endless;
mod environment;
mod evaluate;
mod fields;
mod folder;
mod follower;
mod functions;
mod limits;
mod loops;
mod operations;
mod parameters;
mod patterns;
mod pieces;
mod pipes;
mod read;
mod redirect;
mod source;
mod state;
pub mod step;
#[cfg(test)]
mod tests;
mod tracked;
mod value;
mod words;

use std::rc::Rc;

pub use compute::edited;

use crate::facts::Facts;
use crate::shell::Dialect;
use crate::text::Text;
use follower::{Follower, Frame};
use source::{Source, Sources};
use state::Arguments;
use step::{Action, Arg, Context, Input, Step};
use value::Variable;

/// What is known when a program starts.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// Where it runs, and what the text around it exported.
    pub context: Context,
    /// `$0` and the positional arguments.
    pub arguments: Vec<Arg>,
    /// Its standard input. Steps whose output comes through a pipe are those of the text around it.
    pub input: Input,
    /// The shell that reads it.
    pub dialect: Dialect,
}

/// What following a program gave.
#[derive(Clone, Debug, Default)]
pub struct Followed {
    /// Everything that may run, in order.
    pub steps: Vec<Step>,
    /// Whether the whole text, and every text that it evaluates, was understood as shell.
    pub parsed: bool,
}

/// Which of its arguments a program may write into.
pub type Written<'w> = &'w dyn Fn(&[Arg]) -> Vec<Arg>;

/// Follows `text`, a program for a shell.
pub fn follow(text: &Text, start: &Start, facts: &dyn Facts, written: Written<'_>) -> Followed {
    let sources = Sources::default();
    let mut keeper = sources.keeper();
    let source = match Source::read(text.clone(), start.dialect) {
        Ok(source) => keeper.keep(source),
        Err(_) => None,
    };
    let Some(source) = source else { return unparsed(text, start) };
    let mut follower = Follower::new(facts, written, start.dialect, keeper, source);
    follower.begin(start);
    let mark = follower.mark();
    follower.frames.push(Frame::shell(mark));
    follower.lines(&source.script);
    follower.end_shell();
    let openers = std::mem::take(&mut follower.openers);
    follower.give_outputs(openers);
    Followed { parsed: follower.parsed, steps: follower.steps }
}

/// A text that is no shell.
fn unparsed(text: &Text, start: &Start) -> Followed {
    let action = Action::Unreadable { because: "it does not parse as shell" };
    let context = Rc::new(start.context.clone());
    Followed { steps: vec![Step { action, span: text.source(), context, in_order: false }], parsed: false }
}

impl Follower<'_, '_> {
    /// Takes over what is known at the start.
    fn begin(&mut self, start: &Start) {
        self.state.registers.place.folder = start.context.folder.clone();
        if !matches!(start.input, Input::Inherited) {
            let input = match &start.input {
                // Steps of another text have no numbers here.
                Input::Pipe(_) => Input::Pipe(Vec::new()),
                input => input.clone(),
            };
            let feed = self.feed(input);
            Rc::make_mut(&mut self.state.registers.streams).set_read(0, feed);
        }
        if let Some((name, words)) = start.arguments.split_first() {
            // A text that is given no arguments may still be meant for some: they count as unknown.
            let words = (!words.is_empty()).then(|| words.to_vec());
            let arguments = Arguments { name: Some(name.clone()), words };
            self.state.registers.arguments = Rc::new(arguments);
        }
        for (name, value) in &start.context.exported {
            if let Some(name) = name.strip_prefix("BASH_FUNC_").and_then(|name| name.strip_suffix("%%")) {
                self.import_function(name, value);
            }
            self.set_variable(name, Variable { exported: true, ..Variable::scalar(value.clone()) });
        }
        for (name, text) in &start.context.functions {
            if let Ok(source) = Source::read(text.clone(), self.dialect) {
                self.import(source, name);
            }
        }
    }

    /// `BASH_FUNC_name%%=() { …; }` in the environment defines a function.
    fn import_function(&mut self, name: &str, value: &Arg) {
        let Some(known) = value.as_text().filter(|text| text.as_str().starts_with("() {")) else { return };
        let mut text = Text::derived(format!("{name} "), value.span);
        text.push(&known);
        if let Ok(source) = Source::read(text, self.dialect) {
            self.import(source, name);
        }
    }
}
