//! Having a recording written down: how a tenant wants it, and where one recording stands. Not a record: it says nothing of
//! what was said, only of the work.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    clock::Timestamp,
    ids::{ConnectionId, RecordingId, TenantId},
    text_enum,
};

text_enum! {
    /// Where a recording stands.
    pub enum TranscriptionState {
        /// It will be sent to the provider.
        Waiting "waiting",
        /// It is being sent: whether it arrived, nobody knows yet.
        Sending "sending",
        /// The provider has it and works on it.
        Running "running",
        Done "done",
        Failed "failed",
        /// We stopped while it was being sent, and the provider cannot be asked. A person decides.
        Unknown "unknown",
        /// It is not written down, for the reason in `code`.
        Skipped "skipped",
    }
}

impl TranscriptionState {
    /// Something is still to come by itself.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Sending | Self::Running)
    }
}

text_enum! {
    /// Why a recording was not written down.
    pub enum SkipCode {
        TooShort "too_short",
        /// The minutes of the month are used up.
        OverBudget "over_budget",
        /// The provider of the call has written it down itself.
        HasTranscript "has_transcript",
        NoConnection "no_connection",
        SwitchedOff "switched_off",
    }
}

text_enum! {
    /// Whether what was taken out of the text can still be heard.
    pub enum AudioState {
        /// Nothing was taken out.
        Clean "clean",
        /// It is about to be silenced.
        Pending "pending",
        Silenced "silenced",
        /// It can be heard, for the reason beside it.
        Audible "audible",
    }
}

text_enum! {
    /// Which channel of a recording with two carries whoever placed the call.
    pub enum CallerChannel {
        Left "left",
        Right "right",
        /// Nobody knows: the speakers are numbered.
        Unknown "unknown",
    }
}

/// Milliseconds of a recording, from one to before another.
pub type Silence = (i64, i64);

/// How a tenant has its recordings written down.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct TranscriptionSettings {
    /// `None`: the first connection that can.
    pub connection_id: Option<ConnectionId>,
    /// ISO 639-1. `None`: the provider finds out.
    pub language: Option<String>,
    /// Take secrets out of what we have written down.
    pub redact_own: bool,
    /// Take them out of what providers of calls send: transcripts, voicemail texts, recaps.
    pub redact_provider: bool,
    /// Shorter recordings are left out.
    pub min_seconds: i64,
    /// `None`: no limit.
    pub minutes_per_month: Option<i64>,
    pub caller_channel: CallerChannel,
    pub updated_at: Option<Timestamp>,
}

impl Default for TranscriptionSettings {
    fn default() -> Self {
        Self {
            connection_id: None,
            language: None,
            redact_own: true,
            redact_provider: true,
            min_seconds: 5,
            minutes_per_month: Some(5_000),
            // Asterisk writes what it reads from the channel that placed the call to the left.
            caller_channel: CallerChannel::Left,
            updated_at: None,
        }
    }
}

/// Where one recording stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct Transcription {
    pub recording_id: RecordingId,
    pub tenant_id: TenantId,
    pub state: TranscriptionState,
    pub code: Option<SkipCode>,
    /// For people: what went wrong, and what to do.
    pub reason: Option<String>,
    /// The word of the connection's kind.
    pub provider: Option<String>,
    pub connection_id: Option<ConnectionId>,
    pub model: Option<String>,
    /// Counts up each time that it begins anew.
    pub attempt: i64,
    /// The provider's id of the work.
    pub external_id: Option<String>,
    /// Where the provider keeps the audio that was sent to it.
    pub upload_url: Option<String>,
    /// SHA-256, hex, of the token in the address that the provider answers to.
    pub token_hash: Option<String>,
    /// Minutes of the budget that it took, each begun one whole.
    pub minutes: i64,
    /// The month that they were taken from.
    pub period: Option<String>,
    /// How often something was taken out of the text, by kind.
    #[cfg_attr(feature = "sqlx", sqlx(json))]
    pub found: BTreeMap<String, u32>,
    pub audio: AudioState,
    pub audio_reason: Option<String>,
    /// What is to be silenced.
    #[cfg_attr(feature = "sqlx", sqlx(json))]
    pub silence: Vec<Silence>,
    pub submitted_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Transcription {
    /// One of which nothing happened yet.
    pub fn new(tenant_id: TenantId, recording_id: RecordingId, now: Timestamp) -> Self {
        Self {
            recording_id,
            tenant_id,
            state: TranscriptionState::Waiting,
            code: None,
            reason: None,
            provider: None,
            connection_id: None,
            model: None,
            attempt: 1,
            external_id: None,
            upload_url: None,
            token_hash: None,
            minutes: 0,
            period: None,
            found: BTreeMap::new(),
            audio: AudioState::Clean,
            audio_reason: None,
            silence: Vec::new(),
            submitted_at: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// The same from the beginning. What it took of the budget stays taken.
    #[must_use]
    pub fn again(&self, now: Timestamp) -> Self {
        let fresh = Self::new(self.tenant_id, self.recording_id, now);
        // What was taken out before may still be heard.
        let (audio, audio_reason, silence) = (self.audio, self.audio_reason.clone(), self.silence.clone());
        Self { attempt: self.attempt + 1, created_at: self.created_at, audio, audio_reason, silence, ..fresh }
    }
}
