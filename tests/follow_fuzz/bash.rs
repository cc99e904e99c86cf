//! Runs programs in a real bash. Their only commands are `c` and `r`, which report how they were called, and a few
//! programs that compute text, found in a folder of links; they run in folders made for them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A call of `c` or `r`.
#[derive(Debug, PartialEq, Eq, Hash, Clone)]
pub struct Call {
    pub name: String,
    /// Where it ran.
    pub folder: String,
    /// What `r` read.
    pub input: String,
    pub arguments: Vec<String>,
}

/// The programs that the generator uses, none of which can change anything as it uses them.
const PURE: [&str; 12] =
    ["base64", "basename", "cat", "cut", "dirname", "head", "rev", "seq", "sort", "tac", "tail", "tr"];

const HARNESS: &str = r#"
exec 9>&1 >/dev/null 2>&1
ulimit -c 0
set +H
FUNCNEST=30
report() {
    local _s=$'\1'"$_number"$'\5'"$1"$'\5'"$PWD"$'\5'"$2" _a
    shift 2
    for _a; do _s+=$'\2'"$_a"; done
    # One write a call: bash writes each line by itself.
    printf %s "${_s//$'\n'/$'\6'}" >&9
    return "$(( RANDOM % 3 == 0 ))"
}
c() { report c '' "$@"; }
r() { local _i; IFS= read -r -d '' _i; report r "$_i" "$@"; }
number=0
while IFS= read -r -d '' program; do
    (
        cd "$START/$number"
        RANDOM=$number
        ulimit -t 2
        _number=$number
        unset number OLDPWD
        exec </dev/null
        eval "$program"
        wait
    )
    (( number++ ))
done
"#;

/// A place for programs to run in.
pub struct Bash {
    folder: tempfile::TempDir,
}

impl Bash {
    /// `None` when there is no bash 5.2 to compare with.
    pub fn find() -> Option<Bash> {
        let version = Command::new("/bin/bash").args(["-c", "echo ${BASH_VERSINFO[0]}.${BASH_VERSINFO[1]}"]).output();
        version.is_ok_and(|output| output.stdout == b"5.2\n").then_some(())?;
        let folder = tempfile::tempdir().expect("a folder can be made");
        let links = folder.path().join("bin");
        std::fs::create_dir_all(&links).expect("a folder can be made");
        for name in PURE {
            let target = ["/usr/bin", "/bin"].iter().map(|at| Path::new(at).join(name)).find(|path| path.exists())?;
            std::os::unix::fs::symlink(target, links.join(name)).expect("a link can be made");
        }
        Some(Bash { folder })
    }

    /// The folder that the program with this number runs in.
    pub fn start(&self, number: usize) -> PathBuf {
        self.folder.path().join("runs").join(number.to_string())
    }

    /// `$HOME`
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// The calls of each program; of none that would have run after one that hangs.
    pub fn run(&self, programs: &[String]) -> Vec<Vec<Call>> {
        let runs = self.folder.path().join("runs");
        let _ = std::fs::remove_dir_all(&runs);
        std::fs::create_dir_all(self.home().join("a")).expect("a folder can be made");
        for number in 0..programs.len() {
            for name in ["a/b", "b", "d"] {
                std::fs::create_dir_all(self.start(number).join(name)).expect("a folder can be made");
            }
        }
        let texts = self.folder.path().join("programs");
        std::fs::write(&texts, programs.join("\0") + "\0").expect("a file can be written");
        let output = Command::new("/usr/bin/timeout")
            .args(["-s", "KILL", "30", "/bin/bash", "--norc", "--noprofile", "-c", HARNESS])
            .env_clear()
            .env("PATH", self.folder.path().join("bin"))
            .env("HOME", self.home())
            .env("START", &runs)
            .env("LC_ALL", "C.UTF-8")
            .stdin(std::fs::File::open(&texts).expect("a file can be read"))
            .stderr(Stdio::null())
            .output()
            .expect("bash starts");
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut calls = vec![Vec::new(); programs.len()];
        for call in printed.split('\u{1}').skip(1) {
            // What a program left in the background may report later.
            if let Some((number, call)) = call.split_once('\u{5}')
                && let Some(calls) = number.parse().ok().and_then(|number: usize| calls.get_mut(number))
            {
                calls.push(self::call(call));
            }
        }
        calls
    }
}

fn call(printed: &str) -> Call {
    let printed = printed.replace('\u{6}', "\n");
    let mut words = printed.split('\u{2}');
    let mut head = words.next().unwrap_or("").split('\u{5}').map(str::to_owned);
    let mut next = || head.next().unwrap_or_default();
    let (name, folder, input) = (next(), next(), next());
    Call { name, folder, input, arguments: words.map(str::to_owned).collect() }
}
