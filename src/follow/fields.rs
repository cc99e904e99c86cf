//! Puts words together: splitting by `IFS`, patterns, and what quotes keep as one.

use super::limits;
use super::step::{Arg, Hole, Piece, Source};
use crate::span::Span;
use crate::text::Text;

/// The words that one word falls into.
pub(super) struct Fields {
    /// Whether unquoted text is split and patterns are matched at all.
    mode: Mode,
    separators: Separators,
    done: Vec<Arg>,
    /// The word that is being put together.
    bits: Vec<Bit>,
    /// Whether there is such a word, even if it is empty so far.
    open: bool,
    /// Whether the last word was ended by a blank of this expansion.
    after_blank: bool,
    span: Span,
}

/// What unquoted text falls into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Any number of words, with patterns.
    Words,
    /// Any number of words; patterns are just text (`set -f`).
    PlainWords,
    /// One word, as in an assignment.
    Single,
}

/// The characters that separate words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Separators {
    /// Blank, tab and newline.
    Default,
    /// These.
    These(String),
    /// Not known.
    Unknown,
}

/// A part of a word that is being put together.
#[derive(Clone, Debug)]
pub(super) enum Bit {
    /// Text; `live` when pattern characters in it count.
    Text { text: Text, live: bool },
    /// Something unknown.
    Hole(Hole),
}

impl Separators {
    /// Whether `c` separates as a blank does.
    pub(super) fn is_blank(&self, c: char) -> bool {
        match self {
            Separators::Default | Separators::Unknown => matches!(c, ' ' | '\t' | '\n'),
            Separators::These(these) => matches!(c, ' ' | '\t' | '\n') && these.contains(c),
        }
    }

    /// Whether `c` separates.
    pub(super) fn contains(&self, c: char) -> bool {
        match self {
            Separators::These(these) => these.contains(c),
            _ => self.is_blank(c),
        }
    }

    /// What `"$*"` puts between words, when it is known.
    fn joint(&self) -> Option<String> {
        match self {
            Separators::These(these) => Some(these.chars().take(1).collect()),
            Separators::Default => Some(" ".to_owned()),
            Separators::Unknown => None,
        }
    }
}

impl Fields {
    /// No words yet; they will stand at `span`.
    pub(super) fn new(mode: Mode, separators: Separators, span: Span) -> Fields {
        Fields { mode, separators, done: Vec::new(), bits: Vec::new(), open: false, after_blank: false, span }
    }

    /// Text as it stands: it is not split. `live` when it is unquoted.
    pub(super) fn text(&mut self, text: Text, live: bool) {
        self.open = true;
        self.after_blank = false;
        if !text.is_empty() {
            self.bits.push(Bit::Text { text, live });
        }
    }

    /// A hole as it is.
    pub(super) fn hole(&mut self, hole: Hole) {
        self.open = true;
        self.after_blank = false;
        self.bits.push(Bit::Hole(hole));
    }

    /// A word begins, even if nothing follows (`""`).
    pub(super) fn open(&mut self) {
        self.open = true;
    }

    /// The result of an expansion.
    pub(super) fn value(&mut self, value: &Arg, quoted: bool) {
        if quoted || self.mode == Mode::Single {
            self.open |= quoted;
            self.whole(value, !quoted);
            return;
        }
        for piece in &value.pieces {
            match piece {
                Piece::Text(text) => self.split(text),
                Piece::Hole(hole) => self.hole(Hole { splits: !hole.is_tame(), ..hole.clone() }),
            }
        }
    }

    /// Several results: each element is a word of its own, joined where there can be only one.
    pub(super) fn list(&mut self, values: &[Arg], quoted: bool, star: bool) {
        if self.mode == Mode::Single || (quoted && star) {
            let joint = if star { self.separators.joint() } else { Some(" ".to_owned()) };
            for (index, value) in values.iter().enumerate() {
                match &joint {
                    _ if index == 0 => {}
                    Some(joint) => self.text(Text::derived(joint.as_str(), value.span), false),
                    None => self.hole(Hole::open(Source::Other)),
                }
                self.whole(value, false);
            }
            self.open |= quoted && star;
            return;
        }
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                self.end_word();
            }
            if quoted {
                self.open = true;
                self.elements(value);
            } else {
                self.value(value, false);
            }
        }
    }

    /// An element between quotes: its own holes may still stand for several elements.
    fn elements(&mut self, value: &Arg) {
        for piece in &value.pieces {
            match piece {
                Piece::Text(text) => self.text(text.clone(), false),
                Piece::Hole(hole) => self.hole(hole.clone()),
            }
        }
    }

    fn whole(&mut self, value: &Arg, live: bool) {
        for piece in &value.pieces {
            match piece {
                Piece::Text(text) => self.text(text.clone(), live),
                Piece::Hole(hole) => self.hole(Hole { splits: false, ..hole.clone() }),
            }
        }
    }

    /// Splits known text where separators stand.
    fn split(&mut self, text: &Text) {
        let string = text.as_str();
        if self.separators == Separators::Unknown {
            self.hole(Hole { splits: true, ..Hole::open(Source::Other) });
            return;
        }
        if !string.chars().any(|c| self.separators.contains(c)) {
            self.text(text.clone(), true);
            return;
        }
        let mut start = 0;
        for (at, c) in string.char_indices() {
            if !self.separators.contains(c) {
                continue;
            }
            if at > start {
                self.text(text.slice(start, at), true);
            }
            start = at + c.len_utf8();
            self.separate(c);
        }
        if start < string.len() {
            self.text(text.slice(start, string.len()), true);
        }
    }

    /// Ends a word at the separator `c`.
    fn separate(&mut self, c: char) {
        if self.separators.is_blank(c) {
            if self.open {
                self.end_word();
                self.after_blank = true;
            }
        } else if self.open {
            self.end_word();
        } else if self.after_blank {
            self.after_blank = false;
        } else {
            self.open = true;
            self.end_word();
        }
    }

    fn end_word(&mut self) {
        if !std::mem::take(&mut self.open) {
            return;
        }
        let bits = std::mem::take(&mut self.bits);
        if self.done.len() < limits::WORDS {
            self.done.push(self.assemble(bits));
        } else if let Some(last) = self.done.last_mut() {
            last.push_hole(Hole { splits: true, ..Hole::open(Source::Other) });
        }
    }

    fn assemble(&self, bits: Vec<Bit>) -> Arg {
        let mut word = Arg { pieces: Vec::with_capacity(bits.len()), span: self.span };
        if self.mode == Mode::Words && has_pattern(&bits) {
            globs(&bits, &mut word);
            return word;
        }
        for bit in bits {
            match bit {
                Bit::Text { text, .. } => word.push_text(text),
                Bit::Hole(hole) => word.push_hole(hole),
            }
        }
        word
    }

    /// How many pieces and words there are.
    pub(super) fn count(&self) -> usize {
        self.bits.len() + self.done.len()
    }

    /// The words.
    pub(super) fn finish(mut self) -> Vec<Arg> {
        self.end_word();
        self.done
    }

    /// The one word.
    pub(super) fn finish_single(mut self) -> Arg {
        self.open = true;
        let bits = std::mem::take(&mut self.bits);
        self.assemble(bits)
    }

    /// The one word, with what is quoted in it and what is not.
    pub(super) fn finish_bits(self) -> Vec<Bit> {
        self.bits
    }
}

/// Whether `c` begins a pattern.
pub(super) fn is_pattern(c: char) -> bool {
    matches!(c, '*' | '?' | '[')
}

fn has_pattern(bits: &[Bit]) -> bool {
    bits.iter().any(|bit| matches!(bit, Bit::Text { text, live: true } if text.as_str().contains(is_pattern)))
}

/// How far the end of a bracket expression is looked for.
const BRACKET: usize = 256;

/// A character of a word whose patterns are looked for.
#[derive(Clone, Copy)]
struct Unit {
    /// The character; none for a hole.
    c: Option<char>,
    live: bool,
    /// The bit it stands in, and where.
    bit: usize,
    offset: usize,
}

/// Puts a hole for every pattern in the word.
fn globs(bits: &[Bit], word: &mut Arg) {
    let units = units(bits);
    let mut at = 0;
    while let Some(unit) = units.get(at) {
        if let Some(end) = pattern_end(&units, at) {
            let pattern: String =
                units.get(at..end).unwrap_or_default().iter().map(|unit| unit.c.unwrap_or('?')).collect();
            let may_be_empty = pattern.bytes().all(|byte| byte == b'*');
            word.push_hole(Hole { source: Source::Glob(pattern), splits: true, may_be_empty });
            at = end;
            continue;
        }
        match bits.get(unit.bit) {
            Some(Bit::Hole(hole)) => {
                word.push_hole(hole.clone());
                at += 1;
            }
            Some(Bit::Text { text, .. }) => {
                let length = units.get(at..).unwrap_or_default().iter().enumerate();
                let run = length
                    .take_while(|(n, next)| next.bit == unit.bit && (*n == 0 || pattern_end(&units, at + n).is_none()));
                let count = run.count();
                let end = units
                    .get(at + count)
                    .filter(|next| next.bit == unit.bit)
                    .map_or(text.as_str().len(), |next| next.offset);
                word.push_text(text.slice(unit.offset, end));
                at += count;
            }
            None => at += 1,
        }
    }
}

fn units(bits: &[Bit]) -> Vec<Unit> {
    let mut units = Vec::new();
    for (bit, content) in bits.iter().enumerate() {
        match content {
            Bit::Hole(_) => units.push(Unit { c: None, live: false, bit, offset: 0 }),
            Bit::Text { text, live } => {
                let of_text = |(offset, c)| Unit { c: Some(c), live: *live, bit, offset };
                units.extend(text.as_str().char_indices().map(of_text));
            }
        }
    }
    units
}

/// Where the run of patterns that begins at `at` ends, if one does.
fn pattern_end(units: &[Unit], at: usize) -> Option<usize> {
    let mut end = at;
    while let Some(unit) = units.get(end).filter(|unit| unit.live) {
        end = match unit.c {
            Some('*' | '?') => end + 1,
            Some('[') => match bracket_end(units, end) {
                Some(end) => end,
                None => break,
            },
            _ => break,
        };
    }
    (end > at).then_some(end)
}

/// Where the bracket expression at `at` ends. One that is not ended within reach counts as ending there.
fn bracket_end(units: &[Unit], at: usize) -> Option<usize> {
    let negated = matches!(units.get(at + 1)?.c, Some('!' | '^'));
    let first = at + 1 + usize::from(negated);
    for (index, unit) in units.iter().enumerate().skip(first) {
        match unit.c {
            _ if index > at + BRACKET => return Some(index),
            Some(']') if unit.live && index > first => return Some(index + 1),
            Some('/') => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(text: &str) -> Arg {
        Arg::made(text, Span::default())
    }

    fn shown(words: &[Arg]) -> Vec<String> {
        words.iter().map(|word| word.shown("<>")).collect()
    }

    #[test]
    fn known_text_is_split_as_bash_splits_it() {
        let custom = |these: &str| Separators::These(these.to_owned());
        let cases: &[(Separators, &str, &[&str])] = &[
            (Separators::Default, "  a  b\n", &["a", "b"]),
            (Separators::Default, "", &[]),
            (custom(":"), "a::b:", &["a", "", "b"]),
            (custom(":"), ":a", &["", "a"]),
            (custom(" :"), "a : b", &["a", "b"]),
            (custom(" :"), " a  b:: c ", &["a", "b", "", "c"]),
            (custom(""), "a b", &["a b"]),
        ];
        for (separators, text, words) in cases {
            let mut fields = Fields::new(Mode::Words, separators.clone(), Span::default());
            fields.value(&known(text), false);
            assert_eq!(shown(&fields.finish()), *words, "{text:?} by {separators:?}");
        }
    }

    #[test]
    fn what_stands_beside_an_expansion_joins_its_outer_words() {
        let mut fields = Fields::new(Mode::Words, Separators::Default, Span::default());
        fields.text(Text::derived("x", Span::default()), true);
        fields.value(&known("a b"), false);
        fields.text(Text::derived("y", Span::default()), true);
        assert_eq!(shown(&fields.finish()), ["xa", "by"]);
    }

    #[test]
    fn lists_keep_their_elements() {
        let list = [known("a b"), known("c")];
        let words = |quoted, star| {
            let mut fields = Fields::new(Mode::Words, Separators::Default, Span::default());
            fields.list(&list, quoted, star);
            shown(&fields.finish())
        };
        assert_eq!(words(true, false), ["a b", "c"]);
        assert_eq!(words(true, true), ["a b c"]);
        assert_eq!(words(false, false), ["a", "b", "c"]);
    }

    #[test]
    fn patterns_become_holes_only_where_they_are_live() {
        let cases: &[(&[(&str, bool)], &str)] = &[
            (&[("src/*.c", true)], "src/{*}.c"),
            (&[("src/*.c", false)], "src/*.c"),
            (&[("[s]rc", true)], "{[s]}rc"),
            (&[("[", true), ("s", false), ("]rc", true)], "{[s]}rc"),
            (&[("[", true)], "["),
            (&[("[a", true)], "[a"),
            (&[("a[!]b]c?*d", true)], "a{[!]b]}c{?*}d"),
            (&[("**/x", true)], "{**}/x"),
            (&[("[a/b]", true)], "[a/b]"),
        ];
        for (bits, expected) in cases {
            let mut fields = Fields::new(Mode::Words, Separators::Default, Span::default());
            for (text, live) in *bits {
                fields.text(Text::derived(*text, Span::default()), *live);
            }
            let words = fields.finish();
            let shown: String = words
                .iter()
                .flat_map(|word| &word.pieces)
                .map(|piece| match piece {
                    Piece::Text(text) => text.as_str().to_owned(),
                    Piece::Hole(Hole { source: Source::Glob(pattern), .. }) => format!("{{{pattern}}}"),
                    Piece::Hole(_) => "<>".to_owned(),
                })
                .collect();
            assert_eq!(shown, *expected);
        }
    }
}
