//! `PATCH /api/v1/report-schedules/{id}`

use axum::{Json, extract::State};
use switchboard_app::report_schedules;
use switchboard_domain::ids::ReportScheduleId;

use super::{ScheduleView, UpdateReportSchedule};
use crate::{
    extract::{By, IdPath, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Changes a report that is sent by itself. It is sent next at the first time of its rhythm from now on.
#[utoipa::path(patch, path = "/api/v1/report-schedules/{id}", operation_id = "update_report_schedule", tag = "reports",
    request_body = UpdateReportSchedule, params(("id" = String, Path, description = "A schedule's id, prefixed or bare")),
    responses((status = 200, description = "The schedule as it is now", body = ScheduleView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<ReportScheduleId>,
    JsonBody(asked): JsonBody<UpdateReportSchedule>,
) -> Result<Json<ScheduleView>, Problem> {
    Ok(Json(report_schedules::update(&web.app, auth.scope, id, asked.into(), &by).await?.into()))
}
