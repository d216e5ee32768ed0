//! `POST /api/v1/report-unsubscribes`

use axum::{extract::State, http::StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use switchboard_app::report_schedules;
use utoipa::IntoParams;

use crate::{extract::QueryString, problem::Problem, state::Web};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LeaveReport {
    /// What stands behind `#token=` in the mail's link.
    #[param(value_type = String)]
    token: SecretString,
}

/// Stops the mails of one report to one person, as the link in each of them says.
///
/// Mail programs call this address themselves when their reader unsubscribes (RFC 8058), so the token stands in the query and
/// what they send as a body is not read. Doing it twice is the same as once.
#[utoipa::path(post, path = "/api/v1/report-unsubscribes", operation_id = "leave_report_schedule", tag = "reports",
    security(()), params(LeaveReport), responses((status = 204, description = "There will be no more of them")))]
pub async fn handler(
    State(web): State<Web>,
    QueryString(asked): QueryString<LeaveReport>,
) -> Result<StatusCode, Problem> {
    report_schedules::leave(&web.app, asked.token.expose_secret()).await?;
    Ok(StatusCode::NO_CONTENT)
}
