//! Reads compound commands behind the reserved word that begins them.

use super::ast::*;
use super::inside::{ARITHMETIC, Flat, Rules};
use super::parser::{Parser, Result};
use super::reserved::Reserved;
use super::word::Kind;

impl Parser<'_> {
    /// Reads the compound command that `word`, taken already, begins.
    pub(super) fn compound(&mut self, word: Reserved) -> Result<CommandKind> {
        match word {
            Reserved::OpenBrace => self.group().map(CommandKind::Group),
            Reserved::OpenBrackets => self.conditional().map(|condition| CommandKind::Conditional(condition.into())),
            Reserved::If => self.conditional_branches(),
            Reserved::Case => self.case(),
            Reserved::For => self.for_loop(false),
            Reserved::Select => self.for_loop(true),
            Reserved::While | Reserved::Until => self.while_loop(word == Reserved::Until),
            _ => self.unexpected("this does not belong here"),
        }
    }

    /// The condition of a compound command.
    fn condition_commands(&mut self) -> Result<Script> {
        let start = self.pos;
        let bodies = self.shared.bodies.len();
        let script = self.commands()?;
        if self.reprints() && self.shared.bodies.len() > bodies {
            return self.error("a here-document in a condition in a substitution", start);
        }
        Ok(script)
    }

    fn expect(&mut self, word: Reserved, reason: &'static str) -> Result<()> {
        if self.eat_reserved(word) { Ok(()) } else { self.unexpected(reason) }
    }

    /// `…; }`
    fn group(&mut self) -> Result<Script> {
        let script = self.commands()?;
        self.expect(Reserved::CloseBrace, "a brace is not closed")?;
        Ok(script)
    }

    /// `( … )`, or `(( … ))` when its parentheses match and close together.
    pub(super) fn subshell_or_arithmetic(&mut self) -> Result<CommandKind> {
        if self.ahead(1) == b'(' && self.is_bash() {
            let start = self.pos;
            let lines = self.lines.clone();
            self.advance(2);
            let inner = self.pos;
            let arithmetic = self.arithmetic_inside(&ARITHMETIC)?;
            self.pos += 1;
            if self.byte(self.pos) == b')' {
                self.pos -= 1;
                self.expect_plain_arithmetic(inner)?;
                self.pos += 1;
                self.pos += 1;
                return Ok(CommandKind::Arithmetic(arithmetic));
            }
            self.misread_until = self.misread_until.max(self.pos);
            let rest = self.slice(self.pos, self.end());
            let again = self.slice(start, self.pos);
            if again.contains('\n') && again.contains("$(") || !self.lines.is_plain() {
                return self.error("a line ends in text that bash reads again", start);
            }
            if rest.starts_with(['\n', '\\']) {
                // Bash puts the text back with this newline or backslash, of which it then loses track.
                return self.error("a line ends in text that bash reads again", start);
            }
            self.rewind(start)?;
            self.lines = lines;
        }
        self.advance(1);
        let script = self.commands()?;
        if self.peek() != b')' {
            return self.unexpected("a parenthesis is not closed");
        }
        self.pos += 1;
        if self.misread_comment {
            return self.error_here("a comment in text that bash reads again");
        }
        Ok(CommandKind::Subshell(script))
    }

    /// `… then … elif … then … else … fi`
    fn conditional_branches(&mut self) -> Result<CommandKind> {
        let mut branches = Vec::new();
        loop {
            let condition = self.condition_commands()?;
            self.expect(Reserved::Then, "`then` is missing")?;
            branches.push((condition, self.commands()?));
            if !self.eat_reserved(Reserved::Elif) {
                break;
            }
        }
        let otherwise = if self.eat_reserved(Reserved::Else) { Some(self.commands()?) } else { None };
        self.expect(Reserved::Fi, "`fi` is missing")?;
        Ok(CommandKind::If { branches, otherwise })
    }

    fn while_loop(&mut self, until: bool) -> Result<CommandKind> {
        let condition = self.condition_commands()?;
        let body = self.do_group()?;
        Ok(CommandKind::While { until, condition: condition.into(), body: body.into() })
    }

    /// `do … done`
    fn do_group(&mut self) -> Result<Script> {
        self.expect(Reserved::Do, "`do` is missing")?;
        let body = self.commands()?;
        self.expect(Reserved::Done, "`done` is missing")?;
        Ok(body)
    }

    /// `do … done` or, in bash, `{ … }`.
    fn loop_body(&mut self) -> Result<Script> {
        if self.is_bash() && self.eat_reserved(Reserved::OpenBrace) { self.group() } else { self.do_group() }
    }

    fn for_loop(&mut self, select: bool) -> Result<CommandKind> {
        self.skip_blanks();
        if !select && self.is_bash() && self.peek() == b'(' && self.ahead(1) == b'(' {
            return self.arithmetic_for();
        }
        let start = self.pos;
        self.word(Kind::Plain)?;
        let name = self.raw_name(start);
        self.expect_name(&name, start)?;
        if name.contains("((") {
            // Bash accepts it, prints it in a form that it would not read, and does not run it.
            return self.error("this is no name", start);
        }
        self.skip_blanks();
        let mut words = None;
        let mut separated = self.separates_at_once();
        if separated {
            self.pos += 1;
            self.skip_newlines()?;
        } else {
            separated = self.skip_newlines()? > 0;
            if self.eat_reserved(Reserved::In) {
                words = Some(self.loop_words()?);
                separated = true;
            }
        }
        let body = if separated { self.loop_body()? } else { self.do_group()? };
        Ok(CommandKind::For { select, name, words, body: body.into() })
    }

    /// Whether a single `;` stands here.
    fn separates_at_once(&mut self) -> bool {
        self.peek() == b';' && !matches!(self.ahead(1), b';' | b'&')
    }

    /// The words after `in`, up to and with what ends them.
    fn loop_words(&mut self) -> Result<Vec<Word>> {
        let mut words = Vec::new();
        loop {
            self.skip_blanks();
            if self.separates_at_once() {
                self.pos += 1;
                break;
            }
            if self.peek() == b'\n' {
                break;
            }
            words.push(self.word(Kind::Plain)?);
        }
        self.skip_newlines()?;
        Ok(words)
    }

    /// `((…;…;…)) …`
    fn arithmetic_for(&mut self) -> Result<CommandKind> {
        self.advance(2);
        let rules = Rules { stop: b';', flat: Flat::Nothing, ..ARITHMETIC };
        let init = self.arithmetic_for_part(&rules)?;
        let condition = self.arithmetic_for_part(&rules)?;
        let update = self.arithmetic_for_expression(&rules)?;
        if self.peek() != b')' || self.byte(self.pos + 1) != b')' {
            return self.unexpected("the head of a loop is not closed");
        }
        self.pos += 2;
        self.skip_blanks();
        if self.separates_at_once() {
            self.pos += 1;
        }
        self.skip_newlines()?;
        let body = self.loop_body()?;
        let [init, condition, update] = [init, condition, update].map(Box::new);
        Ok(CommandKind::ArithmeticFor { init, condition, update, body: body.into() })
    }

    /// Bash splits the head at every semicolon, and finds its end without regard to braces.
    fn arithmetic_for_expression(&mut self, rules: &Rules) -> Result<Arithmetic> {
        let start = self.pos;
        let expression = self.arithmetic_inside(rules)?;
        self.expect_plain_arithmetic(start)?;
        let written = self.slice(start, self.pos);
        let processes = written.contains("<(") || written.contains(">(");
        if written.contains(';') && (processes || !written.contains("$(")) {
            return self.error("a semicolon inside a part of a loop's head", start);
        }
        if written.contains("${") {
            self.expect_arithmetic(start)?;
        }
        if self.is_bash() && !counts_alike(written) {
            return self.error("this ends in two different places", start);
        }
        Ok(expression)
    }

    fn arithmetic_for_part(&mut self, rules: &Rules) -> Result<Arithmetic> {
        let part = self.arithmetic_for_expression(rules)?;
        if self.peek() != b';' {
            return self.unexpected("the head of a loop needs three parts");
        }
        self.pos += 1;
        Ok(part)
    }

    fn case(&mut self) -> Result<CommandKind> {
        self.skip_blanks();
        let subject = self.word(Kind::Plain)?;
        self.skip_newlines()?;
        self.expect(Reserved::In, "`in` is missing")?;
        let mut arms = Vec::new();
        loop {
            self.skip_newlines()?;
            if self.eat_reserved(Reserved::Esac) {
                break;
            }
            if !arms.is_empty() && self.peek() == b'}' && self.is_bash() {
                // Inside a group, bash takes it for the end of the group.
                return self.error_here("a pattern that begins with a brace");
            }
            let (arm, more) = self.case_arm()?;
            arms.push(arm);
            if !more {
                self.expect(Reserved::Esac, "`esac` is missing")?;
                break;
            }
        }
        Ok(CommandKind::Case { subject: subject.into(), arms })
    }

    /// One arm, and whether another one may follow.
    fn case_arm(&mut self) -> Result<(CaseArm, bool)> {
        self.count()?;
        if self.peek() == b'(' {
            self.pos += 1;
            self.skip_blanks();
        }
        let mut patterns = Vec::new();
        loop {
            patterns.push(self.word(Kind::Plain)?);
            self.skip_blanks();
            match self.peek() {
                b'|' => self.pos += 1,
                b')' => break,
                _ => return self.unexpected("a pattern is not closed"),
            }
            self.skip_blanks();
        }
        self.pos += 1;
        let body = self.script()?;
        let (end, more) = if self.eat(b";;&") {
            (ArmEnd::Continue, true)
        } else if self.eat(b";;") {
            (ArmEnd::Break, true)
        } else if self.eat(b";&") {
            (ArmEnd::FallThrough, true)
        } else {
            (ArmEnd::Break, false)
        };
        if !self.is_bash() && end != ArmEnd::Break {
            return self.unexpected("this does not end an arm");
        }
        Ok((CaseArm { patterns, body, end }, more))
    }
}

/// Whether a part of a loop's head has as many parentheses that open as close, and names a parameter behind each `${`:
/// bash looks for the end of the head without reading what is in it.
fn counts_alike(part: &str) -> bool {
    let count = |parenthesis| part.bytes().filter(|byte| *byte == parenthesis).count();
    let names = |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '#' | '!'));
    !part.contains("$$") && !part.contains(" #") && count(b'(') == count(b')') && part.split("${").skip(1).all(names)
}
