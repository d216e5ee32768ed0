//! `GET /api/v1/tags`

use axum::{Json, extract::State};
use switchboard_store::calls;

use super::TagView;
use crate::{api::v1::Paged, extract::TenantAuth, problem::Problem, state::Web};

/// Tags that are offered to people.
const MOST: i64 = 200;

/// The tags in use, the most used first; at most 200.
#[utoipa::path(get, path = "/api/v1/tags", operation_id = "list_tags", tag = "calls",
    responses((status = 200, description = "The tags", body = Paged<TagView>)))]
pub async fn handler(State(web): State<Web>, auth: TenantAuth) -> Result<Json<Paged<TagView>>, Problem> {
    let mut reader = web.app.db.read(auth.scope).await?;
    let tags = calls::tags(&mut reader.conn(), auth.scope, MOST).await?;
    Ok(Json(Paged::whole(tags.into_iter().map(TagView::from).collect())))
}
