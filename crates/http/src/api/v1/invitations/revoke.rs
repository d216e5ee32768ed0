//! `DELETE /api/v1/invitations/{id}`

use axum::{extract::State, http::StatusCode};
use switchboard_app::accounts;
use switchboard_domain::ids::InvitationId;

use crate::{
    extract::{By, IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Takes an open invitation back: its link is good for nothing from then on.
#[utoipa::path(delete, path = "/api/v1/invitations/{id}", operation_id = "revoke_invitation", tag = "members",
    params(("id" = String, Path, description = "The invitation's id")),
    responses((status = 204, description = "It is taken back")))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<InvitationId>,
) -> Result<StatusCode, Problem> {
    accounts::revoke_invitation(&web.app, auth.scope, &by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
