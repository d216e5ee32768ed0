//! `PUT /api/v1/connections/{id}/credentials`

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_app::connecting;
use switchboard_domain::ids::ConnectionId;
use utoipa::ToSchema;

use super::{ConnectionDetail, GivenValues, secret_values};
use crate::{
    extract::{By, IdPath, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetCredentials {
    /// By the names that the provider declares; null takes one away, what is not named stays.
    #[schema(value_type = BTreeMap<String, Option<String>>)]
    credentials: GivenValues,
}

/// Sets credentials. They are sealed and never shown again; whether they work is said by `check`.
#[utoipa::path(put, path = "/api/v1/connections/{id}/credentials", operation_id = "set_connection_credentials",
    tag = "connections", request_body = SetCredentials,
    params(("id" = String, Path, description = "A connection's id, prefixed or bare")),
    responses((status = 200, description = "The connection", body = ConnectionDetail)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<ConnectionId>,
    JsonBody(asked): JsonBody<SetCredentials>,
) -> Result<Json<ConnectionDetail>, Problem> {
    let values = secret_values(asked.credentials);
    let connection = connecting::set_credentials(&web.app, auth.scope, id, &values, &by).await?;
    Ok(Json(ConnectionDetail::of(&web.app, auth.scope, connection).await?))
}
