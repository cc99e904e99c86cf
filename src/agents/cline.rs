//! Cline: an executable file `PreToolUse` in its hooks folder. One call may hold several commands. What a refusal says
//! does not reach the model, so that a refused command becomes one that says it.

use serde_json::{Value, json};

use super::{Act, Asked, Hook, Output, Reply, always, file, needed, own, text, unknown};

pub static HOOK: Hook = Hook {
    name: "cline",
    read,
    rewrites: always,
    reply,
    sample,
    files: &[own(".cline/hooks/PreToolUse", ".clinerules/hooks/PreToolUse", program, true)],
    then: "",
};

fn read(request: &Value) -> Result<Asked, String> {
    if !["tool_call", "PreToolUse"].contains(&needed(request, &["hookName"])?.as_str()) {
        return Ok(Asked::default());
    }
    let tool =
        text(request, &["tool_call", "name"]).map_or_else(|| needed(request, &["preToolUse", "toolName"]), Ok)?;
    let acts = match commands(request) {
        Some(commands) => commands?.into_iter().map(Act::Shell).collect(),
        None => match tool.as_str() {
            "editor" | "write_to_file" | "replace_in_file" | "new_rule" => file(input(request))?,
            tool => unknown(tool, input(request)).unwrap_or_default(),
        },
    };
    let roots = request.get("workspaceRoots").and_then(Value::as_array);
    let root = roots.and_then(|roots| roots.first()).and_then(Value::as_str).map(str::to_owned);
    Ok(Asked { acts, folder: root })
}

/// The tool's input, by the newer name or the older one.
fn input(request: &Value) -> &Value {
    let newer = request.get("tool_call").and_then(|call| call.get("input"));
    let older = || request.get("preToolUse").and_then(|call| call.get("parameters"));
    newer.or_else(older).unwrap_or(&Value::Null)
}

/// The commands of a call that has any.
fn commands(request: &Value) -> Option<Result<Vec<String>, String>> {
    let commands = input(request).get("commands")?;
    let texts = |array: &Vec<Value>| array.iter().map(|text| text.as_str().map(str::to_owned)).collect();
    // Some versions send the list as JSON in a text.
    let parsed: Option<Vec<String>> = match commands {
        Value::Array(array) => texts(array),
        Value::String(text) => match serde_json::from_str::<Value>(text) {
            Ok(Value::Array(array)) => texts(&array),
            _ => Some(vec![text.clone()]),
        },
        _ => None,
    };
    Some(parsed.ok_or_else(|| "expected a list of texts at `commands`".to_owned()))
}

fn reply(request: &Value, reply: &Reply) -> Output {
    Output::json(&match reply {
        Reply::Pass => json!({}),
        Reply::Instead(texts) => json!({ "overrideInput": { "commands": texts } }),
        Reply::Refuse(reason) => match commands(request) {
            Some(Ok(commands)) => {
                let told = shlex::try_quote(reason).unwrap_or_default();
                let line = format!("printf '%s\\n' {told} >&2; exit 126");
                json!({ "overrideInput": { "commands": vec![line; commands.len().min(1)] } })
            }
            _ => json!({ "cancel": true, "errorMessage": reason }),
        },
    })
}

fn sample(command: &str, folder: &str) -> Value {
    json!({
        "hookName": "tool_call",
        "workspaceRoots": [folder],
        "tool_call": { "name": "run_commands", "input": { "commands": [command] } },
    })
}

fn program(command: &str) -> String {
    format!("#!/bin/sh\n# Written by guard: it judges what Cline's tools are about to do.\nexec {command}\n")
}
