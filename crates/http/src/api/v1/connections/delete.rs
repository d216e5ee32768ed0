//! `DELETE /api/v1/connections/{id}`

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use switchboard_app::connecting;
use switchboard_domain::ids::ConnectionId;
use utoipa::IntoParams;

use crate::{
    extract::{By, IdPath, QueryString, TenantAuth},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeleteConnection {
    /// Remove it even if the provider does not let go of its webhooks.
    #[serde(default)]
    force: bool,
}

/// Removes a connection: its webhooks at the provider, then itself with its secrets. Its events and records stay.
#[utoipa::path(delete, path = "/api/v1/connections/{id}", operation_id = "delete_connection", tag = "connections",
    params(("id" = String, Path, description = "A connection's id, prefixed or bare"), DeleteConnection),
    responses((status = 204, description = "It is gone")))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<ConnectionId>,
    QueryString(asked): QueryString<DeleteConnection>,
) -> Result<StatusCode, Problem> {
    connecting::remove(&web.app, auth.scope, id, asked.force, &by).await?;
    Ok(StatusCode::NO_CONTENT)
}
