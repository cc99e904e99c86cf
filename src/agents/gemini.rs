//! Gemini CLI: `BeforeTool` in `settings.json`.

use serde_json::{Value, json};

use super::{Act, Asked, Hook, Output, Reply, always, entries, file, first, needed, text, unknown, with};

pub static HOOK: Hook = Hook {
    name: "gemini",
    read,
    rewrites: always,
    reply,
    sample,
    files: &[entries(
        ".gemini/settings.json",
        ".gemini/settings.json",
        "hook gemini",
        &[(&["hooks", "BeforeTool"], entry)],
    )],
    then: "",
};

fn read(request: &Value) -> Result<Asked, String> {
    if needed(request, &["hook_event_name"])? != "BeforeTool" {
        return Ok(Asked::default());
    }
    let tool = needed(request, &["tool_name"])?;
    let input = request.get("tool_input").unwrap_or(&Value::Null);
    let acts = match tool.as_str() {
        "run_shell_command" => vec![Act::Shell(needed(request, &["tool_input", "command"])?)],
        "write_file" | "replace" => file(input)?,
        tool => unknown(tool, input)?,
    };
    let folder =
        ["dir_path", "directory"].iter().find_map(|name| text(input, &[name])).filter(|path| path.starts_with('/'));
    Ok(Asked { acts, folder: folder.or_else(|| text(request, &["cwd"])) })
}

fn reply(request: &Value, reply: &Reply) -> Output {
    Output::json(&match reply {
        Reply::Pass => return Output::default(),
        Reply::Instead(texts) => {
            let input = with(request.get("tool_input").unwrap_or(&Value::Null), "command", first(texts));
            json!({
                "decision": "allow",
                "hookSpecificOutput": { "hookEventName": "BeforeTool", "tool_input": input },
            })
        }
        Reply::Refuse(reason) => json!({ "decision": "deny", "reason": reason }),
    })
}

fn sample(command: &str, folder: &str) -> Value {
    json!({ "hook_event_name": "BeforeTool", "cwd": folder, "tool_name": "run_shell_command", "tool_input": { "command": command } })
}

fn entry(command: &str) -> Value {
    json!({
        "matcher": "run_shell_command|write_file|replace",
        "hooks": [{ "name": "guard", "type": "command", "command": command, "timeout": 60_000 }],
    })
}
