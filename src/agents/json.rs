//! Changes a client's settings in JSON without touching the rest: comments, order, spacing and unknown fields stay.
//!
//! Reads JSON as clients do, with comments and commas before a closing bracket, into a tree of places; an entry is put
//! into a list, or taken out of it, by changing only the text at its place.

use std::ops::Range;

use serde_json::Value;

/// A value, and where it stands in the text.
#[derive(Clone, Debug)]
struct Node {
    at: Range<usize>,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Object(Vec<(String, usize, Node)>),
    Array(Vec<Node>),
    Other,
}

/// The text with `entry` in the list that stands below `path`, in the place of the entry there that holds `mark`, or
/// as its last one. What is missing on the way is made.
///
/// # Errors
///
/// When the text is no JSON, or something else stands on the way.
pub fn put(text: &str, path: &[&str], entry: &Value, mark: &str) -> Result<String, String> {
    let text = if text.trim().is_empty() { "{}\n" } else { text };
    let unit = unit(text);
    let mut node = read(text)?;
    for (depth, name) in path.iter().enumerate() {
        let Kind::Object(members) = &node.kind else { return Err(format!("expected an object around `{name}`")) };
        match members.iter().find(|(key, ..)| key == name) {
            Some((.., value)) => node = value.clone(),
            None => {
                let rest = path.get(depth + 1..).unwrap_or_default();
                let list = Value::Array(vec![entry.clone()]);
                let value = rest.iter().rev().fold(list, |value, name| serde_json::json!({ *name: value }));
                let written = format!("{}: {}", Value::from(*name), pretty(&value, unit, depth + 1));
                let last = members.last().map(|(.., value)| value.at.end);
                return checked(insert(text, &node.at, last, &written, unit, depth));
            }
        }
    }
    let Kind::Array(entries) = &node.kind else { return Err(format!("expected a list at `{}`", path.join("."))) };
    let written = pretty(entry, unit, path.len() + 1);
    let own = entries.iter().find(|entry| text.get(entry.at.clone()).is_some_and(|text| text.contains(mark)));
    let is_same = |node: &Node| {
        text.get(node.at.clone()).is_some_and(|text| serde_json::from_str(text).ok().as_ref() == Some(entry))
    };
    checked(match own {
        Some(own) if is_same(own) => text.to_owned(),
        Some(own) => replace(text, own.at.clone(), &written),
        None => insert(text, &node.at, entries.last().map(|entry| entry.at.end), &written, unit, path.len()),
    })
}

/// The text without the entries that hold `mark` in the list below `path`, and without what is empty then.
///
/// # Errors
///
/// When the text is no JSON.
pub fn take(text: &str, path: &[&str], mark: &str) -> Result<String, String> {
    let mut text = text.to_owned();
    while let Some(cut) = own(&read(&text)?, &text, path, mark) {
        text = checked(replace(&text, cut, ""))?;
    }
    Ok(text)
}

/// The places of the first own entry, or of the outermost thing that holds nothing else.
fn own(root: &Node, text: &str, path: &[&str], mark: &str) -> Option<Range<usize>> {
    let mut node = root;
    let mut outermost = None;
    for name in path {
        let Kind::Object(members) = &node.kind else { return None };
        let at = members.iter().position(|(key, ..)| key == name)?;
        let (_, start, value) = members.get(at)?;
        let before = at.checked_sub(1).and_then(|before| members.get(before)).map(|(.., value)| value.at.end);
        let after = members.get(at + 1).map(|(_, start, _)| *start);
        let cut = cut(text, before, *start..value.at.end, after);
        // The root stays, even when it is empty.
        outermost = if members.len() == 1 { outermost.or(Some(cut)) } else { Some(cut) };
        node = value;
    }
    let Kind::Array(entries) = &node.kind else { return None };
    let at = entries.iter().position(|entry| text.get(entry.at.clone()).is_some_and(|text| text.contains(mark)))?;
    let before = at.checked_sub(1).and_then(|before| entries.get(before)).map(|entry| entry.at.end);
    let after = entries.get(at + 1).map(|entry| entry.at.start);
    match entries.len() {
        1 => outermost,
        _ => Some(cut(text, before, entries.get(at)?.at.clone(), after)),
    }
}

/// What goes with a value: the comma and the white space between it and its neighbour.
fn cut(text: &str, before: Option<usize>, at: Range<usize>, after: Option<usize>) -> Range<usize> {
    match (before, after) {
        (Some(before), _) => before..at.end,
        (None, Some(after)) => at.start..after,
        (None, None) => {
            // Its comma, if it has one, and its line. The end of the line before stays: a comment may need it.
            let rest = text.get(at.end..).unwrap_or_default();
            let comma = rest.trim_start().starts_with(',').then(|| rest.len() - rest.trim_start().len() + 1);
            text.get(..at.start).unwrap_or_default().trim_end().len()..at.end + comma.unwrap_or(0)
        }
    }
}

fn replace(text: &str, at: Range<usize>, new: &str) -> String {
    let mut text = text.to_owned();
    text.replace_range(at, new);
    text
}

/// The text with `written` behind the last of the values between two brackets.
fn insert(text: &str, brackets: &Range<usize>, last: Option<usize>, written: &str, unit: &str, depth: usize) -> String {
    let line = format!("\n{}{written}", unit.repeat(depth + 1));
    match last {
        None => {
            // Comments between the brackets stay.
            let inside = text.get(brackets.start + 1..brackets.end - 1).unwrap_or_default().trim_end();
            let at = brackets.start + 1 + inside.len()..brackets.end - 1;
            replace(text, at, &format!("{line}\n{}", unit.repeat(depth)))
        }
        Some(end) => {
            let rest = text.get(end..brackets.end - 1).unwrap_or_default();
            match rest.trim_start().strip_prefix(',') {
                Some(after) => {
                    let at = brackets.end - 1 - after.len();
                    replace(text, at..at, &format!("{line},"))
                }
                None => replace(text, end..end, &format!(",{line}")),
            }
        }
    }
}

/// A text that was changed must still be JSON.
fn checked(text: String) -> Result<String, String> {
    read(&text).map(|_| text)
}

/// What one step of indentation is, by the first line that has any.
fn unit(text: &str) -> &str {
    let indented = text.lines().find_map(|line| {
        let blank = line.len() - line.trim_start().len();
        line.get(..blank).filter(|blank| !blank.is_empty() && !line.trim().is_empty())
    });
    indented.unwrap_or("  ")
}

/// A value on several lines, as the ones around it are.
fn pretty(value: &Value, unit: &str, depth: usize) -> String {
    let inner = unit.repeat(depth + 1);
    let outer = unit.repeat(depth);
    let lines = |parts: Vec<String>, open: char, close: char| match parts.is_empty() {
        true => format!("{open}{close}"),
        false => format!("{open}\n{inner}{}\n{outer}{close}", parts.join(&format!(",\n{inner}"))),
    };
    match value {
        Value::Object(members) => {
            let part = |(key, value): (&String, &Value)| {
                format!("{}: {}", Value::from(key.as_str()), pretty(value, unit, depth + 1))
            };
            lines(members.iter().map(part).collect(), '{', '}')
        }
        Value::Array(entries) => lines(entries.iter().map(|entry| pretty(entry, unit, depth + 1)).collect(), '[', ']'),
        other => other.to_string(),
    }
}

/// Reads the whole text.
fn read(text: &str) -> Result<Node, String> {
    let mut reader = Reader { text, at: 0 };
    // A byte order mark is no part of it.
    reader.at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let node = reader.value(0)?;
    reader.skip()?;
    match reader.at == text.len() {
        true => Ok(node),
        false => Err(reader.mistake("the end of the text")),
    }
}

/// How deep settings may nest.
const DEEPEST: usize = 128;

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn mistake(&self, expected: &str) -> String {
        let before = self.text.get(..self.at).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        format!("line {line}: expected {expected}")
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn next(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Skips white space and comments.
    fn skip(&mut self) -> Result<(), String> {
        loop {
            let rest = self.rest();
            let after = rest.trim_start();
            let blank = rest.len() - after.len();
            let comment = match after.get(..2) {
                Some("//") => after.find('\n').unwrap_or(after.len()),
                Some("/*") => {
                    after.find("*/").map(|end| end + 2).ok_or_else(|| self.mistake("the end of a comment"))?
                }
                _ => 0,
            };
            self.at += blank + comment;
            if comment == 0 {
                return Ok(());
            }
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node, String> {
        self.skip()?;
        let start = self.at;
        let kind = match self.next() {
            _ if depth > DEEPEST => return Err(self.mistake("less depth")),
            Some('{') => self.object(depth)?,
            Some('[') => self.array(depth)?,
            Some('"') => {
                self.string()?;
                Kind::Other
            }
            Some(first) if first.is_ascii_alphanumeric() || first == '-' => {
                let word = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.'));
                self.at += self.rest().find(word).unwrap_or(self.rest().len());
                Kind::Other
            }
            _ => return Err(self.mistake("a value")),
        };
        Ok(Node { at: start..self.at, kind })
    }

    fn string(&mut self) -> Result<String, String> {
        let start = self.at;
        let mut escaped = false;
        let end = self.rest().char_indices().skip(1).find(|(_, c)| {
            let closes = *c == '"' && !escaped;
            escaped = *c == '\\' && !escaped;
            closes
        });
        let Some((end, _)) = end.filter(|_| self.next() == Some('"')) else { return Err(self.mistake("a text")) };
        self.at += end + 1;
        let written = self.text.get(start..self.at).unwrap_or_default();
        serde_json::from_str(written).map_err(|_| self.mistake("a text"))
    }

    fn object(&mut self, depth: usize) -> Result<Kind, String> {
        let mut members = Vec::new();
        self.at += 1;
        loop {
            self.skip()?;
            if self.closes('}') {
                return Ok(Kind::Object(members));
            }
            let start = self.at;
            let key = self.string()?;
            self.skip()?;
            if self.next() != Some(':') {
                return Err(self.mistake("`:`"));
            }
            self.at += 1;
            members.push((key, start, self.value(depth + 1)?));
            self.comma('}')?;
        }
    }

    fn array(&mut self, depth: usize) -> Result<Kind, String> {
        let mut entries = Vec::new();
        self.at += 1;
        loop {
            self.skip()?;
            if self.closes(']') {
                return Ok(Kind::Array(entries));
            }
            entries.push(self.value(depth + 1)?);
            self.comma(']')?;
        }
    }

    fn closes(&mut self, bracket: char) -> bool {
        let closes = self.next() == Some(bracket);
        self.at += usize::from(closes);
        closes
    }

    /// A comma, or nothing where the bracket follows.
    fn comma(&mut self, bracket: char) -> Result<(), String> {
        self.skip()?;
        match self.next() {
            Some(',') => self.at += 1,
            Some(next) if next == bracket => {}
            _ => return Err(self.mistake(&format!("`,` or `{bracket}`"))),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const PATH: [&str; 2] = ["hooks", "PreToolUse"];

    fn entry() -> Value {
        json!({ "command": "guard hook x" })
    }

    #[test]
    fn an_entry_is_put_where_it_belongs_and_nothing_else_changes() {
        let cases = [
            (
                "",
                "{\n  \"hooks\": {\n    \"PreToolUse\": [\n      {\n        \"command\": \"guard hook x\"\n      }\n    ]\n  }\n}\n",
            ),
            (
                "{\n\t// mine\n\t\"a\": 1, // one\n}\n",
                "{\n\t// mine\n\t\"a\": 1,\n\t\"hooks\": {\n\t\t\"PreToolUse\": [\n\t\t\t{\n\t\t\t\t\"command\": \"guard hook x\"\n\t\t\t}\n\t\t]\n\t}, // one\n}\n",
            ),
            (
                "{\n  \"hooks\": {\"PreToolUse\": [{\"command\": \"other\"} /* ] */]}\n}",
                "{\n  \"hooks\": {\"PreToolUse\": [{\"command\": \"other\"},\n      {\n        \"command\": \"guard hook x\"\n      } /* ] */]}\n}",
            ),
            (
                "{\"hooks\":{\"PreToolUse\":[{\"command\":\"/old/guard hook x\"},2]}}",
                "{\"hooks\":{\"PreToolUse\":[{\n        \"command\": \"guard hook x\"\n      },2]}}",
            ),
        ];
        for (before, after) in cases {
            assert_eq!(put(before, &PATH, &entry(), "hook x").as_deref(), Ok(after), "{before}");
        }
    }

    #[test]
    fn what_was_put_can_be_taken_again() {
        let befores = [
            "{}\n",
            "{\n  \"a\": 1\n}\n",
            "{\n  \"a\": 1, // one\n  \"b\": [1, 2],\n}\n",
            "{\"hooks\": {\"PreToolUse\": [{\"command\": \"other\"}]}, \"z\": null}",
            "{\n  // nothing yet\n}\n",
            "{\"hooks\": {\"Stop\": []}}",
        ];
        for before in befores {
            let with = put(before, &PATH, &entry(), "hook x").expect("it is put");
            assert_eq!(put(&with, &PATH, &entry(), "hook x"), Ok(with.clone()), "{before}");
            let without = take(&with, &PATH, "hook x").expect("it is taken");
            assert!(!without.contains("guard"), "{without}");
            let again = put(&without, &PATH, &entry(), "hook x").expect("it is put");
            assert_eq!(take(&again, &PATH, "hook x"), Ok(without.clone()), "{before}");
            for kept in ["other", "// one", "Stop", "null", "\"b\": [1, 2]", "nothing yet"] {
                assert_eq!(before.contains(kept), without.contains(kept), "{before}: {without}");
            }
        }
    }

    #[test]
    fn what_is_no_json_is_left_alone() {
        for text in [
            "{",
            "[1",
            "{\"a\" 1}",
            "{a: 1}",
            "{} x",
            "\"",
            "/* ",
            "{\"hooks\": 1}",
            "[]",
            "{\"hooks\": {\"PreToolUse\": {}}}",
        ] {
            assert!(put(text, &PATH, &entry(), "hook x").is_err(), "{text}");
        }
        let deep = "[".repeat(100_000);
        assert!(put(&deep, &PATH, &entry(), "hook x").is_err());
    }
}
