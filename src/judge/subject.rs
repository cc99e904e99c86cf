//! What is asked for, as the first text or command to judge.

use super::{Judge, Judged, Ledger, Site};
use crate::follow::Start;
use crate::follow::step::{Arg, Command, Context};
use crate::payload::{Carried, Language};
use crate::request::{Request, Subject};
use crate::rules::Carry;
use crate::rules::schema::{Role, Where};
use crate::span::Span;
use crate::text::Text;

impl Judge<'_> {
    /// Judges what a request asks for. Gives the text that spans point into.
    pub(super) fn subject(&mut self, request: &Request) -> (String, Judged) {
        let mut ledger = Ledger::default();
        match &request.subject {
            Subject::Shell { text, dialect } => {
                let whole = Text::request(text);
                let arguments = request.arguments.iter().map(|word| known(word)).collect();
                let start = Start { arguments, dialect: *dialect, ..Start::default() };
                (text.clone(), self.shell(&whole, &start, Where::Here, &mut ledger, 0))
            }
            Subject::Session { before, text } => {
                let all = format!("{before}{text}");
                let arguments = request.arguments.iter().map(|word| known(word)).collect();
                let start = Start { arguments, ..Start::default() };
                let judged = self.shell(&Text::request(&all), &start, Where::Here, &mut ledger, 0);
                (text.clone(), judged.since(before.len()))
            }
            Subject::Arguments(words) => self.arguments(words, &mut ledger),
            Subject::Program { words, script } => {
                let name = words.first().map_or("", |path| path.rsplit('/').next().unwrap_or(path));
                match self.rules.program(name) {
                    Some(_) => self.arguments(words, &mut ledger),
                    None => {
                        let subject = Subject::clone(script);
                        self.subject(&Request { subject, arguments: request.arguments.clone() })
                    }
                }
            }
            Subject::Script { interpreter, text } => (text.clone(), self.script(interpreter, text, &mut ledger)),
            Subject::Unreadable { shown, because } => {
                self.parsed = false;
                (shown.clone(), Judged::opaque("door.unreadable", Span::new(0, shown.len()), because))
            }
        }
    }

    /// A program by its argument list.
    fn arguments(&mut self, words: &[String], ledger: &mut Ledger) -> (String, Judged) {
        let (text, argv) = quoted(words);
        let span = Span::new(0, text.len());
        let command = Command { argv, ..Command::default() };
        let context = Context::default();
        let site = Site { context: &context, texts: None, depth: 0 };
        let judged = self.command(&command, span, site, Where::Here, ledger);
        (text, judged)
    }

    /// A script whose first line names its interpreter.
    fn script(&mut self, interpreter: &[String], text: &str, ledger: &mut Ledger) -> Judged {
        let whole = Text::request(text);
        let language = interpreter
            .iter()
            .map(|word| word.rsplit('/').next().unwrap_or(word))
            .filter(|word| !word.starts_with('-') && !matches!(*word, "env"))
            .find_map(|name| self.language_of(name));
        let Some(language) = language else {
            self.unrecognised = true;
            return Judged { class: crate::effect::Class::Mutating, ..Judged::read_only() };
        };
        let code = Arg::known(whole.clone(), whole.source());
        let carry = Carry::plain(Carried::Code { language, text: code });
        self.carry(&carry, ledger, 0)
    }

    /// The language that a program reads its script in.
    fn language_of(&self, name: &str) -> Option<Language> {
        let family = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
        // What is a shell stays one, whatever a user's rules say of its options.
        let known = |name| self.rules.built_in_program(name).or_else(|| self.rules.program(name));
        let form = known(name).or_else(|| known(family))?;
        let roles = form.operands.iter().map(|spec| spec.role).chain(form.input);
        roles.into_iter().find_map(|role| match role {
            Role::File(language) | Role::Code(language) => Some(language),
            Role::Shell => Some(Language::Shell),
            _ => None,
        })
    }
}

fn known(word: &str) -> Arg {
    Arg::known(Text::derived(word, Span::default()), Span::default())
}

/// An argument list as one line that a shell would read, and its words with their places in that line.
fn quoted(words: &[String]) -> (String, Vec<Arg>) {
    let mut line = String::new();
    let mut argv = Vec::new();
    for word in words {
        if !line.is_empty() {
            line.push(' ');
        }
        let start = line.len();
        let shown = shlex::try_quote(word).unwrap_or_else(|_| word.into());
        line.push_str(&shown);
        let span = Span::new(start, line.len());
        let text =
            if shown == *word { Text::verbatim(word.as_str(), span) } else { Text::derived(word.as_str(), span) };
        argv.push(Arg::known(text, span));
    }
    (line, argv)
}
