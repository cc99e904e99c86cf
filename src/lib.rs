//! guard judges shell commands: read-only, mutating or destructive, before they run.

pub mod agents;
pub mod ask;
pub mod cli;
pub mod client;
pub mod commands;
pub mod doors;
pub mod effect;
pub mod facts;
pub mod folders;
pub mod follow;
pub mod human;
pub mod in_force;
pub mod journal;
pub mod judge;
pub mod outline;
pub mod payload;
pub mod place;
pub mod policy;
pub mod request;
pub mod rules;
pub mod shell;
pub mod span;
pub mod stake;
pub mod text;
pub mod visible;
