//! `GET /api/v1/scorecards`

use axum::{Json, extract::State};
use switchboard_app::insights::cards;

use super::CardView;
use crate::{api::v1::Paged, extract::TenantAuth, problem::Problem, state::Web};

/// Lists the workspace's scorecards, oldest first. There are at most 10.
#[utoipa::path(get, path = "/api/v1/scorecards", operation_id = "list_scorecards", tag = "insights",
    responses((status = 200, description = "All scorecards", body = Paged<CardView>)))]
pub async fn handler(State(web): State<Web>, auth: TenantAuth) -> Result<Json<Paged<CardView>>, Problem> {
    let held = cards::list(&web.app, auth.scope).await?;
    Ok(Json(Paged::whole(held.into_iter().map(CardView::from).collect())))
}
