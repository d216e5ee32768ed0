//! A message left after the tone. It exists only when audio or text of it exists: callers who hang up in the greeting
//! leave a "voicemail" state behind at some providers, but no message.

use serde::{Deserialize, Serialize};

use crate::{
    clock::Timestamp,
    fact::{Target, VoicemailFact},
    ids::{CallId, ConnectionId, ContactId, LegId, TenantId, VoicemailId, deterministic},
    merge::{Earliest, Latest, Stamp},
};

/// Everything that facts have said of a voicemail.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct VoicemailDoc {
    recording_external_id: Latest<String>,
    url: Latest<String>,
    transcript: Latest<String>,
    duration_ms: Latest<i64>,
    from_number: Latest<String>,
    to_number: Latest<String>,
    target: Latest<Target>,
    left_at: Latest<Timestamp>,
    removed: Latest<bool>,
    #[serde(skip_serializing_if = "Latest::is_none")]
    heard: Latest<bool>,
    first_at: Earliest<Timestamp>,
}

impl VoicemailDoc {
    pub fn apply(&mut self, stamp: Stamp, fact: &VoicemailFact) {
        self.first_at.offer(Some(stamp.at));
        self.recording_external_id.offer(stamp, fact.recording_external_id.clone());
        self.url.offer(stamp, fact.url.clone());
        self.transcript.offer(stamp, fact.transcript.clone());
        self.duration_ms.offer(stamp, fact.duration_ms);
        self.from_number.offer(stamp, fact.from_number.clone());
        self.to_number.offer(stamp, fact.to_number.clone());
        self.target.offer(stamp, fact.target.clone());
        self.left_at.offer(stamp, fact.left_at);
        self.removed.offer(stamp, fact.removed);
        self.heard.offer(stamp, fact.heard);
    }

    pub fn project(&self, owner: &VoicemailOwner) -> Voicemail {
        let first_at = self.first_at.value().unwrap_or_default();
        let agent = self.target.get().filter(|target| target.is_user());
        Voicemail {
            id: deterministic(owner.connection_id.uuid(), &owner.leg_external_id),
            tenant_id: owner.tenant_id,
            connection_id: owner.connection_id,
            provider: owner.provider.clone(),
            call_id: owner.call_id,
            leg_id: deterministic(owner.connection_id.uuid(), &owner.leg_external_id),
            leg_external_id: owner.leg_external_id.clone(),
            contact_id: owner.contact_id,
            contact_name: None,
            from_number: self.from_number.cloned(),
            to_number: self.to_number.cloned(),
            agent_id: agent.map(|agent| agent.external_id.clone()),
            agent_name: agent.and_then(|agent| agent.name.clone()),
            recording_external_id: self.recording_external_id.cloned(),
            recording_url: self.url.cloned(),
            transcript: self.transcript.cloned(),
            duration_ms: self.duration_ms.value(),
            is_removed: self.removed.value().unwrap_or(false),
            is_heard: self.heard.value().unwrap_or(false),
            occurred_at: self.left_at.value().unwrap_or(first_at),
        }
    }
}

/// Whose voicemail it is, and what the call it hangs on knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoicemailOwner {
    pub tenant_id: TenantId,
    pub connection_id: ConnectionId,
    pub provider: String,
    pub leg_external_id: String,
    pub call_id: CallId,
    pub contact_id: Option<ContactId>,
}

/// A voicemail message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct Voicemail {
    pub id: VoicemailId,
    pub tenant_id: TenantId,
    pub connection_id: ConnectionId,
    pub provider: String,
    pub call_id: CallId,
    pub leg_id: LegId,
    /// The provider's id of the leg it was left on.
    pub leg_external_id: String,
    pub contact_id: Option<ContactId>,
    /// What the contact is called now. Nothing that is kept of the voicemail: filled in where it is shown.
    #[cfg_attr(feature = "sqlx", sqlx(skip))]
    #[serde(skip)]
    pub contact_name: Option<String>,
    pub from_number: Option<String>,
    pub to_number: Option<String>,
    /// The provider's id of the user whose box it is, when it is a person's.
    pub agent_id: Option<String>,
    pub agent_name: Option<String>,
    pub recording_external_id: Option<String>,
    pub recording_url: Option<String>,
    pub transcript: Option<String>,
    /// Milliseconds of audio.
    pub duration_ms: Option<i64>,
    /// Taken out of the lists by a person.
    pub is_removed: bool,
    /// Somebody listened to it.
    pub is_heard: bool,
    pub occurred_at: Timestamp,
}
