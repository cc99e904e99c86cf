//! Whether the commands of a text run once each, in the order in which they stand.
//!
//! Only then does what the machine says before the first of them still hold for a later one. The text is not parsed
//! for it: a word that only looks like a loop costs no more than a question.

/// Words after which something may run again, later, or beside the rest, or patterns fit other names.
const WORDS: [&str; 12] =
    ["for", "while", "until", "select", "function", "trap", "coproc", "eval", "source", "do", "shopt", "setopt"];

/// Whether anything in a shell text may run more than once, at another time, or from elsewhere.
pub fn is_tangled(text: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    text.split(|c: char| !is_word(c)).any(|word| WORDS.contains(&word))
        || text.contains("()")
        || sources(text)
        || runs_beside(text)
}

/// `. FILE`
fn sources(text: &str) -> bool {
    let mut starts = true;
    for word in text.split_inclusive([' ', '\t', '\n', ';', '&', '|', '(', '{', '`']) {
        let plain = word.trim_end_matches([' ', '\t', '\n', ';', '&', '|', '(', '{', '`']);
        if starts && plain == "." {
            return true;
        }
        let blank = plain.is_empty() && word.ends_with([' ', '\t']);
        starts = (starts && blank) || word.ends_with(['\n', ';', '&', '|', '(', '{', '`']) || is_prefix(plain, starts);
    }
    false
}

/// Words behind which a command begins.
fn is_prefix(word: &str, starts: bool) -> bool {
    starts
        && (matches!(word, "then" | "else" | "elif" | "if" | "!" | "time" | "command" | "builtin")
            || word.contains('='))
}

/// `&` that is no part of `&&`, `>&`, `<&`, `&>` or `|&`.
fn runs_beside(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().any(|(at, byte)| {
        let beside = |at: Option<usize>| at.and_then(|at| bytes.get(at)).copied().unwrap_or_default();
        let before = beside(at.checked_sub(1));
        let behind = beside(Some(at + 1));
        *byte == b'&' && !matches!(before, b'&' | b'>' | b'<' | b'|') && !matches!(behind, b'&' | b'>')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_again_or_later_is_tangled() {
        for text in [
            "for i in 1 2; do git checkout -- f; echo x > f; done",
            "while :; do git reset --hard; sleep 60; done",
            "f() { git checkout -- .; }; f",
            "function f { ls; }",
            "git reset --hard & echo x > f",
            "(sleep 5; rm f) & wait",
            "trap 'git checkout -- .' EXIT",
            "eval 'rm f'",
            ". ./x.sh; rm f",
            "ls && . x",
            "if true; then . x; fi",
            "A=1 . x",
            "source x",
            "shopt -s dotglob; rm -rf *",
        ] {
            assert!(is_tangled(text), "{text}");
        }
        for text in
            ["git checkout -- .", "git add . && git reset --hard 2>&1", "cd src && rm a.rs &> /dev/null", "rm f |& cat"]
        {
            assert!(!is_tangled(text), "{text}");
        }
    }
}
