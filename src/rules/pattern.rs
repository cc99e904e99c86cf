//! The patterns of rule files: `*`, `?`, `[a-z]`, matched against a whole word.

pub use super::glob::matches;
use crate::follow::step::{Arg, Piece};
use crate::payload::HOLE;

/// Whether a word matches one of the patterns. What is not known of it is matched by `*` only.
pub fn any(patterns: &[&str], arg: &Arg) -> bool {
    match arg.text() {
        Some(text) => patterns.iter().any(|pattern| matches(pattern, text)),
        None => {
            let text = with_holes(arg);
            patterns.iter().any(|pattern| matches(pattern, &text))
        }
    }
}

fn with_holes(arg: &Arg) -> String {
    let mut text = String::new();
    for piece in &arg.pieces {
        match piece {
            Piece::Text(known) => text.push_str(known.as_str()),
            Piece::Hole(_) => text.push(HOLE),
        }
    }
    text
}
