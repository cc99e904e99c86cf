//! What a word stands for when nothing in it expands.

use std::borrow::Cow;

use super::ast::{Part, Word};

impl Word {
    /// The characters after quote removal, when no parameter, substitution, array or extended glob stands in
    /// the word. Tildes, globs and braces are left as they are written.
    pub fn literal(&self) -> Option<Cow<'_, str>> {
        match self.parts.as_slice() {
            [] => Some(Cow::Borrowed("")),
            [Part::Literal { text, .. } | Part::Quoted { text, .. }] => Some(Cow::Borrowed(text)),
            parts => {
                let mut text = String::new();
                append(parts, &mut text)?;
                Some(Cow::Owned(text))
            }
        }
    }

    /// Whether any part of the word is quoted.
    pub fn is_quoted(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Quoted { .. } | Part::DoubleQuoted { .. }))
    }
}

/// Appends the characters of parts that do not expand.
fn append(parts: &[Part], text: &mut String) -> Option<()> {
    for part in parts {
        match part {
            Part::Literal { text: characters, .. } | Part::Quoted { text: characters, .. } => text.push_str(characters),
            Part::DoubleQuoted { parts, .. } => append(parts, text)?,
            _ => return None,
        }
    }
    Some(())
}
