//! `POST /api/v1/apps/{id}/keys/{key_id}/rotate`

use std::time::Duration;

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use switchboard_app::apps;
use switchboard_domain::ids::{ApiKeyId, AppId};
use utoipa::ToSchema;

use super::create_key::KeyCreated;
use crate::{
    extract::{By, IdsPath, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateKey {
    /// Seconds for which the old key goes on working; at most 30 days. Leave it out for the installation's grace period.
    #[schema(minimum = 0, maximum = 2_592_000)]
    grace_seconds: Option<u64>,
}

/// Replaces one key by another with the same name, scopes and limit. The old one goes on working for a while.
#[utoipa::path(post, path = "/api/v1/apps/{id}/keys/{key_id}/rotate", operation_id = "rotate_app_key", tag = "apps",
    request_body = RotateKey,
    params(("id" = String, Path, description = "An app's id, prefixed or bare"),
           ("key_id" = String, Path, description = "A key's id, prefixed or bare")),
    responses((status = 201, description = "The new key", body = KeyCreated)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdsPath(id, key): IdsPath<AppId, ApiKeyId>,
    JsonBody(asked): JsonBody<RotateKey>,
) -> Result<(StatusCode, Json<KeyCreated>), Problem> {
    let grace = asked.grace_seconds.map(Duration::from_secs);
    let made = apps::rotate_one(&web.app, auth.scope, id, key, grace, &by).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}
