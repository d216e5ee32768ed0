//! `POST /api/v1/calls/{id}/reopen`

use axum::{Json, extract::State};
use switchboard_app::calls;
use switchboard_domain::ids::CallId;

use super::work::WorkView;
use crate::{
    extract::{By, IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Takes back that a call is dealt with.
#[utoipa::path(post, path = "/api/v1/calls/{id}/reopen", operation_id = "reopen_call", tag = "calls",
    params(("id" = String, Path, description = "A call's id, prefixed or bare")),
    responses((status = 200, description = "What people did with the call by now", body = WorkView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<CallId>,
) -> Result<Json<WorkView>, Problem> {
    let work = calls::set_resolved(&web.app, auth.scope, &by, id, false).await?;
    Ok(Json((&work).into()))
}
