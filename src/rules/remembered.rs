//! What is decoded once.
//!
//! Compiled rules live as long as the process, and so may what they say: a stream of commands asks for the same few
//! programs over and over. Every thread remembers for itself, so that none waits for another; no more is remembered
//! than the rules hold.

use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::mem::ManuallyDrop;

use serde::Deserialize;

use super::archive;

/// Where encoded bytes stand, and as what they were decoded: equal values are kept once, whatever they mean.
#[derive(PartialEq, Eq)]
struct Key(usize, TypeId);

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.0);
    }
}

/// Spreads an address over all bits: no two values stand at one. What nobody chooses needs no more.
#[derive(Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_usize(usize::from(*byte)));
    }

    fn write_usize(&mut self, number: usize) {
        // 2^64 by the golden ratio: Knuth, The Art of Computer Programming, 6.4.
        self.0 = (self.0 ^ number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

/// What a thread knows.
type Known = HashMap<Key, &'static (dyn Any + Sync), BuildHasherDefault<Spread>>;

thread_local! {
    // Without an end: what arranges for the end of a thread costs more than a short call looks up.
    static KNOWN: RefCell<ManuallyDrop<Known>> = const {
        RefCell::new(ManuallyDrop::new(HashMap::with_hasher(BuildHasherDefault::new())))
    };
}

/// The value that was encoded in `bytes`; `None` when they are not such a value.
pub fn remembered<T>(bytes: &'static [u8]) -> Option<&'static T>
where
    T: Deserialize<'static> + Any + Sync,
{
    let key = Key(bytes.as_ptr().addr(), TypeId::of::<T>());
    let known = KNOWN.with_borrow(|known| known.get(&key).copied());
    if let Some(known) = known.and_then(|known| (known as &dyn Any).downcast_ref()) {
        return Some(known);
    }
    let value: &'static T = Box::leak(Box::new(archive::decode(bytes)?));
    KNOWN.with_borrow_mut(|known| known.insert(key, value));
    Some(value)
}
