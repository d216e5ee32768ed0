//! Reports about what calls go through: trunks, queues, ring groups, menus.

use jiff::civil::Date;
use serde::Serialize;
use switchboard_domain::{Timestamp, text_enum};
use utoipa::ToSchema;

use super::{About, CallsQuery, Distribution, Outcomes, schema};

/// How much each trunk carries, and how many lines it needs.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TrunksReport {
    pub about: About,
    /// The share of calls that may meet all lines busy in the busiest hour.
    pub blocking: f64,
    /// All trunks together: calls that name a trunk.
    pub all: TrunkRow,
    /// Most traffic first.
    pub rows: Vec<TrunkRow>,
    /// The same of each day, all trunks together, or the one that is asked for.
    pub days: Vec<TrunkDay>,
}

/// How full the lines were on a day.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ReportTrunkDay)]
pub struct TrunkDay {
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// The most calls at one time.
    pub peak_calls: i64,
    pub busy_hour_erlangs: f64,
    pub query: CallsQuery,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct TrunkRow {
    /// Empty for all together.
    pub trunk: String,
    pub calls: i64,
    pub inbound: i64,
    pub outbound: i64,
    pub outcomes: Outcomes,
    /// Outbound calls that were answered, of all.
    pub connect_rate: Option<f64>,
    pub talk_seconds: i64,
    /// Seconds that lines were taken: from a call's beginning to its end, ringing and waiting among them.
    pub held_seconds: i64,
    /// The most calls at one time.
    pub peak_calls: i64,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub peak_at: Option<Timestamp>,
    /// The hour on the clock with the most traffic, and its traffic: seconds that lines were taken in it, by 3,600.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub busy_hour_at: Option<Timestamp>,
    pub busy_hour_erlangs: f64,
    /// The average of each day's busiest hour, of days with traffic.
    pub average_busy_hour_erlangs: f64,
    /// Lines that carry the busiest hour with the blocking above, by Erlang B.
    pub lines_needed: i64,
    pub query: CallsQuery,
    /// Calls that began in the four hours before the peak; those that were going on then are among them.
    pub peak_query: Option<CallsQuery>,
}

/// How queues do. A call is offered to the queue that it entered last; calls between colleagues are left out.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct QueuesReport {
    pub about: About,
    /// Seconds within which an answer is in time, a setting.
    pub service_level_seconds: i64,
    /// Who gives up within so many seconds does not count as abandoned, a setting.
    pub short_abandon_seconds: i64,
    /// All queues together.
    pub all: QueueRow,
    /// Most offered first.
    pub rows: Vec<QueueRow>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct QueueRow {
    /// Empty for all together.
    pub queue: String,
    /// Calls that entered the queue and are over, short abandons left out.
    pub offered: i64,
    pub answered: i64,
    /// Callers who gave up, short abandons left out.
    pub abandoned: i64,
    pub short_abandoned: i64,
    /// Offered calls that ended in another way: voicemail, missed, rejected, failed.
    pub other: i64,
    /// Answered within the threshold.
    pub answered_in_time: i64,
    /// Answered in time of offered.
    pub service_level: Option<f64>,
    /// The average wait of answered calls (ASA).
    pub average_wait_seconds: Option<f64>,
    /// Abandoned of offered.
    pub abandon_rate: Option<f64>,
    pub answered_wait: Distribution,
    pub abandoned_wait: Distribution,
    pub talk: Distribution,
    /// The hour on the clock in which most was talked, and how much: seconds of talk in it, by 3,600.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub busy_hour_at: Option<Timestamp>,
    pub busy_hour_erlangs: f64,
    /// The people it takes in that hour to answer 80 per cent of the calls within the threshold, by Erlang C with this queue's
    /// average talk. Null when nothing was answered.
    pub agents_needed: Option<i64>,
    /// Most answered first; at most 200.
    pub agents: Vec<MemberRow>,
    pub query: CallsQuery,
}

/// What one agent did for a queue or a ring group.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ReportMemberRow)]
pub struct MemberRow {
    pub agent_id: String,
    pub name: Option<String>,
    pub answered: i64,
    /// Calls that rang at this agent and were not answered there.
    pub unanswered_rings: i64,
    pub talk_seconds: i64,
    pub average_talk_seconds: Option<f64>,
    pub query: CallsQuery,
}

text_enum! {
    /// Where a caller left a menu for.
    pub enum Exit {
        Queue "queue",
        RingGroup "ring_group",
        /// An extension or person.
        Agent "agent",
        Voicemail "voicemail",
        /// Hung up in the menu.
        HungUp "hung_up",
    }
}

/// Ring groups, and where menus let callers out.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct GroupsReport {
    pub about: About,
    pub groups: Vec<GroupRow>,
    pub menus: Vec<MenuRow>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct GroupRow {
    pub ring_group: String,
    /// Calls that rang in the group and are over, rejected ones and those between colleagues left out.
    pub offered: i64,
    pub answered: i64,
    pub answer_rate: Option<f64>,
    pub outcomes: Outcomes,
    /// From the first ring to the answer.
    pub wait: Distribution,
    /// Most answered first; at most 200.
    pub members: Vec<MemberRow>,
    pub query: CallsQuery,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MenuRow {
    pub ivr: String,
    pub calls: i64,
    pub exits: Vec<ExitRow>,
    pub query: CallsQuery,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ReportExitRow)]
pub struct ExitRow {
    #[schema(schema_with = schema::exit)]
    pub exit: Exit,
    /// The queue or ring group.
    pub target: Option<String>,
    pub calls: i64,
    /// Of the menu's calls.
    pub share: f64,
    /// The menu's calls, narrowed where a filter of calls can tell this way out from others.
    pub query: CallsQuery,
}
