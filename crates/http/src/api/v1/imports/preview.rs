//! `POST /api/v1/imports/{id}/preview`

use axum::{Json, extract::State};
use serde::Serialize;
use switchboard_app::import::{self, Preview};
use switchboard_domain::{
    ids::ImportId,
    import::{ImportField, ImportFormat},
};
use utoipa::ToSchema;

use super::{ImportLineError, ImportView, ImportWish, PlanView};
use crate::{
    api::v1::{import_field_or_null, import_format_or_null},
    extract::{IdPath, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

/// What a file looks like, and how it would be read.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportPreview)]
pub struct PreviewView {
    pub import: ImportView,
    /// Whose file it seems to be; null when nothing tells.
    #[schema(schema_with = import_format_or_null)]
    pub detected: Option<ImportFormat>,
    pub is_json: bool,
    pub columns: Vec<ColumnView>,
    /// How it would be read; null while it is not said whose it is.
    pub plan: Option<PlanView>,
    /// The first rows as they would be taken in, at most 10.
    pub rows: Vec<PreviewRow>,
}

/// A column of a file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportPreviewColumn)]
pub struct ColumnView {
    pub name: String,
    /// What it is read as; null when it means nothing.
    pub read_as: Option<String>,
    /// What its name suggests, for a file that nobody knows.
    #[schema(schema_with = import_field_or_null)]
    pub proposal: Option<ImportField>,
}

/// A row of a file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportPreviewRow)]
pub struct PreviewRow {
    pub line: u64,
    /// The records that it becomes; none for a row that is no call.
    #[schema(value_type = Vec<Object>)]
    pub records: Vec<serde_json::Value>,
    pub error: Option<ImportLineError>,
}

/// Shows what a file looks like and how its first rows would be taken in. Changes nothing.
#[utoipa::path(post, path = "/api/v1/imports/{id}/preview", operation_id = "preview_import", tag = "imports",
    params(("id" = String, Path, description = "An import's id, prefixed or bare")), request_body = ImportWish,
    responses((status = 200, description = "The beginning of the file", body = PreviewView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    IdPath(id): IdPath<ImportId>,
    JsonBody(wish): JsonBody<ImportWish>,
) -> Result<Json<PreviewView>, Problem> {
    let preview = import::preview(&web.app, auth.scope, id, &wish.into()).await?;
    let import = import::find(&web.app, auth.scope, id).await?;
    Ok(Json(shown(preview, import.into())))
}

fn shown(preview: Preview, import: ImportView) -> PreviewView {
    let Preview { found, chosen, rows } = preview;
    let proposals = found.proposal();
    let read = chosen.as_ref().map(|chosen| found.understood(chosen.format, &chosen.mapping).0).unwrap_or_default();
    let column = |name: &String| ColumnView {
        name: name.clone(),
        read_as: read.iter().find(|(column, _)| column == name).map(|(_, name)| (*name).to_owned()),
        proposal: proposals.get(name).copied(),
    };
    let row = |(line, row): (u64, Result<Vec<serde_json::Value>, _>)| match row {
        Ok(records) => PreviewRow { line, records, error: None },
        Err(error) => PreviewRow { line, records: Vec::new(), error: Some(ImportLineError::from(error)) },
    };
    PreviewView {
        import,
        detected: found.format,
        is_json: found.is_json,
        columns: found.columns.iter().map(column).collect(),
        plan: chosen.map(PlanView::from),
        rows: rows.into_iter().map(row).collect(),
    }
}
