//! Reads awk programs: what they run through `system` and pipes, and the files that they write.

use super::{opaque, shell, writes};
use crate::payload::{HOLE, Outcome};
use crate::text::Text;

/// Reads a program.
pub fn read(code: &Text) -> Outcome {
    let mut outcome = Outcome::read_only();
    let text = code.as_str();
    if !text.is_empty() && text.trim().chars().all(|c| c == HOLE) {
        opaque(&mut outcome, "awk.unknown", code);
        return outcome;
    }
    let tokens = tokens(text);
    let mut print_depth: Option<i32> = None;
    let mut depth = 0;
    for (index, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => {
                depth -= 1;
                if print_depth.is_some_and(|inside| depth < inside) {
                    print_depth = None;
                }
            }
            Kind::End => print_depth = None,
            Kind::Word => match &text[token.start..token.end] {
                _ if is_print(text, token) => print_depth = Some(depth),
                "system" => runs(&mut outcome, code, &operand(&tokens, index + 2, true)),
                // A loaded library or an include brings code that is not here.
                "@load" | "@include" => opaque(&mut outcome, "awk.unknown", code),
                _ => {}
            },
            Kind::Greater if print_depth == Some(depth) => {
                let target = operand(&tokens, index + 1, false);
                writes(&mut outcome, "awk.write", literal(code, &target));
                print_depth = None;
            }
            Kind::Pipe if print_depth == Some(depth) => {
                let from = tokens[..index].iter().rposition(|token| token.kind == Kind::Word && is_print(text, token));
                let printed = literal(code, &tokens[from.map_or(index, |from| from + 1)..index]);
                piped(&mut outcome, code, &printed, &operand(&tokens, index + 1, false));
                print_depth = None;
            }
            Kind::Pipe => {
                let from = tokens[..index]
                    .iter()
                    .rposition(|token| matches!(token.kind, Kind::End | Kind::Open | Kind::Assign));
                runs(&mut outcome, code, &tokens[from.map_or(0, |from| from + 1)..index]);
            }
            _ => {}
        }
    }
    outcome
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Word,
    Number,
    String,
    Open,
    Close,
    /// `;`, a newline, `{` or `}`
    End,
    /// `>` or `>>`
    Greater,
    Pipe,
    Assign,
    Other,
}

#[derive(Clone, Copy, Debug)]
struct Token {
    kind: Kind,
    start: usize,
    end: usize,
}

/// The tokens of an expression from `from` on: to the closing parenthesis, or to the end of the statement.
fn operand(tokens: &[Token], from: usize, in_parentheses: bool) -> Vec<Token> {
    let mut depth = 0;
    let mut taken = Vec::new();
    for token in tokens.iter().skip(from) {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close if depth == 0 => break,
            Kind::Close => depth -= 1,
            Kind::End => break,
            _ => {}
        }
        taken.push(*token);
        if !in_parentheses && taken.len() > 64 {
            break;
        }
    }
    taken
}

fn is_print(text: &str, token: &Token) -> bool {
    matches!(&text[token.start..token.end], "print" | "printf")
}

/// What is printed into a command: the command may be a shell that runs it.
fn piped(outcome: &mut Outcome, code: &Text, printed: &Text, command: &[Token]) {
    let line = literal(code, command);
    if printed.is_empty() || printed.as_str().contains('\'') || line.as_str().contains(HOLE) {
        return runs(outcome, code, command);
    }
    let mut whole = Text::derived("echo '", printed.source());
    whole.push(printed);
    whole.push(&Text::derived("' | ", line.source()));
    whole.push(&line);
    shell(outcome, whole);
}

/// A command line that is put together from an expression.
fn runs(outcome: &mut Outcome, code: &Text, expression: &[Token]) {
    let line = literal(code, expression);
    if line.as_str().chars().all(|c| c == HOLE || c.is_whitespace()) {
        opaque(outcome, "awk.execute", code);
    } else {
        shell(outcome, line);
    }
}

/// The value of a concatenation: its strings, with a hole for everything else.
fn literal(code: &Text, expression: &[Token]) -> Text {
    let mut value = Text::default();
    for token in expression {
        match token.kind {
            Kind::String => value.push(&unescaped(&code.slice(token.start + 1, token.end.saturating_sub(1)))),
            Kind::Open | Kind::Close => {}
            _ if value.as_str().ends_with(HOLE) => {}
            _ => value.push(&Text::derived(HOLE.to_string(), code.slice(token.start, token.end).source())),
        }
    }
    value
}

fn unescaped(text: &Text) -> Text {
    if !text.as_str().contains('\\') {
        return text.clone();
    }
    let plain = text.as_str().replace("\\\"", "\"").replace("\\n", "\n").replace("\\t", "\t").replace("\\\\", "\\");
    Text::derived(plain, text.source())
}

fn tokens(text: &str) -> Vec<Token> {
    let bytes = text.as_bytes();
    let mut tokens: Vec<Token> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        let kind = match bytes[at] {
            b' ' | b'\t' | b'\r' => {
                at += 1;
                continue;
            }
            b'\\' => {
                at += 2;
                continue;
            }
            b'#' => {
                at += text[at..].find('\n').unwrap_or(text.len() - at);
                continue;
            }
            b'"' => {
                at = string_end(bytes, at + 1, b'"');
                Kind::String
            }
            b'/' if begins_regex(tokens.last(), text) => {
                at = regex_end(bytes, at + 1);
                Kind::Other
            }
            b'(' | b'[' => step(&mut at, 1, Kind::Open),
            b')' | b']' => step(&mut at, 1, Kind::Close),
            b';' | b'\n' | b'{' | b'}' => step(&mut at, 1, Kind::End),
            b'>' if bytes.get(at + 1) == Some(&b'=') => step(&mut at, 2, Kind::Other),
            b'>' if bytes.get(at + 1) == Some(&b'>') => step(&mut at, 2, Kind::Greater),
            b'>' => step(&mut at, 1, Kind::Greater),
            b'|' if bytes.get(at + 1) == Some(&b'|') => step(&mut at, 2, Kind::Other),
            b'|' if bytes.get(at + 1) == Some(&b'&') => step(&mut at, 2, Kind::Pipe),
            b'|' => step(&mut at, 1, Kind::Pipe),
            b'=' if bytes.get(at + 1) == Some(&b'=') => step(&mut at, 2, Kind::Other),
            b'=' => step(&mut at, 1, Kind::Assign),
            c if c.is_ascii_alphabetic() || c == b'_' || c == b'@' => {
                at += 1;
                while bytes.get(at).is_some_and(|c| c.is_ascii_alphanumeric() || *c == b'_') {
                    at += 1;
                }
                Kind::Word
            }
            c if c.is_ascii_digit() => {
                while bytes.get(at).is_some_and(|c| c.is_ascii_alphanumeric() || *c == b'.') {
                    at += 1;
                }
                Kind::Number
            }
            _ => {
                at += text[at..].chars().next().map_or(1, char::len_utf8);
                Kind::Other
            }
        };
        tokens.push(Token { kind, start, end: at.min(bytes.len()) });
    }
    tokens
}

fn step(at: &mut usize, width: usize, kind: Kind) -> Kind {
    *at += width;
    kind
}

fn string_end(bytes: &[u8], mut at: usize, close: u8) -> usize {
    while let Some(c) = bytes.get(at) {
        match c {
            b'\\' => at += 2,
            c if *c == close => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn regex_end(bytes: &[u8], mut at: usize) -> usize {
    let mut in_brackets = false;
    while let Some(c) = bytes.get(at) {
        match c {
            b'\\' => at += 1,
            b'[' => in_brackets = true,
            b']' => in_brackets = false,
            b'/' if !in_brackets => return at + 1,
            b'\n' => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// Whether a `/` begins a regular expression: it divides behind a value.
fn begins_regex(before: Option<&Token>, text: &str) -> bool {
    match before {
        None => true,
        Some(token) => match token.kind {
            Kind::Number | Kind::String | Kind::Close => false,
            Kind::Word => matches!(&text[token.start..token.end], "return" | "print" | "case" | "in"),
            Kind::Other => !matches!(&text[token.start..token.end], "$"),
            _ => true,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::Class;

    #[test]
    fn what_programs_do() {
        // Program, class, shell lines, files written.
        let cases = [
            ("{print $1}", Class::ReadOnly, 0, 0),
            ("NR > 7 && $3 >= 100 {print $1}", Class::ReadOnly, 0, 0),
            ("{ if ($1 > 5) print $2; s += $3 } END {print s / NR}", Class::ReadOnly, 0, 0),
            ("BEGIN {system(\"rm -rf lib\")}", Class::ReadOnly, 1, 0),
            ("{system(\"rm \" $1)}", Class::ReadOnly, 1, 0),
            ("{system($0)}", Class::Destructive, 0, 0),
            ("{print > \"out.txt\"}", Class::ReadOnly, 0, 1),
            ("{print > $1 \".txt\"}", Class::ReadOnly, 0, 1),
            ("{print (a > b)}", Class::ReadOnly, 0, 0),
            ("{print $2 | \"sort -u\"}", Class::ReadOnly, 1, 0),
            ("BEGIN { \"date\" | getline d; print d }", Class::ReadOnly, 1, 0),
            ("/DROP TABLE > x/ {print FILENAME \": \" FNR}", Class::ReadOnly, 0, 0),
            ("{print \"a > b | c\"}", Class::ReadOnly, 0, 0),
            ("!s[$2]++", Class::ReadOnly, 0, 0),
            ("{print | \"sh\"}", Class::ReadOnly, 1, 0),
            ("\u{FFFC}", Class::Destructive, 0, 0),
            ("{print $\u{FFFC}}", Class::ReadOnly, 0, 0),
        ];
        for (program, class, lines, files) in cases {
            let outcome = read(&Text::request(program));
            assert_eq!(outcome.class, class, "{program}");
            assert_eq!(outcome.carried.len(), lines, "{program}");
            assert_eq!(outcome.paths.len(), files, "{program}");
        }
    }
}
