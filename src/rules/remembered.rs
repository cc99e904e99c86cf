//! What is decoded once.
//!
//! Compiled rules live as long as the process, and so may what they say: a stream of commands asks for the same few
//! programs over and over. Every thread remembers for itself, so that none waits for another; no more is remembered
//! than the rules hold.

use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::mem::ManuallyDrop;

use serde::Deserialize;

use super::archive;

/// Where encoded bytes stand, and as what they were decoded: equal values are kept once, whatever they mean.
type Key = (usize, TypeId);

/// What a thread knows.
type Known = BTreeMap<Key, &'static (dyn Any + Sync)>;

thread_local! {
    // Without an end: what arranges for the end of a thread costs more than a short call looks up.
    static KNOWN: RefCell<ManuallyDrop<Known>> = const { RefCell::new(ManuallyDrop::new(BTreeMap::new())) };
}

/// The value that was encoded in `bytes`; `None` when they are not such a value.
pub fn remembered<T>(bytes: &'static [u8]) -> Option<&'static T>
where
    T: Deserialize<'static> + Any + Sync,
{
    let key = (bytes.as_ptr().addr(), TypeId::of::<T>());
    let known = KNOWN.with_borrow(|known| known.get(&key).copied());
    if let Some(known) = known.and_then(|known| (known as &dyn Any).downcast_ref()) {
        return Some(known);
    }
    let value: &'static T = Box::leak(Box::new(archive::decode(bytes)?));
    KNOWN.with_borrow_mut(|known| known.insert(key, value));
    Some(value)
}
