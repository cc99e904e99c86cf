//! Decodes the escapes of `$'…'`.

/// The characters that the text between the quotes stands for. As in bash, a NUL ends them.
pub(super) fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let (decoded, after) = escape(rest);
        match decoded {
            Escape::Byte(0) | Escape::Character('\0') => break,
            Escape::Byte(byte) => bytes.push(byte),
            Escape::Character(character) => bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
            Escape::None => bytes.push(b'\\'),
        }
        rest = after;
    }
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// What an escape stands for.
enum Escape {
    Byte(u8),
    Character(char),
    /// The backslash is text.
    None,
}

/// Decodes what follows a backslash; gives what follows the escape.
fn escape(text: &[u8]) -> (Escape, &[u8]) {
    let Some((&byte, rest)) = text.split_first() else { return (Escape::None, text) };
    let simple = match byte {
        b'a' => 7,
        b'b' => 8,
        b'e' | b'E' => 27,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        b'\\' | b'\'' | b'"' | b'?' => byte,
        b'0'..=b'7' => {
            let (value, rest) = number(text, 8, 3);
            return (Escape::Byte((value & 0xff) as u8), rest);
        }
        b'x' => return hexadecimal(text, rest),
        b'u' => return unicode(text, rest, 4),
        b'U' => return unicode(text, rest, 8),
        b'c' => return control(text, rest),
        _ => return (Escape::None, text),
    };
    (Escape::Byte(simple), rest)
}

/// `\xHH` and `\x{H…}`
fn hexadecimal<'t>(text: &'t [u8], digits: &'t [u8]) -> (Escape, &'t [u8]) {
    if let Some(braced) = digits.strip_prefix(b"{") {
        let (value, rest) = number(braced, 16, usize::MAX);
        let rest = rest.strip_prefix(b"}").unwrap_or(rest);
        return (Escape::Byte((value & 0xff) as u8), rest);
    }
    let (value, rest) = number(digits, 16, 2);
    if rest.len() == digits.len() { (Escape::None, text) } else { (Escape::Byte((value & 0xff) as u8), rest) }
}

/// `\uHHHH` and `\UHHHHHHHH`
fn unicode<'t>(text: &'t [u8], digits: &'t [u8], length: usize) -> (Escape, &'t [u8]) {
    let (value, rest) = number(digits, 16, length);
    if rest.len() == digits.len() {
        return (Escape::None, text);
    }
    (Escape::Character(char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER)), rest)
}

/// `\cX`; `\c\\` takes both backslashes.
fn control<'t>(text: &'t [u8], after: &'t [u8]) -> (Escape, &'t [u8]) {
    let Some((&byte, rest)) = after.split_first() else { return (Escape::None, text) };
    let rest = if byte == b'\\' { rest.strip_prefix(b"\\").unwrap_or(rest) } else { rest };
    let value = if byte == b'?' { 0x7f } else { byte.to_ascii_uppercase() & 0x1f };
    (Escape::Byte(value), rest)
}

/// The number that up to `limit` digits make, and what follows them.
fn number(text: &[u8], base: u32, limit: usize) -> (u32, &[u8]) {
    let mut value = 0u32;
    let mut rest = text;
    for _ in 0..limit {
        let Some((&byte, after)) = rest.split_first() else { break };
        let Some(digit) = char::from(byte).to_digit(base) else { break };
        value = value.wrapping_mul(base).wrapping_add(digit);
        rest = after;
    }
    (value, rest)
}
