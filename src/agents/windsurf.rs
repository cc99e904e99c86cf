//! Windsurf: `pre_run_command` and `pre_write_code` in `hooks.json`. The exit status is the answer.

use serde_json::{Value, json};

use super::{Act, Asked, Hook, Output, Reply, entries, file, needed, never, text};

pub static HOOK: Hook = Hook {
    name: "windsurf",
    read,
    rewrites: never,
    reply,
    sample,
    files: &[entries(
        ".codeium/windsurf/hooks.json",
        ".windsurf/hooks.json",
        "hook windsurf",
        &[(&["hooks", "pre_run_command"], entry), (&["hooks", "pre_write_code"], entry)],
    )],
    then: "",
};

fn read(request: &Value) -> Result<Asked, String> {
    let acts = match needed(request, &["agent_action_name"])?.as_str() {
        "pre_run_command" => vec![Act::Shell(needed(request, &["tool_info", "command_line"])?)],
        "pre_write_code" => file(request.get("tool_info").unwrap_or(&Value::Null))?,
        _ => Vec::new(),
    };
    Ok(Asked { acts, folder: text(request, &["tool_info", "cwd"]) })
}

pub(super) fn reply(_request: &Value, reply: &Reply) -> Output {
    match reply {
        Reply::Pass => Output::default(),
        Reply::Instead(_) => Output::status("guard: this client takes no other command"),
        Reply::Refuse(reason) => Output::status(reason),
    }
}

fn sample(command: &str, folder: &str) -> Value {
    json!({ "agent_action_name": "pre_run_command", "tool_info": { "command_line": command, "cwd": folder } })
}

fn entry(command: &str) -> Value {
    json!({ "command": command, "show_output": true })
}
