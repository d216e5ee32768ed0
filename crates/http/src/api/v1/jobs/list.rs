//! `GET /api/v1/jobs`

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_domain::{ids::JobId, job::JobState};
use switchboard_store::work::{self, JobFilter};
use utoipa::IntoParams;

use super::JobView;
use crate::{
    api::v1::Paged,
    extract::{QueryString, TenantAuth, query},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListJobs {
    /// One state, or several with commas: ready, running, done, dead, discarded.
    #[serde(default, deserialize_with = "query::several")]
    #[param(value_type = Option<String>, example = "dead")]
    state: Vec<JobState>,
    /// One kind, or several with commas.
    #[serde(default, deserialize_with = "query::several")]
    #[param(value_type = Option<String>)]
    kind: Vec<String>,
    /// Where a page begins: `next_cursor` of the one before.
    #[param(value_type = Option<String>)]
    cursor: Option<JobId>,
    /// Rows of a page; 50 unless said, at most 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// Lists jobs, newest first.
#[utoipa::path(get, path = "/api/v1/jobs", operation_id = "list_jobs", tag = "jobs", params(ListJobs),
    responses((status = 200, description = "A page of jobs", body = Paged<JobView>)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    QueryString(asked): QueryString<ListJobs>,
) -> Result<Json<Paged<JobView>>, Problem> {
    let limit = query::limit(asked.limit, query::MAX_LIMIT)?;
    let filter = JobFilter { states: asked.state, kinds: asked.kind, before: asked.cursor, ..JobFilter::default() };
    let mut reader = web.app.db.read(auth.scope).await?;
    let found = work::list(&mut reader.conn(), auth.scope, &filter, limit + 1).await?;
    Ok(Json(Paged::cut(found, limit, |job| job.id.to_string(), JobView::from)))
}
