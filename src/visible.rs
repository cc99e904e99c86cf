//! Shows text from outside on a terminal: every character is either drawn as itself or named, and none is obeyed.
//!
//! What a terminal would obey (control characters, escape sequences) or a reader could not see (zero-width and
//! direction characters, spaces that are not the space) is written out: `^[`, `<U+202E>`.

use std::borrow::Cow;

use unicode_width::UnicodeWidthChar;

/// Ranges of characters that are not seen, or seen as something else, although they take room on some terminals.
const UNSEEN: [(char, char); 22] = [
    ('\u{80}', '\u{A0}'),        // C1 controls, the no-break space
    ('\u{AD}', '\u{AD}'),        // soft hyphen
    ('\u{34F}', '\u{34F}'),      // combining grapheme joiner
    ('\u{61C}', '\u{61C}'),      // Arabic letter mark
    ('\u{115F}', '\u{1160}'),    // Hangul fillers
    ('\u{1680}', '\u{1680}'),    // Ogham space
    ('\u{17B4}', '\u{17B5}'),    // Khmer inherent vowels
    ('\u{180B}', '\u{180F}'),    // Mongolian selectors
    ('\u{2000}', '\u{200F}'),    // spaces, zero-width characters, direction marks
    ('\u{2028}', '\u{202F}'),    // line separators, direction embeddings and overrides
    ('\u{205F}', '\u{206F}'),    // spaces, invisible operators, direction isolates
    ('\u{2800}', '\u{2800}'),    // blank braille pattern
    ('\u{3000}', '\u{3000}'),    // ideographic space
    ('\u{3164}', '\u{3164}'),    // Hangul filler
    ('\u{E000}', '\u{F8FF}'),    // private use
    ('\u{FE00}', '\u{FE0F}'),    // variation selectors
    ('\u{FEFF}', '\u{FEFF}'),    // zero-width no-break space
    ('\u{FFA0}', '\u{FFA0}'),    // half-width Hangul filler
    ('\u{FFF0}', '\u{FFFB}'),    // specials
    ('\u{1BCA0}', '\u{1BCA3}'),  // shorthand format controls
    ('\u{1D173}', '\u{1D17A}'),  // musical format controls
    ('\u{E0000}', '\u{10FFFF}'), // tags, selectors, private use
];

/// How a character is shown, and how many columns that takes.
pub fn character(c: char) -> (Cow<'static, str>, usize) {
    if let ' '..='~' = c {
        return (Cow::Owned(c.to_string()), 1);
    }
    if c.is_ascii() {
        // The caret notation of terminals: the key that is held with Ctrl.
        let key = char::from(c as u8 ^ 0x40);
        return (Cow::Owned(format!("^{key}")), 2);
    }
    let unseen = UNSEEN.iter().any(|(first, last)| (*first..=*last).contains(&c));
    match c.width() {
        Some(width) if width > 0 && !unseen => (Cow::Owned(c.to_string()), width),
        _ => {
            let name = format!("<U+{:04X}>", u32::from(c));
            let width = name.len();
            (Cow::Owned(name), width)
        }
    }
}

/// A text on one line: newlines are shown as `^J`, as every other control character is.
pub fn line(text: &str) -> Cow<'_, str> {
    match text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        true => Cow::Borrowed(text),
        false => Cow::Owned(text.chars().map(|c| character(c).0).collect()),
    }
}

/// A text on one line, at most `width` columns, with `...` where it was cut.
pub fn short(text: &str, width: usize) -> String {
    const CUT: &str = "...";
    let mut shown = String::new();
    let mut columns = 0;
    // Where the text ends if it turns out to be too long.
    let mut end = 0;
    for c in text.chars() {
        let (drawn, room) = character(c);
        if columns + room > width {
            shown.truncate(end);
            shown.push_str(CUT.get(..CUT.len().min(width)).unwrap_or_default());
            return shown;
        }
        shown.push_str(&drawn);
        columns += room;
        if columns + CUT.len() <= width {
            end = shown.len();
        }
    }
    shown
}

/// How many columns a shown text takes.
pub fn width(shown: &str) -> usize {
    shown.chars().map(|c| c.width().unwrap_or(0)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_is_named() {
        let cases = [
            ("rm -rf src", "rm -rf src"),
            ("a\x1b[2J\x07b", "a^[[2J^Gb"),
            ("a\tb\nc\rd\x7f", "a^Ib^Jc^Md^?"),
            ("\u{9b}31m", "<U+009B>31m"),
            ("a\u{202e}b\u{200b}c", "a<U+202E>b<U+200B>c"),
            ("rm\u{a0}x\u{3000}y", "rm<U+00A0>x<U+3000>y"),
            ("e\u{301}", "e<U+0301>"),
            ("é 日本 🦀", "é 日本 🦀"),
            ("\u{e0041}", "<U+E0041>"),
        ];
        for (text, expected) in cases {
            assert_eq!(line(text), expected, "{text:?}");
        }
    }

    #[test]
    fn no_character_is_sent_that_is_not_seen() {
        for c in (0..=0x10FFFF).filter_map(char::from_u32) {
            let (drawn, room) = character(c);
            assert!(drawn.chars().all(|c| !c.is_control() && c.width().is_some_and(|width| width > 0)), "{c:?}");
            assert_eq!(width(&drawn), room, "{c:?}");
        }
    }

    #[test]
    fn long_texts_are_cut_to_the_width() {
        let cases = [
            ("abcdef", 6, "abcdef"),
            ("abcdef", 5, "ab..."),
            ("日本日本", 7, "日本..."),
            ("ab\x1bcd", 5, "ab..."),
            ("abc", 2, ".."),
        ];
        for (text, columns, expected) in cases {
            assert_eq!(short(text, columns), expected, "{text}");
        }
    }
}
