//! Encodings that programs hide text in.

/// Base64, with either alphabet; blanks and padding are skipped.
pub fn base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut buffer, mut bits) = (0u32, 0u32);
    for c in text.bytes() {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' | b' ' | b'\n' | b'\r' | b'\t' => continue,
            _ => return None,
        };
        buffer = (buffer << 6) | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((buffer >> bits) as u8);
            buffer &= (1 << bits) - 1;
        }
    }
    Some(bytes)
}

/// UTF-16, low byte first.
pub fn utf16(bytes: &[u8]) -> Option<String> {
    let units: Vec<u16> = bytes
        .chunks_exact(2)
        .map(|pair| pair.iter().rev().fold(0, |unit, byte| unit << 8 | u16::from(*byte)))
        .collect();
    bytes.len().is_multiple_of(2).then(|| String::from_utf16(&units).ok())?
}

/// Hexadecimal digits; what is no digit is skipped.
pub fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(16)).collect();
    if digits.len() % 2 == 1 || digits.len() * 2 < text.len() {
        return None;
    }
    Some(digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte * 16 + digit) as u8).collect())
}

/// `%41` and `+`.
pub fn url(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|c| char::from(c).to_digit(16));
        bytes.push((digit()? * 16 + digit()?) as u8);
    }
    Some(bytes)
}

/// Each letter moved on by half the alphabet.
pub fn rot13(text: &str) -> String {
    let turn = |c: char, first: u8| char::from((c as u8 - first + 13) % 26 + first);
    text.chars()
        .map(|c| match c {
            'a'..='z' => turn(c, b'a'),
            'A'..='Z' => turn(c, b'A'),
            other => other,
        })
        .collect()
}

/// The characters of these numbers.
pub fn characters(numbers: impl IntoIterator<Item = i64>) -> Option<String> {
    numbers.into_iter().map(|number| u32::try_from(number).ok().and_then(char::from_u32)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes() {
        assert_eq!(base64("cm0gLXJmIHNyYw==").as_deref(), Some(b"rm -rf src".as_slice()));
        assert_eq!(base64("cm0!"), None);
        assert_eq!(utf16(b"r\0m\0").as_deref(), Some("rm"));
        assert_eq!(utf16(b"r\0m"), None);
        assert_eq!(hex("726d").as_deref(), Some(b"rm".as_slice()));
        assert_eq!(hex("72:6d"), Some(b"rm".to_vec()));
        assert_eq!(hex("726"), None);
        assert_eq!(url("r%6d").as_deref(), Some(b"rm".as_slice()));
        assert_eq!(url("r%6"), None);
        assert_eq!(rot13("ez -es fep"), "rm -rf src");
        assert_eq!(characters([114, 109]).as_deref(), Some("rm"));
        assert_eq!(characters([-1]), None);
    }
}
