//! `POST /api/v1/scorecards`

use axum::{Json, extract::State, http::StatusCode};
use switchboard_app::insights::cards;

use super::{CardBody, CardView};
use crate::{
    extract::{By, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Makes a scorecard. It must have a `name` and at least one question; unless said otherwise it is on.
///
/// A chat server answers its questions about each new call, with the lines that show it.
#[utoipa::path(post, path = "/api/v1/scorecards", operation_id = "create_scorecard", tag = "insights",
    request_body = CardBody, responses((status = 201, description = "The scorecard", body = CardView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    JsonBody(asked): JsonBody<CardBody>,
) -> Result<(StatusCode, Json<CardView>), Problem> {
    let made = cards::create(&web.app, auth.scope, asked.into(), &by).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}
