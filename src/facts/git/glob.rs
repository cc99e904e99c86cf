//! Patterns for paths: `*`, `?` and `[…]` within a name, `**` across names, `\` before what stands for itself.

/// Whether the whole of `path` fits.
pub fn matches(pattern: &[u8], path: &[u8]) -> bool {
    fits(pattern, path, &mut 100_000)
}

/// Whether a pattern holds anything that does not stand for itself.
pub fn is_pattern(pattern: &[u8]) -> bool {
    pattern.iter().any(|byte| matches!(byte, b'*' | b'?' | b'['))
}

fn fits(pattern: &[u8], path: &[u8], turns: &mut usize) -> bool {
    // A pattern that takes so many turns fits nothing.
    let Some(left) = turns.checked_sub(1) else { return false };
    *turns = left;
    let Some((first, rest)) = pattern.split_first() else { return path.is_empty() };
    match first {
        b'*' if rest.first() == Some(&b'*') => {
            let rest = rest.get(1..).unwrap_or_default();
            // `**/x` fits `x`, too.
            let without_slash = rest.strip_prefix(b"/").is_some_and(|rest| fits(rest, path, turns));
            without_slash || (0..=path.len()).any(|at| fits(rest, path.get(at..).unwrap_or_default(), turns))
        }
        b'*' => {
            let name = path.iter().position(|byte| *byte == b'/').unwrap_or(path.len());
            (0..=name).any(|at| fits(rest, path.get(at..).unwrap_or_default(), turns))
        }
        b'?' => path.split_first().is_some_and(|(byte, path)| *byte != b'/' && fits(rest, path, turns)),
        b'[' => match (class(rest), path.split_first()) {
            (Some((class, rest)), Some((byte, path))) => *byte != b'/' && class.holds(*byte) && fits(rest, path, turns),
            _ => false,
        },
        b'\\' => match (rest.split_first(), path.split_first()) {
            (Some((quoted, rest)), Some((byte, path))) => quoted == byte && fits(rest, path, turns),
            _ => false,
        },
        first => path.split_first().is_some_and(|(byte, path)| first == byte && fits(rest, path, turns)),
    }
}

/// The characters that may stand in one place.
struct Class<'p> {
    members: &'p [u8],
    negated: bool,
}

/// A class, and what stands behind it.
fn class(pattern: &[u8]) -> Option<(Class<'_>, &[u8])> {
    let (negated, inside) = match pattern.split_first() {
        Some((b'!' | b'^', rest)) => (true, rest),
        _ => (false, pattern),
    };
    // A bracket that comes first is a member.
    let end = 1 + inside.get(1..)?.iter().position(|byte| *byte == b']')?;
    Some((Class { members: inside.get(..end)?, negated }, inside.get(end + 1..)?))
}

impl Class<'_> {
    fn holds(&self, byte: u8) -> bool {
        let mut found = false;
        let mut rest = self.members;
        while let Some((first, others)) = rest.split_first() {
            rest = match others {
                [b'-', last, behind @ ..] => {
                    found |= (*first..=*last).contains(&byte);
                    behind
                }
                _ => {
                    found |= *first == byte;
                    others
                }
            };
        }
        found != self.negated
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_whole_paths() {
        for (pattern, path, expected) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("*.rs", "main.rs", true),
            ("*.rs", "src/main.rs", false),
            ("**/*.rs", "src/main.rs", true),
            ("**", "a/b", true),
            ("a?c", "abc", true),
            ("a?c", "a/c", false),
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("[]]", "]", true),
            ("[a", "[a", false),
            ("\\*", "*", true),
            ("\\*", "a", false),
        ] {
            assert_eq!(matches(pattern.as_bytes(), path.as_bytes()), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn a_pattern_that_takes_too_long_fits_nothing() {
        assert!(!matches("*a".repeat(40).as_bytes(), "a".repeat(200).replace("aaaa", "ab").as_bytes()));
    }
}
