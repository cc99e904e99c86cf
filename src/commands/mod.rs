//! The subcommands, a file each.

mod batch;
pub mod check;
pub mod explain;
pub mod log;
mod look;
pub mod rules;
mod verdict;
