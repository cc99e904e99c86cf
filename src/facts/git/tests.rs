//! Real repositories, made by git, in each state.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::budget::Budget;
use super::{Held, Survey, work};
use crate::facts::loss::GitLoss;
use crate::stake::{Work, WorkStake};

/// A folder with repositories, which goes with the test.
struct Scratch(tempfile::TempDir);

impl Scratch {
    /// With a repository `repo` that has one commit of `a`, `src/b` and `.gitignore`, looked at by git long enough
    /// after they were written that it need not look again.
    fn new() -> Scratch {
        let scratch = Scratch(tempfile::tempdir().expect("a folder"));
        scratch.git(".", &["init", "-q", "-b", "main", "repo"]);
        scratch.write("repo/a", "one\n");
        scratch.write("repo/src/b", "two\n");
        scratch.write("repo/.gitignore", "*.log\n/build/\n");
        scratch.commit("repo", "first");
        scratch
    }

    fn path(&self, name: &str) -> PathBuf {
        let path = self.0.path().canonicalize().expect("it is there");
        if name == "." { path } else { path.join(name) }
    }

    fn write(&self, name: &str, content: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, content).expect("it is written");
    }

    fn git(&self, folder: &str, arguments: &[&str]) {
        let mut git = Command::new("git");
        git.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", self.path(".")).env("LC_ALL", "C");
        for who in ["AUTHOR", "COMMITTER"] {
            git.env(format!("GIT_{who}_NAME"), "me").env(format!("GIT_{who}_EMAIL"), "me@example.com");
        }
        git.args(["-c", "protocol.file.allow=always", "-c", "gc.auto=0"]).args(arguments);
        let output = git.current_dir(self.path(folder)).output().expect("git starts");
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn commit(&self, folder: &str, message: &str) {
        self.git(folder, &["add", "-A"]);
        self.git(folder, &["commit", "-q", "-m", message]);
    }

    fn loss(&self, folder: &str, kind: Work, operands: &[&str], options: &[&str]) -> Option<GitLoss> {
        let budget = Budget::new(100_000, Duration::from_secs(20));
        let folder = self.path(folder);
        let survey = Survey::around(&folder, Some(&self.path(".")), &budget)?;
        let behind = operands.iter().position(|word| *word == "--").map(|at| operands.len() - at - 1);
        let words = operands.iter().filter(|word| **word != "--");
        let stake = WorkStake {
            work: kind,
            folder: folder.to_str().expect("UTF-8").to_owned(),
            operands: words.map(|word| (*word).to_owned()).collect(),
            behind_dashes: behind.unwrap_or(0),
            options: options
                .iter()
                .map(|option| match option.split_once('=') {
                    Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                    None => ((*option).to_owned(), None),
                })
                .collect(),
        };
        work(&survey, &stake, &folder)
    }

    /// What `git reset --hard` would lose, as `changed | untracked | commits`.
    fn reset(&self, folder: &str, operands: &[&str]) -> Option<String> {
        self.loss(folder, Work::Changes, operands, &["--hard"]).as_ref().map(told)
    }

    fn holds(&self, file: &str) -> Option<bool> {
        self.held(file, Held::Committed)
    }

    fn held(&self, file: &str, held: Held) -> Option<bool> {
        let budget = Budget::new(100_000, Duration::from_secs(20));
        let file = self.path(file);
        Survey::around(file.parent()?, Some(&self.path(".")), &budget)?.holds(&file, held)
    }
}

fn told(loss: &GitLoss) -> String {
    let commits: Vec<&str> = loss.commits.iter().map(|commit| commit.subject.as_str()).collect();
    format!("{} | {} | {}", loss.changed.join(" "), loss.untracked.join(" "), commits.join(" "))
}

fn nothing() -> Option<String> {
    Some(" |  | ".to_owned())
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn a_clean_tree_has_nothing_to_lose() {
    let scratch = Scratch::new();
    scratch.write("repo/x.log", "ignored");
    scratch.write("repo/new", "untracked");
    assert_eq!(scratch.reset("repo", &[]), nothing());
    assert_eq!(scratch.reset("repo/src", &["HEAD"]), nothing());
    assert_eq!(scratch.loss("repo", Work::Changes, &[], &["--hard"]).map(|loss| loss.moves), Some(false));
}

#[test]
fn every_version_of_the_index_is_read() {
    for version in ["2", "3", "4"] {
        let scratch = Scratch::new();
        for name in ["src/bb", "src/b.rs", "src/deep/er/c", "srcc", "z é"] {
            scratch.write(&format!("repo/{name}"), name);
        }
        scratch.git("repo", &["update-index", "--index-version", version]);
        scratch.commit("repo", "more");
        scratch.write("repo/later", "");
        scratch.git("repo", &["add", "--intent-to-add", "later"]);
        assert_eq!(scratch.reset("repo", &[]), some("later |  | "), "{version}");
        scratch.git("repo", &["rm", "-q", "--cached", "later"]);
        assert_eq!(scratch.reset("repo", &[]), nothing(), "{version}");
        scratch.write("repo/src/deep/er/c", "changed");
        assert_eq!(scratch.reset("repo", &[]), some("src/deep/er/c |  | "), "{version}");
        assert_eq!(scratch.holds("repo/z é"), Some(true), "{version}");
    }
}

#[test]
fn changes_are_seen_whether_or_not_they_are_staged() {
    let scratch = Scratch::new();
    scratch.write("repo/a", "other\n");
    assert_eq!(scratch.reset("repo", &[]), some("a |  | "));
    assert_eq!(scratch.holds("repo/a"), Some(false));
    scratch.git("repo", &["add", "a"]);
    assert_eq!(scratch.reset("repo", &[]), some("a |  | "));
    assert_eq!(scratch.holds("repo/a"), Some(false), "no commit holds it");
    assert_eq!(scratch.held("repo/a", Held::Staged), Some(true), "the index does");
    scratch.git("repo", &["reset", "-q"]);
    scratch.write("repo/a", "one\n");
    assert_eq!(scratch.reset("repo", &[]), nothing(), "the same content, written again");
    fs::remove_file(scratch.path("repo/a")).expect("it was there");
    assert_eq!(scratch.reset("repo", &[]), nothing(), "what is gone cannot be lost");
}

#[test]
fn a_change_right_after_git_looked_is_seen() {
    // The same length, and mostly within one tick of the clock: only the content tells.
    for _ in 0..20 {
        let scratch = Scratch::new();
        scratch.write("repo/a", "two\n");
        assert_eq!(scratch.reset("repo", &[]), some("a |  | "));
    }
}

#[test]
fn a_new_mode_and_a_new_kind_are_changes() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let scratch = Scratch::new();
    fs::set_permissions(scratch.path("repo/a"), fs::Permissions::from_mode(0o755)).expect("it is its own");
    assert_eq!(scratch.reset("repo", &[]), some("a |  | "));
    fs::remove_file(scratch.path("repo/a")).expect("it was there");
    symlink("one\n", scratch.path("repo/a")).expect("it is new");
    assert_eq!(scratch.reset("repo", &[]), some("a |  | "));
}

#[test]
fn symbolic_links_are_compared_by_where_they_lead() {
    use std::os::unix::fs::symlink;
    let scratch = Scratch::new();
    symlink("a", scratch.path("repo/link")).expect("it is new");
    scratch.commit("repo", "a link");
    assert_eq!(scratch.reset("repo", &[]), nothing());
    fs::remove_file(scratch.path("repo/link")).expect("it was there");
    symlink("b", scratch.path("repo/link")).expect("it is new");
    assert_eq!(scratch.reset("repo", &[]), some("link |  | "));
}

#[test]
fn a_repository_without_a_commit_holds_what_is_staged_and_nothing_more() {
    let scratch = Scratch::new();
    scratch.git(".", &["init", "-q", "unborn"]);
    assert_eq!(scratch.reset("unborn", &[]), nothing());
    scratch.write("unborn/a", "x");
    scratch.git("unborn", &["add", "a"]);
    assert_eq!(scratch.reset("unborn", &[]), some("a |  | "));
    assert_eq!((scratch.holds("unborn/a"), scratch.held("unborn/a", Held::Staged)), (Some(false), Some(true)));
}

#[test]
fn moving_a_branch_loses_the_commits_that_nothing_else_has() {
    let scratch = Scratch::new();
    for name in ["second", "third"] {
        scratch.write("repo/a", name);
        scratch.commit("repo", name);
    }
    assert_eq!(scratch.reset("repo", &["HEAD~1"]), some(" |  | third"));
    assert_eq!(scratch.reset("repo", &["HEAD^^"]), some(" |  | third second"));
    assert_eq!(scratch.reset("repo", &["HEAD@{1}"]), None, "not read");
    assert_eq!(scratch.reset("repo", &["nothing"]), None);
    scratch.git("repo", &["tag", "-a", "-m", "kept", "v1"]);
    assert_eq!(scratch.reset("repo", &["HEAD~1"]), nothing());
    assert_eq!(scratch.loss("repo", Work::Changes, &["HEAD~1"], &["--hard"]).map(|loss| loss.moves), Some(true));
    scratch.git("repo", &["checkout", "-q", "--detach"]);
    scratch.write("repo/a", "alone");
    scratch.commit("repo", "alone");
    assert_eq!(scratch.reset("repo", &["main"]), some(" |  | alone"));
    assert_eq!(scratch.loss("repo", Work::Switched, &["main"], &["-f"]).as_ref().map(told), some(" |  | alone"));
}

#[test]
fn what_a_commit_brings_would_be_written_over_files_that_are_not_tracked() {
    let scratch = Scratch::new();
    scratch.write("repo/.env", "theirs");
    scratch.commit("repo", "a secret");
    scratch.git("repo", &["rm", "-q", "--cached", ".env"]);
    scratch.git("repo", &["commit", "-q", "-m", "taken out"]);
    scratch.write("repo/.env", "mine");
    scratch.git("repo", &["branch", "kept"]);
    assert_eq!(scratch.reset("repo", &["HEAD~1"]), some(" | .env | "));
    assert_eq!(scratch.loss("repo", Work::Paths, &["HEAD~1", "--", "."], &[]).as_ref().map(told), some(" | .env | "));
    assert_eq!(scratch.loss("repo", Work::Paths, &["--", "."], &[]).as_ref().map(told), nothing());
}

#[test]
fn paths_lose_their_own_changes() {
    let scratch = Scratch::new();
    scratch.write("repo/a", "changed");
    let paths = |operands: &[&str], options: &[&str]| {
        scratch.loss("repo/src", Work::Paths, operands, options).as_ref().map(told)
    };
    assert_eq!(paths(&["--", "."], &[]), nothing());
    assert_eq!(paths(&["--", "../a"], &[]), some("a |  | "));
    assert_eq!(paths(&["--", ":/"], &[]), some("a |  | "));
    assert_eq!(paths(&["--", "../*"], &[]), some("a |  | "));
    assert_eq!(paths(&["b"], &[]), nothing());
    assert_eq!(paths(&["main"], &[]), None, "that goes to a branch");
    assert_eq!(paths(&["b"], &["-p"]), None, "an option that is not known");
    scratch.git("repo", &["add", "a"]);
    assert_eq!(paths(&["../a"], &[]), nothing(), "the index has it");
    assert_eq!(paths(&["../a"], &["-S", "-W"]), some("a |  | "));
    assert_eq!(paths(&["../a"], &["-s=HEAD"]), some("a |  | "));
    assert_eq!(paths(&["HEAD", "--", "../a"], &[]), some("a |  | "));
}

#[test]
fn cleaning_loses_what_is_not_tracked_and_cannot_be_made_again() {
    let scratch = Scratch::new();
    let clean = |folder: &str, options: &[&str]| scratch.loss(folder, Work::Untracked, &[], options).as_ref().map(told);
    scratch.write("repo/build/out", "ignored, and can be made again");
    scratch.write("repo/node_modules/x/y", "can be made again");
    assert_eq!(clean("repo", &["-f", "-d", "-x"]), nothing());
    scratch.write("repo/new/deep/file", "x");
    scratch.write("repo/new/x.log", "ignored");
    scratch.write("repo/top", "x");
    scratch.write("repo/src/x.log", "ignored");
    assert_eq!(clean("repo", &["-f"]), some(" | top | "));
    assert_eq!(clean("repo", &["-f", "-d"]), some(" | new/deep/file top | "));
    assert_eq!(clean("repo/src", &["-f", "-d"]), nothing());
    assert_eq!(clean("repo/src", &["-f", "-d", "-x"]), some(" | src/x.log | "));
    assert_eq!(clean("repo", &["-f", "-X"]), some(" | new/x.log src/x.log | "));
    assert_eq!(clean("repo", &["-f", "-e=x"]), None, "an option that is not known");
}

#[test]
fn a_repository_in_a_repository_is_only_cleaned_when_told_twice() {
    let scratch = Scratch::new();
    scratch.git("repo", &["init", "-q", "inner"]);
    scratch.write("repo/inner/file", "x");
    let clean = |options: &[&str]| scratch.loss("repo", Work::Untracked, &[], options).as_ref().map(told);
    assert_eq!(clean(&["-f", "-f", "-d"]), some(" | inner/.git | "));
    assert_eq!(clean(&["-f", "-d"]), nothing());
}

#[test]
fn a_branch_is_lost_with_the_commits_that_only_it_has() {
    let scratch = Scratch::new();
    scratch.git("repo", &["checkout", "-q", "-b", "topic"]);
    scratch.write("repo/a", "topic");
    scratch.commit("repo", "on topic");
    scratch.git("repo", &["branch", "same"]);
    scratch.git("repo", &["checkout", "-q", "main"]);
    let delete = |names: &[&str]| scratch.loss("repo", Work::Branches, names, &["-D"]).as_ref().map(told);
    assert_eq!(delete(&["topic"]), nothing());
    assert_eq!(delete(&["topic", "same"]), some(" |  | on topic"));
    scratch.git("repo", &["merge", "-q", "--no-ff", "-m", "merged", "topic"]);
    assert_eq!(delete(&["topic", "same"]), nothing());
}

#[test]
fn unpushed_and_published_commits_are_told_apart() {
    let scratch = Scratch::new();
    scratch.git(".", &["clone", "-q", "--bare", "repo", "remote.git"]);
    scratch.git("repo", &["remote", "add", "origin", "../remote.git"]);
    scratch.git("repo", &["fetch", "-q", "origin"]);
    scratch.write("repo/a", "mine");
    scratch.commit("repo", "mine");
    assert_eq!(scratch.reset("repo", &["origin/main"]), some(" |  | mine"));
    let push = |operands: &[&str]| scratch.loss("repo", Work::Published, operands, &["-f"]).as_ref().map(told);
    assert_eq!(push(&["origin", "main"]), nothing());
    scratch.git("repo", &["push", "-q", "origin", "main"]);
    assert_eq!(scratch.reset("repo", &["HEAD~1"]), nothing(), "the remote has it");
    scratch.git("repo", &["reset", "-q", "--hard", "HEAD~1"]);
    assert_eq!(push(&["origin", "main"]), some(" |  | mine"));
    assert_eq!(push(&["origin", "+HEAD"]), some(" |  | mine"));
    assert_eq!(push(&["origin", ":main"]).map(|told| told.contains("mine")), Some(true));
}

#[test]
fn packed_objects_and_references_are_read() {
    let scratch = Scratch::new();
    for number in 0..60 {
        scratch.write("repo/src/b", &format!("{}{number}\n", "a line that stays\n".repeat(200)));
        scratch.write(&format!("repo/src/file{number}"), &"x".repeat(number * 50));
        scratch.commit("repo", &format!("number {number}"));
    }
    scratch.git("repo", &["tag", "old", "HEAD~30"]);
    scratch.git("repo", &["gc", "-q", "--aggressive"]);
    assert!(!scratch.path("repo/.git/refs/heads/main").exists(), "packed");
    // Without what the index knows of trees, every one of them is read.
    scratch.git("repo", &["read-tree", "HEAD~1"]);
    scratch.git("repo", &["reset", "-q"]);
    assert_eq!(scratch.reset("repo", &[]), nothing());
    assert_eq!(scratch.loss("repo", Work::Changes, &["HEAD~3"], &["--hard"]).map(|loss| loss.commits.len()), Some(3));
    assert_eq!(scratch.loss("repo", Work::Changes, &["old"], &["--hard"]).map(|loss| loss.commits.len()), Some(30));
}

#[test]
fn a_working_tree_of_its_own_and_a_clone_that_borrows_are_read() {
    let scratch = Scratch::new();
    scratch.git("repo", &["worktree", "add", "-q", "-b", "side", "../side"]);
    scratch.write("side/a", "changed here");
    assert_eq!(scratch.reset("side", &[]), some("a |  | "));
    assert_eq!(scratch.reset("repo", &[]), nothing());
    scratch.git(".", &["clone", "-q", "--shared", "repo", "borrower"]);
    fs::remove_file(scratch.path("borrower/.git/index")).expect("it was there");
    scratch.git("borrower", &["reset", "-q"]);
    assert_eq!(scratch.reset("borrower", &[]), nothing());
}

#[test]
fn a_submodule_is_not_held_by_what_is_around_it() {
    let scratch = Scratch::new();
    scratch.git(".", &["clone", "-q", "repo", "other"]);
    scratch.git("repo", &["submodule", "--quiet", "add", "../other", "sub"]);
    scratch.git("repo", &["commit", "-q", "-m", "sub"]);
    assert_eq!(scratch.reset("repo", &[]), nothing());
    assert_eq!(scratch.holds("repo/sub"), Some(false));
    assert_eq!(scratch.holds("repo/sub/a"), Some(true), "its own repository holds it");
    scratch.git("repo", &["config", "submodule.recurse", "true"]);
    assert_eq!(scratch.reset("repo", &[]), None);
}

#[test]
fn stashes_are_named() {
    let scratch = Scratch::new();
    for name in ["older", "newer"] {
        scratch.write("repo/a", name);
        scratch.git("repo", &["stash", "push", "-q", "-m", name]);
    }
    let stash = |operands: &[&str]| scratch.loss("repo", Work::Stash, operands, &[]).as_ref().map(told);
    assert_eq!(stash(&[]), some(" |  | On main: newer"));
    assert_eq!(stash(&["stash@{1}"]), some(" |  | On main: older"));
}

#[test]
fn what_is_not_understood_is_not_known() {
    let scratch = Scratch::new();
    scratch.git("repo", &["update-index", "--split-index"]);
    assert_eq!(scratch.reset("repo", &[]), None, "the index is in two files");
    let scratch = Scratch::new();
    scratch.git("repo", &["config", "core.worktree", "/tmp"]);
    assert_eq!(scratch.reset("repo", &[]), None);
    let scratch = Scratch::new();
    scratch.git("repo", &["config", "extensions.unheardOf", "1"]);
    assert_eq!(scratch.reset("repo", &[]), None);
    assert_eq!(scratch.reset("repo/.git", &[]), None, "not in a working tree");
    fs::write(scratch.path("repo/.git/config"), "").expect("it is written");
    fs::write(scratch.path("repo/.git/index"), b"DIRC\0\0\0\x02\0\0\xff\xff").expect("it is written");
    assert_eq!(scratch.reset("repo", &[]), None, "a broken index");
}

#[test]
fn the_bound_makes_it_unknown() {
    let scratch = Scratch::new();
    for number in 0..50 {
        scratch.write(&format!("repo/many/{number}"), "x");
    }
    scratch.commit("repo", "many");
    let budget = Budget::new(20, Duration::from_secs(20));
    let top = scratch.path("repo");
    let survey = Survey::around(Path::new(&top), None, &budget).expect("it is a repository");
    let stake = WorkStake {
        work: Work::Changes,
        folder: String::new(),
        operands: Vec::new(),
        behind_dashes: 0,
        options: Vec::new(),
    };
    assert_eq!(work(&survey, &stake, &top), None);
    assert!(budget.exhausted().is_some());
}

#[test]
fn broken_files_are_unknown_and_no_more_than_that() {
    let scratch = Scratch::new();
    for number in 0..20 {
        scratch.write(&format!("repo/deep/{number}/file"), &"text ".repeat(number));
        scratch.commit("repo", &format!("number {number}"));
    }
    scratch.git("repo", &["gc", "-q"]);
    let pack = fs::read_dir(scratch.path("repo/.git/objects/pack")).expect("a folder");
    let packs = pack.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<PathBuf> =
        packs.filter(|path| path.extension().is_some_and(|e| e == "idx" || e == "pack")).collect();
    files.push(scratch.path("repo/.git/index"));
    let mut state = 1u32;
    let mut random = |below: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % below
    };
    for file in files {
        let whole = fs::read(&file).expect("it is there");
        fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o644)).expect("it is its own");
        for _ in 0..50 {
            let mut broken = whole.clone();
            for _ in 0..1 + random(4) {
                let at = random(broken.len());
                broken[at] = u8::try_from(random(256)).expect("a byte");
            }
            broken.truncate(whole.len() - random(2) * random(whole.len()));
            fs::write(&file, &broken).expect("it is written");
            // Whatever comes of it, it comes.
            let _ = scratch.reset("repo", &["HEAD~2"]);
        }
        fs::write(&file, &whole).expect("it is written");
    }
    assert_eq!(scratch.loss("repo", Work::Changes, &["HEAD~2"], &["--hard"]).map(|loss| loss.commits.len()), Some(2));
}
