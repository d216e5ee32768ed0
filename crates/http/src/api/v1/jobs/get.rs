//! `GET /api/v1/jobs/{id}`

use axum::{Json, extract::State};
use switchboard_domain::ids::JobId;
use switchboard_store::work;

use super::JobView;
use crate::{
    extract::{IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// One job.
#[utoipa::path(get, path = "/api/v1/jobs/{id}", operation_id = "get_job", tag = "jobs",
    params(("id" = String, Path, description = "A job's id, prefixed or bare")),
    responses((status = 200, description = "The job", body = JobView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    IdPath(id): IdPath<JobId>,
) -> Result<Json<JobView>, Problem> {
    let mut reader = web.app.db.read(auth.scope).await?;
    let found = work::lookup(&mut reader.conn(), auth.scope, id).await?;
    Ok(Json(found.ok_or_else(|| Problem::not_found("job"))?.into()))
}
