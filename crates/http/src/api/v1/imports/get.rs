//! `GET /api/v1/imports/{id}`

use axum::{Json, extract::State};
use switchboard_app::import;
use switchboard_domain::ids::ImportId;

use super::ImportView;
use crate::{
    extract::{IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// One import and how far it is.
#[utoipa::path(get, path = "/api/v1/imports/{id}", operation_id = "get_import", tag = "imports",
    params(("id" = String, Path, description = "An import's id, prefixed or bare")),
    responses((status = 200, description = "The import", body = ImportView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    IdPath(id): IdPath<ImportId>,
) -> Result<Json<ImportView>, Problem> {
    Ok(Json(import::find(&web.app, auth.scope, id).await?.into()))
}
