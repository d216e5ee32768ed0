//! `DELETE /api/v1/scorecards/{id}`

use axum::{extract::State, http::StatusCode};
use switchboard_app::insights::cards;
use switchboard_domain::ids::ScorecardId;

use crate::{
    extract::{By, IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Removes a scorecard. Calls that were judged by it keep their answers.
#[utoipa::path(delete, path = "/api/v1/scorecards/{id}", operation_id = "delete_scorecard",
    tag = "insights", params(("id" = String, Path, description = "A scorecard's id, prefixed or bare")),
    responses((status = 204, description = "It is gone")))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<ScorecardId>,
) -> Result<StatusCode, Problem> {
    cards::remove(&web.app, auth.scope, id, &by).await?;
    Ok(StatusCode::NO_CONTENT)
}
