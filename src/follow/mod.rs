//! Follows a syntax tree without running it: which simple commands may run, with which words.
//!
//! Takes a tree and what is known at the start; gives [`step::Step`]s. Knows variables, functions, folders and
//! text that can be computed; knows nothing of danger.

pub mod step;

use crate::facts::Facts;
use crate::shell::Dialect;
use crate::text::Text;
use step::{Arg, Context, Step};

/// What is known when a program starts.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// Where it runs, and what the text around it exported.
    pub context: Context,
    /// `$0` and the positional arguments.
    pub arguments: Vec<Arg>,
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

/// Follows `text`, a program for a shell.
pub fn follow(text: &Text, start: &Start, facts: &dyn Facts) -> Followed {
    let _ = facts;
    let context = std::rc::Rc::new(start.context.clone());
    let Ok(script) = crate::shell::parse(text.as_str(), start.dialect) else {
        let action = step::Action::Unreadable { because: "the text is no shell text" };
        return Followed { steps: vec![Step { action, span: text.source(), context }], parsed: false };
    };
    let steps = crate::shell::steps::simple_commands(&script)
        .into_iter()
        .map(|simple| Step { span: text.locate(simple.span), action: plain(simple, text), context: context.clone() })
        .collect();
    Followed { steps, parsed: true }
}

/// A command by its static words alone.
fn plain(simple: crate::shell::steps::SimpleCommand, text: &Text) -> step::Action {
    use crate::shell::ast::RedirectOperator as Op;
    use step::{Command, Hole, Input, Piece, Redirection, Source};
    let span = text.locate(simple.span);
    let arg = |word: Option<String>| match word {
        Some(word) => Arg::known(Text::derived(word, span), span),
        None => {
            Arg { pieces: vec![Piece::Hole(Hole { source: Source::Other, splits: true, may_be_empty: true })], span }
        }
    };
    let mut command = Command { argv: simple.argv.into_iter().map(arg).collect(), ..Command::default() };
    for redirect in simple.redirects {
        let operator = match redirect.operator {
            "<<" | "<<-" | "<<<" => {
                command.input = redirect.target.map_or(Input::Unknown, |body| Input::Text(Text::derived(body, span)));
                continue;
            }
            ">" => Op::Write,
            ">>" => Op::Append,
            ">|" => Op::Clobber,
            "&>" => Op::WriteBoth,
            _ => continue,
        };
        let descriptor = redirect.descriptor.parse().ok();
        command.redirections.push(Redirection { descriptor, operator, target: arg(redirect.target), span });
    }
    step::Action::Command(command)
}
