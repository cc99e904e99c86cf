//! The ways in: how shells and wrappers are called, and what such a call asks for.
//!
//! Takes an argument list, gives an [`Errand`]: what is to be judged, and how it is run when it may. Knows how
//! shells read their arguments and scripts; knows nothing of danger.

pub mod direct;
pub mod kept;
pub mod marks;
pub mod options;
pub mod script;
pub mod session;
pub mod shells;

use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::request::{Request, Subject};
use crate::shell::Dialect;
use direct::Direct;
use options::{Call, Source};
use script::{FirstLine, Unread};
use shells::RealShell;

/// The words that are guard's own when they come first. `cli` has the same ones, and a test says so.
pub const SUBCOMMANDS: [&str; 21] = [
    "check",
    "explain",
    "log",
    "run",
    "rules",
    "pending",
    "approve",
    "answer",
    "watch",
    "grant",
    "grants",
    "deny",
    "session",
    "config",
    "factor",
    "init",
    "doctor",
    "hook",
    "completions",
    "man",
    "help",
];

/// More text than this is not judged: it is opaque.
const MOST_TEXT: usize = 1024 * 1024;

/// How much of something that cannot be read is shown.
const MOST_SHOWN: usize = 4096;

/// Where a call leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// guard's own command line: a subcommand, `--help`, `--version`, or nothing on a terminal.
    Own,
    /// `guard -- PROGRAM ARG…`.
    Program,
    /// `guard 'COMMAND LINE'`, from a client that puts guard in front of the text.
    Line,
    /// A shell's argument list.
    Shell,
    /// `guard bash-env -- TEXT`, from a bash that is about to run the text.
    Asked,
}

/// Something to judge, and to run when it may.
#[derive(Clone, Debug)]
pub struct Errand {
    /// The way it came in, for the journal.
    pub door: &'static str,
    /// What may run; the worst of them counts. More than one only when the call is not clear.
    pub requests: Vec<Request>,
    /// How it runs.
    pub plan: Plan,
}

/// How a judged request becomes a running program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Something else runs it, and only wants to know whether it may.
    Nothing,
    /// The program is looked for as `execvp` does.
    Program(Vec<OsString>),
    /// A shell with the arguments that guard was given, which hold the judged text.
    Shell {
        /// The real shell.
        path: PathBuf,
        /// Its argument list, `argv[0]` included.
        argv: Vec<OsString>,
        /// The one command that the shell would execute, where it need not be started for that.
        direct: Option<Direct>,
    },
    /// A bash that takes its commands one after the other, and asks about each.
    Session {
        /// The real shell.
        path: PathBuf,
        /// Its `argv[0]`.
        name: OsString,
        /// Its arguments.
        arguments: Vec<OsString>,
        /// Whether the commands come from a terminal.
        terminal: bool,
    },
    /// A shell whose program was read from standard input.
    Input {
        /// The real shell.
        path: PathBuf,
        /// Its name and options.
        before: Vec<OsString>,
        /// The text.
        text: Vec<u8>,
        /// The arguments.
        after: Vec<OsString>,
    },
    /// A script that was read from a file.
    Script {
        /// The program that runs it.
        path: PathBuf,
        /// Its name and options.
        before: Vec<OsString>,
        /// Whether that program is a shell.
        shell: bool,
        /// The script's name, which becomes its `$0`.
        name: OsString,
        /// Its text.
        text: Vec<u8>,
        /// Its arguments.
        after: Vec<OsString>,
    },
}

/// Why a call leads nowhere, and the exit status that says so.
#[derive(Debug, PartialEq, Eq)]
pub struct Failure {
    /// The exit status: 127 for what is not found, 126 for what cannot be run, 2 for a wrong call.
    pub status: u8,
    /// One line: what, where, what to do.
    pub message: String,
}

impl Failure {
    fn new(status: u8, message: impl Into<String>) -> Failure {
        Failure { status, message: message.into() }
    }

    fn unread(name: &Path, unread: Unread) -> Failure {
        Failure::new(unread.status, format!("{}: {}", name.display(), unread.what))
    }
}

/// Which door a call uses. Looks at nothing but the arguments, and whether files and terminals are there.
pub fn choose(argv: &[OsString]) -> Door {
    let arguments = argv.get(1..).unwrap_or_default();
    if shells::started_as_shell(name_of(argv)) {
        return Door::Shell;
    }
    let Some(first) = arguments.first() else {
        return if io::stdin().is_terminal() { Door::Own } else { Door::Shell };
    };
    match first.as_bytes() {
        b"--" if arguments.len() > 1 => Door::Program,
        b"bash-env" => Door::Asked,
        b"--" | b"--help" | b"--version" => Door::Own,
        b"-h" | b"-V" if arguments.len() == 1 => Door::Own,
        word if SUBCOMMANDS.iter().any(|name| name.as_bytes() == word) => Door::Own,
        // No shell's option and nothing to run: a slip in guard's own command line, which says what is wrong.
        word if arguments.len() == 1 && word.starts_with(b"--") && !options::is_long(word) => Door::Own,
        [b'-' | b'+', ..] => Door::Shell,
        text if arguments.len() == 1 && text.iter().any(u8::is_ascii_whitespace) && !script::exists(first) => {
            Door::Line
        }
        _ => Door::Shell,
    }
}

impl Errand {
    /// What a call through `door` asks for. Reads the script or standard input when the program is there.
    ///
    /// # Errors
    ///
    /// When there is nothing to run, or no shell to run it.
    pub fn read(door: Door, argv: &[OsString], configured: Option<&Path>) -> Result<Errand, Failure> {
        let arguments = argv.get(1..).unwrap_or_default();
        if door == Door::Program {
            return Ok(Errand::program(arguments.get(1..).unwrap_or_default()));
        }
        if door == Door::Asked {
            let text = arguments.last().map_or(OsStr::new(""), OsString::as_os_str);
            return Ok(if session::is_asked(argv) { Errand::asked_by_session(text) } else { Errand::asked(text) });
        }
        let argv0 = name_of(argv);
        let Some(shell) = shells::real_shell(argv0, configured) else {
            return Err(Failure::new(
                127,
                format!("no {} found on PATH besides guard; set `shell` in the configuration", wanted(argv0)),
            ));
        };
        let mut errand = match door {
            Door::Line => Errand::text(shell, &[vec![OsString::from("-c")], arguments.to_vec()].concat(), 1),
            _ => Errand::shell(shell, arguments, shells::started_as_shell(argv0))?,
        };
        // Who chose a shell wants it to run everything.
        if let (Some(_), Plan::Shell { direct, .. }) = (configured, &mut errand.plan) {
            *direct = None;
        }
        Ok(errand)
    }

    /// How a shell's call runs that needs no judgement, since it comes from inside something that was judged. `None`
    /// for a shell that would take commands from a terminal: those are new ones.
    pub fn inner(argv: &[OsString], only_scripts: bool) -> Option<Plan> {
        let shell = shells::real_shell(name_of(argv), None)?;
        let arguments = argv.get(1..).unwrap_or_default();
        let call = options::read(arguments, shell.dialect);
        let typed = (call.unclear || call.source == Source::Input) && io::stdin().is_terminal();
        let left_out = only_scripts && !matches!(call.source, Source::Script(_));
        (!typed && !left_out).then(|| Errand::verbatim(shell, arguments, "", Vec::new()).plan)
    }

    /// What a bash that was started with `text` asks before it runs it. Its arguments are not in the text but are what
    /// the kernel says that it was started with; where that cannot be told, they stay unknown.
    fn asked(text: &OsStr) -> Errand {
        let shell = RealShell { path: "bash".into(), name: "bash".into(), dialect: Dialect::Bash };
        let argv = script::parents_arguments();
        let arguments = argv.get(1..).unwrap_or_default();
        let errand = match options::read(arguments, Dialect::Bash).source {
            Source::Text(at) if arguments.get(at).is_some_and(|known| known == text) => {
                Errand::text(shell, arguments, at)
            }
            _ => Errand::text(shell, &["-c".into(), text.to_os_string()], 1),
        };
        Errand { door: "BASH_ENV", plan: Plan::Nothing, ..errand }
    }

    /// What a session asks before it runs a command. What it has by then, variables and functions, is on standard
    /// input as bash writes it down.
    fn asked_by_session(text: &OsStr) -> Errand {
        let before = script::read_input().unwrap_or_default();
        let subject = match shell_subject(text.as_bytes().to_vec(), Dialect::Bash) {
            Subject::Shell { text, .. } => Subject::Session { before: session::state(&before), text },
            other => other,
        };
        let request = Request { subject, arguments: vec!["bash".to_owned()] };
        Errand { door: "session", requests: vec![request], plan: Plan::Nothing }
    }

    fn program(argv: &[OsString]) -> Errand {
        Errand { door: "--", requests: vec![program_request(argv)], plan: Plan::Program(argv.to_vec()) }
    }

    fn shell(shell: RealShell, arguments: &[OsString], by_name: bool) -> Result<Errand, Failure> {
        let call = options::read(arguments, shell.dialect);
        if call.unclear {
            return Ok(Errand::unclear(shell, arguments, &call));
        }
        match call.source {
            Source::None => Ok(Errand::verbatim(shell, arguments, "-c", Vec::new())),
            Source::Text(_) if call.only_reads && !call.interactive => {
                Ok(Errand::verbatim(shell, arguments, "-c", Vec::new()))
            }
            Source::Text(at) => Ok(Errand::text(shell, arguments, at)),
            Source::Script(_) if call.only_reads && !call.interactive => {
                Ok(Errand::verbatim(shell, arguments, "script", Vec::new()))
            }
            Source::Script(at) => Errand::script(shell, arguments, at, &call, by_name),
            Source::Input if io::stdin().is_terminal() => match session::fits(&shell, arguments) {
                true => Ok(Errand::session(shell, arguments, true)),
                false => Err(Failure::new(
                    126,
                    "an interactive shell of this kind, or with these options, cannot be judged, so none was started; \
                     give a command with -c, or start bash",
                )),
            },
            Source::Input if session::fits(&shell, arguments) && session::is_open() => {
                Ok(Errand::session(shell, arguments, false))
            }
            Source::Input => Errand::input(shell, arguments, &call),
        }
    }

    /// Nothing is judged yet: each command is, before it runs.
    fn session(shell: RealShell, arguments: &[OsString], terminal: bool) -> Errand {
        let plan = Plan::Session { path: shell.path, name: shell.name, arguments: arguments.to_vec(), terminal };
        Errand { door: "session", requests: Vec::new(), plan }
    }

    fn text(shell: RealShell, arguments: &[OsString], at: usize) -> Errand {
        let text = arguments.get(at).map(|text| text.as_bytes().to_vec()).unwrap_or_default();
        let mut names: Vec<String> = arguments.iter().skip(at + 1).map(lossy).collect();
        if names.is_empty() {
            names.push(lossy(&shell.name));
        }
        let request = Request { subject: shell_subject(text, shell.dialect), arguments: names };
        let direct = direct::find(&shell, arguments, at);
        let argv = [vec![shell.name], arguments.to_vec()].concat();
        Errand { door: "-c", requests: vec![request], plan: Plan::Shell { path: shell.path, argv, direct } }
    }

    /// The arguments go to the shell as they stand.
    fn verbatim(shell: RealShell, arguments: &[OsString], door: &'static str, requests: Vec<Request>) -> Errand {
        let argv = [vec![shell.name], arguments.to_vec()].concat();
        Errand { door, requests, plan: Plan::Shell { path: shell.path, argv, direct: None } }
    }

    /// Any operand may be the program, as text or as the name of a file; without one it is standard input.
    fn unclear(shell: RealShell, arguments: &[OsString], call: &Call) -> Errand {
        let operands = || arguments.iter().filter(|argument| !matches!(argument.as_bytes(), [b'-' | b'+', ..]));
        let text = |bytes| Request { subject: shell_subject(bytes, shell.dialect), arguments: Vec::new() };
        let mut requests: Vec<Request> = operands().map(|operand| text(operand.as_bytes().to_vec())).collect();
        let files = operands().map(Path::new).filter(|path| path.is_file());
        requests.extend(files.filter_map(|path| script::read(path).ok()).map(text));
        if requests.is_empty() || call.source == Source::Input {
            let shown = operands().map(lossy).collect::<Vec<_>>().join(" ");
            let because = "an option that guard does not know leaves open what runs";
            requests.push(Request { subject: Subject::Unreadable { shown, because }, arguments: Vec::new() });
        }
        Errand::verbatim(shell, arguments, "-c", requests)
    }

    fn input(shell: RealShell, arguments: &[OsString], call: &Call) -> Result<Errand, Failure> {
        let text = script::read_input().map_err(|unread| Failure::unread(Path::new("standard input"), unread))?;
        let after = arguments.get(call.operands..).unwrap_or_default().to_vec();
        let mut names = vec![lossy(&shell.name)];
        names.extend(after.iter().map(lossy));
        let request = Request { subject: shell_subject(text.clone(), shell.dialect), arguments: names };
        let options = arguments.get(..call.options_end).unwrap_or_default();
        let before = [vec![shell.name], options.to_vec()].concat();
        let plan = Plan::Input { path: shell.path, before, text, after };
        Ok(Errand { door: "stdin", requests: vec![request], plan })
    }

    fn script(
        shell: RealShell,
        arguments: &[OsString],
        at: usize,
        call: &Call,
        by_name: bool,
    ) -> Result<Errand, Failure> {
        let given = arguments.get(at).map_or(OsStr::new(""), OsString::as_os_str);
        let path = script::locate(given, shell.dialect == Dialect::Bash);
        let text = script::read(&path).map_err(|unread| Failure::unread(&path, unread))?;
        let name = path.into_os_string();
        let after = arguments.get(at + 1..).unwrap_or_default().to_vec();
        let names = std::iter::once(&name).chain(&after).map(lossy).collect();
        let options = arguments.get(..call.options_end).unwrap_or_default().to_vec();

        let runner = match FirstLine::of(&text).filter(|_| !by_name) {
            Some(line) => Runner::of(&line, shell, options)?,
            None => Runner::shell(shell, options),
        };
        let subject = match &runner.words {
            None if !runner.runs_script(&name) => unreadable(&text, "its first line gives options that hide what runs"),
            None => shell_subject(text.clone(), runner.dialect),
            Some(words) => match readable(text.clone()) {
                Ok(text) => Subject::Script { interpreter: words.clone(), text },
                Err(subject) => subject,
            },
        };
        let subject = match by_name && shells::is_program(Path::new(&name)) {
            true => Subject::Program {
                words: std::iter::once(lossy(&name)).chain(after.iter().map(lossy)).collect(),
                script: Box::new(subject),
            },
            false => subject,
        };
        let request = Request { subject, arguments: names };
        let shell = runner.words.is_none();
        let plan = Plan::Script { path: runner.path, before: runner.before, shell, name, text, after };
        Ok(Errand { door: "script", requests: vec![request], plan })
    }
}

/// What runs a script.
struct Runner {
    path: PathBuf,
    before: Vec<OsString>,
    dialect: Dialect,
    /// The words of the first line, when they name no shell.
    words: Option<Vec<String>>,
}

impl Runner {
    fn shell(shell: RealShell, options: Vec<OsString>) -> Runner {
        let before = [vec![shell.name], options].concat();
        Runner { path: shell.path, before, dialect: shell.dialect, words: None }
    }

    /// Whether the options leave the script to be what runs: `#!/bin/sh -s` would read standard input instead.
    fn runs_script(&self, name: &OsStr) -> bool {
        let options = self.before.get(1..).unwrap_or_default();
        let call = options::read(&[options.to_vec(), vec![name.to_os_string()]].concat(), self.dialect);
        !call.unclear && call.source == Source::Script(options.len())
    }

    /// The program that the first line names. guard itself, and a shell that is not there, give way to `shell`.
    fn of(line: &FirstLine, shell: RealShell, options: Vec<OsString>) -> Result<Runner, Failure> {
        let (program, own_options) = line.interpreter();
        let name = program.file_name().unwrap_or_default();
        if shells::is_shell(name) {
            let Some(named) = shells::named_shell(&program) else {
                return Err(Failure::new(127, format!("{}: not found, though the script names it", program.display())));
            };
            return Ok(Runner::shell(named, [own_options, options].concat()));
        }
        if name == "guard" || shells::Identity::own().is_at(&program) {
            return Ok(Runner::shell(shell, [own_options, options].concat()));
        }
        let path = line.program.clone();
        let before = std::iter::once(path.clone().into_os_string()).chain(line.argument.clone()).collect();
        Ok(Runner { path, before, dialect: shell.dialect, words: Some(line.words()) })
    }
}

/// A request to run a program by its argument list, without a shell.
pub fn program_request(argv: &[OsString]) -> Request {
    let words = argv.iter().map(lossy).collect();
    Request { subject: Subject::Arguments(words), arguments: Vec::new() }
}

/// A request to run `text` as bash's `-c`.
pub fn text_request(text: &OsStr) -> Request {
    let subject = shell_subject(text.as_bytes().to_vec(), Dialect::Bash);
    Request { subject, arguments: vec!["bash".to_owned()] }
}

/// The text of a program, or why it is none.
fn readable(bytes: Vec<u8>) -> Result<String, Subject> {
    let because = if bytes.contains(&0) {
        "it holds a NUL byte"
    } else if bytes.len() > MOST_TEXT {
        "it is larger than 1 MiB"
    } else {
        match String::from_utf8(bytes) {
            Ok(text) => return Ok(text),
            Err(error) => return Err(unreadable(error.as_bytes(), "it is not UTF-8")),
        }
    };
    Err(unreadable(&bytes, because))
}

fn unreadable(bytes: &[u8], because: &'static str) -> Subject {
    let start = bytes.get(..MOST_SHOWN).unwrap_or(bytes);
    Subject::Unreadable { shown: String::from_utf8_lossy(start).into_owned(), because }
}

fn shell_subject(bytes: Vec<u8>, dialect: Dialect) -> Subject {
    match readable(bytes) {
        Ok(text) => Subject::Shell { text, dialect },
        Err(subject) => subject,
    }
}

/// An argument as text. What is no UTF-8 becomes a character that no rule has a use for; all others stay.
fn lossy(argument: &OsString) -> String {
    argument.to_string_lossy().into_owned()
}

/// The name that a call was made by.
fn name_of(argv: &[OsString]) -> &OsStr {
    argv.first().map_or(OsStr::new("guard"), OsString::as_os_str)
}

fn wanted(argv0: &OsStr) -> String {
    let name = shells::base_name(argv0);
    if shells::is_shell(name) { name.to_string_lossy().into_owned() } else { "bash or sh".to_owned() }
}
