//! Codex: `PreToolUse` in `hooks.json`, with Claude Code's schema. It runs a hook only after its user has trusted it.

use serde_json::{Value, json};

use super::{Act, Asked, Hook, always, claude, entries, needed, patch, text, unknown};

pub static HOOK: Hook = Hook {
    name: "codex",
    read,
    rewrites: always,
    reply: claude::reply,
    sample,
    files: &[entries(".codex/hooks.json", ".codex/hooks.json", "hook codex", &[(&["hooks", "PreToolUse"], entry)])],
    then: "start codex once and trust the hook with /hooks: it skips one that is not trusted, without a word",
};

fn read(request: &Value) -> Result<Asked, String> {
    let folder = text(request, &["cwd"]);
    if needed(request, &["hook_event_name"])? != "PreToolUse" {
        return Ok(Asked::default());
    }
    let tool = needed(request, &["tool_name"])?;
    let acts = match tool.as_str() {
        "Bash" => vec![Act::Shell(needed(request, &["tool_input", "command"])?)],
        "apply_patch" => patch::acts(&needed(request, &["tool_input", "command"])?)?,
        "write_stdin" => vec![Act::Shell(needed(request, &["tool_input", "chars"])?)],
        tool => unknown(tool, request.get("tool_input").unwrap_or(&Value::Null))?,
    };
    Ok(Asked { acts, folder })
}

fn sample(command: &str, folder: &str) -> Value {
    json!({ "hook_event_name": "PreToolUse", "cwd": folder, "tool_name": "Bash", "tool_input": { "command": command } })
}

fn entry(command: &str) -> Value {
    json!({
        "matcher": "^(Bash|apply_patch|write_stdin)$",
        "hooks": [{ "type": "command", "command": command, "timeout": 60 }],
    })
}
