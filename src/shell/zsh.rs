//! Refuses what zsh reads in a way of its own, so that all the rest is read as bash reads it.
//!
//! zsh has expansions, redirections, modifiers in front of commands and short forms that bash does not know. Some
//! of them are errors to the reader anyway; these are the ones that would pass for something else.

use super::Dialect;
use super::ast::{Operation, Parameter, Part, Simple, Word};
use super::inside::Quoting;
use super::parser::{Parser, Result};
use super::substitution::is_name;
use super::word::ends_word;

/// Words that change how the command behind them, or all the text behind them, is read.
const MODIFIERS: [&str; 11] =
    ["-", "noglob", "nocorrect", "repeat", "foreach", "end", "setopt", "unsetopt", "emulate", "disable", "enable"];

/// Commands that run their operands, which may begin with such a word.
const PREFIXES: [&str; 3] = ["builtin", "command", "exec"];

impl Parser<'_> {
    pub(super) fn is_zsh(&self) -> bool {
        self.dialect == Dialect::Zsh
    }

    /// A whole text: where a line continuation stands inside a word or an operator, zsh may end that there.
    pub(super) fn expect_plain_continuations(&self) -> Result<()> {
        let text = self.slice(0, self.end());
        let mut places = text.match_indices("\\\n").map(|(offset, _)| offset);
        match places.find(|&offset| !text.get(..offset).unwrap_or_default().ends_with([' ', '\t'])) {
            Some(offset) if self.is_zsh() => self.error("a line continuation inside something", offset),
            _ => Ok(()),
        }
    }

    /// At the beginning of a word: `=name` is the path of a command.
    pub(super) fn expect_no_equals(&mut self) -> Result<()> {
        let refused = self.is_zsh()
            && self.peek() == b'='
            && !ends_word(self.ahead(1))
            && !(matches!(self.ahead(1), b'=' | b'~') && ends_word(self.ahead(2)));
        if refused { self.error_here("zsh expands a word that begins with `=`") } else { Ok(()) }
    }

    /// A whole word: `{` and `}` are reserved wherever they stand.
    pub(super) fn expect_no_brace(&self, word: &Word, start: usize) -> Result<()> {
        match word.parts.as_slice() {
            [Part::Literal { text, .. }] if self.is_zsh() && (text == "{" || text == "}") => {
                self.error("a brace that zsh takes for a reserved word", start)
            }
            _ => Ok(()),
        }
    }

    /// At a `$`: `$=x`, `$~x`, `$^x`, `$+x`, `$#x` and `$"…"` are not what they are in bash.
    pub(super) fn expect_common_dollar(&self) -> Result<()> {
        let refused = match self.ahead(1) {
            b'=' | b'~' | b'^' | b'+' | b'"' | b'}' => true,
            b'#' => is_name(self.ahead(2)) || matches!(self.ahead(2), b'@' | b'*' | b'{' | b'$' | b'?' | b'!' | b'-'),
            _ => false,
        };
        if refused && self.is_zsh() { self.error_here("an expansion that only zsh knows") } else { Ok(()) }
    }

    /// Behind `$name`: a subscript and modifiers belong to it.
    pub(super) fn expect_end_of_parameter(&mut self) -> Result<()> {
        if !self.is_zsh() {
            return Ok(());
        }
        match self.peek() {
            b'[' => self.error_here("a subscript that only zsh knows"),
            b':' if self.ahead(1).is_ascii_alphabetic() || self.ahead(1) == b'&' => {
                self.error_here("a modifier that only zsh knows")
            }
            _ => Ok(()),
        }
    }

    /// At the first character behind `${`.
    pub(super) fn expect_common_brace(&mut self) -> Result<()> {
        let common = match self.peek() {
            b'#' | b'*' | b'@' | b'?' | b'-' | b'$' | b'!' => self.ahead(1) == b'}' || self.peek() == b'#',
            byte => is_name(byte),
        };
        if self.is_zsh() && !common { self.error_here("an expansion that only zsh knows") } else { Ok(()) }
    }

    /// A whole `${…}`.
    pub(super) fn expect_common_parameter(&self, parameter: &Parameter, quoting: Quoting, start: usize) -> Result<()> {
        let whole = |part: &Part| matches!(part, Part::Literal { text, .. } if text == "@" || text == "*");
        let subscript = parameter.subscript.as_ref();
        let known_subscript =
            subscript.is_none_or(|subscript| matches!(subscript.parts.as_slice(), [part] if whole(part)));
        let known_operation = match &parameter.operation {
            Operation::Substring { offset, .. } => {
                let first = self.byte(start + "${".len() + parameter.name.len() + ":".len());
                !offset.parts.is_empty() && (first.is_ascii_digit() || matches!(first, b' ' | b'('))
            }
            Operation::Case { .. }
            | Operation::Transform(_)
            | Operation::Names
            | Operation::Keys
            | Operation::Invalid { .. } => false,
            _ => true,
        };
        // In double quotes, single quotes do not keep a brace from closing.
        let known_quotes = quoting == Quoting::Bare || !self.slice(start, self.pos).contains('\'');
        if self.is_zsh() && !(known_subscript && known_operation && known_quotes && !parameter.indirect) {
            return self.error("an expansion that zsh reads in its own way", start);
        }
        Ok(())
    }

    /// At a word that could be an assignment: subscripts are read in another way.
    pub(super) fn expect_no_subscript(&self, start: usize) -> Result<()> {
        if self.is_zsh() { self.error("a subscript that zsh reads in its own way", start) } else { Ok(()) }
    }

    /// At a redirection: `<1-9>` is a pattern, and of several digits only the last is a descriptor.
    pub(super) fn expect_common_redirect(&self) -> Result<()> {
        if !self.is_zsh() {
            return Ok(());
        }
        let digits = |mut distance: usize| {
            while self.ahead(distance).is_ascii_digit() {
                distance += 1;
            }
            distance
        };
        if self.ahead(0) == b'{' || self.ahead(0) == b'&' && self.byte(self.pos.wrapping_sub(1)).is_ascii_digit() {
            return self.error_here("a descriptor that zsh reads in its own way");
        }
        let descriptor = digits(0);
        if descriptor > 1 {
            return self.error_here("a descriptor of several digits");
        }
        if self.ahead(descriptor) == b'<' {
            let dash = digits(descriptor + 1);
            if self.ahead(dash) == b'-' && self.ahead(digits(dash + 1)) == b'>' {
                return self.error_here("a pattern that only zsh knows");
            }
        }
        Ok(())
    }

    /// Arithmetic from an offset to here: what else than names, numbers and operators stands in it decides in zsh
    /// whether it is arithmetic at all.
    pub(super) fn expect_plain_arithmetic(&self, start: usize) -> Result<()> {
        let written = self.slice(start, self.pos);
        let odd = ["\\", "'", "\"", "`", "[", "]", "#", "$(", "${", "<(", ">(", "=(", ";"];
        if self.is_zsh() && odd.iter().any(|odd| written.contains(odd)) {
            return self.error("arithmetic that zsh reads in its own way", start);
        }
        Ok(())
    }

    /// Behind the `)` of an array: the next word begins.
    pub(super) fn expect_end_of_array(&mut self) -> Result<()> {
        let goes_on = !ends_word(self.peek()) || self.is_process_substitution(self.pos);
        if goes_on && self.is_zsh() { self.error_here("a word behind an array") } else { Ok(()) }
    }

    /// At the end of a substitution in which here-documents were announced whose bodies are still to come.
    pub(super) fn expect_own_bodies(&self) -> Result<()> {
        // Dash takes the next lines for commands.
        if self.dialect != Dialect::Bash {
            self.error_here("a here-document that a substitution does not end")
        } else {
            Ok(())
        }
    }

    /// Behind `<&-` and `>&-`: a word there would be a name.
    pub(super) fn expect_end_of_dash(&mut self) -> Result<()> {
        let goes_on = self.is_zsh() && !ends_word(self.peek());
        if goes_on { self.error_here("a descriptor with a name") } else { Ok(()) }
    }

    /// Behind an operator that writes, and behind a single `&`: `!` and `|` belong to it.
    pub(super) fn expect_end_of_operator(&mut self) -> Result<()> {
        let goes_on = self.is_zsh() && matches!(self.peek(), b'!' | b'|');
        if goes_on { self.error_here("an operator that only zsh knows") } else { Ok(()) }
    }

    /// A whole simple command.
    pub(super) fn expect_no_modifier(&self, simple: &Simple, start: usize) -> Result<()> {
        if !self.is_zsh() {
            return Ok(());
        }
        // A brace begins a group without a blank behind it.
        if let Some([Part::Literal { text, .. }, ..]) = simple.words.first().map(|word| word.parts.as_slice())
            && text.starts_with(['{', '}'])
        {
            return self.error("a brace that zsh takes for a reserved word", start);
        }
        for word in &simple.words {
            let text = word.literal();
            match text.as_deref() {
                Some(text) if MODIFIERS.contains(&text) => {
                    return self.error("a word that changes how zsh reads what follows", start);
                }
                Some(text) if PREFIXES.contains(&text) || text.starts_with('-') => {}
                Some("alias") => {
                    let options =
                        simple.words.iter().any(|word| word.literal().is_none_or(|text| text.starts_with(['-', '+'])));
                    return if options { self.error("an alias of a kind that only zsh knows", start) } else { Ok(()) };
                }
                _ => return Ok(()),
            }
        }
        Ok(())
    }

    /// The text of `$'…'`: of an escape that it does not know, zsh drops the backslash.
    pub(super) fn expect_common_escapes(&self, text: &str, start: usize) -> Result<()> {
        let mut bytes = text.bytes();
        while let Some(byte) = bytes.next() {
            if byte != b'\\' || !self.is_zsh() {
                continue;
            }
            match bytes.next() {
                Some(
                    b'a' | b'b' | b'e' | b'E' | b'f' | b'n' | b'r' | b't' | b'v' | b'\\' | b'\'' | b'"' | b'0'..=b'7',
                ) => {}
                _ => return self.error("an escape that zsh reads in its own way", start),
            }
        }
        Ok(())
    }
}
