//! Reproducible randomness: the same seed and the same order of requests give the same ids.
//!
//! `SplitMix64`, because the sandbox needs spread-out numbers and a shuffle, not secrecy: its tokens open nothing but itself.

use std::sync::atomic::{AtomicU64, Ordering};

const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;

#[derive(Debug)]
pub(crate) struct Dice(AtomicU64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// Dice of one company: FNV-1a of its key on top of the seed, so that its ids do not depend on who came first.
    pub(crate) fn for_key(seed: u64, key: &str) -> Self {
        let hash = key
            .bytes()
            .fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3));
        Self::new(seed ^ hash)
    }

    pub(crate) fn next(&self) -> u64 {
        let mut z = self.0.fetch_add(GAMMA, Ordering::Relaxed).wrapping_add(GAMMA);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end` (0 when `end` is 0).
    pub(crate) fn below(&self, end: u64) -> u64 {
        self.next().checked_rem(end).unwrap_or(0)
    }

    /// A 16-digit id below 2^53, the size Dialpad's datastore ids have today.
    pub(crate) fn id(&self) -> i64 {
        let id = 4_503_599_627_370_496 + self.below(4_503_599_627_370_496);
        i64::try_from(id).unwrap_or(i64::MAX)
    }

    /// An opaque token of 43 letters and digits, the length of Dialpad's share links.
    pub(crate) fn token(&self) -> String {
        const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        (0..43).map(|_| char::from(LETTERS[usize::try_from(self.below(62)).unwrap_or(0)])).collect()
    }

    pub(crate) fn shuffle<T>(&self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = usize::try_from(self.below(last as u64 + 1)).unwrap_or(0);
            items.swap(last, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_ids_of_sixteen_digits() {
        let (a, b) = (Dice::for_key(7, "k"), Dice::for_key(7, "k"));
        for _ in 0..100 {
            let id = a.id();
            assert_eq!(id, b.id());
            assert_eq!(id.to_string().len(), 16);
            assert!(id < 1 << 53);
        }
        assert_ne!(Dice::for_key(7, "k").id(), Dice::for_key(7, "other").id());
    }

    #[test]
    fn a_shuffle_keeps_every_item() {
        let mut items: Vec<u32> = (0..20).collect();
        Dice::new(1).shuffle(&mut items);
        assert_ne!(items, (0..20).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..20).collect::<Vec<_>>());
    }
}
