//! An audio file of a call or voicemail: where the provider keeps it, and what became of our own copy.

use serde::{Deserialize, Serialize};

use crate::{
    clock::Timestamp,
    fact::RecordingFact,
    ids::{CallId, ConnectionId, LegId, RecordingId, TenantId, deterministic},
    merge::{Earliest, Latest, Stamp},
    text_enum,
};

text_enum! {
    pub enum RecordingKind {
        /// Started by a user or automatically.
        Call "call",
        /// Started by the company's policy; needs an administrator's session at some providers.
        Admin "admin",
        Voicemail "voicemail",
    }
}

text_enum! {
    /// What became of our own copy.
    pub enum MediaStatus {
        /// Only the provider has it.
        Remote "remote",
        Saved "saved",
        Failed "failed",
        /// There was one; it was removed when its time was over.
        Removed "removed",
    }
}

/// The outcome of fetching the audio, as our own fetch job reports it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum StoredMedia {
    Failed {
        reason: String,
    },
    /// The copy was removed again, and is not to be fetched once more.
    Removed {
        reason: String,
    },
    Saved {
        /// Where it lies in the media store.
        key: String,
        content_type: String,
        bytes: i64,
        /// SHA-256, hex.
        sha256: String,
    },
}

/// Everything that facts have said of a recording.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RecordingDoc {
    kind: Latest<RecordingKind>,
    url: Latest<String>,
    duration_ms: Latest<i64>,
    started_at: Latest<Timestamp>,
    stored: Latest<StoredMedia>,
    first_at: Earliest<Timestamp>,
}

impl RecordingDoc {
    pub fn apply(&mut self, stamp: Stamp, fact: &RecordingFact) {
        self.first_at.offer(Some(stamp.at));
        self.kind.offer(stamp, fact.kind);
        self.url.offer(stamp, fact.url.clone());
        self.duration_ms.offer(stamp, fact.duration_ms);
        self.started_at.offer(stamp, fact.started_at);
        self.stored.offer(stamp, fact.stored.clone());
    }

    pub fn project(&self, owner: &RecordingOwner) -> Recording {
        let first_at = self.first_at.value().unwrap_or_default();
        let (status, media) = match self.stored.get() {
            None => (MediaStatus::Remote, None),
            Some(StoredMedia::Failed { .. }) => (MediaStatus::Failed, self.stored.cloned()),
            Some(StoredMedia::Removed { .. }) => (MediaStatus::Removed, self.stored.cloned()),
            Some(StoredMedia::Saved { .. }) => (MediaStatus::Saved, self.stored.cloned()),
        };
        Recording {
            id: deterministic(owner.connection_id.uuid(), &owner.external_id),
            tenant_id: owner.tenant_id,
            connection_id: owner.connection_id,
            provider: owner.provider.clone(),
            call_id: owner.call_id,
            leg_id: deterministic(owner.connection_id.uuid(), &owner.leg_external_id),
            leg_external_id: owner.leg_external_id.clone(),
            external_id: owner.external_id.clone(),
            kind: self.kind.value().unwrap_or(RecordingKind::Call),
            url: self.url.cloned(),
            duration_ms: self.duration_ms.value(),
            status,
            media,
            occurred_at: self.started_at.value().unwrap_or(first_at),
        }
    }
}

/// Whose recording it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordingOwner {
    pub tenant_id: TenantId,
    pub connection_id: ConnectionId,
    pub provider: String,
    pub external_id: String,
    pub leg_external_id: String,
    pub call_id: CallId,
}

/// An audio file of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct Recording {
    pub id: RecordingId,
    pub tenant_id: TenantId,
    pub connection_id: ConnectionId,
    pub provider: String,
    pub call_id: CallId,
    pub leg_id: LegId,
    pub leg_external_id: String,
    pub external_id: String,
    pub kind: RecordingKind,
    /// Where the provider keeps it.
    pub url: Option<String>,
    /// Milliseconds of audio.
    pub duration_ms: Option<i64>,
    pub status: MediaStatus,
    /// Our own copy, or why there is none.
    #[cfg_attr(feature = "sqlx", sqlx(json(nullable)))]
    pub media: Option<StoredMedia>,
    pub occurred_at: Timestamp,
}
