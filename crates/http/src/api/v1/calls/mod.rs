//! Calls: what a person would call one call, joined from the legs that the provider reports.

use serde::Serialize;
use switchboard_domain::{
    Timestamp,
    call::{AnsweredBy, Call, CallOutcome, CallStatus, Direction, Phase},
    ids::{CallId, ConnectionId, ContactId, LegId},
    leg::TIME_FAULT,
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
pub mod transcription;
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
    #[schema(schema_with = direction_or_null)]
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
    /// Whole seconds that it rang: until it was answered, else until it was over.
    pub ring_seconds: Option<i64>,
    /// Whole seconds that the other side waited, from the queue's first moment or else the call's, until somebody answered or
    /// it was over.
    pub wait_seconds: Option<i64>,
    /// Whole seconds during which somebody of yours talked to the other side; legs that overlap count once.
    pub talk_seconds: Option<i64>,
    /// The provider did not say when it started: `started_at` is when it must have been at the latest.
    pub start_estimated: bool,
    /// The provider's id of the queue that it waited in.
    #[schema(example = "6500")]
    pub queue: Option<String>,
    pub ring_group: Option<String>,
    /// The menu that it went through.
    pub ivr: Option<String>,
    /// The line it came in or went out by.
    pub trunk: Option<String>,
    /// The number of yours that was called.
    pub did: Option<String>,
    /// What it is billed to.
    pub account_code: Option<String>,
    /// The country of the other side's number, ISO 3166-1 alpha-2.
    #[schema(example = "US")]
    pub country: Option<String>,
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
            ring_seconds: call.ring_seconds,
            wait_seconds: call.wait_seconds,
            talk_seconds: call.talk_seconds,
            start_estimated: call.start_estimated,
            queue: call.queue,
            ring_group: call.ring_group,
            ivr: call.ivr,
            trunk: call.trunk,
            did: call.did,
            account_code: call.account_code,
            country: call.country,
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
    /// The provider's id of who or what it was for: a user, an extension.
    pub target_id: Option<String>,
    #[schema(schema_with = direction_or_null)]
    pub direction: Option<Direction>,
    /// Who took it, where the provider tells people from menus and mailboxes.
    #[schema(schema_with = answered_by)]
    pub answered_by: Option<AnsweredBy>,
    pub queue: Option<String>,
    pub ring_group: Option<String>,
    /// The menu that had it.
    pub ivr: Option<String>,
    pub trunk: Option<String>,
    /// What is wrong with the times that the provider gave, if anything is.
    pub time_fault: Option<String>,
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
            target_id: target.map(|target| target.external_id.clone()),
            direction: doc.direction.value(),
            answered_by: doc.answered_by.value(),
            queue: doc.queue(),
            ring_group: doc.ring_group.cloned(),
            ivr: doc.ivr.cloned(),
            trunk: doc.trunk.cloned(),
            time_fault: doc.attributes.get(TIME_FAULT).and_then(|fault| serde_json::from_str(fault.get()?).ok()),
            started_at: doc.start(),
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

fn direction_or_null() -> utoipa::openapi::schema::Object {
    or_null(direction())
}

fn answered_by() -> utoipa::openapi::schema::Object {
    or_null(super::words(AnsweredBy::ALL.iter().map(|who| who.as_str())))
}

fn outcome_or_null() -> utoipa::openapi::schema::Object {
    or_null(call_outcome())
}
