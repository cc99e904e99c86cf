//! Which agent started this process, as far as it says so, and how long that agent waits.

use std::env;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::Duration;

/// What is known of one agent.
struct Client {
    name: &'static str,
    /// The variables by which it marks the shells that it starts. They are anybody's to set: good for a record, a
    /// wording or a waiting time, never for a decision.
    marks: &'static [&'static str],
    /// The programs that it is started by.
    programs: &'static [&'static str],
    /// How long it leaves a silent command alone, with something to spare, in seconds.
    patience: u64,
}

/// How long guard waits for an agent that it does not know: the most impatient ones end a command after 30 seconds.
const SHORTEST: u64 = 25;

const CLIENTS: &[Client] = &[
    Client { name: "claude", marks: &["CLAUDECODE"], programs: &["claude"], patience: 110 },
    Client { name: "codex", marks: &["CODEX_THREAD_ID", "CODEX_CI"], programs: &["codex"], patience: SHORTEST },
    Client { name: "gemini", marks: &["GEMINI_CLI"], programs: &["gemini"], patience: 240 },
    Client { name: "qwen", marks: &["QWEN_CODE"], programs: &["qwen"], patience: 110 },
    Client { name: "opencode", marks: &["OPENCODE"], programs: &["opencode"], patience: 110 },
    Client { name: "pi", marks: &["PI_CODING_AGENT"], programs: &["pi"], patience: 240 },
    Client { name: "copilot", marks: &["COPILOT_CLI"], programs: &["copilot"], patience: SHORTEST },
    Client { name: "cline", marks: &["CLINE_CONNECTOR_CLI_LAUNCH"], programs: &["cline"], patience: SHORTEST },
    Client { name: "crush", marks: &["CRUSH"], programs: &["crush"], patience: SHORTEST },
    Client { name: "cursor", marks: &["CURSOR_AGENT"], programs: &["cursor-agent"], patience: SHORTEST },
    Client { name: "amp", marks: &[], programs: &["amp"], patience: SHORTEST },
    Client { name: "kiro", marks: &[], programs: &["kiro-cli", "kiro"], patience: SHORTEST },
    Client { name: "windsurf", marks: &[], programs: &["windsurf"], patience: SHORTEST },
    Client { name: "mini", marks: &[], programs: &["mini", "mini-extra"], patience: SHORTEST },
    Client { name: "openhands", marks: &[], programs: &["openhands"], patience: SHORTEST },
    Client { name: "aider", marks: &[], programs: &["aider"], patience: SHORTEST },
    Client { name: "interpreter", marks: &[], programs: &["interpreter", "interpreter-classic"], patience: SHORTEST },
    Client { name: "goose", marks: &["GOOSE_TERMINAL"], programs: &["goose"], patience: SHORTEST },
];

/// The name of the agent whose mark is in the environment.
pub fn name() -> Option<&'static str> {
    by_marks(|variable| env::var_os(variable)).map(|client| client.name)
}

/// The name of the agent whose mark is in another process's environment, as the kernel shows it.
pub fn marked(environment: &[u8]) -> Option<&'static str> {
    let value = |name: &str| {
        let mut entries = environment.split(|byte| *byte == 0);
        entries.find_map(|entry| entry.strip_prefix(name.as_bytes())?.strip_prefix(b"="))
    };
    by_marks(|name| value(name).map(|value| OsStr::from_bytes(value).to_os_string())).map(|client| client.name)
}

/// How long a held command may wait for a person before the agent that started it loses its patience.
pub fn patience() -> Duration {
    Duration::from_secs(by_marks(|variable| env::var_os(variable)).map_or(SHORTEST, |client| client.patience))
}

/// The names of the programs that people start agents by.
pub fn programs() -> impl Iterator<Item = &'static str> {
    CLIENTS.iter().flat_map(|client| client.programs).copied()
}

/// Whether a process that was started with these words is an agent: by its program, or the script that it runs.
pub fn is_started_by<'a>(words: impl Iterator<Item = &'a OsStr>) -> bool {
    let names: Vec<&OsStr> = words.filter_map(|word| Path::new(word).file_name()).collect();
    CLIENTS.iter().flat_map(|client| client.programs).any(|program| {
        names.iter().any(|name| {
            let stem = name.as_bytes().strip_suffix(b".js").unwrap_or(name.as_bytes());
            stem == program.as_bytes()
        })
    })
}

fn by_marks(variable: impl Fn(&str) -> Option<OsString>) -> Option<&'static Client> {
    let marked = CLIENTS.iter().find(|client| client.marks.iter().any(|mark| variable(mark).is_some()));
    marked.or_else(|| {
        // Its shells live in a tmux of its own.
        let tmux = variable("TMUX")?;
        let socket = tmux.as_bytes().split(|byte| *byte == b',').next()?;
        CLIENTS.iter().find(|client| client.name == "openhands" && socket.ends_with(b"/openhands"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_known_by_their_marks() {
        assert_eq!(marked(b"PATH=/bin\0CODEX_CI=1\0"), Some("codex"));
        assert_eq!(marked(b"PATH=CODEX_CI\0"), None);
        assert_eq!(marked(b"CODEX_CIX=1\0GEMINI_CLI=\0"), Some("gemini"));
        assert_eq!(marked(b"TMUX=/tmp/tmux-0/openhands,12,0"), Some("openhands"));
        assert_eq!(marked(b"TMUX=/tmp/tmux-0/default,12,0"), None);
        assert_eq!(marked(b""), None);
    }

    #[test]
    fn clients_are_known_by_their_programs() {
        let is = |line: &str| is_started_by(line.split(' ').map(OsStr::new));
        for line in
            ["claude -p x", "node /usr/lib/bin/gemini", "/x/venv/bin/python /x/venv/bin/mini", "node a/codex.js"]
        {
            assert!(is(line), "{line}");
        }
        for line in ["make claude-docs", "node build.js", "python -m gemini_tools", "", "npm test"] {
            assert!(!is(line), "{line}");
        }
    }

    #[test]
    fn nobody_is_waited_for_longer_than_the_client_waits() {
        assert!(CLIENTS.iter().all(|client| (SHORTEST..=240).contains(&client.patience)));
    }
}
