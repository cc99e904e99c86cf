//! Reads the small languages of editors and filters: sed, ed, vim and gdb.
//!
//! Each has its own short reader: where a command stands decides what a letter means, which no common grammar tells.

mod commands;
mod sed;

pub use commands::{ed, ex, gdb};
pub use sed::{QUIET, read as sed};

use std::borrow::Cow;

use crate::effect::Effect;
use crate::follow::step::Arg;
use crate::payload::{Carried, Outcome, PathRole, PathUse, argument};
use crate::text::Text;

/// A line that is handed to a shell.
fn shell(outcome: &mut Outcome, line: Text) {
    if !line.as_str().trim().is_empty() {
        let text = Arg { span: line.source(), ..argument(line) };
        outcome.carried.push(Carried::Shell { text, arguments: Vec::new() });
    }
}

/// A file that is written.
fn writes(outcome: &mut Outcome, rule: &'static str, path: Text) {
    let path = Arg { span: path.source(), ..argument(path) };
    outcome.paths.push(PathUse { role: PathRole::Writes, path, rule: Cow::Borrowed(rule) });
}

/// Code that cannot be read.
fn opaque(outcome: &mut Outcome, rule: &'static str, code: &Text) {
    outcome.destructive(rule, Effect::Opaque, code.source(), "", "the code it runs is only known when it runs");
}
