//! Calls: what a person would call one call, joined from the legs that the provider reports.

use serde::Serialize;
use switchboard_domain::{
    Timestamp,
    call::{Call, CallOutcome, CallStatus, Direction, Phase},
    ids::{CallId, ConnectionId, ContactId, LegId},
};
use switchboard_store::{calls::KeptLeg, record::Kept};
use utoipa::ToSchema;

use super::{
    call_outcome, call_status, direction, or_null, phase,
    recordings::{RecordingView, TranscriptView},
    voicemails::VoicemailView,
};
use work::{NoteView, ResolvedView};

pub mod add_note;
pub mod edit_note;
pub mod export;
pub mod follow_up;
pub mod get;
pub mod list;
pub mod remove_note;
pub mod reopen;
pub mod resolve;
pub mod set_tags;
pub mod shares;
pub mod transcript;
pub mod work;

/// A call.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Call)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about a call, each shown by itself")]
pub struct CallView {
    #[schema(value_type = String, example = "call_0198f3c27bd1832f9ad0c12a7b3e4f50")]
    pub id: CallId,
    #[schema(value_type = String)]
    pub connection_id: ConnectionId,
    pub provider: String,
    /// The provider's id that names the call.
    pub external_id: String,
    #[schema(schema_with = direction)]
    pub direction: Option<Direction>,
    #[schema(example = "+14155550123")]
    pub from_number: Option<String>,
    pub to_number: Option<String>,
    #[schema(schema_with = call_status)]
    pub status: CallStatus,
    /// Null while the call is live.
    #[schema(schema_with = outcome_or_null)]
    pub outcome: Option<CallOutcome>,
    /// The provider's id of the user who took it, or whose phone rang.
    pub agent_id: Option<String>,
    pub agent_name: Option<String>,
    #[schema(value_type = Option<String>)]
    pub contact_id: Option<ContactId>,
    pub contact_name: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub started_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub answered_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    /// Whole seconds from answer to end; null until the call is over, 0 when nobody answered.
    pub duration_seconds: Option<i64>,
    /// Where the provider keeps the first recording.
    pub recording_url: Option<String>,
    /// A message was left.
    pub is_voicemail: bool,
    /// The provider's summary of what was said.
    pub summary: Option<String>,
    pub is_internal: bool,
    pub is_transferred: bool,
    pub leg_count: i64,
    /// Somebody marked it as dealt with.
    pub is_resolved: bool,
    /// What people put on it, sorted.
    pub tags: Vec<String>,
    pub note_count: i64,
    /// What lists sort by: when it started, else when we first heard of it.
    #[schema(value_type = String, format = DateTime)]
    pub occurred_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

impl From<Kept<Call>> for CallView {
    fn from(kept: Kept<Call>) -> Self {
        let call = kept.record;
        Self {
            id: call.id,
            connection_id: call.connection_id,
            provider: call.provider,
            external_id: call.external_id,
            direction: call.direction,
            from_number: call.from_number,
            to_number: call.to_number,
            status: call.status,
            outcome: call.outcome,
            agent_id: call.agent_id,
            agent_name: call.agent_name,
            contact_id: call.contact_id,
            contact_name: call.contact_name,
            started_at: call.started_at,
            answered_at: call.answered_at,
            ended_at: call.ended_at,
            duration_seconds: call.duration_seconds,
            recording_url: call.recording_url,
            is_voicemail: call.is_voicemail,
            summary: call.summary,
            is_internal: call.is_internal,
            is_transferred: call.is_transferred,
            leg_count: call.leg_count,
            is_resolved: call.is_resolved,
            tags: call.tags,
            note_count: call.note_count,
            occurred_at: call.occurred_at,
            created_at: kept.created_at,
            updated_at: kept.updated_at,
        }
    }
}

/// One participant's part of a call.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CallLeg)]
pub struct LegView {
    #[schema(value_type = String)]
    pub id: LegId,
    pub external_id: String,
    #[schema(schema_with = call_status)]
    pub status: CallStatus,
    /// Who or what it was for: a user, an office, a call centre.
    pub target_kind: Option<String>,
    pub target_name: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub started_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub answered_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    pub talk_ms: Option<i64>,
    pub hold_ms: Option<i64>,
    pub labels: Vec<String>,
    pub purposes: Vec<String>,
    pub action_items: Vec<String>,
}

impl From<&KeptLeg> for LegView {
    fn from(kept: &KeptLeg) -> Self {
        let doc = &kept.leg.doc;
        let target = doc.target.get();
        Self {
            id: kept.leg.id,
            external_id: kept.leg.external_id.clone(),
            status: doc.status(),
            target_kind: target.map(|target| target.kind.clone()),
            target_name: target.and_then(|target| target.name.clone()),
            started_at: doc.started_at.value(),
            answered_at: doc.answered_at(),
            ended_at: doc.ended_at(),
            talk_ms: doc.talk_ms.value(),
            hold_ms: doc.hold_ms.value(),
            labels: doc.labels.cloned().unwrap_or_default(),
            purposes: doc.purposes.cloned().unwrap_or_default(),
            action_items: doc.action_items.cloned().unwrap_or_default(),
        }
    }
}

/// One moment of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CallMoment)]
pub struct MomentView {
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    #[schema(schema_with = phase)]
    pub phase: Phase,
    /// The provider's own word for it.
    pub name: String,
    #[schema(value_type = String)]
    pub leg_id: LegId,
}

/// The moments of all legs, in order.
pub fn timeline(legs: &[KeptLeg]) -> Vec<MomentView> {
    let mut moments: Vec<MomentView> = legs
        .iter()
        .flat_map(|kept| {
            let leg_id = kept.leg.id;
            let view = move |moment: &switchboard_domain::leg::Moment| MomentView {
                at: moment.at,
                phase: moment.phase,
                name: moment.name.clone(),
                leg_id,
            };
            kept.leg.doc.moments.iter().map(view)
        })
        .collect();
    moments.sort_by_key(|moment| (moment.at, moment.phase, moment.leg_id));
    moments
}

/// A call with all that hangs on it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CallDetail)]
pub struct CallDetail {
    #[serde(flatten)]
    pub call: CallView,
    /// In the order in which they began.
    pub legs: Vec<LegView>,
    /// The moments of all legs, in order.
    pub timeline: Vec<MomentView>,
    pub recordings: Vec<RecordingView>,
    pub voicemail: Option<VoicemailView>,
    /// Null until it has been fetched.
    pub transcript: Option<TranscriptView>,
    /// What people wrote about it, oldest first.
    pub notes: Vec<NoteView>,
    /// Who marked it as dealt with, and when; null while it is open.
    pub resolved: Option<ResolvedView>,
}

fn outcome_or_null() -> utoipa::openapi::schema::Object {
    or_null(call_outcome())
}
