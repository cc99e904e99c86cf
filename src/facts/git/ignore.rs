//! Which files git is told to ignore.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::glob;
use super::repository::{Repository, config_home};
use crate::facts::machine::read_regular;

/// A larger file of patterns is not read.
const LIMIT: usize = 1024 * 1024;

/// The patterns that hold in a folder: those of the folders above it, and its own.
#[derive(Clone, Debug, Default)]
pub struct Patterns {
    /// Later ones win.
    patterns: Vec<Pattern>,
}

#[derive(Clone, Debug)]
struct Pattern {
    /// The folder whose file it stands in, from the top, with a slash at its end unless it is the top.
    base: Vec<u8>,
    glob: Vec<u8>,
    /// It is for a path from its folder, not for a name anywhere below.
    anchored: bool,
    /// It is for folders only.
    folders: bool,
    /// It takes files out again.
    negated: bool,
}

impl Patterns {
    /// Those that hold everywhere in a repository. `None` when a file of them cannot be read.
    pub fn of(repository: &Repository, home: Option<&Path>) -> Option<Patterns> {
        let mut patterns = Patterns::default();
        let named = match (&repository.excludes, home) {
            (Some(name), home) => match (name.strip_prefix("~/"), home) {
                (Some(rest), Some(home)) => Some(home.join(rest)),
                (Some(_), None) => return None,
                (None, _) => Some(repository.top.join(name)),
            },
            (None, home) => config_home(home).map(|folder| folder.join("git/ignore")),
        };
        if let Some(path) = named {
            patterns.add(&path, b"")?;
        }
        patterns.add(&repository.common.join("info/exclude"), b"")?;
        Some(patterns)
    }

    /// These, and those of the `.gitignore` in a folder, given by its path from the top.
    pub fn inside(&self, folder: &Path, from_top: &[u8]) -> Option<Patterns> {
        let path = folder.join(".gitignore");
        let mut patterns = self.clone();
        // git does not follow a link of that name.
        if path.symlink_metadata().is_ok_and(|metadata| metadata.is_file()) {
            patterns.add(&path, from_top)?;
        }
        Some(patterns)
    }

    fn add(&mut self, path: &Path, from_top: &[u8]) -> Option<()> {
        if !path.exists() {
            return Some(());
        }
        let bytes = read_regular(path, LIMIT)?;
        let base = if from_top.is_empty() { Vec::new() } else { [from_top, b"/"].concat() };
        let lines = bytes.split(|byte| *byte == b'\n');
        self.patterns.extend(lines.filter_map(|line| Pattern::read(line, &base)));
        Some(())
    }

    /// Whether a path from the top is ignored by itself. A path in an ignored folder is, too, which this does not see.
    pub fn ignores(&self, path: &[u8], is_folder: bool) -> bool {
        let fitting = self.patterns.iter().rev().find(|pattern| pattern.fits(path, is_folder));
        fitting.is_some_and(|pattern| !pattern.negated)
    }
}

impl Pattern {
    fn read(line: &[u8], base: &[u8]) -> Option<Pattern> {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let mut end = line.len();
        // Blanks at the end do not count unless they are quoted.
        while end > 0 && line.get(end - 1) == Some(&b' ') && (end < 2 || line.get(end - 2) != Some(&b'\\')) {
            end -= 1;
        }
        let line = line.get(..end)?;
        let (negated, line) = match line.strip_prefix(b"!") {
            Some(rest) => (true, rest),
            None => (false, line),
        };
        let (folders, line) = match line.strip_suffix(b"/") {
            Some(rest) => (true, rest),
            None => (false, line),
        };
        if line.is_empty() || (line.starts_with(b"#") && !negated) {
            return None;
        }
        let anchored = line.contains(&b'/');
        let glob = line.strip_prefix(b"/").unwrap_or(line).to_vec();
        Some(Pattern { base: base.to_vec(), glob, anchored, folders, negated })
    }

    fn fits(&self, path: &[u8], is_folder: bool) -> bool {
        if self.folders && !is_folder {
            return false;
        }
        let Some(below) = path.strip_prefix(self.base.as_slice()) else { return false };
        if self.anchored {
            return glob::matches(&self.glob, below);
        }
        let name = Path::new(std::ffi::OsStr::from_bytes(below)).file_name();
        name.is_some_and(|name| glob::matches(&self.glob, name.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_read_as_git_reads_them() {
        let text = b"# no\n*.log\n!keep.log\n/build\ndocs/*.pdf\ncache/\n**/deep/x\na/**/z\n\\#odd\nend\\ \n";
        let mut patterns = Patterns::default();
        patterns.patterns.extend(text.split(|byte| *byte == b'\n').filter_map(|line| Pattern::read(line, b"")));
        patterns.patterns.extend(Pattern::read(b"/own", b"sub/"));
        for (path, is_folder, expected) in [
            ("a.log", false, true),
            ("x/y/a.log", false, true),
            ("x/keep.log", false, false),
            ("build", true, true),
            ("x/build", true, false),
            ("docs/a.pdf", false, true),
            ("docs/x/a.pdf", false, false),
            ("cache", true, true),
            ("cache", false, false),
            ("q/deep/x", false, true),
            ("deep/x", false, true),
            ("a/z", false, true),
            ("a/b/c/z", false, true),
            ("#odd", false, true),
            ("end ", false, true),
            ("sub/own", false, true),
            ("own", false, false),
            ("src/a.rs", false, false),
        ] {
            assert_eq!(patterns.ignores(path.as_bytes(), is_folder), expected, "{path}");
        }
    }
}
