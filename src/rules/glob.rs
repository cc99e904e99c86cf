//! `*`, `?` and `[a-z]`, matched against a whole text.

/// Stands for a part of a text that is not known before it runs.
pub const HOLE: char = '\u{FFFC}';

/// Whether `text` matches `pattern`. Takes time in proportion to the product of their lengths.
pub fn matches(pattern: &str, text: &str) -> bool {
    if !pattern.contains(['*', '?', '[']) {
        return pattern == text;
    }
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let (mut p, mut t) = (0, 0);
    // Where to go on after a mismatch: behind the last `*`, one character further in the text.
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        match one(&pattern[p.min(pattern.len())..], text[t]) {
            One::Star => {
                retry = Some((p + 1, t));
                p += 1;
            }
            One::Taken(width) => {
                p += width;
                t += 1;
            }
            One::Mismatch => match retry {
                Some((after, from)) => {
                    (p, t) = (after, from + 1);
                    retry = Some((after, from + 1));
                }
                None => return false,
            },
        }
    }
    pattern[p.min(pattern.len())..].iter().all(|c| *c == '*')
}

enum One {
    Star,
    /// The character matches so many characters of the pattern.
    Taken(usize),
    Mismatch,
}

fn one(pattern: &[char], c: char) -> One {
    match pattern {
        ['*', ..] => One::Star,
        ['?', ..] if c != HOLE => One::Taken(1),
        ['[', rest @ ..] => set(rest, c),
        [literal, ..] if *literal == c && c != HOLE => One::Taken(1),
        _ => One::Mismatch,
    }
}

/// `[a-z]` behind its opening bracket.
fn set(rest: &[char], c: char) -> One {
    let Some(end) = rest.iter().skip(1).position(|c| *c == ']').map(|at| at + 1) else { return One::Mismatch };
    let (negated, members) = match rest[..end].split_first() {
        Some(('!', members)) => (true, members),
        _ => (false, &rest[..end]),
    };
    let mut found = false;
    let mut index = 0;
    while let Some(member) = members.get(index) {
        match (members.get(index + 1), members.get(index + 2)) {
            (Some('-'), Some(last)) => {
                found |= (*member..=*last).contains(&c);
                index += 3;
            }
            _ => {
                found |= *member == c;
                index += 1;
            }
        }
    }
    if found != negated && c != HOLE { One::Taken(end + 2) } else { One::Mismatch }
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
