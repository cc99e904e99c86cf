//! Codex: `PreToolUse` in `hooks.json`, with Claude Code's schema. It runs a hook only after its user has trusted it.

use serde_json::Value;

use super::{Act, Asked, Hook, always, claude, needed, patch, text, unknown};

pub static HOOK: Hook = Hook { name: "codex", read, rewrites: always, reply: claude::reply };

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
