//! Reactions: rules from changes to jobs. Pure, and the only thing they can do is add a job, inside the transaction of
//! the change: either both are committed or neither.
//!
//! Each says how fresh its fact must be. Importing a year of call records must not set off a year of work that was meant
//! for the moment.

use std::time::Duration;

use serde_json::json;
use switchboard_domain::{
    Timestamp,
    change::{NewChange, Verb},
    ids::Id,
    recording::{MediaStatus, Recording, RecordingKind},
    transcript::Transcript,
};
use uuid::Uuid;

/// Whether changes may cause jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reactions {
    On,
    /// Rebuild, import, back-fill, and replay of what was processed before.
    Off,
}

/// A job that a change calls for.
#[derive(Debug, Clone, PartialEq)]
pub struct Reaction {
    /// The job's name in `jobs`.
    pub kind: &'static str,
    pub payload: serde_json::Value,
    pub lane: String,
    pub unique_key: String,
    pub fresh_for: Duration,
    /// When what it reacts to happened.
    pub fact_at: Timestamp,
}

impl Reaction {
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        now.since(self.fact_at) <= self.fresh_for
    }
}

/// Keeping a copy of audio is right however late we hear of it, as long as the provider may still have it.
const KEEPING: Duration = Duration::from_hours(17520);

fn keeping(kind: &'static str, id: Uuid, fact_at: Timestamp) -> Reaction {
    Reaction {
        kind,
        payload: json!({ "id": id }),
        // Each its own lane: one that fails holds up none of the others. The client paces them.
        lane: format!("{kind}:{id}"),
        unique_key: format!("{kind}:{id}"),
        fresh_for: KEEPING,
        fact_at,
    }
}

/// A recording that only the provider has is fetched once it is known where it lies. An administrator's recording needs a
/// person's session at the provider, so it is not.
pub fn of_recording(change: &NewChange, recording: &Recording) -> Option<Reaction> {
    let is_found = change.verb == Verb::Created || change.fields.iter().any(|field| field == "url");
    let fetchable = recording.status == MediaStatus::Remote && recording.url.is_some();
    (is_found && fetchable && recording.kind != RecordingKind::Admin)
        .then(|| keeping("fetch_recording", recording.id.uuid(), recording.occurred_at))
}

/// A transcript whose lines are still at the provider is fetched.
pub fn of_transcript(change: &NewChange, transcript: &Transcript) -> Option<Reaction> {
    (change.verb == Verb::Created && !transcript.is_complete)
        .then(|| keeping("fetch_transcript", transcript.id.uuid(), transcript.occurred_at))
}

/// The id type whose records a payload's `id` names; for the jobs that read it.
pub fn payload_id<I: Id>(payload: &serde_json::Value) -> Option<I> {
    payload.get("id")?.as_str()?.parse::<Uuid>().ok().map(I::from_uuid)
}
