//! `POST /api/v1/connections/{id}/provision`

use axum::{Json, extract::State, http::StatusCode};
use secrecy::SecretString;
use serde::Deserialize;
use switchboard_app::{
    connections,
    provisioning::{self, Wish},
};
use switchboard_domain::ids::ConnectionId;
use utoipa::ToSchema;

use super::WebhookView;
use crate::{
    extract::{By, IdPath, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProvisionRequest {
    /// Where the provider shall send events. Leave it out for the connection's own URL.
    webhook_url: Option<String>,
    /// What it shall sign them with. Leave it out for a secret of the webhook's own.
    #[schema(min_length = 8, max_length = 200)]
    webhook_secret: Option<String>,
}

/// Makes a webhook at the provider, with its subscriptions. Asking again repairs instead of making a second one.
#[utoipa::path(post, path = "/api/v1/connections/{id}/provision", operation_id = "provision_connection",
    tag = "connections", request_body = ProvisionRequest,
    params(("id" = String, Path, description = "A connection's id, prefixed or bare")),
    responses((status = 201, description = "The webhook", body = WebhookView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<ConnectionId>,
    JsonBody(asked): JsonBody<ProvisionRequest>,
) -> Result<(StatusCode, Json<WebhookView>), Problem> {
    let connection = connections::find(&web.app, auth.scope, id).await?;
    let wish = Wish { webhook_url: asked.webhook_url, webhook_secret: asked.webhook_secret.map(SecretString::from) };
    let made = provisioning::create_for(&web.app, auth.scope, connection, wish, &by).await?;
    Ok((StatusCode::CREATED, Json(made.webhook.into())))
}
