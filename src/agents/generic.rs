//! Any other client: `{"command": TEXT, "cwd": FOLDER}`, or `{"write": FILE}`. The answer is JSON, and the exit status
//! says the same: 0 or 2. A client that says `"rewrites": true` takes the command that the answer has.

use serde_json::{Value, json};

use super::{Act, Asked, Hook, Output, Reply, first, text};

pub static HOOK: Hook = Hook { name: "generic", read, rewrites, reply, sample, files: &[], then: "" };

fn read(request: &Value) -> Result<Asked, String> {
    let command = text(request, &["command"]).map(Act::Shell);
    let act = command.or_else(|| text(request, &["write"]).map(Act::Write));
    let act = act.ok_or("expected a text at `command` or `write`")?;
    Ok(Asked { acts: vec![act], folder: text(request, &["cwd"]) })
}

fn rewrites(request: &Value) -> bool {
    request.get("rewrites").and_then(Value::as_bool).unwrap_or(false)
}

fn reply(request: &Value, reply: &Reply) -> Output {
    match reply {
        Reply::Pass => Output::json(&json!({ "decision": "allow", "command": request.get("command") })),
        Reply::Instead(texts) => Output::json(&json!({ "decision": "allow", "command": first(texts) })),
        Reply::Refuse(reason) => {
            let answer = Output::json(&json!({ "decision": "deny", "reason": reason }));
            Output { status: 2, stderr: format!("{reason}\n"), ..answer }
        }
    }
}

fn sample(command: &str, folder: &str) -> Value {
    json!({ "command": command, "cwd": folder })
}
