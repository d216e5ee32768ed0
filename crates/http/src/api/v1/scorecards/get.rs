//! `GET /api/v1/scorecards/{id}`

use axum::{Json, extract::State};
use switchboard_app::insights::cards;
use switchboard_domain::ids::ScorecardId;

use super::CardView;
use crate::{
    extract::{IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// One scorecard.
#[utoipa::path(get, path = "/api/v1/scorecards/{id}", operation_id = "get_scorecard", tag = "insights",
    params(("id" = String, Path, description = "A scorecard's id, prefixed or bare")),
    responses((status = 200, description = "The scorecard", body = CardView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    IdPath(id): IdPath<ScorecardId>,
) -> Result<Json<CardView>, Problem> {
    Ok(Json(cards::find(&web.app, auth.scope, id).await?.into()))
}
