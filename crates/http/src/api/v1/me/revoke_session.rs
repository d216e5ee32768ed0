//! `DELETE /api/v1/me/sessions/{id}`

use axum::{extract::State, http::StatusCode};
use switchboard_app::accounts;
use switchboard_domain::ids::SessionId;

use crate::{
    extract::{ClientInfo, IdPath, UserAuth},
    problem::Problem,
    state::Web,
};

/// Ends one of your sessions.
#[utoipa::path(delete, path = "/api/v1/me/sessions/{id}", operation_id = "revoke_session", tag = "me",
    security(("bearer" = [])), params(("id" = String, Path, description = "A session of yours")),
    responses((status = 204, description = "It has ended")))]
pub async fn handler(
    State(web): State<Web>,
    UserAuth(access): UserAuth,
    ClientInfo(client): ClientInfo,
    IdPath(session): IdPath<SessionId>,
) -> Result<StatusCode, Problem> {
    accounts::revoke_session(&web.app, &access, session, &client).await?;
    Ok(StatusCode::NO_CONTENT)
}
