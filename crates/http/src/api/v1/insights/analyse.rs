//! `POST /api/v1/calls/{id}/analyse`

use axum::{extract::State, http::StatusCode};
use switchboard_app::insights::analyse;
use switchboard_domain::ids::CallId;

use crate::{
    extract::{By, IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Has the workspace's chat server read a call (again). 409 where there is no transcript, no chat server, or no token left
/// this month.
#[utoipa::path(post, path = "/api/v1/calls/{id}/analyse", operation_id = "analyse_call", tag = "insights",
    params(("id" = String, Path, description = "A call's id, prefixed or bare")),
    responses((status = 202, description = "It is being read; a change of the kind `analysis` says that it was")))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<CallId>,
) -> Result<StatusCode, Problem> {
    analyse::ask(&web.app, auth.scope, id, &by).await?;
    Ok(StatusCode::ACCEPTED)
}
