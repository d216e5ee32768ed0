//! `DELETE /api/v1/apps/{id}/keys/{key_id}`

use axum::{Json, extract::State};
use switchboard_app::apps;
use switchboard_domain::ids::{ApiKeyId, AppId};

use super::KeyView;
use crate::{
    extract::{By, IdsPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Ends one key at once. It stays in the list, as ended.
#[utoipa::path(delete, path = "/api/v1/apps/{id}/keys/{key_id}", operation_id = "revoke_app_key", tag = "apps",
    params(("id" = String, Path, description = "An app's id, prefixed or bare"),
           ("key_id" = String, Path, description = "A key's id, prefixed or bare")),
    responses((status = 200, description = "The key, which opens nothing any more", body = KeyView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdsPath(id, key): IdsPath<AppId, ApiKeyId>,
) -> Result<Json<KeyView>, Problem> {
    Ok(Json(apps::revoke_one(&web.app, auth.scope, id, key, &by).await?.into()))
}
