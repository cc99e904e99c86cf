//! The agents that people use: how each one is led to guard, and how its hook speaks. A file each.

pub mod environment;
