//! `GET /api/v1/outgoing-messages/{id}`

use axum::{Json, extract::State};
use switchboard_app::messaging;
use switchboard_domain::ids::OutgoingId;

use super::OutgoingView;
use crate::{
    extract::{IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// What became of a text that somebody had sent.
#[utoipa::path(get, path = "/api/v1/outgoing-messages/{id}", operation_id = "get_outgoing_message", tag = "messages",
    params(("id" = String, Path, description = "The id of a text on its way, prefixed or bare")),
    responses((status = 200, description = "The text", body = OutgoingView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    IdPath(id): IdPath<OutgoingId>,
) -> Result<Json<OutgoingView>, Problem> {
    let found = messaging::find(&web.app, auth.scope, id).await?;
    Ok(Json(found.ok_or_else(|| Problem::not_found("outgoing message"))?.into()))
}
