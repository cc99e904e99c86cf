//! Amp: a program that its permission rules delegate to. It gets the tool's arguments; the tool's name is in the
//! environment. The exit status is the answer.

use serde_json::Value;

use super::{Act, Asked, Hook, file, never, text, windsurf};

pub static HOOK: Hook = Hook { name: "amp", read, rewrites: never, reply: windsurf::reply };

fn read(request: &Value) -> Result<Asked, String> {
    let command = ["cmd", "command"].iter().find_map(|name| text(request, &[name]));
    let acts = match command {
        Some(command) => vec![Act::Shell(command)],
        None => file(request).map_err(|_| "expected a text at `cmd` or `path`".to_owned())?,
    };
    Ok(Asked { acts, folder: text(request, &["cwd"]).filter(|path| path.starts_with('/')) })
}
