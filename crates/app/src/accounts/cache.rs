//! What sessions were good for in the last seconds, so that a burst of requests costs one look-up.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use switchboard_domain::{Timestamp, ids::SessionId};
use switchboard_store::people::sessions::SignedIn;

/// How long an answer is used without asking the database. What other nodes end is seen after it.
const KEEP: Duration = Duration::from_secs(5);
/// How many answers are kept. Past it all are forgotten: cheaper than choosing, and they come back within a request each.
const KEPT: usize = 10_000;
/// How exact `last_used_at` is.
const TOUCH_EVERY: Duration = Duration::from_mins(1);

#[derive(Default)]
pub(crate) struct SessionCache(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    answers: HashMap<SessionId, Answer>,
    /// Grows with each [`SessionCache::forget`]: an answer that was fetched before is not kept after.
    generation: u64,
}

struct Answer {
    signed_in: SignedIn,
    fetched_at: Timestamp,
    touched_at: Timestamp,
}

impl SessionCache {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A fresh answer, and what to give to [`SessionCache::put`] if there is none.
    pub(super) fn get(&self, session: SessionId, now: Timestamp) -> (Option<SignedIn>, u64) {
        let kept = self.kept();
        let fresh = kept.answers.get(&session).filter(|answer| now.since(answer.fetched_at) < KEEP);
        (fresh.map(|answer| answer.signed_in.clone()), kept.generation)
    }

    pub(super) fn put(&self, signed_in: SignedIn, now: Timestamp, generation: u64) {
        let mut kept = self.kept();
        if kept.generation != generation {
            return;
        }
        if kept.answers.len() >= KEPT {
            kept.answers.clear();
        }
        let session = signed_in.session_id;
        let touched_at = kept.answers.get(&session).map_or(signed_in.last_used_at, |answer| answer.touched_at);
        kept.answers.insert(session, Answer { signed_in, fetched_at: now, touched_at });
    }

    /// True once a minute per session: its use should be noted now.
    pub(super) fn is_touch_due(&self, session: SessionId, now: Timestamp) -> bool {
        let mut kept = self.kept();
        let Some(answer) = kept.answers.get_mut(&session) else { return false };
        if now.since(answer.touched_at) < TOUCH_EVERY {
            return false;
        }
        answer.touched_at = now;
        true
    }

    /// Forgets one session: it ended, or moved to another tenant.
    pub(super) fn forget_one(&self, session: SessionId) {
        let mut kept = self.kept();
        kept.generation += 1;
        kept.answers.remove(&session);
    }

    /// Forgets all answers.
    pub(super) fn forget(&self) {
        let mut kept = self.kept();
        kept.generation += 1;
        kept.answers.clear();
    }
}
