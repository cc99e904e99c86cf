//! pi: an extension that asks guard before each tool, in the words of the plugin for OpenCode.

use super::{Hook, always, opencode};

pub static HOOK: Hook = Hook { name: "pi", read: opencode::read, rewrites: always, reply: opencode::reply };
