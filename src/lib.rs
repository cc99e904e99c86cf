//! guard judges shell commands: read-only, mutating or destructive, before they run.

pub mod effect;
pub mod facts;
pub mod follow;
pub mod payload;
pub mod request;
pub mod shell;
pub mod span;
pub mod text;
