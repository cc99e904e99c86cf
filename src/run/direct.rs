//! Executes a command in the shell's stead, with exactly the environment that the shell would have given it.
//!
//! What a shell does to the environment when it starts and executes one command is known for bash 5 and dash on Linux,
//! and compared with them by a test. Wherever a variable could have another effect, the shell itself runs the command.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::process;

use guard::doors::direct::{Direct, Kind};
use guard::doors::shells;
use nix::errno::Errno;
use nix::unistd::{AccessFlags, access};

use super::system;

/// Becomes the command. Returns when the shell has to run it.
pub fn attempt(command: &Direct) {
    if !cfg!(target_os = "linux") {
        return;
    }
    let Some((name, arguments)) = command.words.split_first() else { return };
    let Some(mut environment) = Environment::inherited() else { return };
    if command.shell == Kind::Bash && environment.level().is_none() {
        return;
    }
    match name.as_bytes() {
        b"true" | b":" => process::exit(0),
        b"false" => process::exit(1),
        b"echo" => return print(arguments),
        _ => {}
    }
    let Some(path) = environment.locate(name) else { return };
    let known = match command.shell {
        Kind::Bash => environment.as_bash_leaves_it(&path),
        Kind::Dash => environment.as_dash_leaves_it(),
    };
    if known.is_some() {
        let _ = system::execute(&path, &command.words, Some(environment.entries()));
    }
}

/// Prints words as `echo` does, and ends. Returns when nothing could be written: the shell says why.
fn print(words: &[OsString]) {
    let words: Vec<&[u8]> = words.iter().map(|word| word.as_bytes()).collect();
    let line = [words.join(&b' ').as_slice(), b"\n"].concat();
    // A reader that has gone ends this process as it would the shell.
    system::restore_inherited();
    let mut rest = line.as_slice();
    while !rest.is_empty() {
        match nix::unistd::write(io::stdout(), rest) {
            Ok(count) => rest = rest.get(count..).unwrap_or_default(),
            Err(Errno::EINTR) => {}
            Err(_) if rest.len() == line.len() => return,
            Err(error) => {
                let _ = writeln!(io::stderr(), "echo: write error: {}", error.desc());
                process::exit(1)
            }
        }
    }
    process::exit(0)
}

/// Variables that bash or dash set, drop or obey when they start, from bash's manual page ("Shell Variables") and
/// dash's ("Special Variables"), sorted. `BASH…` is bash's own as a whole.
const SHELLS_OWN: [&str; 33] = [
    "ATTY",
    "CHILD_MAX",
    "COMP_CWORD",
    "COMP_LINE",
    "COMP_POINT",
    "COMP_WORDBREAKS",
    "COMP_WORDS",
    "DIRSTACK",
    "EPOCHREALTIME",
    "EPOCHSECONDS",
    "EUID",
    "EXECIGNORE",
    "FUNCNAME",
    "FUNCNEST",
    "GROUPS",
    "HISTCMD",
    "IFS",
    "LINENO",
    "MAPFILE",
    "OPTARG",
    "OPTERR",
    "OPTIND",
    "PIPESTATUS",
    "POSIXLY_CORRECT",
    "PPID",
    "PS1",
    "PS2",
    "PS4",
    "RANDOM",
    "REPLY",
    "SECONDS",
    "SHELLOPTS",
    "UID",
];

/// The variables that the command gets, in the order in which guard got them.
struct Environment {
    variables: Vec<(OsString, OsString)>,
}

impl Environment {
    /// What guard was given; `None` when some of it is the shell's to read.
    fn inherited() -> Option<Environment> {
        let variables: Vec<(OsString, OsString)> = env::vars_os().collect();
        let mut names: Vec<&OsStr> = variables.iter().map(|(name, _)| name.as_os_str()).collect();
        names.sort_unstable();
        let twice = names.windows(2).any(|pair| matches!(pair, [one, other] if one == other));
        let plain = !twice && names.into_iter().all(is_plain);
        plain.then_some(Environment { variables })
    }

    fn get(&self, name: &str) -> Option<&OsStr> {
        self.variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_os_str())
    }

    fn set(&mut self, name: &str, value: impl Into<OsString>) {
        let value = value.into();
        match self.variables.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = value,
            None => self.variables.push((name.into(), value)),
        }
    }

    /// The file that the shell would execute: the first on PATH that is a program.
    fn locate(&self, name: &OsStr) -> Option<PathBuf> {
        if name.as_bytes().contains(&b'/') {
            return Some(PathBuf::from(name));
        }
        let mut folders = shells::folders(self.get("PATH")?);
        // Relative folders are rare, and shells spell what they find there in their own ways.
        if !folders.clone().all(Path::is_absolute) {
            return None;
        }
        folders.find_map(|folder| {
            let path = folder.join(name);
            let program = fs::metadata(&path).is_ok_and(|metadata| metadata.is_file());
            (program && access(&path, AccessFlags::X_OK).is_ok()).then_some(path)
        })
    }

    /// bash counts SHLVL up when it starts and down when it executes its last command, names the program in `_`, and
    /// drops an OLDPWD that is no folder.
    fn as_bash_leaves_it(&mut self, program: &Path) -> Option<()> {
        let level = self.level()?;
        self.set("SHLVL", level.to_string());
        self.set("_", program);
        if self.get("OLDPWD").is_some_and(|folder| !Path::new(folder).is_dir()) {
            self.variables.retain(|(name, _)| name != "OLDPWD");
        }
        self.correct_folder()
    }

    /// The level at which bash ends up, when it starts without a warning and without reading a file.
    fn level(&self) -> Option<u16> {
        let level = match self.get("SHLVL") {
            None => 0,
            Some(level) => level.to_str()?.parse().ok().filter(|level| (0..999).contains(level))?,
        };
        let silent = self.has_plain_locale() && (level > 0 || !self.may_read_start_up_file());
        silent.then_some(level)
    }

    /// bash warns of a locale in LC_ALL that the machine does not have. These every machine has.
    fn has_plain_locale(&self) -> bool {
        let plain: [&str; 5] = ["", "C", "POSIX", "C.UTF-8", "C.utf8"];
        self.get("LC_ALL").is_none_or(|name| plain.iter().any(|known| name == *known))
    }

    fn as_dash_leaves_it(&mut self) -> Option<()> {
        self.correct_folder()
    }

    /// PWD stays when it leads to the working folder.
    fn correct_folder(&mut self) -> Option<()> {
        let identity = |path: &Path| fs::metadata(path).ok().map(|metadata| (metadata.dev(), metadata.ino()));
        let here = identity(Path::new("."))?;
        let is_here = |folder: &OsStr| {
            let path = Path::new(folder);
            path.is_absolute() && identity(path) == Some(here)
        };
        match self.get("PWD") {
            Some(folder) if is_here(folder) => {
                let bytes = folder.as_bytes();
                let plain = !bytes.windows(2).any(|pair| pair == b"//" || pair == b"/.") && !bytes.ends_with(b"/");
                plain.then_some(())
            }
            _ => {
                let folder = env::current_dir().ok()?;
                self.set("PWD", folder);
                Some(())
            }
        }
    }

    /// A bash that believes it was started from afar, over a socket or by ssh, reads `~/.bashrc`.
    fn may_read_start_up_file(&self) -> bool {
        let socket = fs::metadata("/dev/stdin").map_or(true, |input| input.file_type().is_socket());
        socket || self.get("SSH_CLIENT").is_some() || self.get("SSH2_CLIENT").is_some()
    }

    /// `NAME=value`, as a program gets it.
    fn entries(&self) -> Vec<Vec<u8>> {
        let entry = |(name, value): &(OsString, OsString)| {
            // With room for the NUL that is put behind it.
            let mut entry = Vec::with_capacity(name.len() + value.len() + 2);
            entry.extend_from_slice(name.as_bytes());
            entry.push(b'=');
            entry.extend_from_slice(value.as_bytes());
            entry
        };
        self.variables.iter().map(entry).collect()
    }
}

/// Whether a shell hands a variable on as it is.
fn is_plain(name: &OsStr) -> bool {
    let bytes = name.as_bytes();
    let is_name = bytes.first().is_some_and(|first| !first.is_ascii_digit())
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let own = || SHELLS_OWN.binary_search_by(|own| own.as_bytes().cmp(bytes)).is_ok();
    is_name && !bytes.starts_with(b"BASH") && !own()
}
