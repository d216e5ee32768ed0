//! `POST /api/v1/connections/{id}/sign-out`

use axum::{Json, extract::State};
use switchboard_app::{connections, oauth};
use switchboard_domain::ids::ConnectionId;

use super::ConnectionDetail;
use crate::{
    extract::{By, IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Gives up the tokens of a sign-in, at the provider and here.
#[utoipa::path(post, path = "/api/v1/connections/{id}/sign-out", operation_id = "sign_out_connection", tag = "connections",
    params(("id" = String, Path, description = "A connection's id, prefixed or bare")),
    responses((status = 200, description = "The connection", body = ConnectionDetail)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<ConnectionId>,
) -> Result<Json<ConnectionDetail>, Problem> {
    let connection = connections::find(&web.app, auth.scope, id).await?;
    oauth::disconnect(&web.app, auth.scope, &connection, &by).await?;
    let connection = connections::find(&web.app, auth.scope, id).await?;
    Ok(Json(ConnectionDetail::of(&web.app, auth.scope, connection).await?))
}
