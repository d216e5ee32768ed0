//! Jobs: things to do once, later or again, and events that must be tried again.

use serde::Serialize;
use switchboard_app::requeue::RequeueError;
use switchboard_domain::{
    Timestamp,
    ids::{EventId, JobId},
    job::JobState,
};
use switchboard_store::work::Job;
use utoipa::ToSchema;

use super::job_state;
use crate::problem::{Code, Problem};

pub mod discard;
pub mod get;
pub mod list;
pub mod requeue;
pub mod requeue_many;
pub mod summary;

/// A job.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Job)]
pub struct JobView {
    #[schema(value_type = String)]
    pub id: JobId,
    /// Which job it is; `event` for an event that must be tried again.
    pub kind: String,
    #[schema(schema_with = job_state)]
    pub state: JobState,
    #[schema(value_type = Object)]
    pub payload: serde_json::Value,
    #[schema(value_type = Option<String>)]
    pub event_id: Option<EventId>,
    pub attempts: i32,
    pub max_attempts: i32,
    pub last_error: Option<String>,
    /// How far it has come, for jobs that report it.
    #[schema(value_type = Option<Object>)]
    pub progress: Option<serde_json::Value>,
    /// When it may run (again).
    #[schema(value_type = String, format = DateTime)]
    pub run_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

impl From<Job> for JobView {
    fn from(job: Job) -> Self {
        Self {
            id: job.id,
            kind: job.kind,
            state: job.state,
            payload: job.payload,
            event_id: job.event_id,
            attempts: job.attempts,
            max_attempts: job.max_attempts,
            last_error: job.last_error,
            progress: job.progress,
            run_at: job.run_at,
            created_at: job.created_at,
            updated_at: job.updated_at,
        }
    }
}

impl From<RequeueError> for Problem {
    fn from(error: RequeueError) -> Self {
        match error {
            RequeueError::NotFound => Self::not_found("job"),
            RequeueError::NotDead { .. } => Self::new(Code::Conflict, error.to_string()),
            RequeueError::Store(error) => error.into(),
        }
    }
}
