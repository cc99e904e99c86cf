//! The bytes that compiled rules are kept in: a sorted index of names, and behind each an encoded value.
//!
//! A lookup is a binary search in the index and the decoding of one value; nothing else is touched, so its cost does
//! not grow with the library.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Prefix of the keys of verb lists.
pub const VERBS: &str = "verbs:";
/// Prefix of the keys of variables.
pub const VARIABLE: &str = "variable:";
/// Prefix of the keys of settings.
pub const SETTINGS: &str = "settings:";
/// The key of what rules count as by the word of a layer.
pub const RECOUNTS: &str = "rules:";

/// Bytes of one index entry: where the key starts and ends, where the value starts and ends.
const ENTRY: usize = 16;
/// Where in an entry the place of its key is said.
const KEY: usize = 0;
/// Where in an entry the place of its value is said.
const VALUE: usize = 8;

/// Encodes one value.
pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    // Encoding into a growing vector fails for no type that the schema holds.
    postcard::to_allocvec(value).unwrap_or_default()
}

/// Decodes one value; `None` when the bytes are not such a value.
pub fn decode<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Option<T> {
    postcard::from_bytes(bytes).ok()
}

/// Writes an archive. Values that are equal (the names of one program) are kept once.
pub fn write(values: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let base = 4 + values.len() * ENTRY;
    let mut index = Vec::with_capacity(base);
    let mut heap: Vec<u8> = Vec::new();
    let mut kept: BTreeMap<&[u8], usize> = BTreeMap::new();
    index.extend((values.len() as u32).to_le_bytes());
    let mut keep = |bytes| {
        let start = *kept.entry(bytes).or_insert_with(|| {
            heap.extend(bytes);
            base + heap.len() - bytes.len()
        });
        [start, start + bytes.len()]
    };
    // All keys stand together, so that a search touches few pages.
    let keys: Vec<[usize; 2]> = values.keys().map(|key| keep(key.as_bytes())).collect();
    for (key, value) in keys.into_iter().zip(values.values()) {
        for place in key.into_iter().chain(keep(value)) {
            index.extend((place as u32).to_le_bytes());
        }
    }
    index.extend(heap);
    index
}

/// A compiled archive.
#[derive(Clone, Copy, Debug)]
pub struct Archive<'a> {
    bytes: &'a [u8],
}

impl<'a> Archive<'a> {
    /// Reads bytes that [`write`] gave.
    pub const fn new(bytes: &'a [u8]) -> Archive<'a> {
        Archive { bytes }
    }

    /// How many values it holds.
    pub fn len(&self) -> usize {
        self.number(0).unwrap_or(0)
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&'a [u8]> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.part(middle, KEY)?.cmp(key.as_bytes()) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return self.part(middle, VALUE),
            }
        }
        None
    }

    /// The keys, in their order.
    pub fn keys(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let archive = *self;
        (0..archive.len()).filter_map(move |index| std::str::from_utf8(archive.part(index, KEY)?).ok())
    }

    /// The key or the value of an entry.
    fn part(&self, index: usize, part: usize) -> Option<&'a [u8]> {
        let at = 4 + index * ENTRY + part;
        self.bytes.get(self.number(at)?..self.number(at + 4)?)
    }

    fn number(&self, at: usize) -> Option<usize> {
        let bytes = self.bytes.get(at..at + 4)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_written() {
        let values: BTreeMap<String, Vec<u8>> =
            ["git", "rm", "curl", "a"].into_iter().map(|name| (name.to_owned(), encode(&name.len()))).collect();
        let bytes = write(&values);
        let archive = Archive::new(&bytes);
        assert_eq!(archive.len(), 4);
        assert_eq!(archive.get("git").and_then(decode::<usize>), Some(3));
        assert_eq!(archive.get("a").and_then(decode::<usize>), Some(1));
        assert!(archive.get("b").is_none());
        assert!(Archive::new(&[]).get("git").is_none());
    }
}
