//! Reactions: rules from changes to jobs. Pure, and the only thing they can do is add a job, inside the transaction of
//! the change: either both are committed or neither.
//!
//! Each says how fresh its fact must be. Importing a year of call records must not set off a year of work that was meant
//! for the moment.

use std::time::Duration;

use serde_json::json;
use switchboard_domain::{
    Timestamp,
    analysis::Analysis,
    call::{Call, CallOutcome, Direction},
    change::{NewChange, Verb},
    ids::{Id, TranscriptId, deterministic},
    recording::{MediaStatus, Recording, RecordingKind},
    transcript::Transcript,
    voicemail::Voicemail,
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
    /// How long the job waits: for what belongs to the fact and comes right behind it.
    pub delay: Duration,
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
        delay: Duration::ZERO,
        fact_at,
    }
}

/// People are told of what just happened, and not of what an import or a catch-up after a long outage brings.
const TELLING: Duration = Duration::from_hours(1);
/// A burst of missed calls is looked at once.
const BURST: Duration = Duration::from_secs(2);
/// How long a voicemail is comes with the event behind the one that says that there is one.
const VOICEMAIL_SETTLES: Duration = Duration::from_secs(5);

/// An inbound call that nobody took may be one too many. That a call was answered can only end an incident, which
/// nobody waits for.
pub fn of_call(change: &NewChange, call: &Call) -> Option<Reaction> {
    let is_missed = matches!(call.outcome, Some(CallOutcome::Missed | CallOutcome::Abandoned | CallOutcome::Voicemail));
    let is_news = change.verb == Verb::Created || change.fields.iter().any(|field| field == "outcome");
    (is_news && is_missed && call.direction == Some(Direction::Inbound) && !call.is_internal).then(|| Reaction {
        kind: "check_rules",
        payload: json!({}),
        lane: "check_rules".to_owned(),
        unique_key: "check_rules".to_owned(),
        fresh_for: TELLING,
        delay: BURST,
        fact_at: call.ended_at.unwrap_or(call.occurred_at),
    })
}

/// Somebody left a message.
pub fn of_voicemail(change: &NewChange, voicemail: &Voicemail) -> Option<Reaction> {
    let id = voicemail.id.uuid();
    (change.verb == Verb::Created && !voicemail.is_removed).then(|| Reaction {
        kind: "tell_voicemail",
        payload: json!({ "id": id }),
        lane: format!("tell_voicemail:{id}"),
        unique_key: format!("tell_voicemail:{id}"),
        fresh_for: TELLING,
        delay: VOICEMAIL_SETTLES,
        fact_at: voicemail.occurred_at,
    })
}

/// What is written down is what was said lately: an import of last year's recordings must not cost a year of minutes.
const WRITING_DOWN: Duration = Duration::from_hours(7 * 24);
/// Providers that write calls down themselves, and how long theirs is waited for.
const OWN_TRANSCRIPTS: &[&str] = &["dialpad"];
const OWN_TRANSCRIPT_TAKES: Duration = Duration::from_mins(10);

/// A recording that only the provider has is fetched once it is known where it lies. An administrator's recording needs a
/// person's session at the provider, so it is not. One that we have is written down.
pub fn of_recording(change: &NewChange, recording: &Recording) -> Option<Reaction> {
    if recording.status == MediaStatus::Saved {
        let is_news = change.from_state.as_deref() != Some(MediaStatus::Saved.as_str());
        return (is_news && recording.kind != RecordingKind::Voicemail).then(|| write_down(recording));
    }
    let is_found = change.verb == Verb::Created || change.fields.iter().any(|field| field == "url");
    let fetchable = recording.status == MediaStatus::Remote && recording.url.is_some();
    (is_found && fetchable && recording.kind != RecordingKind::Admin)
        .then(|| keeping("fetch_recording", recording.id.uuid(), recording.occurred_at))
}

fn write_down(recording: &Recording) -> Reaction {
    let has_own = OWN_TRANSCRIPTS.contains(&recording.provider.as_str());
    Reaction {
        fresh_for: WRITING_DOWN,
        delay: if has_own { OWN_TRANSCRIPT_TAKES } else { Duration::ZERO },
        ..keeping("transcribe_recording", recording.id.uuid(), recording.occurred_at)
    }
}

/// A transcript whose lines are still at the provider is fetched; what its lines say is read off once they are here, and
/// again when they change or turn out to be another call's.
pub fn of_transcript(change: &NewChange, transcript: &Transcript) -> Option<Reaction> {
    if !transcript.is_complete {
        let is_new = change.verb == Verb::Created;
        return is_new.then(|| keeping("fetch_transcript", transcript.id.uuid(), transcript.occurred_at));
    }
    let touches_words = change.fields.iter().any(|field| matches!(field.as_str(), "is_complete" | "lines" | "call_id"));
    (change.verb == Verb::Created || touches_words)
        .then(|| reading(transcript.id, transcript.occurred_at, change.occurred_at))
}

/// A chat server's answers to scorecards count in the insight of their call.
pub fn of_analysis(change: &NewChange, analysis: &Analysis) -> Option<Reaction> {
    let transcript: TranscriptId = deterministic(analysis.connection_id.uuid(), &analysis.leg_external_id);
    Some(reading(transcript, analysis.occurred_at, change.occurred_at))
}

/// One job for each change: one that comes while another is reading must not be lost.
fn reading(transcript: TranscriptId, fact_at: Timestamp, changed_at: Timestamp) -> Reaction {
    let id = transcript.uuid();
    Reaction {
        unique_key: format!("read_insights:{id}:{}", changed_at.as_micros()),
        ..keeping("read_insights", id, fact_at)
    }
}

/// The id type whose records a payload's `id` names; for the jobs that read it.
pub fn payload_id<I: Id>(payload: &serde_json::Value) -> Option<I> {
    payload.get("id")?.as_str()?.parse::<Uuid>().ok().map(I::from_uuid)
}
