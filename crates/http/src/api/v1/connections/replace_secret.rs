//! `PUT /api/v1/connections/{id}/webhook-secret`

use axum::{Json, extract::State};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use switchboard_app::connecting;
use switchboard_domain::ids::ConnectionId;
use utoipa::ToSchema;

use crate::{
    extract::{By, IdPath, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplaceSecret {
    /// Leave it out and one is made.
    #[schema(min_length = 8, max_length = 200)]
    secret: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct SecretReplaced {
    /// Shown this once, to be entered at the provider. The one before it goes on for the grace period.
    pub webhook_secret: String,
}

/// Gives a connection another webhook secret.
#[utoipa::path(put, path = "/api/v1/connections/{id}/webhook-secret", operation_id = "replace_webhook_secret",
    tag = "connections", request_body = ReplaceSecret,
    params(("id" = String, Path, description = "A connection's id, prefixed or bare")),
    responses((status = 200, description = "The secret that counts now", body = SecretReplaced)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<ConnectionId>,
    JsonBody(asked): JsonBody<ReplaceSecret>,
) -> Result<Json<SecretReplaced>, Problem> {
    let given = asked.secret.map(SecretString::from);
    let secret = connecting::replace_webhook_secret(&web.app, auth.scope, id, given, &by).await?;
    Ok(Json(SecretReplaced { webhook_secret: secret.expose_secret().to_owned() }))
}
