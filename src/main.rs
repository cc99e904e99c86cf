//! The command line of guard.

fn main() {}
