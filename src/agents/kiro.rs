//! Kiro and Amazon Q: `preToolUse` in an agent's configuration. The exit status is the answer.

use serde_json::Value;

use super::{Act, Asked, Hook, file, needed, never, text, unknown, windsurf};

pub static HOOK: Hook = Hook { name: "kiro", read, rewrites: never, reply: windsurf::reply };

fn read(request: &Value) -> Result<Asked, String> {
    if needed(request, &["hook_event_name"])? != "preToolUse" {
        return Ok(Asked::default());
    }
    let input = request.get("tool_input").unwrap_or(&Value::Null);
    let acts = match needed(request, &["tool_name"])?.as_str() {
        "execute_bash" | "shell" => vec![Act::Shell(needed(input, &["command"])?)],
        "fs_write" | "write" => file(input)?,
        tool => unknown(tool, input)?,
    };
    Ok(Asked { acts, folder: text(request, &["cwd"]) })
}
