//! Reads an argument list by a program's grammar.
//!
//! Takes the words of a command and the form of its program; gives the forms that it went through (program,
//! subcommands), the options given and the operands. The rules are those of `getopt_long`(3), POSIX XBD 12.2 and the
//! styles that a form names; no program is known here.

mod operands;

use std::borrow::Cow;

use super::reading::{Given, Reading};
use super::schema::{Arity, Form, OptionSpec, Role};
use crate::follow::step::{Arg, Piece};

pub use operands::is_assignment;

/// How many subcommands deep a command line is read.
const MAX_FORMS: usize = 8;

/// Reads `argv` (whose first word is the program) by `form`.
pub fn read<'a>(argv: &'a [Arg], form: &'static Form<'static>) -> Reading<'a> {
    let mut reader = Reader {
        words: argv.get(1..).unwrap_or_default(),
        at: 0,
        ended: false,
        dashes: false,
        signalled: false,
        in_expression: false,
        value_at: None,
        reading: Reading { forms: vec![form], ..Reading::default() },
    };
    reader.run();
    reader.reading
}

struct Reader<'a> {
    words: &'a [Arg],
    at: usize,
    /// Options have ended.
    ended: bool,
    /// They ended by `--`.
    dashes: bool,
    /// The signal of `kill` was given.
    signalled: bool,
    /// The expression of `find` has begun.
    in_expression: bool,
    /// Where a word stands that may be the value of an option of which it is not said what follows it.
    value_at: Option<usize>,
    reading: Reading<'a>,
}

/// What a spelling stands for: its names, what follows, and the role of that.
type Found = (&'static [&'static str], Arity, Role);

impl<'a> Reader<'a> {
    fn run(&mut self) {
        if self.style().bare_cluster {
            self.bare_cluster();
        }
        while let Some(word) = self.words.get(self.at) {
            self.at += 1;
            if (self.ended || !self.option(word)) && !self.operand(word) {
                return;
            }
        }
    }

    fn style(&self) -> super::schema::Style {
        self.reading.forms.last().map(|form| form.style).unwrap_or_default()
    }

    /// Reads `word` as an option, if it is one.
    fn option(&mut self, word: &'a Arg) -> bool {
        let text = word.prefix();
        let style = self.style();
        if style.no_options {
            return false;
        }
        if style.keys && self.key(word, text) {
            return true;
        }
        if text == "--" && !word.has_hole() {
            self.ended = !style.expression;
            self.dashes = true;
            return true;
        }
        if style.colons && matches!(text, ":::" | ":::+") && !word.has_hole() {
            self.reading.arguments = self.words.get(self.at..).unwrap_or_default();
            self.at = self.words.len();
            return true;
        }
        if style.signal && self.signal(word, text) {
            return true;
        }
        if text == "-"
            && let Some((names, arity, role)) = self.find("-")
        {
            self.take(names, Cow::Borrowed("-"), arity, role, None, word);
            return true;
        }
        let dashed = text.len() > 1 && (text.starts_with('-') || (style.plus && text.starts_with('+')));
        let slashed = style.slash && text.len() > 1 && text.starts_with('/');
        if style.expression && (dashed || matches!(text, "(" | ")" | "!" | ",")) {
            self.in_expression = true;
        }
        if slashed && self.slashed(word, text) {
            return true;
        }
        if !dashed {
            if style.expression && self.in_expression {
                if let Some((names, arity, role)) = self.find(text) {
                    self.take(names, Cow::Borrowed(text), arity, role, None, word);
                }
                return true;
            }
            return false;
        }
        match text {
            _ if text.starts_with("--") => self.long(word, text),
            _ => self.short(word, text),
        }
        true
    }

    /// `of=file`: an option whose name ends in `=`.
    fn key(&mut self, word: &'a Arg, text: &'a str) -> bool {
        let Some(equals) = text.find('=') else { return false };
        let Some((names, arity, role)) = self.find(&text[..=equals]) else { return false };
        let value = Cow::Owned(without_prefix(word, equals + 1));
        self.give(names, Cow::Borrowed(&text[..=equals]), arity, role, vec![value], word);
        true
    }

    /// `kill -9 -1`: the first such word names the signal, a later one a process group.
    fn signal(&mut self, word: &'a Arg, text: &'a str) -> bool {
        let name = text.strip_prefix('-').unwrap_or_default();
        let is_number = !name.is_empty() && name.bytes().all(|b| b.is_ascii_digit());
        let is_name = name.len() > 1 && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        if self.signalled && is_number {
            self.reading.operands.push(word);
            return true;
        }
        if !is_number && !is_name {
            return false;
        }
        self.signalled = true;
        let names = self.find(text).map_or(&[] as &[&str], |(names, ..)| names);
        self.give(names, Cow::Borrowed(text), Arity::Flag, Role::Skip, Vec::new(), word);
        true
    }

    /// `/f` of a Windows program, whose names have no case.
    fn slashed(&mut self, word: &'a Arg, text: &'a str) -> bool {
        let name = text.split(':').next().unwrap_or(text).to_ascii_lowercase();
        let Some((names, arity, role)) = self.find(&name) else { return false };
        if name.len() < text.len() {
            let value = Cow::Owned(without_prefix(word, name.len() + 1));
            self.give(names, Cow::Owned(name), arity, role, vec![value], word);
        } else {
            self.take(names, Cow::Owned(name), arity, role, None, word);
        }
        true
    }

    fn long(&mut self, word: &'a Arg, text: &'a str) {
        let (name, glued) = match text.find('=') {
            Some(equals) => (&text[..equals], Some(equals + 1)),
            None => (text, None),
        };
        if glued.is_none() && !word.has_hole() && self.asks_for_help(name) {
            self.reading.help = true;
            return;
        }
        let cut_short = glued.is_none() && word.has_hole();
        let whole = if cut_short { None } else { self.find_whole(name) };
        let mut meant = if whole.is_none() && !cut_short { self.abbreviated(name) } else { Vec::new() };
        let only = if meant.len() == 1 { meant.pop() } else { None };
        match whole.or(only) {
            Some((names, arity, role)) => self.take(names, Cow::Borrowed(name), arity, role, glued, word),
            None if !meant.is_empty() => self.take_any(meant, name, glued, word),
            // `--no-X` of a listed `--X` takes it back.
            None if name.strip_prefix("--no-").is_some_and(|rest| self.find(&format!("--{rest}")).is_some()) => {
                self.give(&[], Cow::Borrowed(name), Arity::Flag, Role::Skip, Vec::new(), word);
            }
            None => self.unlisted(Cow::Borrowed(name), glued, word),
        }
    }

    fn short(&mut self, word: &'a Arg, text: &'a str) {
        let style = self.style();
        let (name, glued) = match text.find('=') {
            Some(equals) => (&text[..equals], Some(equals + 1)),
            None => (text, None),
        };
        // A spelling of more than one letter behind one dash is taken whole when it is listed so.
        if let Some((names, arity, role)) = (name.len() > 2).then(|| self.find(name)).flatten() {
            return self.take(names, Cow::Borrowed(name), arity, role, glued, word);
        }
        if name.len() > 2 && self.is_known(name) {
            return self.unlisted(Cow::Borrowed(name), glued, word);
        }
        if style.single_dash {
            let asks = name == "-help" || (name == "-version" && glued.is_none() && !self.names_a_version());
            if asks && !style.no_help {
                self.reading.help = true;
                return;
            }
            // The dash and the first letter, which may be more than a byte long.
            let letter = name.char_indices().nth(2).map_or(name, |(end, _)| &name[..end]);
            if letter.len() < name.len() && self.find(letter).is_none() {
                return self.unlisted(Cow::Borrowed(name), glued, word);
            }
        }
        if text.starts_with('+')
            && let Some((names, arity, role)) = self.find("+")
        {
            return self.take(names, Cow::Borrowed("+"), arity, role, Some(1), word);
        }
        if style.numbers && text[1..].bytes().all(|b| b.is_ascii_digit()) {
            let names = self.find(text).map_or(&[] as &[&str], |(names, ..)| names);
            return self.give(names, Cow::Borrowed(text), Arity::Flag, Role::Skip, Vec::new(), word);
        }
        self.cluster(word, text, 1);
    }

    /// Reads the letters of `text` from byte `from` on as short options.
    fn cluster(&mut self, word: &'a Arg, text: &'a str, from: usize) {
        let sign = if text.starts_with('+') { '+' } else { '-' };
        let mut letters = text.char_indices().skip_while(|(at, _)| *at < from).peekable();
        while let Some((at, letter)) = letters.next() {
            let name = spelled(sign, letter);
            let after = at + letter.len_utf8();
            let rest = after < text.len() || (word.has_hole() && word.text().is_none());
            let Some((names, arity, role)) = self.find(&name) else {
                if letter == 'h' && text.len() == 2 && self.may_be_help() {
                    self.reading.help = true;
                } else if self.accepts_any() || self.is_harmless(&name, text) {
                    if !self.is_harmless(&name, text) {
                        self.reading.unlisted_letters.push((word, at));
                    }
                    let value = self.peek_value();
                    self.give(&[], Cow::Owned(name), Arity::Flag, Role::Skip, value, word);
                    if from == 1 && at == 1 && text.len() > 2 {
                        let whole = Cow::Borrowed(text);
                        self.give(&[], whole, Arity::Flag, Role::Skip, Vec::new(), word);
                    }
                } else {
                    self.reading.unknown_option = true;
                    self.give(&[], Cow::Owned(name), Arity::Flag, Role::Skip, Vec::new(), word);
                }
                continue;
            };
            match arity {
                Arity::Flag => self.give(names, Cow::Owned(name), arity, role, Vec::new(), word),
                Arity::Digits => {
                    while letters.next_if(|(_, digit)| digit.is_ascii_digit()).is_some() {}
                    self.give(names, Cow::Owned(name), arity, role, Vec::new(), word);
                }
                Arity::Optional if !rest => self.give(names, Cow::Owned(name), arity, role, Vec::new(), word),
                Arity::Value | Arity::Optional if rest => {
                    // `-ofile`, and `-o=file` of programs that take that too.
                    let value = Cow::Owned(without_prefix(word, after));
                    self.give(names, Cow::Owned(name), arity, role, vec![value], word);
                    return;
                }
                // `-cCODE`: the values begin in this word.
                _ => return self.take(names, Cow::Owned(name), arity, role, rest.then_some(after), word),
            }
        }
        if word.has_hole() {
            self.reading.unknown_option = true;
        }
    }

    /// `tar xf`: the first word is a cluster although it has no dash; its values are the words that follow, in order.
    fn bare_cluster(&mut self) {
        let Some(word) = self.words.first() else { return };
        let Some(text) = word.text() else { return };
        if text.is_empty() || !text.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return;
        }
        let found: Vec<_> =
            text.chars().map(|letter| spelled('-', letter)).map(|name| (self.find(&name), name)).collect();
        if found.iter().any(|(found, _)| found.is_none()) {
            return;
        }
        self.at = 1;
        for (found, name) in found {
            if let Some((names, arity, role)) = found {
                self.take(names, Cow::Owned(name), arity, role, None, word);
            }
        }
    }

    /// Takes an option with the values that its arity asks for.
    fn take(
        &mut self,
        names: &'static [&'static str],
        written: Cow<'a, str>,
        arity: Arity,
        role: Role,
        glued: Option<usize>,
        word: &'a Arg,
    ) {
        let glued: Option<Cow<'a, Arg>> = glued.map(|from| Cow::Owned(without_prefix(word, from)));
        let values = match (arity, glued) {
            (Arity::Flag, Some(value)) if is_denial(value.text()) => return,
            (Arity::Value | Arity::Optional | Arity::Digits | Arity::Flag, Some(value)) => vec![value],
            (Arity::Flag | Arity::Optional | Arity::Digits, None) => Vec::new(),
            (Arity::Value, None) => self.next_words(1),
            (Arity::Pair, Some(value)) => std::iter::once(value).chain(self.next_words(1)).collect(),
            (Arity::Pair, None) => self.next_words(2),
            (Arity::Until, glued) => glued.into_iter().chain(self.words_until_end()).collect(),
            (Arity::Many, glued) => {
                let rest = self.words.get(self.at..).unwrap_or_default();
                let count = rest.iter().take_while(|word| !word.prefix().starts_with('-')).count();
                glued.into_iter().chain(self.next_words(count)).collect()
            }
            (Arity::Rest, glued) => glued.into_iter().chain(self.next_words(usize::MAX)).collect(),
        };
        self.give(names, written, arity, role, values, word);
    }

    fn next_words(&mut self, count: usize) -> Vec<Cow<'a, Arg>> {
        let end = self.at.saturating_add(count).min(self.words.len());
        let words = self.words.get(self.at..end).unwrap_or_default();
        self.at = end;
        words.iter().map(Cow::Borrowed).collect()
    }

    fn words_until_end(&mut self) -> Vec<Cow<'a, Arg>> {
        let rest = self.words.get(self.at..).unwrap_or_default();
        let is_end = |(index, word): (usize, &Arg)| match word.text() {
            Some(";") => true,
            Some("+") => index > 0 && rest.get(index - 1).is_some_and(|last| last.text() == Some("{}")),
            _ => false,
        };
        let end = rest.iter().enumerate().position(is_end).unwrap_or(rest.len());
        self.at = (self.at + end + 1).min(self.words.len());
        rest[..end].iter().map(Cow::Borrowed).collect()
    }

    /// The next word, when it may be the value of an option that no form lists. It is not taken.
    fn peek_value(&mut self) -> Vec<Cow<'a, Arg>> {
        self.value_at = Some(self.at);
        self.words.get(self.at).filter(|word| !word.prefix().starts_with('-')).map(Cow::Borrowed).into_iter().collect()
    }

    fn unlisted(&mut self, written: Cow<'a, str>, glued: Option<usize>, word: &'a Arg) {
        if self.is_known(&written) {
            // It is listed, and only what follows it is not said.
        } else if !self.accepts_any() {
            self.reading.unknown_option = true;
        } else if super::unknown::option_tells(&written) && !is_denial(glued.and_then(|from| word.prefix().get(from..)))
        {
            self.reading.telling_option = Some(word);
        } else {
            self.reading.unlisted.push(written.clone());
        }
        let values = match glued {
            Some(from) => vec![Cow::Owned(without_prefix(word, from))],
            None => self.peek_value(),
        };
        self.give(&[], written, Arity::Optional, Role::Skip, values, word);
    }

    fn give(
        &mut self,
        names: &'static [&'static str],
        written: Cow<'a, str>,
        arity: Arity,
        role: Role,
        values: Vec<Cow<'a, Arg>>,
        word: &'a Arg,
    ) {
        // Another spelling of `--help` or `--version` asks for the same.
        if arity == Arity::Flag && names.iter().any(|name| matches!(*name, "--help" | "--version")) {
            let is_a_version = names.contains(&"--version") && self.names_a_version();
            self.reading.help |= !(self.style().no_help || is_a_version);
        }
        self.reading.given.push(Given { names, written, role, arity, values, word });
    }

    fn accepts_any(&self) -> bool {
        self.visible_forms().any(|form| form.any_options)
    }

    /// Whether an option is listed without saying what follows it.
    fn is_known(&self, name: &str) -> bool {
        self.visible_forms().any(|form| form.known.contains(&name))
    }

    /// Whether a short option of the word `text`, of which no form says what follows it, is known to do no harm.
    fn is_harmless(&self, name: &str, text: &str) -> bool {
        self.is_known(name)
            // `tail -20f`: a number and letters.
            || (self.style().numbers && name.ends_with(|letter: char| letter.is_ascii_digit()))
            || (self.accepts_any() && name.starts_with('+'))
            || text == "-V"
    }

    fn asks_for_help(&self, name: &str) -> bool {
        matches!(name, "--help" | "--version" | "--usage")
            && self.find(name).is_none_or(|(_, arity, _)| arity == Arity::Flag)
            && !self.style().no_help
            && !(name == "--version" && self.names_a_version())
    }

    /// Whether `--version` says which version of a thing is meant: `add package X --version 1.0`.
    fn names_a_version(&self) -> bool {
        let has_value = self.words.get(self.at).is_some_and(|next| !next.prefix().starts_with('-'));
        self.reading.forms.len() > 1 && has_value
    }

    /// Whether an unlisted `-h` asks for help: it is alone, or the last word of a subcommand.
    fn may_be_help(&self) -> bool {
        !self.style().no_help && self.at >= self.words.len()
    }

    /// The forms whose options hold here, innermost first.
    fn visible_forms(&self) -> impl Iterator<Item = &'static Form<'static>> {
        let mut closed = false;
        self.reading.forms.iter().rev().copied().take_while(move |form| {
            let visible = !closed;
            closed = closed || form.style.own_options;
            visible
        })
    }

    fn find(&self, name: &str) -> Option<Found> {
        self.visible_forms().find_map(|form| {
            form.options.iter().find(|option| option.names.contains(&name)).map(|option| found(option))
        })
    }

    /// The option with this name; where long names have one dash, they may have two.
    fn find_whole(&self, name: &str) -> Option<Found> {
        let single_dash = self.style().single_dash;
        let with_one_dash = || name.strip_prefix('-').filter(|_| single_dash).and_then(|name| self.find(name));
        self.find(name).or_else(with_one_dash)
    }

    /// The options that `name` is the beginning of, each once.
    fn abbreviated(&self, name: &str) -> Vec<Found> {
        if self.style().exact || self.style().single_dash || name.len() < 3 {
            return Vec::new();
        }
        let begins = |option: &&OptionSpec<'static>| {
            option.names.iter().any(|long| long.starts_with("--") && long.starts_with(name))
        };
        let mut meant: Vec<Found> = Vec::new();
        for option in self.visible_forms().flat_map(|form| form.options.iter()).filter(begins) {
            // Several spellings of one option are one; the same option in an outer form is the same.
            if meant.iter().all(|(names, ..)| *names != option.names) {
                meant.push(found(option));
            }
        }
        meant
    }

    /// Takes an abbreviation that may stand for several options. Programs refuse it, but another version may have fewer
    /// of them: it counts as each.
    fn take_any(&mut self, meant: Vec<Found>, name: &'a str, glued: Option<usize>, word: &'a Arg) {
        if self.accepts_any() {
            // Listed or not, the name may be an option's own: `--ignore` beside `--ignore-path`.
            self.reading.unlisted.push(Cow::Borrowed(name));
        } else {
            self.reading.unknown_option = true;
        }
        let takes_word = glued.is_none() && meant.iter().all(|(_, arity, _)| *arity == Arity::Value);
        let values: Vec<Cow<'a, Arg>> = match glued {
            Some(from) => vec![Cow::Owned(without_prefix(word, from))],
            None if takes_word => self.next_words(1),
            None => self.peek_value(),
        };
        for (names, arity, role) in meant {
            let values = if arity == Arity::Flag { Vec::new() } else { values.clone() };
            self.give(names, Cow::Borrowed(name), arity, role, values, word);
        }
    }
}

/// An option of one letter.
fn spelled(sign: char, letter: char) -> String {
    let mut name = String::with_capacity(sign.len_utf8() + letter.len_utf8());
    name.extend([sign, letter]);
    name
}

/// `--prune=false`: the option is not meant.
fn is_denial(value: Option<&str>) -> bool {
    matches!(value, Some("false" | "no" | "0" | "off"))
}

fn found(option: &'static OptionSpec<'static>) -> Found {
    (&option.names, option.arity, option.role)
}

/// The argument without the first `bytes` of its leading text.
pub fn without_prefix(arg: &Arg, bytes: usize) -> Arg {
    let mut pieces = arg.pieces.clone();
    let mut span = arg.span;
    if let Some(Piece::Text(text)) = pieces.first() {
        let rest = text.slice(bytes, text.as_str().len());
        if rest.is_empty() {
            pieces.remove(0);
        } else {
            if arg.pieces.len() == 1 {
                span = rest.source();
            }
            pieces[0] = Piece::Text(rest);
        }
    }
    Arg { pieces, span }
}
