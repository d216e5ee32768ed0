//! `POST /api/v1/apps/{id}/keys`

use std::time::Duration;

use axum::{Json, extract::State, http::StatusCode};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use switchboard_app::apps;
use switchboard_domain::{Timestamp, ids::AppId};
use utoipa::ToSchema;

use super::{AppView, actor};
use crate::{
    extract::{ClientAddress, IdPath, JsonBody, TenantAuth},
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

#[derive(Serialize, ToSchema)]
pub struct KeyRotated {
    #[serde(flatten)]
    pub app: AppView,
    /// Shown this once. Store it safely.
    pub api_key: String,
    /// Until when the old key goes on working.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub old_key_until: Option<Timestamp>,
}

/// Gives an app a new key. The old one goes on working for a while.
#[utoipa::path(post, path = "/api/v1/apps/{id}/keys", operation_id = "rotate_app_key", tag = "apps",
    request_body = RotateKey, params(("id" = String, Path, description = "An app's id, prefixed or bare")),
    responses((status = 201, description = "The new key", body = KeyRotated)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    address: ClientAddress,
    IdPath(id): IdPath<AppId>,
    JsonBody(asked): JsonBody<RotateKey>,
) -> Result<(StatusCode, Json<KeyRotated>), Problem> {
    let grace = asked.grace_seconds.map(Duration::from_secs);
    let rotated = apps::rotate_key(&web.app, auth.scope, id, grace, &actor(&auth, address)).await?;
    let answer = KeyRotated {
        app: rotated.app.into(),
        api_key: rotated.api_key.expose_secret().to_owned(),
        old_key_until: rotated.old_key_until,
    };
    Ok((StatusCode::CREATED, Json(answer)))
}
