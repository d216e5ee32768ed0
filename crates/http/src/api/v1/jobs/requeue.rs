//! `POST /api/v1/jobs/{id}/requeue`

use axum::{Json, extract::State, http::StatusCode};
use switchboard_app::{
    audit::{self, Entry},
    wake::Signal,
};
use switchboard_domain::{audit::Action, ids::JobId, job::JobState};
use switchboard_store::work;

use super::JobView;
use crate::{
    extract::{By, IdPath, TenantAuth},
    problem::{Code, Problem},
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
    let now = web.app.now();
    let mut tx = web.app.db.begin(auth.scope).await?;
    let job = work::lookup(&mut tx.conn(), auth.scope, id).await?.ok_or_else(|| Problem::not_found("job"))?;
    if !work::requeue(&mut tx.conn(), auth.scope, id, now).await? {
        let state = if job.state == JobState::Dead { "was requeued meanwhile" } else { job.state.as_str() };
        return Err(Problem::new(Code::Conflict, format!("only dead jobs can be requeued; this one is {state}")));
    }
    let job = work::lookup(&mut tx.conn(), auth.scope, id).await?.ok_or_else(|| Problem::not_found("job"))?;
    audit::record(&mut tx, &web.app, Entry::new(&by, Action::JobRequeued).on("job", id)).await?;
    tx.commit(now).await?;
    web.app.wake.send(Signal::Work);
    Ok((StatusCode::ACCEPTED, Json(job.into())))
}
