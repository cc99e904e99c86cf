//! SQL that is put together from strings and then run: `EXECUTE`, `PREPARE`, `DO`, `\gexec`.

use super::judge::Rest;
use super::lexer::{Kind, Token};
use super::statement::Statement;
use super::{Session, reasons};
use crate::payload::{Carried, HOLE, Language, argument};
use crate::span::Span;
use crate::text::Text;

/// Functions that join their arguments.
const JOINING: &[&str] = &["concat", "concat_ws", "format", "printf"];
/// The longest text that is put together.
const LONGEST: usize = 64 << 10;

impl Session {
    /// Reads code inside the session: a string that is run, the body of a block.
    pub(super) fn inner(&mut self, code: &Text) {
        self.deeper(code, |session| session.text(code));
    }

    /// Runs what the tokens of an expression evaluate to, once for each text that it may be.
    pub(super) fn run_expression(&mut self, expression: Statement<'_>) {
        let texts = match (expression.len(), expression.token(0)) {
            (1, Some(token)) if token.kind == Kind::Word => self.values(variable_name(expression.raw(0))),
            _ => vec![self.evaluate(expression)],
        };
        let known = |text: &Text| text.as_str().chars().any(|c| c != HOLE && !c.is_whitespace());
        if texts.is_empty() || !texts.iter().all(known) {
            self.outcome.find(&reasons::OPAQUE, expression.locate(0, expression.len()), "");
        }
        for text in texts.iter().filter(|text| known(text)) {
            self.inner(text);
        }
    }

    /// The text of an expression of strings, with a hole for each part that is not constant.
    pub(super) fn evaluate(&self, expression: Statement<'_>) -> Text {
        let mut text = Text::default();
        let mut at = 0;
        while at < expression.len() && text.as_str().len() < LONGEST {
            at = self.evaluate_operand(expression, at, &mut text);
        }
        text
    }

    /// Appends the value of the operand at `at`, and tells where the next one stands.
    fn evaluate_operand(&self, expression: Statement<'_>, at: usize, text: &mut Text) -> usize {
        let Some(token) = expression.token(at) else { return at + 1 };
        match token.kind {
            Kind::Sign(b'|' | b'+' | b'(' | b')' | b',' | b';') => at + 1,
            Kind::String { .. } | Kind::Dollar { .. } => {
                // A format's own placeholders, when it is a format.
                let value = expression.string(at);
                let is_format = at >= 2 && expression.is_any(at - 2, &["format", "printf"]);
                text.push(&if is_format { without_placeholders(&value) } else { value });
                if is_format { expression.closing(at - 1) + 1 } else { at + 1 }
            }
            Kind::Word if expression.is_sign(at + 1, b'(') => {
                if expression.is_any(at, JOINING) {
                    return at + 2;
                }
                push_hole(text, expression.locate(at, at + 1));
                expression.closing(at + 1) + 1
            }
            Kind::Word if expression.is_any(at, &["AS", "USING", "INTO", "FROM", "WHERE", "GROUP", "ORDER"]) => {
                expression.len()
            }
            Kind::Word => {
                match self.values(variable_name(expression.raw(at))).pop() {
                    Some(value) => text.push(&value),
                    None => push_hole(text, expression.locate(at, at + 1)),
                }
                expression.name_end(at).max(at + 1)
            }
            Kind::Sign(b':') if expression.is_sign(at + 1, b':') => at + 3,
            _ => {
                push_hole(text, expression.locate(at, at + 1));
                at + 1
            }
        }
    }

    /// `EXECUTE name`, `EXECUTE 'text'`, `EXECUTE IMMEDIATE text`, and SQL Server's `EXEC`.
    pub(super) fn execute(&mut self, statement: Statement<'_>, at: usize) -> Rest {
        let mut from = at + 1;
        if statement.is(from, "AS") {
            return Rest::Runs;
        }
        if statement.is(from, "IMMEDIATE") {
            from += 1;
        } else {
            // A procedure or a prepared statement by its name; a variable only inside a block.
            let is_text = statement.is_sign(from, b'(') || statement.is_string(from) && !self.is_sql_server();
            if !is_text && (self.is_sql_server() || !self.is_inner()) {
                return self.call_procedure(statement, from);
            }
        }
        let is_end = |index: &usize| statement.is_any(*index, &["INTO", "USING", "LOOP", "AT", "WITH"]);
        let end = match statement.is_sign(from, b'(') {
            true => statement.closing(from) + 1,
            false => (from..statement.len()).find(is_end).unwrap_or(statement.len()),
        };
        self.run_expression(statement.part(from, end));
        Rest::From(end)
    }

    /// `PREPARE name AS statement`, `PREPARE name FROM text`.
    pub(super) fn prepare(&mut self, statement: Statement<'_>, at: usize) -> Rest {
        let source = statement.level(at + 1).find(|&index| statement.is_any(index, &["AS", "FROM"]));
        match source {
            Some(index) if statement.is(index, "AS") => Rest::At(index + 1),
            Some(index) => {
                self.run_expression(statement.part(index + 1, statement.len()));
                Rest::Settled
            }
            None => Rest::Settled,
        }
    }

    /// `DO $$ … $$`: a block of PL/pgSQL; in another language, code that something else reads.
    pub(super) fn block(&mut self, statement: Statement<'_>, at: usize) -> Rest {
        let Some(body) = (at + 1..statement.len()).find(|&index| statement.is_string(index)) else { return Rest::Runs };
        let language = (at + 1..statement.len()).find(|&index| statement.is(index, "LANGUAGE")).map(|index| index + 1);
        let name = language.map_or(String::new(), |index| statement.name(index).to_ascii_lowercase());
        let code = statement.string(body);
        let carried = match name.as_str() {
            "" | "plpgsql" | "sql" => None,
            name if name.starts_with("plpython") => Some(Language::Python),
            name if name.starts_with("plperl") => Some(Language::Perl),
            "plsh" => Some(Language::Shell),
            "plv8" => Some(Language::Javascript),
            _ => {
                self.outcome.find(&reasons::OPAQUE, code.source(), "");
                return Rest::Settled;
            }
        };
        match carried {
            None => self.inner(&code),
            Some(Language::Shell) => self.shell(code),
            Some(language) => {
                self.mutates();
                self.outcome.carried.push(Carried::Code { language, text: argument(code) });
            }
        }
        Rest::Settled
    }

    /// `SET @x = '…'`, `DECLARE @x … = '…'`, `SELECT @x = '…'`: constant texts are remembered.
    pub(super) fn assign(&mut self, statement: Statement<'_>, at: usize) -> Rest {
        if statement.is(at, "SET") {
            self.set(statement, at);
        }
        if statement.tokens.iter().skip(at).any(Token::is_string) {
            let assignments = statement.part(at + 1, statement.len());
            for (start, end) in assignments.items() {
                self.assign_text(assignments.part(start, end));
            }
        }
        Rest::Runs
    }

    /// `@x = '…'`, `@x text := '…'`, `x text DEFAULT '…'`, `@x += '…'`.
    fn assign_text(&mut self, assignment: Statement<'_>) {
        let is_sign = |index: usize| assignment.is_sign(index, b'=') || assignment.is(index, "DEFAULT");
        let Some(sign) = assignment.level(0).find(|&index| is_sign(index)) else { return };
        let name = variable_name(assignment.raw(0));
        let mut value = Text::default();
        if sign > 0 && assignment.is_sign(sign - 1, b'+') {
            value = self.values(name).pop().unwrap_or_default();
        }
        value.push(&self.evaluate(assignment.part(sign + 1, assignment.len())));
        self.remember(name, value);
    }

    /// `x := '…'` in a block.
    pub(super) fn assign_variable(&mut self, statement: Statement<'_>, at: usize) -> Rest {
        let value = self.evaluate(statement.part(at + 3, statement.len()));
        self.remember(statement.name(at), value);
        Rest::From(at + 3)
    }

    /// Runs what a query prints, as `\gexec` does.
    pub(super) fn run_printed(&mut self, query: Statement<'_>) {
        if !query.is(0, "SELECT") {
            self.outcome.find(&reasons::OPAQUE, query.locate(0, query.len()), "");
            return;
        }
        let columns = columns(query, 0);
        for (start, end) in columns.items() {
            self.run_expression(columns.part(start, end));
        }
    }

    /// Notes what the query that starts at `at` prints, as far as its strings tell: another client may run that.
    pub(super) fn prints(&mut self, query: Statement<'_>, at: usize) {
        let columns = columns(query, at);
        for (start, end) in columns.items() {
            let column = columns.part(start, end);
            if column.tokens.iter().any(Token::is_string) {
                self.outcome.prints(argument(self.evaluate(column)));
            }
        }
    }
}

/// The columns of the query that starts at `at`.
fn columns(query: Statement<'_>, at: usize) -> Statement<'_> {
    let ends = |index: usize| query.is_any(index, &["FROM", "WHERE", "ORDER", "LIMIT", "UNION"]);
    let end = query.level(at + 1).find(|&index| ends(index));
    query.part(at + 1, end.unwrap_or(query.len()))
}

/// A variable's name without the sign in front of it.
pub(super) fn variable_name(raw: &str) -> &str {
    raw.trim_start_matches(['@', ':', '$'])
}

fn push_hole(text: &mut Text, span: Span) {
    if !text.as_str().ends_with(HOLE) {
        text.push(&Text::derived(HOLE.to_string(), span));
    }
}

/// A format with a hole for each `%s`, `%I`, `%L`.
fn without_placeholders(format: &Text) -> Text {
    let mut text = Text::default();
    let mut from = 0;
    let mut characters = format.as_str().char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        if character != '%' {
            continue;
        }
        text.push(&format.slice(from, at));
        let mut end = at + 1;
        while let Some(&(index, next)) = characters.peek() {
            characters.next();
            end = index + next.len_utf8();
            if next.is_ascii_alphabetic() || next == '%' {
                break;
            }
        }
        push_hole(&mut text, format.locate(Span::new(at, end)));
        from = end;
    }
    text.push(&format.slice(from, format.as_str().len()));
    text
}
