//! `POST /api/v1/connections/{id}/check`

use axum::{Json, extract::State};
use switchboard_app::{connections, provisioning};
use switchboard_domain::ids::ConnectionId;

use super::ConnectionView;
use crate::{
    extract::{IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Asks the provider whether the connection works, and keeps the answer.
#[utoipa::path(post, path = "/api/v1/connections/{id}/check", operation_id = "check_connection", tag = "connections",
    params(("id" = String, Path, description = "A connection's id, prefixed or bare")),
    responses((status = 200, description = "The connection as it stands now", body = ConnectionView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    IdPath(id): IdPath<ConnectionId>,
) -> Result<Json<ConnectionView>, Problem> {
    let connection = connections::find(&web.app, auth.scope, id).await?;
    provisioning::check_connection(&web.app, auth.scope, &connection).await?;
    let connection = connections::find(&web.app, auth.scope, id).await?;
    Ok(Json(ConnectionView::of(&web.app, connection)))
}
