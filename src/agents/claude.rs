//! Claude Code: `PreToolUse` in `settings.json`.

use serde_json::{Value, json};

use super::{Act, Asked, Hook, Output, Reply, always, entries, file, first, needed, text, unknown, with};

pub static HOOK: Hook = Hook {
    name: "claude",
    read,
    rewrites: always,
    reply,
    sample,
    files: &[entries(
        ".claude/settings.json",
        ".claude/settings.json",
        "hook claude",
        &[(&["hooks", "PreToolUse"], entry)],
    )],
    then: "",
};

pub(super) fn read(request: &Value) -> Result<Asked, String> {
    let folder = text(request, &["cwd"]);
    if needed(request, &["hook_event_name"])? != "PreToolUse" {
        return Ok(Asked::default());
    }
    let tool = needed(request, &["tool_name"])?;
    let input = request.get("tool_input").unwrap_or(&Value::Null);
    let acts = match tool.as_str() {
        "Bash" => vec![Act::Shell(needed(request, &["tool_input", "command"])?)],
        "Write" | "Edit" | "MultiEdit" | "NotebookEdit" => file(input)?,
        tool => unknown(tool, input)?,
    };
    Ok(Asked { acts, folder })
}

pub(super) fn reply(request: &Value, reply: &Reply) -> Output {
    let decision = match reply {
        Reply::Pass => return Output::default(),
        // guard's own process asks, so that the client need not.
        Reply::Instead(texts) => {
            let input = with(request.get("tool_input").unwrap_or(&Value::Null), "command", first(texts));
            json!({ "permissionDecision": "allow", "updatedInput": input })
        }
        Reply::Refuse(reason) => json!({ "permissionDecision": "deny", "permissionDecisionReason": reason }),
    };
    Output::json(&json!({ "hookSpecificOutput": with(&decision, "hookEventName", "PreToolUse".into()) }))
}

fn sample(command: &str, folder: &str) -> Value {
    json!({ "hook_event_name": "PreToolUse", "cwd": folder, "tool_name": "Bash", "tool_input": { "command": command } })
}

fn entry(command: &str) -> Value {
    json!({
        "matcher": "Bash|Write|Edit|MultiEdit|NotebookEdit",
        "hooks": [{ "type": "command", "command": command, "timeout": 60 }],
    })
}
