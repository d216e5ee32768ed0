//! `GET` and `PUT /api/v1/reports/settings`

use axum::{Json, extract::State};
use switchboard_app::reports;
use switchboard_rules::report::Settings;

use crate::{
    extract::{By, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

/// What the workspace decided about its reports.
#[utoipa::path(get, path = "/api/v1/reports/settings", operation_id = "get_report_settings", tag = "reports",
    responses((status = 200, description = "The settings", body = Settings)))]
pub async fn get(State(web): State<Web>, auth: TenantAuth) -> Result<Json<Settings>, Problem> {
    Ok(Json(reports::settings(&web.app, auth.scope).await?))
}

/// Sets them, as a whole. All calls are counted anew by them, which takes a while where there are many.
#[utoipa::path(put, path = "/api/v1/reports/settings", operation_id = "set_report_settings", tag = "reports",
    request_body = Settings, responses((status = 200, description = "The settings as they are now", body = Settings)))]
pub async fn set(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    JsonBody(wanted): JsonBody<Settings>,
) -> Result<Json<Settings>, Problem> {
    Ok(Json(reports::set_settings(&web.app, auth.scope, wanted, &by).await?))
}
