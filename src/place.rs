//! Where a path points: the root, a home, a system folder, a device, the project, something regenerable.
//!
//! Takes a path with its holes and the folder it is relative to; gives a [`Place`]. Knows the names of places;
//! never looks whether anything exists.

mod names;
pub mod pattern;

use crate::follow::step::{Arg, Folder, Piece, Source};
use crate::span::Span;
use names::{
    GIT_HOOKS, GUARD_HOME, GUARD_PROJECT, HARMLESS_SSH, PERSIST_ANYWHERE, PERSIST_HOME, PERSIST_PATHS, PERSIST_ROOTS,
    REGENERABLE, REGENERABLE_ENDINGS, REGENERABLE_IN_PROJECT, SYSTEM,
};

/// Where a path points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Nothing is kept there: `/dev/null`, `/dev/stdout`, a terminal.
    Sink,
    /// `/`, or all that stands in it.
    Root,
    /// A folder of the system as a whole.
    System,
    /// A home folder as a whole.
    Home,
    /// A disk or another device.
    Device,
    /// Where a change outlasts the task: start-up files, keys, hooks, system folders.
    Persist,
    /// One of guard's own places, where every change is a change of what guard does.
    Guard,
    /// The folder for temporary files itself.
    TemporaryFolder,
    /// Below the folder for temporary files.
    Temporary,
    /// The project itself, or all that stands in it.
    Project,
    /// Anything below the project.
    InProject,
    /// Anything else.
    Elsewhere,
    /// It cannot be told.
    Unknown,
}

/// A place, and whether a build, an install or a download makes again what stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Location {
    /// Where.
    pub place: Place,
    /// Whether it can be made again.
    pub regenerable: bool,
}

/// What is known of the machine when a path is located.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bearings<'a> {
    /// The home folder.
    pub home: Option<&'a str>,
    /// The folder that the request was made in.
    pub start: Option<&'a str>,
    /// Where guard's own files are, besides the usual places: absolute paths.
    pub own: &'a [String],
}

/// Stands for a part of a component that is not known and may be empty.
const HOLE: char = crate::payload::HOLE;
/// Stands for a pattern that the shell matches against names.
const GLOB: char = '\u{FFFB}';

/// How deep folder changes are followed.
const FOLDER_DEPTH: usize = 32;

/// What a path starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Base {
    Absolute,
    Home,
    Start,
    FreshTemporary(Span),
    TemporaryFolder,
    Outside,
    Unknown { may_be_empty: bool },
}

/// A path without `.` and `..`.
#[derive(Clone, Debug)]
struct Resolved {
    base: Base,
    names: Vec<String>,
}

/// Where `path` points when it is used in `folder`.
pub fn locate(path: &Arg, folder: &Folder, bearings: Bearings<'_>) -> Location {
    let resolved = resolve(path, folder, 0);
    if is_own(&resolved, bearings) {
        return Location { place: Place::Guard, regenerable: false };
    }
    let resolved = rebase(resolved, bearings);
    let place = place_of(&resolved);
    let regenerable = place == Place::Temporary || is_regenerable(&resolved);
    worst(Location { place, regenerable }, folder, |folder| locate(path, folder, bearings))
}

/// Where a path points that is seen from one of two folders: at the worse place, if that is worse than an unknown one.
fn worst(location: Location, folder: &Folder, locate: impl Fn(&Folder) -> Location) -> Location {
    let Folder::Either(both) = folder else { return location };
    let is_bad = |location: &Location| matches!(location.place, Place::Guard | Place::Persist | Place::Device);
    [locate(&both.0), locate(&both.1)].into_iter().find(is_bad).unwrap_or(location)
}

/// Where a file in the folder `path` points.
pub fn locate_inside(path: &Arg, folder: &Folder, bearings: Bearings<'_>) -> Location {
    let mut resolved = rebase(resolve(path, folder, 0), bearings);
    resolved.names.push("file".to_owned());
    let location = Location { place: place_of(&resolved), regenerable: is_regenerable(&resolved) };
    worst(location, folder, |folder| locate_inside(path, folder, bearings))
}

/// Whether a path from the top of a project names what a build, an install or a download makes again.
pub fn is_made_again(path: &str) -> bool {
    let names = path.split('/').filter(|name| !name.is_empty()).map(str::to_owned).collect();
    is_regenerable(&Resolved { base: Base::Start, names })
}

/// Whether one of guard's own places lies below `path`, so that what becomes of `path` becomes of that, too.
pub fn holds_own(path: &Arg, folder: &Folder, bearings: Bearings<'_>) -> bool {
    let resolved = resolve(path, folder, 0);
    let absolute = absolute_names(&resolved, bearings);
    let above = |own: &String| {
        let own: Vec<&str> = own.split('/').filter(|name| !name.is_empty()).collect();
        absolute.as_ref().is_some_and(|names| !names.is_empty() && own.starts_with(&strs(names)))
    };
    let resolved = rebase(resolved, bearings);
    let names = strs(&resolved.names);
    let usual = || resolved.base == Base::Home && !names.is_empty();
    bearings.own.iter().any(above) || (usual() && GUARD_HOME.iter().any(|own| own.starts_with(&names)))
}

/// Whether a path is one of guard's own, by the folders that it really uses.
fn is_own(path: &Resolved, bearings: Bearings<'_>) -> bool {
    !bearings.own.is_empty()
        && absolute_names(path, bearings)
            .is_some_and(|names| bearings.own.iter().any(|own| below(&names, own).is_some()))
}

/// The path from the root on, where that can be told.
fn absolute_names(path: &Resolved, bearings: Bearings<'_>) -> Option<Vec<String>> {
    let folder = match path.base {
        Base::Absolute => "",
        Base::Home => bearings.home?,
        Base::Start => bearings.start?,
        _ => return None,
    };
    let folder = folder.split('/').filter(|name| !name.is_empty()).map(str::to_owned);
    Some(folder.chain(path.names.iter().cloned()).collect())
}

fn strs(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}

/// Whether the word names something on another machine: `host:path`, `s3://bucket/key`.
pub fn is_remote(path: &Arg) -> bool {
    let text = path.prefix();
    let Some(colon) = text.find(':') else { return false };
    let host = &text[..colon];
    text[colon..].starts_with("://")
        || (!host.is_empty() && !host.contains('/') && !host.starts_with('-') && !text.starts_with('.'))
}

/// The path as one string without `.` and `..`, when all of it is known: for comparing two paths of one text.
pub fn normal_form(path: &Arg, folder: &Folder) -> Option<String> {
    let resolved = resolve(path, folder, 0);
    let start = match resolved.base {
        Base::Absolute => "/",
        Base::Home => "~/",
        Base::Start => "",
        Base::FreshTemporary(_) | Base::TemporaryFolder | Base::Outside | Base::Unknown { .. } => return None,
    };
    if resolved.names.iter().any(|name| name.contains([HOLE, GLOB])) {
        return None;
    }
    Some(format!("{start}{}", resolved.names.join("/")))
}

/// The same for a path in a temporary folder of which nobody knows where it is. What one call of `mktemp` makes is one
/// folder here, however often it runs.
pub fn temporary_form(path: &Arg, folder: &Folder) -> Option<String> {
    let resolved = resolve(path, folder, 0);
    let start = match resolved.base {
        Base::FreshTemporary(call) => format!("?/mktemp {}-{}", call.start, call.end),
        Base::TemporaryFolder => "?/TMPDIR".to_owned(),
        _ => return None,
    };
    let is_known = !resolved.names.iter().any(|name| name.contains([HOLE, GLOB]));
    is_known.then(|| format!("{start}/{}", resolved.names.join("/")))
}

fn resolve(path: &Arg, folder: &Folder, depth: usize) -> Resolved {
    let (base, text) = start_of(path);
    let mut resolved = match base {
        Some(base) => Resolved { base, names: Vec::new() },
        None => folder_path(folder, depth),
    };
    for name in text.split('/') {
        match name {
            "" | "." => {}
            ".." => climb(&mut resolved),
            name => resolved.names.push(name.to_owned()),
        }
    }
    resolved
}

fn folder_path(folder: &Folder, depth: usize) -> Resolved {
    match folder {
        Folder::Start => Resolved { base: Base::Start, names: Vec::new() },
        Folder::Changed(change) if depth < FOLDER_DEPTH => resolve(&change.to, &change.from, depth + 1),
        Folder::Changed(_) | Folder::Either(_) | Folder::Unknown => {
            Resolved { base: Base::Unknown { may_be_empty: false }, names: Vec::new() }
        }
    }
}

fn climb(resolved: &mut Resolved) {
    if resolved.names.pop().is_some() {
        return;
    }
    resolved.base = match resolved.base {
        Base::Absolute => Base::Absolute,
        Base::FreshTemporary(_) => Base::TemporaryFolder,
        Base::Home | Base::Start | Base::Outside | Base::TemporaryFolder => Base::Outside,
        Base::Unknown { may_be_empty } => Base::Unknown { may_be_empty },
    };
}

/// What the path starts from (`None`: it is relative), and its text with placeholders for holes.
fn start_of(path: &Arg) -> (Option<Base>, String) {
    let mut text = String::new();
    let mut base = None;
    for (index, piece) in path.pieces.iter().enumerate() {
        match piece {
            Piece::Text(known) if index == 0 && known.as_str().starts_with('/') => {
                base = Some(Base::Absolute);
                text.push_str(known.as_str());
            }
            Piece::Text(known) => text.push_str(known.as_str()),
            Piece::Hole(hole) => match (&hole.source, index) {
                (Source::Home, 0) => base = Some(Base::Home),
                (Source::StartFolder, 0) => base = Some(Base::Start),
                (Source::FreshTemporary(call), 0) => base = Some(Base::FreshTemporary(*call)),
                (Source::TemporaryFolder, 0) => base = Some(Base::TemporaryFolder),
                (Source::Glob(_), _) => text.push(GLOB),
                (Source::Number, _) => text.push('0'),
                (_, 0) if next_is_slash(path) => {
                    base = Some(Base::Unknown { may_be_empty: hole.may_be_empty });
                }
                (_, 0) => {
                    base = Some(Base::Unknown { may_be_empty: hole.may_be_empty });
                    text.push(HOLE);
                }
                _ => text.push(HOLE),
            },
        }
    }
    (base, text)
}

fn next_is_slash(path: &Arg) -> bool {
    matches!(path.pieces.get(1), Some(Piece::Text(text)) if text.as_str().starts_with('/'))
}

/// Turns absolute paths below a home folder or the start folder into paths from there.
fn rebase(resolved: Resolved, bearings: Bearings<'_>) -> Resolved {
    if resolved.base != Base::Absolute {
        return resolved;
    }
    for (folder, base) in [(bearings.start, Base::Start), (bearings.home, Base::Home)] {
        if let Some(rest) = folder.and_then(|folder| below(&resolved.names, folder)) {
            return Resolved { base, names: rest };
        }
    }
    match resolved.names.as_slice() {
        [first, user, rest @ ..] if matches!(first.as_str(), "home" | "Users") && !user.contains([HOLE, GLOB]) => {
            Resolved { base: Base::Home, names: rest.to_vec() }
        }
        [first, rest @ ..] if first == "root" => Resolved { base: Base::Home, names: rest.to_vec() },
        _ => resolved,
    }
}

fn below(names: &[String], folder: &str) -> Option<Vec<String>> {
    let folder: Vec<&str> = folder.split('/').filter(|name| !name.is_empty()).collect();
    if folder.is_empty() || names.len() < folder.len() {
        return None;
    }
    let (head, rest) = names.split_at(folder.len());
    head.iter().zip(&folder).all(|(name, expected)| name == expected).then(|| rest.to_vec())
}

/// Whether a component may stand for everything in its folder.
fn is_everything(name: &str) -> bool {
    name.chars().all(|c| matches!(c, HOLE | GLOB)) || name == format!(".{GLOB}")
}

/// Whether the path names a whole folder: nothing, or a pattern for all that is in it.
fn is_whole(names: &[String]) -> bool {
    names.iter().all(|name| is_everything(name))
}

fn place_of(path: &Resolved) -> Place {
    let names = path.names.as_slice();
    match path.base {
        _ if names.iter().any(|name| name == GUARD_PROJECT) => Place::Guard,
        Base::Home if is_persist(names, GUARD_HOME) => Place::Guard,
        Base::Absolute => absolute_place(names),
        Base::Home if is_whole(names) => Place::Home,
        Base::Home if is_persist(names, PERSIST_HOME) => Place::Persist,
        Base::Start if is_whole(names) => Place::Project,
        Base::TemporaryFolder if is_whole(names) => Place::TemporaryFolder,
        Base::FreshTemporary(_) | Base::TemporaryFolder => Place::Temporary,
        Base::Unknown { may_be_empty: true } if is_whole(names) => Place::Unknown,
        Base::Home | Base::Start | Base::Outside | Base::Unknown { .. } if is_persist_anywhere(names) => Place::Persist,
        Base::Unknown { .. } if is_git_hook(names) => Place::Persist,
        Base::Start => Place::InProject,
        Base::Home | Base::Outside => Place::Elsewhere,
        Base::Unknown { .. } => Place::Unknown,
    }
}

fn absolute_place(names: &[String]) -> Place {
    let Some((first, rest)) = names.split_first() else { return Place::Root };
    if is_whole(names) {
        return Place::Root;
    }
    match (first.as_str(), rest) {
        ("dev", [name, ..]) if is_sink(name) => Place::Sink,
        ("dev", [name, _, ..]) if matches!(name.as_str(), "shm" | "mqueue") => Place::Temporary,
        ("dev", [name, ..]) if matches!(name.as_str(), "tcp" | "udp" | "shm") => Place::Elsewhere,
        ("dev", [_, ..]) => Place::Device,
        ("tmp", rest) => temporary_place(rest),
        ("var", [second, rest @ ..]) if second == "tmp" => temporary_place(rest),
        ("private", [second, rest @ ..]) if second == "tmp" => temporary_place(rest),
        ("private", [second, third, rest @ ..]) if second == "var" && third == "tmp" => temporary_place(rest),
        (first, rest) if SYSTEM.contains(&first) && is_whole(rest) => Place::System,
        ("home" | "Users", [_]) => Place::Home,
        ("run", [user, _, guard, ..]) if user == "user" && guard == "guard" => Place::Guard,
        (first, [_, ..]) if PERSIST_ROOTS.contains(&first) => Place::Persist,
        _ if is_persist(names, PERSIST_PATHS) || is_persist_anywhere(names) => Place::Persist,
        _ => Place::Elsewhere,
    }
}

fn temporary_place(rest: &[String]) -> Place {
    if is_whole(rest) { Place::TemporaryFolder } else { Place::Temporary }
}

fn is_sink(name: &str) -> bool {
    matches!(
        name,
        "null" | "stdin" | "stdout" | "stderr" | "tty" | "fd" | "zero" | "full" | "pts" | "ptmx" | "random" | "urandom"
    )
}

fn is_persist(names: &[String], table: &[&[&str]]) -> bool {
    table.iter().any(|entry| starts_with(names, entry))
}

fn is_persist_anywhere(names: &[String]) -> bool {
    let tails = || (0..names.len()).map(|index| &names[index..]);
    tails().any(|tail| {
        PERSIST_ANYWHERE.iter().any(|entry| starts_with(tail, entry))
            && !matches!(tail, [ssh, file] if ssh == ".ssh" && HARMLESS_SSH.contains(&file.as_str()))
    })
}

/// `hooks/pre-commit` below a folder that is not known, which may be a repository's (`$(git rev-parse --git-dir)`).
fn is_git_hook(names: &[String]) -> bool {
    matches!(names, [.., folder, hook] if folder == "hooks" && GIT_HOOKS.contains(&hook.as_str()))
}

fn starts_with(names: &[String], entry: &[&str]) -> bool {
    names.len() >= entry.len()
        && entry.iter().zip(names).all(|(expected, name)| match expected.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => name == expected,
        })
}

fn is_regenerable(path: &Resolved) -> bool {
    let inside = matches!(path.base, Base::Start);
    let first_counts = !matches!(path.base, Base::Absolute | Base::Home | Base::Unknown { may_be_empty: true });
    let by_folder = path.names.iter().enumerate().any(|(index, name)| {
        (index > 0 || first_counts)
            && (REGENERABLE.contains(&name.as_str())
                || (inside && REGENERABLE_IN_PROJECT.contains(&name.as_str()))
                || (name.starts_with("cmake-build-") && !name.contains(HOLE)))
    });
    by_folder || path.names.last().is_some_and(|name| is_regenerable_file(name))
}

fn is_regenerable_file(name: &str) -> bool {
    name == ".DS_Store" || REGENERABLE_ENDINGS.iter().any(|ending| name.len() > ending.len() && name.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::follow::step::{FolderChange, Hole};
    use crate::span::Span;
    use crate::text::Text;
    use std::rc::Rc;

    /// `~` at the start is the home folder, `$` an unknown variable, `*` a glob, `@` a fresh temporary folder.
    fn path(shown: &str) -> Arg {
        let mut arg = Arg::default();
        let hole = |source, may_be_empty| Piece::Hole(Hole { source, splits: false, may_be_empty });
        let mut known = String::new();
        for c in shown.chars() {
            let piece = match c {
                '~' => hole(Source::Home, false),
                '$' => hole(Source::Variable("x".into()), true),
                '*' => hole(Source::Glob("*".into()), false),
                '@' => hole(Source::FreshTemporary(Span::default()), false),
                c => {
                    known.push(c);
                    continue;
                }
            };
            if !known.is_empty() {
                arg.pieces.push(Piece::Text(Text::derived(std::mem::take(&mut known), Span::default())));
            }
            arg.pieces.push(piece);
        }
        if !known.is_empty() {
            arg.pieces.push(Piece::Text(Text::derived(known, Span::default())));
        }
        arg
    }

    #[test]
    fn places() {
        let cases = [
            ("/", Place::Root),
            ("/*", Place::Root),
            ("/.", Place::Root),
            ("/usr/..", Place::Root),
            ("/etc", Place::System),
            ("/usr/*", Place::System),
            ("/home", Place::System),
            ("/etc/passwd", Place::Persist),
            ("/dev/null", Place::Sink),
            ("/dev/sda", Place::Device),
            ("/tmp", Place::TemporaryFolder),
            ("/tmp/*", Place::TemporaryFolder),
            ("/tmp/$", Place::TemporaryFolder),
            ("/tmp/x", Place::Temporary),
            ("/tmp/x/../../etc/x", Place::Persist),
            ("/tmp/../home", Place::System),
            ("@", Place::Temporary),
            ("@/x", Place::Temporary),
            ("~", Place::Home),
            ("~/*", Place::Home),
            ("~/.bashrc", Place::Persist),
            ("~/.config/guard/config.yaml", Place::Guard),
            ("~/.cache/guard", Place::Guard),
            (".guard/rules/x.yaml", Place::Guard),
            ("/tmp/x/.guard", Place::Guard),
            ("/run/user/1000/guard/x", Place::Guard),
            ("~/guard", Place::Elsewhere),
            ("~/.ssh/known_hosts", Place::Elsewhere),
            ("~/.ssh/authorized_keys", Place::Persist),
            ("/home/me/.zshrc", Place::Persist),
            ("src", Place::InProject),
            (".", Place::Project),
            ("*", Place::Project),
            ("../x", Place::Elsewhere),
            (".git/hooks/pre-commit", Place::Persist),
            ("etc/hosts", Place::InProject),
            ("$", Place::Unknown),
            ("$/x", Place::Unknown),
        ];
        for (shown, place) in cases {
            assert_eq!(locate(&path(shown), &Folder::Start, Bearings::default()).place, place, "{shown}");
        }
    }

    #[test]
    fn what_can_be_made_again() {
        let yes = [
            "node_modules",
            "a/node_modules/b",
            "build/app.log",
            "/srv/app/dist",
            "*.pyc",
            "x.egg-info",
            "cmake-build-*",
            "$/a/build",
            ".cache",
            "/tmp/x",
        ];
        let no = ["build/../src", "b*", "$/build", "/build", "~/build", "~/.cache", "node_modules$", ".env", "/tmp"];
        for (list, expected) in [(&yes[..], true), (&no[..], false)] {
            for shown in list {
                let location = locate(&path(shown), &Folder::Start, Bearings::default());
                assert_eq!(location.regenerable, expected, "{shown}");
            }
        }
    }

    #[test]
    fn own_folders_are_known_wherever_they_are() {
        let own = ["/x/state/guard".to_owned(), "/home/me/c/guard".to_owned()];
        let bearings = Bearings { home: Some("/home/me"), start: Some("/x"), own: &own };
        for (shown, is_own, holds) in [
            ("state/guard/journal.jsonl", true, false),
            ("state/guard", true, true),
            ("state", false, true),
            ("~/c/guard/rules", true, false),
            ("~/c", false, true),
            ("~/.config", false, true),
            ("/x/state/guard/../other", false, false),
            ("~/d", false, false),
        ] {
            let location = locate(&path(shown), &Folder::Start, bearings);
            assert_eq!(location.place == Place::Guard, is_own, "{shown}");
            assert_eq!(holds_own(&path(shown), &Folder::Start, bearings), holds, "{shown}");
        }
    }

    #[test]
    fn folders_are_followed() {
        let into = |to: &str| Folder::Changed(Rc::new(FolderChange { from: Folder::Start, to: path(to) }));
        let at = |shown: &str, folder: &Folder| locate(&path(shown), folder, Bearings::default());
        assert!(at("./*", &into("build")).regenerable);
        assert_eq!(at("x", &into("/etc")).place, Place::Persist);
        assert_eq!(at("*", &into("/tmp")).place, Place::TemporaryFolder);
        assert_eq!(at("*", &Folder::Unknown).place, Place::Unknown);
        assert!(at("build", &Folder::Unknown).regenerable);
    }
}
