//! `DELETE /api/v1/calls/{id}/shares/{share_id}`

use axum::{extract::State, http::StatusCode};
use switchboard_app::shares;
use switchboard_domain::ids::{CallId, ShareId};

use crate::{
    extract::{By, IdsPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Takes a link to a call back. It shows nothing any more, from now on.
#[utoipa::path(delete, path = "/api/v1/calls/{id}/shares/{share_id}", operation_id = "revoke_call_share", tag = "calls",
    params(("id" = String, Path, description = "A call's id, prefixed or bare"),
        ("share_id" = String, Path, description = "A link's id, prefixed or bare")),
    responses((status = 204, description = "It is taken back")))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdsPath(id, share): IdsPath<CallId, ShareId>,
) -> Result<StatusCode, Problem> {
    shares::revoke(&web.app, auth.scope, &by, id, share).await?;
    Ok(StatusCode::NO_CONTENT)
}
