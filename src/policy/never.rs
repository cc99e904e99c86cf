//! What is refused without a question: the built-in list, and the user's own entries.

use serde::{Deserialize, Serialize};

use crate::effect::{Effect, Finding};
use crate::request::{Node, Report};

/// The rules that are never confirmed at a prompt, with what they protect. This is the whole built-in list.
const BUILT_IN: [(&str, &str); 7] = [
    ("place.root.delete", "deleting the root folder"),
    ("place.root.owner", "changing the owner or mode of the root folder as a whole"),
    ("place.home.delete", "deleting a home folder as a whole"),
    ("place.home.owner", "changing the owner or mode of a home folder as a whole"),
    ("place.system.delete", "deleting a system folder as a whole"),
    ("place.system.owner", "changing the owner or mode of a system folder as a whole"),
    ("place.device.write", "writing a raw disk"),
];

/// An entry of the user's never-list. It holds for a finding when everything that it names fits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The rule's name.
    pub rule: Option<Pattern>,
    /// The effect.
    pub effect: Option<Effect>,
    /// What it is done to, as it is shown.
    pub subject: Option<Pattern>,
    /// A command line that would run, its words separated by single spaces.
    pub command: Option<Pattern>,
    /// Why, in the user's words.
    pub because: Option<String>,
}

/// What an entry of the list refuses.
pub struct Refused<'a> {
    /// The findings it holds for; none when an entry speaks of the command alone.
    pub findings: Vec<&'a Finding>,
    /// The entry, as a person would name it.
    pub entry: String,
}

/// The first entry that refuses the command, the built-in ones first.
pub fn refused<'a>(report: &'a Report, entries: &[Entry]) -> Option<Refused<'a>> {
    built_in(report).or_else(|| entries.iter().find_map(|entry| entry.refuses(report)))
}

fn built_in(report: &Report) -> Option<Refused<'_>> {
    let entry_of = |finding: &Finding| BUILT_IN.iter().find(|(rule, _)| *rule == finding.rule);
    let (_, what) = report.findings.iter().find_map(entry_of)?;
    let findings = report.findings.iter().filter(|finding| entry_of(finding).is_some()).collect();
    Some(Refused { findings, entry: (*what).to_owned() })
}

impl Entry {
    pub(super) fn refuses<'a>(&self, report: &'a Report) -> Option<Refused<'a>> {
        let names_a_finding = self.rule.is_some() || self.effect.is_some() || self.subject.is_some();
        let findings: Vec<_> = match names_a_finding {
            true => report.findings.iter().filter(|finding| self.fits(finding)).collect(),
            false => Vec::new(),
        };
        let holds = (!names_a_finding || !findings.is_empty())
            && self.command.as_ref().is_none_or(|command| runs(&report.tree, &report.text, command));
        holds.then(|| Refused { findings, entry: self.named() })
    }

    fn fits(&self, finding: &Finding) -> bool {
        self.rule.as_ref().is_none_or(|rule| rule.matches(&finding.rule))
            && self.effect.is_none_or(|effect| finding.effect == Some(effect))
            && self.subject.as_ref().is_none_or(|subject| subject.matches(&finding.subject))
    }

    fn named(&self) -> String {
        if let Some(because) = &self.because {
            return because.clone();
        }
        let named = |name: &str, pattern: &Option<Pattern>| pattern.as_ref().map(|pattern| format!("{name} {pattern}"));
        let effect = self.effect.map(|effect| format!("effect {effect}"));
        let parts =
            [named("rule", &self.rule), effect, named("subject", &self.subject), named("command", &self.command)];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

/// Whether a command line that fits the pattern stands anywhere in the tree, as it is resolved or as it is written.
fn runs(tree: &[Node], text: &str, pattern: &Pattern) -> bool {
    let mut open: Vec<&Node> = tree.iter().collect();
    while let Some(node) = open.pop() {
        if pattern.matches(&single_spaced(&node.label)) || pattern.matches(&single_spaced(node.span.of(text))) {
            return true;
        }
        open.extend(&node.children);
    }
    false
}

fn single_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text in which `*` stands for any characters, also none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pattern {
    text: String,
}

impl Pattern {
    /// A pattern as it is written.
    pub fn new(text: &str) -> Pattern {
        Pattern { text: text.to_owned() }
    }

    /// Whether the whole of `text` fits. Each piece between the stars is sought once, from left to right.
    pub fn matches(&self, text: &str) -> bool {
        let Some((first, rest)) = self.text.split_once('*') else { return self.text == text };
        let Some(mut left) = text.strip_prefix(first) else { return false };
        let (middle, last) = rest.rsplit_once('*').map_or((None, rest), |(middle, last)| (Some(middle), last));
        for piece in middle.into_iter().flat_map(|middle| middle.split('*')) {
            match left.find(piece) {
                Some(at) => left = left.get(at + piece.len()..).unwrap_or_default(),
                None => return false,
            }
        }
        left.ends_with(last)
    }
}

impl std::fmt::Display for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_anything() {
        let cases = [
            ("a", "a", true),
            ("a", "ab", false),
            ("a*", "a", true),
            ("a*", "abc", true),
            ("*a", "ba", true),
            ("*a", "ab", false),
            ("a*a", "a", false),
            ("a*a", "aa", true),
            ("a*b*c", "a-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("a*b*b", "ab", false),
            ("**", "", true),
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("*é*", "café au lait", true),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(Pattern::new(pattern).matches(text), expected, "{pattern} {text}");
        }
    }
}
