//! Reads JSON so that every string still knows where it stands in the request.
//!
//! Takes a text, gives [`Value`]s that point into it; a string is decoded only when it is asked for. What is not
//! known ([`HOLE`](super::HOLE)) may stand where a value can.

use super::HOLE;
use crate::span::Span;
use crate::text::Text;

/// Values nested deeper than this are not read.
const DEEPEST: usize = 64;

/// A value, as byte ranges of the text it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// An object: keys, decoded, and values in order.
    Object(Vec<(String, Value)>),
    /// An array.
    Array(Vec<Value>),
    /// A string: what stands between its quotes.
    String(Span),
    /// A number, `true`, `false` or `null`.
    Literal(Span),
    /// A value that is not known.
    Unknown(Span),
}

impl Value {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        match self {
            Value::Object(entries) => entries.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text of a string; numbers and the like as they are written.
    pub fn text(&self, text: &Text) -> Option<Text> {
        match self {
            Value::String(span) => Some(decode(text, *span)),
            Value::Literal(span) | Value::Unknown(span) => Some(text.slice(span.start as usize, span.end as usize)),
            Value::Object(_) | Value::Array(_) => None,
        }
    }

    /// Whether it is this literal.
    pub fn is_literal(&self, text: &Text, literal: &str) -> bool {
        matches!(self, Value::Literal(span) if span.of(text.as_str()) == literal)
    }

    /// The objects in it: itself, or the members of an array.
    pub fn objects(&self) -> &[Value] {
        match self {
            Value::Object(_) => std::slice::from_ref(self),
            Value::Array(members) => members,
            _ => &[],
        }
    }

    /// Itself and everything in it, in order.
    pub fn walk(&self) -> Vec<&Value> {
        let mut found = Vec::new();
        let mut open = vec![self];
        while let Some(value) = open.pop() {
            found.push(value);
            match value {
                Value::Object(entries) => open.extend(entries.iter().rev().map(|(_, value)| value)),
                Value::Array(members) => open.extend(members.iter().rev()),
                _ => {}
            }
        }
        found
    }
}

/// Reads one value that takes up the whole text.
pub fn read(text: &Text) -> Option<Value> {
    let mut reader = Reader { source: text.as_str(), at: 0 };
    let value = reader.value(0)?;
    reader.skip_blank();
    (reader.at == reader.source.len()).then_some(value)
}

/// Reads values that follow each other, up to the first thing that is none.
pub fn read_all(text: &Text) -> Vec<Value> {
    let mut reader = Reader { source: text.as_str(), at: 0 };
    std::iter::from_fn(|| reader.value(0)).collect()
}

struct Reader<'a> {
    source: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn byte(&self) -> Option<u8> {
        self.source.as_bytes().get(self.at).copied()
    }

    fn skip_blank(&mut self) {
        while self.byte().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        self.skip_blank();
        (self.byte()? == byte).then(|| self.at += 1)
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        self.skip_blank();
        match self.byte()? {
            _ if depth > DEEPEST => None,
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b'"' => self.string().map(Value::String),
            _ => self.literal(),
        }
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        self.at += 1;
        let mut entries = Vec::new();
        if self.take(b'}').is_some() {
            return Some(Value::Object(entries));
        }
        loop {
            self.skip_blank();
            let key = if self.byte()? == b'"' {
                decode_plain(self.string()?.of(self.source))
            } else {
                // An unknown part may hold an entry of its own.
                let Value::Unknown(_) = self.literal()? else { return None };
                HOLE.to_string()
            };
            let value = if key.starts_with(HOLE) && self.take(b':').is_none() {
                Value::Unknown(Span::new(self.at, self.at))
            } else {
                if !key.starts_with(HOLE) {
                    self.take(b':')?;
                }
                self.value(depth + 1)?
            };
            entries.push((key, value));
            if self.take(b',').is_none() {
                self.take(b'}')?;
                return Some(Value::Object(entries));
            }
        }
    }

    fn array(&mut self, depth: usize) -> Option<Value> {
        self.at += 1;
        let mut members = Vec::new();
        if self.take(b']').is_some() {
            return Some(Value::Array(members));
        }
        loop {
            members.push(self.value(depth + 1)?);
            if self.take(b',').is_none() {
                self.take(b']')?;
                return Some(Value::Array(members));
            }
        }
    }

    /// The span between the quotes.
    fn string(&mut self) -> Option<Span> {
        let start = self.at + 1;
        self.at = start;
        loop {
            match self.byte()? {
                b'"' => {
                    self.at += 1;
                    return Some(Span::new(start, self.at - 1));
                }
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
    }

    fn literal(&mut self) -> Option<Value> {
        let start = self.at;
        let is_part =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b'_') || byte >= 0x80;
        while self.byte().is_some_and(is_part) {
            self.at += 1;
        }
        let literal = self.source.get(start..self.at).filter(|literal| !literal.is_empty())?;
        let span = Span::new(start, self.at);
        if literal.contains(HOLE) {
            return Some(Value::Unknown(span));
        }
        literal.is_ascii().then_some(Value::Literal(span))
    }
}

/// The text of a string with its escapes undone.
fn decode(text: &Text, span: Span) -> Text {
    let (start, end) = (span.start as usize, span.end as usize);
    let bytes = text.as_str().as_bytes();
    let mut result = Text::default();
    let (mut from, mut at) = (start, start);
    while at < end {
        if bytes.get(at) != Some(&b'\\') {
            at += 1;
            continue;
        }
        result.push(&text.slice(from, at));
        let (character, length) = escape(text.as_str().get(at..end).unwrap_or(""));
        result.push(&Text::derived(character.to_string(), text.locate(Span::new(at, at + length))));
        at += length;
        from = at;
    }
    result.push(&text.slice(from, end));
    result
}

fn decode_plain(string: &str) -> String {
    if string.contains('\\') {
        decode(&Text::request(string), Span::new(0, string.len())).as_str().to_owned()
    } else {
        string.to_owned()
    }
}

/// The character that the escape at the start of `text` stands for, and its length.
fn escape(text: &str) -> (char, usize) {
    let code = |from: usize| text.get(from..from + 4).and_then(|digits| u32::from_str_radix(digits, 16).ok());
    match text.as_bytes().get(1) {
        Some(b'n') => ('\n', 2),
        Some(b't') => ('\t', 2),
        Some(b'r') => ('\r', 2),
        Some(b'b') => ('\u{8}', 2),
        Some(b'f') => ('\u{c}', 2),
        Some(b'u') => match (code(2), code(8)) {
            (Some(high @ 0xD800..0xDC00), Some(low @ 0xDC00..0xE000)) if text.get(6..8) == Some("\\u") => {
                (char::from_u32(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)).unwrap_or('\u{FFFD}'), 12)
            }
            (Some(code), _) => (char::from_u32(code).unwrap_or('\u{FFFD}'), 6),
            (None, _) => ('\u{FFFD}', 2),
        },
        _ => {
            let character = text.chars().nth(1).unwrap_or('\\');
            (character, 1 + text.chars().nth(1).map_or(0, char::len_utf8))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_keep_their_origin() {
        let source = r#"{"query":"mutation { volume\u0044elete(id: \"3d\") }", "n": 1}"#;
        let text = Text::request(source);
        let value = read(&text).unwrap();
        let query = value.get("query").unwrap().text(&text).unwrap();
        assert_eq!(query.as_str(), "mutation { volumeDelete(id: \"3d\") }");
        let at = query.as_str().find("volumeDelete").unwrap();
        assert_eq!(query.locate(Span::new(at, at + 12)).of(source), r"volume\u0044elete");
        assert!(value.get("n").unwrap().is_literal(&text, "1"));
    }

    #[test]
    fn reads_what_is_json_and_nothing_else() {
        for good in [
            "{}",
            "[1, 2.5e3, true, null]",
            r#"{"a": {"b": ["c"]}}"#,
            "{\"id\": \u{FFFC}}",
            "[\u{FFFC}]",
            r#""\ud83d\ude00""#,
        ] {
            assert!(read(&Text::request(good)).is_some(), "{good}");
        }
        for bad in ["", "{", "{\"a\"}", "[1,]", "{'a':1}", "a b", "\"open", "{} x"] {
            assert!(read(&Text::request(bad)).is_none(), "{bad}");
        }
        assert!(read(&Text::request(&"[".repeat(100_000))).is_none());
        assert_eq!(read_all(&Text::request("{\"a\":1}\n{\"b\":2}\n")).len(), 2);
    }
}
