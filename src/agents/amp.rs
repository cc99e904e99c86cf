//! Amp: a program that its permission rules delegate to. It gets the tool's arguments; the tool's name is in the
//! environment. The exit status is the answer.

use serde_json::{Value, json};

use super::{Act, Asked, Hook, OWN_FILE, entries, file, never, own, text, windsurf};

pub static HOOK: Hook = Hook {
    name: "amp",
    read,
    rewrites: never,
    reply: windsurf::reply,
    sample,
    files: &[
        own(".config/amp/guard-hook", ".amp/guard-hook", program, true),
        entries(".config/amp/settings.json", ".amp/settings.json", "guard-hook", &[(&["amp.permissions"], entry)]),
    ],
    then: "move the new rule before your own rules for Bash: the first that fits decides",
};

fn read(request: &Value) -> Result<Asked, String> {
    let command = ["cmd", "command"].iter().find_map(|name| text(request, &[name]));
    let acts = match command {
        Some(command) => vec![Act::Shell(command)],
        None => file(request).map_err(|_| "expected a text at `cmd` or `path`".to_owned())?,
    };
    Ok(Asked { acts, folder: text(request, &["cwd"]).filter(|path| path.starts_with('/')) })
}

fn sample(command: &str, _folder: &str) -> Value {
    json!({ "cmd": command })
}

fn program(command: &str) -> String {
    format!("#!/bin/sh\n# Written by guard: it judges what Amp's Bash tool is about to run.\nexec {command}\n")
}

fn entry(_command: &str) -> Value {
    json!({ "tool": "Bash", "action": "delegate", "to": OWN_FILE })
}
