//! OpenHands: `PreToolUse` in the workspace's `.openhands/hooks.json`. It takes no other command in the place of the
//! one that it asks about.

use serde_json::{Value, json};

use super::{Act, Asked, Hook, Output, Reply, entries, file, needed, never, text, unknown};

pub static HOOK: Hook = Hook {
    name: "openhands",
    read,
    rewrites: never,
    reply,
    sample,
    files: &[entries("", ".openhands/hooks.json", "hook openhands", &[(&["hooks", "PreToolUse"], entry)])],
    then: "",
};

fn read(request: &Value) -> Result<Asked, String> {
    if needed(request, &["event_type"])? != "PreToolUse" {
        return Ok(Asked::default());
    }
    let input = request.get("tool_input").unwrap_or(&Value::Null);
    let acts = match needed(request, &["tool_name"])?.as_str() {
        "terminal" => vec![Act::Shell(needed(input, &["command"])?)],
        "file_editor" => match text(input, &["command"]).as_deref() {
            Some("view") => Vec::new(),
            _ => file(input)?,
        },
        tool => unknown(tool, input)?,
    };
    Ok(Asked { acts, folder: text(request, &["working_dir"]) })
}

fn reply(_request: &Value, reply: &Reply) -> Output {
    match reply {
        Reply::Pass => Output::default(),
        Reply::Instead(_) => Output::status("guard: this client takes no other command"),
        Reply::Refuse(reason) => Output::json(&json!({ "decision": "deny", "reason": reason })),
    }
}

fn sample(command: &str, folder: &str) -> Value {
    json!({
        "event_type": "PreToolUse",
        "tool_name": "terminal",
        "tool_input": { "command": command },
        "working_dir": folder,
    })
}

fn entry(command: &str) -> Value {
    json!({
        "matcher": "terminal|file_editor",
        "hooks": [{ "type": "command", "command": command, "timeout": 60 }],
    })
}
