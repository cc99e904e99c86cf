//! What is in force for a call: the user's configuration, the user's rules and those of the project.
//!
//! The one way by which every door gets them. Takes guard's folders and the folder of a request, gives an [`InForce`].
//! A file that cannot be used stands in place of the configuration, so that only reading commands run.

mod cache;
mod sources;

use std::env;
use std::path::{Path, PathBuf};

use crate::folders::Folders;
use crate::policy::{Configuration, Mistake};
use crate::rules::compile::{Compiled, Layer, Problem, Weight, compile};
use crate::rules::library::Library;
use cache::{Cache, Key};
use sources::Source;

/// The name of the user's configuration in its folder.
pub const CONFIGURATION: &str = "config.yaml";

/// What is in force.
#[derive(Clone, Debug)]
pub struct InForce {
    /// What the user decided, or what is wrong with one of the files.
    pub configuration: Result<Configuration, Mistake>,
    /// The rules.
    pub rules: Library,
    /// What a project's rules try beyond raising a class. It has no effect.
    pub notes: Vec<Problem>,
    /// The files that rules come from, besides guard itself.
    pub files: Vec<(Layer, PathBuf)>,
}

impl InForce {
    /// What is in force for a request that is made in `folder`.
    pub fn load(folders: Option<&Folders>, folder: Option<&Path>) -> InForce {
        User::load(folders).for_folder(folder)
    }

    /// Nothing but what comes with guard.
    pub fn defaults() -> InForce {
        InForce {
            configuration: Ok(Configuration::default()),
            rules: Library::default(),
            notes: Vec::new(),
            files: Vec::new(),
        }
    }
}

/// What a user decided, wherever a request is made.
#[derive(Clone, Debug)]
pub struct User {
    configuration: Result<Configuration, Mistake>,
    rules: &'static [u8],
    files: Vec<(Layer, PathBuf)>,
    /// What the compiled rules were made of.
    sources: Vec<Source>,
    cache: Option<Cache>,
}

impl User {
    /// Reads the user's folder, or takes what was read of the same files before.
    pub fn load(folders: Option<&Folders>) -> User {
        let cache = folders.map(|folders| Cache::in_folder(&folders.state));
        let mut user = User {
            configuration: Ok(Configuration::default()),
            rules: &[],
            files: Vec::new(),
            sources: Vec::new(),
            cache,
        };
        if let Some(folders) = folders
            && let Err(mistake) = user.read(&folders.configuration)
        {
            user.configuration = Err(mistake);
        }
        user.configuration = user.configuration.and_then(Configuration::tightened_by_environment);
        user
    }

    fn read(&mut self, folder: &Path) -> Result<(), Mistake> {
        let sources = sources::of_user(folder, CONFIGURATION)?;
        if sources.is_empty() {
            return Ok(());
        }
        self.sources = sources;
        let (sources, key) = (&self.sources, Key::of(&self.sources));
        self.files = rule_files(sources, Layer::User);
        if let Some(kept) = self.cache.as_ref().and_then(|cache| cache.get(&key)) {
            (self.configuration, self.rules) = (Ok(kept.configuration), kept.rules);
            return Ok(());
        }
        let (configuration, rules): (Vec<&Source>, Vec<&Source>) =
            sources.iter().partition(|source| source.path.ends_with(CONFIGURATION) && !source.is_rules);
        let configuration = match configuration.first() {
            Some(source) => Configuration::of_text(&source.path, &source.text)?,
            None => Configuration::default(),
        };
        let compiled = compiled(&rules, Layer::User, &Library::default())?;
        self.rules = kept(self.cache.as_ref(), &key, &configuration, &compiled);
        self.configuration = Ok(configuration);
        Ok(())
    }

    /// The rules of the user alone.
    pub fn rules(&self) -> Library {
        Library::new(Some(self.rules), None)
    }

    /// What is in force for a request that is made in `folder`.
    pub fn for_folder(&self, folder: Option<&Path>) -> InForce {
        let folders = folder.map(sources::project_folders).unwrap_or_default();
        self.for_project(&folders)
    }

    /// What is in force where these folders hold a project's rules.
    pub fn for_project(&self, folders: &[PathBuf]) -> InForce {
        let mut in_force = InForce {
            configuration: self.configuration.clone(),
            rules: self.rules(),
            notes: Vec::new(),
            files: self.files.clone(),
        };
        if let Err(mistake) = self.add_project(folders, &mut in_force)
            && in_force.configuration.is_ok()
        {
            in_force.configuration = Err(mistake);
        }
        in_force
    }

    fn add_project(&self, folders: &[PathBuf], in_force: &mut InForce) -> Result<(), Mistake> {
        let sources = sources::of_project(folders)?;
        if sources.is_empty() {
            return Ok(());
        }
        in_force.files.extend(rule_files(&sources, Layer::Project));
        let user = Key::of(&self.sources);
        let key = user.with(&sources);
        let (rules, notes) = match self.cache.as_ref().and_then(|cache| cache.get(&key)) {
            Some(kept) => (kept.rules, kept.notes),
            None => {
                let compiled = compiled(&sources.iter().collect::<Vec<_>>(), Layer::Project, &in_force.rules)?;
                (kept(self.cache.as_ref(), &key, &Configuration::default(), &compiled), compiled.notes)
            }
        };
        in_force.notes = notes.into_iter().filter(|note| note.weight == Weight::Excess).collect();
        in_force.rules = in_force.rules.with_project(rules);
        Ok(())
    }
}

/// The folders that hold rules for requests made in `folder`, the innermost first.
pub fn project_folders(folder: &Path) -> Vec<PathBuf> {
    sources::project_folders(folder)
}

/// The folder that guard was started in.
pub fn here() -> Option<PathBuf> {
    env::current_dir().ok()
}

fn rule_files(sources: &[Source], layer: Layer) -> Vec<(Layer, PathBuf)> {
    sources.iter().filter(|source| source.is_rules).map(|source| (layer, source.path.clone())).collect()
}

fn compiled(sources: &[&Source], layer: Layer, below: &Library) -> Result<Compiled, Mistake> {
    let files: Vec<(String, String)> =
        sources.iter().map(|source| (source.path.display().to_string(), source.text.clone())).collect();
    compile(&files, layer, &below.layers()).map_err(|problems| first(&problems))
}

/// The first of several problems, as the one that is shown.
fn first(problems: &[Problem]) -> Mistake {
    let mut wrong = problems.iter().filter(|problem| problem.weight == Weight::Wrong);
    let Some(problem) = wrong.next() else {
        return Mistake { place: "rules".to_owned(), at: None, what: "they cannot be used".to_owned() };
    };
    let others = match wrong.count() {
        0 => String::new(),
        count => format!(" (and {count} more: guard rules lint {})", problem.file),
    };
    Mistake {
        place: problem.file.clone(),
        at: Some((problem.line, problem.column)),
        what: format!("{}{others}", problem.message),
    }
}

/// Puts what was compiled into the cache; gives the compiled rules, which live as long as the process.
fn kept(cache: Option<&Cache>, key: &Key<'_>, configuration: &Configuration, compiled: &Compiled) -> &'static [u8] {
    if let Some(cache) = cache {
        cache.put(key, configuration, compiled);
    }
    Box::leak(compiled.archive.clone().into_boxed_slice())
}
