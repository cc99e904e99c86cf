//! A repository with its index, looked at for one question.

use std::cell::OnceCell;
use std::collections::HashSet;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use super::budget::Budget;
use super::index::{Entry, Index};
use super::objects::Objects;
use super::repository::{Head, Id, Repository};
use super::tree::{State, Walk, state};

/// The mode of a folder in a tree.
const FOLDER: u32 = 0o040_000;

/// How deep folders of a tree are looked into.
const DEEPEST: usize = 128;

/// A repository, looked at.
pub struct Survey<'b> {
    pub(super) repository: Repository,
    pub(super) index: Index,
    pub(super) budget: &'b Budget,
    home: Option<PathBuf>,
    /// What the index has and the last commit has not.
    only_staged: OnceCell<Option<Vec<Vec<u8>>>>,
}

/// Where git holds a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// In the index.
    Staged,
    /// In the last commit, too.
    Committed,
}

impl<'b> Survey<'b> {
    /// The repository around a folder, which is an absolute path without symbolic links. `None` when there is none,
    /// or it cannot be told what it holds.
    pub fn around(folder: &Path, home: Option<&Path>, budget: &'b Budget) -> Option<Survey<'b>> {
        let repository = Repository::around(folder, home)?;
        let index = Index::read(&repository.own.join("index"), budget)?;
        Some(Survey { repository, index, budget, home: home.map(Path::to_path_buf), only_staged: OnceCell::new() })
    }

    /// The top of its working tree.
    pub fn top(&self) -> &Path {
        &self.repository.top
    }

    /// Whether git holds the file at an absolute path as it is: it is tracked, and nothing in it has changed since it
    /// was staged, or, where that is asked, since it was committed.
    pub fn holds(&self, file: &Path, held: Held) -> Option<bool> {
        let path = self.path_from_top(file)?;
        let Some(entry) = self.index.entry(&path).filter(|entry| !entry.is_submodule()) else { return Some(false) };
        if state(&self.repository, &self.index, entry, self.budget)? != State::Same {
            return Some(false);
        }
        match held {
            Held::Staged => Some(true),
            Held::Committed => {
                let staged = self.only_staged.get_or_init(|| self.staged(&self.objects()));
                staged.as_ref().map(|staged| staged.binary_search(&path).is_err())
            }
        }
    }

    /// A path from the top, as the index has it.
    pub(super) fn path_from_top(&self, path: &Path) -> Option<Vec<u8>> {
        let mut names: Vec<&[u8]> = Vec::new();
        for component in path.strip_prefix(&self.repository.top).ok()?.components() {
            match component {
                Component::Normal(name) => names.push(name.as_bytes()),
                Component::CurDir => {}
                Component::ParentDir => drop(names.pop()?),
                Component::RootDir | Component::Prefix(_) => return None,
            }
        }
        Some(names.join(&b'/'))
    }

    pub(super) fn walk(&self) -> Walk<'_> {
        Walk { repository: &self.repository, index: &self.index, budget: self.budget, home: self.home.as_deref() }
    }

    pub(super) fn objects(&self) -> Objects<'_> {
        self.repository.objects(self.budget)
    }

    pub(super) fn head(&self) -> Option<Head> {
        self.repository.head()
    }

    /// The tracked files at or below some paths that hold something else than the index.
    pub(super) fn unstaged(&self, paths: &[Vec<u8>]) -> Option<Vec<Vec<u8>>> {
        let mut changed = Vec::new();
        for entry in paths.iter().flat_map(|path| self.index.below(path)) {
            if state(&self.repository, &self.index, entry, self.budget)? == State::Changed {
                changed.push(entry.path.clone());
            }
        }
        Some(changed)
    }

    /// The files of which the index holds something else than the last commit.
    pub(super) fn staged(&self, objects: &Objects<'_>) -> Option<Vec<Vec<u8>>> {
        let Some(commit) = self.head()?.commit else {
            return Some(self.index.entries.iter().map(|entry| entry.path.clone()).collect());
        };
        let mut comparison = Comparison { survey: self, objects, met: HashSet::new(), changed: Vec::new() };
        comparison.tree(objects.commit(commit)?.tree, b"", 0)?;
        let Comparison { met, mut changed, .. } = comparison;
        if met.len() < self.index.entries.len() {
            let paths = self.index.entries.iter().map(|entry| entry.path.as_slice());
            changed.extend(paths.filter(|path| !met.contains(path)).map(<[u8]>::to_vec));
        }
        changed.sort();
        changed.dedup();
        Some(changed)
    }

    /// Whether a tree has something at a path.
    pub(super) fn tree_has(&self, objects: &Objects<'_>, tree: Id, path: &[u8]) -> Option<bool> {
        let mut tree = tree;
        let mut names = path.split(|byte| *byte == b'/').peekable();
        while let Some(name) = names.next() {
            let Some(entry) = objects.tree(tree)?.into_iter().find(|entry| entry.name == name) else {
                return Some(false);
            };
            if names.peek().is_some() && entry.mode != FOLDER {
                return Some(true);
            }
            tree = entry.id;
        }
        Some(true)
    }
}

/// The index beside a tree.
struct Comparison<'c, 'b> {
    survey: &'c Survey<'b>,
    objects: &'c Objects<'c>,
    met: HashSet<&'c [u8]>,
    changed: Vec<Vec<u8>>,
}

impl<'c> Comparison<'c, '_> {
    fn tree(&mut self, tree: Id, path: &[u8], depth: usize) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        let index: &'c Index = &self.survey.index;
        let below = index.below(path);
        // The index knows which tree a folder is as long as nothing in it was touched.
        if index.trees.get(path) == Some(&(below.len(), tree)) && !below.iter().any(|entry| entry.unsettled) {
            self.met.extend(below.iter().map(|entry| entry.path.as_slice()));
            return Some(());
        }
        for entry in self.objects.tree(tree)? {
            self.survey.budget.spend()?;
            let own = if path.is_empty() { entry.name.clone() } else { [path, b"/", &entry.name].concat() };
            if entry.mode == FOLDER {
                self.tree(entry.id, &own, depth + 1)?;
                continue;
            }
            let same = |known: &&Entry| (known.mode, known.id) == (entry.mode, entry.id) && !known.unsettled;
            match index.entry(&own) {
                Some(known) if same(&known) => drop(self.met.insert(&known.path)),
                _ => self.changed.push(own),
            }
        }
        Some(())
    }
}
