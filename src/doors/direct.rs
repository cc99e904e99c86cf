//! Tells which texts need nothing of a shell: one simple command, every word of which is written out.
//!
//! Such a command can be executed by its argument list, as the shell would do in the end, without starting the shell
//! first. So can the few built-in commands that only print their words or end with a status. Takes the call and its text, gives the words; where anything could come out otherwise, gives none.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::kept;
use super::shells::RealShell;
use crate::shell::ast::{CommandKind, Part, Pipeline, Word};
use crate::shell::{Dialect, parse};

/// A command that the shell would execute as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Direct {
    /// The shell in whose stead it is executed.
    pub shell: Kind,
    /// The program, as it is written, and its arguments.
    pub words: Vec<OsString>,
}

/// The shells whose ways with a program's environment are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// GNU bash under its own name.
    Bash,
    /// dash.
    Dash,
}

/// More links than this lead nowhere; the kernel gives up there as well.
const MOST_LINKS: usize = 40;

/// A text longer than this is not looked at twice: the shell's start is lost in it.
const LONGEST: usize = 16 * 1024;

/// What `arguments` ask of `shell`, when the one at `at` is a text that needs nothing of it.
pub fn find(shell: &RealShell, arguments: &[OsString], at: usize) -> Option<Direct> {
    let kind = Kind::of(shell)?;
    if !plain_options(arguments.get(..at)?, kind) {
        return None;
    }
    let words = words(arguments.get(at)?.to_str()?, shell.dialect)?;
    Some(Direct { shell: kind, words })
}

impl Kind {
    /// bash called `sh` or `-bash` behaves differently, and other shells are not known well enough.
    fn of(shell: &RealShell) -> Option<Kind> {
        let file = linked(&shell.path)?;
        match (kept::family(file.file_name()?).as_bytes(), Path::new(&shell.name).file_name()?.as_bytes()) {
            (b"bash", b"bash") => Some(Kind::Bash),
            (b"dash", b"dash" | b"sh") => Some(Kind::Dash),
            _ => None,
        }
    }
}

/// The file that a path leads to, by the links in its last component.
fn linked(path: &Path) -> Option<PathBuf> {
    let mut path = path.to_path_buf();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&path) {
            Ok(target) => path = path.parent()?.join(target),
            // No link, and so the end.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => return Some(path),
            Err(_) => return None,
        }
    }
    None
}

/// Whether the options in front of a text change nothing for one command that stands alone.
fn plain_options(options: &[OsString], kind: Kind) -> bool {
    let mut options = options.iter().map(|option| option.as_bytes());
    while let Some(option) = options.next() {
        let plain = match option {
            b"--norc" | b"--noprofile" => kind == Kind::Bash,
            b"-o" | b"-eo" | b"-uo" | b"-euo" | b"-ceo" | b"-ceuo" => match options.next() {
                Some(b"errexit" | b"nounset") => true,
                Some(b"pipefail") => kind == Kind::Bash,
                _ => false,
            },
            b"--" => true,
            [b'-', letters @ ..] => !letters.is_empty() && letters.iter().all(|letter| b"ceu".contains(letter)),
            _ => false,
        };
        if !plain {
            return false;
        }
    }
    true
}

/// The words of a text that is one simple command and nothing else, none of which any expansion would change.
fn words(text: &str, dialect: Dialect) -> Option<Vec<OsString>> {
    if text.len() > LONGEST {
        return None;
    }
    let script = parse(text, dialect).ok()?;
    let [item] = script.items.as_slice() else { return None };
    let Pipeline { negated: false, timed: false, commands, .. } = &item.first else { return None };
    let [command] = commands.as_slice() else { return None };
    if item.background || !item.rest.is_empty() || !command.redirects.is_empty() {
        return None;
    }
    let CommandKind::Simple(simple) = &command.kind else { return None };
    if !simple.assignments.is_empty() {
        return None;
    }
    let words: Vec<String> = simple.words.iter().map(plain_word).collect::<Option<_>>()?;
    let name = words.first()?.as_str();
    let own = BUILT_IN.binary_search(&name).is_ok() && !is_plain_built_in(&words, dialect);
    (!name.is_empty() && !own).then(|| words.into_iter().map(OsString::from).collect())
}

/// Whether a built-in command only prints its words as they are, or ends with a status.
fn is_plain_built_in(words: &[String], dialect: Dialect) -> bool {
    let [name, arguments @ ..] = words else { return false };
    match name.as_str() {
        "true" | "false" | ":" => true,
        // bash has `-n`, `-e` and `-E`; dash has `-n`, and always reads escapes.
        "echo" => {
            let escapes = dialect != Dialect::Bash && arguments.iter().any(|word| word.contains('\\'));
            !escapes && !arguments.first().is_some_and(|word| word.starts_with('-'))
        }
        _ => false,
    }
}

fn plain_word(word: &Word) -> Option<String> {
    let mut plain = String::new();
    for part in &word.parts {
        match part {
            Part::Quoted { text, .. } => plain.push_str(text),
            Part::Literal { text, .. } if !expands(text) => plain.push_str(text),
            Part::DoubleQuoted { parts, .. } => {
                for part in parts {
                    let Part::Quoted { text, .. } = part else { return None };
                    plain.push_str(text);
                }
            }
            _ => return None,
        }
    }
    Some(plain)
}

/// Whether unquoted text can become something else. `{}` alone stays as it is.
fn expands(text: &str) -> bool {
    text.contains(['*', '?', '[', '~', '\\']) || (text.contains(['{', '}']) && text != "{}")
}

/// Commands that bash or dash run themselves, sorted: from their manual pages ("SHELL BUILTIN COMMANDS", "Builtins").
const BUILT_IN: [&str; 62] = [
    ".",
    ":",
    "[",
    "alias",
    "bg",
    "bind",
    "break",
    "builtin",
    "caller",
    "cd",
    "chdir",
    "command",
    "compgen",
    "complete",
    "compopt",
    "continue",
    "declare",
    "dirs",
    "disown",
    "echo",
    "enable",
    "eval",
    "exec",
    "exit",
    "export",
    "false",
    "fc",
    "fg",
    "getopts",
    "hash",
    "help",
    "history",
    "jobs",
    "kill",
    "let",
    "local",
    "logout",
    "mapfile",
    "popd",
    "printf",
    "pushd",
    "pwd",
    "read",
    "readarray",
    "readonly",
    "return",
    "set",
    "shift",
    "shopt",
    "source",
    "suspend",
    "test",
    "times",
    "trap",
    "true",
    "type",
    "typeset",
    "ulimit",
    "umask",
    "unalias",
    "unset",
    "wait",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_commands_can_be_searched() {
        assert!(BUILT_IN.is_sorted());
    }

    #[test]
    fn only_a_command_that_stands_written_out_is_direct() {
        let direct: [(&str, &[&str]); 10] = [
            ("ls -la", &["ls", "-la"]),
            ("  git commit -m 'a $x *' # why\n", &["git", "commit", "-m", "a $x *"]),
            ("grep -rn \"a b\"'c'd\\e src/", &["grep", "-rn", "a bcde", "src/"]),
            ("find . -exec grep x {} +", &["find", ".", "-exec", "grep", "x", "{}", "+"]),
            ("'if' x", &["if", "x"]),
            ("make CC=gcc --jobs=2", &["make", "CC=gcc", "--jobs=2"]),
            ("/usr/bin/env", &["/usr/bin/env"]),
            ("ls ''", &["ls", ""]),
            ("echo a 'b  c'", &["echo", "a", "b  c"]),
            ("true", &["true"]),
        ];
        for (text, expected) in direct {
            let found = words(text, Dialect::Bash).filter(|found| found == expected);
            assert!(found.is_some(), "{text}: {:?}", words(text, Dialect::Bash));
        }
        for text in [
            "",
            "# nothing",
            "ls; ls",
            "ls &",
            "ls && ls",
            "ls | cat",
            "! ls",
            "time ls",
            "ls > f",
            "x=1",
            "x=1 ls",
            "(ls)",
            "{ ls; }",
            "ls *",
            "ls a?",
            "ls [a]",
            "ls ~",
            "ls --to=~/x",
            "ls {a,b}",
            "ls $x",
            "ls \"$x\"",
            "ls `x`",
            "ls $(x)",
            "echo -n a",
            "echo -e",
            "cd x",
            "exec ls",
            "test a",
            "[ a ]",
            "''",
            "ls\nls",
            "if ls; then ls; fi",
            "f() { ls; }",
            "ls <<E\nE",
        ] {
            assert_eq!(words(text, Dialect::Bash), None, "{text}");
        }
    }

    #[test]
    fn options_that_change_something_are_the_shells() {
        let plain = |options: &[&str], kind| {
            let options: Vec<OsString> = options.iter().map(OsString::from).collect();
            plain_options(&options, kind)
        };
        for options in
            [&["-c"][..], &["-ec"], &["-o", "pipefail", "-c"], &["--norc", "--noprofile", "-c"], &["-c", "--"]]
        {
            assert!(plain(options, Kind::Bash), "{options:?}");
        }
        for options in
            [&["-lc"][..], &["-l", "-c"], &["-ic"], &["-xc"], &["--posix", "-c"], &["--login", "-c"], &["-c", "-o"]]
        {
            assert!(!plain(options, Kind::Bash), "{options:?}");
        }
        assert!(!plain(&["--norc", "-c"], Kind::Dash));
    }
}
