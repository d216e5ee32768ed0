//! `PATCH /api/v1/scorecards/{id}`

use axum::{Json, extract::State};
use switchboard_app::insights::cards;
use switchboard_domain::ids::ScorecardId;

use super::{CardBody, CardView};
use crate::{
    extract::{By, IdPath, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Changes a scorecard. Calls that were judged by it keep their questions and answers.
#[utoipa::path(patch, path = "/api/v1/scorecards/{id}", operation_id = "update_scorecard",
    tag = "insights", request_body = CardBody,
    params(("id" = String, Path, description = "A scorecard's id, prefixed or bare")),
    responses((status = 200, description = "The scorecard as it is now", body = CardView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<ScorecardId>,
    JsonBody(asked): JsonBody<CardBody>,
) -> Result<Json<CardView>, Problem> {
    Ok(Json(cards::update(&web.app, auth.scope, id, asked.into(), &by).await?.into()))
}
