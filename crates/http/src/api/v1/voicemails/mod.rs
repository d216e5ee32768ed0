//! Messages left after the tone.

use serde::Serialize;
use switchboard_domain::{
    Timestamp,
    ids::{CallId, ConnectionId, ContactId, RecordingId, VoicemailId, deterministic},
};
use switchboard_store::voicemails::KeptVoicemail;
use utoipa::ToSchema;

pub mod export;
pub mod get;
pub mod heard;
pub mod list;
pub mod unheard;

/// A voicemail.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Voicemail)]
pub struct VoicemailView {
    #[schema(value_type = String)]
    pub id: VoicemailId,
    #[schema(value_type = String)]
    pub connection_id: ConnectionId,
    pub provider: String,
    /// The call it was left on.
    #[schema(value_type = String)]
    pub call_id: CallId,
    #[schema(value_type = Option<String>)]
    pub contact_id: Option<ContactId>,
    pub contact_name: Option<String>,
    pub from_number: Option<String>,
    pub to_number: Option<String>,
    /// The provider's id of the user whose box it is.
    pub agent_id: Option<String>,
    pub agent_name: Option<String>,
    /// The audio, as far as we know of it.
    #[schema(value_type = Option<String>)]
    pub recording_id: Option<RecordingId>,
    /// Where the provider keeps the audio.
    pub recording_url: Option<String>,
    pub transcript: Option<String>,
    pub duration_ms: Option<i64>,
    /// Somebody listened to it.
    pub is_heard: bool,
    /// What lists sort by.
    #[schema(value_type = String, format = DateTime)]
    pub occurred_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

impl From<KeptVoicemail> for VoicemailView {
    fn from(kept: KeptVoicemail) -> Self {
        let voicemail = kept.record;
        let recording = |external: &String| deterministic(voicemail.connection_id.uuid(), external);
        Self {
            recording_id: voicemail.recording_external_id.as_ref().map(recording),
            id: voicemail.id,
            connection_id: voicemail.connection_id,
            provider: voicemail.provider,
            call_id: voicemail.call_id,
            contact_id: voicemail.contact_id,
            contact_name: voicemail.contact_name,
            from_number: voicemail.from_number,
            to_number: voicemail.to_number,
            agent_id: voicemail.agent_id,
            agent_name: voicemail.agent_name,
            recording_url: voicemail.recording_url,
            transcript: voicemail.transcript,
            duration_ms: voicemail.duration_ms,
            is_heard: voicemail.is_heard,
            occurred_at: voicemail.occurred_at,
            created_at: kept.created_at,
            updated_at: kept.updated_at,
        }
    }
}
