//! Tcl and expect: every statement is words, of which some are code.

use super::super::ast::{Kind, Node, Part};
use super::Statements;
use super::cursor::{Cursor, assign, block, branch, call, function, nothing, plain, repeat};
use crate::span::Span;

/// Commands whose second word says what they do.
const ENSEMBLES: &[&str] =
    &["file", "string", "array", "dict", "info", "clock", "binary", "encoding", "chan", "interp"];

/// Reads all commands.
pub fn read(cursor: &mut Cursor<'_>) -> Statements {
    commands(cursor, None)
}

/// A word, with its own text when it stands in braces.
struct Word {
    value: Node,
    braced: Option<(usize, usize)>,
}

/// Commands up to `close` or the end.
fn commands(cursor: &mut Cursor<'_>, close: Option<char>) -> Vec<Node> {
    let mut nodes = Vec::new();
    loop {
        cursor.while_is(|c| c.is_whitespace() || c == ';');
        match cursor.peek() {
            None => {
                cursor.broken |= close.is_some();
                return nodes;
            }
            Some(c) if Some(c) == close => {
                cursor.next();
                return nodes;
            }
            Some('#') => cursor.skip_line(),
            Some(_) => {
                let before = cursor.at;
                let words = cursor.deeper(|cursor| words(cursor, close));
                nodes.extend(command(cursor, words));
                if cursor.broken {
                    return nodes;
                }
                if cursor.at == before {
                    cursor.understood = false;
                    cursor.next();
                }
            }
        }
    }
}

/// The words of one command.
fn words(cursor: &mut Cursor<'_>, close: Option<char>) -> Vec<Word> {
    let mut words = Vec::new();
    loop {
        cursor.while_is(|c| c.is_whitespace() && c != '\n');
        if cursor.take("\\\n") {
            continue;
        }
        match cursor.peek() {
            None | Some('\n' | ';') => return words,
            Some(c) if Some(c) == close => return words,
            Some(_) if cursor.broken => return words,
            Some(_) => {
                let before = cursor.at;
                words.push(word(cursor, close));
                if cursor.at == before {
                    return words;
                }
            }
        }
    }
}

fn word(cursor: &mut Cursor<'_>, close: Option<char>) -> Word {
    cursor.take("{*}");
    let start = cursor.at;
    if cursor.peek() == Some('{') {
        let end = braced(cursor);
        return Word { value: cursor.literal(start + 1, end), braced: Some((start + 1, end)) };
    }
    let quoted = cursor.take("\"");
    let mut parts = Vec::new();
    let mut from = cursor.at;
    while let Some(c) = cursor.peek() {
        if quoted && c == '"' {
            break;
        }
        if !quoted && (c.is_whitespace() || c == ';' || Some(c) == close) {
            break;
        }
        let at = cursor.at;
        let node = match c {
            '\\' => {
                cursor.next();
                let escaped = match cursor.next() {
                    Some('n') => "\n".to_owned(),
                    Some('r') => "\r".to_owned(),
                    Some('t') => "\t".to_owned(),
                    Some(other) => other.to_string(),
                    None => String::new(),
                };
                cursor.computed(escaped, cursor.since(at))
            }
            '$' => match variable(cursor) {
                Some(node) => node,
                None => {
                    cursor.next();
                    continue;
                }
            },
            '[' => {
                cursor.next();
                let nodes = cursor.deeper(|cursor| commands(cursor, Some(']')));
                block(nodes, cursor.since(at))
            }
            _ => {
                cursor.next();
                continue;
            }
        };
        cursor.known(from, at, &mut parts);
        parts.push(match node.kind {
            Kind::Text(mut inner) if inner.len() == 1 => inner.pop().unwrap_or(Part::Hole(at)),
            kind => Part::Code(Node::new(kind, node.span)),
        });
        from = cursor.at;
    }
    cursor.known(from, cursor.at, &mut parts);
    if quoted && !cursor.take("\"") {
        cursor.broken = true;
    }
    let span = cursor.since(start);
    let value = match parts.as_slice() {
        [Part::Code(_)] => match parts.pop() {
            Some(Part::Code(node)) => node,
            _ => nothing(start),
        },
        [] => cursor.computed("", span),
        _ => Node::new(Kind::Text(parts), span),
    };
    Word { value, braced: None }
}

/// Skips `{ … }`; gives where its text ends.
fn braced(cursor: &mut Cursor<'_>) -> usize {
    let mut depth = 0u32;
    while let Some(c) = cursor.next() {
        match c {
            '\\' => {
                cursor.next();
            }
            '{' => depth += 1,
            '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return cursor.at - 1;
                }
            }
            _ => {}
        }
    }
    cursor.broken = true;
    cursor.end
}

fn variable(cursor: &mut Cursor<'_>) -> Option<Node> {
    let start = cursor.at;
    let rest = cursor.rest().get(1..)?;
    let (name, width) = match rest.strip_prefix('{') {
        Some(inner) => {
            let length = inner.find('}')?;
            (inner.get(..length)?, length + 3)
        }
        None => {
            let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != ':').unwrap_or(rest.len());
            (rest.get(..length)?, length + 1)
        }
    };
    if name.is_empty() {
        return None;
    }
    cursor.at += width;
    let span = cursor.since(start);
    if cursor.stands("(") {
        // An element of an array.
        let key = cursor.at + 1;
        cursor.skip_past(")");
        let member = format!("${name}.{}", cursor.text.get(key..cursor.at.saturating_sub(1)).unwrap_or(""));
        return Some(cursor.name(&member, span));
    }
    Some(cursor.name(&format!("${name}"), span))
}

/// The text of a word, when nothing in it is computed.
fn known(word: &Word) -> Option<String> {
    word.value.literal()
}

/// The code in a word: read as commands when it stands in braces.
fn code(cursor: &mut Cursor<'_>, word: Word) -> Node {
    match word.braced {
        Some((start, end)) => {
            let nodes = cursor.within(start, end, |cursor| commands(cursor, None));
            block(nodes, Span::new(start, end))
        }
        None => call_code(cursor, word.value),
    }
}

/// Text that runs as code.
fn call_code(cursor: &mut Cursor<'_>, value: Node) -> Node {
    let span = value.span;
    cursor.call("eval", span, vec![plain(value)])
}

fn command(cursor: &mut Cursor<'_>, words: Vec<Word>) -> Option<Node> {
    let mut words = words.into_iter().peekable();
    let head = words.next()?;
    let span = head.value.span;
    let Some(mut name) = known(&head) else {
        // A command whose name is computed.
        let arguments = words.map(|word| plain(word.value)).collect();
        return Some(call(head.value, arguments));
    };
    name = name.trim_start_matches("::").to_owned();
    let node = match name.as_str() {
        "set" | "variable" | "append" | "lappend" => {
            let target = words.next().and_then(|word| known(&word));
            let value = words.next();
            match (target, value) {
                (Some(target), Some(value)) => {
                    let target = cursor.name(&format!("${target}"), span);
                    assign(target, value.value, name.ends_with("append"), span)
                }
                (Some(target), None) => cursor.name(&format!("${target}"), span),
                _ => nothing(span.start as usize),
            }
        }
        "proc" => {
            let name = words.next().and_then(|word| known(&word));
            let parameters: Vec<Node> = words
                .next()
                .and_then(|word| known(&word))
                .map(|list| list.split_whitespace().map(|name| format!("${name}")).collect::<Vec<_>>())
                .unwrap_or_default()
                .into_iter()
                .map(|name| Node::new(Kind::Name(name), span))
                .collect();
            let body = words.next().map(|word| code(cursor, word));
            function(name, parameters, body.into_iter().collect(), span)
        }
        "foreach" => {
            let pattern = words.next().and_then(|word| known(&word)).map(|name| cursor.name(&format!("${name}"), span));
            let over = words.next().map(|word| match (&word.braced, known(&word)) {
                (Some(_), Some(list)) => {
                    let elements = list.split_whitespace().map(|one| cursor.computed(one, word.value.span)).collect();
                    Node::new(Kind::List(elements), word.value.span)
                }
                _ => word.value,
            });
            let body: Vec<Node> = words.map(|word| code(cursor, word)).collect();
            repeat(pattern, over.unwrap_or_else(|| nothing(span.start as usize)), block(body, span), span)
        }
        "switch" | "expect" | "expect_user" | "expect_before" | "expect_after" => {
            let parts = words.map(|word| cases(cursor, word)).collect();
            branch(parts, span)
        }
        "if" | "elseif" | "while" | "for" | "catch" | "try" | "after" | "time" | "namespace" | "trap" | "uplevel"
        | "oo::class" | "apply" => {
            let parts = words.map(|word| part(cursor, word)).collect();
            branch(parts, span)
        }
        _ => {
            let mut name = name.clone();
            if ENSEMBLES.contains(&name.as_str())
                && let Some(second) = words.next()
            {
                match known(&second) {
                    Some(second) => name = format!("{name}.{second}"),
                    None => name = format!("{name}.*"),
                }
            }
            let arguments = words.map(|word| plain(word.value)).collect();
            cursor.call(&name, span, arguments)
        }
    };
    Some(node)
}

/// A word of a command that branches: what stands in braces may be a condition, a pattern or code.
fn part(cursor: &mut Cursor<'_>, word: Word) -> Node {
    match word.braced {
        Some((start, end)) => {
            // A condition: only the commands in it count.
            let text = cursor.text.get(start..end).unwrap_or("");
            let condition = text.trim_start().starts_with(['$', '!', '(', '-', '"', '1', '0']);
            if condition {
                let nodes = cursor.within(start, end, substitutions);
                return block(nodes, Span::new(start, end));
            }
            code(cursor, word)
        }
        None => word.value,
    }
}

/// A word of a command that chooses: patterns, and code in braces behind each.
fn cases(cursor: &mut Cursor<'_>, word: Word) -> Node {
    let Some((start, end)) = word.braced else { return word.value };
    let nodes = cursor.within(start, end, |cursor| {
        let mut nodes = Vec::new();
        while cursor.peek().is_some() && !cursor.broken {
            cursor.while_is(|c| c.is_whitespace() || c == ';');
            for word in words(cursor, None) {
                nodes.push(if word.braced.is_some() { code(cursor, word) } else { word.value });
            }
        }
        nodes
    });
    branch(nodes, Span::new(start, end))
}

/// The commands in square brackets, wherever they stand.
fn substitutions(cursor: &mut Cursor<'_>) -> Vec<Node> {
    let mut nodes = Vec::new();
    while let Some(c) = cursor.next() {
        if c == '[' {
            nodes.extend(cursor.deeper(|cursor| commands(cursor, Some(']'))));
        }
    }
    nodes
}
