//! `POST /api/v1/jobs/requeue`

use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use switchboard_app::requeue::{self, MOST_NAMED};
use switchboard_domain::ids::JobId;
use utoipa::ToSchema;

use crate::{
    extract::{By, JsonBody, TenantAuth},
    problem::{Code, Problem},
    state::Web,
};

/// Which dead jobs; all of them if nothing is said.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequeueJobs {
    /// Only of this kind.
    kind: Option<String>,
    /// Only these, at most 200.
    #[schema(value_type = Option<Vec<String>>, max_items = 200)]
    ids: Option<Vec<JobId>>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobsRequeued)]
pub struct JobsRequeued {
    requeued: u64,
    /// There are more than one request takes; send it again.
    has_more: bool,
}

/// Gives dead jobs a new life: due now, with all their attempts.
#[utoipa::path(post, path = "/api/v1/jobs/requeue", operation_id = "requeue_jobs", tag = "jobs",
    request_body = RequeueJobs,
    responses((status = 202, description = "They wait for their turn", body = JobsRequeued)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    JsonBody(asked): JsonBody<RequeueJobs>,
) -> Result<(StatusCode, Json<JobsRequeued>), Problem> {
    let ids = asked.ids.unwrap_or_default();
    if ids.len() > MOST_NAMED {
        return Err(Problem::new(Code::InvalidBody, format!("ids: name at most {MOST_NAMED} jobs")));
    }
    let done = requeue::many(&web.app, auth.scope, asked.kind.into_iter().collect(), ids, &by).await?;
    Ok((StatusCode::ACCEPTED, Json(JobsRequeued { requeued: done.requeued, has_more: done.has_more })))
}
