//! `POST /api/v1/me/sessions/revoke-others`

use axum::{Json, extract::State};
use serde::Serialize;
use switchboard_app::accounts;
use utoipa::ToSchema;

use crate::{
    extract::{ClientInfo, UserAuth},
    problem::Problem,
    state::Web,
};

#[derive(Serialize, ToSchema)]
pub struct OthersRevoked {
    /// How many sessions ended.
    revoked: u64,
}

/// Ends all of your sessions but this one.
#[utoipa::path(post, path = "/api/v1/me/sessions/revoke-others", operation_id = "revoke_other_sessions", tag = "me",
    security(("bearer" = [])), responses((status = 200, description = "They have ended", body = OthersRevoked)))]
pub async fn handler(
    State(web): State<Web>,
    UserAuth(access): UserAuth,
    ClientInfo(client): ClientInfo,
) -> Result<Json<OthersRevoked>, Problem> {
    Ok(Json(OthersRevoked { revoked: accounts::revoke_others(&web.app, &access, &client).await? }))
}
