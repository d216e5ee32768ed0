//! Randomness as a value that is passed in, like time.

use aws_lc_rs::rand::{SecureRandom, SystemRandom as Generator};

/// Where random bytes come from.
pub trait Random: Send + Sync + 'static {
    fn fill(&self, bytes: &mut [u8]);
}

impl dyn Random {
    /// A whole array of them.
    pub fn array<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }
}

/// A test's own generator, wrapped in a closure.
impl<F: Fn(&mut [u8]) + Send + Sync + 'static> Random for F {
    fn fill(&self, bytes: &mut [u8]) {
        self(bytes);
    }
}

/// The operating system's generator, fit for keys.
#[derive(Debug, Default)]
pub struct SystemRandom(Generator);

impl Random for SystemRandom {
    #[expect(clippy::expect_used, reason = "a system without randomness must stop, not go on with guessable keys")]
    fn fill(&self, bytes: &mut [u8]) {
        self.0.fill(bytes).expect("the operating system gives random bytes");
    }
}
