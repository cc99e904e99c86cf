//! Reads makefiles for the shell lines in their recipes.

use crate::follow::step::Arg;
use crate::payload::{Carried, Outcome, flatten};
use crate::text::Text;

/// Every recipe line and `$(shell …)` of a makefile, as code that it carries.
pub fn read(code: &Arg) -> Outcome {
    let text = flatten(code);
    let string = text.as_str();
    let mut outcome = Outcome::read_only();
    let mut at = 0;
    for line in string.split_inclusive('\n') {
        let end = at + line.trim_end_matches('\n').len();
        if let Some((start, end)) = recipe(string, at, end) {
            let line = expanded(&text.slice(start, end));
            let arg = Arg { span: line.source(), ..Arg::known(line, code.span) };
            outcome.carried.push(Carried::Shell { text: arg, arguments: Vec::new() });
        }
        at += line.len();
    }
    outcome
}

/// Where the shell line of a makefile's line stands: behind a tab, or behind the `;` of a rule.
fn recipe(string: &str, at: usize, end: usize) -> Option<(usize, usize)> {
    let line = &string[at..end];
    let start = match line.strip_prefix('\t') {
        Some(_) => at + 1,
        None => {
            let colon = line.find(':')?;
            at + colon + line[colon..].find(';')? + 1
        }
    };
    let prefix = string[start..end].len() - string[start..end].trim_start_matches(['@', '-', '+', ' ', '\t']).len();
    Some((start + prefix, end))
}

/// make's own expansions: `$$` is `$`, `$(RM)` is what make says, everything else is not known.
fn expanded(line: &Text) -> Text {
    let string = line.as_str();
    let mut out = Text::default();
    let mut at = 0;
    while let Some(dollar) = string[at..].find('$').map(|offset| at + offset) {
        out.push(&line.slice(at, dollar));
        let rest = &string[dollar + 1..];
        let (width, stand_in) = match rest.chars().next() {
            Some('$') => (1, "$"),
            Some(open @ ('(' | '{')) => {
                let close = if open == '(' { ')' } else { '}' };
                let width = rest.find(close).map_or(rest.len(), |close| close + 1);
                let name = rest.get(1..width.saturating_sub(1)).unwrap_or_default();
                (width, if name == "RM" { "rm -f" } else { "${GUARD_UNKNOWN}" })
            }
            Some(c) => (c.len_utf8(), "${GUARD_UNKNOWN}"),
            None => (0, "$"),
        };
        let end = dollar + 1 + width;
        out.push(&Text::derived(stand_in, line.slice(dollar, end).source()));
        at = end;
    }
    out.push(&line.slice(at, string.len()));
    out
}
