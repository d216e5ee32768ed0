//! What this node knows of everybody's use, in memory that has a bound.
//!
//! Forgetting somebody lets them start anew, so what is forgotten must be what was not heard of for longest. Each shard
//! keeps two generations: what is touched lies in the young one; when that is full it becomes the old one, and the old one
//! goes. No scan, no list to keep in order, and who is active is never forgotten, however many others pass by.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{Charge, Policy, Verdict, gcra::Standing};

/// Enough that threads seldom meet.
const SHARDS: usize = 16;

/// One policy's count of one subject: the moment (µs since 1970) at which it has drained away.
type Subject = (Policy, u128);

#[derive(Default)]
struct Shard {
    young: HashMap<Subject, i64>,
    old: HashMap<Subject, i64>,
}

/// See the module. A shard is chosen by the `home` of a request's charges, so that they are decided together.
pub(super) struct Memory {
    shards: Vec<Mutex<Shard>>,
    hasher: RandomState,
    /// Subjects in one generation of one shard.
    most: usize,
}

impl Memory {
    /// Remembers at least the last `most` subjects, and never more than twice as many.
    pub(super) fn new(most: usize) -> Self {
        let shards = (0..SHARDS).map(|_| Mutex::default()).collect();
        Self { shards, hasher: RandomState::new(), most: most.div_ceil(SHARDS).max(1) }
    }

    /// Takes all charges, or none where one of them is refused.
    pub(super) fn take(&self, home: u128, charges: &[Charge], now: i64) -> Verdict {
        let mut shard = self.shard(home);
        let verdict = shard.look(charges, now);
        if !verdict.is_refused() {
            shard.settle(&verdict, now, self.most);
        }
        verdict
    }

    /// As [`take`](Self::take), taking nothing.
    pub(super) fn look(&self, home: u128, charges: &[Charge], now: i64) -> Verdict {
        self.shard(home).look(charges, now)
    }

    /// Takes charges that were allowed elsewhere.
    pub(super) fn note(&self, home: u128, charges: &[Charge], now: i64) {
        let mut shard = self.shard(home);
        let mut verdict = shard.look(charges, now);
        for (charge, (_, _, standing)) in charges.iter().zip(&mut verdict.standings) {
            let before = shard.backlog(charge, now);
            // Where it is full here as well, one more would not make it more than full.
            standing.backlog = before.saturating_add(charge.quota.interval()).min(charge.quota.capacity());
        }
        shard.settle(&verdict, now, self.most);
    }

    fn shard(&self, home: u128) -> MutexGuard<'_, Shard> {
        let hash = self.hasher.hash_one(home);
        let index = usize::try_from(hash % SHARDS as u64).unwrap_or(0);
        self.shards[index].lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().unwrap()).map(|shard| shard.young.len() + shard.old.len()).sum()
    }
}

impl Shard {
    fn look(&self, charges: &[Charge], now: i64) -> Verdict {
        Verdict::of(charges, charges.iter().map(|charge| self.backlog(charge, now)))
    }

    fn backlog(&self, charge: &Charge, now: i64) -> i64 {
        let subject = (charge.policy, charge.subject);
        let drained_at = self.young.get(&subject).or_else(|| self.old.get(&subject)).copied();
        charge.quota.backlog(drained_at, now)
    }

    /// Keeps what a verdict came to.
    fn settle(&mut self, verdict: &Verdict, now: i64, most: usize) {
        for (policy, subject, standing) in &verdict.standings {
            let subject = (*policy, *subject);
            if self.young.len() >= most && !self.young.contains_key(&subject) {
                self.old = std::mem::take(&mut self.young);
            }
            self.young.insert(subject, now.saturating_add(standing.backlog));
        }
    }
}

impl Verdict {
    /// Whether all charges may be taken, from where each stands before. Backlogs become those after.
    pub(super) fn of(charges: &[Charge], before: impl Iterator<Item = i64>) -> Self {
        let mut standings: Vec<(Policy, u128, Standing)> = charges
            .iter()
            .zip(before)
            .map(|(&Charge { policy, subject, quota }, backlog)| {
                let standing = Standing { quota, backlog, is_refused: !quota.admits(backlog) };
                (policy, subject, standing)
            })
            .collect();
        if !standings.iter().any(|(_, _, standing)| standing.is_refused) {
            for (_, _, standing) in &mut standings {
                standing.backlog += standing.quota.interval();
            }
        }
        Self { standings }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Quota, *};

    const NOW: i64 = 1_788_000_000_000_000;

    fn charge(policy: Policy, subject: u128, count: u32) -> Charge {
        Charge { policy, subject, quota: Quota::per_minute(count) }
    }

    #[test]
    fn all_charges_are_taken_or_none() {
        let memory = Memory::new(100);
        let both = [charge(Policy::Key, 1, 10), charge(Policy::Tenant, 2, 3)];
        for _ in 0..3 {
            assert!(!memory.take(2, &both, NOW).is_refused());
        }
        for _ in 0..20 {
            let refused = memory.take(2, &both, NOW);
            assert_eq!(refused.refusal().map(|(policy, _)| policy), Some(Policy::Tenant));
        }
        // The refused requests cost the key nothing.
        assert_eq!(memory.look(2, &both[..1], NOW).standings[0].2.remaining(), 6);
        // A third of a minute later there is one more.
        let later = NOW + 20_000_000;
        assert!(!memory.take(2, &both, later).is_refused());
        assert!(memory.take(2, &both, later).is_refused());
    }

    #[test]
    fn a_flood_of_strangers_neither_grows_the_memory_nor_makes_it_forget_who_is_active() {
        let memory = Memory::new(1_600);
        let regular = [charge(Policy::Address, u128::MAX, 1_000_000)];
        let mut sent = 0;
        for stranger in 0..200_000_u128 {
            memory.take(stranger, &[charge(Policy::Address, stranger, 5)], NOW);
            if stranger % 50 == 0 {
                memory.take(u128::MAX, &regular, NOW);
                sent += 1;
            }
        }
        assert!(memory.len() <= 3_200 + SHARDS, "{}", memory.len());
        let used = 1_000_000 - memory.look(u128::MAX, &regular, NOW).standings[0].2.remaining();
        assert_eq!(used, sent + 1, "a look says where one more request would stand");
    }
}
