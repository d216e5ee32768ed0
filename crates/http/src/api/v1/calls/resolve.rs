//! `POST /api/v1/calls/{id}/resolve`

use axum::{Json, extract::State};
use switchboard_app::calls;
use switchboard_domain::ids::CallId;

use super::work::WorkView;
use crate::{
    extract::{By, IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Marks a call as dealt with. One that is so already stays as it was marked first.
#[utoipa::path(post, path = "/api/v1/calls/{id}/resolve", operation_id = "resolve_call", tag = "calls",
    params(("id" = String, Path, description = "A call's id, prefixed or bare")),
    responses((status = 200, description = "What people did with the call by now", body = WorkView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<CallId>,
) -> Result<Json<WorkView>, Problem> {
    let work = calls::set_resolved(&web.app, auth.scope, &by, id, true).await?;
    Ok(Json((&work).into()))
}
