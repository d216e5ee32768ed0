//! `GET /api/v1/keyword-lists/{id}`

use axum::{Json, extract::State};
use switchboard_app::insights::lists;
use switchboard_domain::ids::KeywordListId;

use super::ListView;
use crate::{
    extract::{IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// One keyword list.
#[utoipa::path(get, path = "/api/v1/keyword-lists/{id}", operation_id = "get_keyword_list", tag = "insights",
    params(("id" = String, Path, description = "A keyword list's id, prefixed or bare")),
    responses((status = 200, description = "The keyword list", body = ListView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    IdPath(id): IdPath<KeywordListId>,
) -> Result<Json<ListView>, Problem> {
    Ok(Json(lists::find(&web.app, auth.scope, id).await?.into()))
}
