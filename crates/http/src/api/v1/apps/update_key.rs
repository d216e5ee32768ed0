//! `PUT /api/v1/apps/{id}/keys/{key_id}`

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_app::apps;
use switchboard_domain::ids::{ApiKeyId, AppId};
use utoipa::ToSchema;

use super::KeyView;
use crate::{
    extract::{By, IdsPath, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateKey {
    #[schema(min_length = 1, max_length = 200)]
    name: Option<String>,
    /// How often it may be used; leave it out for the installation's limit.
    #[schema(minimum = 1, maximum = 100_000)]
    requests_per_minute: Option<u32>,
}

/// Replaces a key's name and limit. What it may do stays as it was made: make another one for other rights.
#[utoipa::path(put, path = "/api/v1/apps/{id}/keys/{key_id}", operation_id = "update_app_key", tag = "apps",
    request_body = UpdateKey,
    params(("id" = String, Path, description = "An app's id, prefixed or bare"),
           ("key_id" = String, Path, description = "A key's id, prefixed or bare")),
    responses((status = 200, description = "The key", body = KeyView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdsPath(id, key): IdsPath<AppId, ApiKeyId>,
    JsonBody(asked): JsonBody<UpdateKey>,
) -> Result<Json<KeyView>, Problem> {
    let limit = asked.requests_per_minute;
    Ok(Json(apps::update_key(&web.app, auth.scope, id, key, asked.name, limit, &by).await?.into()))
}
