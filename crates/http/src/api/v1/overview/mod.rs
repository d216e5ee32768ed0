//! How a workspace stands: today against the same weekday a week before.

use serde::Serialize;
use switchboard_app::overview::{Health, Overview, Part, Recent, WaitingPerson};
use switchboard_domain::{
    Timestamp,
    call::{CallOutcome, Direction},
    change::RecordKind,
    connection::ConnectionStatus,
    ids::{CallId, ConnectionId, ContactId},
    report::{Numbers, Response},
    silence::Health as HealthState,
};
use utoipa::ToSchema;

use super::{call_outcome, direction, record_kind};

pub mod get;

super::word_schemas! {
    health_state = HealthState;
    connection_status = ConnectionStatus;
}

/// How the workspace stands. Calls and messages between colleagues are not counted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WorkspaceOverview)]
pub struct OverviewView {
    /// Whose midnight days begin at.
    #[schema(example = "Europe/Madrid")]
    pub time_zone: String,
    /// Today until now.
    pub today: DayView,
    /// The same weekday a week before, until the same time on the clock.
    pub last_week: DayView,
    /// Calls by the hour on the clock in which they began, 24 of them.
    pub hours: Vec<HourView>,
    /// Calls that ring or are talked on.
    pub live_calls: i64,
    /// Voicemails of the last 90 days that nobody listened to, counted to 1,000.
    pub unheard_voicemails: i64,
    /// Who called today, reached nobody and was not called back, the latest first; at most 20.
    pub not_returned: Vec<WaitingView>,
    pub connections: Vec<HealthView>,
    /// What happened of late, the latest first; at most 20.
    pub recent: Vec<RecentView>,
}

impl From<Overview> for OverviewView {
    fn from(overview: Overview) -> Self {
        let now = overview.today.day.hour_of(overview.today.day.until);
        let hour = |hour: usize| HourView {
            hour: u8::try_from(hour).unwrap_or(0),
            today: (hour <= now).then(|| overview.today.hours[hour]),
            last_week: overview.last_week.hours[hour],
        };
        Self {
            hours: (0..overview.today.hours.len()).map(hour).collect(),
            time_zone: overview.time_zone,
            today: overview.today.into(),
            last_week: overview.last_week.into(),
            live_calls: overview.live_calls,
            unheard_voicemails: overview.unheard_voicemails,
            not_returned: overview.waiting.into_iter().map(WaitingView::from).collect(),
            connections: overview.connections.into_iter().map(HealthView::from).collect(),
            recent: overview.recent.into_iter().map(RecentView::from).collect(),
        }
    }
}

/// A day, or as much of it as is compared.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OverviewDay)]
pub struct DayView {
    #[schema(format = Date, example = "2026-11-21")]
    pub date: String,
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
    /// Calls that began.
    pub calls: i64,
    pub inbound_calls: i64,
    pub outbound_calls: i64,
    /// Calls that are over, by what came of them.
    pub outcomes: Vec<OutcomeView>,
    /// Of inbound calls that are over, the share that somebody answered; rejected ones are left out. Null without one.
    pub answer_rate: Option<f64>,
    /// Seconds that people talked, in calls that are over.
    pub talk_seconds: i64,
    /// People whose calls reached nobody, and who have neither talked with somebody since nor been called.
    pub not_returned: i64,
    pub inbound_messages: i64,
    pub outbound_messages: i64,
    /// Null while nobody who wrote, or reached nobody, was answered.
    pub response: Option<ResponseView>,
}

impl From<Part> for DayView {
    fn from(Part { day, numbers, .. }: Part) -> Self {
        let Numbers { outcomes, answer_rate, response, .. } = numbers;
        Self {
            date: day.date.to_string(),
            from: day.starts,
            until: day.until,
            calls: numbers.calls,
            inbound_calls: numbers.inbound,
            outbound_calls: numbers.outbound,
            outcomes: outcomes.into_iter().map(|(outcome, calls)| OutcomeView { outcome, calls }).collect(),
            answer_rate,
            talk_seconds: numbers.talk_seconds,
            not_returned: numbers.not_returned,
            inbound_messages: numbers.messages_in,
            outbound_messages: numbers.messages_out,
            response: response.map(ResponseView::from),
        }
    }
}

/// How many calls came to this.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OverviewOutcome)]
pub struct OutcomeView {
    #[schema(schema_with = call_outcome)]
    pub outcome: CallOutcome,
    pub calls: i64,
}

/// How long people waited for the first call or message back, after they wrote or their call reached nobody.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OverviewResponse)]
pub struct ResponseView {
    /// Half of them waited this long or less.
    pub median_seconds: i64,
    /// Nine of ten waited this long or less.
    pub p90_seconds: i64,
    /// Waits that ended. Who still waits is not in it.
    pub count: i64,
}

impl From<Response> for ResponseView {
    fn from(response: Response) -> Self {
        let Response { median_seconds, p90_seconds, count } = response;
        Self { median_seconds, p90_seconds, count }
    }
}

/// Calls of one hour on the clock.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OverviewHour)]
pub struct HourView {
    /// From 0 to 23.
    pub hour: u8,
    /// Null for an hour that is still to come.
    pub today: Option<i64>,
    pub last_week: i64,
}

/// Somebody who waits to be called back.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OverviewWaiting)]
pub struct WaitingView {
    #[schema(value_type = String)]
    pub contact_id: ContactId,
    pub name: Option<String>,
    pub number: Option<String>,
    /// Their last call.
    #[schema(value_type = String)]
    pub call_id: CallId,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// How often they called.
    pub calls: i64,
    /// They left a voicemail with the last call.
    pub is_voicemail: bool,
}

impl From<WaitingPerson> for WaitingView {
    fn from(person: WaitingPerson) -> Self {
        Self {
            contact_id: person.contact_id,
            name: person.name,
            call_id: CallId::from_uuid(person.waiting.call_id),
            at: person.waiting.at,
            calls: person.waiting.calls,
            is_voicemail: person.call.as_ref().is_some_and(|call| call.record.is_voicemail),
            number: person.call.and_then(|call| call.record.from_number),
        }
    }
}

/// Whether what a provider sends still arrives.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConnectionHealth)]
pub struct HealthView {
    #[schema(value_type = String)]
    pub connection_id: ConnectionId,
    pub name: String,
    pub provider: String,
    /// `waiting`: nothing has arrived yet. `silent`: nothing came for longer than it usually stays quiet, by the hours of the
    /// week in which it was heard of in the last eight weeks. `failing`: see `problem`. `paused`: switched off.
    #[schema(schema_with = health_state)]
    pub state: HealthState,
    #[schema(schema_with = connection_status)]
    pub status: ConnectionStatus,
    /// When a delivery last arrived; null if none did in the last eight weeks.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_event_at: Option<Timestamp>,
    /// Whole hours since then in which it is usually heard of.
    pub usual_hours_missed: i64,
    /// What a person should know about why it is failing.
    pub problem: Option<String>,
}

impl From<Health> for HealthView {
    fn from(health: Health) -> Self {
        let connection = health.connection;
        Self {
            connection_id: connection.id,
            name: connection.name,
            provider: connection.provider,
            state: health.state,
            status: connection.status,
            last_event_at: health.silence.last_at,
            usual_hours_missed: health.silence.usual_hours,
            problem: connection.last_error,
        }
    }
}

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecentActivity)]
pub struct RecentView {
    /// `call`, `message` or `voicemail`.
    #[schema(schema_with = record_kind)]
    pub kind: RecordKind,
    /// The record's id.
    pub id: String,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    #[schema(schema_with = direction)]
    pub direction: Option<Direction>,
    /// What came of it, or where it stands.
    pub state: String,
    #[schema(value_type = Option<String>)]
    pub contact_id: Option<ContactId>,
    pub contact_name: Option<String>,
    /// The other side's.
    pub number: Option<String>,
    /// What was written, said or summed up.
    pub text: Option<String>,
    /// Of a call that was answered.
    pub duration_seconds: Option<i64>,
}

impl From<Recent> for RecentView {
    fn from(recent: Recent) -> Self {
        match recent {
            Recent::Call(kept) => {
                let call = kept.record;
                let number =
                    if call.direction == Some(Direction::Outbound) { call.to_number } else { call.from_number };
                Self {
                    kind: RecordKind::Call,
                    id: call.id.to_string(),
                    at: call.occurred_at,
                    direction: call.direction,
                    state: call.outcome.map_or_else(|| call.status.to_string(), |outcome| outcome.to_string()),
                    contact_id: call.contact_id,
                    contact_name: call.contact_name,
                    number,
                    text: call.summary,
                    duration_seconds: call.duration_seconds,
                }
            }
            Recent::Message(kept) => {
                let message = kept.record;
                let is_ours = message.direction == Some(Direction::Outbound);
                Self {
                    kind: RecordKind::Message,
                    id: message.id.to_string(),
                    at: message.occurred_at,
                    direction: message.direction,
                    state: message.status.to_string(),
                    contact_id: message.contact_id,
                    contact_name: message.contact_name,
                    number: if is_ours { message.to_numbers.into_iter().next() } else { message.from_number },
                    text: message.text,
                    duration_seconds: None,
                }
            }
            Recent::Voicemail(kept) => {
                let voicemail = kept.record;
                Self {
                    kind: RecordKind::Voicemail,
                    id: voicemail.id.to_string(),
                    at: voicemail.occurred_at,
                    direction: Some(Direction::Inbound),
                    state: if voicemail.is_heard { "heard" } else { "unheard" }.to_owned(),
                    contact_id: voicemail.contact_id,
                    contact_name: voicemail.contact_name,
                    number: voicemail.from_number,
                    text: voicemail.transcript,
                    duration_seconds: voicemail.duration_ms.map(|ms| ms / 1_000),
                }
            }
        }
    }
}
