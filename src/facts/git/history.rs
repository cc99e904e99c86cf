//! Which commits other references do not have.

use std::collections::{BTreeMap, BinaryHeap};

use super::budget::Budget;
use super::objects::{Commit, Objects};
use super::repository::Id;

/// Clocks are trusted to differ by no more than this, in seconds.
const SLACK: i64 = 24 * 60 * 60;

/// Commits that are reachable from `tip` and from none of `others`, newest first; `None` when that cannot be told.
///
/// Commits are taken by their time. Where clocks went further wrong, too many may be given, never too few.
pub fn only_from(tip: Id, others: &[Id], objects: &Objects<'_>, budget: &Budget) -> Option<Vec<(Id, Commit)>> {
    let mut seen: BTreeMap<Id, Seen> = BTreeMap::new();
    let mut open: BinaryHeap<(i64, Id)> = BinaryHeap::new();
    let mut undecided = 0usize;
    let add = |id: Id, shared: bool, seen: &mut BTreeMap<Id, Seen>, open: &mut BinaryHeap<_>, undecided: &mut usize| {
        match seen.get_mut(&id) {
            None => {
                budget.spend()?;
                // At the border of a shallow clone, a parent is not there.
                let Some(commit) = objects.commit(id) else { return budget.exhausted().is_none().then_some(()) };
                open.push((commit.time, id));
                seen.insert(id, Seen { commit, shared, waits: true, turn: usize::MAX });
                *undecided += usize::from(!shared);
            }
            Some(known) if shared && !known.shared => {
                known.shared = true;
                match known.waits {
                    true => *undecided -= 1,
                    // It was taken before anybody knew: its own parents have to hear of it.
                    false => {
                        known.waits = true;
                        open.push((known.commit.time, id));
                    }
                }
            }
            Some(_) => {}
        }
        Some(())
    };
    let tip = objects.peeled(tip)?;
    add(tip, false, &mut seen, &mut open, &mut undecided)?;
    if !seen.contains_key(&tip) {
        return None;
    }
    for other in others {
        if let Some(other) = objects.peeled(*other) {
            add(other, true, &mut seen, &mut open, &mut undecided)?;
        }
    }
    let mut oldest = i64::MAX;
    let mut turns = 0;
    while let Some((time, id)) = open.pop() {
        if undecided == 0 && time.saturating_add(SLACK) < oldest {
            break;
        }
        let Some(taken) = seen.get_mut(&id).filter(|taken| taken.waits) else { continue };
        taken.waits = false;
        taken.turn = taken.turn.min(turns);
        turns += 1;
        let shared = taken.shared;
        if !shared {
            undecided -= 1;
            oldest = oldest.min(time);
        }
        for parent in taken.commit.parents.clone() {
            add(parent, shared, &mut seen, &mut open, &mut undecided)?;
        }
    }
    let mut own: Vec<(Id, Seen)> = seen.into_iter().filter(|(_, seen)| !seen.shared).collect();
    // As they were taken: no commit before those that build on it.
    own.sort_by_key(|(id, seen)| (seen.turn, *id));
    Some(own.into_iter().map(|(id, seen)| (id, seen.commit)).collect())
}

struct Seen {
    commit: Commit,
    /// Whether one of the others has it.
    shared: bool,
    /// Whether its parents are yet to be looked at.
    waits: bool,
    /// When it was taken.
    turn: usize,
}
