//! `GET /api/v1/keyword-lists`

use axum::{Json, extract::State};
use switchboard_app::insights::lists;

use super::ListView;
use crate::{api::v1::Paged, extract::TenantAuth, problem::Problem, state::Web};

/// Lists the words and phrases that the workspace listens for, list by list, oldest first. There are at most 50 lists.
#[utoipa::path(get, path = "/api/v1/keyword-lists", operation_id = "list_keyword_lists", tag = "insights",
    responses((status = 200, description = "All keyword lists", body = Paged<ListView>)))]
pub async fn handler(State(web): State<Web>, auth: TenantAuth) -> Result<Json<Paged<ListView>>, Problem> {
    let held = lists::list(&web.app, auth.scope).await?;
    Ok(Json(Paged::whole(held.into_iter().map(ListView::from).collect())))
}
