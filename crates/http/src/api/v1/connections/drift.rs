//! `GET /api/v1/connections/{id}/drift`

use axum::{Json, extract::State};
use switchboard_app::{connections, provisioning};
use switchboard_domain::ids::ConnectionId;

use super::StandingView;
use crate::{
    api::v1::Paged,
    extract::{IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Compares the connection's webhooks with what the provider has. Changes nothing.
#[utoipa::path(get, path = "/api/v1/connections/{id}/drift", operation_id = "get_connection_drift", tag = "connections",
    params(("id" = String, Path, description = "A connection's id, prefixed or bare")),
    responses((status = 200, description = "How each webhook stands", body = Paged<StandingView>)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    IdPath(id): IdPath<ConnectionId>,
) -> Result<Json<Paged<StandingView>>, Problem> {
    let connection = connections::find(&web.app, auth.scope, id).await?;
    let standings = provisioning::check_connection(&web.app, auth.scope, &connection).await?;
    Ok(Json(Paged::whole(standings.into_iter().map(StandingView::from).collect())))
}
