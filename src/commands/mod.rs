//! The subcommands, a file each.

pub mod answer;
mod answers;
pub mod approve;
mod batch;
pub mod check;
pub mod completions;
pub mod config;
pub mod deny;
mod difference;
pub mod doctor;
pub mod explain;
pub mod factor;
pub mod grant;
pub mod hook;
pub mod init;
pub mod log;
mod look;
pub mod pending;
pub mod rules;
pub mod session;
mod verdict;
pub mod watch;
