//! Content of files that values hold, so that it is known where it goes.

use std::rc::Rc;

use crate::follow::step::{Arg, Piece, Source};
use crate::payload::{Carried, PathRole};
use crate::text::Text;

use super::super::schema::Known;
use super::super::value::Value;
use super::Evaluator;
use super::call::Site;

/// The file by which Linux shows a process its environment (proc_pid_environ(5)).
const ENVIRONMENT: &str = "/proc/self/environ";

/// How deep lists are searched.
const MAX_HELD: u32 = 3;

/// Programs that print the content of the files that they are given.
const PRINTERS: &[&str] = &["cat", "base64", "head", "tail", "xxd", "od", "strings", "tac", "nl", "gzip", "zcat"];

impl Evaluator<'_> {
    /// Names the files whose content goes out with the arguments of a call.
    pub(super) fn sends_arguments(&mut self, site: &Site<'_>) {
        for path in self.files_of(site) {
            self.use_path(PathRole::Sends, &Value::Text(Rc::new(path)), site.span);
        }
    }

    /// The files whose content the arguments of a call hold; the environment is one.
    fn files_of(&self, site: &Site<'_>) -> Vec<Arg> {
        let values = site.positional.iter().chain(site.named.iter().map(|(_, value)| value));
        let mut files = Vec::new();
        for value in values {
            files.extend(value.files());
            if self.holds_environment(value, MAX_HELD) {
                files.push(Arg::known(Text::derived(ENVIRONMENT, self.place(site.span)), self.place(site.span)));
            }
        }
        files
    }

    /// What a function makes of its arguments: where they hold a file's content, it does.
    pub(super) fn made_of(&self, site: &Site<'_>) -> Value {
        let held = site.receiver.as_ref().map(Value::files).unwrap_or_default();
        match held.into_iter().chain(self.files_of(site)).next() {
            Some(path) => Value::Unknown(Source::File(Box::new(path))),
            None => Value::unknown(),
        }
    }

    /// Whether a value is the environment as a whole, or has it in it.
    fn holds_environment(&self, value: &Value, depth: u32) -> bool {
        let inner = |value: &Value| depth > 0 && self.holds_environment(value, depth - 1);
        match value {
            Value::Named(name) => self.library.value(&format!("{name}.*")) == Some(Known::Environment),
            Value::List(values) | Value::Either(values) => values.iter().any(inner),
            Value::Map(entries) => entries.iter().any(|(_, value)| inner(value)),
            _ => false,
        }
    }
}

/// What a program prints, where that is a file's content: `cat .env`.
pub(super) fn printed(carried: &[Carried]) -> Value {
    let is_printer = |word: &str| PRINTERS.contains(&word.rsplit('/').next().unwrap_or(word));
    let path = match carried {
        [Carried::Arguments(words)] => match words.as_slice() {
            [program, .., path] if program.text().is_some_and(is_printer) => Some(path.clone()),
            _ => None,
        },
        [Carried::Shell { text: Arg { pieces, .. }, .. }] => match pieces.as_slice() {
            [Piece::Text(line)] => last_word(line, is_printer),
            _ => None,
        },
        _ => None,
    };
    match path {
        Some(path) => Value::Unknown(Source::File(Box::new(path))),
        None => Value::unknown(),
    }
}

/// The last word of a line that is one plain command.
fn last_word(line: &Text, is_program: impl Fn(&str) -> bool) -> Option<Arg> {
    let text = line.as_str().trim_end();
    let plain = !text.contains(['|', ';', '&', '<', '>', '$', '`', '(', '\n', '\'', '"']);
    let is_printer = text.split_whitespace().next().is_some_and(is_program);
    let start = text.rfind(char::is_whitespace)? + 1;
    let path = line.slice(start, text.len());
    let span = path.source();
    (plain && is_printer).then(|| Arg::known(path, span))
}
