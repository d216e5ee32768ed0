//! `DELETE /api/v1/report-schedules/{id}`

use axum::{extract::State, http::StatusCode};
use switchboard_app::report_schedules;
use switchboard_domain::ids::ReportScheduleId;

use crate::{
    extract::{By, IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Stops sending a report by itself.
#[utoipa::path(delete, path = "/api/v1/report-schedules/{id}", operation_id = "delete_report_schedule", tag = "reports",
    params(("id" = String, Path, description = "A schedule's id, prefixed or bare")),
    responses((status = 204, description = "It is gone")))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<ReportScheduleId>,
) -> Result<StatusCode, Problem> {
    report_schedules::remove(&web.app, auth.scope, id, &by).await?;
    Ok(StatusCode::NO_CONTENT)
}
