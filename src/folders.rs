//! Where guard keeps its own files: the user's configuration, and the state that it writes.
//!
//! Takes the environment, gives paths. Reads nothing but, where `HOME` says nothing, the user database.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The folders of one user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folders {
    /// Configuration and the user's own rules: `${XDG_CONFIG_HOME:-~/.config}/guard`.
    pub configuration: PathBuf,
    /// The journal, and what guard remembers: `${XDG_STATE_HOME:-~/.local/state}/guard`.
    pub state: PathBuf,
}

impl Folders {
    /// The folders for the environment that guard was started with; `None` when no home folder can be found.
    pub fn of_user() -> Option<Folders> {
        Folders::of(|name| env::var_os(name), home_in_user_database)
    }

    /// The folders for an environment. As the XDG specification asks, a relative path counts as unset.
    fn of(variable: impl Fn(&str) -> Option<OsString>, otherwise: impl Fn() -> Option<PathBuf>) -> Option<Folders> {
        let absolute = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let home = absolute("HOME").or_else(otherwise);
        let below = |name: &str, default: &str| {
            absolute(name).or_else(|| home.as_deref().map(|home| home.join(default))).map(|folder| folder.join("guard"))
        };
        Some(Folders {
            configuration: below("XDG_CONFIG_HOME", ".config")?,
            state: below("XDG_STATE_HOME", ".local/state")?,
        })
    }
}

/// The home folder as the user database has it, so that an emptied environment does not drop the configuration.
/// Read as a file: the C library's look-up would load plug-ins, which a static binary cannot do.
fn home_in_user_database() -> Option<PathBuf> {
    let user = nix::unistd::getuid().to_string();
    home_of(&std::fs::read_to_string(Path::new("/etc/passwd")).ok()?, &user)
}

fn home_of(database: &str, user: &str) -> Option<PathBuf> {
    database.lines().find_map(|line| {
        let mut fields = line.split(':');
        let id = fields.nth(2)?;
        let home = PathBuf::from(fields.nth(2)?);
        (id == user && home.is_absolute()).then_some(home)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders(variables: &[(&str, &str)]) -> Option<Folders> {
        let variable = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| OsString::from(value));
        Folders::of(variable, || None)
    }

    #[test]
    fn follow_the_xdg_variables() {
        let expect = |configuration: &str, state: &str| {
            Some(Folders { configuration: configuration.into(), state: state.into() })
        };
        let cases = [
            (&[("HOME", "/h")][..], expect("/h/.config/guard", "/h/.local/state/guard")),
            (&[("HOME", "/h"), ("XDG_CONFIG_HOME", "/c")], expect("/c/guard", "/h/.local/state/guard")),
            (&[("HOME", "/h"), ("XDG_STATE_HOME", "s")], expect("/h/.config/guard", "/h/.local/state/guard")),
            (&[("XDG_CONFIG_HOME", "/c"), ("XDG_STATE_HOME", "/s")], expect("/c/guard", "/s/guard")),
            (&[("HOME", "")], None),
            (&[("XDG_CONFIG_HOME", "/c")], None),
        ];
        for (variables, expected) in cases {
            assert_eq!(folders(variables), expected, "{variables:?}");
        }
    }

    #[test]
    fn fall_back_on_the_user_database() {
        let database = "root:x:0:0:root:/root:/bin/bash\nbroken\nme:x:1000:1000::/home/me:/bin/sh\n";
        assert_eq!(home_of(database, "1000"), Some(PathBuf::from("/home/me")));
        assert_eq!(home_of(database, "7"), None);
    }
}
