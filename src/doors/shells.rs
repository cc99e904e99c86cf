//! Finds the real shell: the one that stands behind guard.
//!
//! guard may be started under a shell's name, by a link that comes first on PATH. The real shell is then the next
//! file of that name which is not guard itself. Or guard stands in the shell's own place, in an agent's namespace:
//! then the real one is where [`Kept`] has it.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::kept::{self, Kept};
use crate::shell::Dialect;

/// Where programs are looked for when PATH is not set.
const STANDARD_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// A shell that can run what was judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RealShell {
    /// The program.
    pub path: PathBuf,
    /// The name it is called by, which becomes its `argv[0]`.
    pub name: OsString,
    /// How it reads text.
    pub dialect: Dialect,
}

/// The shells by whose names guard may be started.
pub const NAMES: [&str; 4] = ["bash", "sh", "dash", "zsh"];

/// Whether a program of this name is a shell that guard can stand for.
pub fn is_shell(name: &OsStr) -> bool {
    NAMES.iter().any(|known| name == *known)
}

/// The last component of a path, without the dash of a login shell.
pub fn base_name(argv0: &OsStr) -> &OsStr {
    let bytes = argv0.as_bytes();
    let start = bytes.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
    let name = bytes.get(start..).unwrap_or_default();
    OsStr::from_bytes(name.strip_prefix(b"-").unwrap_or(name))
}

/// Whether this process was started as a shell: by its name, or in its place, whatever it is called.
pub fn started_as_shell(argv0: &OsStr) -> bool {
    is_shell(base_name(argv0)) || Kept::here().and_then(|kept| kept.behind_this_process()).is_some()
}

/// The shell for a call by the name `argv0`. `configured` stands before PATH when it is of the right kind; the shell
/// in whose very place guard was started comes before both.
pub fn real_shell(argv0: &OsStr, configured: Option<&Path>) -> Option<RealShell> {
    if let Some(path) = Kept::here().and_then(|kept| kept.behind_this_process()) {
        let dialect = dialect_of(&path);
        return Some(RealShell { path, name: argv0.to_os_string(), dialect });
    }
    let own = Identity::own();
    let name = base_name(argv0);
    if is_shell(name) {
        let fits = configured.filter(|path| path.file_name() == Some(name) && own.is_other_program(path));
        let path = fits.map(Path::to_path_buf).or_else(|| own.find(name))?;
        let dialect = dialect_of(&path);
        return Some(RealShell { path, name: argv0.to_os_string(), dialect });
    }
    let path = configured
        .filter(|path| own.is_other_program(path))
        .map(Path::to_path_buf)
        .or_else(|| own.find(OsStr::new("bash")))
        .or_else(|| own.find(OsStr::new("sh")))?;
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    if argv0.as_bytes().starts_with(b"-") {
        name = OsString::from_vec([b"-", name.as_bytes()].concat());
    }
    let dialect = dialect_of(&path);
    Some(RealShell { path, name, dialect })
}

/// A shell named by the first line of a script, by its path or through PATH.
pub fn named_shell(path: &Path) -> Option<RealShell> {
    let own = Identity::own();
    let name = path.file_name()?;
    if let Some(shell) = own.shell_at(path).filter(|_| path.is_absolute()) {
        let dialect = dialect_of(&shell);
        return Some(RealShell { path: shell, name: path.as_os_str().to_os_string(), dialect });
    }
    let path = own.find(name)?;
    let dialect = dialect_of(&path);
    Some(RealShell { name: path.as_os_str().to_os_string(), path, dialect })
}

/// How the shell at `path` reads text: by its own name, and for `sh` by the name of what it links to.
fn dialect_of(path: &Path) -> Dialect {
    let by_name = |name: Option<&OsStr>| match name.map(|name| kept::family(name).as_bytes()) {
        Some(b"bash") => Some(Dialect::Bash),
        Some(b"dash") => Some(Dialect::Posix),
        Some(b"zsh") => Some(Dialect::Zsh),
        _ => None,
    };
    by_name(path.file_name()).or_else(|| by_name(fs::canonicalize(path).ok()?.file_name())).unwrap_or(
        match path.file_name().map(OsStr::as_bytes) {
            Some(b"sh") => Dialect::Posix,
            _ => Dialect::Bash,
        },
    )
}

/// Whether a script is what its name on PATH leads to: then it is a program like others, which happens to be a script.
pub fn is_program(script: &Path) -> bool {
    let found = || candidates(script.file_name()?, true).into_iter().find(|path| path.is_file());
    script.is_absolute() && found().is_some_and(|found| found == script)
}

/// Every place where a program of this name may stand, in the order of PATH. Relative entries are left out when
/// `absolute_only`: the real shell never comes from the working folder.
pub fn candidates(name: &OsStr, absolute_only: bool) -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_else(|| OsString::from(STANDARD_PATH));
    folders(&path)
        .filter(|folder| !absolute_only || folder.is_absolute())
        .map(|folder| if folder.as_os_str().is_empty() { Path::new(".").join(name) } else { folder.join(name) })
        .collect()
}

/// The folders that a PATH names; an empty one is the working folder.
pub fn folders(search: &OsStr) -> impl Iterator<Item = &Path> + Clone {
    search.as_bytes().split(|byte| *byte == b':').map(OsStr::from_bytes).map(Path::new)
}

/// The files that the names of shells lead to, each once. A file that holds other programs as well (busybox) is left
/// out: guard cannot stand for those.
pub fn coverable() -> Vec<PathBuf> {
    let own = Identity::own();
    let mut files: Vec<PathBuf> = Vec::new();
    for name in NAMES {
        let standard = ["/bin", "/usr/bin", "/usr/local/bin"].map(|folder| Path::new(folder).join(name));
        for path in standard.into_iter().chain(candidates(OsStr::new(name), true)) {
            let Ok(file) = fs::canonicalize(path) else { continue };
            let is_shell = file.file_name().is_some_and(|name| is_shell(kept::family(name)));
            if is_shell && own.is_other_program(&file) && !files.contains(&file) {
                files.push(file);
            }
        }
    }
    files
}

/// The file that this process runs, by device and inode, so that no link to it is taken for another program.
#[derive(Clone, Copy, Debug)]
pub struct Identity(Option<(u64, u64)>);

impl Identity {
    /// That of this process. It is looked up once: a process keeps its file.
    pub fn own() -> Identity {
        static OWN: OnceLock<Identity> = OnceLock::new();
        *OWN.get_or_init(|| {
            let metadata = match cfg!(target_os = "linux") {
                true => fs::metadata("/proc/self/exe").ok(),
                false => env::current_exe().ok().and_then(|path| fs::metadata(path).ok()),
            };
            Identity(metadata.map(|metadata| (metadata.dev(), metadata.ino())))
        })
    }

    /// Whether `path` is a link to this process's file, or that file.
    pub fn is_at(self, path: &Path) -> bool {
        fs::metadata(path).is_ok_and(|metadata| self.0 == Some((metadata.dev(), metadata.ino())))
    }

    /// Whether `path` is a program, and not this one. When it is not known which one this is, none is another:
    /// guard must never run itself for ever.
    pub fn is_other_program(self, path: &Path) -> bool {
        fs::metadata(path).is_ok_and(|metadata| {
            metadata.is_file()
                && metadata.permissions().mode() & 0o111 != 0
                && self.0.is_some_and(|own| own != (metadata.dev(), metadata.ino()))
        })
    }

    /// The first program of this name on PATH that is not guard, or the one in a standard place. Where guard took the
    /// place of a program, it is the one that stood there.
    pub fn find(self, name: &OsStr) -> Option<PathBuf> {
        let kept = Kept::here();
        let standard = folders(OsStr::new(STANDARD_PATH)).map(|folder| folder.join(name));
        candidates(name, true).into_iter().chain(standard).find_map(|path| match self.is_other_program(&path) {
            true => Some(path),
            false => kept.as_ref()?.behind(&path),
        })
    }

    /// The real shell at `path`: that very file, or the one that guard stands for there.
    pub fn shell_at(self, path: &Path) -> Option<PathBuf> {
        match self.is_other_program(path) {
            true => Some(path.to_path_buf()),
            false => Kept::here()?.behind(path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_the_last_component_without_the_dash() {
        for (argv0, name) in [("/usr/bin/bash", "bash"), ("-bash", "bash"), ("guard", "guard"), ("", ""), ("a/", "")] {
            assert_eq!(base_name(OsStr::new(argv0)), name, "{argv0}");
        }
    }

    #[test]
    fn a_link_is_passed_over() {
        let folder = env::temp_dir().join(format!("guard-shells-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let link = folder.join("bash");
        let _ = fs::remove_file(&link);
        std::os::unix::fs::symlink(env::current_exe().expect("a path"), &link).expect("a link");
        assert!(Identity::own().is_at(&link));
        assert!(!Identity::own().is_other_program(&link));
        assert!(Identity::own().is_other_program(Path::new("/bin/sh")));
        fs::remove_dir_all(&folder).expect("removed");
    }

    #[test]
    fn the_shells_of_this_machine_are_found_by_their_files() {
        let shells = coverable();
        let sh = fs::canonicalize("/bin/sh").expect("every system has one");
        assert!(shells.contains(&sh) || sh.ends_with("busybox"), "{shells:?}");
        assert!(shells.iter().all(|shell| fs::canonicalize(shell).is_ok_and(|file| file == *shell)));
    }
}
