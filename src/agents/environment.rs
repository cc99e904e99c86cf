//! The environment that leads an agent's shells to guard where they cannot be replaced at their paths.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, symlink};
use std::path::{Path, PathBuf};
use std::process;

use crate::doors::shells;

/// What an agent is started with.
#[derive(Debug)]
pub struct Environment {
    /// The variables and their values.
    pub variables: Vec<(OsString, OsString)>,
    /// What they do, for people.
    pub ways: &'static str,
}

/// The variable by which a shell that guard became knows itself.
pub const JUDGED: &str = "GUARD_JUDGED";

/// What bash reads before it runs a text: it asks guard about that text. A shell that guard itself became is known by
/// its number, which guard gave it.
const START_UP: &str = r#"# Written by `guard run`; read by bash through BASH_ENV.
if [[ -n ${BASH_EXECUTION_STRING+set} && ${GUARD_JUDGED-} != "$$" ]]; then
    GUARD bash-env -- "$BASH_EXECUTION_STRING" || exit 126
fi
if [[ -n ${GUARD_BASH_ENV-} ]]; then
    . "$GUARD_BASH_ENV"
fi
"#;

/// Where the processes that became judged commands are marked, below an agent that was started with this environment.
pub fn marks_here(state: &Path) -> Option<PathBuf> {
    let links = state.join("links");
    let is_here = env::var_os("BASH_ENV").is_some_and(|file| Path::new(&file) == links.join(START_UP_NAME));
    is_here.then(|| links.join(MARKS))
}

/// The name of the start-up file for bash.
const START_UP_NAME: &str = "bash-env";

/// The folder with the marks.
const MARKS: &str = "judged";

/// Prepares links and a start-up file for bash below the folder `state`, and gives the variables that lead there.
///
/// # Errors
///
/// When they cannot be written.
pub fn arrange(guard: &Path, state: &Path) -> io::Result<Environment> {
    let links = state.join("links");
    DirBuilder::new().recursive(true).mode(0o700).create(links.join(MARKS))?;
    for name in shells::NAMES {
        replace(&links.join(name), |path| symlink(guard, path))?;
    }
    let quoted = shlex::try_quote(&guard.to_string_lossy()).map_err(io::Error::other)?.into_owned();
    let start_up = links.join(START_UP_NAME);
    replace(&start_up, |path| fs::write(path, START_UP.replace("GUARD bash-env", &format!("{quoted} bash-env"))))?;

    let set = |name: &str, value: &OsStr| (OsString::from(name), value.to_os_string());
    let mut variables = Vec::new();
    let path = env::var_os("PATH").unwrap_or_else(|| OsString::from("/usr/local/bin:/usr/bin:/bin"));
    let folders = std::iter::once(links.clone()).chain(env::split_paths(&path).filter(|folder| *folder != links));
    variables.push(set("PATH", &env::join_paths(folders).map_err(io::Error::other)?));
    let bash = links.join("bash");
    for name in ["SHELL", "CLAUDE_CODE_SHELL"] {
        variables.push(set(name, bash.as_os_str()));
    }
    if let Some(own) = env::var_os("BASH_ENV").filter(|own| *own != start_up) {
        variables.push(set("GUARD_BASH_ENV", &own));
    }
    variables.push(set("BASH_ENV", start_up.as_os_str()));
    // With a socket for standard input and no level, bash takes itself for a remote shell and skips BASH_ENV.
    let level = env::var("SHLVL").ok().and_then(|level| level.parse::<u32>().ok());
    if level.is_none_or(|level| level == 0) {
        variables.push(set("SHLVL", OsStr::new("1")));
    }
    Ok(Environment { variables, ways: "PATH, SHELL and, where bash runs a text, BASH_ENV" })
}

/// Makes a file anew under its name, so that nobody meets half of it.
fn replace(path: &Path, make: impl Fn(&Path) -> io::Result<()>) -> io::Result<()> {
    let mut fresh = path.as_os_str().to_os_string();
    fresh.push(format!(".{}", process::id()));
    let fresh = Path::new(&fresh);
    make(fresh).and_then(|()| fs::rename(fresh, path)).inspect_err(|_| {
        let _ = fs::remove_file(fresh);
    })
}
