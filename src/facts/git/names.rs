//! Whether a name is that of a branch or tag.

use std::path::{Path, PathBuf};

use super::repository::{folder_in, read_line};
use crate::facts::machine::read_regular;

/// More than this is not read of any file.
const LIMIT: usize = 8 * 1024 * 1024;

/// How many folders up a repository is looked for.
const MOST_PARENTS: usize = 64;

/// Whether `git checkout NAME` in `folder` would switch to a branch or tag: the repository has one of that name,
/// and no file in the folder does. `None` when the files do not tell.
pub fn is_branch(folder: &Path, name: &str) -> Option<bool> {
    let repository = References::around(folder)?;
    if !is_plain(name) {
        return None;
    }
    match repository.has_reference(name)? {
        true => Some(folder.join(name).symlink_metadata().is_err()),
        // What looks like an abbreviated commit may be one.
        false if name.len() >= 4 && name.bytes().all(|byte| byte.is_ascii_hexdigit()) => None,
        false => Some(false),
    }
}

/// Whether a name is one that a reference can have: no revision syntax, nothing that climbs out of a folder.
fn is_plain(name: &str) -> bool {
    let refused = |character: char| character.is_control() || " ~^:?*[\\@{}".contains(character);
    !name.is_empty()
        && name != "HEAD"
        && !name.starts_with(['-', '/'])
        && !name.contains("..")
        && !name.contains(refused)
}

/// The folders that hold a repository's references.
struct References {
    common: PathBuf,
}

impl References {
    fn around(folder: &Path) -> Option<References> {
        let own = folder.ancestors().take(MOST_PARENTS).find_map(folder_in)?;
        let common = match read_line(&own.join("commondir")) {
            Some(common) => own.join(common),
            None => own,
        };
        Some(References { common })
    }

    fn has_reference(&self, name: &str) -> Option<bool> {
        if self.common.join("reftable").exists() {
            return None;
        }
        let refs = self.common.join("refs");
        let loose = [refs.join("heads").join(name), refs.join("tags").join(name)];
        if loose.iter().any(|path| path.is_file()) || self.remotes().any(|remote| remote.join(name).is_file()) {
            return Some(true);
        }
        let packed = self.common.join("packed-refs");
        if !packed.exists() {
            return Some(false);
        }
        let packed = String::from_utf8(read_regular(&packed, LIMIT)?).ok()?;
        Some(packed.lines().filter_map(|line| line.split_once(' ')).any(|(_, full)| names(full, name)))
    }

    fn remotes(&self) -> impl Iterator<Item = PathBuf> {
        let entries = std::fs::read_dir(self.common.join("refs/remotes")).into_iter().flatten();
        entries.flatten().map(|entry| entry.path())
    }
}

/// Whether the full name of a reference is that of the branch, tag or remote branch `name`.
fn names(full: &str, name: &str) -> bool {
    let own = full.strip_prefix("refs/heads/").or_else(|| full.strip_prefix("refs/tags/"));
    let remote = || full.strip_prefix("refs/remotes/").and_then(|rest| rest.split_once('/'));
    own == Some(name) || remote().is_some_and(|(_, rest)| rest == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn branches_tags_and_remote_branches_are_found() {
        let top = std::env::temp_dir().join(format!("guard-git-{}", std::process::id()));
        let _ = fs::remove_dir_all(&top);
        let write = |path: &str, text: &str| {
            let path = top.join(path);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, text).expect("written");
        };
        write(".git/HEAD", "ref: refs/heads/main\n");
        write(".git/refs/heads/main", "0\n");
        write(".git/refs/heads/feature/one", "0\n");
        write(".git/refs/remotes/origin/theirs", "0\n");
        write(".git/packed-refs", "# pack-refs\n0 refs/heads/old\n0 refs/tags/v1\n0 refs/remotes/up/packed\n");
        write("src/lib.rs", "");
        write("old", "a file of the same name");
        write("tree/.git", "gitdir: ../.git/worktrees/tree\n");
        write(".git/worktrees/tree/HEAD", "ref: refs/heads/main\n");
        write(".git/worktrees/tree/commondir", "../..\n");
        for (folder, name, expected) in [
            ("", "main", Some(true)),
            ("", "feature/one", Some(true)),
            ("src", "main", Some(true)),
            ("", "theirs", Some(true)),
            ("", "v1", Some(true)),
            ("", "packed", Some(true)),
            ("", "old", Some(false)),
            ("src", "lib.rs", Some(false)),
            ("", "nothing", Some(false)),
            ("", "abcd1234", None),
            ("", "main~1", None),
            ("", "-", None),
            ("", "../main", None),
            ("tree", "main", Some(true)),
        ] {
            assert_eq!(is_branch(&top.join(folder), name), expected, "{folder}: {name}");
        }
        assert_eq!(is_branch(Path::new("/"), "main"), None);
        fs::remove_dir_all(&top).expect("removed");
    }
}
