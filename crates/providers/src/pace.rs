//! Staying under a provider's rate limits, so that it never has to tell us.
//!
//! A limit of a provider is "so many in such a window", counted by a clock and from a start that we do not know. A
//! bucket that may burst to the whole number and refills at the whole rate sends up to twice that number in some
//! window. Here a part of the number may burst and the rest is the refill, so that *no* window of that length ever
//! holds more than the documented number.
//!
//! Each node counts for itself; with several nodes the provider's own 429 is the last word, and it arrives as
//! [`OutboundError::Refused`] with the time to wait.

use std::{
    collections::HashMap,
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};

use crate::outbound::OutboundError;

/// Above this many connections in one class, those that have been idle are forgotten.
const REMEMBERED_SCOPES: usize = 10_000;

/// A limit that a provider documents, and what it is counted over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateClass {
    /// Unique among all providers: calls of one name share one limit.
    pub name: &'static str,
    pub count: u32,
    pub window: Duration,
}

impl RateClass {
    pub const fn per_second(name: &'static str, count: u32) -> Self {
        Self { name, count, window: Duration::from_secs(1) }
    }

    pub const fn per_minute(name: &'static str, count: u32) -> Self {
        Self { name, count, window: Duration::from_mins(1) }
    }

    pub const fn per_hour(name: &'static str, count: u32) -> Self {
        Self { name, count, window: Duration::from_hours(1) }
    }

    /// A part at once, the rest spread over the window: a fifth of what programs use up, but half of the few calls a
    /// minute that are people's clicks, which come together.
    fn quota(self) -> Quota {
        let count = self.count.max(1);
        let is_for_people = count <= 20 && self.window >= Duration::from_mins(1);
        let burst = if is_for_people { count.div_ceil(2) } else { (count / 5).max(1) };
        let spread = (count - burst).max(1);
        let each = self.window / spread;
        let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
        Quota::with_period(each).unwrap_or(Quota::per_second(NonZeroU32::MIN)).allow_burst(burst)
    }
}

type Limiters = HashMap<&'static str, Arc<DefaultKeyedRateLimiter<String>>>;

/// The limits of everybody we call. One of it per process.
#[derive(Debug, Default)]
pub struct Pace {
    limiters: Mutex<Limiters>,
    clock: DefaultClock,
}

impl Pace {
    pub fn new() -> Self {
        Self::default()
    }

    /// Waits for a turn of `scope` (a connection) in `class`, for at most `patience`. Who would wait longer is told at
    /// once, and does not take the turn of somebody else.
    pub async fn wait(&self, scope: &str, class: RateClass, patience: Duration) -> Result<(), OutboundError> {
        let limiter = self.limiter(class);
        let scope = scope.to_owned();
        let mut waited = Duration::ZERO;
        loop {
            let Err(not_until) = limiter.check_key(&scope) else { return Ok(()) };
            let wait = not_until.wait_time_from(self.clock.now());
            if waited + wait > patience {
                return Err(OutboundError::RateLimited { retry_after: wait, limit: class.name });
            }
            waited += wait;
            tokio::time::sleep(wait).await;
        }
    }

    fn limiter(&self, class: RateClass) -> Arc<DefaultKeyedRateLimiter<String>> {
        let mut limiters = self.limiters.lock().unwrap_or_else(PoisonError::into_inner);
        let limiter = limiters.entry(class.name).or_insert_with(|| Arc::new(RateLimiter::keyed(class.quota())));
        if limiter.len() > REMEMBERED_SCOPES {
            limiter.retain_recent();
        }
        Arc::clone(limiter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_would_wait_too_long_is_told_when_to_come_back() {
        let pace = Pace::new();
        let class = RateClass::per_minute("test.five", 5);
        for _ in 0..3 {
            pace.wait("one", class, Duration::ZERO).await.unwrap();
        }
        let refused = pace.wait("one", class, Duration::from_secs(1)).await.unwrap_err();
        let OutboundError::RateLimited { retry_after, .. } = refused else { panic!("{refused}") };
        assert!(retry_after > Duration::from_secs(25) && retry_after <= Duration::from_secs(30), "{retry_after:?}");
        // Another connection has its own count.
        pace.wait("two", class, Duration::ZERO).await.unwrap();
    }

    #[test]
    fn no_window_ever_holds_more_than_the_documented_number() {
        for count in [5, 10, 20, 100, 200, 250, 1_200] {
            let quota = RateClass::per_minute("test", count).quota();
            let refilled = Duration::from_mins(1).as_nanos() / quota.replenish_interval().as_nanos();
            assert!(u128::from(quota.burst_size().get()) + refilled <= u128::from(count), "{count}: {quota:?}");
        }
    }
}
