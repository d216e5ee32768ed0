//! `GET /api/v1/messages/{id}`

use axum::{Json, extract::State};
use switchboard_domain::ids::MessageId;
use switchboard_store::messages;

use super::MessageView;
use crate::{
    extract::{IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// One message.
#[utoipa::path(get, path = "/api/v1/messages/{id}", operation_id = "get_message", tag = "messages",
    params(("id" = String, Path, description = "A message's id, prefixed or bare")),
    responses((status = 200, description = "The message", body = MessageView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    IdPath(id): IdPath<MessageId>,
) -> Result<Json<MessageView>, Problem> {
    let mut reader = web.app.db.read(auth.scope).await?;
    let found = messages::lookup(&mut reader.conn(), auth.scope, id).await?;
    Ok(Json(found.ok_or_else(|| Problem::not_found("message"))?.into()))
}
