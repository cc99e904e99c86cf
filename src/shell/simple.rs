//! Reads simple commands: assignments, words, redirections; and the function definitions that begin like one.

use super::ast::{
    Arithmetic, ArrayElement, Assignment, Command, CommandKind, Operation, Part, Redirect, RedirectOperator,
    RedirectTarget, Simple, Word,
};
use super::inside::{OPERAND, Rules, SUBSCRIPT};
use super::parser::{Parser, Result};
use super::parts::Parts;
use super::reserved::Reserved;
use super::substitution::{begins_name, is_name};
use super::word::{Kind, ends_word};

/// `[…]` in a word that is no assignment.
const BRACKETED: Rules = Rules { close: b']', nest: Some((b'[', b']')), ..OPERAND };

/// A simple command that is being read.
pub(super) struct Unfinished {
    simple: Simple,
    redirects: Vec<Redirect>,
    start: usize,
    end: usize,
    /// Whether `name=(…)` is read here as an assignment before the command word.
    arrays: bool,
    /// Whether `name=(…)` is read here as an argument of `declare` and its kin.
    declares: bool,
}

impl Unfinished {
    /// Whether it is one word so far, and nothing else.
    pub(super) fn is_one_word(&self) -> bool {
        self.simple.words.len() == 1 && self.simple.assignments.is_empty() && self.redirects.is_empty()
    }

    /// Whether it is redirections so far, and nothing else.
    fn is_redirected(&self) -> bool {
        !self.redirects.is_empty() && self.simple.words.is_empty() && self.simple.assignments.is_empty()
    }

    /// The next word, an argument, makes its followers declarations if it is `declare` or one of its kin.
    pub(super) fn expect_declaration(&mut self) {
        self.arrays = true;
    }

    fn add_redirect(&mut self, redirect: Redirect) {
        self.redirects.push(redirect);
        self.arrays &= self.simple.assignments.is_empty();
        self.declares = false;
    }

    fn add_word(&mut self, word: Word) {
        let names_command = self.simple.words.is_empty() || self.arrays;
        self.declares |= names_command && self.arrays && is_declaration(&word);
        self.arrays = false;
        self.simple.words.push(word);
    }
}

impl Simple {
    /// Whether the first word would be more than a word if it stood first.
    fn begins_reserved(&self) -> bool {
        match self.words.first().map(|word| word.parts.as_slice()) {
            Some([Part::Literal { text, .. }]) if self.assignments.is_empty() => {
                Reserved::of(text.as_bytes()).is_some() || text == "-p" || text == "--"
            }
            _ => false,
        }
    }
}

/// What stands where an assignment may stand.
enum Lead {
    Assignment(Assignment),
    Word(Word),
}

impl Parser<'_> {
    /// Reads a simple command or a function definition.
    pub(super) fn simple_command(&mut self) -> Result<Command> {
        let mut simple = self.begin_simple_command();
        while self.simple_command_element(&mut simple)? {}
        if self.peek() == b'(' && simple.is_one_word() {
            self.pos = simple.end;
            let name = self.raw_name(simple.start);
            self.skip_blanks();
            if !self.empty_parentheses() {
                return self.unexpected("this does not belong here");
            }
            return self.function_body(name, simple.start);
        }
        self.finish_simple_command(simple)
    }

    pub(super) fn begin_simple_command(&mut self) -> Unfinished {
        let simple = Simple::default();
        let arrays = !std::mem::take(&mut self.plain_words);
        Unfinished { simple, redirects: Vec::new(), start: self.pos, end: self.pos, arrays, declares: false }
    }

    /// Reads the elements that are left.
    pub(super) fn finish_simple_command(&mut self, mut simple: Unfinished) -> Result<Command> {
        while self.simple_command_element(&mut simple)? {}
        self.end_simple_command(simple)
    }

    pub(super) fn end_simple_command(&mut self, simple: Unfinished) -> Result<Command> {
        if simple.end == simple.start {
            return self.unexpected("a command is missing");
        }
        self.expect_no_modifier(&simple.simple, simple.start)?;
        let span = self.span(simple.start, simple.end);
        let kind = CommandKind::Simple(simple.simple);
        if !simple.redirects.is_empty() {
            self.expect_printable(&kind, simple.start)?;
        }
        Ok(Command { kind, redirects: simple.redirects, span })
    }

    /// Bash runs a substitution from a form that it prints, with redirections behind the words: no reserved word
    /// may come first by that. To zsh it is one behind redirections anyway.
    pub(super) fn expect_printable(&self, kind: &CommandKind, start: usize) -> Result<()> {
        match kind {
            CommandKind::Simple(simple) if (self.reprints() || self.is_zsh()) && simple.begins_reserved() => {
                self.error("a reserved word behind a redirection in a substitution", start)
            }
            _ => Ok(()),
        }
    }

    /// Reads an assignment, a word or a redirection, and the blanks after it.
    pub(super) fn simple_command_element(&mut self, simple: &mut Unfinished) -> Result<bool> {
        let start = self.pos;
        if let Some(redirect) = self.redirect()? {
            if simple.is_redirected() && self.is_bash() && appends_to_assignment(&redirect) {
                // To bash this is an assignment, where a word must stand.
                return self.error("an assignment behind `&>>`", start);
            }
            simple.add_redirect(redirect);
        } else if ends_word(self.peek()) && !self.is_process_substitution(self.pos) {
            return Ok(false);
        } else if simple.simple.words.is_empty() {
            match self.lead(simple.arrays)? {
                Lead::Assignment(assignment) => {
                    if simple.is_redirected() && holds_brackets(&assignment.value) {
                        // Bash reads over blanks in the brackets there.
                        return self.error("brackets in an array behind a redirection", start);
                    }
                    simple.simple.assignments.push(assignment);
                }
                Lead::Word(word) => simple.add_word(word),
            }
        } else {
            if self.is_process_substitution(self.pos) {
                simple.declares = false;
            }
            let word = if simple.declares && self.is_bash() { self.declaration()? } else { self.word(Kind::Plain)? };
            simple.add_word(word);
        }
        simple.end = self.pos;
        self.skip_blanks();
        Ok(true)
    }

    /// Whether an assignment or the command word stands here, and reads it.
    fn lead(&mut self, arrays: bool) -> Result<Lead> {
        let start = self.pos;
        match self.after_name() {
            b'=' => {}
            b'+' | b'[' if self.is_bash() => {}
            _ => return self.word(Kind::Plain).map(Lead::Word),
        }
        let name = self.name();
        let mut subscript = None;
        if self.peek() == b'[' {
            self.expect_no_subscript(start)?;
            if !arrays {
                return self.late_element(start).map(Lead::Word);
            }
            self.pos += 1;
            subscript = Some(self.subscript()?);
        }
        let append = self.peek() == b'+' && self.ahead(1) == b'=';
        if self.peek() != b'=' && !append {
            self.rewind(start)?;
            return self.bracketed_word().map(Lead::Word);
        }
        self.advance(if append { 2 } else { 1 });
        let value = self.value(arrays)?;
        Ok(Lead::Assignment(Assignment { name, subscript, append, value, span: self.span_from(start) }))
    }

    /// The subscript of something that is assigned, up to and with its `]`. Bash expands it, and what comes of that
    /// once more: a substitution that a backslash hides from the first time is refused.
    fn subscript(&mut self) -> Result<Arithmetic> {
        let start = self.pos;
        let subscript = self.nested(|parser| parser.arithmetic_inside(&SUBSCRIPT))?;
        let written = self.slice(start, self.pos);
        let hides = written.contains(['$', '`'])
            && (["\\$", "\\`", "$\\"].iter().any(|hidden| written.contains(hidden)) || yields_marks(&subscript.parts));
        if hides {
            return self.error("a subscript that bash expands twice", start);
        }
        self.pos += 1;
        Ok(subscript)
    }

    /// The byte after the name that stands here; 0 without a name.
    pub(super) fn after_name(&mut self) -> u8 {
        if !begins_name(self.peek()) {
            return 0;
        }
        let mut offset = self.pos;
        while is_name(self.byte(offset)) {
            offset = self.skip_continuations(offset + 1);
        }
        self.byte(offset)
    }

    /// `name[…` after an assignment and a redirection, where bash does not read over blanks in the brackets.
    fn late_element(&mut self, start: usize) -> Result<Word> {
        self.pos = start;
        let word = self.word(Kind::Plain)?;
        let written = self.slice(start, self.pos);
        if written.contains('=') || written.matches('[').count() != written.matches(']').count() {
            return self.error("an array element stands too late", start);
        }
        Ok(word)
    }

    /// The value of an assignment; it may be empty.
    fn value(&mut self, arrays: bool) -> Result<Word> {
        let start = self.pos;
        let mut parts = Parts::default();
        if arrays && self.is_bash() && self.peek() == b'(' {
            let array = self.nested(Self::array)?;
            parts.push(self, array);
            self.expect_end_of_array()?;
        }
        self.word_into(Kind::Plain, &mut parts)?;
        Ok(Word { parts: parts.finish(self), span: self.span_from(start) })
    }

    /// A word that begins with `name[` or `[`: blanks inside the brackets belong to it.
    fn bracketed_word(&mut self) -> Result<Word> {
        let start = self.pos;
        let mut parts = Parts::default();
        let name = self.name();
        parts.push_text(self, &name, start, self.pos, true);
        if self.peek() == b'[' {
            self.plain_byte(true, &mut parts);
            self.nested(|parser| parser.inside_into(&BRACKETED, &mut parts))?;
            self.plain_byte(true, &mut parts);
        }
        self.word_into(Kind::Plain, &mut parts)?;
        Ok(Word { parts: parts.finish(self), span: self.span_from(start) })
    }

    /// An argument of `declare` and its kin, where `name=(…)` is an array.
    fn declaration(&mut self) -> Result<Word> {
        let start = self.pos;
        let mut parts = Parts::default();
        self.word_into(Kind::Plain, &mut parts)?;
        if self.peek() == b'(' && parts.only_text(self).is_some_and(is_assignment_prefix) {
            let array = self.nested(Self::array)?;
            parts.push(self, array);
            self.expect_end_of_array()?;
            self.word_into(Kind::Plain, &mut parts)?;
        }
        let word = Word { parts: parts.finish(self), span: self.span_from(start) };
        self.expect_no_brace(&word, start)?;
        if word.parts.is_empty() { self.unexpected("a word is missing") } else { Ok(word) }
    }

    /// `( … )` of an array.
    fn array(&mut self) -> Result<Part> {
        let start = self.pos;
        self.pos += 1;
        let mut elements = Vec::new();
        loop {
            let announced = !self.lines.is_plain();
            if self.skip_newlines()? > 0 && announced {
                return self.error("the body of a here-document inside an array", start);
            }
            match self.peek() {
                b')' => break,
                byte if ends_word(byte) && !self.is_process_substitution(self.pos) => {
                    return self.unexpected("this does not belong into an array");
                }
                _ => {
                    let start = self.pos;
                    elements.push(self.array_element()?);
                    if self.opens_brackets(start) {
                        return self.error("an element whose brackets bash closes elsewhere", start);
                    }
                    if self.reprints() && self.loses_in_print(start) {
                        return self.error("an element that bash prints in another form in a substitution", start);
                    }
                }
            }
        }
        self.pos += 1;
        Ok(Part::Array { elements: elements.into(), span: self.span_from(start) })
    }

    /// Whether the array element from an offset to here has quotes behind a bracket that nothing in it closes, or
    /// brackets at all in text that bash has taken for arithmetic first.
    fn opens_brackets(&self, start: usize) -> bool {
        let written = self.slice(start, self.pos);
        if start < self.misread_until && written.contains('[') {
            return true;
        }
        let open = written.rfind('[').filter(|open| !written[*open..].contains(']'));
        open.is_some_and(|open| written[open..].contains(['\'', '"', '`', '(']))
    }

    /// Whether the array element from an offset to here loses something when bash 5.2 prints the substitution
    /// around it, to run what it printed: backslashes, and a dollar in front of a quote.
    fn loses_in_print(&self, start: usize) -> bool {
        let written = self.slice(start, self.pos).replace("\\\n", "");
        ["\\", "$'", "$\""].iter().any(|lost| written.contains(lost))
    }

    fn array_element(&mut self) -> Result<ArrayElement> {
        let start = self.pos;
        if self.peek() != b'[' {
            return Ok(ArrayElement { subscript: None, value: self.word(Kind::Plain)? });
        }
        self.expect_no_subscript(start)?;
        self.pos += 1;
        let subscript = self.subscript()?;
        let append = self.peek() == b'+' && self.ahead(1) == b'=';
        if self.peek() != b'=' && !append {
            self.rewind(start)?;
            return Ok(ArrayElement { subscript: None, value: self.bracketed_word()? });
        }
        self.advance(if append { 2 } else { 1 });
        Ok(ArrayElement { subscript: Some(subscript), value: self.value(false)? })
    }
}

/// Whether the redirection is `&>>`, and its target looks like `name=`, `name+=` or `name[…]=`.
fn appends_to_assignment(redirect: &Redirect) -> bool {
    let RedirectTarget::Word(word) = &redirect.target else { return false };
    let Some(Part::Literal { text, .. }) = word.parts.first() else { return false };
    let rest = text.trim_start_matches(|character: char| u8::try_from(character).is_ok_and(is_name));
    redirect.operator == RedirectOperator::AppendBoth
        && text.bytes().next().is_some_and(begins_name)
        && rest.starts_with(['=', '+', '['])
}

/// Whether it is an array with elements that begin with `name[`.
fn holds_brackets(value: &Word) -> bool {
    let begins = |element: &ArrayElement| match element.value.parts.first() {
        Some(Part::Literal { text, .. }) => text.contains('['),
        _ => false,
    };
    value.parts.iter().any(|part| matches!(part, Part::Array { elements, .. } if elements.iter().any(begins)))
}

/// Whether what the parts stand for holds a `$` or a backquote that is written as text.
fn yields_marks(parts: &[Part]) -> bool {
    parts.iter().any(|part| match part {
        Part::Literal { text, .. } | Part::Quoted { text, .. } => text.contains(['$', '`']),
        Part::DoubleQuoted { parts, .. } => yields_marks(parts),
        Part::Parameter(parameter) => match &parameter.operation {
            Operation::Default { word, .. } | Operation::Assign { word, .. } | Operation::Alternative { word, .. } => {
                yields_marks(&word.parts)
            }
            Operation::Replace { replacement: Some(word), .. } => yields_marks(&word.parts),
            _ => false,
        },
        _ => false,
    })
}

/// Whether the word is a built-in whose arguments are read as assignments, without any quotes.
fn is_declaration(word: &Word) -> bool {
    let [Part::Literal { text, .. }] = word.parts.as_slice() else { return false };
    matches!(text.as_str(), "declare" | "typeset" | "local" | "export" | "readonly" | "alias" | "eval" | "let")
}

/// Whether the text is `name=`, `name+=` or `name[…]=`.
fn is_assignment_prefix(text: &str) -> bool {
    let Some(target) = text.strip_suffix('=') else { return false };
    let target = target.strip_suffix('+').unwrap_or(target);
    let name = match target.split_once('[') {
        Some((name, subscript)) if subscript.split_once(']').is_some_and(|(_, rest)| rest.is_empty()) => name,
        Some(_) => return false,
        None => target,
    };
    name.bytes().next().is_some_and(begins_name) && name.bytes().all(is_name)
}
