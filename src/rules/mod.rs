//! What programs do: reads an argument list by a program's grammar and says what it would do.
//!
//! Takes a step, gives a class, findings and carried code. Knows how to read options and match conditions; what any
//! program is called and does stands in `rules/*.yaml`.

pub mod archive;
pub mod compile;
pub mod library;
pub mod pattern;
pub mod read;
pub mod schema;
