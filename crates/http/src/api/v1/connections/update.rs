//! `PATCH /api/v1/connections/{id}`

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_app::{connecting, connections};
use switchboard_domain::ids::ConnectionId;
use utoipa::ToSchema;

use super::{ConnectionDetail, GivenValues, secret_values};
use crate::{
    extract::{By, IdPath, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateConnection {
    #[schema(min_length = 1, max_length = 200)]
    name: Option<String>,
    /// Settings by the names that the provider declares; null takes one away, what is not named stays.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, Option<String>>)]
    settings: GivenValues,
    /// False switches it off: its deliveries are refused and nothing is asked of the provider.
    enabled: Option<bool>,
}

/// Changes a connection. Credentials are set through a route of their own.
#[utoipa::path(patch, path = "/api/v1/connections/{id}", operation_id = "update_connection", tag = "connections",
    request_body = UpdateConnection, params(("id" = String, Path, description = "A connection's id, prefixed or bare")),
    responses((status = 200, description = "The connection", body = ConnectionDetail)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<ConnectionId>,
    JsonBody(asked): JsonBody<UpdateConnection>,
) -> Result<Json<ConnectionDetail>, Problem> {
    if asked.name.is_some() || !asked.settings.is_empty() {
        let settings = secret_values(asked.settings);
        connecting::update(&web.app, auth.scope, id, asked.name.as_deref(), &settings, &by).await?;
    }
    if let Some(enabled) = asked.enabled {
        connecting::set_enabled(&web.app, auth.scope, id, enabled, &by).await?;
    }
    let connection = connections::find(&web.app, auth.scope, id).await?;
    Ok(Json(ConnectionDetail::of(&web.app, auth.scope, connection).await?))
}
