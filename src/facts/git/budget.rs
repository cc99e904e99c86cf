//! How much may be looked at for one question: so many entries, and so long.

use std::cell::Cell;
use std::time::{Duration, Instant};

/// What is left of it. The number of entries comes first, so that the same state of the machine gives the same answer;
/// the time is there for slow disks.
#[derive(Debug)]
pub struct Budget {
    entries: Cell<usize>,
    deadline: Instant,
    exhausted: Cell<Option<Bound>>,
}

/// The bound that was hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// So many entries.
    Entries,
    /// So long.
    Time,
}

/// How many entries are spent between two looks at the clock.
const TURN: usize = 64;

impl Budget {
    /// So many entries, for so long.
    pub fn new(entries: usize, time: Duration) -> Budget {
        Budget { entries: Cell::new(entries), deadline: Instant::now() + time, exhausted: Cell::new(None) }
    }

    /// Takes one entry; `None` when there is none left, now and from then on.
    pub fn spend(&self) -> Option<()> {
        self.spend_many(1)
    }

    /// Takes so many entries.
    pub fn spend_many(&self, count: usize) -> Option<()> {
        if self.exhausted.get().is_some() {
            return None;
        }
        let left = self.entries.get();
        if left < count {
            self.exhausted.set(Some(Bound::Entries));
            return None;
        }
        self.entries.set(left - count);
        if (left / TURN != (left - count) / TURN) && Instant::now() >= self.deadline {
            self.exhausted.set(Some(Bound::Time));
            return None;
        }
        Some(())
    }

    /// The bound that was hit, if one was.
    pub fn exhausted(&self) -> Option<Bound> {
        self.exhausted.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spent_is_gone() {
        let budget = Budget::new(3, Duration::from_secs(60));
        assert_eq!((budget.spend_many(2), budget.spend_many(2), budget.spend()), (Some(()), None, None));
        assert_eq!(budget.exhausted(), Some(Bound::Entries));
        let late = Budget::new(10_000, Duration::ZERO);
        assert!((0..=TURN).any(|_| late.spend().is_none()));
        assert_eq!(late.exhausted(), Some(Bound::Time));
    }
}
