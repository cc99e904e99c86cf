//! Kiro and Amazon Q: `preToolUse` in an agent's configuration. The exit status is the answer.

use serde_json::{Value, json};

use super::{Act, Asked, Hook, file, needed, never, own, text, unknown, windsurf};

pub static HOOK: Hook = Hook {
    name: "kiro",
    read,
    rewrites: never,
    reply: windsurf::reply,
    sample,
    files: &[own(".kiro/agents/guard.json", ".kiro/agents/guard.json", agent, false)],
    then: "start it as `kiro-cli chat --agent guard`, or copy the hooks into the agent that you use",
};

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

fn sample(command: &str, folder: &str) -> Value {
    json!({ "hook_event_name": "preToolUse", "cwd": folder, "tool_name": "execute_bash", "tool_input": { "command": command } })
}

fn agent(command: &str) -> String {
    let hook = |tool: &str| json!({ "matcher": tool, "command": command, "timeout_ms": 30_000 });
    let agent = json!({
        "name": "guard",
        "description": "The default agent, with guard before its shell and its file tool",
        "tools": ["*"],
        "hooks": { "preToolUse": [hook("execute_bash"), hook("fs_write")] },
    });
    format!("{agent:#}\n")
}
