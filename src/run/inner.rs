//! Shells that are started from inside a command that was judged already, and so are not judged again.

use std::ffi::{OsStr, OsString};
use std::process;

use guard::agents::environment;
use guard::doors::kept::Kept;
use guard::doors::marks::{Marks, Standing};
use guard::doors::{Door, Errand, Plan, session, shells};

/// How a shell goes on without a judgement, when it stands inside a judged command.
pub fn plan(door: Door, argv: &[OsString]) -> Option<Plan> {
    if door != Door::Asked && !argv.first().is_some_and(|argv0| shells::started_as_shell(argv0)) {
        return None;
    }
    // What a session is given is new, though the session itself has a mark for the sake of what its commands start.
    if door == Door::Asked && session::is_asked(argv) {
        return None;
    }
    match Marks::here()?.standing() {
        Standing::Judged if door == Door::Asked => Some(Plan::Nothing),
        Standing::Judged => {
            // Its own mark holds when its parents have ended.
            note();
            Errand::inner(argv, false)
        }
        Standing::Launcher => Errand::inner(argv, true),
        Standing::New => None,
    }
}

/// Marks this process as a judged command, where an agent was started by `guard run`.
pub fn note() {
    let Some(marks) = Marks::here() else { return };
    marks.note();
    if Kept::here().is_none() {
        // What bash reads through BASH_ENV knows by this that there is nothing to ask.
        let pid = process::id().to_string();
        super::system::set_variable(OsStr::new(environment::JUDGED), OsStr::new(&pid));
    }
}
