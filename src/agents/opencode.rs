//! OpenCode: a plugin that asks guard before each tool, and lets nothing pass without an answer.

use serde_json::{Value, json};

use super::{Act, Asked, Hook, Output, Reply, always, file, first, needed, own, patch, text, unknown, with};

pub static HOOK: Hook = Hook {
    name: "opencode",
    read,
    rewrites: always,
    reply,
    sample,
    files: &[own(".config/opencode/plugin/guard.js", ".opencode/plugin/guard.js", plugin, false)],
    then: "",
};

pub(super) fn read(request: &Value) -> Result<Asked, String> {
    let tool = needed(request, &["tool"])?;
    let input = request.get("args").unwrap_or(&Value::Null);
    let acts = match tool.as_str() {
        "bash" => vec![Act::Shell(needed(input, &["command"])?)],
        "write" | "edit" | "multiedit" => file(input)?,
        "patch" | "apply_patch" => {
            let patch = ["patchText", "patch"].iter().find_map(|name| text(input, &[name]));
            patch::acts(&patch.ok_or("expected the text of a patch")?)?
        }
        tool => unknown(tool, input).unwrap_or_default(),
    };
    let own = text(input, &["workdir"]).filter(|path| path.starts_with('/'));
    Ok(Asked { acts, folder: own.or_else(|| text(request, &["cwd"])) })
}

pub(super) fn reply(request: &Value, reply: &Reply) -> Output {
    match reply {
        Reply::Pass => Output::json(&json!({ "decision": "allow" })),
        Reply::Instead(texts) => {
            let args = with(request.get("args").unwrap_or(&Value::Null), "command", first(texts));
            Output::json(&json!({ "decision": "allow", "args": args }))
        }
        Reply::Refuse(reason) => Output { status: 2, ..Output::json(&json!({ "decision": "deny", "reason": reason })) },
    }
}

pub(super) fn sample(command: &str, folder: &str) -> Value {
    json!({ "tool": "bash", "args": { "command": command }, "cwd": folder })
}

fn plugin(command: &str) -> String {
    include_str!("opencode.js").replace("GUARD_COMMAND", &Value::from(command).to_string())
}
