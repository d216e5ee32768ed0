//! `POST /api/v1/jobs/{id}/requeue`

use axum::{Json, extract::State, http::StatusCode};
use switchboard_app::requeue;
use switchboard_domain::ids::JobId;

use super::JobView;
use crate::{
    extract::{By, IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Gives a dead job a new life: due now, with all its attempts.
#[utoipa::path(post, path = "/api/v1/jobs/{id}/requeue", operation_id = "requeue_job", tag = "jobs",
    params(("id" = String, Path, description = "A job's id, prefixed or bare")),
    responses((status = 202, description = "It waits for its turn", body = JobView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<JobId>,
) -> Result<(StatusCode, Json<JobView>), Problem> {
    let job = requeue::one(&web.app, auth.scope, id, &by).await?;
    Ok((StatusCode::ACCEPTED, Json(job.into())))
}
