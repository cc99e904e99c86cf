//! Splits a text into statements as the client does, and hands the client's own commands to their reader.

use super::lexer::{Kind, Lexer, Token};
use super::statement::Statement;
use super::{LONGEST, Session, client, reasons};
use crate::text::Text;

/// Parentheses nested deeper than this are not looked into.
const DEEPEST_PARENTHESES: usize = 200;

impl Session {
    /// Reads statements and client commands.
    pub(super) fn text(&mut self, text: &Text) {
        if text.as_str().len() > LONGEST {
            self.outcome.find(&reasons::TOO_DEEP, text.source(), "");
            return;
        }
        let lexer = Lexer::new(text.as_str(), self.lexis);
        let mut reader =
            Reader { text, lexer, pending: Vec::new(), delimiter: None, compound: Compound::default(), has_data: true };
        reader.read(self);
    }
}

/// A text on its way into a session.
pub(super) struct Reader<'a> {
    /// The text.
    pub text: &'a Text,
    /// Where it is read.
    pub lexer: Lexer<'a>,
    /// The tokens of the statement that has not ended yet.
    pub pending: Vec<Token>,
    /// What ends a statement in place of a semicolon.
    pub delimiter: Option<&'a str>,
    compound: Compound,
    /// Whether lines of data behind `COPY … FROM STDIN` may still come.
    has_data: bool,
}

impl<'a> Reader<'a> {
    fn read(&mut self, session: &mut Session) {
        while let Some(mut token) = self.lexer.next() {
            if self.ends_here(&mut token) {
                self.finish(session);
                continue;
            }
            if client::command(self, session, &token) {
                continue;
            }
            match token.kind {
                Kind::Sign(b';') if self.delimiter.is_none() && !self.compound.is_open(session) => self.finish(session),
                _ => self.push(token),
            }
        }
        self.finish(session);
    }

    /// Whether the delimiter stands at the token; a word that holds it further on is cut there.
    fn ends_here(&mut self, token: &mut Token) -> bool {
        let Some(delimiter) = self.delimiter else { return false };
        let source = self.source();
        if source.get(token.start..).is_some_and(|rest| rest.starts_with(delimiter)) {
            self.lexer.at = token.start + delimiter.len();
            return true;
        }
        if token.kind == Kind::Word
            && let Some(offset) = source.get(token.start..token.end).and_then(|word| word.find(delimiter))
        {
            token.end = token.start + offset;
            self.lexer.at = token.end;
        }
        false
    }

    fn push(&mut self, token: Token) {
        if token.kind == Kind::Word {
            let word = self.source().get(token.start..token.end).unwrap_or("");
            self.compound.word(word, self.pending.len());
        }
        self.pending.push(token);
    }

    /// The characters of the text.
    pub fn source(&self) -> &'a str {
        self.text.as_str()
    }

    /// Where the line that holds `at` ends.
    pub fn line_end(&self, at: usize) -> usize {
        let rest = self.source().get(at..).unwrap_or("");
        at + rest.find('\n').unwrap_or(rest.len())
    }

    /// Whether only blanks stand between the start of the line and `at`.
    pub fn starts_line(&self, at: usize) -> bool {
        let before = self.source().get(..at).unwrap_or("");
        before.chars().rev().take_while(|&c| c != '\n').take(64).all(|c| c == ' ' || c == '\t' || c == '\r')
    }

    /// Judges the statement that has been read so far.
    pub fn finish(&mut self, session: &mut Session) {
        self.compound = Compound::default();
        let tokens = std::mem::take(&mut self.pending);
        let Some(last) = tokens.last() else { return };
        if last.kind == Kind::Unterminated {
            session.outcome.find(&reasons::UNREADABLE, self.text.locate(last.span()), "");
        }
        if is_too_deep(&tokens) {
            session.outcome.find(&reasons::TOO_DEEP, self.text.locate(last.span()), "");
        } else {
            let statement = Statement { text: self.text, tokens: &tokens };
            session.statement(statement);
            self.skip_data(statement);
        }
        self.pending = tokens;
        self.pending.clear();
    }

    /// Skips the lines of data that follow `COPY … FROM STDIN;` in a script, up to the `\.` that ends them.
    fn skip_data(&mut self, statement: Statement<'_>) {
        let last = statement.len().saturating_sub(1);
        let asks = statement.is(0, "COPY")
            && (0..=last).any(|index| statement.is(index, "FROM") && statement.is(index + 1, "STDIN"));
        let line_end = self.line_end(self.lexer.at);
        let rest_of_line = self.source().get(self.lexer.at..line_end).unwrap_or("");
        if !asks || !self.has_data || !rest_of_line.trim().is_empty() {
            return;
        }
        let data = self.source().get(line_end..).unwrap_or("");
        match data.find("\n\\.\n").or_else(|| data.ends_with("\n\\.").then(|| data.len() - 3)) {
            Some(end) => self.lexer.at = line_end + end + "\n\\.".len(),
            None => self.has_data = false,
        }
    }
}

fn is_too_deep(tokens: &[Token]) -> bool {
    let mut depth = 0usize;
    tokens.iter().any(|token| {
        match token.kind {
            Kind::Sign(b'(') => depth += 1,
            Kind::Sign(b')') => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > DEEPEST_PARENTHESES
    })
}

/// Follows `CREATE TRIGGER … BEGIN … END`, inside which semicolons end no statement.
#[derive(Clone, Copy, Debug, Default)]
struct Compound {
    creates: bool,
    is_routine: bool,
    blocks: usize,
    after_end: bool,
}

impl Compound {
    fn is_open(self, session: &Session) -> bool {
        self.is_routine && self.blocks > 0 && session.dialect.has_compound_statements()
    }

    /// Takes in a word of the statement; `index` tokens stand in front of it.
    fn word(&mut self, word: &str, index: usize) {
        let is = |words: &[&str]| words.iter().any(|known| word.eq_ignore_ascii_case(known));
        let after_end = std::mem::replace(&mut self.after_end, is(&["END"]));
        if index == 0 {
            self.creates = is(&["CREATE", "ALTER"]);
        } else if self.creates && index < 8 && is(&["TRIGGER", "PROCEDURE", "PROC", "FUNCTION", "EVENT"]) {
            self.is_routine = true;
        } else if is(&["BEGIN"]) || (is(&["CASE"]) && !after_end) {
            self.blocks += 1;
        } else if is(&["END"]) {
            self.blocks = self.blocks.saturating_sub(1);
        } else if after_end && is(&["IF", "LOOP", "WHILE", "REPEAT", "FOR"]) {
            self.blocks += 1;
        }
    }
}
