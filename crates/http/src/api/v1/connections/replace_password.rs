//! `PUT /api/v1/connections/{id}/webhook-password`

use axum::{Json, extract::State};
use secrecy::SecretString;
use serde::Deserialize;
use switchboard_app::record_webhook;
use switchboard_domain::ids::ConnectionId;
use utoipa::ToSchema;

use super::webhook::IssuedWebhook;
use crate::{
    extract::{By, IdPath, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplacePassword {
    /// Leave it out and the one that there is stays.
    #[schema(min_length = 1, max_length = 100)]
    username: Option<String>,
    /// Leave it out and one is made.
    #[schema(value_type = Option<String>, format = Password, min_length = 8, max_length = 128)]
    password: Option<SecretString>,
}

/// Gives a telephone system another password to sign in here with.
///
/// The one before it goes on for the grace period, because the telephone system must be told of the new one by hand.
#[utoipa::path(put, path = "/api/v1/connections/{id}/webhook-password", operation_id = "replace_webhook_password",
    tag = "connections", request_body = ReplacePassword,
    params(("id" = String, Path, description = "A connection's id, prefixed or bare")),
    responses((status = 200, description = "What to enter at the telephone system", body = IssuedWebhook)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<ConnectionId>,
    JsonBody(asked): JsonBody<ReplacePassword>,
) -> Result<Json<IssuedWebhook>, Problem> {
    let issued =
        record_webhook::replace(&web.app, auth.scope, id, asked.username.as_deref(), asked.password, &by).await?;
    Ok(Json(issued.into()))
}
