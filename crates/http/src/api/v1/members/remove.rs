//! `DELETE /api/v1/members/{id}`

use axum::{extract::State, http::StatusCode};
use switchboard_app::accounts;
use switchboard_domain::ids::UserId;

use crate::{
    extract::{By, IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Lets somebody go. Their sessions in this workspace end; their account stays. The last owner cannot go.
#[utoipa::path(delete, path = "/api/v1/members/{id}", operation_id = "remove_member", tag = "members",
    params(("id" = String, Path, description = "The person's id")), responses((status = 204, description = "They are gone")))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<UserId>,
) -> Result<StatusCode, Problem> {
    accounts::remove_member(&web.app, auth.scope, &by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
