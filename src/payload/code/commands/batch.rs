//! cmd: the command lines of Windows, as far as they are called from elsewhere.

use super::super::ast::{Kind, Node, Part};
use super::Statements;
use super::cursor::{Cursor, assign, block, branch, plain};

/// Words that stand in front of a command and do nothing by themselves.
const BEFORE: &[&str] = &["call", "else", "do", "@"];

/// Reads all lines.
pub fn read(cursor: &mut Cursor<'_>) -> Statements {
    lines(cursor, false)
}

fn blank(cursor: &mut Cursor<'_>) {
    cursor.while_is(|c| c == ' ' || c == '\t' || c == ',' || c == '=');
}

/// Commands up to the end, or to a closing bracket.
fn lines(cursor: &mut Cursor<'_>, grouped: bool) -> Vec<Node> {
    let mut nodes = Vec::new();
    loop {
        cursor.while_is(|c| c.is_whitespace() || matches!(c, '&' | '|' | '@'));
        match cursor.peek() {
            None => {
                cursor.broken |= grouped;
                return nodes;
            }
            Some(')') => {
                cursor.next();
                if grouped {
                    return nodes;
                }
            }
            Some('(') => {
                cursor.next();
                nodes.extend(cursor.deeper(|cursor| lines(cursor, true)));
            }
            Some(':') => cursor.skip_line(),
            Some(_) => nodes.extend(cursor.deeper(|cursor| command(cursor, grouped))),
        }
        if cursor.broken {
            return nodes;
        }
    }
}

/// A word: quotes come off, `^` protects, `%NAME%` is not known.
fn word(cursor: &mut Cursor<'_>, grouped: bool) -> Option<Node> {
    let start = cursor.at;
    let mut parts: Vec<Part> = Vec::new();
    let mut from = cursor.at;
    let mut quoted = false;
    while let Some(c) = cursor.peek() {
        let at = cursor.at;
        match c {
            '"' => {
                cursor.known(from, at, &mut parts);
                cursor.next();
                quoted = !quoted;
                from = cursor.at;
            }
            '\n' | '\r' => break,
            ' ' | '\t' | '&' | '|' | '<' | '>' if !quoted => break,
            ')' if !quoted && grouped => break,
            '^' if !quoted => {
                cursor.known(from, at, &mut parts);
                cursor.next();
                from = cursor.at;
                cursor.next();
            }
            '%' => {
                let rest = cursor.rest().get(1..).unwrap_or("");
                let length = match rest.chars().next() {
                    Some('*' | '~' | '0'..='9' | '%') => {
                        1 + rest.find(|c: char| !c.is_alphanumeric() && !"*~%".contains(c)).unwrap_or(rest.len())
                    }
                    _ => {
                        match rest.find('%').filter(|length| !rest.get(..*length).unwrap_or("").contains([' ', '"'])) {
                            Some(length) => length + 2,
                            // The variable of a loop.
                            None => 1 + usize::from(rest.starts_with(|c: char| c.is_ascii_alphabetic())),
                        }
                    }
                };
                cursor.known(from, at, &mut parts);
                cursor.at = (at + length).min(cursor.end);
                let name = cursor.text.get(at..cursor.at).unwrap_or("").trim_matches('%').to_ascii_lowercase();
                let node = cursor.name(&format!("%{name}"), cursor.since(at));
                parts.push(Part::Code(node));
                from = cursor.at;
            }
            _ => {
                cursor.next();
            }
        }
    }
    cursor.known(from, cursor.at, &mut parts);
    cursor.broken |= quoted;
    if cursor.at == start {
        return None;
    }
    let span = cursor.since(start);
    if parts.is_empty() {
        parts.push(cursor.made("", span));
    }
    Some(Node::new(Kind::Text(parts), span))
}

/// A command with its redirections.
fn command(cursor: &mut Cursor<'_>, grouped: bool) -> Option<Node> {
    let start = cursor.at;
    blank(cursor);
    let head = word(cursor, grouped);
    let Some(head) = head else {
        // Something that starts no command.
        cursor.next();
        return None;
    };
    let span = head.span;
    let Some(name) = head.literal() else { return Some(super::cursor::call(head, Vec::new())) };
    let mut name = name.to_ascii_lowercase();
    if BEFORE.contains(&name.as_str()) {
        return cursor.deeper(|cursor| command(cursor, grouped));
    }
    if name == "rem" {
        cursor.skip_line();
        return None;
    }
    // `del/s`: options may stand right behind the name.
    let glued = name
        .find('/')
        .filter(|at| *at > 0 && name.get(..*at).is_some_and(|name| name.chars().all(|c| c.is_ascii_alphabetic())));
    let mut arguments = Vec::new();
    if let Some(at) = glued {
        arguments.push(plain(cursor.literal(start + at, cursor.at)));
        name.truncate(at);
    }
    if matches!(name.as_str(), "if" | "for") {
        return Some(conditional(cursor, &name, grouped, start));
    }
    let mut nodes = Vec::new();
    loop {
        blank(cursor);
        match cursor.peek() {
            Some('>') => {
                let appends = cursor.take(">>") || !cursor.take(">");
                blank(cursor);
                if cursor.take("&") {
                    cursor.next();
                    continue;
                }
                let target = word(cursor, grouped);
                let device = target.as_ref().and_then(Node::literal).is_some_and(|to| to.eq_ignore_ascii_case("nul"));
                if let Some(target) = target.filter(|_| !device) {
                    let place = target.span;
                    nodes.push(cursor.call(if appends { ">>" } else { ">" }, place, vec![plain(target)]));
                }
            }
            Some('<') => {
                cursor.next();
                blank(cursor);
                word(cursor, grouped);
            }
            _ => match word(cursor, grouped) {
                Some(word) => arguments.push(plain(word)),
                None => break,
            },
        }
    }
    if name == "set" {
        let text = arguments.first().and_then(|first| first.value.literal());
        if let Some((variable, value)) = text.as_deref().and_then(|text| text.split_once('=')) {
            let target = cursor.name(&format!("%{}", variable.to_ascii_lowercase()), span);
            let value = cursor.computed(value, span);
            return Some(assign(target, value, false, span));
        }
    }
    let call = cursor.call(&name, span, arguments);
    if nodes.is_empty() {
        return Some(call);
    }
    nodes.insert(0, call);
    Some(block(nodes, cursor.since(start)))
}

/// `if [not] exist x command`, `for %f in (…) do command`: what stands behind the condition runs.
fn conditional(cursor: &mut Cursor<'_>, name: &str, grouped: bool, start: usize) -> Node {
    if name == "for" {
        let rest = cursor.rest();
        let behind = rest.to_ascii_lowercase().find(" do ").or_else(|| rest.to_ascii_lowercase().find(")do "));
        // `for /f … in ('command') do`
        if let (Some(open), Some(close)) = (rest.find("('"), rest.find("')"))
            && open + 2 <= close
        {
            let (from, to) = (cursor.at + open + 2, cursor.at + close);
            let inner = cursor.within(from, to, |cursor| lines(cursor, false));
            cursor.at += behind.map_or(rest.len(), |at| at + 4);
            let body = cursor.deeper(|cursor| command_or_group(cursor, grouped));
            return branch(inner.into_iter().chain(body).collect(), cursor.since(start));
        }
        cursor.at += behind.map_or(rest.len(), |at| at + 4);
        let body = cursor.deeper(|cursor| command_or_group(cursor, grouped));
        return branch(body, cursor.since(start));
    }
    let words = |cursor: &mut Cursor<'_>, count: usize| {
        for _ in 0..count {
            blank(cursor);
            word(cursor, grouped);
        }
    };
    loop {
        blank(cursor);
        let rest = cursor.rest().to_ascii_lowercase();
        if rest.starts_with("/i ") || rest.starts_with("not ") {
            words(cursor, 1);
        } else if rest.starts_with("exist ") || rest.starts_with("defined ") || rest.starts_with("errorlevel ") {
            words(cursor, 2);
            break;
        } else {
            // `a==b` is one word, or three with an operator between them.
            let compared = rest.split_whitespace().next().is_some_and(|first| first.contains("=="));
            words(cursor, if compared { 1 } else { 2 });
            if !compared {
                cursor.while_is(|c| c == '=');
                words(cursor, usize::from(!rest.contains("==")));
            }
            break;
        }
    }
    let body = cursor.deeper(|cursor| command_or_group(cursor, grouped));
    branch(body, cursor.since(start))
}

fn command_or_group(cursor: &mut Cursor<'_>, grouped: bool) -> Vec<Node> {
    blank(cursor);
    if cursor.take("(") {
        return lines(cursor, true);
    }
    command(cursor, grouped).into_iter().collect()
}
