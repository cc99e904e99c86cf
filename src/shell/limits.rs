//! The bounds of reading: how long a text, how deep and how large its tree, and how much of it is read twice.

/// The longest text that is read, in bytes.
pub(super) const MAX_TEXT: usize = 1 << 20;

/// How deep commands, substitutions and expansions may nest.
pub(super) const MAX_DEPTH: u32 = 80;

/// How many words, parts and commands a tree may hold.
const MAX_NODES: u32 = 2_000_000;

/// How many bytes may be read again after a wrong guess, for each byte of the text.
const REREAD_FACTOR: usize = 8;

/// Rereading that is always granted, so that short texts are not refused.
const REREAD_FLOOR: usize = 4096;

/// What is left of the bounds while one text is read.
#[derive(Debug, Default)]
pub(super) struct Budget {
    depth: u32,
    nodes: u32,
    reread: usize,
}

impl Budget {
    /// The whole budget for a text of this length.
    pub(super) fn for_text(length: usize) -> Budget {
        Budget { depth: MAX_DEPTH, nodes: MAX_NODES, reread: length.saturating_mul(REREAD_FACTOR) + REREAD_FLOOR }
    }

    /// Goes one level deeper; false when there is no level left.
    pub(super) fn descend(&mut self) -> bool {
        match self.depth.checked_sub(1) {
            Some(left) => {
                self.depth = left;
                true
            }
            None => false,
        }
    }

    /// Comes back from a level.
    pub(super) fn ascend(&mut self) {
        self.depth += 1;
    }

    /// Counts one node; false when there are too many.
    pub(super) fn count(&mut self) -> bool {
        match self.nodes.checked_sub(1) {
            Some(left) => {
                self.nodes = left;
                true
            }
            None => false,
        }
    }

    /// Pays for bytes that are read a second time; false when too many were.
    pub(super) fn reread(&mut self, bytes: usize) -> bool {
        match self.reread.checked_sub(bytes) {
            Some(left) => {
                self.reread = left;
                true
            }
            None => false,
        }
    }
}
