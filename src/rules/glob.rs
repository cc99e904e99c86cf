//! `*`, `?` and `[a-z]`, matched against a whole text.

/// Stands for a part of a text that is not known before it runs.
pub const HOLE: char = '\u{FFFC}';

/// Whether `text` matches `pattern`. Takes time in proportion to the product of their lengths.
pub fn matches(pattern: &str, text: &str) -> bool {
    let (mut pattern, mut text) = (pattern, text);
    // Where to go on after a mismatch: behind the last `*`, one character further in the text.
    let mut retry: Option<(&str, &str)> = None;
    loop {
        let mut rest = text.chars();
        let Some(next) = rest.next() else { return pattern.bytes().all(|c| c == b'*') };
        if let Some(after) = pattern.strip_prefix('*') {
            if after.is_empty() {
                return true;
            }
            retry = Some((after, text));
            pattern = after;
        } else if let Some(after) = one(pattern, next) {
            (pattern, text) = (after, rest.as_str());
        } else if let Some((after, from)) = retry {
            let mut later = from.chars();
            later.next();
            (pattern, text) = (after, later.as_str());
            retry = Some((after, text));
        } else {
            return false;
        }
    }
}

/// The pattern behind the part that the character matches, which is not `*`.
fn one(pattern: &str, c: char) -> Option<&str> {
    let mut rest = pattern.chars();
    match rest.next()? {
        _ if c == HOLE => None,
        '?' => Some(rest.as_str()),
        '[' => set(rest.as_str(), c),
        literal => (literal == c).then_some(rest.as_str()),
    }
}

/// `[a-z]` behind its opening bracket.
fn set(rest: &str, c: char) -> Option<&str> {
    let end = rest.char_indices().skip(1).find(|(_, member)| *member == ']')?.0;
    let (members, after) = (&rest[..end], &rest[end + 1..]);
    let (negated, members) = match members.strip_prefix('!') {
        Some(members) => (true, members),
        None => (false, members),
    };
    let mut found = false;
    let mut members = members.chars();
    while let Some(first) = members.next() {
        let mut ahead = members.clone();
        match (ahead.next(), ahead.next()) {
            (Some('-'), Some(last)) => {
                found |= (first..=last).contains(&c);
                members = ahead;
            }
            _ => found |= first == c,
        }
    }
    (found != negated).then_some(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        let yes = [
            ("a*c", "abbc"),
            ("*", ""),
            ("?x", "ax"),
            ("[+:]*", "+main"),
            ("[!a-c]", "d"),
            ("a", "a"),
            ("*/x/*", "a/x/b"),
        ];
        let no =
            [("a*c", "abb"), ("?", ""), ("[+:]*", "main"), ("[!a-c]", "b"), ("a", "ab"), ("?", "\u{FFFC}"), ("[", "[")];
        for (pattern, text) in yes {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in no {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }
}
