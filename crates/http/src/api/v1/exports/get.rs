//! `GET /api/v1/exports/{id}`

use axum::{Json, extract::State};
use switchboard_app::privacy::contacts;
use switchboard_domain::ids::ExportId;

use super::ExportView;
use crate::{
    extract::{IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// One export and how far it is.
#[utoipa::path(get, path = "/api/v1/exports/{id}", operation_id = "get_export", tag = "privacy",
    params(("id" = String, Path, description = "An export's id, prefixed or bare")),
    responses((status = 200, description = "The export", body = ExportView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    IdPath(id): IdPath<ExportId>,
) -> Result<Json<ExportView>, Problem> {
    let found = contacts::find_export(&web.app, auth.scope, id).await?;
    let (export, job) = found.ok_or_else(|| Problem::not_found("export"))?;
    Ok(Json(ExportView::of(export, job, web.app.now())))
}
