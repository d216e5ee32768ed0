//! `DELETE /api/v1/imports/{id}`

use axum::{extract::State, http::StatusCode};
use switchboard_app::import;
use switchboard_domain::ids::ImportId;

use crate::{
    extract::{By, IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Forgets an import and its file. The calls that were taken in stay.
#[utoipa::path(delete, path = "/api/v1/imports/{id}", operation_id = "delete_import", tag = "imports",
    params(("id" = String, Path, description = "An import's id, prefixed or bare")),
    responses((status = 204, description = "It is gone")))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<ImportId>,
) -> Result<StatusCode, Problem> {
    import::remove(&web.app, auth.scope, &by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
