//! `PATCH /api/v1/keyword-lists/{id}`

use axum::{Json, extract::State};
use switchboard_app::insights::lists;
use switchboard_domain::ids::KeywordListId;

use super::{ListBody, ListView};
use crate::{
    extract::{By, IdPath, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Changes a keyword list. A phrase that stays keeps where it was heard.
#[utoipa::path(patch, path = "/api/v1/keyword-lists/{id}", operation_id = "update_keyword_list",
    tag = "insights", request_body = ListBody,
    params(("id" = String, Path, description = "A keyword list's id, prefixed or bare")),
    responses((status = 200, description = "The keyword list as it is now", body = ListView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<KeywordListId>,
    JsonBody(asked): JsonBody<ListBody>,
) -> Result<Json<ListView>, Problem> {
    Ok(Json(lists::update(&web.app, auth.scope, id, asked.into(), &by).await?.into()))
}
