//! Cursor: `beforeShellExecution` and `preToolUse` in `hooks.json`. Only the latter takes another command.

use serde_json::{Value, json};

use super::{Act, Asked, Content, File, Hook, Output, Reply, file, first, needed, text, unknown, with};

pub static HOOK: Hook = Hook {
    name: "cursor",
    read,
    rewrites,
    reply,
    sample,
    files: &[File {
        user: ".cursor/hooks.json",
        project: ".cursor/hooks.json",
        content: Content::Entries {
            fresh: "{\n  \"version\": 1\n}\n",
            mark: "hook cursor",
            lists: &[(&["hooks", "beforeShellExecution"], for_commands), (&["hooks", "preToolUse"], for_files)],
        },
    }],
    then: "",
};

fn read(request: &Value) -> Result<Asked, String> {
    let folder = text(request, &["cwd"]).or_else(|| {
        let roots = request.get("workspace_roots")?.as_array()?;
        roots.first()?.as_str().map(str::to_owned)
    });
    let event = needed(request, &["hook_event_name"])?;
    let input = request.get("tool_input").unwrap_or(&Value::Null);
    let acts = match event.as_str() {
        "beforeShellExecution" => vec![Act::Shell(needed(request, &["command"])?)],
        "preToolUse" => match needed(request, &["tool_name"])?.as_str() {
            "Shell" => vec![Act::Shell(needed(request, &["tool_input", "command"])?)],
            "Write" | "Edit" | "Delete" => file(input)?,
            tool => unknown(tool, input).unwrap_or_default(),
        },
        _ => Vec::new(),
    };
    let own = ["working_directory", "cwd"].iter().find_map(|name| text(input, &[name]));
    Ok(Asked { acts, folder: own.filter(|path| path.starts_with('/')).or(folder) })
}

fn rewrites(request: &Value) -> bool {
    text(request, &["hook_event_name"]).is_some_and(|event| event == "preToolUse")
}

fn reply(request: &Value, reply: &Reply) -> Output {
    Output::json(&match reply {
        Reply::Pass => json!({}),
        Reply::Instead(texts) => {
            let input = with(request.get("tool_input").unwrap_or(&Value::Null), "command", first(texts));
            json!({ "permission": "allow", "updated_input": input })
        }
        // Older versions write the names of the messages in the other way.
        Reply::Refuse(reason) => json!({
            "permission": "deny",
            "user_message": reason, "agent_message": reason,
            "userMessage": reason, "agentMessage": reason,
        }),
    })
}

fn sample(command: &str, folder: &str) -> Value {
    json!({ "hook_event_name": "beforeShellExecution", "command": command, "cwd": folder })
}

fn for_commands(command: &str) -> Value {
    json!({ "command": command, "timeout": 60, "failClosed": true })
}

fn for_files(command: &str) -> Value {
    json!({ "command": command, "matcher": "Write|Delete", "timeout": 60, "failClosed": true })
}
