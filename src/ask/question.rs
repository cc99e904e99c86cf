//! The question itself, and what the lines mean that are typed under it.

use console::Style;
use dialoguer::theme::{SimpleTheme, Theme};

use crate::facts::loss::Phrase;
use crate::visible;

/// What is asked: whether it runs, by a yes or by typing what is lost.
pub struct Question<'a> {
    /// What must be typed, where a yes is not enough.
    pub phrase: Option<&'a Phrase>,
    /// Whether colours are wanted.
    pub colour: bool,
    /// Whether there is more to see of the command than is shown.
    pub cut: bool,
    /// Whether there is anything to list.
    pub listed: bool,
    /// Whether something can be allowed ahead.
    pub offers: bool,
    /// Whether something is, with a yes.
    pub allows: bool,
}

/// What a line says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// It runs.
    Yes,
    /// It does not.
    No,
    /// Something is to be shown first.
    Show(View),
    /// What could be allowed ahead is to be shown.
    Offer,
    /// Nothing of these.
    Neither,
}

/// What can be shown on request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Everything that would run, and why.
    Explanation,
    /// Everything that is lost.
    Details,
    /// The command, all of it.
    Whole,
}

impl Question<'_> {
    /// The question, without a newline behind it.
    pub fn text(&self) -> String {
        let mut question = String::new();
        let run = if self.allows { "Run it, and allow that ahead?" } else { "Run it?" };
        match self.phrase {
            // Writing to a string does not fail.
            None => drop(SimpleTheme.format_confirm_prompt(&mut question, run, Some(false))),
            Some(phrase) => {
                question = format!("{run} Then type {}, {}: ", phrase.what, visible::line(&phrase.text));
            }
        }
        Style::new().bold().force_styling(self.colour).apply_to(question).to_string()
    }

    /// The keys that show more.
    pub fn keys(&self) -> String {
        let mut keys = vec!["e: why"];
        if self.listed {
            keys.push("d: details");
        }
        if self.cut {
            keys.push("w: whole command");
        }
        if self.offers {
            keys.push("a: allow ahead");
        }
        keys.join(", ")
    }

    /// What is said when a line means nothing.
    pub fn again(&self) -> String {
        match self.phrase {
            None => "Please answer y or n.".to_owned(),
            Some(phrase) => format!("Please type {} to run it, or n.", visible::line(&phrase.text)),
        }
    }

    /// What a line means. What must be typed wins over every key of the same name.
    pub fn reply(&self, line: &[u8]) -> Reply {
        let line = line.trim_ascii();
        if let Some(phrase) = self.phrase
            && line == phrase.text.as_bytes()
        {
            return Reply::Yes;
        }
        match line.to_ascii_lowercase().as_slice() {
            b"y" | b"yes" if self.phrase.is_none() => Reply::Yes,
            b"" | b"n" | b"no" => Reply::No,
            b"e" => Reply::Show(View::Explanation),
            b"d" => Reply::Show(View::Details),
            b"w" => Reply::Show(View::Whole),
            b"a" if self.offers => Reply::Offer,
            _ => Reply::Neither,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replies(phrase: Option<&str>, lines: &[(&str, Reply)]) {
        let phrase = phrase.map(|text| Phrase { what: "the name of the folder".to_owned(), text: text.to_owned() });
        let question = Question {
            phrase: phrase.as_ref(),
            colour: false,
            cut: false,
            listed: false,
            offers: false,
            allows: false,
        };
        for (line, reply) in lines {
            assert_eq!(question.reply(line.as_bytes()), *reply, "{phrase:?} {line:?}");
        }
    }

    #[test]
    fn lines_mean_what_they_say() {
        let explain = Reply::Show(View::Explanation);
        replies(
            None,
            &[
                ("y\n", Reply::Yes),
                (" YES \n", Reply::Yes),
                ("n\n", Reply::No),
                ("\n", Reply::No),
                ("src\n", Reply::Neither),
                ("e\n", explain),
            ],
        );
        replies(
            Some("src"),
            &[
                ("src\n", Reply::Yes),
                (" src \n", Reply::Yes),
                ("y\n", Reply::Neither),
                ("SRC\n", Reply::Neither),
                ("src2\n", Reply::Neither),
                ("\n", Reply::No),
                ("e\n", explain),
            ],
        );
        replies(Some("e"), &[("e\n", Reply::Yes), ("d\n", Reply::Show(View::Details))]);
        replies(Some("y"), &[("y\n", Reply::Yes), ("yes\n", Reply::Neither)]);
    }
}
