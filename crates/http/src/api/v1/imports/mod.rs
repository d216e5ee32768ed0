//! Call records out of files: a file is brought, looked at, and taken in by a job.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use switchboard_app::import::{Chosen, ImportError, Wish};
use switchboard_domain::{
    Timestamp,
    ids::{ConnectionId, ImportId, JobId},
    import::{ImportField, ImportFormat, ImportState},
};
use switchboard_store::imports::{Import, RowError};
use utoipa::ToSchema;

use super::{import_format, import_state};
use crate::problem::{Code, Problem};

pub mod cancel;
pub mod errors;
pub mod get;
pub mod list;
pub mod preview;
pub mod remove;
pub mod start;
pub mod upload;

/// A file of call records, and how far it is taken in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Import)]
pub struct ImportView {
    #[schema(value_type = String)]
    pub id: ImportId,
    pub file_name: String,
    pub file_bytes: i64,
    /// The file is still here. It is removed when it has been taken in, and a week after the last that was done with it.
    pub has_file: bool,
    #[schema(schema_with = import_state)]
    pub state: ImportState,
    /// How it is read; null before it was started.
    pub plan: Option<PlanView>,
    /// Whose calls they become. Null in a check where there is no such connection yet.
    #[schema(value_type = Option<String>)]
    pub connection_id: Option<ConnectionId>,
    #[schema(value_type = Option<String>)]
    pub job_id: Option<JobId>,
    pub rows_read: i64,
    /// Of `file_bytes`: how far it is.
    pub bytes_read: i64,
    /// Records that were new; in a check, that would be.
    pub stored: i64,
    /// Records that were here already.
    pub known: i64,
    /// Rows that are no calls, such as a line of totals.
    pub passed_over: i64,
    /// Rows that were left out because something is wrong with them; `errors` says what.
    pub failed: i64,
    /// Why it failed.
    pub problem: Option<String>,
    /// Who brought it.
    pub requested_by: String,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub started_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub finished_at: Option<Timestamp>,
}

/// How a file is read.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportPlan)]
pub struct PlanView {
    #[schema(schema_with = import_format)]
    pub format: ImportFormat,
    /// Of times that are written without one.
    pub time_zone: String,
    /// Whose numbers those are that are written without a country.
    pub country: String,
    /// What the columns are, by their names in the file; with `columns` only.
    #[schema(value_type = BTreeMap<String, String>)]
    pub mapping: BTreeMap<String, ImportField>,
}

impl From<Chosen> for PlanView {
    fn from(chosen: Chosen) -> Self {
        Self { format: chosen.format, time_zone: chosen.time_zone, country: chosen.country, mapping: chosen.mapping }
    }
}

impl From<Import> for ImportView {
    fn from(import: Import) -> Self {
        let plan = import.plan.as_deref().and_then(|plan| serde_json::from_str::<Chosen>(plan).ok());
        Self {
            id: import.id,
            file_name: import.file_name,
            file_bytes: import.file_bytes,
            has_file: import.media_key.is_some(),
            state: import.state,
            plan: plan.map(PlanView::from),
            connection_id: import.connection_id,
            job_id: import.job_id,
            rows_read: import.counts.rows_read,
            bytes_read: import.counts.bytes_read,
            stored: import.counts.stored,
            known: import.counts.known,
            passed_over: import.counts.passed_over,
            failed: import.counts.failed,
            problem: import.problem,
            requested_by: import.requested_by,
            created_at: import.created_at,
            started_at: import.started_at,
            finished_at: import.finished_at,
        }
    }
}

/// How a file is to be read. What is left out is found out, or is as usual.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportWish {
    /// Whose file it is; found out unless said.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub format: Option<ImportFormat>,
    /// Of times that are written without one; the workspace's unless said.
    #[serde(default)]
    #[schema(example = "America/Chicago")]
    pub time_zone: Option<String>,
    /// Whose numbers those are that are written without a country, by its two letters; `US` unless said.
    #[serde(default)]
    #[schema(example = "ES")]
    pub country: Option<String>,
    /// With `columns`: what the columns are, by their names in the file. One must be `started_at`, one `from` or `to`.
    #[serde(default)]
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    pub mapping: Option<BTreeMap<String, ImportField>>,
    /// Whose calls they become; the only connection of the file's provider, or a new one, unless said.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub connection_id: Option<ConnectionId>,
}

impl From<ImportWish> for Wish {
    fn from(wish: ImportWish) -> Self {
        let ImportWish { format, time_zone, country, mapping, connection_id } = wish;
        Self { format, time_zone, country, mapping, connection_id }
    }
}

/// What is wrong with a row of a file.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportLineError {
    /// The line of the file; its first is 1.
    pub line: i64,
    /// Stable: unreadable, too_long, required, invalid, refused.
    pub code: String,
    /// The column that it is about.
    pub column: Option<String>,
    /// For a person; never quotes the row.
    pub message: String,
}

impl From<RowError> for ImportLineError {
    fn from(error: RowError) -> Self {
        Self { line: error.line, code: error.code, column: error.column_name, message: error.message }
    }
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        let detail = error.to_string();
        match error {
            ImportError::NotFound => Self::not_found("import"),
            ImportError::Fields(faults) => Self::fields(faults),
            ImportError::File(_) | ImportError::Read(_) => Self::new(Code::InvalidBody, detail),
            ImportError::TooLarge => Self::new(Code::BodyTooLarge, detail),
            ImportError::NoFile | ImportError::Running | ImportError::NotRunning => Self::new(Code::Conflict, detail),
            ImportError::Connection(error) => error.into(),
            ImportError::Refused(error) => error.into(),
            ImportError::Store(error) => error.into(),
            ImportError::Media(error) => Self::internal(&error),
        }
    }
}
