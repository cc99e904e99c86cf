//! `guard run`: starts an agent all of whose shells are guard, and stays beside it.
//!
//! Where the system allows it the agent gets a mount namespace in which guard stands in the shells' places. Elsewhere
//! it gets an environment that leads to guard, and its user is told which shells that leaves out.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{self, ExitCode};

use guard::agents::environment;
use guard::cli::Start;
use guard::doors::kept::Kept;
use guard::doors::marks::Marks;
use guard::doors::{Failure, Plan, shells};
use guard::folders::Folders;
use guard::human::roots;

/// Runs the agent, and ends as it does. Returns only when none was started.
pub fn start(start: &Start) -> ExitCode {
    let failure = match prepare(start) {
        Ok(folders) => {
            let registration = roots::register(Some(&folders));
            if let Err(error) = &registration {
                say(&format!("guard: run: the agent is not registered: {error}"));
            }
            let error = super::supervise::supervise(|| become_agent(start.agent.clone()));
            Failure { status: 126, message: format!("no process for the agent: {}", error.desc()) }
        }
        Err(failure) => failure,
    };
    say(&format!("guard: run: {}", failure.message));
    ExitCode::from(failure.status)
}

/// Becomes the agent, in a process of its own.
fn become_agent(agent: Vec<OsString>) {
    note_agent();
    #[cfg(target_os = "linux")]
    if let Err(error) = super::typing::deny() {
        say(&format!("guard: run: the agent may type into its terminal: {}", error.desc()));
    }
    let failure = super::start(Plan::Program(agent));
    say(&format!("guard: run: {}", failure.message));
    process::exit(i32::from(failure.status));
}

/// Makes guard the shell of this process and all that it starts. Gives the folders of its user.
fn prepare(start: &Start) -> Result<Folders, Failure> {
    let fail = |status, message| Failure { status, message };
    let guard = env::current_exe().and_then(fs::canonicalize);
    let guard = guard.map_err(|error| fail(126, format!("guard's own file is not found: {error}")))?;
    let folders = Folders::of_user().ok_or_else(|| fail(126, "there is no home folder: HOME is not set".to_owned()))?;
    if Kept::here().is_some() {
        // Inside already: one more agent, whose shells are guard as they are.
        return Ok(folders);
    }
    let covered = shells::coverable();
    let reason = match start.no_namespace {
        true => "--no-namespace was given".to_owned(),
        false => match namespace(&guard, &covered, &folders.state) {
            Ok(_) => {
                prefer_covered_shell(&covered);
                return Ok(folders);
            }
            Err(reason) => reason,
        },
    };
    let wanted = environment::arrange(&guard, &folders.state)
        .map_err(|error| fail(126, format!("{}: {error}", folders.state.display())))?;
    for (name, value) in wanted.variables {
        super::system::set_variable(&name, &value);
    }
    say(&format!("guard: run: no namespace of its own for the agent: {reason}"));
    say(&format!("guard: run: guard is its shell by {}", wanted.ways));
    say(&format!("guard: run: not covered: {}", uncovered(&covered)));
    Ok(folders)
}

/// Marks this process as the agent, so that what it starts is told from what its commands start.
fn note_agent() {
    if let Some(marks) = Marks::here() {
        marks.sweep();
        marks.note_agent();
    }
}

#[cfg(target_os = "linux")]
fn namespace(guard: &Path, covered: &[PathBuf], state: &Path) -> Result<Kept, String> {
    let folder = state.join("shells");
    guard::folders::make_private(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    super::namespace::enter(guard, covered, &folder).map_err(|error| format!("the system says: {}", error.desc()))
}

#[cfg(not(target_os = "linux"))]
fn namespace(_guard: &Path, _covered: &[PathBuf], _state: &Path) -> Result<Kept, String> {
    Err("this system has none".to_owned())
}

/// A client that obeys `SHELL` gets one that is covered.
fn prefer_covered_shell(covered: &[PathBuf]) {
    let current = env::var_os("SHELL").and_then(|shell| fs::canonicalize(shell).ok());
    if current.is_some_and(|shell| covered.contains(&shell)) {
        return;
    }
    if let Some(shell) = covered.iter().find(|shell| shell.ends_with("bash")).or(covered.first()) {
        super::system::set_variable(OsStr::new("SHELL"), shell.as_os_str());
    }
}

/// The shells that an agent can still start by their paths.
fn uncovered(shells: &[PathBuf]) -> String {
    let names: Vec<String> = shells.iter().map(|shell| shell.display().to_string()).collect();
    match names.is_empty() {
        true => "nothing that was found".to_owned(),
        false => format!("{} where they are started by these paths and BASH_ENV is not read", names.join(", ")),
    }
}

/// A line on standard error. That nobody may be there to read it changes nothing.
fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}
