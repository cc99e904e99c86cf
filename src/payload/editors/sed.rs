//! Reads sed scripts: what they write, run, and whether an edit in place leaves nothing.
//!
//! The grammar is that of GNU sed: `[address[,address]][!]command`, separated by newlines and `;`.

use super::{opaque, shell, writes};
use crate::effect::Effect;
use crate::payload::{HOLE, Outcome};
use crate::text::Text;

/// The first line of a script that prints only what it is told to print, as with `-n` (GNU sed manual, "Commands
/// Overview").
pub const QUIET: &str = "#n\n";

/// Reads a script. `in_place`: the files that it reads are replaced by what it prints.
pub fn read(code: &Text, in_place: bool) -> Outcome {
    let text = code.as_str();
    let quiet = text.starts_with(QUIET);
    let mut reader = Reader { code, at: 0, outcome: Outcome::read_only(), whole: false, prints: !quiet };
    if text.chars().all(|c| c == HOLE) && !text.is_empty() {
        opaque(&mut reader.outcome, "sed.unknown", code);
        return reader.outcome;
    }
    while reader.command(in_place) {}
    if in_place && !reader.prints {
        reader.empties();
    }
    reader.outcome
}

struct Reader<'a> {
    code: &'a Text,
    at: usize,
    outcome: Outcome,
    /// The address of the command being read covers every line.
    whole: bool,
    /// Something is printed of what is read, or in its place.
    prints: bool,
}

impl Reader<'_> {
    /// Reads one command; `false` at the end.
    fn command(&mut self, in_place: bool) -> bool {
        self.skip(|c| c.is_whitespace() || c == ';' || c == '}');
        self.addresses();
        self.negation();
        let Some(letter) = self.next() else { return false };
        self.prints |= matches!(letter, 'p' | 'P' | 'l' | 'L' | '=' | 'a' | 'i' | 'c' | 'r' | 'R' | 'e' | HOLE);
        match letter {
            // What ends sed at the first line without a print leaves nothing.
            'Q' if in_place && self.whole => {
                self.empties();
                self.label_or_file(letter);
            }
            '#' | ':' | 'b' | 't' | 'T' | 'l' | 'L' | 'q' | 'Q' | 'r' | 'R' | 'v' => self.label_or_file(letter),
            'a' | 'i' | 'c' => self.text_argument(),
            'w' | 'W' => {
                let path = self.rest_of_line();
                writes(&mut self.outcome, "sed.write", path);
            }
            'e' => {
                let line = self.rest_of_line();
                if line.as_str().trim().is_empty() {
                    opaque(&mut self.outcome, "sed.execute", self.code);
                } else {
                    shell(&mut self.outcome, line);
                }
            }
            's' => self.substitution(in_place),
            'y' => {
                self.delimited();
            }
            'd' | 'z' if in_place && self.whole => self.empties(),
            HOLE => opaque(&mut self.outcome, "sed.unknown", self.code),
            _ => {}
        }
        true
    }

    fn empties(&mut self) {
        let because = "deletes every line of the file";
        self.outcome.destructive("sed.empty", Effect::Delete, self.code.source(), "", because);
    }

    /// A `!` behind the addresses: all but the lines that they cover.
    fn negation(&mut self) {
        self.skip(char::is_whitespace);
        if self.peek() == Some('!') {
            self.whole = false;
            self.skip(|c| c.is_whitespace() || c == '!');
        }
    }

    /// Reads addresses, and notes whether they cover every line.
    fn addresses(&mut self) {
        let start = self.at;
        loop {
            match self.peek() {
                Some('/') => {
                    self.next();
                    self.pattern('/');
                    self.skip(|c| matches!(c, 'I' | 'M'));
                }
                Some('\\') => {
                    self.next();
                    if let Some(delimiter) = self.next() {
                        self.pattern(delimiter);
                    }
                }
                Some(c) if c.is_ascii_digit() || matches!(c, '$' | ',' | '~' | '+' | ' ' | HOLE) => {
                    self.next();
                }
                _ => break,
            }
        }
        let address: String = self.code.as_str()[start..self.at].chars().filter(|c| *c != ' ').collect();
        self.whole = matches!(address.as_str(), "" | "1,$" | "0,$" | "1~1" | "0~1")
            || address.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')).is_some_and(every_line);
        // An unknown word that is nothing but an address in front of the end is a script of its own.
        if self.peek().is_none() && address.contains(HOLE) {
            opaque(&mut self.outcome, "sed.unknown", self.code);
        }
    }

    /// `s/pattern/replacement/flags`
    fn substitution(&mut self, in_place: bool) {
        let Some(delimiter) = self.next() else { return };
        let from = self.at;
        if !self.pattern(delimiter) {
            return;
        }
        let pattern = self.code.slice(from, self.at - delimiter.len_utf8());
        let whole_line = matches!(pattern.as_str().trim_start_matches('^').trim_end_matches('$'), ".*" | ".+" | ".\\+");
        let start = self.at;
        if !self.replacement(delimiter) {
            return;
        }
        let replacement = self.code.slice(start, self.at - delimiter.len_utf8());
        if in_place && self.whole && whole_line && replacement.is_empty() {
            self.empties();
        }
        loop {
            match self.peek() {
                Some('e') => {
                    self.next();
                    // The line that comes out runs: it is known when nothing of what came in is kept.
                    if whole_line && !replacement.as_str().contains(['&', '\\', HOLE]) {
                        shell(&mut self.outcome, replacement.clone());
                    } else {
                        opaque(&mut self.outcome, "sed.execute", self.code);
                    }
                }
                Some('w') => {
                    self.next();
                    let path = self.rest_of_line();
                    writes(&mut self.outcome, "sed.write", path);
                    return;
                }
                Some(c) if c.is_ascii_alphanumeric() => {
                    self.prints |= c == 'p';
                    self.next();
                }
                _ => return,
            }
        }
    }

    /// Two texts between three delimiters; whether all three were there.
    fn delimited(&mut self) -> bool {
        let Some(delimiter) = self.next() else { return false };
        self.pattern(delimiter) && self.replacement(delimiter)
    }

    /// A regular expression up to its delimiter: a bracket expression hides the delimiter.
    fn pattern(&mut self, delimiter: char) -> bool {
        let mut in_brackets = false;
        while let Some(c) = self.next() {
            match c {
                '\\' if !in_brackets => {
                    self.next();
                }
                '[' if !in_brackets => {
                    in_brackets = self.code.as_str()[self.at..].contains(']');
                    self.skip_once('^');
                    self.skip_once(']');
                }
                ']' => in_brackets = false,
                c if c == delimiter && !in_brackets => return true,
                _ => {}
            }
        }
        false
    }

    fn replacement(&mut self, delimiter: char) -> bool {
        while let Some(c) = self.next() {
            if c == '\\' {
                self.next();
            } else if c == delimiter {
                return true;
            }
        }
        false
    }

    /// A label, a number or a file that is read: up to the end of the command.
    fn label_or_file(&mut self, letter: char) {
        let to_line_end = matches!(letter, '#' | 'r' | 'R');
        self.skip(|c| c != '\n' && (to_line_end || !matches!(c, ';' | '}')));
    }

    /// The text of `a`, `i` and `c`: up to a newline that no backslash continues.
    fn text_argument(&mut self) {
        while let Some(c) = self.next() {
            match c {
                '\\' => {
                    self.next();
                }
                '\n' => return,
                _ => {}
            }
        }
    }

    fn rest_of_line(&mut self) -> Text {
        self.skip(|c| c == ' ');
        let start = self.at;
        self.skip(|c| c != '\n');
        self.code.slice(start, self.at)
    }

    fn peek(&self) -> Option<char> {
        self.code.as_str().get(self.at..)?.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn skip(&mut self, accept: impl Fn(char) -> bool) {
        while self.peek().is_some_and(&accept) {
            self.next();
        }
    }

    fn skip_once(&mut self, c: char) {
        if self.peek() == Some(c) {
            self.next();
        }
    }
}

/// Whether a regular expression matches every line that holds anything.
fn every_line(pattern: &str) -> bool {
    matches!(pattern, "^" | "$")
        || matches!(pattern.trim_start_matches('^').trim_end_matches('$'), "." | ".*" | ".+" | ".\\+")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::Class;

    #[test]
    fn what_scripts_do() {
        // Script, in place, class, shell lines, files written.
        let cases = [
            ("s/a/b/g", true, Class::ReadOnly, 0, 0),
            ("3d", true, Class::ReadOnly, 0, 0),
            ("d", false, Class::ReadOnly, 0, 0),
            ("d", true, Class::Destructive, 0, 0),
            ("1,$d", true, Class::Destructive, 0, 0),
            ("s/a/b/;1,$ d", true, Class::Destructive, 0, 0),
            ("/./d", true, Class::Destructive, 0, 0),
            ("/^$/d", true, Class::ReadOnly, 0, 0),
            ("1,$!d", true, Class::ReadOnly, 0, 0),
            ("$!d", true, Class::ReadOnly, 0, 0),
            ("s/.*//", true, Class::Destructive, 0, 0),
            ("s/.*//", false, Class::ReadOnly, 0, 0),
            ("3s/.*//", true, Class::ReadOnly, 0, 0),
            ("s/.*/x/", true, Class::ReadOnly, 0, 0),
            ("Q", true, Class::Destructive, 0, 0),
            ("#n\n/x/d", true, Class::Destructive, 0, 0),
            ("#n\n/x/p", true, Class::ReadOnly, 0, 0),
            ("#n\ns/a/b/p", true, Class::ReadOnly, 0, 0),
            ("#n\ns/a/b/", true, Class::Destructive, 0, 0),
            ("s/x/date/e", false, Class::Destructive, 0, 0),
            ("1e rm -rf lib", false, Class::ReadOnly, 1, 0),
            ("s/a/b/w out.txt", false, Class::ReadOnly, 0, 1),
            ("/x/w out.txt", false, Class::ReadOnly, 0, 1),
            ("a\\\nd\np", true, Class::ReadOnly, 0, 0),
            ("s/[/]d;e/x/", true, Class::ReadOnly, 0, 0),
            ("/a/{s/b/c/;p}", false, Class::ReadOnly, 0, 0),
            ("s|e|w|", false, Class::ReadOnly, 0, 0),
            ("y/abc/def/", false, Class::ReadOnly, 0, 0),
            ("\u{FFFC}", false, Class::Destructive, 0, 0),
            ("\u{FFFC},20p", false, Class::ReadOnly, 0, 0),
            ("s/a/\u{FFFC}/", false, Class::ReadOnly, 0, 0),
        ];
        for (script, in_place, class, lines, files) in cases {
            let outcome = read(&Text::request(script), in_place);
            assert_eq!(outcome.class, class, "{script}");
            assert_eq!(outcome.carried.len(), lines, "{script}");
            assert_eq!(outcome.paths.len(), files, "{script}");
        }
    }
}
