//! `GET /api/v1/usage`

use axum::{Json, extract::State};
use switchboard_app::usage;

use super::UsageView;
use crate::{extract::TenantAuth, problem::Problem, state::Web};

/// What the workspace used this month and in the year before, against the limits of its plan.
#[utoipa::path(get, path = "/api/v1/usage", operation_id = "get_usage", tag = "usage",
    responses((status = 200, description = "The usage", body = UsageView)))]
pub async fn handler(State(web): State<Web>, auth: TenantAuth) -> Result<Json<UsageView>, Problem> {
    Ok(Json(usage::report(&web.app, auth.scope).await?.into()))
}
