//! `POST /api/v1/report-schedules/{id}/send`

use axum::{Json, extract::State, http::StatusCode};
use switchboard_app::report_schedules;
use switchboard_domain::ids::ReportScheduleId;

use super::SentReport;
use crate::{
    extract::{By, IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Sends a report to its people at once, about the days that it would be about if its time were now.
///
/// It works for one that is off as well, at most once a minute, and does not change when the report is sent by itself.
#[utoipa::path(post, path = "/api/v1/report-schedules/{id}/send", operation_id = "send_report_schedule", tag = "reports",
    params(("id" = String, Path, description = "A schedule's id, prefixed or bare")),
    responses((status = 202, description = "The mails are on their way", body = SentReport)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<ReportScheduleId>,
) -> Result<(StatusCode, Json<SentReport>), Problem> {
    let sent = report_schedules::send_now(&web.app, auth.scope, id, &by).await?;
    let (from, to) = sent.days;
    Ok((StatusCode::ACCEPTED, Json(SentReport { mails: sent.mails, from, to })))
}
