//! `GET /api/v1/report-schedules`

use axum::{Json, extract::State};
use switchboard_app::report_schedules;

use super::ScheduleView;
use crate::{api::v1::Paged, extract::TenantAuth, problem::Problem, state::Web};

/// Lists the reports that are sent by themselves, oldest first. There are at most 50.
#[utoipa::path(get, path = "/api/v1/report-schedules", operation_id = "list_report_schedules", tag = "reports",
    responses((status = 200, description = "All schedules", body = Paged<ScheduleView>)))]
pub async fn handler(State(web): State<Web>, auth: TenantAuth) -> Result<Json<Paged<ScheduleView>>, Problem> {
    let schedules = report_schedules::list(&web.app, auth.scope).await?;
    Ok(Json(Paged::whole(schedules.into_iter().map(ScheduleView::from).collect())))
}
