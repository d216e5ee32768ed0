//! `GET /api/v1/connections/{id}/catch-up`

use axum::{Json, extract::State};
use serde::Serialize;
use switchboard_app::backfilling::{self, LastBackfill};
use switchboard_domain::{
    Timestamp,
    ids::{ConnectionId, JobId},
    job::JobState,
};
use utoipa::ToSchema;

use crate::{
    api::v1::job_state,
    extract::{IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// How a catch-up of a telephone system stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CatchUp)]
pub struct CatchUpView {
    #[schema(value_type = String)]
    pub job_id: JobId,
    #[schema(schema_with = job_state)]
    pub state: JobState,
    /// It came back by itself, as each night.
    pub is_nightly: bool,
    /// 0 to 100.
    pub percent: u32,
    /// Calls from then on are read.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub from: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
    /// Calls that the telephone system listed so far.
    pub calls: usize,
    /// Parts of them that were missing here.
    pub found: usize,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// The last catch-up, where there was one.
#[derive(Debug, Serialize, ToSchema)]
pub struct LastCatchUp {
    pub last: Option<CatchUpView>,
}

impl From<LastBackfill> for CatchUpView {
    fn from(last: LastBackfill) -> Self {
        let progress = last.progress.as_ref();
        let percent = if last.state == JobState::Done {
            100
        } else {
            progress.map_or(0, switchboard_app::jobs::BackfillProgress::percent)
        };
        Self {
            job_id: last.job,
            state: last.state,
            is_nightly: last.is_nightly,
            percent,
            from: progress.map(|progress| progress.from),
            until: progress.map(|progress| progress.until),
            calls: progress.map_or(0, |progress| progress.calls),
            found: progress.map_or(0, |progress| progress.new),
            last_error: last.last_error,
            updated_at: last.updated_at,
        }
    }
}

/// How far the last catch-up of a telephone system has come.
#[utoipa::path(get, path = "/api/v1/connections/{id}/catch-up", operation_id = "get_connection_catch_up",
    tag = "connections", params(("id" = String, Path, description = "A connection's id, prefixed or bare")),
    responses((status = 200, description = "The last one, or null", body = LastCatchUp)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    IdPath(id): IdPath<ConnectionId>,
) -> Result<Json<LastCatchUp>, Problem> {
    let last = backfilling::last(&web.app, auth.scope, id).await?;
    Ok(Json(LastCatchUp { last: last.map(CatchUpView::from) }))
}
