//! Reports that are sent by themselves: which, when, as what, and to whom.

use serde::{Deserialize, Deserializer, Serialize};
use switchboard_app::report_schedules::{LeaveError, Narrowing, ReportKind, SchedulesError, Shown, Wish};
use switchboard_domain::{
    Timestamp,
    call::{CallOutcome, Direction},
    hours::{Date, Day, TimeOfDay},
    ids::{ConnectionId, ReportScheduleId, UserId},
    report_schedule::{Every, FileFormat},
};
use utoipa::ToSchema;

use crate::{
    api::v1::{call_outcome, direction},
    problem::{Code, Problem},
};

pub mod create;
pub mod delete;
pub mod get;
pub mod leave;
pub mod list;
pub mod send;
pub mod update;

super::word_schemas! {
    report_kind = ReportKind;
    file_format = FileFormat;
    every = Every;
    day = Day;
}

/// What the report is narrowed to; null narrows nothing.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = ReportScheduleFilter)]
pub struct FilterView {
    #[schema(schema_with = direction)]
    pub direction: Option<Direction>,
    #[schema(schema_with = call_outcome)]
    pub outcome: Option<CallOutcome>,
    #[schema(value_type = Option<String>)]
    pub connection_id: Option<ConnectionId>,
    /// The provider's id of a user, or an extension.
    #[schema(max_length = 200)]
    pub agent: Option<String>,
    #[schema(max_length = 200)]
    pub queue: Option<String>,
    #[schema(max_length = 200)]
    pub ring_group: Option<String>,
    #[schema(max_length = 200)]
    pub trunk: Option<String>,
    /// The number of yours that was called.
    #[schema(max_length = 200)]
    pub did: Option<String>,
}

impl From<Narrowing> for FilterView {
    fn from(of: Narrowing) -> Self {
        Self {
            direction: of.direction,
            outcome: of.outcome,
            connection_id: of.connection,
            agent: of.agent,
            queue: of.queue,
            ring_group: of.ring_group,
            trunk: of.trunk,
            did: of.did,
        }
    }
}

impl From<FilterView> for Narrowing {
    fn from(of: FilterView) -> Self {
        Self {
            direction: of.direction,
            outcome: of.outcome,
            connection: of.connection_id,
            agent: of.agent,
            queue: of.queue,
            ring_group: of.ring_group,
            trunk: of.trunk,
            did: of.did,
        }
    }
}

/// A report that is sent by itself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReportSchedule)]
pub struct ScheduleView {
    #[schema(value_type = String)]
    pub id: ReportScheduleId,
    /// Null: it is known by its report.
    pub name: Option<String>,
    #[schema(schema_with = report_kind)]
    pub report: ReportKind,
    #[schema(schema_with = file_format)]
    pub format: FileFormat,
    /// `day`: about the day before. `week`: about the seven days before. `month`: about the calendar month before.
    #[schema(schema_with = every)]
    pub every: Every,
    /// Of a week; else null.
    #[schema(schema_with = day)]
    pub weekday: Option<Day>,
    /// Of a month; else null.
    pub month_day: Option<i64>,
    /// On the clock of the workspace's zone.
    #[schema(value_type = String, example = "08:00")]
    pub time: TimeOfDay,
    pub filter: FilterView,
    #[schema(value_type = Vec<String>)]
    pub user_ids: Vec<UserId>,
    /// Off by itself once none of its people wants it or works here any more.
    pub is_on: bool,
    /// Null while it is off.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_sent_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

impl From<Shown> for ScheduleView {
    fn from(Shown { schedule, report, filter }: Shown) -> Self {
        Self {
            id: schedule.id,
            name: schedule.name,
            report,
            format: schedule.format,
            every: schedule.rhythm.every,
            weekday: schedule.rhythm.weekday,
            month_day: schedule.rhythm.month_day,
            time: schedule.rhythm.time,
            filter: filter.into(),
            user_ids: schedule.user_ids,
            is_on: schedule.is_on,
            next_at: schedule.next_at,
            last_sent_at: schedule.last_sent_at,
            created_at: schedule.created_at,
            updated_at: schedule.updated_at,
        }
    }
}

/// A new schedule.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateReportSchedule {
    #[schema(max_length = 200)]
    name: Option<String>,
    #[schema(schema_with = report_kind)]
    report: ReportKind,
    /// `pdf` unless said.
    #[schema(schema_with = file_format, required = false)]
    format: Option<FileFormat>,
    #[schema(schema_with = every)]
    every: Every,
    /// For `week`.
    #[schema(schema_with = day, required = false)]
    weekday: Option<Day>,
    /// For `month`.
    #[schema(minimum = 1, maximum = 28)]
    month_day: Option<i64>,
    #[schema(value_type = String, example = "08:00")]
    time: TimeOfDay,
    filter: Option<FilterView>,
    /// People of the workspace, one to fifty. Nobody else is written to.
    #[schema(value_type = Vec<String>, min_items = 1, max_items = 50)]
    user_ids: Vec<UserId>,
    /// True unless said.
    is_on: Option<bool>,
}

impl From<CreateReportSchedule> for Wish {
    fn from(body: CreateReportSchedule) -> Self {
        Self {
            name: Some(body.name),
            report: Some(body.report),
            format: body.format,
            every: Some(body.every),
            weekday: body.weekday,
            month_day: body.month_day,
            time: Some(body.time),
            filter: body.filter.map(Narrowing::from),
            user_ids: Some(body.user_ids),
            is_on: body.is_on,
        }
    }
}

/// What is to be other than it is; what is left out stays. Null takes a name away.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::option_option, reason = "null and a field that is not there mean different things")]
pub struct UpdateReportSchedule {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 200)]
    name: Option<Option<String>>,
    #[schema(schema_with = report_kind, required = false)]
    report: Option<ReportKind>,
    #[schema(schema_with = file_format, required = false)]
    format: Option<FileFormat>,
    #[schema(schema_with = every, required = false)]
    every: Option<Every>,
    #[schema(schema_with = day, required = false)]
    weekday: Option<Day>,
    #[schema(minimum = 1, maximum = 28)]
    month_day: Option<i64>,
    #[schema(value_type = Option<String>, example = "08:00")]
    time: Option<TimeOfDay>,
    filter: Option<FilterView>,
    #[schema(value_type = Option<Vec<String>>, min_items = 1, max_items = 50)]
    user_ids: Option<Vec<UserId>>,
    is_on: Option<bool>,
}

/// Tells null from a field that is not there.
#[expect(clippy::option_option, reason = "null and a field that is not there mean different things")]
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(from).map(Some)
}

impl From<UpdateReportSchedule> for Wish {
    fn from(body: UpdateReportSchedule) -> Self {
        Self {
            name: body.name,
            report: body.report,
            format: body.format,
            every: body.every,
            weekday: body.weekday,
            month_day: body.month_day,
            time: body.time,
            filter: body.filter.map(Narrowing::from),
            user_ids: body.user_ids,
            is_on: body.is_on,
        }
    }
}

/// What is on its way.
#[derive(Debug, Serialize, ToSchema)]
pub struct SentReport {
    /// How many mails.
    pub mails: usize,
    /// The first day of what is in them.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    pub to: Date,
}

impl From<SchedulesError> for Problem {
    fn from(error: SchedulesError) -> Self {
        let detail = error.to_string();
        match error {
            SchedulesError::NotFound => Self::not_found("report schedule"),
            SchedulesError::TooMany | SchedulesError::JustSent | SchedulesError::NobodyLeft => {
                Self::new(Code::Conflict, detail)
            }
            SchedulesError::Invalid(faults) => Self::fields(faults),
            SchedulesError::Store(error) => error.into(),
        }
    }
}

impl From<LeaveError> for Problem {
    fn from(error: LeaveError) -> Self {
        match error {
            LeaveError::Forged => Self::parameter("token", error.to_string()),
            LeaveError::Store(error) => error.into(),
        }
    }
}
