//! `GET /api/v1/workspace`

use axum::{Json, extract::State};
use switchboard_app::tenants;

use super::WorkspaceView;
use crate::{extract::TenantAuth, problem::Problem, state::Web};

/// The workspace of the caller: name, plan, time zone and standing.
#[utoipa::path(get, path = "/api/v1/workspace", operation_id = "get_workspace", tag = "workspace",
    responses((status = 200, description = "The workspace", body = WorkspaceView)))]
pub async fn handler(State(web): State<Web>, auth: TenantAuth) -> Result<Json<WorkspaceView>, Problem> {
    Ok(Json(tenants::find(&web.app, auth.scope).await?.into()))
}
