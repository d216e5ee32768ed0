//! What was said in a call, line by line.

use serde::{Deserialize, Serialize};

use crate::{
    clock::Timestamp,
    fact::TranscriptFact,
    ids::{CallId, ConnectionId, LegId, TenantId, TranscriptId, deterministic},
    merge::{Earliest, Latest, Stamp},
    text_enum,
};

text_enum! {
    /// Speech, or something the provider noticed about it.
    pub enum LineKind {
        Speech "speech",
        /// A provider's remark ("action item", "moment"): not something anyone said.
        Note "note",
    }
}

/// One line of a transcript.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TranscriptLine {
    pub kind: LineKind,
    pub speaker: Option<String>,
    /// The speaker is one of the tenant's own users.
    pub is_agent: Option<bool>,
    pub content: String,
    pub at: Option<Timestamp>,
}

/// Everything that facts have said of a transcript.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TranscriptDoc {
    lines: Latest<Vec<TranscriptLine>>,
    first_at: Earliest<Timestamp>,
}

impl TranscriptDoc {
    pub fn apply(&mut self, stamp: Stamp, fact: &TranscriptFact) {
        self.first_at.offer(Some(stamp.at));
        self.lines.offer(stamp, fact.lines.clone());
    }

    pub fn project(&self, owner: &TranscriptOwner) -> Transcript {
        Transcript {
            id: deterministic(owner.connection_id.uuid(), &owner.leg_external_id),
            tenant_id: owner.tenant_id,
            connection_id: owner.connection_id,
            provider: owner.provider.clone(),
            call_id: owner.call_id,
            leg_id: deterministic(owner.connection_id.uuid(), &owner.leg_external_id),
            leg_external_id: owner.leg_external_id.clone(),
            is_complete: !self.lines.is_none(),
            lines: self.lines.cloned().unwrap_or_default(),
            occurred_at: self.first_at.value().unwrap_or_default(),
        }
    }
}

/// Whose transcript it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TranscriptOwner {
    pub tenant_id: TenantId,
    pub connection_id: ConnectionId,
    pub provider: String,
    pub leg_external_id: String,
    pub call_id: CallId,
}

/// What was said in a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct Transcript {
    pub id: TranscriptId,
    pub tenant_id: TenantId,
    pub connection_id: ConnectionId,
    pub provider: String,
    pub call_id: CallId,
    pub leg_id: LegId,
    pub leg_external_id: String,
    /// The lines have been fetched; until then only its existence is known.
    pub is_complete: bool,
    #[cfg_attr(feature = "sqlx", sqlx(json))]
    pub lines: Vec<TranscriptLine>,
    pub occurred_at: Timestamp,
}
