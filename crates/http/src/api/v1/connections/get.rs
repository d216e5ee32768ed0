//! `GET /api/v1/connections/{id}`

use axum::{Json, extract::State};
use switchboard_app::connections;
use switchboard_domain::ids::ConnectionId;

use super::ConnectionDetail;
use crate::{
    extract::{IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// One connection.
#[utoipa::path(get, path = "/api/v1/connections/{id}", operation_id = "get_connection", tag = "connections",
    params(("id" = String, Path, description = "A connection's id, prefixed or bare")),
    responses((status = 200, description = "The connection", body = ConnectionDetail)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    IdPath(id): IdPath<ConnectionId>,
) -> Result<Json<ConnectionDetail>, Problem> {
    let connection = connections::find(&web.app, auth.scope, id).await?;
    Ok(Json(ConnectionDetail::of(&web.app, auth.scope, connection).await?))
}
