//! Expands words: tildes, parameters, substitutions, then splitting and patterns.

use super::choices::{Choice, Place, Subject};
use super::fields::{Bit, Fields, Mode, Separators};
use super::follower::Follower;
use super::limits;
use super::step::{Arg, Hole, Piece, Source};
use super::value::{self, Value};
use crate::shell::ast::{Part, Script, Word};
use crate::shell::brace;
use crate::span::Span;
use crate::text::Text;

/// What stands around a part of a word.
#[derive(Clone, Copy)]
pub(super) struct Surroundings {
    /// Between double quotes.
    pub quoted: bool,
    /// The first part of its word.
    pub first: bool,
    /// The last part of its word.
    pub last: bool,
    /// A value that is assigned: tildes count behind colons too.
    pub assigned: bool,
    /// The word behind an operator, as in `${x:-a b}`: its unquoted text falls into words.
    pub operand: bool,
}

/// How many words braces may make of one.
const MAX_BRACED_WORDS: usize = 64;

impl Surroundings {
    /// Between double quotes, or wherever else text is just text.
    pub(super) const QUOTED: Surroundings =
        Surroundings { quoted: true, first: false, last: false, assigned: false, operand: false };
}

impl<'a> Follower<'a, '_> {
    /// The words of a command, after every expansion.
    pub(super) fn command_words(&mut self, words: &'a [Word]) -> Vec<Arg> {
        let declares = words.first().is_some_and(is_declaration);
        let mut argv = Vec::with_capacity(words.len());
        for word in words {
            if let Some(arg) = self.plain(word) {
                argv.push(arg);
            } else if declares && assigns(word).is_some() {
                self.assignment_arguments(word, &mut argv);
            } else {
                self.word(word, &mut argv);
            }
        }
        argv
    }

    /// Words, after every expansion.
    pub(super) fn words(&mut self, words: &'a [Word]) -> Vec<Arg> {
        let mut all = Vec::with_capacity(words.len());
        for word in words {
            match self.plain(word) {
                Some(arg) => all.push(arg),
                None => self.word(word, &mut all),
            }
        }
        all
    }

    /// A word that means just its characters: nearly all do.
    fn plain(&self, word: &Word) -> Option<Arg> {
        let text = match word.parts.as_slice() {
            [Part::Literal { text, span }] if !text.contains(is_live) => self.source.text_at(text, *span),
            [Part::Quoted { text, span }] => self.source.text_at(text, *span),
            _ => return None,
        };
        if self.source.has_holes() {
            return None;
        }
        Some(Arg::known(text, self.at(word.span)))
    }

    fn word(&mut self, word: &'a Word, words: &mut Vec<Arg>) {
        if !brace::has_braces(word) {
            return self.unbraced(word, words);
        }
        match brace::expand(word, MAX_BRACED_WORDS) {
            Ok(expanded) => {
                let expanded = self.keeper.keep_words(expanded);
                self.spend(expanded.len() * 32);
                for word in expanded {
                    self.unbraced(word, words);
                }
            }
            Err(_) => words.push(Arg {
                pieces: vec![Piece::Hole(Hole { splits: true, ..Hole::open(Source::Other) })],
                span: self.at(word.span),
            }),
        }
    }

    fn unbraced(&mut self, word: &'a Word, words: &mut Vec<Arg>) {
        let mode = if self.state.registers.options.noglob { Mode::PlainWords } else { Mode::Words };
        let mut fields = self.fields(mode, word.span);
        self.parts(&word.parts, &mut fields, assigns(word).is_some());
        words.extend(fields.finish());
    }

    /// A word that stays one: no splitting, no patterns.
    pub(super) fn single(&mut self, word: &'a Word) -> Arg {
        if let Some(arg) = self.plain(word) {
            return arg;
        }
        let mut fields = self.fields(Mode::Single, word.span);
        self.parts(&word.parts, &mut fields, false);
        fields.finish_single()
    }

    /// A value that is assigned.
    pub(super) fn single_assigned(&mut self, word: &'a Word) -> Arg {
        if let Some(arg) = self.plain(word) {
            return arg;
        }
        let mut fields = self.fields(Mode::Single, word.span);
        self.parts(&word.parts, &mut fields, true);
        fields.finish_single()
    }

    /// `name=value` as an argument of `export` and its kin. Unlike other assignments it is first expanded by braces.
    fn assignment_arguments(&mut self, word: &'a Word, words: &mut Vec<Arg>) {
        match brace::expand(word, MAX_BRACED_WORDS) {
            Ok(expanded) if brace::has_braces(word) => {
                for word in self.keeper.keep_words(expanded) {
                    let value = self.assignment_argument(word);
                    words.push(value);
                }
            }
            _ => words.push(self.assignment_argument(word)),
        }
    }

    /// One such argument.
    fn assignment_argument(&mut self, word: &'a Word) -> Arg {
        let mut fields = self.fields(Mode::Single, word.span);
        let parts = match word.parts.split_last() {
            Some((Part::Array { .. }, before)) => before,
            _ => &word.parts,
        };
        self.parts(parts, &mut fields, true);
        fields.finish_single()
    }

    /// A pattern: what of it is quoted, and what is not.
    pub(super) fn pattern_bits(&mut self, word: &'a Word) -> Vec<Bit> {
        let mut fields = self.fields(Mode::Single, word.span);
        self.parts(&word.parts, &mut fields, false);
        fields.finish_bits()
    }

    /// The elements of `a=(…)`.
    pub(super) fn array_elements(
        &mut self,
        word: &'a Word,
    ) -> Vec<(Option<&'a crate::shell::ast::Arithmetic>, Vec<Arg>)> {
        let Some(Part::Array { elements, .. }) = word.parts.last() else { return Vec::new() };
        let mut all = Vec::with_capacity(elements.len());
        for element in elements {
            let values = match &element.subscript {
                Some(_) => vec![self.single_assigned(&element.value)],
                None => self.words(std::slice::from_ref(&element.value)),
            };
            all.push((element.subscript.as_ref(), values));
        }
        all
    }

    fn fields(&mut self, mode: Mode, span: Span) -> Fields {
        let separators = match self.state.variables.get("IFS") {
            None => Separators::Default,
            Some(_) => match self.value_of("IFS") {
                Value::Scalar(string) => separators_in(&string),
                _ => Separators::Default,
            },
        };
        Fields::new(mode, separators, self.at(span))
    }

    /// `IFS`, outside an expansion.
    pub(super) fn separators(&self) -> Separators {
        let Some(variable) = self.state.variables.get("IFS") else { return Separators::Default };
        match variable.values.as_slice() {
            [Value::Scalar(string)] => separators_in(string),
            [Value::Unset] => Separators::Default,
            _ => Separators::Unknown,
        }
    }

    /// The parts of a word. `assigned` when tildes count as in an assignment.
    pub(super) fn parts(&mut self, parts: &'a [Part], fields: &mut Fields, assigned: bool) {
        for (index, part) in parts.iter().enumerate() {
            let surroundings = Surroundings {
                quoted: false,
                first: index == 0,
                last: index + 1 == parts.len(),
                assigned,
                operand: false,
            };
            self.part(part, surroundings, fields);
        }
    }

    /// Parts that stand where a part with `surroundings` stood.
    pub(super) fn parts_within(&mut self, parts: &'a [Part], surroundings: Surroundings, fields: &mut Fields) {
        for (index, part) in parts.iter().enumerate() {
            let first = surroundings.first && index == 0;
            let last = surroundings.last && index + 1 == parts.len();
            self.part(part, Surroundings { first, last, ..surroundings }, fields);
        }
    }

    fn part(&mut self, part: &'a Part, surroundings: Surroundings, fields: &mut Fields) {
        let before = fields.count();
        self.expand_part(part, surroundings, fields);
        self.spend(fields.count().saturating_sub(before) * limits::PIECE);
    }

    fn expand_part(&mut self, part: &'a Part, surroundings: Surroundings, fields: &mut Fields) {
        let quoted = surroundings.quoted;
        match part {
            Part::Literal { text, span } => self.literal(text, *span, surroundings, fields),
            Part::Quoted { text, span } => self.characters(text, *span, false, fields),
            Part::DoubleQuoted { parts, .. } => {
                if parts.is_empty() {
                    fields.open();
                }
                self.deeper((), |follower| follower.parts_within(parts, Surroundings::QUOTED, fields));
            }
            Part::Parameter(parameter) => {
                self.deeper((), |follower| follower.parameter(parameter, surroundings, fields));
            }
            Part::CommandSubstitution { script, span } => {
                let value = self.substituted(script, *span);
                fields.value(&value, quoted);
            }
            Part::ProcessSubstitution { output, script, span } => {
                let hole = self.process_once(*output, script, *span);
                fields.hole(hole);
            }
            Part::Arithmetic(expression) => {
                let value = self.arithmetic_value(expression);
                fields.value(&value, true);
            }
            Part::ExtendedGlob(glob) => {
                let mut inner = self.fields(Mode::Single, glob.span);
                self.parts(&glob.parts, &mut inner, false);
                let hole = Hole { source: Source::Glob(glob.text.clone()), splits: !quoted, may_be_empty: true };
                fields.hole(hole);
            }
            Part::Array { .. } => fields.hole(Hole { splits: true, ..Hole::open(Source::Other) }),
        }
    }

    /// Characters as they stand, with what placeholders in them stand for.
    fn characters(&mut self, text: &str, span: Span, live: bool, fields: &mut Fields) {
        self.spend(text.len());
        self.push_characters(self.source.text_at(text, span), live, fields);
    }

    fn push_characters(&mut self, text: Text, live: bool, fields: &mut Fields) {
        if !self.source.has_holes() {
            return fields.text(text, live);
        }
        fields.open();
        for piece in self.source.pieces(text) {
            match piece {
                Piece::Text(text) => fields.text(text, live),
                Piece::Hole(hole) => fields.hole(hole),
            }
        }
    }

    /// Unquoted text, in which a tilde may stand for a folder.
    fn literal(&mut self, text: &str, span: Span, surroundings: Surroundings, fields: &mut Fields) {
        if surroundings.operand && !surroundings.quoted && text.contains(char::is_whitespace) {
            let text = self.source.text_at(text, span);
            let at = self.at(span);
            let pieces = self.source.pieces(text);
            return fields.value(&Arg { pieces, span: at }, false);
        }
        if surroundings.quoted || !text.contains('~') {
            return self.characters(text, span, !surroundings.quoted, fields);
        }
        let whole = self.source.text_at(text, span);
        let mut done = 0;
        for (at, _) in text.match_indices('~') {
            if at < done || !is_tilde_place(text, at, surroundings) {
                continue;
            }
            let rest = text.get(at + 1..).unwrap_or("");
            let stop = |c: char| c == '/' || (surroundings.assigned && c == ':');
            let length = rest.find(stop).unwrap_or(rest.len());
            let name = rest.get(..length).unwrap_or("");
            if length == rest.len() && !surroundings.last {
                continue;
            }
            let Some(folder) = self.tilde(name) else { continue };
            if at > done {
                self.push_characters(whole.slice(done, at), true, fields);
            }
            fields.value(&folder.at(self.at(span)), true);
            done = at + 1 + length;
        }
        if done < text.len() {
            self.push_characters(whole.slice(done, text.len()), true, fields);
        }
    }

    /// What `~name` stands for.
    fn tilde(&mut self, name: &str) -> Option<Arg> {
        match name {
            "" => Some(self.variable_string("HOME")),
            "+" => Some(self.working_folder()),
            "-" => Some(self.previous_folder()),
            _ if name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.')) => {
                Some(Arg::hole(Hole::filled(Source::Other), Span::default()))
            }
            _ => None,
        }
    }

    /// What `$(…)` gives this time. It runs once for each time that its command is followed.
    fn substituted(&mut self, script: &'a Script, span: Span) -> Arg {
        let place = self.place(span);
        let values = match self.choices.substitution(place) {
            Some(values) => values.to_vec(),
            None => {
                let values = self.substitution(script, span);
                self.choices.keep_substitution(place, values.clone());
                values
            }
        };
        match self.choices.choose(Subject::Expansion(place), values.len()) {
            Choice::One(index) => values.into_iter().nth(index).unwrap_or_default(),
            Choice::All => value::common(&values, Source::Other),
        }
    }

    fn process_once(&mut self, output: bool, script: &'a Script, span: Span) -> Hole {
        let place = self.place(span);
        if let Some([known]) = self.choices.substitution(place)
            && let Some(hole) = known.only_hole()
        {
            return hole.clone();
        }
        let hole = self.process(output, script);
        self.choices.keep_substitution(place, vec![Arg::hole(hole.clone(), Span::default())]);
        hole
    }

    /// A place in the text at hand, for choices.
    pub(super) fn place(&self, span: Span) -> Place {
        Place { source: std::ptr::from_ref(self.source).addr(), span }
    }
}

/// What separates words when this is `IFS`.
fn separators_in(ifs: &Arg) -> Separators {
    match ifs.text() {
        Some(" \t\n") => Separators::Default,
        Some(text) => Separators::These(text.to_owned()),
        None => Separators::Unknown,
    }
}

/// Whether `c` means more than itself in an unquoted word.
fn is_live(c: char) -> bool {
    matches!(c, '*' | '?' | '[' | '~' | '{')
}

/// Whether a tilde at `at` can stand for a folder.
fn is_tilde_place(text: &str, at: usize, surroundings: Surroundings) -> bool {
    let Some(before) = at.checked_sub(1).and_then(|before| text.as_bytes().get(before)) else {
        return surroundings.first;
    };
    let first_equals = text.find('=') == Some(at - 1);
    surroundings.assigned && (*before == b':' || (surroundings.first && *before == b'=' && first_equals))
}

/// The name in a word such as `name=value` or `name+=value`.
pub(super) fn assigns(word: &Word) -> Option<&str> {
    let Some(Part::Literal { text, .. }) = word.parts.first() else { return None };
    let (name, _) = text.split_once('=')?;
    let name = name.strip_suffix('+').unwrap_or(name);
    let bare = name.split_once('[').map_or(name, |(bare, _)| bare);
    is_name(bare).then_some(name)
}

/// Whether `name` can name a variable.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name.as_bytes().first().is_some_and(u8::is_ascii_digit)
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Whether a command word makes its arguments assignments.
pub(super) fn is_declaration(word: &Word) -> bool {
    matches!(word.parts.as_slice(), [Part::Literal { text, .. }]
        if matches!(text.as_str(), "export" | "declare" | "typeset" | "local" | "readonly"))
}
