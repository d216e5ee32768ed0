//! Changes: what happened to which record, numbered without gaps. They never carry contents.

use serde::Serialize;
use switchboard_domain::{
    Timestamp,
    change::{Change, RecordKind, Verb},
    ids::{
        AnalysisId, CallId, ContactId, MessageId, NotificationId, OutgoingId, RecordingId, TenantId, TranscriptId,
        VoicemailId,
    },
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{record_kind, verb};
use crate::problem::{Code, Problem};

pub mod list;
pub mod stream;

/// A change.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Change)]
pub struct ChangeView {
    /// Grows by one with each change of the tenant.
    pub seq: i64,
    #[schema(schema_with = record_kind)]
    pub kind: RecordKind,
    /// The record's id.
    pub id: String,
    #[schema(schema_with = verb)]
    pub verb: Verb,
    pub from_state: Option<String>,
    pub to_state: Option<String>,
    /// Names of the fields that differ; never their contents.
    pub fields: Vec<String>,
    /// When it happened at the provider.
    #[schema(value_type = String, format = DateTime)]
    pub occurred_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub committed_at: Timestamp,
}

impl From<Change> for ChangeView {
    fn from(change: Change) -> Self {
        Self {
            seq: change.seq,
            kind: change.kind,
            id: prefixed(change.kind, change.record_id),
            verb: change.verb,
            from_state: change.from_state,
            to_state: change.to_state,
            fields: change.fields,
            occurred_at: change.occurred_at,
            committed_at: change.committed_at,
        }
    }
}

/// An id as it is shown.
pub(crate) fn prefixed(kind: RecordKind, id: Uuid) -> String {
    match kind {
        RecordKind::Call | RecordKind::Insight => CallId::from_uuid(id).to_string(),
        RecordKind::Contact => ContactId::from_uuid(id).to_string(),
        RecordKind::Message => MessageId::from_uuid(id).to_string(),
        RecordKind::Notification => NotificationId::from_uuid(id).to_string(),
        RecordKind::OutgoingMessage => OutgoingId::from_uuid(id).to_string(),
        RecordKind::Recording => RecordingId::from_uuid(id).to_string(),
        RecordKind::Analysis => AnalysisId::from_uuid(id).to_string(),
        RecordKind::Transcript => TranscriptId::from_uuid(id).to_string(),
        RecordKind::Voicemail => VoicemailId::from_uuid(id).to_string(),
        RecordKind::Tenant => TenantId::from_uuid(id).to_string(),
    }
}

/// What came after a number is no longer kept.
fn reset_required(last: i64) -> Problem {
    Problem::new(
        Code::ResetRequired,
        format!("changes after that number are no longer kept; read again what you show, then go on with after={last}"),
    )
}
