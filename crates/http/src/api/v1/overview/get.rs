//! `GET /api/v1/overview`

use axum::{Json, extract::State};
use switchboard_app::overview;

use super::OverviewView;
use crate::{extract::TenantAuth, problem::Problem, state::Web};

/// How the workspace stands: today until now, against the same weekday a week before until the same time of the day.
///
/// Days are those of the workspace's time zone.
#[utoipa::path(get, path = "/api/v1/overview", operation_id = "get_workspace_overview", tag = "overview",
    responses((status = 200, description = "How the workspace stands", body = OverviewView)))]
pub async fn handler(State(web): State<Web>, auth: TenantAuth) -> Result<Json<OverviewView>, Problem> {
    Ok(Json(overview::look(&web.app, auth.scope).await?.into()))
}
