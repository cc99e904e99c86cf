//! A map that can go back to what it held before, and tell what changed since.
//!
//! Branches, loops and subshells are followed one after another in the same map: what each of them changed is
//! taken out with [`Tracked::changes`], undone with [`Tracked::undo`], and joined with [`Tracked::merge`]. The
//! cost is that of the changes, not of the map.

use std::cmp::Ordering;
use std::collections::BTreeMap;

/// A map with a log of what its entries held.
#[derive(Clone, Debug)]
pub(super) struct Tracked<K, V> {
    map: BTreeMap<K, Entry<V>>,
    /// What stood at a key before it was changed, oldest first.
    log: Vec<(K, Option<Entry<V>>)>,
    /// Raised at every mark: an entry that was already changed since the last one needs no further log.
    epoch: u32,
}

#[derive(Clone, Debug)]
struct Entry<V> {
    value: V,
    epoch: u32,
}

/// What each changed key holds now, ordered by key; `None` for a key that was removed.
pub(super) type Changes<K, V> = Vec<(K, Option<V>)>;

impl<K, V> Default for Tracked<K, V> {
    fn default() -> Self {
        Tracked { map: BTreeMap::new(), log: Vec::new(), epoch: 0 }
    }
}

impl<K: Ord + Clone, V: Clone> Tracked<K, V> {
    /// What stands at `key`.
    pub(super) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: std::borrow::Borrow<Q>,
    {
        self.map.get(key).map(|entry| &entry.value)
    }

    /// Every entry, ordered by key.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.map.iter().map(|(key, entry)| (key, &entry.value))
    }

    /// How many entries there are.
    pub(super) fn len(&self) -> usize {
        self.map.len()
    }

    /// Puts `value` at `key`.
    pub(super) fn set(&mut self, key: K, value: V) {
        let entry = Entry { value, epoch: self.epoch };
        match self.map.get_mut(&key) {
            Some(old) if old.epoch == self.epoch => *old = entry,
            Some(old) => {
                let old = std::mem::replace(old, entry);
                self.log.push((key, Some(old)));
            }
            None => {
                self.log.push((key.clone(), None));
                self.map.insert(key, entry);
            }
        }
    }

    /// What stands at `key`, to be changed in its place.
    pub(super) fn modify<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: std::borrow::Borrow<Q>,
    {
        let (owned, old) = self.map.get_key_value(key)?;
        if old.epoch != self.epoch {
            self.log.push((owned.clone(), Some(old.clone())));
        }
        let entry = self.map.get_mut(key)?;
        entry.epoch = self.epoch;
        Some(&mut entry.value)
    }

    /// Takes away what stands at `key`.
    pub(super) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q)
    where
        K: std::borrow::Borrow<Q>,
    {
        if let Some((key, old)) = self.map.remove_entry(key) {
            self.log.push((key, Some(old)));
        }
    }

    /// The present moment, to come back to.
    pub(super) fn mark(&mut self) -> usize {
        self.epoch += 1;
        self.log.len()
    }

    /// What changed since `mark`. What came and went is not among it.
    pub(super) fn changes(&self, mark: usize) -> Changes<K, V> {
        let since = self.log.get(mark..).unwrap_or_default();
        let mut changes: Changes<K, V> = Vec::new();
        let mut last: Option<&K> = None;
        // The oldest entry of a key comes first, which tells whether it was there at all.
        for (key, old) in in_order(since.len(), &|one, other| since[one].0.cmp(&since[other].0)).map(|at| &since[at]) {
            if last.replace(key) == Some(key) {
                continue;
            }
            let now = self.get(key);
            if old.is_some() || now.is_some() {
                changes.push((key.clone(), now.cloned()));
            }
        }
        changes
    }

    /// Makes everything as it was at `mark`.
    pub(super) fn undo(&mut self, mark: usize) {
        while self.log.len() > mark {
            match self.log.pop() {
                Some((key, Some(old))) => drop(self.map.insert(key, old)),
                Some((key, None)) => drop(self.map.remove(&key)),
                None => break,
            }
        }
        self.epoch += 1;
    }

    /// Makes `changes` again.
    pub(super) fn apply(&mut self, changes: Changes<K, V>) {
        for (key, value) in changes {
            match value {
                Some(value) => self.set(key, value),
                None => self.remove(&key),
            }
        }
    }

    /// Makes the changes of several ways at once: `join` says what a key holds when the ways differ in it. Of ways in
    /// a row that leave a key alone it gets one.
    pub(super) fn merge(&mut self, ways: Vec<Changes<K, V>>, join: impl Fn(&K, &[Option<&V>]) -> Option<V>) {
        if ways.len() < 2 {
            ways.into_iter().for_each(|changes| self.apply(changes));
            return;
        }
        let mut all: Vec<(&K, usize, Option<&V>)> = Vec::with_capacity(ways.iter().map(Vec::len).sum());
        for (way, changes) in ways.iter().enumerate() {
            all.extend(changes.iter().map(|(key, value)| (key, way, value.as_ref())));
        }
        let mut joined = Vec::new();
        let mut values: Vec<Option<&V>> = Vec::with_capacity(ways.len());
        let (mut next, mut order) = (0, in_order(all.len(), &|one, other| all[one].0.cmp(all[other].0)).peekable());
        while let Some(at) = order.next() {
            let (key, way, value) = all[at];
            // The ways between, however many, leave it as it is.
            if way > next {
                values.push(self.get(key));
            }
            values.push(value);
            next = way + 1;
            if order.peek().is_some_and(|at| all[*at].0 == key) {
                continue;
            }
            if next < ways.len() {
                values.push(self.get(key));
            }
            joined.push((key.clone(), join(key, &values)));
            values.clear();
            next = 0;
        }
        self.apply(joined);
    }
}

/// The numbers up to `count` in the order of what they stand for; those that are equal stay in theirs. One sort for maps of
/// every kind: the program is smaller for it.
fn in_order(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> std::vec::IntoIter<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    if count > 1 {
        order.sort_unstable_by(|one, other| compare(*one, *other).then(one.cmp(other)));
    }
    order.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(entries: &[(&'static str, i32)]) -> Tracked<&'static str, i32> {
        let mut map = Tracked::default();
        entries.iter().for_each(|(key, value)| map.set(*key, *value));
        map
    }

    #[test]
    fn undoing_brings_back_what_was_there() {
        let mut map = map(&[("a", 1), ("b", 2)]);
        let mark = map.mark();
        map.set("a", 3);
        map.set("a", 4);
        map.remove("b");
        map.set("c", 5);
        map.set("d", 6);
        map.remove("d");
        assert_eq!(map.changes(mark), [("a", Some(4)), ("b", None), ("c", Some(5))]);
        map.undo(mark);
        assert_eq!(map.iter().collect::<Vec<_>>(), [(&"a", &1), (&"b", &2)]);
    }

    #[test]
    fn an_inner_mark_keeps_its_own_changes() {
        let mut map = map(&[("a", 1)]);
        let outer = map.mark();
        map.set("a", 2);
        let inner = map.mark();
        map.set("a", 3);
        map.undo(inner);
        assert_eq!(map.get("a"), Some(&2));
        map.set("a", 9);
        map.undo(outer);
        assert_eq!(map.get("a"), Some(&1));
    }

    #[test]
    fn merging_asks_only_about_what_changed() {
        let mut map = map(&[("a", 1), ("b", 2)]);
        let ways = vec![vec![("a", Some(10))], vec![("a", None), ("c", Some(7))]];
        map.merge(ways, |_, values| Some(values.iter().map(|value| value.copied().unwrap_or(0)).sum()));
        assert_eq!(map.iter().collect::<Vec<_>>(), [(&"a", &10), (&"b", &2), (&"c", &7)]);
    }
}
