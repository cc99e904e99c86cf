//! A bash that takes its commands one after the other, from a pipe or a terminal: guard is asked about each before it
//! runs, by the shell itself, so that prompts, job control and all that the commands leave behind are bash's own.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::Path;

use guard::doors::Failure;
use guard::doors::kept::Kept;

use super::{execute, failure, system};

const SCRIPT: &str = include_str!("session.bash");

/// What a terminal's bash reads at its start.
const FOR_PEOPLE: &str = "[[ ! -r ~/.bashrc ]] || . ~/.bashrc";

/// What a login shell reads, too.
const FOR_LOGIN: &str = "[[ ! -r /etc/profile ]] || . /etc/profile
for __guard_file in ~/.bash_profile ~/.bash_login ~/.profile; do
    [[ ! -r $__guard_file ]] || { . \"$__guard_file\"; break; }
done
unset __guard_file";

/// Becomes the session. Returns only when that fails.
pub fn start(path: &Path, name: OsString, arguments: &[OsString], terminal: bool) -> Failure {
    let Some(guard) = own_path() else {
        return Failure { status: 126, message: "guard's own file is not found".to_owned() };
    };
    let has = |names: &[&str]| arguments.iter().any(|argument| names.iter().any(|name| argument == name));
    let login = has(&["-l", "--login"]) || name.as_encoded_bytes().starts_with(b"-");
    let own = env::var_os("BASH_ENV");
    let start_up = match (terminal, own) {
        (true, _) if login && !has(&["--noprofile"]) => FOR_LOGIN.to_owned(),
        (true, _) if !login && !has(&["--norc"]) => FOR_PEOPLE.to_owned(),
        (true, _) => String::new(),
        (false, Some(own)) => format!("BASH_ENV={0}; [[ ! -r $BASH_ENV ]] || . \"$BASH_ENV\"", quoted(&own)),
        (false, None) => "unset BASH_ENV".to_owned(),
    };
    let script = SCRIPT.replace("GUARD bash-env", &format!("{guard} bash-env")).replace("START_UP", &start_up);
    let file = match system::hold(script.as_bytes()) {
        Ok(file) => file,
        Err(error) => return failure(path, error),
    };
    if !terminal {
        system::set_variable(OsStr::new("BASH_ENV"), &file);
        return execute(path, &[&[name], arguments].concat());
    }
    // A login shell reads no file that it is given; the script reads what a login shell does.
    let plain = name.to_str().map_or_else(|| "bash".into(), |name| OsString::from(name.trim_start_matches('-')));
    execute(path, &[plain, "--noprofile".into(), "--rcfile".into(), file, "-i".into()])
}

/// The path by which guard is started under its own name, as a shell takes it.
fn own_path() -> Option<String> {
    let own = match Kept::here() {
        Some(kept) => kept.folder().join(guard::doors::kept::GUARD),
        None => env::current_exe().and_then(fs::canonicalize).ok()?,
    };
    Some(quoted(own.as_os_str()))
}

fn quoted(word: &OsStr) -> String {
    format!("'{}'", word.to_string_lossy().replace('\'', "'\\''"))
}
