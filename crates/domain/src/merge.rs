//! The few ways in which facts may meet, chosen so that order and repetition cannot matter.
//!
//! Providers retry late, out of order and twice. If a record is only ever changed by operations that are commutative,
//! associative and idempotent, then any permutation of its events, with any duplicates, ends in the same record. The
//! obvious other way, a state machine that accepts or refuses transitions as they arrive, loses whatever comes late:
//! one of the products that this one replaces dropped the start of every call whose end arrived first.
//!
//! So records hold nothing but [`Latest`] (last writer by the provider's own time), [`Earliest`] and sets, and what a
//! person sees (a status, a duration) is computed from those.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;

/// Who said it. A person's word outranks a provider's, however old, and a provider's outranks what we concluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authority {
    Derived,
    Provider,
    Person,
}

/// Who said something and when: what decides between two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Stamp {
    pub authority: Authority,
    pub at: Timestamp,
}

impl Stamp {
    pub const fn provider(at: Timestamp) -> Self {
        Self { authority: Authority::Provider, at }
    }

    pub const fn person(at: Timestamp) -> Self {
        Self { authority: Authority::Person, at }
    }
}

/// The value with the highest (authority, time, value). Comparing the value last makes two claims of one moment end the
/// same whichever comes first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Latest<T>(Option<(Stamp, T)>);

impl<T> Default for Latest<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Ord> Latest<T> {
    /// Takes the offered value if it wins. `None` is no claim: a key that a provider leaves out, or sends as null,
    /// never erases what is known.
    pub fn offer(&mut self, stamp: Stamp, value: Option<T>) {
        let Some(value) = value else { return };
        let wins = match &self.0 {
            None => true,
            Some((held_stamp, held)) => (stamp, &value) > (*held_stamp, held),
        };
        if wins {
            self.0 = Some((stamp, value));
        }
    }

    /// Takes what `other` holds if that wins.
    pub fn join(&mut self, other: &Self)
    where
        T: Clone,
    {
        if let Some((stamp, value)) = &other.0 {
            self.offer(*stamp, Some(value.clone()));
        }
    }

    pub fn get(&self) -> Option<&T> {
        self.0.as_ref().map(|(_, value)| value)
    }

    /// Who made the winning claim, and when.
    pub fn stamp(&self) -> Option<Stamp> {
        self.0.as_ref().map(|(stamp, _)| *stamp)
    }

    /// When the winning claim was made.
    pub fn at(&self) -> Option<Timestamp> {
        self.0.as_ref().map(|(stamp, _)| stamp.at)
    }

    pub fn is_none(&self) -> bool {
        self.0.is_none()
    }
}

impl<T: Ord + Copy> Latest<T> {
    pub fn value(&self) -> Option<T> {
        self.get().copied()
    }
}

impl<T: Ord + Clone> Latest<T> {
    pub fn cloned(&self) -> Option<T> {
        self.get().cloned()
    }
}

/// The least value ever offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Earliest<T>(Option<T>);

impl<T> Default for Earliest<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Ord + Copy> Earliest<T> {
    pub fn offer(&mut self, value: Option<T>) {
        if let Some(value) = value {
            self.0 = Some(self.0.map_or(value, |held| held.min(value)));
        }
    }

    pub fn value(&self) -> Option<T> {
        self.0
    }

    pub const fn is_none(&self) -> bool {
        self.0.is_none()
    }
}

/// Adds to a set that may not grow without end: above twice `keep`, the `keep` least and the `keep` greatest members
/// stay. That choice, unlike "the first that came", does not depend on the order of arrival.
pub fn insert_bounded<T: Ord + Clone>(set: &mut BTreeSet<T>, value: T, keep: usize) {
    set.insert(value);
    if set.len() > keep * 2 {
        let middle: Vec<T> = set.iter().skip(keep).take(set.len() - keep * 2).cloned().collect();
        for member in &middle {
            set.remove(member);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stamp(at: i64) -> Stamp {
        Stamp::provider(Timestamp::from_millis(at))
    }

    #[test]
    fn a_missing_value_erases_nothing() {
        let mut latest = Latest::default();
        latest.offer(stamp(1), Some("a"));
        latest.offer(stamp(2), None);
        assert_eq!(latest.value(), Some("a"));
    }

    #[test]
    fn a_person_outranks_a_later_provider() {
        let mut latest = Latest::default();
        latest.offer(Stamp::person(Timestamp::from_millis(1)), Some("by hand"));
        latest.offer(stamp(9), Some("by provider"));
        assert_eq!(latest.value(), Some("by hand"));
    }

    proptest! {
        #[test]
        fn latest_and_bounded_sets_do_not_see_order_or_repetition(
            claims in prop::collection::vec((0i64..5, 0u8..5), 0..12),
            seed in any::<u64>(),
        ) {
            let mut shuffled = claims.clone();
            shuffled.extend(claims.iter().copied().take(3));
            let len = shuffled.len().max(1);
            for i in 0..shuffled.len() {
                let j = usize::try_from(seed.rotate_left(u32::try_from(i).unwrap()) % u64::try_from(len).unwrap()).unwrap();
                shuffled.swap(i, j);
            }
            let run = |claims: &[(i64, u8)]| {
                let (mut latest, mut earliest, mut set) = (Latest::default(), Earliest::default(), BTreeSet::new());
                for (at, value) in claims {
                    latest.offer(stamp(*at), Some(*value));
                    earliest.offer(Some(*value));
                    insert_bounded(&mut set, (*at, *value), 2);
                }
                (latest, earliest, set)
            };
            prop_assert_eq!(run(&claims), run(&shuffled));
        }
    }
}
