//! Shell patterns on known text: `${x#…}`, `${x%…}`, `${x/…}`.

use super::fields::Bit;

/// A pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    tokens: Vec<Token>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// This character.
    One(char),
    /// `?`
    Any,
    /// `*`
    Many,
    /// `[…]`
    Set { negated: bool, ranges: Vec<(char, char)>, classes: Vec<String> },
}

/// Characters of text, times tokens, that are worth the work. Beyond it nothing is known.
const WORK: usize = 1 << 20;

impl Pattern {
    /// The pattern that these bits of a word make; `None` when a part of it is not known.
    pub(super) fn new(bits: &[Bit]) -> Option<Pattern> {
        let mut characters = Vec::new();
        for bit in bits {
            match bit {
                Bit::Hole(_) => return None,
                Bit::Text { text, live } => characters.extend(text.as_str().chars().map(|c| (c, *live))),
            }
        }
        Some(Pattern { tokens: tokens(&characters) })
    }

    /// The text, when the pattern matches only that.
    pub(super) fn literal(&self) -> Option<String> {
        self.tokens.iter().map(|token| if let Token::One(c) = token { Some(*c) } else { None }).collect()
    }

    /// Whether it matches all of `text`.
    pub(super) fn matches(&self, text: &[char]) -> bool {
        let (mut at, mut token) = (0, 0);
        let mut retry: Option<(usize, usize)> = None;
        while at < text.len() {
            match self.tokens.get(token) {
                Some(Token::Many) => {
                    retry = Some((at, token));
                    token += 1;
                    continue;
                }
                Some(one) if text.get(at).is_some_and(|c| one.accepts(*c)) => {
                    at += 1;
                    token += 1;
                    continue;
                }
                _ => {}
            }
            let Some((start, many)) = retry else { return false };
            at = start + 1;
            token = many + 1;
            retry = Some((at, many));
        }
        self.tokens.iter().skip(token).all(|token| *token == Token::Many)
    }

    /// Where the shortest or longest match at the beginning of `text` ends, in characters.
    pub(super) fn prefix(&self, text: &[char], longest: bool) -> Option<usize> {
        let fits = |end: &usize| self.matches(text.get(..*end).unwrap_or_default());
        match longest {
            true => (0..=text.len()).rev().find(fits),
            false => (0..=text.len()).find(fits),
        }
    }

    /// Where the shortest or longest match at the end of `text` begins, in characters.
    pub(super) fn suffix(&self, text: &[char], longest: bool) -> Option<usize> {
        let fits = |start: &usize| self.matches(text.get(*start..).unwrap_or_default());
        match longest {
            true => (0..=text.len()).find(fits),
            false => (0..=text.len()).rev().find(fits),
        }
    }

    /// Whether working with `text` is worth it, when every stretch of it may be looked at.
    pub(super) fn is_cheap_for(&self, text: &[char]) -> bool {
        let length = text.len() + 1;
        length.saturating_mul(length).saturating_mul(self.tokens.len() + 1) <= WORK
    }
}

impl Token {
    fn accepts(&self, c: char) -> bool {
        match self {
            Token::One(one) => *one == c,
            Token::Any => true,
            Token::Many => false,
            Token::Set { negated, ranges, classes } => {
                let inside = ranges.iter().any(|(from, to)| (*from..=*to).contains(&c))
                    || classes.iter().any(|class| is_in_class(c, class));
                inside != *negated
            }
        }
    }
}

fn tokens(characters: &[(char, bool)]) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(characters.len());
    let mut at = 0;
    while let Some((c, live)) = characters.get(at) {
        at += 1;
        let token = match c {
            '*' if *live => Token::Many,
            '?' if *live => Token::Any,
            '\\' if *live && at < characters.len() => {
                let escaped = characters.get(at).map_or('\\', |(c, _)| *c);
                at += 1;
                Token::One(escaped)
            }
            '[' if *live => match set(characters, at) {
                Some((set, end)) => {
                    at = end;
                    set
                }
                None => Token::One('['),
            },
            _ => Token::One(*c),
        };
        tokens.push(token);
    }
    tokens
}

/// The bracket expression whose inside begins at `at`, and where it ends.
fn set(characters: &[(char, bool)], at: usize) -> Option<(Token, usize)> {
    let negated = matches!(characters.get(at), Some(('!' | '^', true)));
    let first = at + usize::from(negated);
    let mut here = first;
    let (mut ranges, mut classes) = (Vec::new(), Vec::new());
    loop {
        let (c, live) = *characters.get(here)?;
        if c == ']' && live && here > first {
            return Some((Token::Set { negated, ranges, classes }, here + 1));
        }
        if c == '[' && matches!(characters.get(here + 1), Some((':', _))) {
            let inside = characters.get(here + 2..)?;
            let length = inside.iter().position(|(c, _)| *c == ':')?;
            if matches!(inside.get(length + 1), Some((']', _))) {
                classes.push(inside.get(..length)?.iter().map(|(c, _)| *c).collect());
                here += length + 4;
                continue;
            }
        }
        let range = matches!(characters.get(here + 1), Some(('-', true)));
        match characters.get(here + 2) {
            Some((to, to_live)) if range && !(*to == ']' && *to_live) => {
                ranges.push((c, *to));
                here += 3;
            }
            _ => {
                ranges.push((c, c));
                here += 1;
            }
        }
    }
}

/// Whether `c` is in a POSIX class such as `alpha`.
pub(super) fn is_in_class(c: char, class: &str) -> bool {
    match class {
        "alpha" => c.is_alphabetic(),
        "digit" => c.is_ascii_digit(),
        "alnum" => c.is_alphanumeric(),
        "upper" => c.is_uppercase(),
        "lower" => c.is_lowercase(),
        "space" => c.is_ascii_whitespace() || c == '\u{b}',
        "blank" => matches!(c, ' ' | '\t'),
        "punct" => c.is_ascii_punctuation(),
        "cntrl" => c.is_control(),
        "print" => !c.is_control(),
        "graph" => !c.is_control() && c != ' ',
        "xdigit" => c.is_ascii_hexdigit(),
        "word" => c.is_alphanumeric() || c == '_',
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::Span;
    use crate::text::Text;

    fn pattern(text: &str) -> Pattern {
        Pattern::new(&[Bit::Text { text: Text::derived(text, Span::default()), live: true }]).expect("known")
    }

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn patterns_match_as_in_bash() {
        let cases = [
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*c", "abbd", false),
            ("*.t?t", "x.y.txt", true),
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("[]x]", "]", true),
            ("[[:digit:]]*", "4a", true),
            ("[[:digit:]]*", "a4", false),
            ("\\*", "*", true),
            ("\\*", "a", false),
            ("[a", "[a", true),
            ("*a*b*", "xxaxxbxx", true),
        ];
        for (pattern_text, text, expected) in cases {
            assert_eq!(pattern(pattern_text).matches(&chars(text)), expected, "{pattern_text} on {text}");
        }
    }

    #[test]
    fn prefixes_and_suffixes_are_shortest_or_longest() {
        let path = chars("/a/b/c.tar.gz");
        assert_eq!(pattern("*/").prefix(&path, false), Some(1));
        assert_eq!(pattern("*/").prefix(&path, true), Some(5));
        assert_eq!(pattern(".*").suffix(&path, false), Some(10));
        assert_eq!(pattern(".*").suffix(&path, true), Some(6));
        assert_eq!(pattern("x").prefix(&path, true), None);
    }
}
