//! `GET /api/v1/plans`

use axum::{Json, extract::State};
use switchboard_app::plans;

use super::PlanView;
use crate::{api::v1::Paged, problem::Problem, state::Web};

/// Lists the plans, cheapest first, with those that are not offered any more.
#[utoipa::path(get, path = "/api/v1/plans", operation_id = "list_plans", tag = "plans",
    responses((status = 200, description = "All plans", body = Paged<PlanView>)))]
pub async fn handler(State(web): State<Web>) -> Result<Json<Paged<PlanView>>, Problem> {
    let all = plans::list(&web.app).await?;
    Ok(Json(Paged::whole(all.into_iter().map(PlanView::from).collect())))
}
