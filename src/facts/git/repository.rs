//! Where a repository keeps its things, and what its configuration says about reading them.

use std::path::{Path, PathBuf};

use super::budget::Budget;
use super::objects::Objects;
use crate::facts::machine::read_regular;

/// More than this is not read of any file of references or settings.
const LIMIT: usize = 8 * 1024 * 1024;

/// How many folders up a repository is looked for.
const MOST_PARENTS: usize = 64;

/// How many symbolic references are followed.
const MOST_LINKS: usize = 5;

/// The name of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub [u8; 20]);

impl Id {
    /// From its 40 digits.
    pub fn parse(text: &str) -> Option<Id> {
        let digits = text.as_bytes();
        if digits.len() != 40 {
            return None;
        }
        let mut id = [0; 20];
        for (byte, pair) in id.iter_mut().zip(digits.chunks(2)) {
            let digit = |at: usize| pair.get(at).and_then(|digit| char::from(*digit).to_digit(16));
            *byte = u8::try_from(digit(0)? * 16 + digit(1)?).ok()?;
        }
        Some(Id(id))
    }

    /// From its 20 bytes.
    pub fn read(bytes: &[u8]) -> Option<Id> {
        bytes.get(..20)?.try_into().ok().map(Id)
    }

    /// Its digits.
    pub fn hex(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// A repository with a working tree.
#[derive(Debug)]
pub struct Repository {
    /// The top of the working tree.
    pub top: PathBuf,
    /// The folder of this working tree's own files: `HEAD`, `index`.
    pub own: PathBuf,
    /// The folder that all working trees share: objects, branches.
    pub common: PathBuf,
    /// Whether the mode of files counts.
    pub file_mode: bool,
    /// A file of patterns for files to ignore everywhere.
    pub excludes: Option<String>,
    /// Whether all of the user's configuration was read.
    pub certain: bool,
}

impl Repository {
    /// The repository around a folder, which must be in a working tree; `None` when there is none, or it is kept in
    /// a way that is not known here.
    pub fn around(folder: &Path, home: Option<&Path>) -> Option<Repository> {
        let (top, own) = folder.ancestors().take(MOST_PARENTS).find_map(|top| Some((top, folder_in(top)?)))?;
        let is_bare = |folder: &Path| folder.join("HEAD").is_file() && folder.join("objects").is_dir();
        if folder.ancestors().take_while(|above| *above != top).any(is_bare) {
            return None;
        }
        let common = match read_line(&own.join("commondir")) {
            Some(common) => own.join(common),
            None => own.clone(),
        };
        let top = top.to_path_buf();
        let mut repository = Repository { top, own, common, file_mode: true, excludes: None, certain: true };
        repository.configure_user(home)?;
        repository.configure()?;
        Some(repository)
    }

    /// Takes over what the user's own configuration says.
    fn configure_user(&mut self, home: Option<&Path>) -> Option<()> {
        let files = [Some("/etc/gitconfig".into()), config_home(home).map(|folder| folder.join("git/config"))];
        for file in files.into_iter().flatten().chain(home.map(|home| home.join(".gitconfig"))) {
            let Some(bytes) = read_regular(&file, LIMIT) else {
                self.certain &= !file.exists();
                continue;
            };
            for (key, value) in super::config::settings(&String::from_utf8_lossy(&bytes)) {
                match key.as_str() {
                    "core.excludesfile" => self.excludes = Some(value),
                    "submodule.recurse" if value != "false" => return None,
                    key if key.starts_with("include") => self.certain = false,
                    _ => {}
                }
            }
        }
        Some(())
    }

    /// Takes over what the repository's own configuration says. What changes how it must be read makes it unknown.
    fn configure(&mut self) -> Option<()> {
        if self.common.join("reftable").exists() {
            return None;
        }
        let files = [self.common.join("config"), self.own.join("config.worktree")];
        for file in files {
            let Some(bytes) = read_regular(&file, LIMIT) else { continue };
            for (key, value) in super::config::settings(&String::from_utf8_lossy(&bytes)) {
                match key.as_str() {
                    "core.filemode" => self.file_mode = value != "false",
                    "core.excludesfile" => self.excludes = Some(value),
                    "core.bare" if value == "true" => return None,
                    // Another working tree, a smaller one, or several at once.
                    "core.worktree" if self.own.join(&value).canonicalize().ok()? == self.top => {}
                    "core.worktree" => return None,
                    "core.sparsecheckout" | "submodule.recurse" if value != "false" => return None,
                    "extensions.worktreeconfig" | "extensions.partialclone" | "extensions.preciousobjects" => {}
                    "extensions.objectformat" if value == "sha1" => {}
                    "extensions.refstorage" if value == "files" => {}
                    key if key.starts_with("extensions.") || key.starts_with("include") => return None,
                    _ => {}
                }
            }
        }
        Some(())
    }

    /// The objects of the repository.
    pub fn objects<'r>(&'r self, budget: &'r Budget) -> Objects<'r> {
        Objects::of(&self.common.join("objects"), budget)
    }

    /// What `HEAD` is: the branch (with its full name, which may not have a commit yet), and the commit.
    pub fn head(&self) -> Option<Head> {
        let line = read_line(&self.own.join("HEAD"))?;
        match line.strip_prefix("ref:") {
            Some(name) => {
                let name = name.trim().to_owned();
                Some(Head { commit: self.reference(&name)?, branch: Some(name) })
            }
            None => Some(Head { branch: None, commit: Some(Id::parse(&line)?) }),
        }
    }

    /// The commit of a reference by its full name: `Some(None)` when there is none of that name.
    pub fn reference(&self, name: &str) -> Option<Option<Id>> {
        let mut name = name.to_owned();
        for _ in 0..MOST_LINKS {
            let shared = name.starts_with("refs/") && !name.starts_with("refs/bisect/");
            let folder = if shared { &self.common } else { &self.own };
            let Some(line) = read_line(&folder.join(&name)) else {
                return Some(self.packed()?.into_iter().find(|(known, _)| *known == name).map(|(_, id)| id));
            };
            match line.strip_prefix("ref:") {
                Some(next) => name = next.trim().to_owned(),
                None => return Id::parse(&line).map(Some),
            }
        }
        None
    }

    /// All references below `refs/`, by full name. Those of a file win over those that are packed.
    pub fn references(&self, budget: &Budget) -> Option<Vec<(String, Id)>> {
        let mut found = std::collections::BTreeMap::new();
        found.extend(self.packed()?);
        let mut open = vec![(self.common.join("refs"), "refs".to_owned())];
        while let Some((folder, name)) = open.pop() {
            for entry in std::fs::read_dir(folder).ok()? {
                let entry = entry.ok()?;
                budget.spend()?;
                let Ok(last) = entry.file_name().into_string() else { continue };
                let full = format!("{name}/{last}");
                if entry.file_type().ok()?.is_dir() {
                    open.push((entry.path(), full));
                } else if let Some(Some(id)) = self.reference(&full) {
                    found.insert(full, id);
                }
            }
        }
        Some(found.into_iter().collect())
    }

    fn packed(&self) -> Option<Vec<(String, Id)>> {
        let path = self.common.join("packed-refs");
        if !path.exists() {
            return Some(Vec::new());
        }
        let text = String::from_utf8(read_regular(&path, LIMIT)?).ok()?;
        let lines = text.lines().filter(|line| !line.starts_with(['#', '^']));
        Some(
            lines
                .filter_map(|line| line.split_once(' '))
                .filter_map(|(id, name)| Some((name.to_owned(), Id::parse(id)?)))
                .collect(),
        )
    }
}

/// What `HEAD` is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The branch, by its full name; `None` when it is detached.
    pub branch: Option<String>,
    /// The commit; `None` when the branch has none yet.
    pub commit: Option<Id>,
}

/// The folder of the user's configuration.
pub(super) fn config_home(home: Option<&Path>) -> Option<PathBuf> {
    let named = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
    named.or_else(|| home.map(|home| home.join(".config")))
}

/// The repository's own folder, for a working tree at `folder`: `.git`, or what a file of that name points to.
pub(super) fn folder_in(folder: &Path) -> Option<PathBuf> {
    let path = folder.join(".git");
    if path.join("HEAD").is_file() {
        return Some(path);
    }
    let target = folder.join(read_line(&path)?.strip_prefix("gitdir: ")?);
    target.join("HEAD").is_file().then_some(target)
}

/// The only line of a small file.
pub(super) fn read_line(path: &Path) -> Option<String> {
    let text = String::from_utf8(read_regular(path, 4096)?).ok()?;
    Some(text.trim_end().to_owned())
}
