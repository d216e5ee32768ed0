//! `POST /api/v1/jobs/{id}/discard`

use axum::{Json, extract::State};
use switchboard_app::requeue;
use switchboard_domain::ids::JobId;

use super::JobView;
use crate::{
    extract::{By, IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Puts a dead job aside: nobody needs to look at it any more.
///
/// It is listed as discarded and can still be requeued. An event whose job is put aside stays dead.
#[utoipa::path(post, path = "/api/v1/jobs/{id}/discard", operation_id = "discard_job", tag = "jobs",
    params(("id" = String, Path, description = "A job's id, prefixed or bare")),
    responses((status = 200, description = "It is put aside", body = JobView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<JobId>,
) -> Result<Json<JobView>, Problem> {
    Ok(Json(requeue::discard(&web.app, auth.scope, id, &by).await?.into()))
}
