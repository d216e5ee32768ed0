//! Dialpad's documented rate limits: 20 requests a second per company, and one figure per operation.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::spec::RateLimit;

/// Per company, over all operations.
const COMPANY: RateLimit = RateLimit { requests: 20, seconds: 1 };

/// The instants of the requests inside each window, per company and operation. Bounded: a window holds at most its limit
/// (1200), and both companies and operations are bounded.
#[derive(Debug, Default)]
pub(crate) struct Limits(Mutex<HashMap<(String, String), VecDeque<Instant>>>);

impl Limits {
    /// Counts a request, or says after how many seconds the next one would be let through.
    pub(crate) fn take(&self, company: &str, operation: &str, limit: Option<RateLimit>) -> Result<(), u64> {
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let all = (company.to_owned(), String::new());
        let one = (company.to_owned(), operation.to_owned());
        for (key, limit) in [(&all, Some(COMPANY)), (&one, limit)] {
            let Some(limit) = limit else { continue };
            let window = windows.entry(key.clone()).or_default();
            let length = Duration::from_secs(limit.seconds);
            while window.front().is_some_and(|at| now.duration_since(*at) >= length) {
                window.pop_front();
            }
            if window.len() >= limit.requests as usize {
                let oldest = window.front().copied().unwrap_or(now);
                return Err(length.saturating_sub(now.duration_since(oldest)).as_secs() + 1);
            }
        }
        windows.entry(all).or_default().push_back(now);
        if limit.is_some() {
            windows.entry(one).or_default().push_back(now);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_window_says_when_to_come_back_and_companies_do_not_share_it() {
        let limits = Limits::default();
        let limit = Some(RateLimit { requests: 2, seconds: 60 });
        assert_eq!(limits.take("a", "call.call", limit), Ok(()));
        assert_eq!(limits.take("a", "call.call", limit), Ok(()));
        let wait = limits.take("a", "call.call", limit).unwrap_err();
        assert!((59..=60).contains(&wait), "{wait}");
        assert_eq!(limits.take("b", "call.call", limit), Ok(()));
        assert_eq!(limits.take("a", "other", None), Ok(()));
    }

    #[test]
    fn a_company_has_twenty_requests_a_second_over_all() {
        let limits = Limits::default();
        for _ in 0..20 {
            assert_eq!(limits.take("a", "users.list", None), Ok(()));
        }
        assert_eq!(limits.take("a", "company.get", None), Err(1));
    }
}
