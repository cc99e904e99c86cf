//! pi: an extension that asks guard before each tool, in the words of the plugin for OpenCode.

use serde_json::Value;

use super::{Hook, always, opencode, own};

pub static HOOK: Hook = Hook {
    name: "pi",
    read: opencode::read,
    rewrites: always,
    reply: opencode::reply,
    sample: opencode::sample,
    files: &[own(".pi/agent/extensions/guard.ts", ".pi/extensions/guard.ts", extension, false)],
    then: "",
};

fn extension(command: &str) -> String {
    include_str!("pi.ts").replace("GUARD_COMMAND", &Value::from(command).to_string())
}
