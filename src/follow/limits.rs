//! The bounds within which a program is followed. What lies beyond them is unreadable, never harmless.

/// Steps that one program may have.
pub(super) const STEPS: usize = 20_000;

/// How deep commands, substitutions, calls and evaluated texts may stand inside each other.
pub(super) const DEPTH: u32 = 100;

/// How often a function may be active at once: itself, and once more to see what its own call does.
pub(super) const RECURSION: usize = 2;

/// What a variable may be before it counts as unknown.
pub(super) const ALTERNATIVES: usize = 16;

/// The combinations of such values that one command is followed with.
pub(super) const COMBINATIONS: usize = 32;

/// Words that one word may fall into, and elements of an array.
pub(super) const WORDS: usize = 4096;

/// Bytes of a text that is computed.
pub(super) const TEXT: usize = 64 * 1024;

/// Places of the request that one text may be made of.
pub(super) const PLACES: usize = 2048;

/// Variables that are kept.
pub(super) const VARIABLES: usize = 4096;

/// Work of all kinds, in bytes handled and entries kept or joined.
pub(super) const WORK: u64 = 64 * 1024 * 1024;

/// What a piece of a word costs, in such work, wherever it is copied: it takes about as much memory.
pub(super) const PIECE: usize = 256;

/// What an unknown part counts as in the size of a text, so that there are no more of them than words.
pub(super) const HOLE: usize = TEXT / WORDS;

/// Steps that are named as the writers of one text.
pub(super) const WRITERS: usize = 256;
