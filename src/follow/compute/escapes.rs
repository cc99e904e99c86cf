//! Backslash escapes, as `echo -e`, `printf` and `tr` read them.

/// Which escapes are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `echo -e` and `%b`: octal needs a leading zero, `\c` ends the output.
    Echo,
    /// A `printf` format: octal without a leading zero.
    Printf,
    /// `tr`: octal and the simple ones.
    Tr,
}

/// Characters after their escapes were read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Unescaped {
    pub bytes: Vec<u8>,
    /// `\c` was met: nothing is printed after it.
    pub ends: bool,
}

/// Reads the escapes in `text`.
pub(super) fn unescape(text: &str, kind: Kind) -> Unescaped {
    let mut result = Unescaped { bytes: Vec::with_capacity(text.len()), ends: false };
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        if *byte != b'\\' {
            result.bytes.push(*byte);
            continue;
        }
        let Some(letter) = bytes.get(at) else {
            result.bytes.push(b'\\');
            break;
        };
        if *letter == b'c' && kind == Kind::Echo {
            result.ends = true;
            return result;
        }
        at = escape(bytes, at, *letter, kind, &mut result.bytes);
    }
    result
}

/// Reads one escape whose letter stands at `at`; gives the place behind it.
fn escape(bytes: &[u8], at: usize, letter: u8, kind: Kind, result: &mut Vec<u8>) -> usize {
    let simple = match letter {
        b'a' => Some(7),
        b'b' => Some(8),
        b'e' | b'E' if kind != Kind::Tr => Some(27),
        b'f' => Some(12),
        b'n' => Some(b'\n'),
        b'r' => Some(b'\r'),
        b't' => Some(b'\t'),
        b'v' => Some(11),
        b'\\' => Some(b'\\'),
        b'"' | b'\'' | b'?' if kind == Kind::Printf => Some(letter),
        _ => None,
    };
    if let Some(simple) = simple {
        result.push(simple);
        return at + 1;
    }
    let (from, digits, radix) = match letter {
        b'0' if kind == Kind::Echo => (at + 1, 3, 8),
        b'0'..=b'7' if kind == Kind::Echo => (at, 3, 8),
        b'0'..=b'7' => (at, 3, 8),
        b'x' if kind != Kind::Tr => (at + 1, 2, 16),
        b'u' if kind != Kind::Tr => (at + 1, 4, 16),
        b'U' if kind != Kind::Tr => (at + 1, 8, 16),
        _ => {
            if kind != Kind::Tr {
                result.push(b'\\');
            }
            result.push(letter);
            return at + 1;
        }
    };
    let (value, end) = number(bytes, from, digits, radix);
    if end == from && letter != b'0' {
        result.extend([b'\\', letter]);
        return at + 1;
    }
    match letter {
        b'u' | b'U' => {
            let c = char::from_u32(value).unwrap_or('\u{FFFD}');
            result.extend(c.to_string().as_bytes());
        }
        _ => result.push((value & 0xFF) as u8),
    }
    end
}

/// Up to `count` digits from `from` on: their value, and the place behind them.
fn number(bytes: &[u8], from: usize, count: usize, radix: u32) -> (u32, usize) {
    let (mut value, mut at) = (0_u32, from);
    while at < from + count {
        let Some(digit) = bytes.get(at).and_then(|byte| (*byte as char).to_digit(radix)) else { break };
        value = value.wrapping_mul(radix).wrapping_add(digit);
        at += 1;
    }
    (value, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_read_as_each_program_reads_them() {
        let cases: &[(&str, Kind, &[u8])] = &[
            (r"\x72\x6d", Kind::Printf, b"rm"),
            (r"\162\155", Kind::Printf, b"rm"),
            (r"\0162\0155", Kind::Echo, b"rm"),
            (r"a\tb\n", Kind::Echo, b"a\tb\n"),
            (r"\q\", Kind::Echo, br"\q\"),
            (r"\u72m", Kind::Printf, b"rm"),
            (r"\xzz", Kind::Printf, br"\xzz"),
            (r"\053\a\-", Kind::Tr, b"+\x07-"),
        ];
        for (text, kind, expected) in cases {
            assert_eq!(unescape(text, *kind).bytes, *expected, "{text}");
        }
        assert!(unescape(r"a\cb", Kind::Echo).ends);
    }
}
