//! What clients put around a command, as far as it differs each time that the same command is sent.

/// How the names of variables begin that clients keep for themselves, some of them anew for each command.
const BOOKKEEPING: [&str; 8] =
    ["CODEX_", "CLAUDE", "GEMINI_CLI", "QWEN_CODE", "OPENCODE", "COPILOT_", "CLINE_", "PI_CODING_AGENT"];

/// What clients write around a command names files of their own, anew for each: what stands before and after that name.
const SCRATCH: [(&str, &str); 2] = [("/claude-", "-cwd"), ("/gemini-shell-", "/bgpids.tmp")];

/// How long such a name is at most.
const SCRATCH_NAME: usize = 40;

/// Whether a variable is a client's own and says nothing of what a command does.
pub fn is_bookkeeping(variable: &str) -> bool {
    BOOKKEEPING.iter().any(|beginning| variable.starts_with(beginning))
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
    let first = |(before, after): &(&str, &str)| {
        text.match_indices(before).find_map(|(at, _)| {
            let start = at + before.len();
            let named = text.get(start..)?;
            let length = named.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(named.len());
            (length > 0 && length <= SCRATCH_NAME && named.get(length..)?.starts_with(after)).then_some((start, length))
        })
    };
    SCRATCH.iter().filter_map(first).min()
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
}
