//! What whole processes cost, in one run: single calls beside the shells that guard stands for, streams, growing scripts,
//! and many rules of a user's own.
//!
//! `cargo bench --bench processes` times the program that this build made; `GUARD=FILE` another one, such as the static
//! one that `install.sh` installs. `RUNS=N` sets the number of rounds. Prints what it measured beside what is aimed at;
//! asserts nothing.

mod beside;
mod growth;
mod own_rules;
mod stream;
#[path = "../texts/mod.rs"]
mod texts;

use std::ffi::OsString;
use std::path::Path;

fn main() {
    let guard = std::env::var_os("GUARD").unwrap_or_else(|| OsString::from(env!("CARGO_BIN_EXE_guard")));
    let runs = std::env::var("RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(300);
    println!("guard is {}", Path::new(&guard).display());
    // First, while no other child has used any memory.
    stream::print(&guard);
    beside::print(&guard, runs);
    growth::print(&guard, runs.div_ceil(10));
    own_rules::print(&guard, runs);
}
