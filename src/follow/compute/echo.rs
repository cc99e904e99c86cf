//! `echo` and `printf`.

use super::Run;
use super::escapes::{Kind, unescape};
use crate::follow::limits;
use crate::follow::operations::quote;
use crate::follow::step::{Arg, Hole, Piece, Source};
use crate::shell::Dialect;
use crate::span::Span;
use crate::text::Text;

/// `echo`
pub(super) fn echo(run: &Run<'_>) -> Option<Arg> {
    let (mut newline, mut escapes) = (true, run.unescapes);
    let mut words = run.arguments;
    while let Some((first, rest)) = words.split_first() {
        let Some(options) = first.text().and_then(|text| text.strip_prefix('-')) else { break };
        let known = if run.dialect == Dialect::Posix { "n" } else { "neE" };
        if options.is_empty() || !options.chars().all(|option| known.contains(option)) {
            break;
        }
        for option in options.chars() {
            match option {
                'n' => newline = false,
                'e' => escapes = true,
                _ => escapes = false,
            }
        }
        words = rest;
    }
    let span = words.iter().fold(words.first().map_or_else(Span::default, |word| word.span), |a, b| a.to(b.span));
    let mut line = joined(words, span).quoted();
    if escapes {
        let (unescaped, ends) = unescaped(&line, Kind::Echo)?;
        line = unescaped;
        newline &= !ends;
    }
    if newline {
        line.push_text(Text::derived("\n", span));
    }
    Some(line)
}

/// Words with blanks between them. A word that may be none takes the blank beside it into its hole.
fn joined(words: &[Arg], span: Span) -> Arg {
    let mut line = Arg { pieces: Vec::new(), span };
    let mut vanishes = true;
    for word in words {
        let may_vanish = may_be_none(word);
        if !vanishes && !may_vanish {
            line.push_text(Text::derived(" ", word.span));
        }
        line.append(word);
        vanishes = may_vanish;
    }
    line
}

/// Whether a word may turn out to be none.
fn may_be_none(word: &Arg) -> bool {
    !word.pieces.is_empty()
        && word.pieces.iter().all(|piece| matches!(piece, Piece::Hole(hole) if hole.splits && hole.may_be_empty))
}

/// A string after its escapes were read, and whether `\c` ended it.
fn unescaped(string: &Arg, kind: Kind) -> Option<(Arg, bool)> {
    let mut result = Arg { pieces: Vec::with_capacity(string.pieces.len()), span: string.span };
    for piece in &string.pieces {
        match piece {
            Piece::Text(text) if !text.as_str().contains('\\') => result.push_text(text.clone()),
            Piece::Text(text) => {
                let unescaped = unescape(text.as_str(), kind);
                result.push_text(Text::derived(String::from_utf8(unescaped.bytes).ok()?, text.source()));
                if unescaped.ends {
                    return Some((result, true));
                }
            }
            Piece::Hole(hole) => result.push_hole(hole.clone()),
        }
    }
    Some((result, false))
}

/// A part of a format.
enum Part {
    Text(String),
    /// `%-10.3s`: flags, width, precision, letter.
    Conversion(Conversion),
}

#[derive(Default)]
struct Conversion {
    left: bool,
    zero: bool,
    plus: bool,
    alternate: bool,
    width: usize,
    precision: Option<usize>,
    letter: char,
}

/// `printf`
pub(super) fn printf(run: &Run<'_>) -> Option<Arg> {
    let words = match run.arguments {
        [first, rest @ ..] if first.text() == Some("--") => rest,
        words => words,
    };
    let (format, arguments) = words.split_first()?;
    let parts = parts(format.text()?)?;
    let conversions = parts.iter().filter(|part| matches!(part, Part::Conversion(_))).count();
    // Which conversion takes which word is not known behind one that may be several.
    if arguments.iter().any(|word| may_be_none(word) || (conversions > 1 && word.splits())) {
        return None;
    }
    let mut rest = arguments.iter();
    let mut printed = Arg { pieces: Vec::new(), span: format.span };
    loop {
        let before = rest.len();
        for part in &parts {
            match part {
                Part::Text(text) => printed.push_text(Text::derived(text.as_str(), format.span)),
                Part::Conversion(conversion) => {
                    if convert(conversion, rest.next(), &mut printed)? {
                        return Some(printed);
                    }
                }
            }
        }
        if printed.size() > limits::TEXT {
            return None;
        }
        if rest.len() == 0 || rest.len() == before {
            return Some(printed);
        }
    }
}

/// Prints one argument; whether `\c` ended the output.
fn convert(conversion: &Conversion, argument: Option<&Arg>, printed: &mut Arg) -> Option<bool> {
    let plain = conversion.width == 0 && conversion.precision.is_none();
    let empty = Arg::default();
    let argument = argument.unwrap_or(&empty);
    match conversion.letter {
        's' if plain => printed.append(&argument.clone().quoted()),
        's' => printed.push_text(made(conversion.padded(argument.text()?), argument)),
        'b' => {
            let (text, ends) = unescaped(&argument.clone().quoted(), Kind::Echo)?;
            printed.append(&text);
            return Some(ends);
        }
        'c' => {
            let first: String = argument.text()?.chars().take(1).collect();
            printed.push_text(made(conversion.padded(&first), argument));
        }
        'q' => printed.push_text(made(quoted(argument.text()?), argument)),
        _ => match argument.only_hole() {
            Some(_) => printed.push_hole(Hole::filled(Source::Number)),
            None => {
                let text = conversion.number(argument.text()?)?;
                printed.push_text(made(text, argument));
            }
        },
    }
    Some(false)
}

fn made(text: String, from: &Arg) -> Text {
    Text::derived(text, from.span)
}

/// What `%q` prints.
fn quoted(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:=@%+,".contains(&byte);
    if text.is_empty() || text.chars().any(|c| c.is_control() || !c.is_ascii()) {
        return quote(text);
    }
    let mut quoted = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if !c.is_ascii() || !plain(c as u8) {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted
}

/// Takes a format apart.
fn parts(format: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        text.push_str(rest.get(..at)?);
        rest = rest.get(at + 1..)?;
        if let Some(behind) = rest.strip_prefix('%') {
            text.push('%');
            rest = behind;
            continue;
        }
        push(&mut parts, &text)?;
        text.clear();
        let (conversion, behind) = conversion(rest)?;
        parts.push(Part::Conversion(conversion));
        rest = behind;
    }
    text.push_str(rest);
    push(&mut parts, &text)?;
    Some(parts)
}

fn push(parts: &mut Vec<Part>, text: &str) -> Option<()> {
    if !text.is_empty() {
        parts.push(Part::Text(String::from_utf8(unescape(text, Kind::Printf).bytes).ok()?));
    }
    Some(())
}

/// Reads a conversion behind its `%`.
fn conversion(text: &str) -> Option<(Conversion, &str)> {
    let mut conversion = Conversion::default();
    let mut rest = text;
    while let Some(flag) = rest.chars().next().filter(|c| "-0+ #'".contains(*c)) {
        match flag {
            '-' => conversion.left = true,
            '0' => conversion.zero = true,
            '+' => conversion.plus = true,
            '#' => conversion.alternate = true,
            _ => return None,
        }
        rest = rest.get(1..)?;
    }
    let (width, behind) = digits(rest);
    conversion.width = width.unwrap_or(0);
    rest = behind;
    if let Some(behind) = rest.strip_prefix('.') {
        let (precision, behind) = digits(behind);
        conversion.precision = Some(precision.unwrap_or(0));
        rest = behind;
    }
    rest = rest.trim_start_matches(['h', 'l', 'j', 'z', 't']);
    conversion.letter = rest.chars().next()?;
    let usual = "sbcqdiuoxX".contains(conversion.letter) && conversion.width <= limits::TEXT;
    usual.then_some((conversion, rest.get(1..)?))
}

fn digits(text: &str) -> (Option<usize>, &str) {
    let length = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(length).unwrap_or(("", text));
    (digits.parse().ok(), rest)
}

impl Conversion {
    fn padded(&self, text: &str) -> String {
        let text: String = match self.precision {
            Some(precision) => text.chars().take(precision).collect(),
            None => text.to_owned(),
        };
        let width = self.width;
        if self.left { format!("{text:<width$}") } else { format!("{text:>width$}") }
    }

    fn number(&self, text: &str) -> Option<String> {
        let value = integer(text)?;
        let magnitude = value.unsigned_abs();
        let digits = match self.letter {
            'o' => format!("{value:o}"),
            'x' => format!("{value:x}"),
            'X' => format!("{value:X}"),
            _ => magnitude.to_string(),
        };
        let precision = self.precision.unwrap_or(1);
        let digits = format!("{digits:0>precision$}");
        let prefix = match self.letter {
            'x' if self.alternate => "0x",
            'X' if self.alternate => "0X",
            'o' if self.alternate => "0",
            'd' | 'i' if value < 0 => "-",
            'd' | 'i' if self.plus => "+",
            _ => "",
        };
        let width = self.width;
        if self.zero && !self.left && self.precision.is_none() {
            let inner = width.saturating_sub(prefix.len());
            return Some(format!("{prefix}{digits:0>inner$}"));
        }
        let whole = format!("{prefix}{digits}");
        Some(if self.left { format!("{whole:<width$}") } else { format!("{whole:>width$}") })
    }
}

/// A number as `printf` reads it: also octal, hexadecimal, and `'c` for the code of a character.
fn integer(text: &str) -> Option<i64> {
    if let Some(character) = text.strip_prefix(['\'', '"']) {
        return character.chars().next().map(|c| i64::from(u32::from(c)));
    }
    let text = text.trim_start();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let value = if digits.is_empty() {
        0
    } else if let Some(digits) = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        i64::from_str_radix(digits, 16).ok()?
    } else if digits.len() > 1 && digits.starts_with('0') {
        i64::from_str_radix(digits, 8).ok()?
    } else {
        digits.parse().ok()?
    };
    Some(if negative { -value } else { value })
}
