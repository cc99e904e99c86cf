//! Reads what is said to stores that do not speak SQL.

pub mod cypher;
pub mod flux;
pub mod memcached;
pub mod mongo;
pub mod redis;
