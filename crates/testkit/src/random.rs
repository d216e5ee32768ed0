//! Randomness that repeats: the same seed gives the same bytes, so a failing test fails again.

use std::sync::atomic::{AtomicU64, Ordering};

/// A `SplitMix64` generator. For `app::App`, pass it as a closure: `let random = SeededRandom::default();
/// Arc::new(move |bytes: &mut [u8]| random.fill(bytes))`.
#[derive(Debug)]
pub struct SeededRandom(AtomicU64);

impl Default for SeededRandom {
    fn default() -> Self {
        Self::new(42)
    }
}

impl SeededRandom {
    pub const fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    pub fn next_u64(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut z = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next_u64().to_le_bytes()[..chunk.len()]);
        }
    }

    pub fn array<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }
}
