//! The agents that people use: how each one is led to guard, and how its hook speaks. A file each.
//!
//! A hook takes the client's request as JSON and gives an answer in the client's own terms. Nothing here judges: what a
//! tool is about to do is told as [`Act`]s, and what is to come of it arrives as a [`Reply`].

pub mod environment;
pub mod json;

mod amp;
mod claude;
mod cline;
mod codex;
mod copilot;
mod cursor;
mod gemini;
mod generic;
mod kiro;
mod opencode;
mod openhands;
mod patch;
mod pi;
mod qwen;
mod windsurf;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One thing that a tool is about to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// A shell runs this text.
    Shell(String),
    /// The file of this name is written.
    Write(String),
    /// The file of this name is deleted.
    Delete(String),
}

/// What a hook was asked about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// What the tool would do; nothing where that is no concern of guard's.
    pub acts: Vec<Act>,
    /// The folder that it would be done in.
    pub folder: Option<String>,
}

/// What is to come of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// The client goes on as it would without guard.
    Pass,
    /// It goes on with these texts in the place of those that it would give to a shell, in their order.
    Instead(Vec<String>),
    /// It does not go on, for this reason.
    Refuse(String),
}

/// What a hook's process writes, and how it ends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// The exit status.
    pub status: u8,
}

impl Output {
    /// An answer in JSON.
    fn json(value: &Value) -> Output {
        Output { stdout: format!("{value}\n"), ..Output::default() }
    }

    /// The refusal of clients that look at the status, and give what is on standard error to the model.
    fn status(reason: &str) -> Output {
        Output { stderr: format!("{reason}\n"), status: 2, ..Output::default() }
    }
}

/// How one client's hook speaks.
pub struct Hook {
    /// The client.
    pub name: &'static str,
    /// Reads a request. The error says what is not as it should be.
    pub read: fn(&Value) -> Result<Asked, String>,
    /// Whether the client takes another command in the place of the one that the request has.
    pub rewrites: fn(&Value) -> bool,
    /// Answers a request; one that could not be read is `null`.
    pub reply: fn(&Value, &Reply) -> Output,
    /// A request to run a command in a folder, as the client makes it.
    pub sample: fn(&str, &str) -> Value,
    /// What leads the client to its hook.
    pub files: &'static [File],
    /// What is left to do by hand, where something is.
    pub then: &'static str,
}

/// A file of a client's settings.
pub struct File {
    /// Below the home folder; empty where there is none for the whole user.
    pub user: &'static str,
    /// Below the project's folder; empty where there is none for one project.
    pub project: &'static str,
    /// What guard has there.
    pub content: Content,
}

/// A list in JSON, by the names that lead to it, and the entry that it gets for a command.
pub type List = (&'static [&'static str], fn(&str) -> Value);

/// What guard has in a file of a client's settings. Commands are given as a shell takes them.
pub enum Content {
    /// Entries of lists in JSON that has others, too.
    Entries {
        /// What a new file begins as.
        fresh: &'static str,
        /// By what guard's entries are known.
        mark: &'static str,
        /// The lists. [`OWN_FILE`] in an entry stands for the path of the file of guard's own.
        lists: &'static [List],
    },
    /// All of it.
    Own {
        /// The file's text for a command.
        text: fn(&str) -> String,
        /// Whether it is a program.
        program: bool,
    },
}

/// Stands for the path of the file of guard's own.
pub const OWN_FILE: &str = "GUARD_FILE";

/// A JSON file that guard has entries in.
const fn entries(user: &'static str, project: &'static str, mark: &'static str, lists: &'static [List]) -> File {
    File { user, project, content: Content::Entries { fresh: "{}\n", mark, lists } }
}

/// A file of guard's own.
const fn own(user: &'static str, project: &'static str, text: fn(&str) -> String, program: bool) -> File {
    File { user, project, content: Content::Own { text, program } }
}

/// The hooks that guard speaks for.
pub static HOOKS: [&Hook; 14] = [
    &claude::HOOK,
    &codex::HOOK,
    &gemini::HOOK,
    &qwen::HOOK,
    &copilot::HOOK,
    &cursor::HOOK,
    &cline::HOOK,
    &opencode::HOOK,
    &pi::HOOK,
    &openhands::HOOK,
    &windsurf::HOOK,
    &amp::HOOK,
    &kiro::HOOK,
    &generic::HOOK,
];

/// The hook of this name.
pub fn hook(name: &str) -> Option<&'static Hook> {
    HOOKS.into_iter().find(|hook| hook.name == name)
}

/// A text below `value`, by a path of names.
fn text(value: &Value, path: &[&str]) -> Option<String> {
    let found = path.iter().try_fold(value, |value, name| value.get(name))?;
    found.as_str().map(str::to_owned)
}

/// A text that must be there.
fn needed(value: &Value, path: &[&str]) -> Result<String, String> {
    text(value, path).ok_or_else(|| format!("expected a text at `{}`", path.join(".")))
}

/// A copy of an object with one of its fields set.
fn with(value: &Value, field: &str, new: Value) -> Value {
    let mut value = value.clone();
    if let Some(fields) = value.as_object_mut() {
        fields.insert(field.to_owned(), new);
    }
    value
}

/// The first of the texts that are to run instead.
fn first(texts: &[String]) -> Value {
    texts.first().map_or(Value::Null, |text| Value::from(text.as_str()))
}

fn always(_: &Value) -> bool {
    true
}

fn never(_: &Value) -> bool {
    false
}

/// The names that tools give to the file that they change.
const FILES: [&str; 6] = ["file_path", "path", "filePath", "notebook_path", "absolute_path", "filename"];

/// The file that a tool's input names.
fn file(input: &Value) -> Result<Vec<Act>, String> {
    let path = FILES.iter().find_map(|name| text(input, &[name]));
    path.map(|path| vec![Act::Write(path)]).ok_or_else(|| "expected the name of a file in the tool's input".to_owned())
}

/// What a tool that guard does not know would do: where its input has a command, that; otherwise it cannot be told.
fn unknown(tool: &str, input: &Value) -> Result<Vec<Act>, String> {
    let command = ["command", "cmd", "script"].iter().find_map(|name| text(input, &[name]));
    command.map(|command| vec![Act::Shell(command)]).ok_or_else(|| format!("guard does not know the tool `{tool}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hook_refuses_what_it_cannot_read_in_words() {
        for hook in HOOKS {
            for value in [Value::Null, Value::from(1), serde_json::json!([]), serde_json::json!({"a": []})] {
                assert!((hook.read)(&value).is_err(), "{} {value}", hook.name);
                let output = (hook.reply)(&value, &Reply::Refuse("because".to_owned()));
                let told = format!("{}{}", output.stdout, output.stderr);
                assert!(told.contains("because"), "{} {output:?}", hook.name);
                assert_ne!(output, (hook.reply)(&value, &Reply::Pass), "{}", hook.name);
            }
        }
    }

    #[test]
    fn every_hook_reads_its_own_sample() {
        for hook in HOOKS {
            let asked = (hook.read)(&(hook.sample)("rm -rf 'a b'", "/srv/project"));
            let acts = vec![Act::Shell("rm -rf 'a b'".to_owned())];
            let folder = (hook.name != "amp").then(|| "/srv/project".to_owned());
            assert_eq!(asked, Ok(Asked { acts, folder }), "{}", hook.name);
        }
    }
}
