//! The time of day as the sandbox sees it.
//!
//! Only what is written into payloads comes from here; waiting (retry back-off, pace) uses Tokio's own timers.

use std::{fmt, sync::Arc};

/// A source of Unix milliseconds; tests may pass a fixed one.
#[derive(Clone)]
pub struct WallClock(Arc<dyn Fn() -> i64 + Send + Sync>);

impl WallClock {
    pub fn new(now: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// Milliseconds since the Unix epoch.
    pub fn now_ms(&self) -> i64 {
        (self.0)()
    }

    /// The machine's own clock.
    #[expect(
        clippy::disallowed_methods,
        reason = "the sandbox stands outside the product and has no `Clock` of its own"
    )]
    pub fn system() -> Self {
        Self::new(|| jiff::Timestamp::now().as_millisecond())
    }
}

impl fmt::Debug for WallClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WallClock")
    }
}

/// `2026-11-20T10:00:00Z`, as Dialpad prints its `date-time` fields; an instant outside the calendar prints as the epoch.
pub(crate) fn iso(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_string()
}

/// The same without a zone, the form transcripts use.
pub(crate) fn iso_without_zone(ms: i64) -> String {
    iso(ms).trim_end_matches('Z').to_owned()
}
