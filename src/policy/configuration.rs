//! The user's configuration: what it says, and where it comes from.
//!
//! `config.yaml` in the user's folder may loosen and tighten; the environment can only tighten.

use std::env;
use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::never::Entry;
use super::reading;
use crate::client;
use crate::desk::notify::Notify;
use crate::effect::Class;
use crate::factors::Demands;
use crate::facts::loss::Severity;

/// What the user decided. Without a file, the defaults.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Configuration {
    /// Which commands are asked about.
    pub mode: Mode,
    /// What is asked about whatever its class, by entries as in the never-list.
    pub ask: Vec<Entry>,
    /// What is refused without a question, on top of the built-in list.
    pub never: Vec<Entry>,
    /// Where commands may write in the mode `read-only`, by absolute paths.
    pub may_write: Vec<PathBuf>,
    /// What a yes needs besides a terminal.
    pub factors: Demands,
    /// The program that is told of what waits at the desk.
    pub notify: Option<Notify>,
    /// From when on a loss is severe.
    pub severe: Severity,
    /// How long a prompt waits for an answer.
    pub prompt_timeout: Duration,
    /// How long a command waits at the desk; `None`: as long as the client that sent it lets it.
    pub desk_wait: Option<Duration>,
    /// The real shell, by absolute path; `None`: found as the door finds it.
    pub shell: Option<PathBuf>,
}

impl Default for Configuration {
    fn default() -> Configuration {
        Configuration {
            mode: Mode::Standard,
            ask: Vec::new(),
            never: Vec::new(),
            may_write: Vec::new(),
            factors: Demands::default(),
            notify: None,
            severe: Severity::default(),
            prompt_timeout: Duration::from_secs(25),
            desk_wait: None,
            shell: None,
        }
    }
}

impl Configuration {
    /// The variable that can make the mode stricter.
    pub const MODE_VARIABLE: &str = "GUARD_MODE";

    /// The variable that can shorten the wait at the desk, in seconds.
    pub const WAIT_VARIABLE: &str = "GUARD_WAIT";

    /// Every key, with what holds when the file does not name it.
    pub fn defaults_in_words() -> Vec<(&'static str, String)> {
        let defaults = Configuration::default();
        let none = || "none".to_owned();
        vec![
            ("mode", defaults.mode.as_str().to_owned()),
            ("ask", none()),
            ("never", "the built-in list".to_owned()),
            ("may-write", none()),
            ("severe", format!("more than {} files, or a name that looks like production", defaults.severe.files)),
            ("factors", none()),
            ("notify", none()),
            ("prompt-timeout", format!("{}s", defaults.prompt_timeout.as_secs())),
            ("desk-wait", format!("{}s, as long as the client allows", client::patience().as_secs())),
            ("shell", "the one whose name guard is started by, else bash, else sh".to_owned()),
        ]
    }

    /// The wait at the desk, where the environment makes it shorter.
    pub fn shortened_wait(&self) -> Option<Duration> {
        let wait = self.desk_wait.unwrap_or_else(client::patience);
        let limited = shortened(wait, env::var(Self::WAIT_VARIABLE).ok().as_deref());
        (limited < wait).then_some(limited)
    }

    /// Reads the text of `config.yaml`, which stands at `path`.
    ///
    /// # Errors
    ///
    /// Whatever is not exactly a configuration. The caller shows the mistake on every call.
    pub fn of_text(path: &Path, text: &str) -> Result<Configuration, Mistake> {
        let place = || path.display().to_string();
        reading::read(text).map_err(|(at, what)| Mistake { place: place(), at, what })
    }

    /// What the environment makes of it: it can only tighten.
    ///
    /// # Errors
    ///
    /// When a variable says what it cannot mean.
    pub fn tightened_by_environment(self) -> Result<Configuration, Mistake> {
        self.tightened(env::var_os(Self::MODE_VARIABLE).as_deref())
    }

    /// How long a command waits at the desk: no longer than the client that sent it has patience, and than the
    /// environment says. What does not say a number of seconds shortens nothing.
    pub fn waits(&self) -> Duration {
        let patience = client::patience();
        let wait = match client::name() {
            Some(_) => self.desk_wait.unwrap_or(patience).min(patience),
            None => self.desk_wait.unwrap_or(patience),
        };
        shortened(wait, env::var(Self::WAIT_VARIABLE).ok().as_deref())
    }

    /// The stricter of the configured mode and the one that the environment names.
    fn tightened(self, variable: Option<&OsStr>) -> Result<Configuration, Mistake> {
        let Some(variable) = variable.filter(|value| !value.is_empty()) else { return Ok(self) };
        match variable.to_str().and_then(Mode::of) {
            Some(mode) => Ok(Configuration { mode: self.mode.max(mode), ..self }),
            None => Err(Mistake {
                place: Self::MODE_VARIABLE.to_owned(),
                at: None,
                what: format!("expected {}, found {variable:?}", Mode::EXPECTED),
            }),
        }
    }
}

fn shortened(wait: Duration, variable: Option<&str>) -> Duration {
    let limit = variable.and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs);
    limit.map_or(wait, |limit| limit.min(wait))
}

/// Which commands are asked about. The order is the order of strictness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Mode {
    /// Destructive commands are asked about.
    Standard,
    /// Mutating commands are asked about, too.
    ReadOnly,
}

impl Mode {
    /// What a reader of modes says when there is another word.
    pub(super) const EXPECTED: &str = "\"standard\" or \"read-only\"";

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Mode::Standard => "standard",
            Mode::ReadOnly => "read-only",
        }
    }

    /// The mode with this name.
    pub fn of(name: &str) -> Option<Mode> {
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
    fn the_environment_only_shortens_the_wait() {
        let seconds = Duration::from_secs;
        for (variable, expected) in [(None, 25), (Some("0"), 0), (Some("7"), 7), (Some("600"), 25), (Some("x"), 25)] {
            assert_eq!(shortened(seconds(25), variable), seconds(expected), "{variable:?}");
        }
    }
}
