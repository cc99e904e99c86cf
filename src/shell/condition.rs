//! Reads `[[ … ]]`.

use super::ast::{Condition, Word};
use super::parser::{Parser, Result};
use super::reserved::Reserved;
use super::word::Kind;

/// The tests of two words, apart from `<`, `>` and `=~`.
const BINARY: [&str; 12] = ["=", "==", "!=", "-nt", "-ot", "-ef", "-eq", "-ne", "-lt", "-le", "-gt", "-ge"];

/// The letters of the tests of one word.
const UNARY: &str = "abcdefghknoprstuvwxzGLNORS";

/// Joins conditions into a tree that is no deeper than it must be: `&&` and `||` are associative.
fn join(mut terms: Vec<Condition>, operator: fn(Box<Condition>, Box<Condition>) -> Condition) -> Option<Condition> {
    if terms.len() < 2 {
        return terms.pop();
    }
    let right = terms.split_off(terms.len() / 2);
    Some(operator(Box::new(join(terms, operator)?), Box::new(join(right, operator)?)))
}

impl Parser<'_> {
    /// Reads the condition behind `[[`, and `]]`.
    pub(super) fn conditional(&mut self) -> Result<Condition> {
        let condition = self.condition()?;
        if self.eat_reserved(Reserved::CloseBrackets) { Ok(condition) } else { self.unexpected("`]]` is missing") }
    }

    /// Terms joined by `||` and `&&`.
    fn condition(&mut self) -> Result<Condition> {
        let mut alternatives = Vec::new();
        loop {
            let mut terms = vec![self.term()?];
            while self.eat(b"&&") {
                terms.push(self.term()?);
            }
            alternatives.extend(join(terms, Condition::And));
            if !self.eat(b"||") {
                break;
            }
        }
        match join(alternatives, Condition::Or) {
            Some(condition) => Ok(condition),
            None => self.unexpected("a condition is missing"),
        }
    }

    /// One term, with the newlines that may follow it.
    fn term(&mut self) -> Result<Condition> {
        self.count()?;
        let mut negated = false;
        self.skip_newlines()?;
        while self.eat_reserved(Reserved::Bang) {
            negated = !negated;
            self.skip_newlines()?;
        }
        let term = if self.peek() == b'(' {
            self.pos += 1;
            let inner = self.nested(Self::condition)?;
            if self.peek() != b')' {
                return self.unexpected("a parenthesis is not closed");
            }
            self.pos += 1;
            self.skip_newlines()?;
            inner
        } else {
            self.test()?
        };
        Ok(if negated { Condition::Not(Box::new(term)) } else { term })
    }

    /// A test of one or two words.
    fn test(&mut self) -> Result<Condition> {
        if self.ends_condition() {
            return self.unexpected("a condition is missing");
        }
        let left = self.condition_word(Kind::Plain)?;
        self.skip_blanks();
        if let Some(operator) = plain(&left).filter(|text| is_unary(text)).map(str::to_owned) {
            if self.ends_condition() {
                return self.unexpected("an operand is missing");
            }
            let operand = self.condition_word(Kind::Plain)?;
            self.skip_newlines()?;
            return Ok(Condition::Unary { operator, operand });
        }
        if self.ends_condition() {
            return Ok(Condition::Word(left));
        }
        let (operator, kind) = self.binary_operator()?;
        self.skip_blanks();
        if self.ends_condition() {
            return self.unexpected("an operand is missing");
        }
        let right = self.condition_word(kind)?;
        self.skip_newlines()?;
        Ok(Condition::Binary { operator, left, right })
    }

    fn condition_word(&mut self, kind: Kind) -> Result<Word> {
        if self.descriptor_stands_here() {
            return self.unexpected("a redirection does not belong here");
        }
        self.word(kind)
    }

    /// Whether `]]`, `&&`, `||` or `)` stands here.
    fn ends_condition(&mut self) -> bool {
        match self.peek() {
            b')' => true,
            b'&' => self.ahead(1) == b'&',
            b'|' => self.ahead(1) == b'|',
            b']' => self.reserved().is_some_and(|(word, _)| word == Reserved::CloseBrackets),
            _ => false,
        }
    }

    /// The operator, and how the word after it is read.
    fn binary_operator(&mut self) -> Result<(String, Kind)> {
        if let byte @ (b'<' | b'>') = self.peek()
            && !self.is_process_substitution(self.pos)
            && !matches!(self.ahead(1), b'<' | b'>' | b'&' | b'|')
        {
            self.pos += 1;
            return Ok((char::from(byte).to_string(), Kind::Plain));
        }
        let start = self.pos;
        let word = self.condition_word(Kind::Plain)?;
        match plain(&word) {
            Some(operator @ ("=" | "==" | "!=")) => Ok((operator.to_owned(), Kind::Pattern)),
            Some("=~") => Ok(("=~".to_owned(), Kind::Regex)),
            Some(operator) if BINARY.contains(&operator) => Ok((operator.to_owned(), Kind::Plain)),
            _ => self.error("a test is missing", start),
        }
    }
}

/// The text of a word without any quotes or expansions.
fn plain(word: &Word) -> Option<&str> {
    match word.parts.as_slice() {
        [super::ast::Part::Literal { text, .. }] => Some(text),
        _ => None,
    }
}

fn is_unary(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next() == Some('-')
        && letters.next().is_some_and(|letter| UNARY.contains(letter))
        && letters.next().is_none()
}
