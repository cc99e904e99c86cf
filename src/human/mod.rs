//! Whether a human is at the other end.
//!
//! Knows processes, terminals and the roots of agents' trees, as the kernel shows them; gives a terminal whose answers
//! count, or a [`Doubt`]. Knows nothing of what is asked.

mod presence;
mod process;
pub mod roots;
pub mod session;
pub mod terminal;

pub use process::Process;
pub use terminal::{Doubt, check, check_outsider};
