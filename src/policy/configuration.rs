//! The user's configuration: what it says, and where it comes from.
//!
//! `config.yaml` in the user's folder may loosen and tighten; the environment can only tighten.

use std::env;
use std::ffi::OsStr;
use std::fmt;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::never::Entry;
use super::reading;
use crate::effect::Class;
use crate::folders::Folders;

/// The variable that can make the mode stricter.
const MODE_VARIABLE: &str = "GUARD_MODE";

/// A configuration is written by hand; a larger file is something else.
const FILE_LIMIT: u64 = 1 << 20;

/// What the user decided. Without a file, the defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configuration {
    /// Which commands are asked about.
    pub mode: Mode,
    /// What is refused without a question, on top of the built-in list.
    pub never: Vec<Entry>,
    /// How long a prompt waits for an answer.
    pub prompt_timeout: Duration,
    /// The real shell, by absolute path; `None`: found as the door finds it.
    pub shell: Option<PathBuf>,
}

impl Default for Configuration {
    fn default() -> Configuration {
        Configuration { mode: Mode::Standard, never: Vec::new(), prompt_timeout: Duration::from_secs(25), shell: None }
    }
}

impl Configuration {
    /// Reads `config.yaml`, then what the environment tightens. Without the file this costs one `open`.
    ///
    /// # Errors
    ///
    /// Whatever is not exactly a configuration. The caller shows the mistake on every call.
    pub fn load(folders: Option<&Folders>) -> Result<Configuration, Mistake> {
        let configuration = match folders {
            Some(folders) => Configuration::from_file(&folders.configuration.join("config.yaml"))?,
            None => Configuration::default(),
        };
        configuration.tightened(env::var_os(MODE_VARIABLE).as_deref())
    }

    fn from_file(path: &Path) -> Result<Configuration, Mistake> {
        let mistake = |what: String| Mistake { place: path.display().to_string(), at: None, what };
        match text_of(path) {
            Ok(Some(text)) => reading::read(&text).map_err(|(at, what)| Mistake { at, ..mistake(what) }),
            Ok(None) => Ok(Configuration::default()),
            Err(error) => Err(mistake(format!("cannot be read: {error}"))),
        }
    }

    /// The stricter of the configured mode and the one that the environment names.
    fn tightened(self, variable: Option<&OsStr>) -> Result<Configuration, Mistake> {
        let Some(variable) = variable.filter(|value| !value.is_empty()) else { return Ok(self) };
        match variable.to_str().and_then(Mode::of) {
            Some(mode) => Ok(Configuration { mode: self.mode.max(mode), ..self }),
            None => Err(Mistake {
                place: MODE_VARIABLE.to_owned(),
                at: None,
                what: format!("expected {}, found {variable:?}", Mode::EXPECTED),
            }),
        }
    }
}

/// The file's text; `None` when there is no such file. Opened without waiting, so that a named pipe in its place
/// is an error and no hang.
fn text_of(path: &Path) -> std::io::Result<Option<String>> {
    let flags = nix::fcntl::OFlag::O_NONBLOCK.bits();
    let file = match OpenOptions::new().read(true).custom_flags(flags).open(path) {
        Ok(file) => file,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        Err(error) => return Err(error),
    };
    if !file.metadata()?.is_file() {
        return Err(std::io::Error::other("it is not a regular file"));
    }
    let mut text = String::new();
    file.take(FILE_LIMIT + 1).read_to_string(&mut text)?;
    match u64::try_from(text.len()) {
        Ok(length) if length <= FILE_LIMIT => Ok(Some(text)),
        _ => Err(std::io::Error::other("it is larger than 1 MiB")),
    }
}

/// Which commands are asked about. The order is the order of strictness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// Destructive commands are asked about.
    Standard,
    /// Mutating commands are asked about, too.
    ReadOnly,
}

impl Mode {
    /// What a reader of modes says when there is another word.
    pub(super) const EXPECTED: &str = "\"standard\" or \"read-only\"";

    /// The mode with this name.
    pub(super) fn of(name: &str) -> Option<Mode> {
        match name {
            "standard" => Some(Mode::Standard),
            "read-only" => Some(Mode::ReadOnly),
            _ => None,
        }
    }

    /// Whether a command of this class is asked about.
    pub const fn asks(self, class: Class) -> bool {
        match (self, class) {
            (_, Class::ReadOnly) | (Mode::Standard, Class::Mutating) => false,
            (_, Class::Destructive) | (Mode::ReadOnly, Class::Mutating) => true,
        }
    }
}

/// Why a configuration cannot be used: where, and what was expected. Shown as `file:line:column: expected …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The file, or the name of the variable.
    pub place: String,
    /// Line and column, counted from one.
    pub at: Option<(u64, u64)>,
    /// What is wrong, as half a sentence.
    pub what: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at {
            Some((line, column)) => write!(f, "{}:{line}:{column}: {}", self.place, self.what),
            None => write!(f, "{}: {}", self.place, self.what),
        }
    }
}

impl std::error::Error for Mistake {}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(mode: Mode) -> Configuration {
        Configuration { mode, ..Configuration::default() }
    }

    #[test]
    fn the_environment_only_tightens() {
        let cases = [
            (Mode::Standard, None, Some(Mode::Standard)),
            (Mode::Standard, Some(""), Some(Mode::Standard)),
            (Mode::Standard, Some("read-only"), Some(Mode::ReadOnly)),
            (Mode::ReadOnly, Some("standard"), Some(Mode::ReadOnly)),
            (Mode::ReadOnly, None, Some(Mode::ReadOnly)),
            (Mode::Standard, Some("off"), None),
        ];
        for (mode, variable, expected) in cases {
            let result = with(mode).tightened(variable.map(OsStr::new));
            assert_eq!(result.ok().map(|configuration| configuration.mode), expected, "{mode:?} {variable:?}");
        }
    }

    #[test]
    fn a_file_that_is_not_there_gives_the_defaults() {
        for path in ["/nonexistent/config.yaml", "/dev/null/config.yaml"] {
            assert_eq!(Configuration::from_file(Path::new(path)), Ok(Configuration::default()), "{path}");
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_is_a_mistake() {
        for path in ["/", "/dev/zero"] {
            let mistake = Configuration::from_file(Path::new(path)).expect_err(path);
            assert_eq!(mistake.to_string(), format!("{path}: cannot be read: it is not a regular file"));
        }
    }
}
