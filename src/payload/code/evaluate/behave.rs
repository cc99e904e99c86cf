//! What functions do that data cannot say: opening files, reaching functions by their names, calling them.

use std::rc::Rc;

use crate::effect::{Class, Effect};
use crate::follow::step::Source;
use crate::payload::PathRole;
use crate::span::Span;

use super::super::ast::Node;
use super::super::schema::Behaviour;
use super::super::value::{Object, Value};
use super::apply::reads_commands;
use super::call::Site;
use super::{Evaluator, Opened};

impl Evaluator<'_> {
    /// Does what a function does, and gives what it gives.
    pub(super) fn behave(&mut self, behaviour: Behaviour, site: &Site<'_>) -> Value {
        let at = |index: usize| site.positional.get(index).cloned();
        let first = || at(0).unwrap_or_else(Value::unknown);
        match behaviour {
            Behaviour::Open => {
                let mode = at(1).filter(is_mode).or_else(|| named(site, &["mode", "flags", "flag"]));
                self.open(first(), mode, site.span)
            }
            Behaviour::OpenReceiver => {
                let path = match &site.receiver {
                    Some(Value::Object(object)) => object.subject.clone(),
                    _ => Value::unknown(),
                };
                let mode = at(0).filter(is_mode).or_else(|| named(site, &["mode"]));
                self.open(path, mode, site.span)
            }
            Behaviour::OpenPipe => match first().as_text().and_then(|text| text.strip_prefix('|')) {
                Some(command) => self.pipe(Value::computed(command.to_owned(), self.place(site.span)), site.span),
                None => self.open(first(), at(1).filter(is_mode), site.span),
            },
            Behaviour::OpenPerl => self.open_perl(site),
            Behaviour::Close => Value::Nothing,
            Behaviour::Write => self.write(site),
            Behaviour::KillProcess => {
                let signal = at(1);
                self.kill(signal.as_ref(), &[first()], site.span);
                Value::unknown()
            }
            Behaviour::KillSignal => {
                let processes: Vec<Value> = site.positional.iter().skip(1).cloned().collect();
                self.kill(Some(&first()), &processes, site.span);
                Value::unknown()
            }
            Behaviour::GetMember => self.get_member(first(), at(1), site.span),
            Behaviour::Send => self.send(site),
            Behaviour::GetReceiverMember => {
                let receiver = site.receiver.clone().unwrap_or_else(Value::unknown);
                self.get_member(receiver, at(0), site.span)
            }
            Behaviour::CallAll => self.call_this(site, site.positional.clone()),
            Behaviour::CallThis => self.call_this(site, site.positional.iter().skip(1).cloned().collect()),
            Behaviour::ApplyThis => {
                let arguments = at(1).and_then(|value| value.elements());
                self.call_this(site, arguments.unwrap_or_else(|| vec![Value::unknown()]))
            }
            Behaviour::Bind => match &site.receiver {
                Some(receiver) => {
                    let bound = site.positional.iter().skip(1).cloned().collect();
                    Value::Partial(Rc::new((receiver.clone(), bound)))
                }
                None => Value::unknown(),
            },
            Behaviour::Partial => {
                let bound = site.positional.iter().skip(1).cloned().collect();
                Value::Partial(Rc::new((first(), bound)))
            }
            Behaviour::Invoke => self.invoke(site),
            Behaviour::PassReceiver => {
                let receiver = site.receiver.clone().unwrap_or_else(Value::unknown);
                let mut value = receiver.clone();
                for callee in &site.positional {
                    let inner = self.plain_site(site.span, vec![receiver.clone()], false);
                    value = self.call_value(callee.clone(), inner);
                }
                value
            }
            Behaviour::Require => self.require(&first(), site.span),
            Behaviour::ChangeFolder => {
                self.change_folder(first(), site);
                Value::Nothing
            }
            Behaviour::MakeFunction => self.make_function(site),
            Behaviour::PrintToCommand => {
                let printed: Vec<Value> = site.positional.iter().skip(1).cloned().collect();
                let command = first();
                self.print_to(&command, printed, site.span);
                self.run_shell(command, site.span);
                Value::Nothing
            }
            Behaviour::Modes => self.modes(site),
            Behaviour::Shift => self.shift(site),
        }
    }

    /// A file is opened: read, added to, or replaced.
    fn open(&mut self, path: Value, mode: Option<Value>, span: Span) -> Value {
        let mode = match &mode {
            None | Some(Value::Nothing) => Some("r".to_owned()),
            Some(mode) => mode.as_text().map(str::to_owned),
        };
        let path = match path {
            Value::Object(object) if object.opened.is_none() => object.subject.clone(),
            other => other,
        };
        let opened = match mode.as_deref() {
            Some(mode) if mode.contains(['w', 'x', '>']) && !mode.contains(['a', '+']) && mode != ">>" => {
                Some(self.opened(path.clone(), span))
            }
            Some(mode) if mode.contains(['a', 'w', 'x', '+', '>', 'c']) => {
                self.use_path(PathRole::Writes, &path, span);
                None
            }
            Some(_) => {
                self.use_path(PathRole::Reads, &path, span);
                return Value::Object(Rc::new(Object { type_name: "file".to_owned(), subject: path, opened: None }));
            }
            None => {
                self.use_path(PathRole::Writes, &path, span);
                None
            }
        };
        Value::Object(Rc::new(Object { type_name: "file".to_owned(), subject: path, opened }))
    }

    fn opened(&mut self, path: Value, span: Span) -> usize {
        self.opened.push(Opened { path, span, written: false });
        self.opened.len() - 1
    }

    /// A program is started, to write to or read from.
    fn pipe(&mut self, command: Value, span: Span) -> Value {
        self.run_shell(command.clone(), span);
        Value::Object(Rc::new(Object { type_name: "pipe".to_owned(), subject: command, opened: None }))
    }

    /// `open(my $handle, '>', $path)`, `open(HANDLE, ">$path")`, `open($handle, '|-', $command)`.
    fn open_perl(&mut self, site: &Site<'_>) -> Value {
        let mode = site.positional.get(1).cloned().unwrap_or_else(Value::unknown);
        let place = self.place(site.span);
        let object = match (mode.as_text().map(str::trim), site.positional.get(2)) {
            (Some(mode), Some(command)) if mode.contains('|') => {
                let words: Vec<Value> = site.positional.iter().skip(2).cloned().collect();
                if words.len() > 1 {
                    self.run_program(words, site.span);
                    Value::unknown()
                } else {
                    self.pipe(command.clone(), site.span)
                }
            }
            (Some(mode), Some(path)) => {
                let mode = if mode.starts_with("+<") { "r+" } else { mode }.split(':').next().unwrap_or("").trim();
                self.open(path.clone(), Some(Value::computed(mode.to_owned(), place)), site.span)
            }
            (Some(text), None) => {
                if let Some(command) = text.strip_prefix('|').or_else(|| text.strip_suffix('|')) {
                    self.pipe(Value::computed(command.trim().to_owned(), place), site.span)
                } else {
                    let path = text.trim_start_matches(['>', '<', '+', ' ']);
                    let mode = text.get(..text.len() - path.len()).unwrap_or("").trim().replace("+<", "r+");
                    let mode = if mode.is_empty() { "<".to_owned() } else { mode };
                    let path = Value::computed(path.to_owned(), place);
                    self.open(path, Some(Value::computed(mode, place)), site.span)
                }
            }
            _ => {
                // The mode is part of a text that is not all known.
                let path = site.positional.last().cloned().unwrap_or_else(Value::unknown);
                let prefix = match &mode {
                    Value::Text(arg) => arg.prefix().to_owned(),
                    _ => String::new(),
                };
                if prefix.starts_with('|') {
                    self.run_shell(Value::unknown(), site.span);
                } else if !prefix.starts_with('<') {
                    self.use_path(PathRole::Writes, &path, site.span);
                }
                Value::unknown()
            }
        };
        if let Some(handle) = site.written.first() {
            self.assign_handle(&handle.value, object.clone());
        }
        object
    }

    fn assign_handle(&mut self, target: &Node, value: Value) {
        self.bind_pattern(target, value);
    }

    /// Something is written to an opened file or a program.
    fn write(&mut self, site: &Site<'_>) -> Value {
        let handle = match &site.receiver {
            Some(receiver) => receiver.clone(),
            None => site.positional.first().cloned().unwrap_or_else(Value::unknown),
        };
        let skip = usize::from(site.receiver.is_none());
        let printed: Vec<Value> = site.positional.iter().skip(skip).cloned().collect();
        let Value::Object(object) = &handle else {
            if let Some(file) = named(site, &["file"])
                && let Value::Object(object) = file
            {
                object.opened.into_iter().for_each(|number| self.written(number));
            }
            return Value::unknown();
        };
        let nothing = !printed.is_empty() && printed.iter().all(|value| value.is_text() && value.as_text() == Some(""));
        if let Some(number) = object.opened.filter(|_| !nothing) {
            self.written(number);
        }
        if object.type_name == "pipe" {
            self.print_to(&object.subject.clone(), printed, site.span);
        }
        handle
    }

    /// A text is written to a program; a shell runs it.
    fn print_to(&mut self, command: &Value, printed: Vec<Value>, span: Span) {
        let shell = match command {
            Value::List(words) => words.first().and_then(Value::as_text).is_some_and(reads_commands),
            other => other.as_text().is_some_and(reads_commands),
        };
        if shell {
            // Nothing named means the line that was read; a blank stands between what is named.
            let line = match printed.as_slice() {
                [] => Value::unknown(),
                _ => super::super::value::join(super::apply::spaced(printed), self.place(span)),
            };
            self.run_shell(line, span);
        }
    }

    /// `getattr(os, name)`
    fn get_member(&mut self, of: Value, name: Option<Value>, span: Span) -> Value {
        let Some(name) = name else { return Value::unknown() };
        match name.as_text() {
            Some(name) => {
                let name = name.to_owned();
                self.member(of, &name)
            }
            None => match of {
                Value::Named(path) => Value::Named(format!("{path}.*").into()),
                _ => {
                    let _ = span;
                    Value::unknown()
                }
            },
        }
    }

    /// `File.send(:delete, path)`
    fn send(&mut self, site: &Site<'_>) -> Value {
        let receiver = site.receiver.clone().unwrap_or_else(Value::unknown);
        let Some(name) = site.positional.first() else { return Value::unknown() };
        let rest: Vec<Value> = site.positional.iter().skip(1).cloned().collect();
        match name.as_text() {
            Some(name) => {
                let name = name.to_owned();
                let inner = self.plain_site(site.span, rest, site.open);
                self.call_method(receiver, &name, inner)
            }
            None => {
                self.opaque(site.span, "the function that is called is only known when it runs");
                Value::unknown()
            }
        }
    }

    /// `fs.rmSync.call(fs, path)`
    fn call_this(&mut self, site: &Site<'_>, arguments: Vec<Value>) -> Value {
        let inner = self.plain_site(site.span, arguments, site.open);
        match &site.receiver {
            Some(receiver) => self.call_value(receiver.clone(), inner),
            None => Value::unknown(),
        }
    }

    /// Calls the function at 0, or the one that is named `target`, with the arguments behind it.
    fn invoke(&mut self, site: &Site<'_>) -> Value {
        let callee = named(site, &["target", "func", "fn", "function"]);
        let (callee, skip) = match callee {
            Some(callee) => (callee, 0),
            None => (site.positional.first().cloned().unwrap_or_else(Value::unknown), 1),
        };
        let mut arguments: Vec<Value> = site.positional.iter().skip(skip).cloned().collect();
        if let Some(given) = named(site, &["args"]) {
            arguments = given.elements().unwrap_or_else(|| vec![Value::unknown()]);
        }
        let open = arguments.is_empty();
        let mut inner = self.plain_site(site.span, arguments, open);
        inner.named = site.named.clone();
        match callee {
            Value::Unknown(_) | Value::Nothing => {
                self.outcome.raise(Class::Mutating);
                Value::unknown()
            }
            Value::Text(text) => match text.text() {
                Some(name) => {
                    let name = name.to_owned();
                    self.call_by_name(&name, inner)
                }
                None => {
                    self.opaque(site.span, "the function that is called is only known when it runs");
                    Value::unknown()
                }
            },
            callee => self.call_value(callee, inner),
        }
    }

    /// `require('fs')`
    fn require(&mut self, module: &Value, span: Span) -> Value {
        let Some(name) = module.as_text() else {
            self.opaque(span, "a module is brought in that is only known when it runs");
            return Value::unknown();
        };
        let mut name = name;
        for prefix in &self.traits.prefixes {
            name = name.strip_prefix(prefix.as_str()).unwrap_or(name);
        }
        if name.starts_with(['.', '/']) {
            return Value::unknown();
        }
        self.named(&name.replace('/', "."))
    }

    fn change_folder(&mut self, folder: Value, site: &Site<'_>) {
        let folder = match folder {
            Value::Object(object) => object.subject.clone(),
            other => other,
        };
        let folder = if self.uncertain > 0 { Value::Unknown(Source::Other) } else { folder };
        let before = self.folder.take();
        // A relative folder stands in the one before it.
        self.folder = before;
        let folder = self.in_folder(folder, site.span);
        self.folder = Some(folder.clone());
        for value in &site.positional {
            if let Value::Function(number) = value {
                self.call_function(*number, None);
            }
        }
    }

    /// `new Function('return 1')`
    fn make_function(&mut self, site: &Site<'_>) -> Value {
        let code = site.positional.last().cloned().unwrap_or(Value::Nothing);
        match code {
            Value::Text(ref text) if !text.has_hole() => {
                let text = self.arg(code, site.span);
                self.outcome.carried.push(crate::payload::Carried::Code { language: self.language, text });
                Value::unknown()
            }
            Value::Nothing => Value::unknown(),
            _ => {
                self.opaque(site.span, "code runs that is only known when the program runs");
                Value::unknown()
            }
        }
    }

    /// Modes are changed: of whole trees to everybody or nobody, or of one file.
    fn modes(&mut self, site: &Site<'_>) -> Value {
        let numbers = site.positional.iter().filter_map(|value| match value {
            Value::Number(number) => Some(*number),
            _ => None,
        });
        let open = numbers.into_iter().any(|mode| mode & 0o777 == 0o777 || mode == 0)
            || site.positional.iter().any(|value| matches!(value.as_text(), Some("a+rwx" | "777" | "0777" | "000")));
        if open {
            self.finding("mode", Effect::Persist, site.span, String::new(), "opens or locks a whole tree".to_owned());
        }
        Value::unknown()
    }

    /// `shift`: the first argument of the function.
    fn shift(&mut self, site: &Site<'_>) -> Value {
        if let Some(first) = site.positional.first() {
            return first.element();
        }
        let arguments = self.variables.get("@_").cloned();
        match arguments {
            Some(Value::List(values)) => {
                let first = values.first().cloned().unwrap_or_else(Value::unknown);
                self.variables.insert("@_".to_owned(), Value::list(values.iter().skip(1).cloned().collect()));
                first
            }
            _ => Value::unknown(),
        }
    }
}

/// Whether an argument can be the mode that a file is opened in.
fn is_mode(value: &Value) -> bool {
    !matches!(value, Value::Function(_) | Value::Map(_) | Value::Nothing)
}

/// An argument by one of these names.
fn named(site: &Site<'_>, names: &[&str]) -> Option<Value> {
    names.iter().find_map(|name| {
        site.named
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.clone())
            .or_else(|| site.positional.iter().find_map(|value| value.entry(name)))
    })
}
