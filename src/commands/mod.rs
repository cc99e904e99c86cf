//! The subcommands, a file each.

mod batch;
pub mod check;
pub mod log;
mod verdict;
