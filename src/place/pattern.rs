//! Paths as the machine is asked for them: absolute, with what the shell matches left in as patterns.

use super::{Bearings, FOLDER_DEPTH};
use crate::follow::step::{Arg, Folder, Piece, Source};
use crate::text::Text;

/// A path as a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// An absolute path: `*`, `?` and `[…]` are patterns within a name, `**` across names, `\` quotes.
    pub text: String,
    /// Whether it fits nothing but what the command works on; otherwise it may fit more.
    pub exact: bool,
}

/// `path`, used in `folder`, as a pattern; `None` when a part of it is only known when it runs.
pub fn pattern(path: &Arg, folder: &Folder, bearings: Bearings<'_>) -> Option<Pattern> {
    let mut text = String::new();
    let mut exact = true;
    let mut pieces = path.pieces.iter();
    match path.pieces.first()? {
        Piece::Text(known) if known.as_str().starts_with('/') => {}
        Piece::Hole(hole) if matches!(hole.source, Source::Home | Source::StartFolder) => {
            text.push_str(&quoted(start(&hole.source, bearings)?));
            pieces.next();
        }
        _ => {
            text.push_str(&quoted(&folder_path(folder, bearings, 0)?));
            text.push('/');
        }
    }
    for piece in pieces {
        match piece {
            Piece::Text(known) => text.push_str(&quoted(known.as_str())),
            Piece::Hole(hole) => match &hole.source {
                Source::Glob(glob) => {
                    // Which characters a class holds is a matter of the shell and its language.
                    exact &= matches!(glob.as_str(), "*" | "?");
                    text.push_str(glob);
                }
                // What a search finds below a folder.
                Source::Other if text.ends_with('/') => {
                    text.push_str("**");
                    exact = false;
                }
                _ => return None,
            },
        }
    }
    Some(Pattern { text, exact })
}

/// A folder as an absolute path, as the shell sees it: `..` takes the last name away.
pub fn folder_path(folder: &Folder, bearings: Bearings<'_>, depth: usize) -> Option<String> {
    match folder {
        Folder::Start => bearings.start.map(str::to_owned),
        Folder::Changed(change) if depth < FOLDER_DEPTH => {
            let (first, rest) = match change.to.pieces.split_first() {
                Some((Piece::Hole(hole), rest)) => (start(&hole.source, bearings)?.to_owned(), rest),
                _ => match change.to.prefix().starts_with('/') {
                    true => (String::new(), change.to.pieces.as_slice()),
                    false => (folder_path(&change.from, bearings, depth + 1)? + "/", change.to.pieces.as_slice()),
                },
            };
            let mut path = first;
            for piece in rest {
                match piece {
                    Piece::Text(known) => path.push_str(known.as_str()),
                    Piece::Hole(_) => return None,
                }
            }
            Some(without_dots(&path))
        }
        Folder::Changed(_) | Folder::Either(_) | Folder::Unknown => None,
    }
}

fn start<'b>(source: &Source, bearings: Bearings<'b>) -> Option<&'b str> {
    match source {
        Source::Home => bearings.home,
        Source::StartFolder => bearings.start,
        _ => None,
    }
}

/// An absolute path without empty names, `.` and `..`, as its text says.
pub fn without_dots(path: &str) -> String {
    let mut names: Vec<&str> = Vec::new();
    for name in path.split('/') {
        match name {
            "" | "." => {}
            ".." => drop(names.pop()),
            name => names.push(name),
        }
    }
    format!("/{}", names.join("/"))
}

/// A text that stands for itself in a pattern.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '*' | '?' | '[' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted
}

/// The part of a path that is known before it runs and leads somewhere, as an absolute path; and the rest. Of a path
/// that is known as a whole, the last name belongs to the rest unless `through` it is meant.
pub fn lead(path: &Arg, folder: &Folder, bearings: Bearings<'_>, through: bool) -> Option<(String, Arg)> {
    let mut pieces = path.pieces.iter();
    let mut known = match path.pieces.first()? {
        Piece::Text(text) if text.as_str().starts_with('/') => String::new(),
        Piece::Hole(hole) if matches!(hole.source, Source::Home | Source::StartFolder) => {
            pieces.next();
            start(&hole.source, bearings)?.to_owned()
        }
        _ => folder_path(folder, bearings, 0)? + "/",
    };
    let mut rest = Vec::new();
    if let Some(Piece::Text(text)) = pieces.clone().next() {
        known.push_str(text.as_str());
        pieces.next();
    }
    rest.extend(pieces.cloned());
    if through && rest.is_empty() {
        return Some((known, Arg { pieces: Vec::new(), span: path.span }));
    }
    let trimmed = if rest.is_empty() { known.trim_end_matches('/') } else { known.as_str() };
    let slash = trimmed.rfind('/')?;
    let (lead, last) = trimmed.split_at_checked(slash + 1)?;
    // Where the last name is a step back, it leads somewhere, too.
    if rest.is_empty() && matches!(last, "." | "..") {
        return Some((known.clone(), Arg { pieces: Vec::new(), span: path.span }));
    }
    if !last.is_empty() {
        rest.insert(0, Piece::Text(Text::derived(last, path.span)));
    }
    Some((lead.to_owned(), Arg { pieces: rest, span: path.span }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::follow::step::{FolderChange, Hole};
    use crate::span::Span;
    use std::rc::Rc;

    const HERE: Bearings<'_> = Bearings { home: Some("/home/me"), start: Some("/home/me/app"), own: &[] };

    /// `~` at the start is the home folder, `*` a glob, `$` a variable, `@` what a search finds.
    fn path(shown: &str) -> Arg {
        let mut arg = Arg::default();
        for part in shown.split_inclusive(['~', '*', '$', '@']) {
            let known = part.trim_end_matches(['~', '*', '$', '@']);
            if !known.is_empty() {
                arg.pieces.push(Piece::Text(Text::derived(known, Span::default())));
            }
            let source = match part.get(known.len()..) {
                Some("~") => Source::Home,
                Some("*") => Source::Glob("*".into()),
                Some("$") => Source::Variable("x".into()),
                Some("@") => Source::Other,
                _ => continue,
            };
            arg.pieces.push(Piece::Hole(Hole { source, splits: false, may_be_empty: false }));
        }
        arg
    }

    fn into(from: Folder, to: &str) -> Folder {
        Folder::Changed(Rc::new(FolderChange { from, to: path(to) }))
    }

    #[test]
    fn paths_become_absolute_patterns() {
        let cases = [
            ("src", Folder::Start, Some("/home/me/app/src")),
            ("*.rs", Folder::Start, Some("/home/me/app/*.rs")),
            ("a[1]", Folder::Start, Some("/home/me/app/a\\[1]")),
            ("~/x", Folder::Unknown, Some("/home/me/x")),
            ("/etc/x", Folder::Unknown, Some("/etc/x")),
            ("x", Folder::Unknown, None),
            ("$/x", Folder::Start, None),
            ("../x", into(Folder::Start, "src/.."), Some("/home/me/app/../x")),
            ("x", into(into(Folder::Start, "~/other"), "deep"), Some("/home/me/other/deep/x")),
            ("x", into(Folder::Start, "$"), None),
            ("./@/*.log", Folder::Start, Some("/home/me/app/./**/*.log")),
        ];
        for (shown, folder, expected) in cases {
            let found = pattern(&path(shown), &folder, HERE);
            assert_eq!(found.as_ref().map(|pattern| pattern.text.as_str()), expected, "{shown}");
            assert_eq!(found.is_none_or(|pattern| pattern.exact), !shown.contains('@'), "{shown}");
        }
    }

    #[test]
    fn what_leads_somewhere_is_parted_from_what_is_named() {
        let cases = [
            ("link/x", false, Some(("/home/me/app/link/", "x"))),
            ("link", false, Some(("/home/me/app/", "link"))),
            ("link", true, Some(("/home/me/app/link", ""))),
            ("link/*", false, Some(("/home/me/app/link/", "*"))),
            ("link/..", false, Some(("/home/me/app/link/..", ""))),
            ("~/a*b/c", false, Some(("/home/me/", "a*b/c"))),
            ("$/x", false, Some(("/home/me/app/", "*/x"))),
        ];
        for (shown, through, expected) in cases {
            let found = lead(&path(shown), &Folder::Start, HERE, through);
            let found = found.map(|(lead, rest)| (lead, rest.shown("*")));
            assert_eq!(found, expected.map(|(lead, rest)| (lead.to_owned(), rest.to_owned())), "{shown}");
        }
    }
}
