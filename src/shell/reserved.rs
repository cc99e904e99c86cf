//! Recognises reserved words. They are words only where a command can begin, and only without quotes.

use super::Dialect;
use super::parser::Parser;
use super::word::ends_word;

/// The reserved words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reserved {
    Bang,
    OpenBrace,
    CloseBrace,
    OpenBrackets,
    CloseBrackets,
    If,
    Then,
    Elif,
    Else,
    Fi,
    Case,
    Esac,
    For,
    Select,
    While,
    Until,
    Do,
    Done,
    In,
    Function,
    Time,
    Coproc,
}

/// The longest reserved word, `function`, has this many bytes.
const LONGEST: usize = 8;

impl Reserved {
    /// The reserved word with these characters.
    pub(super) fn of(word: &[u8]) -> Option<Reserved> {
        Some(match word {
            b"!" => Reserved::Bang,
            b"{" => Reserved::OpenBrace,
            b"}" => Reserved::CloseBrace,
            b"[[" => Reserved::OpenBrackets,
            b"]]" => Reserved::CloseBrackets,
            b"if" => Reserved::If,
            b"then" => Reserved::Then,
            b"elif" => Reserved::Elif,
            b"else" => Reserved::Else,
            b"fi" => Reserved::Fi,
            b"case" => Reserved::Case,
            b"esac" => Reserved::Esac,
            b"for" => Reserved::For,
            b"select" => Reserved::Select,
            b"while" => Reserved::While,
            b"until" => Reserved::Until,
            b"do" => Reserved::Do,
            b"done" => Reserved::Done,
            b"in" => Reserved::In,
            b"function" => Reserved::Function,
            b"time" => Reserved::Time,
            b"coproc" => Reserved::Coproc,
            _ => return None,
        })
    }

    /// Whether POSIX knows it.
    fn is_posix(self) -> bool {
        !matches!(
            self,
            Reserved::OpenBrackets
                | Reserved::CloseBrackets
                | Reserved::Select
                | Reserved::Function
                | Reserved::Time
                | Reserved::Coproc
        )
    }

    /// Whether a compound command begins with it.
    pub(super) fn begins_compound(self) -> bool {
        matches!(
            self,
            Reserved::OpenBrace
                | Reserved::OpenBrackets
                | Reserved::If
                | Reserved::Case
                | Reserved::For
                | Reserved::Select
                | Reserved::While
                | Reserved::Until
        )
    }

    /// Whether a list of commands ends before it.
    pub(super) fn ends_list(self) -> bool {
        matches!(
            self,
            Reserved::CloseBrace
                | Reserved::Then
                | Reserved::Elif
                | Reserved::Else
                | Reserved::Fi
                | Reserved::Esac
                | Reserved::Do
                | Reserved::Done
        )
    }
}

impl Parser<'_> {
    /// The reserved word that stands here, and where it ends.
    pub(super) fn reserved(&self) -> Option<(Reserved, usize)> {
        let mut offset = self.skip_continuations(self.pos);
        if !matches!(self.byte(offset), b'!' | b'{' | b'}' | b'[' | b']' | b'c'..=b'w') {
            return None;
        }
        let mut word = [0; LONGEST];
        let mut length = 0;
        loop {
            let byte = self.byte(offset);
            if ends_word(byte) && !self.is_process_substitution(offset) {
                break;
            }
            *word.get_mut(length)? = byte;
            length += 1;
            offset = self.skip_continuations(offset + 1);
        }
        let reserved = Reserved::of(word.get(..length)?)?;
        (self.dialect != Dialect::Posix || reserved.is_posix()).then_some((reserved, offset))
    }

    /// Whether this reserved word stands here.
    pub(super) fn reserved_is(&self, wanted: Reserved) -> bool {
        self.reserved().is_some_and(|(found, _)| found == wanted)
    }

    /// Takes a reserved word if it stands here.
    pub(super) fn eat_reserved(&mut self, wanted: Reserved) -> bool {
        match self.reserved() {
            Some((found, end)) if found == wanted => {
                self.pos = end;
                true
            }
            _ => false,
        }
    }
}
