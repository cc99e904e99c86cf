//! Makes new texts out of old ones: cuts, copies, moves and inserts pieces of shell syntax.

use crate::random::Random;

/// Pieces of syntax that mutations insert.
#[rustfmt::skip]
const PIECES: &[&str] = &[
    "'", "\"", "`", "$(", ")", "${", "}", "((", "))", "$((", "<(", ">(", ">", ">>", "<", "<<E\n", "\nE\n",
    "<<-E\n", "<<'E'\n", "\n\tE\n", "<<<", ";", "&", "|", "&&", "||", ";;", ";&", ";;&", "\n", "\\\n", "\\", " ",
    "\t", "#", " #", "if ", "then ", "elif ", "else ", "fi", "for i in ", "for i", "do ", "done", "while ",
    "until ", "case x in ", "esac", "select x in ", "in ", "{ ", "}", "( ", ")", "[[ ", " ]]", " =~ ", " == ",
    " -f ", " < ", "! ", "!", "time ", "time -p ", "coproc ", "coproc N ", "function f ", "f()", "() ", "a=",
    "a+=", "a[", "]", "]=", "a=(", "=(", "$'", "$\"", "$[", "@(", "!(", "?(", "${x", "${x:-", "${x-", "${x:+",
    "${x:=", "${x?", "${x#", "${x##", "${x%", "${x/", "${x//", "${x^", "${x,,", "${x~", "${x:", "${x:1:", "${!x",
    "${#x", "${x[", "${x@Q", "${", "$x", "$", "$$", "$@", "$1", "$#", "Z1", "Z2", "Z3 a", "Z4;", "Z5\n",
    "Z6 \"$x\"", "declare a=(", "local ", "export ", "eval ", "let ", "2>", "2>&1", "&>", "&>>", ">&", "<&-", ">|",
    "<>", "{v}>", "|&", "1", "a", "b c", "x", "f", "E", "EOF", "*", "?", "[a]", "~", ",", "..", "{a,b}", "{1..3}",
    "-", "+", "=", ":", "%", "^", "@", "\"$(", ")\"", "$(Z7)", "`Z8`", "\\`", "\\$", "\\\"", "\\'", "'Z9'",
    "$(<f)", "$((1+", "<<\\E\n", "<<\"E\"\n", "\\\\", "\r", "é", "|| ", "] ", "[", "in) ", "*) ", "(a|b) ",
];

/// A text made out of `text` and, now and then, `other`.
pub fn mutate(random: &mut Random, text: &str, other: &str) -> String {
    let mut characters: Vec<char> = text.chars().take(400).collect();
    for _ in 0..=random.below(3) {
        let length = characters.len();
        let at = random.below(length + 1);
        let reach = if random.once_in(4) { 12 } else { 3 };
        let end = (at + 1 + random.below(reach)).min(length);
        match random.below(10) {
            0 | 1 if at < end => {
                characters.drain(at..end);
            }
            2 if at < end => {
                let copy: Vec<char> = characters[at..end].to_vec();
                let to = random.below(length + 1);
                characters.splice(to..to, copy);
            }
            3 if at < end => {
                let moved: Vec<char> = characters.drain(at..end).collect();
                let to = random.below(characters.len() + 1);
                characters.splice(to..to, moved);
            }
            4 => {
                let other: Vec<char> = other.chars().take(200).collect();
                let from = random.below(other.len() + 1);
                let to = from + random.below(other.len() - from + 1);
                characters.splice(at..at, other[from..to].iter().copied());
            }
            5 if at < end => {
                let piece = random.pick(PIECES);
                characters.splice(at..end, piece.chars());
            }
            6 if at < end => {
                let (open, close) = random.pick(WRAPPERS);
                characters.splice(end..end, close.chars());
                characters.splice(at..at, open.chars());
            }
            _ => {
                let piece = random.pick(PIECES);
                characters.splice(at..at, piece.chars());
            }
        }
    }
    characters.into_iter().filter(|character| *character != '\0').collect()
}

/// Pairs that mutations put around something.
#[rustfmt::skip]
const WRAPPERS: &[(&str, &str)] = &[
    ("$(", ")"), ("`", "`"), ("\"", "\""), ("'", "'"), ("${x:-", "}"), ("${x#", "}"), ("${x/a/", "}"),
    ("${x:", "}"), ("$((", "))"), ("((", "))"), ("(", ")"), ("( ", " )"), ("{ ", "; }"), ("<(", ")"),
    ("[[ ", " ]]"), ("if ", "; then Z1; fi"), ("$[", "]"), ("while ", "; do Z2; done"),
    ("case x in ", ") Z3;; esac"), ("a[", "]=1"), ("a=(", ")"), ("$'", "'"), ("\"$(", ")\""), ("\"${x:-", "}\""),
    ("<<E\n", "\nE\n"), ("$( ", "\n)"), ("for i in ", "; do Z4; done"), ("f() { ", "; }"), ("@(", ")"),
    ("${x[", "]}"), ("[[ a == ", " ]]"), ("[[ a =~ ", " ]]"), ("$((", ") )"), ("((", ") )"), ("$(((", ")))"),
    ("<((", "))"),
];
