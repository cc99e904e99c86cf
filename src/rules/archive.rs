//! The bytes that compiled rules are kept in: an index of names, and behind each an encoded value.
//!
//! A lookup hashes the name, compares it with the one or two that stand where the hash says, and decodes one value;
//! nothing else is touched, so its cost does not grow with the library.
//!
//! ```text
//! count | slots: number of an entry and 1, or 0 | entries, by name: where its name and its value are | names, values
//! ```

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Prefix of the keys of verb lists.
pub const VERBS: &str = "verbs:";
/// Prefix of the keys of variables.
pub const VARIABLE: &str = "variable:";
/// Prefix of the keys of settings.
pub const SETTINGS: &str = "settings:";
/// The key of the names of options that do no harm.
pub const OPTION_NAMES: &str = "option-names:";
/// The key of the short options of programs that list no others.
pub const SHORT_OPTIONS: &str = "short-options:";
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
    let base = entry_place(values.len(), values.len());
    let mut index = Vec::with_capacity(base);
    let mut heap: Vec<u8> = Vec::new();
    let mut kept: BTreeMap<&[u8], usize> = BTreeMap::new();
    index.extend((values.len() as u32).to_le_bytes());
    index.extend(slots(values.keys()).into_iter().flat_map(u32::to_le_bytes));
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

/// How many slots `count` names have: so many that most stand alone.
fn slot_count(count: usize) -> usize {
    count + count / 2 + 1
}

/// Where the entry with this number stands.
fn entry_place(number: usize, count: usize) -> usize {
    4 + slot_count(count) * 4 + number * ENTRY
}

/// The slot in which the search for a name begins: FNV-1a, <http://www.isthe.com/chongo/tech/comp/fnv/>.
fn first_slot(name: &[u8], slots: usize) -> usize {
    let hash = name.iter().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
    ((u64::from(hash) * slots as u64) >> 32) as usize
}

/// The slots of names, by the numbers of their entries.
fn slots<'k>(names: impl ExactSizeIterator<Item = &'k String>) -> Vec<u32> {
    let mut slots = vec![0; slot_count(names.len())];
    for (number, name) in names.enumerate() {
        let first = first_slot(name.as_bytes(), slots.len());
        let (before, from) = slots.split_at_mut(first);
        // There are more slots than names.
        if let Some(free) = from.iter_mut().chain(before).find(|slot| **slot == 0) {
            *free = number as u32 + 1;
        }
    }
    slots
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
        let slots = slot_count(self.len());
        let first = first_slot(key.as_bytes(), slots);
        for slot in (first..slots).chain(0..first) {
            let entry = self.number(4 + slot * 4)?.checked_sub(1)?;
            if self.part(entry, KEY)? == key.as_bytes() {
                return self.part(entry, VALUE);
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
        let at = entry_place(index, self.len()) + part;
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
