//! Exports: archives that somebody asked for, for some days.

use serde::Serialize;
use switchboard_domain::{
    Timestamp,
    export::ExportState,
    ids::{ExportId, JobId},
    job::JobState,
};
use switchboard_store::{exports::Export, work::Job};
use utoipa::ToSchema;

use super::export_state;

pub mod file;
pub mod get;
pub mod list;

/// An export.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Export)]
pub struct ExportView {
    #[schema(value_type = String)]
    pub id: ExportId,
    /// What kind of export: `contact`.
    pub kind: String,
    /// What it is about: a contact's id.
    pub subject: Option<String>,
    #[schema(schema_with = export_state)]
    pub state: ExportState,
    /// Who asked for it.
    pub requested_by: String,
    #[schema(value_type = Option<String>)]
    pub job_id: Option<JobId>,
    /// How much is in it so far.
    #[schema(value_type = Option<Object>)]
    pub progress: Option<serde_json::Value>,
    /// Why it failed.
    pub failure: Option<String>,
    pub bytes: Option<i64>,
    /// Leads to the file, a ZIP archive, until it expires.
    pub file_url: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub finished_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
}

impl ExportView {
    pub(super) fn of(export: Export, job: Option<Job>, now: Timestamp) -> Self {
        let is_dead = job.as_ref().is_some_and(|job| job.state == JobState::Dead);
        let state = match export.expires_at {
            Some(end) if end <= now => ExportState::Expired,
            Some(_) => ExportState::Ready,
            None if is_dead => ExportState::Failed,
            None => ExportState::Making,
        };
        Self {
            file_url: (state == ExportState::Ready).then(|| format!("/api/v1/exports/{}/file", export.id)),
            failure: job.as_ref().filter(|_| is_dead).and_then(|job| job.last_error.clone()),
            progress: job.and_then(|job| job.progress),
            id: export.id,
            kind: export.kind,
            subject: export.subject,
            state,
            requested_by: export.requested_by,
            job_id: export.job_id,
            bytes: export.bytes,
            created_at: export.created_at,
            finished_at: export.finished_at,
            expires_at: export.expires_at,
        }
    }
}
