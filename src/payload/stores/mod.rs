//! Reads what is said to stores that do not speak SQL.

pub mod cypher;
pub mod flux;
mod lua;
pub mod memcached;
pub mod mongo;
pub mod redis;
mod split;

pub use split::{line, words};
