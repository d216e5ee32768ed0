//! `POST /api/v1/insights/refresh`

use axum::{extract::State, http::StatusCode};
use switchboard_app::insights;

use crate::{
    extract::{By, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Has all transcripts read once more, by the keyword lists and switches as they are now. Nobody is notified of old calls,
/// and no chat server is asked.
#[utoipa::path(post, path = "/api/v1/insights/refresh", operation_id = "refresh_insights", tag = "insights",
    responses((status = 202, description = "They are being read; the job `refresh_insights` says how far it has come")))]
pub async fn handler(State(web): State<Web>, auth: TenantAuth, By(by): By) -> Result<StatusCode, Problem> {
    insights::refresh(&web.app, auth.scope, &by).await?;
    Ok(StatusCode::ACCEPTED)
}
