//! The built-ins that change what following knows. They are named here, and only here.

use std::rc::Rc;

use super::command::{Call, Lookup};
use super::declare::Declaration;
use super::follower::{Fail, Follower, Printed};
use super::parameters::unknown;
use super::state::{Arguments, Body, Mark};
use super::step::{Arg, Hole, Source};
use super::value::Value;
use crate::text::Text;

/// A built-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Builtin {
    Alias,
    Bypass,
    Cd,
    Command,
    Complete,
    Declare(Declaration),
    Eval,
    Exec,
    Exit,
    Getopts,
    LeaveLoop,
    Let,
    Mapfile,
    Nothing,
    Popd,
    Printf,
    Pushd,
    Read,
    Return,
    Set,
    Shift,
    Shopt,
    Source,
    Test,
    Trap,
    Unalias,
    Unset,
}

/// The built-in of this name.
pub(super) fn find(name: &str) -> Option<Builtin> {
    Some(match name {
        "." | "source" => Builtin::Source,
        ":" | "true" => Builtin::Nothing,
        "[" | "test" => Builtin::Test,
        "alias" => Builtin::Alias,
        "break" | "continue" => Builtin::LeaveLoop,
        "builtin" => Builtin::Bypass,
        "cd" | "chdir" => Builtin::Cd,
        "command" => Builtin::Command,
        "complete" | "compgen" => Builtin::Complete,
        "declare" | "typeset" => Builtin::Declare(Declaration::Declare),
        "eval" => Builtin::Eval,
        "exec" => Builtin::Exec,
        "exit" | "logout" => Builtin::Exit,
        "export" => Builtin::Declare(Declaration::Export),
        "getopts" => Builtin::Getopts,
        "let" => Builtin::Let,
        "local" => Builtin::Declare(Declaration::Local),
        "mapfile" | "readarray" => Builtin::Mapfile,
        "popd" => Builtin::Popd,
        "printf" => Builtin::Printf,
        "pushd" => Builtin::Pushd,
        "read" => Builtin::Read,
        "readonly" => Builtin::Declare(Declaration::Readonly),
        "return" => Builtin::Return,
        "set" => Builtin::Set,
        "shift" => Builtin::Shift,
        "shopt" => Builtin::Shopt,
        "trap" => Builtin::Trap,
        "unalias" => Builtin::Unalias,
        "unset" => Builtin::Unset,
        _ => return None,
    })
}

/// Whether bash runs a command of this name itself.
pub(super) fn is_builtin(name: &str) -> bool {
    const OTHERS: [&str; 22] = [
        "bg", "bind", "caller", "compopt", "dirs", "disown", "echo", "enable", "false", "fc", "fg", "hash", "help",
        "history", "jobs", "kill", "pwd", "suspend", "times", "type", "ulimit", "umask",
    ];
    OTHERS.contains(&name) || name == "wait" || find(name).is_some()
}

impl<'a> Follower<'a, '_> {
    /// Runs a built-in.
    pub(super) fn builtin(&mut self, builtin: Builtin, call: Call, mark: Option<&Mark<'a>>) -> Fail<'a> {
        match builtin {
            Builtin::Alias => self.alias(call),
            Builtin::Bypass => self.bypass(call, Lookup { functions: false, builtins: true }, mark),
            Builtin::Cd => self.cd(call),
            Builtin::Command => self.command_builtin(call, mark),
            Builtin::Complete => self.complete(call),
            Builtin::Declare(declaration) => self.declare(declaration, call),
            Builtin::Eval => self.eval(call, mark),
            Builtin::Exec => self.exec(call, mark),
            Builtin::Exit => self.exit(call),
            Builtin::Getopts => self.getopts(call),
            Builtin::LeaveLoop => self.leave_loop(call),
            Builtin::Let => self.let_builtin(call),
            Builtin::Mapfile => self.mapfile(call),
            Builtin::Nothing => {
                self.emit(call, Printed::Nothing);
                Fail::Never
            }
            Builtin::Popd => self.popd(call),
            Builtin::Printf => self.printf(call),
            Builtin::Pushd => self.pushd(call),
            Builtin::Read => self.read(call, mark),
            Builtin::Return => self.return_from(call),
            Builtin::Set => self.set(call),
            Builtin::Shift => self.shift(call),
            Builtin::Shopt => self.shopt(call),
            Builtin::Source => self.source_file(call, mark),
            Builtin::Test => self.test_builtin(call),
            Builtin::Trap => self.trap(call),
            Builtin::Unalias => self.unalias(call),
            Builtin::Unset => self.unset(call),
        }
    }

    /// `builtin NAME`, `command NAME`: the same command, looked up elsewhere.
    fn bypass(&mut self, call: Call, lookup: Lookup, mark: Option<&Mark<'a>>) -> Fail<'a> {
        let mut skip = 1;
        if call.argv.get(1).and_then(Arg::text) == Some("--") {
            skip = 2;
        }
        if call.argv.len() <= skip {
            self.emit(call, Printed::Nothing);
            return Fail::Same;
        }
        self.deeper(Fail::Same, |follower| follower.run(call.without(skip), lookup, mark))
    }

    /// `command`
    fn command_builtin(&mut self, call: Call, mark: Option<&Mark<'a>>) -> Fail<'a> {
        match call.argv.get(1).and_then(Arg::text) {
            Some("-p") => self.bypass(call.without(1), Lookup { functions: false, builtins: true }, mark),
            Some(option) if option.starts_with('-') && option != "--" => {
                let printed = match call.argv.as_slice() {
                    [_, _, name] if option == "-v" => self.found_as(name),
                    _ => Printed::Unknown,
                };
                self.emit(call, printed);
                Fail::Same
            }
            _ => self.bypass(call, Lookup { functions: false, builtins: true }, mark),
        }
    }

    /// What `command -v` and `which` print of a program: a path that ends in its name. That a function or alias of the
    /// name may stand in front of it is not told apart.
    pub(super) fn found_as(&self, name: &Arg) -> Printed {
        let Some(text) = name.text().filter(|text| !text.is_empty() && !text.starts_with('-')) else {
            return Printed::Unknown;
        };
        if self.state.functions.get(text).is_some() || self.state.aliases.get(text).is_some() {
            return Printed::Unknown;
        }
        let mut path = match text.contains('/') || find(text).is_some() {
            true => name.clone(),
            false => {
                let mut path = Arg::hole(Hole::filled(Source::Other), name.span);
                path.push_text(Text::derived(format!("/{text}"), name.span));
                path
            }
        };
        path.push_text(Text::derived("\n", name.span));
        Printed::String(path)
    }

    /// `exec`: the command is the last; redirections alone stay.
    fn exec(&mut self, call: Call, mark: Option<&Mark<'a>>) -> Fail<'a> {
        let mut skip = 1;
        while let Some(text) = call.argv.get(skip).and_then(Arg::text).filter(|text| text.starts_with('-')) {
            skip += if text == "-a" { 2 } else { 1 };
            if text == "--" {
                break;
            }
        }
        if call.argv.len() <= skip {
            for (name, value) in &call.assignments {
                self.set_values(name, vec![Value::Scalar(value.clone())]);
            }
            self.keep_open(call.opened);
            return Fail::Never;
        }
        self.run(call.without(skip), Lookup { functions: false, builtins: false }, mark);
        self.leave_shell()
    }

    /// `set`
    fn set(&mut self, call: Call) -> Fail<'a> {
        let arguments = call.arguments().to_vec();
        self.emit(call, if arguments.is_empty() { Printed::Unknown } else { Printed::Nothing });
        let mut rest = arguments.as_slice();
        while let Some((first, others)) = rest.split_first() {
            match first.text() {
                Some("--") => return self.set_arguments(others),
                Some("-o" | "+o") => {
                    let on = first.text() == Some("-o");
                    self.set_option(others.first().and_then(Arg::text).unwrap_or(""), on);
                    rest = others.get(1..).unwrap_or_default();
                }
                Some(text) if text.len() > 1 && text.starts_with(['-', '+']) => {
                    let on = text.starts_with('-');
                    for flag in text.chars().skip(1) {
                        self.set_flag(flag, on);
                    }
                    rest = if text.ends_with('o') {
                        self.set_option(others.first().and_then(Arg::text).unwrap_or(""), on);
                        others.get(1..).unwrap_or_default()
                    } else {
                        others
                    };
                }
                _ => return self.set_arguments(rest),
            }
        }
        Fail::Never
    }

    fn set_arguments(&mut self, words: &[Arg]) -> Fail<'a> {
        let name = self.state.registers.arguments.name.clone();
        self.state.registers.arguments = Rc::new(Arguments { name, words: Some(words.to_vec()) });
        Fail::Never
    }

    fn set_flag(&mut self, flag: char, on: bool) {
        let options = &mut self.state.registers.options;
        match flag {
            'e' => options.errexit = on,
            'f' => options.noglob = on,
            'a' => options.allexport = on,
            _ => {}
        }
    }

    fn set_option(&mut self, name: &str, on: bool) {
        let flag = match name {
            "errexit" => 'e',
            "noglob" => 'f',
            "allexport" => 'a',
            _ => return,
        };
        self.set_flag(flag, on);
    }

    /// `shift`
    fn shift(&mut self, call: Call) -> Fail<'a> {
        let count = match call.arguments().first() {
            None => Some(1),
            Some(count) => count.text().and_then(|text| text.parse::<usize>().ok()),
        };
        self.emit(call, Printed::Nothing);
        let arguments = self.state.registers.arguments.clone();
        let words = match (&arguments.words, count) {
            (Some(words), Some(count)) => {
                let shifted = words.get(..count).unwrap_or(words);
                match shifted.iter().any(Arg::splits) {
                    false => Some(words.get(count..).unwrap_or_default().to_vec()),
                    true => Some(words.clone()),
                }
            }
            _ => None,
        };
        self.state.registers.arguments = Rc::new(Arguments { name: arguments.name.clone(), words });
        Fail::Same
    }

    /// `shopt`
    fn shopt(&mut self, call: Call) -> Fail<'a> {
        let arguments: Vec<String> = call.arguments().iter().map(|argument| argument.shown("")).collect();
        self.emit(call, Printed::Unknown);
        let on = arguments.iter().any(|argument| argument == "-s");
        if on || arguments.iter().any(|argument| argument == "-u") {
            for name in &arguments {
                match name.as_str() {
                    "expand_aliases" => {
                        self.state.registers.options.aliases = on;
                        self.aliases_changed = self.line;
                    }
                    "xpg_echo" => self.state.registers.options.xpg_echo = on,
                    "lastpipe" => {
                        let options = &mut self.state.registers.options;
                        (options.lastpipe, options.maybe_lastpipe) = (on, on);
                    }
                    _ => {}
                }
            }
        }
        Fail::Same
    }

    /// `let`
    fn let_builtin(&mut self, call: Call) -> Fail<'a> {
        let arguments = call.arguments().to_vec();
        self.emit(call, Printed::Nothing);
        self.evaluate_all(&arguments);
        for argument in arguments {
            if let Some(text) = argument.text() {
                self.condensed(|follower| follower.evaluate(text, 0));
            }
        }
        Fail::Same
    }

    /// `getopts`
    fn getopts(&mut self, call: Call) -> Fail<'a> {
        let name = call.argv.get(2).cloned();
        let span = call.span;
        self.emit(call, Printed::Nothing);
        if let Some(name) = name {
            let letter = Arg::hole(Hole::filled(Source::Other), span);
            self.give(&name, letter);
        }
        self.set_values("OPTARG", vec![Value::Scalar(unknown("OPTARG", span))]);
        Fail::Same
    }

    /// `printf`, which may fill a variable.
    fn printf(&mut self, call: Call) -> Fail<'a> {
        let name = match call.argv.get(1).and_then(Arg::text) {
            Some("-v") => call.argv.get(2).cloned(),
            Some(text) => text.strip_prefix("-v").map(|name| Arg::made(name, call.span)),
            None => None,
        };
        let Some(name) = name else { return self.program(call) };
        let skip = if call.argv.get(1).and_then(Arg::text) == Some("-v") { 3 } else { 2 };
        let mut printing = call.clone();
        printing.argv.drain(1..skip.min(printing.argv.len()));
        let value = match self.print(&printing) {
            Printed::Nothing => Arg::default(),
            Printed::String(string) => string,
            Printed::Unknown => unknown(&name.shown(""), call.span),
        };
        self.emit(call, Printed::Nothing);
        self.give(&name, value);
        Fail::Never
    }

    /// `test` and `[`
    fn test_builtin(&mut self, call: Call) -> Fail<'a> {
        let names: Vec<Arg> = call
            .arguments()
            .windows(2)
            .filter(|pair| pair.first().and_then(Arg::text) == Some("-v"))
            .filter_map(|pair| pair.get(1).cloned())
            .collect();
        self.emit(call, Printed::Nothing);
        self.subscripts(&names);
        Fail::Same
    }

    /// `complete -C code`: the code runs when somebody completes, and at once with `compgen`, as a function does.
    fn complete(&mut self, call: Call) -> Fail<'a> {
        let arguments = call.arguments().to_vec();
        let span = call.span;
        let now = call.argv.first().and_then(Arg::text) == Some("compgen");
        self.emit(call, Printed::Unknown);
        for pair in arguments.windows(2) {
            let [option, code] = pair else { continue };
            let is_function = || code.text().is_some_and(|name| self.state.functions.get(name).is_some());
            match option.text() {
                Some("-C") => drop(self.subshell(|follower| follower.evaluate_code(code, span, None))),
                Some("-F") if now && is_function() => {
                    self.subshell(|follower| follower.evaluate_code(code, span, None));
                }
                // Each of these words is expanded.
                Some("-W") => self.prompts(std::slice::from_ref(code)),
                _ => {}
            }
        }
        Fail::Same
    }

    /// A function that other shells get is followed as if one of them called it, with unknown arguments.
    pub(super) fn call_exported(&mut self, body: Body<'a>) {
        let arguments = Arguments { name: None, words: None };
        self.in_frame(Some(&raw const *body.command), body.source, Some(arguments), None, |follower| {
            match body.redirects {
                [] => follower.command(body.command, None),
                redirects => follower.redirected(redirects, |follower| follower.command(body.command, None)),
            }
        });
    }
}
