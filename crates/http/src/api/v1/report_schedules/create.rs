//! `POST /api/v1/report-schedules`

use axum::{Json, extract::State, http::StatusCode};
use switchboard_app::report_schedules;

use super::{CreateReportSchedule, ScheduleView};
use crate::{
    extract::{By, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Has a report sent by itself, to people of the workspace, each in the language of their last sign-in.
#[utoipa::path(post, path = "/api/v1/report-schedules", operation_id = "create_report_schedule", tag = "reports",
    request_body = CreateReportSchedule, responses((status = 201, description = "The schedule", body = ScheduleView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    JsonBody(asked): JsonBody<CreateReportSchedule>,
) -> Result<(StatusCode, Json<ScheduleView>), Problem> {
    let made = report_schedules::create(&web.app, auth.scope, asked.into(), &by).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}
