//! Reports about calls as such: volume, the week, answering, missed calls, lengths, transfers.

use jiff::civil::Date;
use serde::Serialize;
use switchboard_domain::{
    Timestamp,
    ids::{CallId, ContactId},
    text_enum,
};
use utoipa::ToSchema;

use super::{About, CallsQuery, Distribution, Histogram, Outcomes, schema};

text_enum! {
    /// What one row of a report over time is.
    pub enum Step {
        Hour "hour",
        Day "day",
        /// From Monday on.
        Week "week",
        Month "month",
    }
}

/// Calls by hour, day, week or month. Counted are calls that are over, each once however many legs it has, in the hour in
/// which it began.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct VolumeReport {
    pub about: About,
    #[schema(schema_with = schema::step)]
    pub step: Step,
    pub total: Volume,
    /// Every step of the period, those without a call among them. The first and the last may be cut by the period.
    pub rows: Vec<VolumeRow>,
}

/// How many calls there were.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ReportVolume)]
pub struct Volume {
    pub calls: i64,
    pub inbound: i64,
    pub outbound: i64,
    /// Between colleagues.
    pub internal: i64,
    pub outcomes: Outcomes,
    /// Seconds that people talked.
    pub talk_seconds: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct VolumeRow {
    #[schema(value_type = String, format = DateTime)]
    pub starts: Timestamp,
    /// The day on which the step begins, in the workspace's zone.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// The hour on the clock, where a step is an hour. When clocks are put back, the doubled hour is one row.
    pub hour: Option<i8>,
    #[serde(flatten)]
    pub volume: Volume,
    pub query: CallsQuery,
}

/// The week as it usually goes: each weekday by each hour on the clock.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HeatmapReport {
    pub about: About,
    /// 168 of them: Monday's hours first.
    pub cells: Vec<HeatmapCell>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HeatmapCell {
    /// From 1, Monday, to 7, Sunday.
    pub weekday: i8,
    /// From 0 to 23.
    pub hour: i8,
    /// How many of this weekday the period has.
    pub days: i64,
    pub calls: i64,
    /// Calls on one such day.
    pub calls_per_day: Option<f64>,
    /// Inbound calls that somebody should have answered: rejected ones and those between colleagues are left out.
    pub offered: i64,
    pub answered: i64,
    /// Answered of offered. Null without an offered call.
    pub answer_rate: Option<f64>,
    /// How long answered inbound callers waited. Null without one.
    pub average_wait_seconds: Option<f64>,
    /// The calls of the last such hour of the period: no filter of calls knows weekdays.
    pub query: CallsQuery,
}

/// How well and how fast calls are answered.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AnsweringReport {
    pub about: About,
    pub inbound: Answering,
    pub outbound: Answering,
    pub days: Vec<AnsweringDay>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ReportAnswering)]
pub struct Answering {
    /// Calls of this direction that are over; calls between colleagues are in neither direction.
    pub calls: i64,
    /// Calls that the rate is about. Inbound: offered, rejected ones left out. Outbound: all attempts.
    pub offered: i64,
    pub answered: i64,
    /// Answered of offered: the answer rate of inbound calls, the ASR of outbound ones. Null without an offered call.
    pub rate: Option<f64>,
    /// From the first ring or the queue to the answer, of answered calls.
    pub wait: Distribution,
    /// Until those who reached nobody gave up or were cut off.
    pub lost_wait: Distribution,
    /// How long people talked, of answered calls; its average is the ACD.
    pub talk: Distribution,
    /// Average of talk and ring of answered calls: no provider reports the work after a call, so it is not in it.
    pub handling_seconds: Option<f64>,
    pub query: CallsQuery,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ReportAnsweringDay)]
pub struct AnsweringDay {
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    pub offered: i64,
    pub answered: i64,
    pub answer_rate: Option<f64>,
    pub attempts: i64,
    pub connected: i64,
    pub connect_rate: Option<f64>,
    /// How long answered inbound callers waited: on average, half of them at most, nine of ten at most.
    pub average_wait_seconds: Option<f64>,
    pub median_wait_seconds: Option<i64>,
    pub p90_wait_seconds: Option<i64>,
    pub average_talk_seconds: Option<f64>,
    pub query: CallsQuery,
}

/// Inbound calls that reached nobody, and what became of them. A call is missed when it was offered and not answered:
/// missed, abandoned, voicemail, busy, failed. Rejected ones and those between colleagues are no such calls. It is
/// returned when somebody of ours called the number afterwards within the return window, whether or not they got
/// through, and it resolved itself when the caller got through in that time. Callers who hide their number can not be
/// called back and are not in it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MissedReport {
    pub about: About,
    /// The return window, a setting.
    pub return_hours: i64,
    pub missed: i64,
    pub returned: i64,
    /// The caller called again and got through before anybody called back.
    pub reached_us: i64,
    /// The window has passed without either.
    pub not_returned: i64,
    /// Neither yet, and the window has not passed.
    pub waiting: i64,
    /// Returned of those that did not resolve themselves and whose window has passed or that were returned.
    pub return_rate: Option<f64>,
    /// From the missed call to ours.
    pub time_to_return: Distribution,
    pub days: Vec<MissedDay>,
    /// Numbers with missed calls that are not returned or still wait, the latest first; at most 200.
    pub callers: Vec<MissedCaller>,
    /// Numbers that the list leaves out.
    pub left_out: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MissedDay {
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    pub missed: i64,
    pub returned: i64,
    pub reached_us: i64,
    pub not_returned: i64,
    pub waiting: i64,
    pub query: CallsQuery,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MissedCaller {
    pub number: String,
    #[schema(value_type = Option<String>)]
    pub contact_id: Option<ContactId>,
    pub name: Option<String>,
    /// Their missed calls of the period that nobody returned.
    pub calls: i64,
    #[schema(value_type = String, format = DateTime)]
    pub last_at: Timestamp,
    #[schema(value_type = String)]
    pub last_call_id: CallId,
    /// They left a voicemail with one of them.
    pub is_voicemail: bool,
    /// The window of the last one has not passed.
    pub is_waiting: bool,
    /// All calls with the number in the period and since.
    pub query: CallsQuery,
}

/// How long calls last and callers wait, as histograms.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DurationsReport {
    pub about: About,
    /// Talk of answered calls.
    pub talk: Histogram,
    /// Wait of answered inbound calls.
    pub wait: Histogram,
    /// Wait of inbound calls that reached nobody.
    pub lost_wait: Histogram,
    /// How long phones rang.
    pub ring: Histogram,
    pub query: CallsQuery,
}

/// Answered calls that were passed on.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TransfersReport {
    pub about: About,
    pub answered: i64,
    pub transferred: i64,
    /// Transferred of answered.
    pub rate: Option<f64>,
    pub days: Vec<TransferRow>,
    /// By who took the call; at most 500, most transfers first.
    pub agents: Vec<TransferRow>,
    pub queues: Vec<TransferRow>,
    pub query: CallsQuery,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TransferRow {
    /// The day, the agent's id or the queue.
    pub key: String,
    pub name: Option<String>,
    pub answered: i64,
    pub transferred: i64,
    pub rate: Option<f64>,
    /// The transferred ones.
    pub query: CallsQuery,
}
