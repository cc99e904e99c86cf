//! Which agent started this process, as far as it says so.

use std::env;

/// The variables by which agents mark the shells they start. They are anybody's to set: good for a record or a
/// wording, never for a decision.
const MARKS: [(&str, &str); 11] = [
    ("CLAUDECODE", "claude"),
    ("CODEX_THREAD_ID", "codex"),
    ("CODEX_CI", "codex"),
    ("GEMINI_CLI", "gemini"),
    ("QWEN_CODE", "qwen"),
    ("OPENCODE", "opencode"),
    ("PI_CODING_AGENT", "pi"),
    ("COPILOT_CLI", "copilot"),
    ("CLINE_CONNECTOR_CLI_LAUNCH", "cline"),
    ("CRUSH", "crush"),
    ("CURSOR_AGENT", "cursor"),
];

/// The name of the agent whose mark is in the environment.
pub fn name() -> Option<&'static str> {
    by_marks(|variable| env::var_os(variable).is_some())
}

/// The name of the agent whose mark is in another process's environment, as the kernel shows it.
pub fn marked(environment: &[u8]) -> Option<&'static str> {
    let names = || environment.split(|byte| *byte == 0).filter_map(|entry| entry.split(|byte| *byte == b'=').next());
    by_marks(|variable| names().any(|name| name == variable.as_bytes()))
}

fn by_marks(is_set: impl Fn(&str) -> bool) -> Option<&'static str> {
    MARKS.iter().find(|(variable, _)| is_set(variable)).map(|(_, client)| *client)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_known_by_their_marks() {
        assert_eq!(by_marks(|name| name == "GEMINI_CLI"), Some("gemini"));
        assert_eq!(by_marks(|_| false), None);
        assert_eq!(marked(b"PATH=/bin\0CODEX_CI=1\0"), Some("codex"));
        assert_eq!(marked(b"PATH=CODEX_CI\0"), None);
    }
}
