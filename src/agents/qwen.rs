//! Qwen Code: `PreToolUse` in `settings.json`, with Claude Code's schema and Gemini CLI's tools. It takes no other
//! command in the place of the one that it asks about.

use serde_json::{Value, json};

use super::{Act, Asked, Hook, claude, entries, file, needed, never, text, unknown};

pub static HOOK: Hook = Hook {
    name: "qwen",
    read,
    rewrites: never,
    reply: claude::reply,
    sample,
    files: &[entries(".qwen/settings.json", ".qwen/settings.json", "hook qwen", &[(&["hooks", "PreToolUse"], entry)])],
    then: "",
};

fn read(request: &Value) -> Result<Asked, String> {
    if needed(request, &["hook_event_name"])? != "PreToolUse" {
        return Ok(Asked::default());
    }
    let tool = needed(request, &["tool_name"])?;
    let input = request.get("tool_input").unwrap_or(&Value::Null);
    let acts = match tool.as_str() {
        "run_shell_command" | "Bash" => vec![Act::Shell(needed(request, &["tool_input", "command"])?)],
        "edit" | "write_file" | "replace" | "notebook_edit" => file(input)?,
        tool => unknown(tool, input)?,
    };
    let folder = text(input, &["directory"]).filter(|path| path.starts_with('/'));
    Ok(Asked { acts, folder: folder.or_else(|| text(request, &["cwd"])) })
}

fn sample(command: &str, folder: &str) -> Value {
    json!({ "hook_event_name": "PreToolUse", "cwd": folder, "tool_name": "run_shell_command", "tool_input": { "command": command } })
}

fn entry(command: &str) -> Value {
    json!({
        "matcher": "run_shell_command|edit|write_file|notebook_edit",
        "hooks": [{ "name": "guard", "type": "command", "command": command, "timeout": 60_000 }],
    })
}
