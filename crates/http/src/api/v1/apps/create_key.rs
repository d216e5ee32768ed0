//! `POST /api/v1/apps/{id}/keys`

use std::time::Duration;

use axum::{Json, extract::State, http::StatusCode};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use switchboard_app::apps::{self, Others, RotatedKey};
use switchboard_domain::{
    Timestamp,
    ids::{ApiKeyId, AppId},
    role::Permission,
};
use utoipa::ToSchema;

use super::{AppView, KeyWish, permissions};
use crate::{
    extract::{By, IdPath, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateKey {
    /// What the new key is for. Left out, it is for what the newest one is for.
    key: Option<KeyWish>,
    /// The app's other keys stay as they are. Otherwise they end with the grace period.
    #[serde(default)]
    keep_others: bool,
    /// Seconds for which the other keys go on working; at most 30 days. Leave it out for the installation's grace period.
    #[schema(minimum = 0, maximum = 2_592_000)]
    grace_seconds: Option<u64>,
}

#[derive(Serialize, ToSchema)]
pub struct KeyCreated {
    #[serde(flatten)]
    pub app: AppView,
    #[schema(value_type = String)]
    pub key_id: ApiKeyId,
    /// Shown this once. Store it safely.
    pub api_key: String,
    #[schema(schema_with = permissions)]
    pub scopes: Option<Vec<Permission>>,
    /// Until when what it replaces goes on working.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub old_key_until: Option<Timestamp>,
}

impl From<RotatedKey> for KeyCreated {
    fn from(made: RotatedKey) -> Self {
        Self {
            app: made.app.into(),
            key_id: made.key_id,
            api_key: made.api_key.expose_secret().to_owned(),
            scopes: made.terms.scopes,
            old_key_until: made.old_key_until,
        }
    }
}

/// Gives an app a new key, in the place of its others or beside them.
#[utoipa::path(post, path = "/api/v1/apps/{id}/keys", operation_id = "create_app_key", tag = "apps",
    request_body = CreateKey, params(("id" = String, Path, description = "An app's id, prefixed or bare")),
    responses((status = 201, description = "The new key", body = KeyCreated)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<AppId>,
    JsonBody(asked): JsonBody<CreateKey>,
) -> Result<(StatusCode, Json<KeyCreated>), Problem> {
    let others =
        if asked.keep_others { Others::Stay } else { Others::End(asked.grace_seconds.map(Duration::from_secs)) };
    let made = apps::issue_key(&web.app, auth.scope, id, asked.key.map(Into::into), others, &by).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}
