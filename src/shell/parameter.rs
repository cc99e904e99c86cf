//! Reads `${…}`.

use super::Dialect;
use super::ast::{Arithmetic, Operation, Parameter, Part, ReplaceScope, Word};
use super::inside::{MESSAGE_IN_QUOTES, OPERAND, OPERAND_IN_QUOTES, Quoting, Rules, SUBSCRIPT, SUBSTRING};
use super::parser::{Parser, Result};
use super::substitution::{begins_name, is_name, is_special_parameter};

/// How the word of `-`, `=` and `+` is read. Patterns and the message of `?` are read as without quotes.
const fn word_rules(quoting: Quoting) -> Rules {
    match quoting {
        Quoting::Bare => OPERAND,
        _ => Rules { quoting, ..OPERAND_IN_QUOTES },
    }
}

/// The beginning of a `${…}`.
struct Head {
    name: String,
    indirect: bool,
    length: bool,
}

impl Parser<'_> {
    /// Reads `${…}`.
    pub(super) fn braced_parameter(&mut self, quoting: Quoting) -> Result<Part> {
        let start = self.pos;
        self.advance(2);
        self.expect_common_brace()?;
        if self.is_bash() && matches!(self.peek(), b' ' | b'\t' | b'\n' | b'|' | b'(') {
            return self.commands_in_braces(start, quoting);
        }
        let head = self.parameter_head();
        let mut subscript = None;
        if self.peek() == b'[' && head.name.bytes().next().is_some_and(is_name) && self.is_bash() {
            subscript = self.parameter_subscript()?;
        }
        let operation = self.operation(&head, subscript.as_ref(), quoting)?;
        let operation = if self.peek() == b'}' { operation } else { self.invalid(operation, quoting)? };
        self.pos += 1;
        if quoting == Quoting::HereDocument && operation.has_pattern() && self.slice(start, self.pos).contains("$(") {
            // Bash loses the last character of the commands.
            return self.error("a substitution in a pattern in a here-document", start);
        }
        let span = self.span_from(start);
        let parameter = Parameter { name: head.name, subscript, indirect: head.indirect, operation, span };
        self.expect_common_parameter(&parameter, quoting, start)?;
        Ok(Part::Parameter(Box::new(parameter)))
    }

    /// `${ …; }` and `${| …; }`, which bash runs from 5.3 on. Before it, such a text ends at the first `}`; only
    /// texts that end there in both readings are accepted.
    fn commands_in_braces(&mut self, start: usize, quoting: Quoting) -> Result<Part> {
        let open = if self.peek() == b'|' { self.pos + 1 } else { self.pos };
        let bodies = self.shared.bodies.len();
        let lines = self.lines.clone();
        let word = self.word_inside(&word_rules(quoting))?;
        let close = self.pos;
        if self.shared.bodies.len() > bodies {
            return self.error("a here-document in commands in braces", start);
        }
        if quoting == Quoting::Arithmetic && self.slice(open, close).contains('`') {
            return self.error("backquotes in commands in braces in arithmetic", start);
        }
        if self.slice(open, close).trim().is_empty() {
            self.pos = close + 1;
            return Ok(self.unnamed(word, start));
        }
        if !self.slice(open, close).trim_end_matches([' ', '\t']).ends_with([';', '&', '\n']) {
            if !self.slice(close + 1, self.end()).contains('}') {
                // They end neither here nor later: a bad substitution to the one, an error to the other.
                self.pos = close + 1;
                return Ok(self.unnamed(word, start));
            }
            return self.error("commands in braces have no end", start);
        }
        self.rewind(open)?;
        self.lines = lines;
        let script = self.commands_between(open, close)?;
        self.pos = close + 1;
        Ok(Part::CommandSubstitution { script: script.into(), span: self.span_from(start) })
    }

    /// A `${…}` that names nothing.
    pub(super) fn unnamed(&self, word: Word, start: usize) -> Part {
        Part::Parameter(Box::new(Parameter {
            name: String::new(),
            subscript: None,
            indirect: false,
            operation: Operation::Invalid { word },
            span: self.span_from(start),
        }))
    }

    /// Reads `!`, `#` and the name.
    fn parameter_head(&mut self) -> Head {
        let mut head = Head { name: String::new(), indirect: false, length: false };
        match self.peek() {
            b'!' if self.is_bash() && self.names_parameter(1) => {
                head.indirect = true;
                self.advance(1);
            }
            b'#' if self.takes_length() => {
                head.length = true;
                self.advance(1);
            }
            _ => {}
        }
        let byte = self.peek();
        if begins_name(byte) {
            head.name = self.name();
        } else if byte.is_ascii_digit() {
            while self.peek().is_ascii_digit() {
                head.name.push(char::from(self.byte(self.pos)));
                self.pos += 1;
            }
        } else if is_special_parameter(byte) && !self.begins_expansion() {
            head.name.push(char::from(byte));
            self.pos += 1;
        }
        head
    }

    /// Whether a `$` here begins an expansion of its own rather than being the parameter `$`.
    fn begins_expansion(&self) -> bool {
        self.ahead(0) == b'$' && matches!(self.ahead(1), b'$' | b'{' | b'(' | b'[' | b'\'' | b'"')
    }

    /// Whether a parameter's name begins `distance` bytes ahead, behind a `!`.
    fn names_parameter(&self, distance: usize) -> bool {
        let byte = self.ahead(distance);
        is_name(byte) || (is_special_parameter(byte) && self.ahead(distance + 1) == b'}')
    }

    /// Whether the `#` here asks for a length; else it is the parameter `#`.
    fn takes_length(&self) -> bool {
        let byte = self.ahead(1);
        is_name(byte) || (is_special_parameter(byte) && self.ahead(2) == b'}')
    }

    /// Reads `[…]`. Bash may look for its end behind the `}`.
    /// Where there is none, bash gives up when it comes to expand this.
    fn parameter_subscript(&mut self) -> Result<Option<Arithmetic>> {
        let start = self.pos;
        self.advance(1);
        let subscript = self.arithmetic_inside(&Rules { abort: b'}', ..SUBSCRIPT })?;
        if self.peek() == b'}' && self.dialect == Dialect::Bash && !self.slice(self.pos, self.end()).contains(']') {
            self.rewind(start)?;
            return Ok(None);
        }
        if self.peek() != b']' {
            return self.error("a subscript is not closed", start);
        }
        self.pos += 1;
        Ok(Some(subscript))
    }

    fn operation(&mut self, head: &Head, subscript: Option<&Arithmetic>, quoting: Quoting) -> Result<Operation> {
        let byte = self.peek();
        if head.length {
            return Ok(Operation::Length);
        }
        if head.indirect && byte == b'}' && subscript.is_some_and(is_all) {
            return Ok(Operation::Keys);
        }
        if head.indirect && matches!(byte, b'*' | b'@') && self.ahead(1) == b'}' && subscript.is_none() {
            self.advance(1);
            return Ok(Operation::Names);
        }
        if head.name.is_empty() {
            return Ok(Operation::None);
        }
        match byte {
            b':' if matches!(self.ahead(1), b'-' | b'=' | b'?' | b'+') => {
                self.advance(1);
                self.alternative(true, quoting)
            }
            b'-' | b'=' | b'?' | b'+' => self.alternative(false, quoting),
            b'#' | b'%' => self.trim(byte),
            b':' if self.is_bash() => self.substring(),
            b'/' if self.is_bash() => self.replacement(),
            b'^' | b',' | b'~' if self.is_bash() => self.change_case(byte),
            b'@' if self.ahead(1).is_ascii_alphabetic() && self.ahead(2) == b'}' && self.is_bash() => {
                let letter = self.ahead(1);
                self.advance(2);
                Ok(Operation::Transform(char::from(letter)))
            }
            b'$' if matches!(self.ahead(1), b'\'' | b'"') && self.is_bash() && self.ends_in_brackets() => {
                self.error_here("quotes and brackets behind the name of a parameter")
            }
            _ => Ok(Operation::None),
        }
    }

    /// Whether a bracket stands before the next `}`: bash takes quotes before it away when it prints the text.
    fn ends_in_brackets(&self) -> bool {
        let rest = self.slice(self.pos, self.end());
        rest.split('}').next().is_some_and(|rest| rest.contains('['))
    }

    fn alternative(&mut self, empty: bool, quoting: Quoting) -> Result<Operation> {
        let operator = self.peek();
        self.pos += 1;
        let word = self.word_inside(&if operator == b'?' { message_rules(quoting) } else { word_rules(quoting) })?;
        Ok(match operator {
            b'-' => Operation::Default { empty, word },
            b'=' => Operation::Assign { empty, word },
            b'?' => Operation::Error { empty, word },
            _ => Operation::Alternative { empty, word },
        })
    }

    /// Takes an operator of one byte; says whether it is doubled.
    fn maybe_doubled(&mut self, operator: u8) -> bool {
        self.advance(1);
        let doubled = self.peek() == operator;
        if doubled {
            self.pos += 1;
        }
        doubled
    }

    fn trim(&mut self, operator: u8) -> Result<Operation> {
        let longest = self.maybe_doubled(operator);
        let pattern = self.word_inside(&OPERAND)?;
        Ok(match operator {
            b'#' => Operation::TrimPrefix { longest, pattern },
            _ => Operation::TrimSuffix { longest, pattern },
        })
    }

    fn change_case(&mut self, operator: u8) -> Result<Operation> {
        let all = self.maybe_doubled(operator);
        let pattern = self.word_inside(&OPERAND)?;
        let pattern = (!pattern.parts.is_empty()).then_some(pattern);
        Ok(Operation::Case { operator: char::from(operator), all, pattern })
    }

    fn substring(&mut self) -> Result<Operation> {
        let start = self.pos;
        self.advance(1);
        let offset = self.arithmetic_inside(&SUBSTRING)?;
        let length = if self.peek() == b':' {
            self.pos += 1;
            Some(self.arithmetic_inside(&Rules { stop: 0, ..SUBSTRING })?)
        } else {
            None
        };
        let written = self.slice(start, self.pos);
        if written.contains('`') && written.contains("\\\"") {
            return self.error("quotes are escaped in backquotes in braces", start);
        }
        Ok(Operation::Substring { offset, length })
    }

    fn replacement(&mut self) -> Result<Operation> {
        self.advance(1);
        let scope = match self.peek() {
            b'/' => ReplaceScope::All,
            b'#' => ReplaceScope::Prefix,
            b'%' => ReplaceScope::Suffix,
            _ => ReplaceScope::First,
        };
        if scope != ReplaceScope::First {
            self.pos += 1;
        }
        let pattern = self.word_inside(&Rules { stop: b'/', ..OPERAND })?;
        let replacement = if self.peek() == b'/' {
            self.pos += 1;
            Some(self.word_inside(&OPERAND)?)
        } else {
            None
        };
        Ok(Operation::Replace { scope, pattern, replacement })
    }

    /// Bash accepts any text up to the `}` and refuses it when it comes to expand it.
    fn invalid(&mut self, read: Operation, quoting: Quoting) -> Result<Operation> {
        let (start, first) = (self.pos, self.peek());
        let mut word = self.word_inside(&message_rules(quoting))?;
        let empty = first == b':' && word.parts.len() < 2 && self.slice(start, self.pos) == ":";
        let quoted = quoting != Quoting::Bare && self.slice(start, self.pos).contains('\'');
        if !self.is_bash() && (empty || quoted) {
            return self.unexpected("this is no expansion");
        }
        if let Operation::Invalid { word: before } = read {
            word.span = before.span.to(word.span);
            let behind = std::mem::replace(&mut word.parts, before.parts);
            word.parts.extend(behind);
        }
        Ok(Operation::Invalid { word })
    }
}

impl Operation {
    /// Whether a pattern or arithmetic stands behind the operator.
    fn has_pattern(&self) -> bool {
        matches!(
            self,
            Operation::TrimPrefix { .. }
                | Operation::TrimSuffix { .. }
                | Operation::Replace { .. }
                | Operation::Substring { .. }
                | Operation::Case { .. }
        )
    }
}

/// What is special in a message, and in what bash cannot expand.
fn message_rules(quoting: Quoting) -> Rules {
    if quoting == Quoting::Bare { OPERAND } else { MESSAGE_IN_QUOTES }
}

/// Whether a subscript is `@` or `*`.
fn is_all(subscript: &Arithmetic) -> bool {
    matches!(subscript.parts.as_slice(), [Part::Literal { text, .. }] if text == "@" || text == "*")
}
