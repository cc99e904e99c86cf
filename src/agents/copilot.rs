//! Copilot CLI: `preToolUse` in a file of its `hooks` folder. It asks about every tool.

use serde_json::{Value, json};

use super::{Act, Asked, Hook, Output, Reply, always, file, first, needed, own, text, unknown, with};

pub static HOOK: Hook = Hook {
    name: "copilot",
    read,
    rewrites: always,
    reply,
    sample,
    files: &[own(".copilot/hooks/guard.json", ".github/hooks/guard.json", file_text, false)],
    then: "",
};

fn read(request: &Value) -> Result<Asked, String> {
    let tool = needed(request, &["toolName"])?;
    let input = arguments(request)?;
    let acts = match tool.as_str() {
        "bash" | "powershell" => vec![Act::Shell(needed(&input, &["command"])?)],
        // What is typed into a shell that was started before.
        "write_bash" | "write_powershell" => vec![Act::Shell(needed(&input, &["input"])?)],
        "create" | "edit" | "str_replace_editor" => file(&input)?,
        tool => unknown(tool, &input).unwrap_or_default(),
    };
    Ok(Asked { acts, folder: text(request, &["cwd"]) })
}

/// The tool's arguments, which some versions send as JSON in a text.
fn arguments(request: &Value) -> Result<Value, String> {
    match request.get("toolArgs") {
        Some(Value::String(text)) => serde_json::from_str(text).map_err(|error| format!("`toolArgs`: {error}")),
        Some(value) => Ok(value.clone()),
        None => Ok(Value::Null),
    }
}

fn reply(request: &Value, reply: &Reply) -> Output {
    Output::json(&match reply {
        Reply::Pass => return Output::default(),
        Reply::Instead(texts) => {
            let input = arguments(request).unwrap_or_default();
            let field = if input.get("command").is_some() { "command" } else { "input" };
            json!({ "permissionDecision": "allow", "modifiedArgs": with(&input, field, first(texts)) })
        }
        Reply::Refuse(reason) => json!({ "permissionDecision": "deny", "permissionDecisionReason": reason }),
    })
}

fn sample(command: &str, folder: &str) -> Value {
    json!({ "sessionId": "", "cwd": folder, "toolName": "bash", "toolArgs": { "command": command } })
}

fn file_text(command: &str) -> String {
    let hook = json!({ "type": "command", "bash": command, "timeoutSec": 60 });
    format!("{:#}\n", json!({ "version": 1, "hooks": { "preToolUse": [hook] } }))
}
