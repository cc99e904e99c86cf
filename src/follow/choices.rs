//! Following one command with every combination of what its words may be.
//!
//! Expansion itself knows only single values. Where there are several, it asks [`Choices::choose`], and the
//! command is expanded again until every combination has been met; a variable that stands in several words has the
//! same value in all of them.

use std::collections::BTreeMap;

use super::limits;
use super::step::Arg;
use crate::span::Span;

/// The combination that is being followed.
#[derive(Default)]
pub(super) struct Choices {
    picks: Vec<Pick>,
    /// Too many combinations: the rest is followed at once, with a hole for everything that could be several.
    condensed: bool,
    /// What the substitutions of this command gave: they run once, however often it is expanded.
    substitutions: BTreeMap<Place, Vec<Arg>>,
    /// What the expansion at hand assigned (`${x:=…}`, `$((x++))`).
    assigned: BTreeMap<String, Arg>,
    /// What all of them did.
    all_assigned: Vec<(String, Arg)>,
}

struct Pick {
    subject: Subject,
    index: usize,
    count: usize,
}

/// What is chosen about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// The value of a variable.
    Variable(String),
    /// Whether a variable has a value.
    Presence(String),
    /// Which way an expansion at this place goes.
    Expansion(Place),
}

/// A place in one of the sources, by the address of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub source: usize,
    pub span: Span,
}

/// What was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// The one with this number.
    One(usize),
    /// All of them at once.
    All,
}

impl Choices {
    /// Which of `count` things `subject` is this time.
    pub(super) fn choose(&mut self, subject: Subject, count: usize) -> Choice {
        if count < 2 {
            return Choice::One(0);
        }
        if let Some(pick) = self.picks.iter().find(|pick| pick.subject == subject && pick.count == count) {
            return Choice::One(pick.index);
        }
        if self.condensed {
            return Choice::All;
        }
        // So many have more combinations than are met one by one: the round for the rest has all of the others.
        if self.picks.len() < limits::COMBINATIONS {
            self.picks.push(Pick { subject, index: 0, count });
        }
        Choice::One(0)
    }

    /// Goes on to the next combination; `false` when all have been met.
    pub(super) fn advance(&mut self) -> bool {
        while let Some(pick) = self.picks.last_mut() {
            if pick.index + 1 < pick.count {
                pick.index += 1;
                return true;
            }
            self.picks.pop();
        }
        false
    }

    /// Gives up on single combinations.
    pub(super) fn condense(&mut self) {
        self.picks.clear();
        self.condensed = true;
    }

    /// What the substitution at `place` gave when it ran.
    pub(super) fn substitution(&self, place: Place) -> Option<&[Arg]> {
        self.substitutions.get(&place).map(Vec::as_slice)
    }

    /// Keeps what the substitution at `place` gave.
    pub(super) fn keep_substitution(&mut self, place: Place, values: Vec<Arg>) {
        self.substitutions.entry(place).or_insert(values);
    }
}

impl Choices {
    /// Assigns a variable for the rest of this expansion.
    pub(super) fn assign(&mut self, name: &str, value: Arg) {
        self.assigned.insert(name.to_owned(), value);
    }

    /// What this expansion assigned to a variable.
    pub(super) fn assigned(&self, name: &str) -> Option<&Arg> {
        self.assigned.get(name)
    }

    /// Whether anything was assigned.
    pub(super) fn assigns(&self) -> bool {
        !self.assigned.is_empty() || !self.all_assigned.is_empty()
    }

    /// Everything that was assigned, each variable once for every value.
    pub(super) fn take_assigned(&mut self) -> Vec<(String, Arg)> {
        self.all_assigned.extend(std::mem::take(&mut self.assigned));
        std::mem::take(&mut self.all_assigned)
    }
}

/// What became of following the combinations.
pub(super) enum Round {
    /// There is another one.
    Again,
    /// That was the last.
    Last,
}

impl Choices {
    /// Ends a round, of which `done` have been.
    pub(super) fn next_round(&mut self, done: usize) -> Round {
        if !self.assigned.is_empty() {
            self.all_assigned.extend(std::mem::take(&mut self.assigned));
        }
        if self.condensed || !self.advance() {
            return Round::Last;
        }
        if done >= limits::COMBINATIONS {
            self.condense();
        }
        Round::Again
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variable(name: &str) -> Subject {
        Subject::Variable(name.to_owned())
    }

    #[test]
    fn every_combination_is_met_once() {
        let mut choices = Choices::default();
        let mut met = Vec::new();
        loop {
            let a = choices.choose(variable("a"), 2);
            let b = choices.choose(variable("b"), 3);
            assert_eq!(choices.choose(variable("a"), 2), a);
            met.push((a, b));
            if matches!(choices.next_round(met.len()), Round::Last) {
                break;
            }
        }
        assert_eq!(met.len(), 6);
        assert_eq!(met.first(), Some(&(Choice::One(0), Choice::One(0))));
        assert_eq!(met.last(), Some(&(Choice::One(1), Choice::One(2))));
    }

    #[test]
    fn too_many_end_in_one_round_for_the_rest() {
        let mut choices = Choices::default();
        let mut rounds = 0;
        let last = loop {
            let seen: Vec<Choice> = ["a", "b", "c"].iter().map(|name| choices.choose(variable(name), 10)).collect();
            rounds += 1;
            if matches!(choices.next_round(rounds), Round::Last) {
                break seen;
            }
        };
        assert_eq!(rounds, limits::COMBINATIONS + 1);
        assert_eq!(last, [Choice::All; 3]);
    }

    #[test]
    fn more_subjects_than_combinations_are_all_met_in_the_round_for_the_rest() {
        let mut choices = Choices::default();
        let mut rounds = 0;
        let last = loop {
            let seen: Vec<Choice> = (0..1000).map(|number| choices.choose(variable(&number.to_string()), 2)).collect();
            rounds += 1;
            if matches!(choices.next_round(rounds), Round::Last) {
                break seen;
            }
        };
        assert!(last.iter().all(|choice| *choice == Choice::All));
    }
}
