//! Becomes the program that was judged.
//!
//! Takes a [`Plan`], and gives an exit status only when the program could not be started. Where the program is the
//! text of a script, it gets the bytes that were judged, not the file they came from. Knows nothing of danger.

pub mod agent;
mod direct;
pub mod inner;
#[cfg(target_os = "linux")]
mod namespace;
mod session;
#[cfg(target_os = "linux")]
mod substitute;
mod supervise;
mod system;
#[cfg(target_os = "linux")]
pub mod typing;

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process;

use guard::doors::{Failure, Plan, shells};
use nix::errno::Errno;

pub use system::restore_sigpipe;

/// A longer argument is refused by Linux.
const LONGEST_ARGUMENT: usize = 128 * 1024 - 1;

/// Runs a judged plan in the place of this process. Returns only when that fails.
pub fn run(plan: Plan) -> Failure {
    inner::note();
    start(plan)
}

/// The same for what nobody judged: an agent, and what starts it.
pub fn start(plan: Plan) -> Failure {
    match plan {
        Plan::Nothing => process::exit(0),
        Plan::Program(argv) => program(argv),
        Plan::Shell { path, argv, direct } => {
            // Where that fails, the shell says why in its own words.
            if let Some(command) = direct {
                direct::attempt(&command);
            }
            execute(&path, &argv)
        }
        Plan::Session { path, name, arguments, terminal } => session::start(&path, name, &arguments, terminal),
        Plan::Input { path, before, text, after } => {
            let name = before.first().cloned().unwrap_or_default();
            with_text(&path, before, &text, name, after)
        }
        Plan::Script { path, before, shell, name, text, after } => script(&path, before, shell, name, &text, after),
    }
}

/// A script runs under its own name. Where its opening cannot be watched, a shell gets the text as its `-c`, and
/// other interpreters a file without a name.
fn script(
    path: &Path,
    before: Vec<OsString>,
    shell: bool,
    name: OsString,
    text: &[u8],
    after: Vec<OsString>,
) -> Failure {
    if watched(&name, text, shell) {
        // A shell takes a name such as `-x` for an option.
        let ambiguous = shell && matches!(name.as_bytes(), [b'-' | b'+', ..]);
        let end = ambiguous.then(|| OsString::from("--"));
        return execute(path, &[before, end.into_iter().collect(), vec![name], after].concat());
    }
    if shell {
        return with_text(path, before, text, name, after);
    }
    match system::hold(text) {
        Ok(file) => execute(path, &[before, vec![file], after].concat()),
        Err(error) => failure(path, error),
    }
}

#[cfg(target_os = "linux")]
fn watched(name: &OsStr, text: &[u8], shell: bool) -> bool {
    let reader = if shell { substitute::Reader::Shell } else { substitute::Reader::Other };
    substitute::arrange(Path::new(name), text, reader).is_ok()
}

#[cfg(not(target_os = "linux"))]
fn watched(_name: &OsStr, _text: &[u8], _shell: bool) -> bool {
    false
}

/// A shell gets a text as its `-c`, with `name` as `$0`; where it is too long for an argument, through a file
/// that has no name and that nobody can change.
fn with_text(path: &Path, before: Vec<OsString>, text: &[u8], name: OsString, after: Vec<OsString>) -> Failure {
    let text = if text.len() < LONGEST_ARGUMENT {
        OsStr::from_bytes(text).to_os_string()
    } else {
        match system::hold(text) {
            Ok(file) => [OsStr::new(". "), &file].into_iter().collect(),
            Err(error) => return failure(path, error),
        }
    };
    execute(path, &[before, vec![OsString::from("-c"), text, name], after].concat())
}

fn execute(path: &Path, argv: &[OsString]) -> Failure {
    failure(path, system::execute(path, argv, None))
}

/// Looks for a program as `execvp` does, and becomes it. Where that would be guard itself under a shell's name, it
/// is the shell behind it: what the shell is given is judged already.
fn program(argv: Vec<OsString>) -> Failure {
    let name = argv.first().map_or(OsStr::new(""), OsString::as_os_str);
    let own = shells::Identity::own();
    let stands_for_shell = |path: &Path| shells::is_shell(shells::base_name(name)) && own.is_at(path);
    if name.as_bytes().contains(&b'/') {
        let path = Path::new(name);
        let shell = || own.shell_at(path).or_else(|| own.find(shells::base_name(name)));
        return match stands_for_shell(path).then(shell).flatten() {
            Some(shell) => attempt(&shell, &argv),
            None => attempt(path, &argv),
        };
    }
    let mut denied = None;
    if !name.is_empty() {
        let behind = |path: PathBuf| if stands_for_shell(&path) { own.shell_at(&path) } else { Some(path) };
        for path in shells::candidates(name, false).into_iter().filter_map(behind) {
            match attempt_at(&path, &argv) {
                Errno::ENOENT | Errno::ENOTDIR => {}
                Errno::EACCES => denied = denied.or(Some(path)),
                error => return failure(&path, error),
            }
        }
    }
    match denied {
        Some(path) => failure(&path, Errno::EACCES),
        None => Failure { status: 127, message: format!("{}: command not found", name.display()) },
    }
}

fn attempt(path: &Path, argv: &[OsString]) -> Failure {
    failure(path, attempt_at(path, argv))
}

/// Becomes the program at `path`. A file that has no format is a script for `sh`, as `execvp` takes it.
fn attempt_at(path: &Path, argv: &[OsString]) -> Errno {
    let error = system::execute(path, argv, None);
    if error != Errno::ENOEXEC {
        return error;
    }
    let Some(shell) = shells::Identity::own().find(OsStr::new("sh")) else { return error };
    let arguments = argv.get(1..).unwrap_or_default();
    let words = [&[OsString::from("sh"), path.as_os_str().to_os_string()], arguments].concat();
    system::execute(&shell, &words, None)
}

/// The exit status is a shell's: 127 for what is not there, 126 for what cannot be run.
fn failure(path: &Path, error: Errno) -> Failure {
    let status = if error == Errno::ENOENT { 127 } else { 126 };
    Failure { status, message: format!("{}: {}", path.display(), error.desc()) }
}
