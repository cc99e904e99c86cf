//! Qwen Code: `PreToolUse` in `settings.json`, with Claude Code's schema and Gemini CLI's tools. It takes no other
//! command in the place of the one that it asks about.

use serde_json::Value;

use super::{Act, Asked, Hook, claude, file, needed, never, text, unknown};

pub static HOOK: Hook = Hook { name: "qwen", read, rewrites: never, reply: claude::reply };

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
