//! Reports that compare, judge or doubt: speech, periods side by side, what is out of the ordinary, the data itself.

use jiff::civil::Date;
use serde::Serialize;
use switchboard_domain::{Timestamp, ids::ConnectionId, silence::Health, text_enum};
use utoipa::ToSchema;

use super::{About, CallsQuery, Distribution, schema};

/// What was said and how, over time. Sentiment is an estimate out of words.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SpeechReport {
    pub about: About,
    /// Calls with a complete transcript.
    pub transcribed: i64,
    /// Calls whose sentiment was estimated.
    pub rated: i64,
    pub sentiment: Sentiment,
    pub days: Vec<SpeechDay>,
    /// By agent; at most 200, most rated calls first.
    pub agents: Vec<SpeechAgent>,
    /// Words of the workspace's lists, most calls first; at most 200.
    pub keywords: Vec<KeywordRow>,
    /// Calls that scorecards were filled in for.
    pub scored: i64,
    /// Their average score, from 0 to 100; null without one.
    pub average_score: Option<f64>,
}

/// Rated calls by the customer's label.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, ToSchema)]
#[schema(as = ReportSentiment)]
pub struct Sentiment {
    pub positive: i64,
    pub neutral: i64,
    pub negative: i64,
    /// The customer's, from -100 to 100; null without a rated call.
    pub average: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SpeechDay {
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    pub transcribed: i64,
    pub sentiment: Sentiment,
    pub keyword_calls: i64,
    pub query: CallsQuery,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SpeechAgent {
    pub agent_id: String,
    pub name: Option<String>,
    pub sentiment: Sentiment,
    /// From 0 to 100.
    pub average_score: Option<f64>,
    pub query: CallsQuery,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ReportKeywordRow)]
pub struct KeywordRow {
    pub keyword: String,
    /// The list that it stands in.
    pub list: String,
    pub calls: i64,
    /// How often it was said.
    pub hits: i64,
}

text_enum! {
    /// What a period is put beside.
    pub enum Against {
        /// The same number of days right before it.
        Previous "previous",
        /// The same dates a year before.
        Year "year",
    }
}

text_enum! {
    /// What is compared.
    pub enum Measure {
        Calls "calls",
        Inbound "inbound",
        Outbound "outbound",
        Internal "internal",
        AnswerRate "answer_rate",
        ConnectRate "connect_rate",
        Missed "missed",
        Abandoned "abandoned",
        Voicemails "voicemails",
        TalkSeconds "talk_seconds",
        AverageTalk "average_talk",
        AverageWait "average_wait",
        MedianWait "median_wait",
        P90Wait "p90_wait",
        TransferRate "transfer_rate",
    }
}

text_enum! {
    /// What a number is.
    pub enum Unit {
        Count "count",
        /// Of 1.
        Share "share",
        Seconds "seconds",
    }
}

/// A period beside another one.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CompareReport {
    pub about: About,
    #[schema(schema_with = schema::against)]
    pub against: Against,
    /// The other period.
    #[schema(value_type = String, format = Date)]
    pub before_from: Date,
    #[schema(value_type = String, format = Date)]
    pub before_to: Date,
    pub rows: Vec<CompareRow>,
    /// Calls by day, the days of both periods side by side.
    pub days: Vec<CompareDay>,
    pub query: CallsQuery,
    pub before_query: CallsQuery,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CompareRow {
    #[schema(schema_with = schema::measure)]
    pub measure: Measure,
    #[schema(schema_with = schema::unit)]
    pub unit: Unit,
    /// Null where there is nothing to count it from.
    pub now: Option<f64>,
    pub before: Option<f64>,
    /// Now less before.
    pub difference: Option<f64>,
    /// The difference of what was before; null when that was nothing.
    pub change: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CompareDay {
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    #[schema(value_type = String, format = Date)]
    pub before_date: Date,
    pub calls: i64,
    pub before_calls: i64,
}

text_enum! {
    /// What is out of the ordinary.
    pub enum Oddity {
        VolumeHigh "volume_high",
        VolumeLow "volume_low",
        AnswerRateLow "answer_rate_low",
        /// Outbound calls to other countries while the workspace is closed, in the night if it has no hours.
        InternationalAfterHours "international_after_hours",
    }
}

/// Hours that are unlike the same hour of the same weekday in the weeks before.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AnomaliesReport {
    pub about: About,
    /// Weeks that an hour is compared with.
    pub weeks: i64,
    /// How far from the usual an hour must be: differences from the median, in robust standard deviations.
    pub threshold: f64,
    /// The latest first; at most 200.
    pub rows: Vec<Anomaly>,
    pub left_out: i64,
    /// Days that could not be judged, because fewer than four of those weeks had a call.
    pub days_without_history: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ReportAnomaly)]
pub struct Anomaly {
    #[schema(schema_with = schema::oddity)]
    pub kind: Oddity,
    #[schema(value_type = String, format = DateTime)]
    pub starts: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub ends: Timestamp,
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    pub hour: i8,
    /// Calls, or for an answer rate a share.
    pub value: f64,
    /// The median of the weeks before.
    pub usual: f64,
    /// How many robust standard deviations apart.
    pub score: f64,
    pub query: CallsQuery,
}

/// Whether the records can be believed, by connection.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DataHealthReport {
    pub about: About,
    /// A record that came later than this after its call ended was held back somewhere.
    pub late_seconds: i64,
    pub connections: Vec<ConnectionDataHealth>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ConnectionDataHealth {
    #[schema(value_type = String)]
    pub connection_id: ConnectionId,
    pub name: String,
    pub provider: String,
    /// As on the overview.
    #[schema(schema_with = schema::health_state)]
    pub state: Health,
    /// When something last arrived, of the last eight weeks.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_received_at: Option<Timestamp>,
    /// When the last call began that we know of.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_call_at: Option<Timestamp>,
    /// Calls of the period.
    pub calls: i64,
    /// Stretches of the period without a call, in which there usually are some; the longest first, at most 20.
    pub gaps: Vec<Gap>,
    /// Calls with the same numbers that began in the same second as another one: one call that was told twice under two ids,
    /// or two that look like it.
    pub duplicates: i64,
    /// Calls whose beginning had to be estimated, because the device's time made no sense.
    pub estimated_starts: i64,
    /// Calls that began later than we were told of them: the device's clock is ahead, or its zone is not the workspace's.
    pub ahead: i64,
    /// From the end of the call to when we were told; nothing for calls of which we were told while they went on. A clock
    /// that is behind shows as a delay that all calls have.
    pub delay: Distribution,
    /// Calls of which we were told late.
    pub late: i64,
    /// How far the device's clock is ahead at least: the greatest time by which a call began after we were told. Null if none
    /// did.
    pub drift_seconds: Option<i64>,
    pub query: CallsQuery,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ReportGap)]
pub struct Gap {
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub before: Timestamp,
    /// Calls that these hours usually have.
    pub usual_calls: f64,
}
