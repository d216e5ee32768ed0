//! What this node has of recordings in memory: a few files at once, and what was heard already of those whose sending
//! stopped half-way.
//!
//! What was heard is kept nowhere but here. It is not redacted yet, and nothing that is not is ever stored, sealed or not. So
//! another node, or this one after a restart, sends such a recording from its beginning.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use switchboard_domain::{
    ids::{ConnectionId, RecordingId},
    recording::{Recording, StoredMedia},
};
use switchboard_providers::speech::Heard;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::jobs::Failure;

/// Files that are in memory at once: each may have 200 MB, and their samples as much again.
const FILES: usize = 2;
/// How soon a job comes again that found no place.
const NO_PLACE: Duration = Duration::from_secs(10);
/// Recordings of which some pieces were heard; of one of hours that is a megabyte or two.
const RECORDINGS: usize = 16;
/// How long they are remembered: somewhat longer than all attempts of a job take.
const REMEMBERED: Duration = Duration::from_hours(2);

/// See the module.
pub struct InHand {
    /// For files in memory. A job that gets none is put off; it does not wait in its lane.
    pub places: Semaphore,
    begun: Mutex<VecDeque<(Instant, Work, Pieces)>>,
}

impl Default for InHand {
    fn default() -> Self {
        Self { places: Semaphore::new(FILES), begun: Mutex::default() }
    }
}

impl fmt::Debug for InHand {
    /// Never what was heard.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InHand").field("places", &self.places).finish_non_exhaustive()
    }
}

impl InHand {
    /// A place for a file, or the job is put off: lanes are for work that is under way.
    pub(super) fn place(&self) -> Result<SemaphorePermit<'_>, Failure> {
        self.places.try_acquire().map_err(|_| Failure::NotTried { after: NO_PLACE })
    }

    /// Begins a recording, or goes on with it.
    pub(super) fn begin(&self, work: Work) -> Begun<'_> {
        let mut begun = self.begun();
        begun.retain(|(since, ..)| since.elapsed() < REMEMBERED);
        let place = begun.iter().position(|(_, held, _)| *held == work);
        let pieces = place.and_then(|place| begun.remove(place)).map(|(.., pieces)| pieces).unwrap_or_default();
        Begun { in_hand: self, work, pieces }
    }

    fn begun(&self) -> MutexGuard<'_, VecDeque<(Instant, Work, Pieces)>> {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The same file, listened to in the same way: only then do its pieces fit together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Work {
    recording: RecordingId,
    file: Option<StoredMedia>,
    connection: ConnectionId,
    model: Option<String>,
    language: Option<String>,
}

impl Work {
    pub fn new(recording: &Recording, connection: ConnectionId, model: Option<&str>, language: Option<&str>) -> Self {
        let (model, language) = (model.map(str::to_owned), language.map(str::to_owned));
        Self { recording: recording.id, file: recording.media.clone(), connection, model, language }
    }
}

/// The pieces of a recording that were sent one by one.
#[derive(Default)]
pub(super) struct Pieces {
    /// What was heard in each of those that were answered, in their order.
    pub heard: Vec<Heard>,
    pub heard_ms: i64,
    /// How long the one is that is being sent.
    pub sending_ms: i64,
    /// All of them, on all channels.
    pub all_ms: i64,
}

impl Pieces {
    /// Of so many minutes, those that were not paid for yet: neither heard nor, perhaps, sent.
    pub fn unsent(&self, minutes: i64, is_uncertain: bool) -> i64 {
        if self.all_ms <= 0 {
            return if is_uncertain { 0 } else { minutes };
        }
        let sent = self.heard_ms + if is_uncertain { self.sending_ms } else { 0 };
        // Each begun minute is a whole one.
        let paid = (minutes * sent + self.all_ms - 1) / self.all_ms;
        (minutes - paid).max(0)
    }
}

/// A recording that is being sent. Whatever ends that, even the end of its job, the pieces that were heard are remembered.
pub(super) struct Begun<'a> {
    in_hand: &'a InHand,
    work: Work,
    pub pieces: Pieces,
}

impl Begun<'_> {
    /// Some of it was heard before.
    pub fn goes_on(&self) -> bool {
        !self.pieces.heard.is_empty()
    }

    /// It is written down.
    pub fn done(mut self) {
        self.pieces.heard.clear();
    }
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        if !self.goes_on() {
            return;
        }
        let pieces = std::mem::take(&mut self.pieces);
        let mut begun = self.in_hand.begun();
        if begun.len() >= RECORDINGS {
            begun.pop_front();
        }
        begun.push_back((Instant::now(), self.work.clone(), pieces));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_sent_is_not_paid_for() {
        let pieces = |heard_ms, sending_ms| Pieces { heard: Vec::new(), heard_ms, sending_ms, all_ms: 3_600_000 };
        assert_eq!(Pieces::default().unsent(60, false), 60);
        assert_eq!(Pieces::default().unsent(60, true), 0, "it was sent whole");
        assert_eq!(pieces(0, 600_000).unsent(60, false), 60);
        assert_eq!(pieces(0, 600_000).unsent(60, true), 50);
        assert_eq!(pieces(600_000, 600_000).unsent(60, true), 40);
        assert_eq!(pieces(600_001, 0).unsent(60, false), 49, "a begun minute is a whole one");
        assert_eq!(pieces(3_600_000, 0).unsent(60, false), 0);
    }
}
