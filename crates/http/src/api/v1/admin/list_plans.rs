//! `GET /api/v1/admin/plans`

use axum::{Json, extract::State};
use switchboard_app::plans;

use crate::{
    api::v1::{Paged, plans::PlanView},
    extract::AdminAuth,
    problem::Problem,
    state::Web,
};

/// Lists the plans as `/api/v1/plans` does, to administrators who belong to no workspace.
#[utoipa::path(get, path = "/api/v1/admin/plans", operation_id = "list_plans_of_installation", tag = "admin",
    responses((status = 200, description = "All plans", body = Paged<PlanView>)))]
pub async fn handler(State(web): State<Web>, _admin: AdminAuth) -> Result<Json<Paged<PlanView>>, Problem> {
    let all = plans::list(&web.app).await?;
    Ok(Json(Paged::whole(all.into_iter().map(PlanView::from).collect())))
}
