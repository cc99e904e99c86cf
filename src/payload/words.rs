//! Names that say what they do: the deleting verbs of the contract, and how a name falls into words.
//!
//! Takes a name in any spelling (`DeleteUser`, `chat.delete`, `db:reset`), tells whether it deletes. Shared by
//! everything that judges by names; knows nothing of where the names come from.

/// The deleting verbs of `docs/classes.md`.
pub const DELETING: &[&str] = &[
    "delete",
    "destroy",
    "drop",
    "purge",
    "wipe",
    "erase",
    "nuke",
    "prune",
    "terminate",
    "truncate",
    "flush",
    "reset",
    "revoke",
    "deprovision",
    "rm",
    "remove",
];

/// Words that only say how a verb is meant when they stand in front of it: `bulkDelete`, `force-remove`.
const QUALIFIERS: &[&str] = &["force", "bulk", "batch", "hard", "mass", "multi", "permanently"];

/// Whether `word` is a deleting verb, in any case.
pub fn is_deleting_word(word: &str) -> bool {
    DELETING.iter().any(|verb| word.eq_ignore_ascii_case(verb))
}

/// The deleting verb that `name` begins or ends with, as it is written there. Words are split at anything that is
/// no letter or digit and at changes of case.
pub fn leading_or_trailing_verb(name: &str) -> Option<&str> {
    leading_verb(name).or_else(|| words(name).last().filter(|word| is_deleting_word(word)))
}

/// The deleting verb that `name` begins with, behind words such as `bulk` and `force`.
pub fn leading_verb(name: &str) -> Option<&str> {
    let mut words =
        words(name).skip_while(|word| QUALIFIERS.iter().any(|qualifier| word.eq_ignore_ascii_case(qualifier)));
    words.next().filter(|word| is_deleting_word(word))
}

/// The words of a name, split at anything that is no letter or digit, between a small letter or a digit and a
/// capital one (`volumeDelete`), and in front of the last capital of a run (`DBReset`).
pub fn words(name: &str) -> impl Iterator<Item = &str> {
    let mut rest = name;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
        let end = word_end(rest);
        let (word, after) = rest.split_at_checked(end)?;
        rest = after;
        (!word.is_empty()).then_some(word)
    })
}

/// Where the word at the start of `text` ends.
fn word_end(text: &str) -> usize {
    let mut before: Option<char> = None;
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        if !character.is_alphanumeric() {
            return at;
        }
        let next = characters.peek().map(|&(_, next)| next);
        let starts_word = character.is_uppercase()
            && before.is_some_and(|before| !before.is_uppercase() || next.is_some_and(char::is_lowercase));
        if starts_word {
            return at;
        }
        before = Some(character);
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_into_words() {
        let cases: &[(&str, &[&str])] = &[
            ("volumeDelete", &["volume", "Delete"]),
            ("DeleteUser", &["Delete", "User"]),
            ("deleteProjectV2", &["delete", "Project", "V2"]),
            ("DBReset", &["DB", "Reset"]),
            ("chat.delete", &["chat", "delete"]),
            ("password-reset_requests:x/y", &["password", "reset", "requests", "x", "y"]),
            ("", &[]),
            ("--", &[]),
            ("größeÄndern", &["größe", "Ändern"]),
        ];
        for (name, expected) in cases {
            assert_eq!(words(name).collect::<Vec<_>>(), *expected, "{name}");
        }
    }

    #[test]
    fn verbs_count_at_either_end() {
        for name in
            ["delete", "DELETE", "volumeDelete", "DeleteUser", "orders:purge", "db:reset", "bulk-delete-users", "rm"]
        {
            assert!(leading_or_trailing_verb(name).is_some(), "{name}");
        }
        for name in
            ["undelete", "password-reset-requests", "deleted_items", "dropdown", "", "deletions", "volumeRestore"]
        {
            assert!(leading_or_trailing_verb(name).is_none(), "{name}");
        }
    }
}
