//! Expands braces, `{a,b}` and `{1..5}`, of a word into words. Bash does this before every other expansion.
//!
//! Quoted text and expansions in the word are kept as they are; only unquoted text holds live braces.

use super::ast::{Few, Operation, Part, Word};
use crate::span::Span;

/// How deep braces may nest, and how many may follow each other.
const MAX_DEPTH: usize = 64;

/// How many characters may be looked at in all.
const MAX_WORK: usize = 1 << 20;

/// Why the braces of a word were not expanded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unexpanded {
    /// There would be more words than the limit.
    TooMany,
    /// The result would be read in another way than its pieces, such as `$x{a,b}`, which becomes `$xa $xb`.
    Unclear,
}

/// Whether there may be braces to expand.
pub fn has_braces(word: &Word) -> bool {
    word.parts.iter().any(|part| matches!(part, Part::Literal { text, .. } if text.contains('{')))
}

/// Expands the braces of a word to at most `limit` words. An empty alternative without quotes gives no word.
///
/// # Errors
///
/// Says why the words are not known.
pub fn expand(word: &Word, limit: usize) -> Result<Vec<Word>, Unexpanded> {
    if !has_braces(word) {
        return Ok(vec![word.clone()]);
    }
    let atoms: Vec<Atom<'_>> = word.parts.iter().flat_map(atoms).collect();
    let mut expander = Expander { limit, work: MAX_WORK };
    let expanded = expander.expand(&atoms, MAX_DEPTH)?;
    if let [only] = expanded.as_slice()
        && only.len() == atoms.len()
    {
        return Ok(vec![word.clone()]);
    }
    expanded.iter().filter(|atoms| !atoms.is_empty()).map(|atoms| join(atoms, word.span)).collect()
}

/// A character of unquoted text, or a part that is kept whole.
#[derive(Clone, Copy)]
enum Atom<'w> {
    Character(char, Span),
    Whole(&'w Part),
}

impl Atom<'_> {
    fn is(&self, wanted: char) -> bool {
        matches!(self, Atom::Character(character, _) if *character == wanted)
    }
}

fn atoms(part: &Part) -> Vec<Atom<'_>> {
    let Part::Literal { text, span } = part else { return vec![Atom::Whole(part)] };
    let start = span.start as usize;
    let exact = (span.end as usize).saturating_sub(start) == text.len();
    text.char_indices()
        .map(|(offset, character)| {
            let from = start + offset;
            let place = if exact { Span::new(from, from + character.len_utf8()) } else { *span };
            Atom::Character(character, place)
        })
        .collect()
}

type Words<'w> = Vec<Vec<Atom<'w>>>;

struct Expander {
    limit: usize,
    work: usize,
}

impl Expander {
    fn expand<'w>(&mut self, text: &[Atom<'w>], depth: usize) -> Result<Words<'w>, Unexpanded> {
        let Some(depth) = depth.checked_sub(1) else { return Err(Unexpanded::TooMany) };
        let Some((open, close)) = self.find_braces(text)? else { return Ok(vec![text.to_vec()]) };
        let (before, inner, after) =
            (slice(text, 0, open), slice(text, open + 1, close), slice(text, close + 1, text.len()));
        let middle = self.alternatives(inner, depth)?.unwrap_or_else(|| vec![slice(text, open, close + 1).to_vec()]);
        let rest = self.expand(after, depth)?;
        if middle.len().saturating_mul(rest.len()) > self.limit {
            return Err(Unexpanded::TooMany);
        }
        let mut words = Vec::new();
        for alternative in &middle {
            for end in &rest {
                self.spend(before.len() + alternative.len() + end.len())?;
                words.push([before, alternative, end].concat());
            }
        }
        Ok(words)
    }

    fn spend(&mut self, work: usize) -> Result<(), Unexpanded> {
        self.work = self.work.checked_sub(work).ok_or(Unexpanded::TooMany)?;
        Ok(())
    }

    /// The first brace that opens an expansion, and the one that closes it.
    fn find_braces(&mut self, text: &[Atom<'_>]) -> Result<Option<(usize, usize)>, Unexpanded> {
        for (open, atom) in text.iter().enumerate() {
            let starts_empty = open == 0 && text.get(1).is_some_and(|next| next.is('}'));
            if atom.is('{')
                && !starts_empty
                && let Some(close) = self.find_close(text, open + 1)?
            {
                return Ok(Some((open, close)));
            }
        }
        Ok(None)
    }

    /// The `}` behind a comma or `..` on the same level.
    fn find_close(&mut self, text: &[Atom<'_>], start: usize) -> Result<Option<usize>, Unexpanded> {
        let (mut level, mut separated) = (0u32, false);
        for (offset, atom) in text.iter().enumerate().skip(start) {
            self.spend(1)?;
            let Atom::Character(character, _) = atom else { continue };
            match character {
                '}' if level == 0 && separated => return Ok(Some(offset)),
                '{' => level += 1,
                '}' if level > 0 => level -= 1,
                ',' if level == 0 => separated = true,
                '.' if level == 0 && next_is(text, offset, '.') && !next_is(text, offset + 1, '}') => separated = true,
                _ => {}
            }
        }
        Ok(None)
    }

    /// What stands between braces, expanded; `None` when it is text after all.
    fn alternatives<'w>(&mut self, inner: &[Atom<'w>], depth: usize) -> Result<Option<Words<'w>>, Unexpanded> {
        if !inner.iter().any(|atom| atom.is(',')) {
            return self.sequence(inner);
        }
        let mut words = Vec::new();
        for piece in split(inner) {
            words.extend(self.expand(piece, depth)?);
            if words.len() > self.limit {
                return Err(Unexpanded::TooMany);
            }
        }
        Ok(Some(words))
    }

    /// `x..y` and `x..y..step`
    fn sequence<'w>(&mut self, inner: &[Atom<'w>]) -> Result<Option<Words<'w>>, Unexpanded> {
        let mut text = String::new();
        let mut span: Option<Span> = None;
        for atom in inner {
            let Atom::Character(character, place) = atom else { return Ok(None) };
            text.push(*character);
            span = Some(span.map_or(*place, |span| span.to(*place)));
        }
        let Some(values) = sequence(&text, self.limit)? else { return Ok(None) };
        let span = span.unwrap_or_default();
        let word = |value: &String| value.chars().map(|character| Atom::Character(character, span)).collect();
        Ok(Some(values.iter().map(word).collect()))
    }
}

fn slice<'s, 'w>(atoms: &'s [Atom<'w>], start: usize, end: usize) -> &'s [Atom<'w>] {
    atoms.get(start..end).unwrap_or_default()
}

fn next_is(text: &[Atom<'_>], offset: usize, wanted: char) -> bool {
    text.get(offset + 1).is_some_and(|atom| atom.is(wanted))
}

/// Splits at the commas outside nested braces.
fn split<'s, 'w>(inner: &'s [Atom<'w>]) -> Vec<&'s [Atom<'w>]> {
    let mut pieces = Vec::new();
    let (mut level, mut start) = (0u32, 0);
    for (offset, atom) in inner.iter().enumerate() {
        match atom {
            Atom::Character('{', _) => level += 1,
            Atom::Character('}', _) => level = level.saturating_sub(1),
            Atom::Character(',', _) if level == 0 => {
                pieces.push(slice(inner, start, offset));
                start = offset + 1;
            }
            _ => {}
        }
    }
    pieces.push(slice(inner, start, inner.len()));
    pieces
}

/// The values of a sequence expression; `None` when it is none.
fn sequence(text: &str, limit: usize) -> Result<Option<Vec<String>>, Unexpanded> {
    let mut fields = text.split("..");
    let (Some(first), Some(last), step, None) = (fields.next(), fields.next(), fields.next(), fields.next()) else {
        return Ok(None);
    };
    let Some(step) = step.map_or(Some(1), number) else { return Ok(None) };
    let step = if step == 0 { 1 } else { step.unsigned_abs() };
    match (number(first), number(last)) {
        (Some(from), Some(to)) => {
            let width = if is_padded(first) || is_padded(last) { first.len().max(last.len()) } else { 0 };
            let values = steps(from, to, step, limit)?;
            Ok(Some(values.iter().map(|value| padded(*value, width)).collect()))
        }
        (None, None) => letters(first, last, step, limit),
        _ => Ok(None),
    }
}

/// A sequence of letters; the characters between `Z` and `a` mean something to the shell.
fn letters(first: &str, last: &str, step: u64, limit: usize) -> Result<Option<Vec<String>>, Unexpanded> {
    let (Some(from), Some(to)) = (letter(first), letter(last)) else { return Ok(None) };
    if from.is_ascii_lowercase() != to.is_ascii_lowercase() {
        return Err(Unexpanded::Unclear);
    }
    let values = steps(i64::from(from), i64::from(to), step, limit)?;
    Ok(Some(
        values.iter().filter_map(|value| u8::try_from(*value).ok()).map(|byte| char::from(byte).to_string()).collect(),
    ))
}

fn letter(text: &str) -> Option<u8> {
    match text.as_bytes() {
        [byte] if byte.is_ascii_alphabetic() => Some(*byte),
        _ => None,
    }
}

fn number(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) { None } else { text.parse().ok() }
}

/// Whether the number is written with leading zeros.
fn is_padded(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.len() > 1 && digits.starts_with('0')
}

fn padded(value: i64, width: usize) -> String {
    if value < 0 {
        format!("-{:0>1$}", value.unsigned_abs(), width.saturating_sub(1))
    } else {
        format!("{value:0>width$}")
    }
}

fn steps(from: i64, to: i64, step: u64, limit: usize) -> Result<Vec<i64>, Unexpanded> {
    let count = from.abs_diff(to) / step;
    if count >= limit as u64 {
        return Err(Unexpanded::TooMany);
    }
    let step = i64::try_from(step).unwrap_or(i64::MAX);
    let step = if from <= to { step } else { -step };
    Ok((0..=count).filter_map(|index| from.checked_add(step.checked_mul(i64::try_from(index).ok()?)?)).collect())
}

/// Puts a word together again.
fn join(atoms: &[Atom<'_>], span: Span) -> Result<Word, Unexpanded> {
    let literal = |(text, span): (String, Span)| Part::Literal { text: text.into(), span };
    let mut parts: Few<Part> = Few::default();
    let mut run: Option<(String, Span)> = None;
    for (offset, atom) in atoms.iter().enumerate() {
        if runs_on(atom, atoms.get(offset + 1)) {
            return Err(Unexpanded::Unclear);
        }
        match (atom, &mut run) {
            (Atom::Character(character, place), Some((text, span))) => {
                text.push(*character);
                *span = span.to(*place);
            }
            (Atom::Character(character, place), None) => run = Some((character.to_string(), *place)),
            (Atom::Whole(part), _) => {
                parts.extend(run.take().map(literal));
                parts.push((*part).clone());
            }
        }
    }
    parts.extend(run.map(literal));
    Ok(Word { parts, span })
}

/// Whether bash, which expands braces in the text, would read the atom and its new neighbour as one.
fn runs_on(atom: &Atom<'_>, next: Option<&Atom<'_>>) -> bool {
    let Some(next) = next else { return false };
    match atom {
        Atom::Character('$', _) => true,
        Atom::Whole(Part::Parameter(parameter)) => {
            let written = (parameter.span.end - parameter.span.start) as usize;
            let bare = written != parameter.name.len() + "${}".len() && parameter.operation == Operation::None;
            let is_name =
                parameter.name.starts_with(|character: char| character.is_ascii_alphabetic() || character == '_');
            let goes_on = matches!(next, Atom::Character(character, _) if character.is_ascii_alphanumeric() || *character == '_' || *character == '[');
            bare && is_name && goes_on && parameter.subscript.is_none()
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::ast::CommandKind;
    use crate::shell::{Dialect, parse};

    /// The words that `word` expands to, as text.
    fn expanded(word: &str, limit: usize) -> Result<Vec<String>, Unexpanded> {
        let script = parse(&format!("echo {word}"), Dialect::Bash).expect("the word is accepted");
        let CommandKind::Simple(simple) = &script.items[0].first.commands[0].kind else { panic!("not simple") };
        let words = expand(&simple.words[1], limit)?;
        Ok(words.iter().map(|word| word.literal().expect("the word is static").into_owned()).collect())
    }

    #[test]
    fn words_expand_as_in_bash() {
        // Each was printed by bash 5.2.
        let cases = [
            ("{a,b}", "a b"),
            ("x{a,b}y", "xay xby"),
            ("{a,b}{c,d}", "ac ad bc bd"),
            ("{a,{b,c}d}e", "ae bde cde"),
            ("{a{b,c}}", "{ab} {ac}"),
            ("{a}", "{a}"),
            ("{a", "{a"),
            ("{a,b", "{a,b"),
            ("{{a,b}", "{a {b"),
            ("{a}b,c}", "a}b c"),
            ("{}", "{}"),
            ("{},a}", "{},a}"),
            ("x{},a}", "x} xa"),
            ("{,a}", "a"),
            ("x{,}", "x x"),
            ("'{a,b}'", "{a,b}"),
            ("{'a,b',c}", "a,b c"),
            ("{a\\,b,c}", "a,b c"),
            ("\\{a,b}", "{a,b}"),
            ("{a,b\\}", "{a,b}"),
            ("{\"a b\",c}", "a b c"),
            ("{1..3}", "1 2 3"),
            ("{3..1}", "3 2 1"),
            ("{1..10..4}", "1 5 9"),
            ("{10..1..4}", "10 6 2"),
            ("{1..3..0}", "1 2 3"),
            ("{1..5..-2}", "1 3 5"),
            ("{01..3}", "01 02 03"),
            ("{-1..1}", "-1 0 1"),
            ("{-01..1}", "-01 000 001"),
            ("{1..1}", "1"),
            ("{a..e..2}", "a c e"),
            ("{c..a}", "c b a"),
            ("{a..3}", "{a..3}"),
            ("{1..a}", "{1..a}"),
            ("{1..2..x}", "{1..2..x}"),
            ("{1..}", "{1..}"),
            ("{..2}", "{..2}"),
            ("{1...3}", "{1...3}"),
            ("{-0..2}", "0 1 2"),
            ("{0..-02}", "000 -01 -02"),
            ("{+1..3}", "1 2 3"),
            ("{1..3..2..2}", "{1..3..2..2}"),
            ("{a,b}c,d}", "ac,d} bc,d}"),
            ("{a,{b}}", "a {b}"),
            ("{a,{b}", "{a,{b}"),
            ("{a,b}}", "a} b}"),
            ("{a,b..c}", "a b..c"),
            ("{..}", "{..}"),
            ("{1..2}{a..b}", "1a 1b 2a 2b"),
            ("{1..2,3}", "1..2 3"),
            ("{aa..bb}", "{aa..bb}"),
            ("{1..'3'}", "{1..3}"),
            ("{1.2,3}", "1.2 3"),
            ("{a,b}{1..", "a{1.. b{1.."),
            ("{x..y}{", "x{ y{"),
            ("r{m,}", "rm r"),
            ("{rm,-rf,x}", "rm -rf x"),
        ];
        for (word, expected) in cases {
            assert_eq!(expanded(word, 100).map(|words| words.join(" ")), Ok(expected.to_owned()), "{word}");
        }
    }

    #[test]
    fn too_many_words_are_refused() {
        for word in
            ["{1..1000}", "{1..9223372036854775807}", "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}", "{-9..9999999999999}"]
        {
            assert_eq!(expanded(word, 100), Err(Unexpanded::TooMany), "{word}");
        }
        assert_eq!(expanded(&"{a,".repeat(200), 100), Ok(vec!["{a,".repeat(200)]));
        assert_eq!(expanded(&"{a,".repeat(100_000), 100), Err(Unexpanded::TooMany));
        assert!(expanded(&("{a,".repeat(1000) + &"}".repeat(1000)), 10_000).is_err());
    }

    #[test]
    fn what_bash_would_read_anew_is_refused() {
        let script = parse("echo $x{a,b} ${x}{a,b} {$,a}b", Dialect::Bash).expect("the words are accepted");
        let CommandKind::Simple(simple) = &script.items[0].first.commands[0].kind else { panic!("not simple") };
        let results: Vec<bool> = simple.words.iter().map(|word| expand(word, 10).is_ok()).collect();
        assert_eq!(results, [true, false, true, false]);
        assert_eq!(expanded("{A..z}", 100), Err(Unexpanded::Unclear));
    }
}
