//! `guard doctor`: tries by doing what is covered. A command that would delete a file goes through every way in that is
//! set up; each must hold it, and the file must still be there.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{self, Command, ExitCode, Output, Stdio};

use serde_json::Value;

use super::init;
use crate::agents::{HOOKS, Hook, Reply};
use crate::cli::Doctor;
use crate::desk::Spool;
use crate::doors::shells;
use crate::folders::Folders;
use crate::human;
use crate::in_force::{self, InForce};
use crate::journal::Journal;

/// What stands in the scratch folder, and must not go.
const VICTIM: &str = "victim";

/// Runs the subcommand.
pub fn run(doctor: &Doctor) -> ExitCode {
    if let Some(folder) = &doctor.canary {
        return canary(Path::new(folder), &doctor.texts);
    }
    let Some(folders) = Folders::of_user() else {
        eprintln!("guard: doctor: there is no home folder: HOME is not set");
        return ExitCode::FAILURE;
    };
    let mut sheet = Sheet::default();
    own_file(&mut sheet);
    configuration(&mut sheet, &folders);
    journal(&mut sheet, &folders);
    human(&mut sheet, &folders);
    desk(&mut sheet, &folders);
    match Scratch::new(&folders.state) {
        Ok(scratch) => {
            under_run(&mut sheet, &scratch);
            other_shells(&mut sheet);
            for hook in HOOKS {
                by_hook(&mut sheet, hook, &scratch);
            }
            withdraw(&folders, &scratch);
        }
        Err(error) => sheet.bad("scratch", &format!("no folder to try things in: {error}"), "make room there"),
    }
    sheet.end()
}

/// Shells that guard cannot stand for, or that hold other programs as well.
const OTHER_SHELLS: [&str; 9] = ["fish", "ksh", "ksh93", "mksh", "yash", "busybox", "tcsh", "csh", "nu"];

/// What was found.
#[derive(Default)]
struct Sheet {
    bad: usize,
}

impl Sheet {
    fn good(&mut self, of: &str, what: &str) {
        self.line("ok", of, what);
    }

    /// Something that is not covered, which may be meant so.
    fn open(&mut self, of: &str, what: &str, mend: &str) {
        self.line("--", of, what);
        self.line("", "", &format!("to change that: {mend}"));
    }

    fn bad(&mut self, of: &str, what: &str, mend: &str) {
        self.bad += 1;
        self.line("!!", of, what);
        self.line("", "", &format!("to mend it: {mend}"));
    }

    fn line(&self, state: &str, of: &str, what: &str) {
        let _ = writeln!(io::stdout(), "{state:2} {of:14} {what}");
    }

    fn end(&self) -> ExitCode {
        if self.bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

fn own_file(sheet: &mut Sheet) {
    let own = env::current_exe().and_then(fs::canonicalize).unwrap_or_default();
    let found = shells::candidates(OsStr::new("guard"), true).into_iter().find(|path| path.is_file());
    let version = env!("CARGO_PKG_VERSION");
    match found.map(|path| (fs::canonicalize(&path).unwrap_or_default() == own, path)) {
        Some((true, path)) => sheet.good("guard", &format!("{version}, {}", path.display())),
        Some((false, path)) => {
            let what = format!("{version}, {}; but PATH leads to {}", own.display(), path.display());
            sheet.bad("guard", &what, "put the folder of the right one first on PATH, or remove the other");
        }
        None => sheet.open("guard", &format!("{version}, {}, not on PATH", own.display()), "put its folder on PATH"),
    }
}

fn configuration(sheet: &mut Sheet, folders: &Folders) {
    let in_force = InForce::load(Some(folders), in_force::here().as_deref());
    for note in &in_force.notes {
        sheet.open("rules", &note.to_string(), "guard rules lint on that file");
    }
    match in_force.configuration {
        Ok(_) => sheet.good("configuration", &folders.configuration.join("config.yaml").display().to_string()),
        Err(mistake) => sheet.bad("configuration", &mistake.to_string(), "correct the file at that place"),
    }
}

fn journal(sheet: &mut Sheet, folders: &Folders) {
    let journal = Journal::of(Some(folders));
    match journal.check() {
        Ok(()) => sheet.good("journal", &folders.state.join("journal.jsonl").display().to_string()),
        Err(error) => {
            sheet.bad("journal", &error.to_string(), "make the file writable: destructive commands are refused")
        }
    }
    match journal.verify() {
        Ok(verification) if verification.problems.is_empty() => {}
        Ok(_) => sheet.bad("journal", "records were changed or are missing", "guard log --verify"),
        Err(error) => sheet.bad("journal", &error.to_string(), "guard log --verify"),
    }
}

fn human(sheet: &mut Sheet, folders: &Folders) {
    match human::check(Some(folders)) {
        Ok(terminal) => sheet.good("terminal", &format!("a person can answer on {terminal}")),
        Err(doubt) => {
            sheet.open("terminal", &format!("no answer counts here: {doubt}"), "guard doctor in a terminal of your own")
        }
    }
}

fn desk(sheet: &mut Sheet, folders: &Folders) {
    let spool = Spool::open(Some(folders));
    match spool.and_then(|spool| spool.check().map(|()| spool)) {
        Ok(spool) => {
            let waiting = match spool.pending().len() {
                0 => String::new(),
                count => format!(", where {count} wait (guard pending)"),
            };
            sheet.good("desk", &format!("{}{waiting}", spool.folder().display()));
        }
        Err(error) => {
            let tried: Vec<String> =
                Spool::all(Some(folders)).iter().map(|spool| spool.folder().display().to_string()).collect();
            let what = format!("nothing can wait for an answer in {}: {error}", tried.join(" or "));
            sheet.bad("desk", &what, "make one of these a folder that you can write, with room on its disk");
        }
    }
}

/// A folder to try things in, which goes with this value.
struct Scratch {
    folder: PathBuf,
}

impl Scratch {
    fn new(state: &Path) -> io::Result<Scratch> {
        let folder = state.join(format!("doctor-{}", process::id()));
        fs::create_dir_all(&folder)?;
        let scratch = Scratch { folder };
        scratch.refill()?;
        Ok(scratch)
    }

    fn victim(&self) -> PathBuf {
        self.folder.join(VICTIM)
    }

    fn refill(&self) -> io::Result<()> {
        fs::write(self.victim(), "This file must not go.\n")
    }

    /// The command that would delete the victim.
    fn command(&self) -> String {
        let victim = self.victim();
        let victim = victim.to_string_lossy();
        format!("rm -f -- {}", shlex::try_quote(&victim).unwrap_or_default())
    }

    /// A process of guard's that tries things here without a terminal, and without waiting for anybody.
    fn canary(&self, before: &[&OsStr], texts: &[&str]) -> io::Result<Output> {
        let own = env::current_exe()?;
        let mut words: Vec<&OsStr> = before.to_vec();
        words.extend([own.as_os_str(), OsStr::new("doctor"), OsStr::new("--canary"), self.folder.as_os_str()]);
        words.extend(texts.iter().map(OsStr::new));
        let mut command = Command::new(&own);
        match before {
            [] => command.args(words.get(1..).unwrap_or_default()),
            _ => command.args(words),
        };
        command.env("GUARD_WAIT", "0").stdin(Stdio::null()).output()
    }
}

/// What was tried is nothing that a person should answer.
fn withdraw(folders: &Folders, scratch: &Scratch) {
    let victim = scratch.victim();
    let tried = victim.to_string_lossy();
    for spool in Spool::all(Some(folders)) {
        for request in spool.pending().iter().filter(|request| request.text.contains(&*tried)) {
            let _ = spool.withdraw(request);
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Names the shells of the machine that guard cannot stand for.
fn other_shells(sheet: &mut Sheet) {
    let first = |name: &&str| shells::candidates(OsStr::new(name), true).into_iter().find(|path| path.is_file());
    for path in OTHER_SHELLS.iter().filter_map(first) {
        let what = format!(
            "{} is a shell that guard cannot stand for: only other shells' calls of it are judged",
            path.display()
        );
        sheet.open("guard run", &what, "remove it, or use the agent's hook, too (guard init)");
    }
}

/// Tries every shell of the machine under `guard run`.
fn under_run(sheet: &mut Sheet, scratch: &Scratch) {
    let output = match scratch.canary(&[OsStr::new("run"), OsStr::new("--")], &[]) {
        Ok(output) => output,
        Err(error) => return sheet.bad("guard run", &error.to_string(), "install guard again"),
    };
    let said = String::from_utf8_lossy(&output.stderr);
    let reason = said.lines().find_map(|line| line.strip_prefix("guard: run: no namespace"));
    if let Some(reason) = reason {
        let mend = "docs/agents/README.md says how to allow one; or use the agent's hook (guard init)";
        sheet.open("guard run", &format!("no namespace{reason}"), mend);
    }
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        match line.split_once(' ') {
            Some(("held", shell)) => sheet.good("guard run", &format!("{shell} is guard")),
            Some((_, shell)) if reason.is_some() => {
                sheet.open("guard run", &format!("{shell} is not covered"), "as for the namespace");
            }
            Some((_, shell)) => {
                sheet.bad("guard run", &format!("{shell} ran the command"), "report this with guard log")
            }
            None => {}
        }
    }
    if output.stdout.is_empty() {
        sheet.bad("guard run", &format!("nothing was started: {}", said.trim()), "guard run -- sh -c true");
    }
}

/// Tries a client's hook, wherever it is set up.
fn by_hook(sheet: &mut Sheet, hook: &Hook, scratch: &Scratch) {
    let home = env::home_dir().map(|home| (home, false));
    let here =
        env::current_dir().ok().filter(|here| env::home_dir().as_ref() != Some(here)).map(|folder| (folder, true));
    for (base, project) in home.into_iter().chain(here) {
        let flag = if project { " --project" } else { "" };
        let setting = format!("guard init {}{flag}", hook.name);
        let changes = match init::plan(hook, &base, project, false) {
            Ok(changes) => changes,
            Err(what) => {
                sheet.open(hook.name, &what, &setting);
                continue;
            }
        };
        let own = format!("hook {}", hook.name);
        let is_set_up = |text: &Option<String>| text.as_ref().is_some_and(|text| text.contains(&own));
        let Some(change) = changes.iter().find(|change| is_set_up(&change.before)) else { continue };
        let place = change.path.display().to_string();
        if changes.iter().any(|change| change.before != change.after) {
            sheet.bad(hook.name, &format!("{place} is not as guard writes it"), &setting);
        }
        match try_hook(hook, scratch) {
            Ok(how) => {
                sheet.good(hook.name, &format!("{place}: {how}"));
                if !hook.then.is_empty() {
                    sheet.line("", "", &format!("not seen from here: {}", hook.then));
                }
            }
            Err(what) => sheet.bad(hook.name, &format!("{place}: {what}"), &setting),
        }
    }
}

/// Asks the hook as the client does, and does what its answer says.
fn try_hook(hook: &Hook, scratch: &Scratch) -> Result<&'static str, String> {
    scratch.refill().map_err(|error| error.to_string())?;
    let request = (hook.sample)(&scratch.command(), &scratch.folder.to_string_lossy());
    let command = init::command(hook)?;
    let mut child = Command::new("/bin/sh")
        .args(["-c", &command])
        .env("GUARD_WAIT", "0")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| error.to_string())?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(request.to_string().as_bytes()).map_err(|error| error.to_string())?;
    }
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    let pass = (hook.reply)(&request, &Reply::Pass);
    if output.stdout == pass.stdout.as_bytes() && output.status.code() == Some(i32::from(pass.status)) {
        return Err("it lets the command pass".to_owned());
    }
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let Some(instead) = rewritten(&answer) else { return Ok("its hook refuses the command") };
    let tried = scratch.canary(&[], &[instead]).map_err(|error| error.to_string())?;
    match tried.stdout.starts_with(b"held ") {
        true => Ok("its hook hands the command to guard, which holds it"),
        false => Err("its hook hands the command on, and it ran".to_owned()),
    }
}

/// The command line in an answer that has guard run the original.
fn rewritten(answer: &Value) -> Option<&str> {
    match answer {
        Value::String(text) => text.contains(" -c '").then_some(text),
        Value::Array(values) => values.iter().find_map(rewritten),
        Value::Object(fields) => fields.values().find_map(rewritten),
        _ => None,
    }
}

/// The process that tries things: in a session of its own, so that nobody is asked. For each shell, or for each of
/// `texts`, it says whether the command was held.
fn canary(folder: &Path, texts: &[OsString]) -> ExitCode {
    let _ = nix::unistd::setsid();
    let scratch = Scratch { folder: folder.to_path_buf() };
    let command = scratch.command();
    let calls: Vec<(PathBuf, OsString, String)> = match texts.is_empty() {
        false => texts.iter().map(|text| ("/bin/sh".into(), text.clone(), "it".to_owned())).collect(),
        true => every_shell()
            .into_iter()
            .map(|shell| (shell.clone(), OsString::from(&command), shell.display().to_string()))
            .collect(),
    };
    for (shell, text, name) in calls {
        let _ = scratch.refill();
        let status = Command::new(shell)
            .arg("-c")
            .arg(text)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        let held = status.is_ok_and(|status| status.code() == Some(126)) && scratch.victim().exists();
        let _ = writeln!(io::stdout(), "{} {name}", if held { "held" } else { "ran" });
    }
    // The folder is its maker's to take away.
    std::mem::forget(scratch);
    ExitCode::SUCCESS
}

/// The shells of this machine, by every standard path.
fn every_shell() -> Vec<PathBuf> {
    let folders = ["/bin", "/usr/bin", "/usr/local/bin"];
    let paths = folders.iter().flat_map(|folder| shells::NAMES.map(|name| Path::new(folder).join(name)));
    paths.filter(|path| path.exists()).collect()
}
