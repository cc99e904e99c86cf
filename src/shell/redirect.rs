//! Reads redirections.

use super::ast::{Descriptor, Few, Part, Redirect, RedirectOperator, RedirectTarget, Word};
use super::parser::{Parser, Result};
use super::substitution::{begins_name, is_name};
use super::word::{Kind, ends_word, is_plain};

impl Parser<'_> {
    /// Reads a redirection if one stands here.
    pub(super) fn redirect(&mut self) -> Result<Option<Redirect>> {
        let start = self.pos;
        let Some((descriptor, end)) = self.descriptor() else { return Ok(None) };
        self.expect_common_redirect()?;
        self.pos = end;
        let operator = self.redirect_operator();
        self.expect_end_of_operator()?;
        self.count()?;
        self.skip_blanks();
        let target = self.redirect_target(operator)?;
        Ok(Some(Redirect { descriptor, operator, target, span: self.span_from(start) }))
    }

    /// What stands in front of a redirection operator, and where the operator begins.
    fn descriptor(&mut self) -> Option<(Descriptor, usize)> {
        match self.peek() {
            b'<' | b'>' if !self.is_process_substitution(self.pos) => Some((Descriptor::Default, self.pos)),
            b'&' if self.is_bash() && self.ahead(1) == b'>' => Some((Descriptor::Default, self.pos)),
            b'0'..=b'9' => self.number_before_operator(),
            b'{' if self.is_bash() => self.variable_before_operator(),
            _ => None,
        }
    }

    /// Whether a descriptor with its operator stands here, as in `2>`.
    pub(super) fn descriptor_stands_here(&mut self) -> bool {
        matches!(self.descriptor(), Some((Descriptor::Number(_) | Descriptor::Variable(_), _)))
    }

    fn is_redirect_operator(&self, offset: usize) -> bool {
        matches!(self.byte(offset), b'<' | b'>') && !self.is_process_substitution(offset)
    }

    /// `2` of `2>`
    fn number_before_operator(&self) -> Option<(Descriptor, usize)> {
        let mut offset = self.pos;
        let mut number = 0u32;
        let mut digits = 0;
        while self.byte(offset).is_ascii_digit() {
            number = number.checked_mul(10)?.checked_add(u32::from(self.byte(offset) - b'0'))?;
            offset = self.skip_continuations(offset + 1);
            digits += 1;
        }
        let fits = if self.is_bash() { i32::try_from(number).is_ok() } else { digits == 1 };
        (fits && self.is_redirect_operator(offset)).then_some((Descriptor::Number(number), offset))
    }

    /// `{name}` of `{name}>`
    fn variable_before_operator(&self) -> Option<(Descriptor, usize)> {
        let mut offset = self.skip_continuations(self.pos + 1);
        let mut name = String::new();
        if !begins_name(self.byte(offset)) {
            return None;
        }
        let mut subscript = false;
        loop {
            let byte = self.byte(offset);
            match byte {
                b'[' if !subscript => subscript = true,
                b'}' if !subscript || name.ends_with(']') => break,
                b']' if subscript => {}
                _ if is_name(byte) || subscript && is_plain(byte) && byte != b'[' => {}
                _ => return None,
            }
            name.push(char::from(byte));
            offset = self.skip_continuations(offset + 1);
        }
        // An empty subscript makes no variable: `{a[]}` is a word.
        if subscript && (name.find(']') != Some(name.len() - 1) || name.ends_with("[]")) {
            return None;
        }
        let offset = self.skip_continuations(offset + 1);
        self.is_redirect_operator(offset).then_some((Descriptor::Variable(name), offset))
    }

    /// Takes the operator that stands here.
    fn redirect_operator(&mut self) -> RedirectOperator {
        use RedirectOperator as Op;
        let operators: &[(&[u8], Op)] = &[
            (b"<<<", Op::HereString),
            (b"<<-", Op::HereDocumentStripped),
            (b"<<", Op::HereDocument),
            (b"<&", Op::DuplicateInput),
            (b"<>", Op::ReadWrite),
            (b"<", Op::Read),
            (b">>", Op::Append),
            (b">&", Op::DuplicateOutput),
            (b">|", Op::Clobber),
            (b">", Op::Write),
            (b"&>>", Op::AppendBoth),
            (b"&>", Op::WriteBoth),
        ];
        for &(text, operator) in operators {
            if (operator != Op::HereString || self.is_bash()) && self.eat(text) {
                return operator;
            }
        }
        Op::Read
    }

    fn redirect_target(&mut self, operator: RedirectOperator) -> Result<RedirectTarget> {
        let start = self.pos;
        let duplicates = matches!(operator, RedirectOperator::DuplicateInput | RedirectOperator::DuplicateOutput);
        if duplicates && self.peek() == b'-' && (self.is_bash() || ends_word(self.ahead(1))) {
            self.pos += 1;
            self.expect_end_of_dash()?;
            let span = self.span_from(start);
            let parts = Few::One(Part::Literal { text: "-".to_owned().into(), span });
            return Ok(RedirectTarget::Word(Word { parts, span }));
        }
        match self.peek() {
            b'0'..=b'9' if !duplicates && self.number_before_operator().is_some() => {
                return self.unexpected("a word is missing");
            }
            b'{' if self.is_bash() && self.variable_before_operator().is_some() => {
                return self.unexpected("a word is missing");
            }
            _ => {}
        }
        match operator {
            RedirectOperator::HereDocument => self.here_document(false),
            RedirectOperator::HereDocumentStripped => self.here_document(true),
            _ => self.redirect_word(start).map(RedirectTarget::Word),
        }
    }

    /// A backslash at the very end of a script is dropped by bash, at the end of a `-c` text it is kept.
    fn redirect_word(&mut self, start: usize) -> Result<Word> {
        let word = self.word(Kind::Plain)?;
        if self.slice(start, self.pos) == "\\" { self.error("a word is missing", start) } else { Ok(word) }
    }
}
