//! The user's own program that is told of a held request, and may bring an answer from off the machine.
//!
//! It gets the request as JSON on standard input. What it prints counts when it is signed with the user's key, for that
//! request, once. The program runs unjudged, so that only one counts that no agent can have put there, and it gets
//! nothing of the agent's environment.

use std::env;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::{self, Pid};
use serde::{Deserialize, Serialize};
use serde_json::Deserializer;

use super::request::Request;
use super::signature::{Key, Signed};
use super::spool::Spool;
use crate::doors::marks::Marks;
use crate::folders::Folders;
use crate::visible;

/// What the user configured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notify {
    /// The program, by absolute path.
    pub program: PathBuf,
    /// The public key of who answers; without one, no answer counts.
    pub key: Option<Key>,
}

/// Where the program finds others. The agent's own PATH leads anywhere.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// What it keeps of the environment: whose it is, and where their files are.
const KEPT: [&str; 7] = ["HOME", "USER", "LOGNAME", "LANG", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"];

/// More bytes than this no answer has.
pub const ANSWER_LIMIT: u64 = 64 << 10;

/// How long it may take to end when it is told to.
const GRACE: Duration = Duration::from_millis(200);

/// Where an answer is said to come from.
const FROM: &str = "off the machine (notify)";

/// What the program is given.
#[derive(Serialize)]
struct Told<'r> {
    /// The hash that an answer names.
    request: String,
    #[serde(flatten)]
    held: &'r Request,
    /// What would be lost, in words.
    lost: Vec<String>,
}

/// The program while it runs.
#[derive(Debug)]
pub struct Running(Child);

/// Starts the program for a request. With `awaited`, what it prints may answer; else it is only told.
pub fn start(
    notify: &Notify,
    folders: Option<&Folders>,
    spool: &Spool,
    request: &Request,
    awaited: bool,
) -> Option<Running> {
    let key = notify.key.filter(|_| awaited);
    match spawn(notify, folders, spool, request, key.is_some()) {
        Ok((child, out)) => {
            if let (Some(key), Some(out)) = (key, out) {
                let (spool, request) = (spool.clone(), request.clone());
                thread::spawn(move || listen(out, key, &spool, &request));
            }
            Some(Running(child))
        }
        Err(error) => {
            say(&format!("{}: {error}", notify.program.display()));
            None
        }
    }
}

fn spawn(
    notify: &Notify,
    folders: Option<&Folders>,
    spool: &Spool,
    request: &Request,
    listens: bool,
) -> io::Result<(Child, Option<ChildStdout>)> {
    let program = trusted(&notify.program, folders)?;
    let told = Told { request: request.hash(), held: request, lost: request.loss.lines(MOST_LINES) };
    let input = spool.nameless(&serde_json::to_vec(&told)?)?;
    let mut command = Command::new(program);
    command.env_clear().env("PATH", PATH).current_dir("/").process_group(0);
    command.envs(KEPT.iter().filter_map(|name| Some((name, env::var_os(name)?))));
    command.stdin(input).stdout(if listens { Stdio::piped() } else { Stdio::null() }).stderr(Stdio::null());
    // Where the shells are guard, the program's own are real: nobody but the user says what they do.
    let marks = Marks::here();
    if let Some(marks) = &marks {
        marks.note();
    }
    let child = command.spawn();
    if let Some(marks) = &marks {
        if let Ok(child) = &child {
            marks.note_child(child.id());
        }
        marks.forget();
    }
    let mut child = child?;
    let out = child.stdout.take();
    Ok((child, out))
}

/// How many lines say what would be lost.
const MOST_LINES: usize = 40;

/// The program's file, when no agent can have written it unasked: it is guard's own place, which no agent writes to
/// unasked, or root's, which no other user can write to.
fn trusted(program: &Path, folders: Option<&Folders>) -> io::Result<PathBuf> {
    let path = fs::canonicalize(program)?;
    let user = unistd::getuid().as_raw();
    let is_safe = |path: &Path, owner: u32| fs::metadata(path).is_ok_and(|m| m.uid() == owner && m.mode() & 0o022 == 0);
    let own = folders.and_then(|folders| fs::canonicalize(&folders.configuration).ok());
    let is_own = own.is_some_and(|own| {
        path.starts_with(&own)
            && path.ancestors().take_while(|above| above.starts_with(&own)).all(|above| is_safe(above, user))
    });
    let is_roots = || user != 0 && path.ancestors().all(|above| is_safe(above, 0));
    if is_own || is_roots() {
        return Ok(path);
    }
    Err(io::Error::other(
        "it is not started: it must lie in guard's own configuration folder, where only you can write, or belong to root",
    ))
}

/// Waits for an answer, and lays it down at the desk when it counts. The first answer at the desk counts, whoever gave it.
fn listen(out: ChildStdout, key: Key, spool: &Spool, request: &Request) {
    let signed = match Deserializer::from_reader(out.take(ANSWER_LIMIT)).into_iter::<Signed>().next() {
        None => return,
        Some(Err(error)) => return say(&format!("the answer does not count: {error}")),
        Some(Ok(signed)) => signed,
    };
    if let Err(why) = signed.check(key, request, Timestamp::now()) {
        return say(&format!("the answer does not count: {why}"));
    }
    if let Err(error) = spool.answer(&request.id, signed.answer, FROM, signed.because()) {
        say(&format!("the answer does not count: {error}"));
    }
}

impl Running {
    /// Ends the program: first kindly, so that it can take its message back.
    pub fn end(mut self) {
        let group = i32::try_from(self.0.id()).map(Pid::from_raw);
        match self.0.try_wait() {
            Ok(Some(status)) if !status.success() => return say(&format!("the program failed: {status}")),
            Ok(None) => {}
            _ => return,
        }
        let _ = group.map(|group| killpg(group, Signal::SIGTERM));
        let deadline = Instant::now() + GRACE;
        while Instant::now() < deadline {
            if !matches!(self.0.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(5));
        }
        let _ = group.map(|group| killpg(group, Signal::SIGKILL));
        let _ = self.0.wait();
    }
}

/// A line on standard error. That nobody may be there to read it changes nothing.
fn say(line: &str) {
    let _ = writeln!(io::stderr(), "guard: notify: {}", visible::line(line));
}

/// A file without a name that holds some bytes, to be read from its beginning.
pub fn nameless(path: &Path, bytes: &[u8]) -> io::Result<File> {
    super::files::write_new(path, bytes)?;
    let file = File::open(path);
    fs::remove_file(path)?;
    file
}
