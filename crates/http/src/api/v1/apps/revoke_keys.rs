//! `POST /api/v1/apps/{id}/keys/revoke`

use axum::{Json, extract::State};
use serde::Serialize;
use switchboard_app::apps;
use switchboard_domain::{Timestamp, ids::AppId};
use utoipa::ToSchema;

use super::AppView;
use crate::{
    extract::{By, IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Serialize, ToSchema)]
pub struct KeysRevoked {
    #[serde(flatten)]
    pub app: AppView,
    #[schema(value_type = String, format = DateTime)]
    pub revoked_at: Timestamp,
}

/// Ends all keys of an app at once. An app that does this to itself cannot undo it.
#[utoipa::path(post, path = "/api/v1/apps/{id}/keys/revoke", operation_id = "revoke_app_keys", tag = "apps",
    params(("id" = String, Path, description = "An app's id, prefixed or bare")),
    responses((status = 200, description = "No key of the app works any more", body = KeysRevoked)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<AppId>,
) -> Result<Json<KeysRevoked>, Problem> {
    let (app, revoked_at) = apps::revoke_keys(&web.app, auth.scope, id, &by).await?;
    Ok(Json(KeysRevoked { app: app.into(), revoked_at }))
}
