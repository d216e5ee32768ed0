//! `GET` and `PUT /api/v1/workspace/hours`

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use switchboard_app::hours::{self, OpeningHours, SetHoursError};
use switchboard_domain::{
    Timestamp,
    hours::{Day, Hours, Span},
};
use utoipa::ToSchema;

use crate::{
    extract::{By, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

/// From one time of a day to a later one.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = HoursSpan)]
pub struct SpanView {
    /// On the clock on the wall, `09:00`.
    pub from: String,
    /// Up to `24:00`, the end of the day.
    pub to: String,
}

/// Spans by day. A day without any is closed; what goes over midnight is two spans.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = WeeklyHours)]
pub struct WeeklyView {
    pub mon: Vec<SpanView>,
    pub tue: Vec<SpanView>,
    pub wed: Vec<SpanView>,
    pub thu: Vec<SpanView>,
    pub fri: Vec<SpanView>,
    pub sat: Vec<SpanView>,
    pub sun: Vec<SpanView>,
}

impl WeeklyView {
    fn of(hours: Option<&Hours>) -> Self {
        let spans = |day: Day| {
            let spans = hours.and_then(|hours| hours.weekly.get(&day)).map(Vec::as_slice).unwrap_or_default();
            spans.iter().map(|span| SpanView { from: span.from.to_string(), to: span.to.to_string() }).collect()
        };
        Self {
            mon: spans(Day::Monday),
            tue: spans(Day::Tuesday),
            wed: spans(Day::Wednesday),
            thu: spans(Day::Thursday),
            fri: spans(Day::Friday),
            sat: spans(Day::Saturday),
            sun: spans(Day::Sunday),
        }
    }
}

/// When the workspace is open.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BusinessHours)]
pub struct HoursView {
    /// Somebody set them. Otherwise the workspace counts as always open.
    pub is_set: bool,
    pub weekly: WeeklyView,
    /// Dates on which it is closed whatever day they are, such as `2026-12-25`.
    #[schema(value_type = Vec<String>)]
    pub closed_dates: Vec<String>,
    /// What the times are in; `PATCH /api/v1/workspace` changes it.
    pub time_zone: String,
    pub is_open_now: bool,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub updated_at: Option<Timestamp>,
}

impl HoursView {
    fn of(shown: &OpeningHours, now: Timestamp) -> Self {
        let hours = shown.hours.as_ref();
        let dates = hours.into_iter().flat_map(|hours| &hours.closed_dates);
        Self {
            is_set: hours.is_some(),
            weekly: WeeklyView::of(hours),
            closed_dates: dates.map(ToString::to_string).collect(),
            time_zone: shown.time_zone.clone(),
            is_open_now: shown.is_open(now),
            updated_at: shown.updated_at,
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SetBusinessHours)]
pub struct SetHours {
    /// Spans by day (`mon` to `sun`), at most six each, in any order; a day that is left out is closed.
    #[schema(value_type = std::collections::HashMap<String, Vec<SpanView>>, example = json!({"mon": [{"from": "09:00", "to": "17:00"}]}))]
    weekly: BTreeMap<Day, Vec<Span>>,
    /// Dates on which it is closed; at most 400.
    #[serde(default)]
    #[schema(value_type = Vec<String>, example = json!(["2026-12-25"]))]
    closed_dates: Vec<switchboard_domain::hours::Date>,
}

/// When the workspace is open, in its time zone.
#[utoipa::path(get, path = "/api/v1/workspace/hours", operation_id = "get_hours", tag = "workspace",
    responses((status = 200, description = "The hours", body = HoursView)))]
pub async fn get(State(web): State<Web>, auth: TenantAuth) -> Result<Json<HoursView>, Problem> {
    let shown = hours::show(&web.app, auth.scope).await?;
    Ok(Json(HoursView::of(&shown, web.app.now())))
}

/// Sets when the workspace is open, as a whole.
///
/// Notification rules that keep to the hours tell nothing outside of them.
#[utoipa::path(put, path = "/api/v1/workspace/hours", operation_id = "set_hours", tag = "workspace", request_body = SetHours,
    responses((status = 200, description = "The hours as they are now", body = HoursView)))]
pub async fn set(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    JsonBody(asked): JsonBody<SetHours>,
) -> Result<Json<HoursView>, Problem> {
    let wanted = Hours { weekly: asked.weekly, closed_dates: asked.closed_dates.into_iter().collect() };
    let shown = hours::set(&web.app, auth.scope, wanted, &by).await?;
    Ok(Json(HoursView::of(&shown, web.app.now())))
}

impl From<SetHoursError> for Problem {
    fn from(error: SetHoursError) -> Self {
        match error {
            SetHoursError::Invalid(error) => Self::fields(vec![SetHoursError::fault(&error)]),
            SetHoursError::Store(error) => error.into(),
        }
    }
}
