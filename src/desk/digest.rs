//! The hash of all that an answer is bound to: what was asked, where, on what, and in which environment.
//!
//! Two requests with the same hash do the same, as far as that can be known before they run. An answer to one is an
//! answer to the other, and to nothing else.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::policy::Held;
use crate::request::{self, Subject};
use crate::scaffolding;
use crate::stake::{What, plain};

/// Variables that decide which programs run, whose files are meant, or which system is reached.
const NAMES: [&str; 14] = [
    "PATH",
    "HOME",
    "IFS",
    "CDPATH",
    "TMPDIR",
    "BASH_ENV",
    "ENV",
    "SHELLOPTS",
    "BASHOPTS",
    "LD_PRELOAD",
    "LD_LIBRARY_PATH",
    "USER",
    "KUBECONFIG",
    "DATABASE_URL",
];

/// The same by how their names begin.
const BEGINNINGS: [&str; 15] = [
    "AWS_",
    "AZURE_",
    "ARM_",
    "GOOGLE_",
    "CLOUDSDK_",
    "KUBE",
    "HELM_",
    "DOCKER_",
    "PG",
    "MYSQL_",
    "REDIS",
    "MONGO",
    "TF_",
    "GIT_",
    "BASH_FUNC_",
];

/// And by how they end.
const ENDINGS: [&str; 5] = ["_URL", "_URI", "_DSN", "_HOST", "_DATABASE"];

/// How a request came in.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The door's name.
    pub door: &'a str,
    /// guard's own argument list, without its name.
    pub arguments: &'a [OsString],
    /// What was judged.
    pub requests: &'a [request::Request],
    /// Where it would run.
    pub folder: Option<&'a Path>,
}

/// The hash of a held request, in hexadecimal digits.
pub fn digest(held: &Held<'_>, asked: &Asked<'_>) -> String {
    let mut hash = Hash(Sha256::new());
    hash.part("door", asked.door.as_bytes());
    for argument in asked.arguments {
        hash.part("argument", steady(&argument.to_string_lossy()).as_bytes());
    }
    for request in asked.requests {
        hash.request(request);
    }
    let folder = asked.folder.map(resolved);
    hash.part("folder", folder.as_deref().unwrap_or_default().as_bytes());
    for finding in &held.findings {
        hash.part("rule", finding.rule.as_bytes());
        hash.part("subject", steady(&finding.subject).as_bytes());
        if let Some(target) = target(asked.folder, &finding.subject) {
            hash.part("target", target.as_bytes());
        }
    }
    // Where what is lost really is, also behind a `cd`.
    for stake in &held.report.stakes {
        if let What::Path(path) = &stake.what
            && let Some(target) = plain(&path.pattern).and_then(|path| fs::canonicalize(path).ok())
        {
            hash.part("stake", target.as_os_str().as_bytes());
        }
    }
    let mut variables: Vec<_> = env::vars_os().filter(|(name, _)| matters(name, &held.report.text)).collect();
    variables.sort();
    for (name, value) in variables {
        hash.part("variable", name.as_bytes());
        hash.part("value", value.as_bytes());
    }
    hash.finish()
}

struct Hash(Sha256);

impl Hash {
    /// Adds a part; its length goes before it, so that no two lists of parts look alike.
    fn part(&mut self, kind: &str, bytes: &[u8]) {
        self.0.update(format!("{kind} {}:", bytes.len()));
        self.0.update(bytes);
    }

    fn request(&mut self, request: &request::Request) {
        self.subject(&request.subject);
        for argument in &request.arguments {
            self.part("parameter", steady(argument).as_bytes());
        }
    }

    fn subject(&mut self, subject: &Subject) {
        match subject {
            Subject::Shell { text, dialect } => {
                self.part(&format!("shell {dialect:?}"), steady(text).as_bytes());
            }
            Subject::Session { before, text } => {
                self.part("state", before.as_bytes());
                self.part("command", steady(text).as_bytes());
            }
            Subject::Arguments(words) => words.iter().for_each(|word| self.part("word", word.as_bytes())),
            Subject::Script { interpreter, text } => {
                interpreter.iter().for_each(|word| self.part("interpreter", word.as_bytes()));
                self.part("script", text.as_bytes());
            }
            Subject::Program { words, script } => {
                words.iter().for_each(|word| self.part("program", word.as_bytes()));
                self.subject(script);
            }
            Subject::Unreadable { shown, .. } => self.part("unreadable", shown.as_bytes()),
        }
    }

    fn finish(self) -> String {
        hexadecimal(&self.0.finalize())
    }
}

/// Bytes as hexadecimal digits.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A text without what a client's own scaffolding names anew for each command.
fn steady(text: &str) -> String {
    scaffolding::without_scratch_names(text)
}

/// Where a subject really is, when it is a path to something that is there.
fn target(folder: Option<&Path>, subject: &str) -> Option<OsString> {
    let path = match subject.strip_prefix("~/") {
        Some(rest) => Path::new(&env::var_os("HOME")?).join(rest),
        None => folder?.join(subject),
    };
    fs::canonicalize(path).ok().map(Into::into)
}

fn resolved(folder: &Path) -> OsString {
    fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf()).into()
}

/// Whether a variable of the environment can change what a command does.
fn matters(name: &OsStr, text: &str) -> bool {
    let Some(name) = name.to_str() else { return false };
    if scaffolding::is_bookkeeping(name) {
        return false;
    }
    NAMES.contains(&name)
        || BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
        || ENDINGS.iter().any(|ending| name.ends_with(ending))
        || mentions(text, name)
}

/// Whether a shell text uses a variable: `$NAME` or `${NAME`.
fn mentions(text: &str, name: &str) -> bool {
    let after = |at: usize| text.get(at + name.len()..).unwrap_or_default();
    let starts = |at: usize| {
        let before = text.get(..at).unwrap_or_default();
        before.ends_with('$') || before.trim_end_matches(['!', '#']).ends_with("${")
    };
    let ends = |at: usize| !after(at).starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    !name.is_empty() && text.match_indices(name).any(|(at, _)| starts(at) && ends(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::Class;
    use crate::policy::Why;
    use crate::request::Report;
    use crate::shell::Dialect;

    fn of(text: &str, door: &str, folder: &str, arguments: &[&str]) -> String {
        let report = Report {
            text: text.to_owned(),
            class: Class::Destructive,
            findings: Vec::new(),
            parsed: true,
            unrecognised: false,
            stakes: Vec::new(),
            changes: Default::default(),
            tree: Vec::new(),
            direct: None,
        };
        let held = Held { report: &report, findings: Vec::new(), why: Why::Class };
        let subject = Subject::Shell { text: text.to_owned(), dialect: Dialect::Bash };
        let requests = [request::Request { subject, arguments: Vec::new() }];
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        digest(&held, &Asked { door, arguments: &arguments, requests: &requests, folder: Some(Path::new(folder)) })
    }

    #[test]
    fn whatever_differs_has_another_hash() {
        let base = of("rm x", "-c", "/", &["-c", "rm x"]);
        assert_eq!(base, of("rm x", "-c", "/", &["-c", "rm x"]));
        for other in [
            of("rm  x", "-c", "/", &["-c", "rm x"]),
            of("rm x", "--", "/", &["-c", "rm x"]),
            of("rm x", "-c", "/usr", &["-c", "rm x"]),
            of("rm x", "-c", "/", &["-c", "rm", " x"]),
            of("rm x", "-c", "/", &["-lc", "rm x"]),
        ] {
            assert_ne!(base, other);
        }
    }

    #[test]
    fn a_clients_scratch_file_makes_no_difference() {
        let with = |name: &str| of(&format!("rm x && pwd -P >| /tmp/claude-{name}-cwd"), "-c", "/", &[]);
        assert_eq!(with("1a2b"), with("9f0e"));
        assert_ne!(with("1a2b"), with("1a2b-cwd /etc/passwd; pwd -P >| /tmp/claude-9f0e"));
    }

    #[test]
    fn variables_count_that_the_text_uses() {
        for (text, expected) in [
            ("rm $DIR/x", true),
            ("rm ${DIR}", true),
            ("rm ${DIR:-x}", true),
            ("rm ${!DIR}", true),
            ("rm $DIRS", false),
            ("rm DIR", false),
            ("rm $A", false),
        ] {
            assert_eq!(mentions(text, "DIR"), expected, "{text}");
        }
        for (name, expected) in [("PATH", true), ("AWS_PROFILE", true), ("APP_DATABASE_URL", true), ("LINES", false)] {
            assert_eq!(matters(OsStr::new(name), ""), expected, "{name}");
        }
    }
}
