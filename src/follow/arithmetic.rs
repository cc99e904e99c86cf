//! Arithmetic: small expressions over known numbers are evaluated, the rest is some number. What runs inside an
//! expression runs in either case.

use super::follower::Follower;
use super::parameters::{Subscript, number};
use super::step::Arg;
use super::words::{Surroundings, is_name};
use crate::shell::ast::Arithmetic;
use crate::span::Span;

/// How deep a variable's value may name another variable.
const NAMES: u32 = 8;

impl<'a> Follower<'a, '_> {
    /// `(( … ))` and its kin.
    pub(super) fn arithmetic(&mut self, expression: &'a Arithmetic) {
        self.condensed(|follower| follower.arithmetic_number(expression));
    }

    /// `$(( … ))`
    pub(super) fn arithmetic_value(&mut self, expression: &'a Arithmetic) -> Arg {
        let span = self.at(expression.span);
        match self.arithmetic_number(expression) {
            Some(number) => Arg::made(number.to_string(), span),
            None => number().at(span),
        }
    }

    /// The value of an expression, when it is known.
    pub(super) fn arithmetic_number(&mut self, expression: &'a Arithmetic) -> Option<i64> {
        let text = self.arithmetic_text(expression);
        self.evaluate_all(std::slice::from_ref(&text));
        let text = text.text()?.to_owned();
        self.evaluate(&text, 0)
    }

    /// A key or an index, as text.
    pub(super) fn key(&mut self, subscript: &'a Arithmetic) -> Arg {
        let text = without_quotes(self.arithmetic_text(subscript));
        self.evaluate_all(std::slice::from_ref(&text));
        match text.text() {
            Some(string) if is_name(string) || string.bytes().any(|b| matches!(b, b'+' | b'-' | b'*' | b'/')) => {
                let string = string.to_owned();
                match self.evaluate(&string, 0) {
                    Some(index) if self.state.variables.get(string.as_str()).is_some() || !is_name(&string) => {
                        Arg::made(index.to_string(), text.span)
                    }
                    _ => text,
                }
            }
            _ => text,
        }
    }

    fn arithmetic_text(&mut self, expression: &'a Arithmetic) -> Arg {
        let span = self.at(expression.span);
        let mut fields =
            super::fields::Fields::new(super::fields::Mode::Single, super::fields::Separators::Default, span);
        self.deeper((), |follower| follower.parts_within(&expression.parts, Surroundings::QUOTED, &mut fields));
        fields.finish_single()
    }

    /// Evaluates known text.
    pub(super) fn evaluate(&mut self, text: &str, depth: u32) -> Option<i64> {
        if text.len() > 1024 || depth > NAMES {
            return None;
        }
        let mut evaluation = Evaluation { follower: self, rest: text, depth, levels: 0 };
        let value = evaluation.comma();
        let rest = evaluation.rest.trim_start();
        if rest.is_empty() {
            return value;
        }
        // What could not be read may assign: nothing that it names is known any more.
        let names: Vec<String> = names(text).map(str::to_owned).collect();
        for name in names.iter().filter(|name| text.contains('=') && is_name(name)) {
            if self.state.variables.get(name.as_str()).is_some() {
                self.choices.assign(name, number());
            }
        }
        None
    }

    /// The number that a variable holds.
    fn number_in(&mut self, name: &str, depth: u32) -> Option<i64> {
        let text = match self.base(name, &Subscript::None) {
            super::parameters::Base::Unset => return Some(0),
            super::parameters::Base::String { value, .. } => value.text()?.to_owned(),
            super::parameters::Base::List { .. } => return None,
        };
        if text.is_empty() { Some(0) } else { self.evaluate(&text, depth + 1) }
    }

    fn assign_number(&mut self, name: &str, value: Option<i64>) {
        let value = value.map_or_else(number, |value| Arg::made(value.to_string(), Span::default()));
        let name = self.referred(name);
        self.choices.assign(&name, value);
    }
}

/// A key without the quotes around it or in it.
fn without_quotes(key: Arg) -> Arg {
    match key.text() {
        Some(text) if text.contains(['\'', '"', '\\']) => Arg::made(text.replace(['\'', '"', '\\'], ""), key.span),
        _ => key,
    }
}

/// The words of an expression that may be variables.
pub(super) fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| is_name(word))
}

/// A recursive descent over the text of an expression.
struct Evaluation<'t, 'e, 'a, 'f> {
    follower: &'e mut Follower<'a, 'f>,
    rest: &'t str,
    depth: u32,
    levels: u32,
}

/// The binary operators by how tightly they bind, loosest first. Longer ones stand before their beginnings.
const BINARY: [&[&str]; 10] = [
    &["||"],
    &["&&"],
    &["|"],
    &["^"],
    &["&"],
    &["==", "!="],
    &["<=", ">=", "<", ">"],
    &["<<", ">>"],
    &["+", "-"],
    &["*", "/", "%"],
];

/// How deep an expression may nest.
const LEVELS: u32 = 32;

impl<'t> Evaluation<'t, '_, '_, '_> {
    fn take(&mut self, sign: &str) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Goes one level deeper, unless that is too deep.
    fn deeper(&mut self, inner: impl FnOnce(&mut Self) -> Option<i64>) -> Option<i64> {
        self.levels += 1;
        let value = if self.levels > LEVELS { None } else { inner(self) };
        self.levels -= 1;
        value
    }

    fn comma(&mut self) -> Option<i64> {
        let mut value = self.conditional();
        while self.take(",") {
            value = self.conditional();
        }
        value
    }

    fn conditional(&mut self) -> Option<i64> {
        self.deeper(Self::choice)
    }

    fn choice(&mut self) -> Option<i64> {
        let condition = self.binary(0);
        if !self.take("?") {
            return condition;
        }
        let yes = self.comma();
        if !self.take(":") {
            return None;
        }
        let no = self.conditional();
        if condition? != 0 { yes } else { no }
    }

    fn binary(&mut self, level: usize) -> Option<i64> {
        let Some(operators) = BINARY.get(level) else { return self.power() };
        let mut left = self.binary(level + 1);
        while let Some(operator) = self.operator(operators) {
            let right = self.binary(level + 1);
            left = left.zip(right).and_then(|(left, right)| calculate(operator, left, right));
        }
        left
    }

    /// One of `operators`, unless it is the beginning of another one or of an assignment.
    fn operator(&mut self, operators: &[&'static str]) -> Option<&'static str> {
        self.rest = self.rest.trim_start();
        let found = operators.iter().find(|operator| self.rest.starts_with(**operator))?;
        let behind = self.rest.as_bytes().get(found.len()).copied();
        let longer = match *found {
            "|" | "&" | "<" | ">" => behind == found.bytes().next(),
            "*" => behind == Some(b'*'),
            _ => false,
        };
        let assigns = behind == Some(b'=') && !matches!(*found, "==" | "!=" | "<=" | ">=" | "&&" | "||");
        if longer || (assigns && !matches!(*found, "<" | ">")) {
            return None;
        }
        self.rest = self.rest.get(found.len()..)?;
        Some(found)
    }

    fn power(&mut self) -> Option<i64> {
        let base = self.unary();
        if !self.take("**") {
            return base;
        }
        let exponent = self.deeper(Self::power)?;
        base?.checked_pow(u32::try_from(exponent).ok()?)
    }

    fn unary(&mut self) -> Option<i64> {
        for sign in ["++", "--"] {
            if self.rest.trim_start().starts_with(sign) {
                self.take(sign);
                let name = self.name()?;
                let step = if sign == "++" { 1 } else { -1 };
                let value = self.follower.number_in(name, self.depth).and_then(|value| value.checked_add(step));
                self.follower.assign_number(name, value);
                return value;
            }
        }
        if self.take("-") {
            self.deeper(Self::unary).and_then(i64::checked_neg)
        } else if self.take("+") {
            self.deeper(Self::unary)
        } else if self.take("~") {
            self.deeper(Self::unary).map(|value| !value)
        } else if self.rest.trim_start().starts_with('!') && !self.rest.trim_start().starts_with("!=") {
            self.take("!");
            self.deeper(Self::unary).map(|value| i64::from(value == 0))
        } else {
            self.primary()
        }
    }

    fn primary(&mut self) -> Option<i64> {
        if self.take("(") {
            let value = self.comma();
            return if self.take(")") { value } else { None };
        }
        self.rest = self.rest.trim_start();
        if self.rest.as_bytes().first().is_some_and(u8::is_ascii_digit) {
            return self.literal();
        }
        let name = self.name()?;
        self.variable(name)
    }

    fn name(&mut self) -> Option<&'t str> {
        self.rest = self.rest.trim_start();
        let length = self.rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        is_name(name).then_some(name)
    }

    /// A variable, perhaps with an assignment behind it.
    fn variable(&mut self, name: &'t str) -> Option<i64> {
        if self.rest.starts_with('[') {
            return None;
        }
        for (sign, step) in [("++", 1), ("--", -1)] {
            if self.take(sign) {
                let value = self.follower.number_in(name, self.depth);
                self.follower.assign_number(name, value.and_then(|value| value.checked_add(step)));
                return value;
            }
        }
        for operator in ["+", "-", "*", "/", "%", "<<", ">>", "&", "|", "^", ""] {
            let rest = self.rest.trim_start();
            let Some(rest) = rest.strip_prefix(operator).and_then(|rest| rest.strip_prefix('=')) else { continue };
            if operator.is_empty() && rest.starts_with('=') {
                continue;
            }
            self.rest = rest;
            let right = self.conditional();
            let value = match operator {
                "" => right,
                _ => {
                    let left = self.follower.number_in(name, self.depth);
                    left.zip(right).and_then(|(left, right)| calculate(operator, left, right))
                }
            };
            self.follower.assign_number(name, value);
            return value;
        }
        self.follower.number_in(name, self.depth)
    }

    /// `10`, `0x1f`, `017`, `2#101`
    fn literal(&mut self) -> Option<i64> {
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '#' | '@' | '_');
        let length = self.rest.find(|c: char| !is_part(c)).unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        if let Some((base, digits)) = text.split_once('#') {
            let base = base.parse().ok().filter(|base| (2..=36).contains(base))?;
            return i64::from_str_radix(digits, base).ok();
        }
        if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
            return i64::from_str_radix(digits, 16).ok();
        }
        match text.strip_prefix('0').filter(|digits| !digits.is_empty()) {
            Some(digits) => i64::from_str_radix(digits, 8).ok(),
            None => text.parse().ok(),
        }
    }
}

fn calculate(operator: &str, left: i64, right: i64) -> Option<i64> {
    match operator {
        "+" => left.checked_add(right),
        "-" => left.checked_sub(right),
        "*" => left.checked_mul(right),
        "/" => left.checked_div(right),
        "%" => left.checked_rem(right),
        "<<" => left.checked_shl(u32::try_from(right).ok()?),
        ">>" => left.checked_shr(u32::try_from(right).ok()?),
        "&" => Some(left & right),
        "|" => Some(left | right),
        "^" => Some(left ^ right),
        "&&" => Some(i64::from(left != 0 && right != 0)),
        "||" => Some(i64::from(left != 0 || right != 0)),
        "==" => Some(i64::from(left == right)),
        "!=" => Some(i64::from(left != right)),
        "<" => Some(i64::from(left < right)),
        ">" => Some(i64::from(left > right)),
        "<=" => Some(i64::from(left <= right)),
        ">=" => Some(i64::from(left >= right)),
        _ => None,
    }
}
