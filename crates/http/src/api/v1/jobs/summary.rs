//! `GET /api/v1/jobs/summary`

use axum::{Json, extract::State};
use serde::Serialize;
use switchboard_domain::job::JobState;
use switchboard_store::work::{self, StateCount};
use utoipa::ToSchema;

use crate::{
    api::v1::{Paged, job_state},
    extract::TenantAuth,
    problem::Problem,
    state::Web,
};

/// How many jobs of a kind are in a state.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobCount)]
pub struct JobCount {
    kind: String,
    #[schema(schema_with = job_state)]
    state: JobState,
    count: i64,
}

impl From<StateCount> for JobCount {
    fn from(count: StateCount) -> Self {
        Self { kind: count.kind, state: count.state, count: count.count }
    }
}

/// How many jobs wait, run or are dead, by kind.
#[utoipa::path(get, path = "/api/v1/jobs/summary", operation_id = "count_jobs", tag = "jobs",
    responses((status = 200, description = "The counts", body = Paged<JobCount>)))]
pub async fn handler(State(web): State<Web>, auth: TenantAuth) -> Result<Json<Paged<JobCount>>, Problem> {
    let mut reader = web.app.db.read(auth.scope).await?;
    let counts = work::counts(&mut reader.conn(), auth.scope).await?;
    Ok(Json(Paged::whole(counts.into_iter().map(JobCount::from).collect())))
}
