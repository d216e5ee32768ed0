//! The arithmetic of every rate limit: the generic cell rate algorithm. A subject has one number, the moment at which all
//! that it did will have drained away (its "theoretical arrival time"). A request adds one interval to it, and is refused
//! where that would reach further ahead than the whole quota. So there are no windows whose edges let twice as much
//! through, and no counters to reset: in any time t at most `count + t / interval` requests pass, and whoever keeps to
//! `count` in each window is never refused.
//!
//! `gcra.lua` says the same in Redis' words; it gets [`Quota::interval`] and [`Quota::capacity`] from here, and answers
//! with backlogs that are read here.

use std::time::Duration;

/// So many requests in such a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    count: u32,
    window: Duration,
}

impl Quota {
    /// A count of zero is taken as one, and a window is a second at least: a limit that lets nothing through, ever, is no
    /// limit but a closed door.
    pub fn new(count: u32, window: Duration) -> Self {
        Self { count: count.max(1), window: window.max(Duration::from_secs(1)) }
    }

    pub fn per_minute(count: u32) -> Self {
        Self::new(count, Duration::from_mins(1))
    }

    pub fn per_hour(count: u32) -> Self {
        Self::new(count, Duration::from_hours(1))
    }

    pub const fn count(self) -> u32 {
        self.count
    }

    pub const fn window(self) -> Duration {
        self.window
    }

    /// Microseconds that one request takes to drain away; rounded up, so that rounding never lets more through.
    pub(super) fn interval(self) -> i64 {
        let micros = self.window.as_micros().div_ceil(u128::from(self.count)).max(1);
        i64::try_from(micros).unwrap_or(i64::MAX >> 32)
    }

    /// Microseconds that the whole quota takes to drain away.
    pub(super) fn capacity(self) -> i64 {
        self.interval().saturating_mul(i64::from(self.count))
    }

    /// How far ahead of `now` the subject is. Never more than the whole quota: a clock that was set back must not lock
    /// anybody out for as long.
    pub(super) fn backlog(self, drained_at: Option<i64>, now: i64) -> i64 {
        drained_at.map_or(0, |at| at.saturating_sub(now).clamp(0, self.capacity()))
    }

    /// Whether one more request may pass.
    pub(super) fn admits(self, backlog: i64) -> bool {
        backlog.saturating_add(self.interval()) <= self.capacity()
    }
}

/// Where a subject stands with a quota, after the request that was asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub quota: Quota,
    /// Microseconds until everything has drained away.
    pub(super) backlog: i64,
    /// This quota was the reason for a refusal.
    pub is_refused: bool,
}

impl Standing {
    /// Requests that would pass now, one right after the other.
    pub fn remaining(&self) -> u32 {
        let free = self.quota.capacity().saturating_sub(self.backlog).max(0);
        u32::try_from(free / self.quota.interval()).unwrap_or(u32::MAX)
    }

    /// Until the whole quota is there again.
    pub fn reset(&self) -> Duration {
        micros(self.backlog)
    }

    /// Until one more request passes; zero if one would now.
    pub fn wait(&self) -> Duration {
        micros(self.backlog.saturating_add(self.quota.interval()).saturating_sub(self.quota.capacity()))
    }
}

fn micros(micros: i64) -> Duration {
    Duration::from_micros(u64::try_from(micros).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Sends at those moments and says which passed.
    fn passed(quota: Quota, moments: &[i64]) -> Vec<i64> {
        let mut drained_at = None;
        let mut passed = Vec::new();
        for &now in moments {
            let backlog = quota.backlog(drained_at, now);
            if quota.admits(backlog) {
                drained_at = Some(now + backlog + quota.interval());
                passed.push(now);
            }
        }
        passed
    }

    fn quotas() -> impl Strategy<Value = Quota> {
        (1_u32..500, 1_u64..7_200).prop_map(|(count, seconds)| Quota::new(count, Duration::from_secs(seconds)))
    }

    /// Steps from one request to the next: bursts, a trickle, and silences.
    fn steps() -> impl Strategy<Value = Vec<i64>> {
        let step = prop_oneof![Just(0), 0_i64..1_000, 0_i64..2_000_000, 0_i64..4_000_000_000];
        proptest::collection::vec(step, 1..600)
    }

    fn moments(steps: &[i64]) -> Vec<i64> {
        steps
            .iter()
            .scan(1_788_000_000_000_000, |now, step| {
                *now += step;
                Some(*now)
            })
            .collect()
    }

    proptest! {
        #[test]
        fn no_stretch_of_time_holds_more_than_the_quota_and_what_drained(quota in quotas(), steps in steps()) {
            let passed = passed(quota, &moments(&steps));
            for (i, from) in passed.iter().enumerate() {
                for (j, to) in passed.iter().enumerate().skip(i) {
                    let most = i64::from(quota.count()) + (to - from) / quota.interval();
                    prop_assert!(i64::try_from(j - i).unwrap() < most, "{} in {} us", j - i + 1, to - from);
                }
            }
        }

        #[test]
        fn who_keeps_to_the_quota_in_each_window_is_never_refused(quota in quotas(), windows in 1_usize..6) {
            let window = quota.capacity();
            let burst = usize::try_from(quota.count()).unwrap();
            let moments: Vec<i64> = (0..windows).flat_map(|n| vec![i64::try_from(n).unwrap() * window; burst]).collect();
            prop_assert_eq!(passed(quota, &moments).len(), moments.len());
        }

        #[test]
        fn who_waits_as_told_passes_and_who_comes_before_does_not(quota in quotas(), steps in steps()) {
            let all = moments(&steps);
            let last = *all.last().unwrap();
            let mut drained_at = None;
            for &now in &all {
                let backlog = quota.backlog(drained_at, now);
                if quota.admits(backlog) {
                    drained_at = Some(now + backlog + quota.interval());
                }
            }
            let standing = Standing { quota, backlog: quota.backlog(drained_at, last), is_refused: false };
            let wait = i64::try_from(standing.wait().as_micros()).unwrap();
            prop_assert!(quota.admits(quota.backlog(drained_at, last + wait)));
            prop_assert_eq!(standing.remaining() == 0, wait > 0);
            if wait > 0 {
                prop_assert!(!quota.admits(quota.backlog(drained_at, last + wait - 1)));
            }
        }
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out() {
        let quota = Quota::per_minute(5);
        let standing = Standing { quota, backlog: quota.backlog(Some(i64::MAX), 0), is_refused: true };
        assert_eq!((standing.remaining(), standing.wait()), (0, Duration::from_secs(12)));
        assert_eq!(standing.reset(), Duration::from_mins(1));
    }
}
