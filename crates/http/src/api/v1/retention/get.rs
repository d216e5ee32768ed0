//! `GET /api/v1/retention`

use axum::{Json, extract::State};
use switchboard_app::privacy::retention;

use super::RetentionView;
use crate::{extract::TenantAuth, problem::Problem, state::Web};

/// How long the workspace keeps what.
#[utoipa::path(get, path = "/api/v1/retention", operation_id = "get_retention", tag = "privacy",
    responses((status = 200, description = "What holds for each kind", body = RetentionView)))]
pub async fn handler(State(web): State<Web>, auth: TenantAuth) -> Result<Json<RetentionView>, Problem> {
    Ok(Json(retention::show(&web.app, auth.scope).await?.into()))
}
