//! guard judges shell commands: read-only, mutating or destructive, before they run.

pub mod effect;
pub mod shell;
pub mod span;
