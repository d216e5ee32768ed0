//! `GET /api/v1/imports/{id}/errors`

use axum::{
    Json,
    extract::State,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use switchboard_app::{csv, import};
use switchboard_domain::ids::ImportId;
use switchboard_store::imports::{MAX_ERRORS, RowError};
use utoipa::{IntoParams, ToSchema};

use super::ImportLineError;
use crate::{
    api::v1::Paged,
    extract::{IdPath, QueryString, TenantAuth, query},
    problem::Problem,
    state::Web,
};

/// In what form.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorsForm {
    /// A page.
    #[default]
    Json,
    /// All of them, for spreadsheets.
    Csv,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListImportErrors {
    /// `json` unless said.
    #[serde(default)]
    #[param(inline)]
    format: ErrorsForm,
    /// Where a page begins: `next_cursor` of the one before.
    cursor: Option<i64>,
    /// Rows of a page; 50 unless said, at most 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// What is wrong with rows of a file, by their lines; of one file at most 10,000 are kept.
#[utoipa::path(get, path = "/api/v1/imports/{id}/errors", operation_id = "list_import_errors", tag = "imports",
    params(("id" = String, Path, description = "An import's id, prefixed or bare"), ListImportErrors),
    responses((status = 200, description = "What is wrong", content(
        (Paged<ImportLineError> = "application/json"), (String = "text/csv")))))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    IdPath(id): IdPath<ImportId>,
    QueryString(asked): QueryString<ListImportErrors>,
) -> Result<Response, Problem> {
    let import = import::find(&web.app, auth.scope, id).await?;
    if asked.format == ErrorsForm::Csv {
        let all = import::errors(&web.app, auth.scope, import.id, 0, MAX_ERRORS).await?;
        let headers = [
            (CONTENT_TYPE, "text/csv; charset=utf-8"),
            (CONTENT_DISPOSITION, "attachment; filename=\"import-errors.csv\""),
        ];
        return Ok((headers, file(&all)).into_response());
    }
    let limit = query::limit(asked.limit, query::MAX_LIMIT)?;
    let found = import::errors(&web.app, auth.scope, import.id, asked.cursor.unwrap_or(0), limit + 1).await?;
    let page = Paged::cut(found, limit, |error| error.line.to_string(), ImportLineError::from);
    Ok(Json(page).into_response())
}

fn file(all: &[RowError]) -> String {
    let mut text = csv::line(&["line", "code", "column", "message"]);
    for error in all {
        let column = error.column_name.as_deref().unwrap_or_default();
        text.push_str(&csv::line(&[&error.line.to_string(), error.code.as_str(), column, error.message.as_str()]));
    }
    text
}
