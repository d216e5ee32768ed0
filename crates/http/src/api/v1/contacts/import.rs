//! `POST /api/v1/contacts/import`

use axum::{
    Json,
    body::Body,
    extract::State,
    http::{HeaderMap, header},
};
use serde::{Deserialize, Serialize};
use switchboard_app::contacts::import::{self, Column, ImportError, MAX_BYTES, Mode, Report, RowError};
use switchboard_domain::phone::Region;
use utoipa::{IntoParams, ToSchema};

use crate::{
    api::v1::import_column,
    extract::{By, QueryString, TenantAuth},
    problem::{Code, Problem},
    state::Web,
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportContacts {
    /// Only say what would be done.
    #[serde(default)]
    #[param(value_type = Option<bool>)]
    dry_run: bool,
    /// Whose numbers those are that are written without a country, by its two letters; `US` unless said.
    #[param(example = "ES")]
    country: Option<String>,
}

/// What came of a file of contacts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContactImport)]
pub struct ImportView {
    /// Nothing was written.
    pub dry_run: bool,
    /// Rows of the file, without the header and without empty ones.
    pub rows: usize,
    pub created: usize,
    pub updated: usize,
    /// Rows that say nothing new.
    pub unchanged: usize,
    /// Rows that were left out.
    pub failed: usize,
    /// What is wrong with those, at most 1,000.
    pub errors: Vec<ImportRowError>,
    /// What the columns of the file were taken for.
    #[schema(schema_with = columns)]
    pub columns: Vec<Column>,
    /// Columns that mean nothing here.
    pub ignored_columns: Vec<String>,
}

fn columns() -> utoipa::openapi::schema::Array {
    utoipa::openapi::schema::ArrayBuilder::new().items(import_column()).build()
}

/// What is wrong with a row.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportRowError {
    /// The line of the file; the header is 1.
    pub row: u64,
    #[schema(schema_with = import_column)]
    pub column: Option<Column>,
    /// Stable: required, invalid, too_long, duplicate.
    pub code: &'static str,
    /// For a person; the cell is its subject.
    pub message: String,
}

impl From<RowError> for ImportRowError {
    fn from(error: RowError) -> Self {
        Self { row: error.row, column: error.column, code: error.code, message: error.message }
    }
}

impl ImportView {
    fn of(report: Report, dry_run: bool) -> Self {
        Self {
            dry_run,
            rows: report.rows,
            created: report.created,
            updated: report.updated,
            unchanged: report.unchanged,
            failed: report.failed,
            errors: report.errors.into_iter().map(ImportRowError::from).collect(),
            columns: report.columns,
            ignored_columns: report.ignored,
        }
    }
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Table(error) => Self::new(Code::InvalidBody, error.to_string()),
            ImportError::Store(error) => error.into(),
        }
    }
}

/// Takes contacts in from a file.
///
/// The body is CSV in UTF-8 of at most 5 MB and 20,000 rows, with commas, semicolons or tabs between the columns. Its first
/// row names them: `name` (or `first_name` and `last_name`), `phone`, `email`, `company`, in many spellings, English and
/// Spanish. A row of a number or address that is known changes that contact. Rows that cannot be read are left out and
/// told. The same file may be sent again: what it says already is `unchanged`; `Idempotency-Key` is therefore not needed,
/// and would hold the file to 256 kB.
#[utoipa::path(post, path = "/api/v1/contacts/import", operation_id = "import_contacts", tag = "contacts",
    params(ImportContacts),
    request_body(content = String, content_type = "text/csv", description = "The file"),
    responses((status = 200, description = "What was done, or would be", body = ImportView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    QueryString(asked): QueryString<ImportContacts>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<ImportView>, Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("text/csv") {
        let detail = "send the file as it is, with content-type: text/csv";
        return Err(Problem::new(Code::UnsupportedMediaType, detail));
    }
    let region = match &asked.country {
        Some(code) => Region::from_code(&code.to_ascii_uppercase())
            .map_err(|_| Problem::parameter("country", "the two letters of a country, such as US or ES"))?,
        None => Region::US,
    };
    let too_large =
        |_| Problem::new(Code::BodyTooLarge, format!("the file is larger than {} MB; split it", MAX_BYTES >> 20));
    let file = axum::body::to_bytes(body, MAX_BYTES).await.map_err(too_large)?;
    let mode = if asked.dry_run { Mode::DryRun } else { Mode::Apply };
    let report = import::import(&web.app, auth.scope, &by, &file, region, mode).await?;
    Ok(Json(ImportView::of(report, asked.dry_run)))
}
