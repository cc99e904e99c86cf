//! Whether a `WHERE` narrows anything down.

use super::lexer::Kind;
use super::statement::Statement;

/// What a condition says about the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// It holds for every row, or nothing can be said about it.
    Always,
    /// It holds for no row.
    Never,
    /// It depends on the row.
    Depends,
}

/// Conditions nested deeper than this are not looked into.
const DEEPEST: usize = 16;

/// What the condition `condition` says.
pub fn truth(condition: Statement<'_>) -> Truth {
    any(condition, 0)
}

/// A disjunction.
fn any(condition: Statement<'_>, depth: usize) -> Truth {
    let operands = split(condition, "OR").map(|operand| all(operand, depth));
    operands
        .reduce(|one, other| match (one, other) {
            (Truth::Always, _) | (_, Truth::Always) => Truth::Always,
            (Truth::Never, truth) | (truth, Truth::Never) => truth,
            (Truth::Depends, Truth::Depends) => Truth::Depends,
        })
        .unwrap_or(Truth::Always)
}

/// A conjunction.
fn all(condition: Statement<'_>, depth: usize) -> Truth {
    let operands = split(condition, "AND").map(|operand| one(operand, depth));
    operands
        .reduce(|one, other| match (one, other) {
            (Truth::Never, _) | (_, Truth::Never) => Truth::Never,
            (Truth::Always, truth) | (truth, Truth::Always) => truth,
            (Truth::Depends, Truth::Depends) => Truth::Depends,
        })
        .unwrap_or(Truth::Always)
}

/// A comparison, a constant, or a condition in parentheses.
fn one(condition: Statement<'_>, depth: usize) -> Truth {
    let length = condition.len();
    if condition.is(0, "NOT") && length > 1 {
        return match one(condition.part(1, length), depth) {
            Truth::Always => Truth::Never,
            Truth::Never => Truth::Always,
            Truth::Depends => Truth::Depends,
        };
    }
    if condition.is_sign(0, b'(') && condition.closing(0) + 1 == length && depth < DEEPEST {
        return any(condition.part(1, length - 1), depth + 1);
    }
    match length {
        0 => Truth::Always,
        1 => constant(condition),
        _ => comparison(condition).unwrap_or(Truth::Depends),
    }
}

fn constant(condition: Statement<'_>) -> Truth {
    let Some(token) = condition.token(0) else { return Truth::Always };
    let raw = condition.raw(0);
    match token.kind {
        _ if condition.is_hole(0) => Truth::Always,
        Kind::Number if raw.bytes().all(|byte| matches!(byte, b'0' | b'.')) => Truth::Never,
        Kind::Word if raw.eq_ignore_ascii_case("false") || raw.eq_ignore_ascii_case("null") => Truth::Never,
        Kind::Word if !raw.eq_ignore_ascii_case("true") => Truth::Depends,
        Kind::Quoted => Truth::Depends,
        _ => Truth::Always,
    }
}

/// The truth of `left OPERATOR right`, where it can be told.
fn comparison(condition: Statement<'_>) -> Option<Truth> {
    let is_operator = |index: usize| match condition.token(index)?.kind {
        Kind::Sign(b'=' | b'<' | b'>' | b'!') => Some(()),
        Kind::Word if condition.is_any(index, &["LIKE", "ILIKE", "GLOB", "IS", "RLIKE", "REGEXP"]) => Some(()),
        _ => None,
    };
    let first = condition.level(0).find(|&index| is_operator(index).is_some())?;
    let signs = (first..condition.len()).take_while(|&index| is_operator(index).is_some()).count();
    let (left, right) = (condition.part(0, first), condition.part(first + signs, condition.len()));
    let operator: String = (first..first + signs).map(|index| condition.raw(index)).collect();
    let (before, after) = (left.shown(0, left.len()), right.shown(0, right.len()));
    if matches!(operator.to_ascii_uppercase().as_str(), "LIKE" | "ILIKE" | "GLOB" | "RLIKE" | "REGEXP") {
        let everything = ["'%'", "'%%'", "'*'", "'.*'", "\"%\""];
        return everything.contains(&after).then_some(Truth::Always);
    }
    let order =
        if before.eq_ignore_ascii_case(after) { std::cmp::Ordering::Equal } else { constant_order(left, right)? };
    let holds = match operator.as_str() {
        "=" | "==" | "<=>" => order.is_eq(),
        "<>" | "!=" => order.is_ne(),
        "<" => order.is_lt(),
        ">" => order.is_gt(),
        "<=" => order.is_le(),
        ">=" => order.is_ge(),
        _ => order.is_eq(),
    };
    Some(if holds { Truth::Always } else { Truth::Never })
}

/// How two literals compare.
fn constant_order(left: Statement<'_>, right: Statement<'_>) -> Option<std::cmp::Ordering> {
    let (1, 1) = (left.len(), right.len()) else { return None };
    match (left.token(0)?.kind, right.token(0)?.kind) {
        (Kind::Number, Kind::Number) => {
            left.raw(0).parse::<f64>().ok()?.partial_cmp(&right.raw(0).parse::<f64>().ok()?)
        }
        (Kind::String { .. }, Kind::String { .. }) => Some(left.raw(0).cmp(right.raw(0))),
        _ => None,
    }
}

/// The parts of `condition` between the keyword `separator`, outside parentheses.
fn split<'a>(condition: Statement<'a>, separator: &'static str) -> impl Iterator<Item = Statement<'a>> {
    let mut from = Some(0);
    let mut positions = condition.level(0).filter(move |&index| condition.is(index, separator));
    std::iter::from_fn(move || {
        let start = from?;
        let end = positions.next();
        from = end.map(|end| end + 1);
        Some(condition.part(start, end.unwrap_or(condition.len())))
    })
}

#[cfg(test)]
mod tests {
    use super::super::dialect::Dialect;
    use super::super::lexer::Lexer;
    use super::*;
    use crate::text::Text;

    #[test]
    fn tells_conditions_that_narrow_nothing() {
        let cases = [
            ("1=1", Truth::Always),
            ("1 = 1", Truth::Always),
            ("true", Truth::Always),
            ("1", Truth::Always),
            ("(1=1)", Truth::Always),
            ("'a'='a'", Truth::Always),
            ("id = id", Truth::Always),
            ("id = 3 OR 1=1", Truth::Always),
            ("NOT false", Truth::Always),
            ("1 < 2", Truth::Always),
            ("name LIKE '%'", Truth::Always),
            ("1=1 AND true", Truth::Always),
            ("id = 3", Truth::Depends),
            ("1=1 AND id = 3", Truth::Depends),
            ("id BETWEEN 1 AND 5", Truth::Depends),
            ("active", Truth::Depends),
            ("id IN (SELECT id FROM t WHERE 1=1)", Truth::Depends),
            ("false", Truth::Never),
            ("1=0", Truth::Never),
            ("id = \u{FFFC}", Truth::Depends),
            ("\u{FFFC}", Truth::Always),
        ];
        for (condition, expected) in cases {
            let text = Text::request(condition);
            let mut lexer = Lexer::new(condition, Dialect::Postgres.lexis());
            let tokens: Vec<_> = std::iter::from_fn(|| lexer.next()).collect();
            assert_eq!(truth(Statement { text: &text, tokens: &tokens }), expected, "{condition}");
        }
    }
}
