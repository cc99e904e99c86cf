//! Cuts lines into words as the line clients of stores do.

use crate::follow::step::{Arg, Piece};
use crate::span::Span;
use crate::text::Text;

/// A word, without its quotes.
pub type Word = Text;

/// The lines of a text, as ranges; a line break inside double quotes ends none.
pub fn lines(source: &str) -> Vec<(usize, usize)> {
    let mut lines = Vec::new();
    let (mut start, mut quote, mut is_escaped) = (0, None, false);
    for (at, byte) in source.bytes().enumerate() {
        match (quote, byte) {
            _ if is_escaped => is_escaped = false,
            (Some(_), b'\\') => is_escaped = true,
            (Some(open), byte) if open == byte => quote = None,
            (None, b'\'' | b'"')
                if at == start || source.as_bytes().get(at - 1).is_some_and(u8::is_ascii_whitespace) =>
            {
                quote = Some(byte);
            }
            (None, b'\n') => {
                lines.push((start, at));
                start = at + 1;
            }
            _ => {}
        }
    }
    if quote.is_some() {
        // A quote that does not end is none: every line counts.
        lines.clear();
        start = 0;
        for (at, _) in source.match_indices('\n') {
            lines.push((start, at));
            start = at + 1;
        }
    }
    lines.push((start, source.len()));
    let is_break = |end: &usize| end.checked_sub(1).and_then(|last| source.as_bytes().get(last)) == Some(&b'\r');
    lines.into_iter().map(|(start, end)| (start, end - usize::from(is_break(&end) && end > start))).collect()
}

/// The words between `start` and `end`. In double quotes a backslash escapes, in single quotes only a quote.
pub fn words(text: &Text, start: usize, end: usize) -> Vec<Word> {
    let bytes = text.as_str().as_bytes();
    let mut words = Vec::new();
    let mut at = start;
    while at < end {
        match bytes.get(at) {
            Some(byte) if byte.is_ascii_whitespace() => at += 1,
            Some(&quote @ (b'\'' | b'"')) => {
                let (word, after) = quoted(text, at + 1, end, quote);
                words.push(word);
                at = after;
            }
            _ => {
                let length =
                    bytes.get(at..end).unwrap_or(&[]).iter().take_while(|byte| !byte.is_ascii_whitespace()).count();
                words.push(text.slice(at, at + length));
                at += length;
            }
        }
    }
    words
}

/// The word in quotes that starts at `start`, and where what follows it starts.
fn quoted(text: &Text, start: usize, end: usize, quote: u8) -> (Word, usize) {
    let bytes = text.as_str().as_bytes();
    let mut word = Text::default();
    let (mut from, mut at) = (start, start);
    while at < end {
        match bytes.get(at) {
            Some(byte) if *byte == quote => {
                word.push(&text.slice(from, at));
                return (word, at + 1);
            }
            Some(b'\\') if quote == b'"' || bytes.get(at + 1) == Some(&quote) => {
                word.push(&text.slice(from, at));
                let (decoded, length) = escape(bytes.get(at + 1..end).unwrap_or(&[]));
                match decoded {
                    Some(character) => {
                        word.push(&Text::derived(character.to_string(), text.locate(Span::new(at, at + 1 + length))));
                        from = at + 1 + length;
                    }
                    None => from = at + 1,
                }
                at += 1 + length;
            }
            _ => at += 1,
        }
    }
    word.push(&text.slice(from, end));
    (word, end)
}

/// What the characters behind a backslash stand for, and how many they are; `None` for themselves.
fn escape(rest: &[u8]) -> (Option<char>, usize) {
    match rest {
        [b'n', ..] => (Some('\n'), 1),
        [b'r', ..] => (Some('\r'), 1),
        [b't', ..] => (Some('\t'), 1),
        [b'x', high, low, ..] => {
            let digit = |byte: u8| char::from(byte).to_digit(16);
            match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => (char::from_u32(high * 16 + low), 3),
                _ => (None, 1),
            }
        }
        _ => (None, 1),
    }
}

/// Arguments as one line that falls into the same words again.
pub fn line<'a>(arguments: impl Iterator<Item = &'a Arg>) -> Arg {
    let mut line = Arg::default();
    for (index, argument) in arguments.enumerate() {
        if index == 0 {
            line.span = argument.span;
        } else {
            push(&mut line, Text::derived(" ", argument.span));
            line.span = line.span.to(argument.span);
        }
        let is_plain =
            |text: &Text| !text.as_str().contains(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '\\'));
        let plain = argument.pieces.iter().all(|piece| !matches!(piece, Piece::Text(text) if !is_plain(text)));
        if plain && !argument.pieces.is_empty() {
            argument.pieces.iter().for_each(|piece| push_piece(&mut line, piece));
        } else {
            push(&mut line, Text::derived("\"", argument.span));
            argument.pieces.iter().for_each(|piece| push_quoted(&mut line, piece));
            push(&mut line, Text::derived("\"", argument.span));
        }
    }
    line
}

fn push_piece(line: &mut Arg, piece: &Piece) {
    match piece {
        Piece::Text(text) => push(line, text.clone()),
        Piece::Hole(hole) => line.pieces.push(Piece::Hole(hole.clone())),
    }
}

/// Appends a piece with its quotes and backslashes escaped.
fn push_quoted(line: &mut Arg, piece: &Piece) {
    let Piece::Text(text) = piece else { return push_piece(line, piece) };
    let mut from = 0;
    for (at, _) in text.as_str().match_indices(['"', '\\']) {
        push(line, text.slice(from, at));
        push(line, Text::derived("\\", text.locate(Span::new(at, at + 1))));
        from = at;
    }
    push(line, text.slice(from, text.as_str().len()));
}

fn push(line: &mut Arg, text: Text) {
    match line.pieces.last_mut() {
        Some(Piece::Text(last)) => last.push(&text),
        _ => line.pieces.push(Piece::Text(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lose_their_quotes() {
        let source = r#"SET "a b" 'c\'d' e"f \x41 "\x44\x45L" """#;
        let text = Text::request(source);
        let words: Vec<String> = words(&text, 0, source.len()).iter().map(|word| word.as_str().to_owned()).collect();
        assert_eq!(words, ["SET", "a b", "c'd", "e\"f", "\\x41", "DEL", ""]);
    }

    #[test]
    fn a_line_falls_into_its_words_again() {
        let given = ["EVAL", "return redis.call(\"a\", 'b\\n')", "", "x\ny", "plain"];
        let arguments: Vec<Arg> =
            given.iter().map(|word| Arg::known(Text::request(word), Span::new(0, word.len()))).collect();
        let line = crate::payload::flatten(&line(arguments.iter()));
        let words: Vec<String> =
            words(&line, 0, line.as_str().len()).iter().map(|word| word.as_str().to_owned()).collect();
        assert_eq!(words, given);
        assert_eq!(lines(line.as_str()).len(), 1);
    }
}
