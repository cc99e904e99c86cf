//! Reads the commands of redis.

use crate::payload::{Outcome, unread};
use crate::text::Text;

/// Reads `text`.
pub fn read(text: &Text) -> Outcome {
    unread(text)
}
