//! `POST /api/v1/imports/{id}/start`

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use switchboard_app::import::{self, Mode};
use switchboard_domain::ids::ImportId;
use utoipa::ToSchema;

use super::{ImportView, ImportWish};
use crate::{
    extract::{By, IdPath, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartImport {
    /// Only read every row, and say what would be done.
    #[serde(default)]
    dry_run: bool,
    #[serde(default)]
    wish: ImportWish,
}

/// Begins to read the whole file: to check it (`dry_run`), or to take it in. What was taken in is never taken in twice, so a
/// file may be sent again. Nobody is told of the calls, and nothing follows from them but their records.
#[utoipa::path(post, path = "/api/v1/imports/{id}/start", operation_id = "start_import", tag = "imports",
    params(("id" = String, Path, description = "An import's id, prefixed or bare")), request_body = StartImport,
    responses((status = 202, description = "The import, running", body = ImportView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<ImportId>,
    JsonBody(asked): JsonBody<StartImport>,
) -> Result<(StatusCode, Json<ImportView>), Problem> {
    let mode = if asked.dry_run { Mode::Check } else { Mode::Apply };
    let import = import::start(&web.app, auth.scope, &by, id, &asked.wish.into(), mode).await?;
    Ok((StatusCode::ACCEPTED, Json(import.into())))
}
