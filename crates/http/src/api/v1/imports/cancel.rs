//! `POST /api/v1/imports/{id}/cancel`

use axum::{Json, extract::State};
use switchboard_app::import;
use switchboard_domain::ids::ImportId;

use super::ImportView;
use crate::{
    extract::{By, IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Ends an import that is being read. What was taken in stays.
#[utoipa::path(post, path = "/api/v1/imports/{id}/cancel", operation_id = "cancel_import", tag = "imports",
    params(("id" = String, Path, description = "An import's id, prefixed or bare")),
    responses((status = 200, description = "The import", body = ImportView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<ImportId>,
) -> Result<Json<ImportView>, Problem> {
    Ok(Json(import::cancel(&web.app, auth.scope, &by, id).await?.into()))
}
