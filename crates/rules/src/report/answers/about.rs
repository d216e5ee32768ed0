//! What all reports say of themselves, and the small shapes that several of them share.

use jiff::civil::Date;
use serde::Serialize;
use switchboard_domain::{
    Timestamp,
    call::{CallOutcome, Direction},
    ids::ConnectionId,
    text_enum,
};
use utoipa::ToSchema;

use super::schema;

text_enum! {
    /// What a report was counted from.
    pub enum Source {
        /// Sums that are kept by the day.
        Sums "sums",
        /// The calls themselves: no sums are kept for these filters together.
        Calls "calls",
    }
}

/// Which calls a report is about, and how current it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ReportAbout)]
pub struct About {
    /// The first day, in the workspace's zone.
    #[schema(value_type = String, format = Date, example = "2026-11-01")]
    pub from: Date,
    /// The last day, itself included.
    #[schema(value_type = String, format = Date, example = "2026-11-30")]
    pub to: Date,
    /// Whose midnight days begin at, and on whose clock hours are.
    #[schema(example = "America/Chicago")]
    pub time_zone: String,
    /// Every change up to this number is counted.
    pub counted_up_to: i64,
    /// Nothing of this period waits to be counted.
    pub is_current: bool,
    /// Hours of this period in which calls changed that are not counted yet. They are within a minute or two; after an
    /// import, or a change of the time zone, it takes longer.
    pub waiting_hours: i64,
    /// `sums`: from what is kept by the day. `calls`: from the calls themselves, because no sums are kept for these filters
    /// together.
    #[schema(schema_with = schema::source)]
    pub source: Source,
}

/// The filters of `GET /api/v1/calls` that list the calls which a number counts. Where a row breaks its number down further
/// (by outcome, by direction), adding that filter lists the part.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ReportCallsQuery)]
pub struct CallsQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = DateTime, required = false)]
    pub occurred_from: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = DateTime, required = false)]
    pub occurred_before: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::direction, required = false)]
    pub direction: Option<Direction>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::call_outcome, required = false)]
    pub outcome: Option<CallOutcome>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub connection_id: Option<ConnectionId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub agent_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub queue: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub ring_group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub ivr: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub trunk: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub did: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub country: Option<String>,
    /// On either side.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool, required = false)]
    pub is_transferred: Option<bool>,
    /// Between colleagues, or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool, required = false)]
    pub is_internal: Option<bool>,
}

/// Calls by what came of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ReportOutcomes)]
pub struct Outcomes {
    pub answered: i64,
    pub missed: i64,
    pub abandoned: i64,
    pub voicemail: i64,
    pub no_answer: i64,
    pub busy: i64,
    pub failed: i64,
    pub congestion: i64,
    pub rejected: i64,
}

/// How long something lasted, over many calls. The median and the ninth decile come out of a histogram: exact below 256
/// seconds, and off by less than 0.4 per cent above.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, ToSchema)]
#[schema(as = ReportDistribution)]
pub struct Distribution {
    /// Calls of which it is known.
    pub calls: i64,
    pub total_seconds: i64,
    /// Null without a call.
    pub average_seconds: Option<f64>,
    /// Half of the calls lasted this long or less.
    pub median_seconds: Option<i64>,
    /// Nine of ten lasted this long or less.
    pub p90_seconds: Option<i64>,
    pub longest_seconds: Option<i64>,
}

/// Calls that lasted from one time up to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ReportBar)]
pub struct Bar {
    pub from_seconds: i64,
    /// Not included; null for the last bar, which has no end.
    pub before_seconds: Option<i64>,
    pub calls: i64,
}

/// A distribution with the bars to draw it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
#[schema(as = ReportHistogram)]
pub struct Histogram {
    pub distribution: Distribution,
    pub bars: Vec<Bar>,
}
