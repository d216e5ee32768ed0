//! Recordings and transcripts of calls.

use serde::Serialize;
use switchboard_domain::{
    Timestamp,
    ids::{CallId, RecordingId, TranscriptId},
    recording::{MediaStatus, RecordingKind, StoredMedia},
    transcript::{LineKind, Transcript, TranscriptLine},
};
use switchboard_store::recordings::KeptRecording;
use utoipa::ToSchema;

use super::{line_kind, media_status, recording_kind};

pub mod audio;
pub mod get;

/// An audio file of a call.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Recording)]
pub struct RecordingView {
    #[schema(value_type = String)]
    pub id: RecordingId,
    #[schema(value_type = String)]
    pub call_id: CallId,
    pub provider: String,
    pub external_id: String,
    #[schema(schema_with = recording_kind)]
    pub kind: RecordingKind,
    /// What became of our own copy; `saved` ones play at `audio_url`.
    #[schema(schema_with = media_status)]
    pub status: MediaStatus,
    /// Where the provider keeps it; the provider may ask for a login there.
    pub provider_url: Option<String>,
    /// Our own copy. It answers with a redirect to a link that works without a key for a short time.
    pub audio_url: Option<String>,
    pub content_type: Option<String>,
    pub bytes: Option<i64>,
    /// Why there is no copy.
    pub failure: Option<String>,
    pub duration_ms: Option<i64>,
    #[schema(value_type = String, format = DateTime)]
    pub occurred_at: Timestamp,
}

impl From<KeptRecording> for RecordingView {
    fn from(kept: KeptRecording) -> Self {
        let recording = kept.record;
        let (content_type, bytes, failure) = match recording.media {
            Some(StoredMedia::Saved { content_type, bytes, .. }) => (Some(content_type), Some(bytes), None),
            Some(StoredMedia::Failed { reason } | StoredMedia::Removed { reason }) => (None, None, Some(reason)),
            None => (None, None, None),
        };
        let is_saved = recording.status == MediaStatus::Saved;
        Self {
            audio_url: is_saved.then(|| format!("/api/v1/recordings/{}/audio", recording.id)),
            id: recording.id,
            call_id: recording.call_id,
            provider: recording.provider,
            external_id: recording.external_id,
            kind: recording.kind,
            status: recording.status,
            // A place that no browser can go to is nobody's link.
            provider_url: recording.url.filter(|url| url.starts_with("https:") || url.starts_with("http:")),
            content_type,
            bytes,
            failure,
            duration_ms: recording.duration_ms,
            occurred_at: recording.occurred_at,
        }
    }
}

/// One line of a transcript.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TranscriptLine)]
pub struct LineView {
    #[schema(schema_with = line_kind)]
    pub kind: LineKind,
    pub speaker: Option<String>,
    /// The speaker is one of your own users.
    pub is_agent: Option<bool>,
    pub content: String,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
}

impl From<TranscriptLine> for LineView {
    fn from(line: TranscriptLine) -> Self {
        Self { kind: line.kind, speaker: line.speaker, is_agent: line.is_agent, content: line.content, at: line.at }
    }
}

/// What was said in a call.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Transcript)]
pub struct TranscriptView {
    #[schema(value_type = String)]
    pub id: TranscriptId,
    pub lines: Vec<LineView>,
}

impl From<Transcript> for TranscriptView {
    fn from(transcript: Transcript) -> Self {
        Self { id: transcript.id, lines: transcript.lines.into_iter().map(LineView::from).collect() }
    }
}
