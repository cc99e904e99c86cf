//! What clients put around a command: known by its structure, wherever it is met.
//!
//! Only what the wrapping itself does is forgiven: that it notes the working folder, or the jobs that are left, in a file
//! of the client's own. What is wrapped is judged as it would be alone.

/// How the names of variables begin that clients keep for themselves, some of them anew for each command.
const BOOKKEEPING: [&str; 8] =
    ["CODEX_", "CLAUDE", "GEMINI_CLI", "QWEN_CODE", "OPENCODE", "COPILOT_", "CLINE_", "PI_CODING_AGENT"];

/// A file that a client writes around each command, anew for each: what stands before and after its name, and the command
/// whose output goes there.
struct Scratch {
    before: &'static str,
    after: &'static str,
    noted: [&'static str; 2],
}

const SCRATCH: [Scratch; 2] = [
    Scratch { before: "/claude-", after: "-cwd", noted: ["pwd", "-P"] },
    Scratch { before: "/gemini-shell-", after: "/bgpids.tmp", noted: ["jobs", "-p"] },
];

/// How long such a name is at most.
const SCRATCH_NAME: usize = 40;

/// Whether a variable is a client's own and says nothing of what a command does.
pub fn is_bookkeeping(variable: &str) -> bool {
    BOOKKEEPING.iter().any(|beginning| variable.starts_with(beginning))
}

/// Whether a client notes something for itself when the output of `command` goes to the file `path`. Where that file
/// stands is for the caller to look at.
pub fn is_note<'a>(command: impl Iterator<Item = Option<&'a str>>, path: &str) -> bool {
    let words: Vec<Option<&str>> = command.collect();
    SCRATCH.iter().any(|scratch| {
        let named = path.rsplit_once(scratch.before).and_then(|(_, rest)| rest.strip_suffix(scratch.after));
        words == scratch.noted.map(Some) && named.is_some_and(|name| name_length(name) == Some(name.len()))
    })
}

/// A text in which the names are left out that clients give to their own files anew for each command, so that the same
/// command sent twice reads the same.
pub fn without_scratch_names(text: &str) -> String {
    let mut steady = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((at, length)) = scratch_name(rest) {
        steady.push_str(rest.get(..at).unwrap_or_default());
        steady.push('*');
        rest = rest.get(at + length..).unwrap_or_default();
    }
    steady + rest
}

/// Where the first such name stands, and how long it is.
fn scratch_name(text: &str) -> Option<(usize, usize)> {
    let first = |Scratch { before, after, .. }: &Scratch| {
        text.match_indices(before).find_map(|(at, _)| {
            let start = at + before.len();
            let named = text.get(start..)?;
            let length = name_length(named)?;
            named.get(length..)?.starts_with(after).then_some((start, length))
        })
    };
    SCRATCH.iter().filter_map(first).min()
}

/// How much of the beginning of a text is such a name.
fn name_length(text: &str) -> Option<usize> {
    let length = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    (1..=SCRATCH_NAME).contains(&length).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_scratch_files_are_left_out() {
        let text = "a /tmp/claude-12ab-cwd /tmp/gemini-shell-Xy_9/bgpids.tmp /tmp/claude-12/x";
        let steady = "a /tmp/claude-*-cwd /tmp/gemini-shell-*/bgpids.tmp /tmp/claude-12/x";
        assert_eq!(without_scratch_names(text), steady);
    }

    #[test]
    fn a_note_is_the_known_output_in_a_file_that_is_named_as_the_client_does() {
        let is = |command: &str, path: &str| is_note(command.split(' ').map(Some), path);
        assert!(is("pwd -P", "/tmp/claude-12ab-cwd"));
        assert!(is("jobs -p", "/tmp/gemini-shell-Xy_9/bgpids.tmp"));
        for (command, path) in [
            ("pwd", "/tmp/claude-12ab-cwd"),
            ("pwd -P x", "/tmp/claude-12ab-cwd"),
            ("jobs -p", "/tmp/claude-12ab-cwd"),
            ("pwd -P", "/tmp/claude--cwd"),
            ("pwd -P", "/tmp/claude-a/../x-cwd"),
            ("pwd -P", "/tmp/claude-12ab-cwd/x"),
            ("pwd -P", "/tmp/claude-12ab-cwd "),
        ] {
            assert!(!is(command, path), "{command} > {path}");
        }
        assert!(!is_note([Some("pwd"), None].into_iter(), "/tmp/claude-12ab-cwd"));
    }
}
