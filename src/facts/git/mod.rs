//! What git holds, from a repository's own files, without starting git.
//!
//! Whatever is not understood for certain (another format, a setting that changes what files mean) is not known.

pub mod budget;
mod config;
pub mod glob;
mod history;
mod ignore;
mod index;
mod names;
mod objects;
mod repository;
mod survey;
mod tree;
mod work;

pub use names::is_branch;
pub use survey::{Held, Survey};
pub use work::work;

#[cfg(test)]
mod tests;
