//! Where guard keeps its own files: the user's configuration, and the state that it writes.
//!
//! Takes the environment, gives paths. Reads nothing but, where `HOME` says nothing, the user database.

use std::env;
use std::ffi::OsString;
use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
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

/// The folders for what lasts no longer than the user is logged in, best first: `$XDG_RUNTIME_DIR/guard`, and the one
/// that the system usually names so. Empty where there is none that belongs to the user alone.
pub fn runtime() -> Vec<PathBuf> {
    let user = nix::unistd::getuid().as_raw();
    let own = |path: &PathBuf| {
        let belongs =
            |metadata: fs::Metadata| metadata.is_dir() && metadata.uid() == user && metadata.mode() & 0o022 == 0;
        path.is_absolute() && fs::symlink_metadata(path).is_ok_and(belongs)
    };
    let named = env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let mut folders: Vec<PathBuf> = named.into_iter().chain([PathBuf::from(format!("/run/user/{user}"))]).collect();
    folders.dedup();
    folders.retain(own);
    folders.into_iter().map(|folder| folder.join("guard")).collect()
}

/// Makes a folder that nobody else can read, and those above it where they are missing.
///
/// # Errors
///
/// When it cannot be made, or is not the user's own.
pub fn make_private(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let metadata = fs::symlink_metadata(folder)?;
    if !metadata.is_dir() || metadata.uid() != nix::unistd::getuid().as_raw() {
        return Err(io::Error::other("it is not a folder of this user"));
    }
    match metadata.mode() & 0o077 {
        0 => Ok(()),
        _ => fs::set_permissions(folder, Permissions::from_mode(0o700)),
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
