//! Follows a syntax tree without running it: which simple commands may run, with which words.
//!
//! Takes a tree and what is known at the start; gives [`step::Step`]s. Knows variables, functions, folders and
//! text that can be computed; knows nothing of danger.

pub mod step;
