//! `GET /api/v1/report-schedules/{id}`

use axum::{Json, extract::State};
use switchboard_app::report_schedules;
use switchboard_domain::ids::ReportScheduleId;

use super::ScheduleView;
use crate::{
    extract::{IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// One report that is sent by itself.
#[utoipa::path(get, path = "/api/v1/report-schedules/{id}", operation_id = "get_report_schedule", tag = "reports",
    params(("id" = String, Path, description = "A schedule's id, prefixed or bare")),
    responses((status = 200, description = "The schedule", body = ScheduleView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    IdPath(id): IdPath<ReportScheduleId>,
) -> Result<Json<ScheduleView>, Problem> {
    Ok(Json(report_schedules::find(&web.app, auth.scope, id).await?.into()))
}
