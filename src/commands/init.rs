//! `guard init`: leads a client to guard's hook, or prints what a person's own shell starts agents by.

use std::env;
use std::fs::{self, File as Handle, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{self, ExitCode};

use super::difference;
use crate::agents::{self, Content, File, Hook, OWN_FILE, json};
use crate::cli::Init;
use crate::client;
use crate::folders::Folders;
use crate::human::roots::{self, Tree};

/// The ending of the copy of a file as it was.
const BACKUP: &str = "guard-backup";

/// Runs the subcommand.
pub fn run(init: &Init) -> ExitCode {
    let outcome = match (agents::hook(&init.of), init.of.as_str()) {
        (Some(hook), _) => set_up(init, hook),
        (None, shell) => print_integration(shell).map_err(|error| error.to_string()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            eprintln!("guard: init: {what}");
            ExitCode::FAILURE
        }
    }
}

fn set_up(init: &Init, hook: &Hook) -> Result<(), String> {
    // Who may be asked about commands is not for the asked one to say.
    let own = i32::try_from(process::id()).unwrap_or_default();
    if !init.dry_run && !matches!(roots::of(own, Folders::of_user().as_ref()), Tree::Outside) {
        return Err("not from inside an agent; a person does this in a terminal of their own".to_owned());
    }
    if hook.files.is_empty() {
        return Err(format!("nothing to write for {}: it asks `{}` by itself", hook.name, command(hook)?));
    }
    let base = match init.project {
        true => env::current_dir().map_err(|error| format!("the working folder: {error}"))?,
        false => env::home_dir().ok_or("there is no home folder: HOME is not set")?,
    };
    let planned = plan(hook, &base, init.project, init.remove)?;
    if planned.is_empty() {
        return Err(format!(
            "{} has no settings for {}",
            hook.name,
            if init.project { "one project" } else { "a user; use --project" }
        ));
    }
    let mut changed = false;
    for change in planned {
        if change.before == change.after {
            println!("{}: as it should be", change.path.display());
            continue;
        }
        changed = true;
        if init.dry_run {
            print!("{}", difference::show(&change.path, change.before.as_deref(), change.after.as_deref()));
        } else {
            change.write().map_err(|error| format!("{}: {error}", change.path.display()))?;
            println!("{}: {}", change.path.display(), change.what());
        }
    }
    if changed && !init.remove && !hook.then.is_empty() {
        println!("then: {}", hook.then);
    }
    Ok(())
}

/// A file as it is and as it is to be; `None` for one that is not there.
pub(super) struct Change {
    pub(super) path: PathBuf,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
    program: bool,
}

/// What setting `hook` up below `base` changes, or what taking it away does.
pub(super) fn plan(hook: &Hook, base: &Path, project: bool, remove: bool) -> Result<Vec<Change>, String> {
    let command = command(hook)?;
    let place = |file: &File| {
        let below = if project { file.project } else { file.user };
        (!below.is_empty()).then(|| base.join(below))
    };
    let own = hook.files.iter().find(|file| matches!(file.content, Content::Own { .. })).and_then(place);
    let mut changes = Vec::new();
    for file in hook.files {
        let Some(path) = place(file) else { continue };
        let mistake = |what: String| format!("{}: {what}", path.display());
        let before = read(&path).map_err(|error| mistake(error.to_string()))?;
        let (after, program) = match &file.content {
            Content::Own { text, program } => {
                let is_own = |text: &String| text.contains(&format!("hook {}", hook.name));
                if before.as_ref().is_some_and(|text| !is_own(text)) {
                    return Err(mistake(format!("it is not guard's; have it call `{command}`")));
                }
                ((!remove).then(|| text(&command)), *program)
            }
            Content::Entries { fresh, mark, lists } => {
                let mut text = before.clone();
                for (path, entry) in *lists {
                    text = match (remove, text) {
                        (true, None) => None,
                        (true, Some(text)) => Some(json::take(&text, path, mark).map_err(mistake)?),
                        (false, text) => {
                            let mut entry = entry(&command);
                            if let Some(place) = entry.get_mut("to").filter(|place| *place == OWN_FILE) {
                                *place = own.as_ref().map(|own| own.to_string_lossy()).unwrap_or_default().into();
                            }
                            let text = text.unwrap_or_else(|| (*fresh).to_owned());
                            Some(json::put(&text, path, &entry, mark).map_err(mistake)?)
                        }
                    };
                }
                let is_fresh = |text: &String| {
                    let [text, fresh] = [text, *fresh].map(|text| serde_json::from_str::<serde_json::Value>(text).ok());
                    text.is_some() && text == fresh
                };
                (text.filter(|text| !(remove && is_fresh(text))), false)
            }
        };
        changes.push(Change { path, before, after, program });
    }
    Ok(changes)
}

/// The command that the client is to run.
pub(super) fn command(hook: &Hook) -> Result<String, String> {
    let guard = env::current_exe().and_then(fs::canonicalize).map_err(|error| format!("guard's own file: {error}"))?;
    let guard = guard.to_str().ok_or("the path of guard's own file is no text")?;
    let guard = shlex::try_quote(guard).map_err(|error| error.to_string())?;
    Ok(format!("{guard} hook {}", hook.name))
}

fn read(path: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

impl Change {
    fn what(&self) -> &'static str {
        match (&self.before, &self.after) {
            (None, _) => "written",
            (Some(_), None) => "removed",
            (Some(_), Some(_)) => "changed; the file as it was stands beside it, ending in .guard-backup",
        }
    }

    /// Makes the change. Whoever reads the file meanwhile meets all of it, as it was or as it is to be.
    fn write(&self) -> io::Result<()> {
        // What a link leads to is changed, and the link stays.
        let path = fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        let beside = |ending: &str| {
            let mut name = path.as_os_str().to_os_string();
            name.push(format!(".{ending}"));
            PathBuf::from(name)
        };
        let Some(after) = &self.after else { return fs::remove_file(&self.path) };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        if self.before.is_some() {
            fs::copy(&path, beside(BACKUP))?;
        }
        let fresh = beside(&format!("guard-{}", process::id()));
        let written = Handle::create_new(&fresh).and_then(|mut file| {
            file.write_all(after.as_bytes())?;
            match fs::metadata(&path) {
                Ok(metadata) => file.set_permissions(metadata.permissions())?,
                Err(_) => file.set_permissions(Permissions::from_mode(if self.program { 0o755 } else { 0o644 }))?,
            }
            file.sync_all()
        });
        written.and_then(|()| fs::rename(&fresh, &path)).inspect_err(|_| {
            let _ = fs::remove_file(&fresh);
        })
    }
}

/// What a person's own shell reads at its start: agents that are started by name run under guard.
fn print_integration(shell: &str) -> io::Result<()> {
    let guard = env::current_exe().and_then(fs::canonicalize)?;
    let guard = shlex::try_quote(&guard.to_string_lossy()).map_err(io::Error::other)?.into_owned();
    let mut out = io::stdout().lock();
    writeln!(out, "# Agents that are started by name run under guard; `command NAME` starts one without it.")?;
    for program in client::programs() {
        match shell {
            "fish" => writeln!(out, "type -q {program}; and function {program}; {guard} run -- {program} $argv; end")?,
            _ => writeln!(
                out,
                "if command -v {program} >/dev/null 2>&1; then {program}() {{ {guard} run -- {program} \"$@\"; }}; fi"
            )?,
        }
    }
    match shell {
        "fish" => writeln!(out, "{guard} completions fish | source"),
        shell => writeln!(out, "eval \"$({guard} completions {shell})\""),
    }
}
