//! `DELETE /api/v1/keyword-lists/{id}`

use axum::{extract::State, http::StatusCode};
use switchboard_app::insights::lists;
use switchboard_domain::ids::KeywordListId;

use crate::{
    extract::{By, IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Removes a keyword list, and where its phrases were heard.
#[utoipa::path(delete, path = "/api/v1/keyword-lists/{id}", operation_id = "delete_keyword_list",
    tag = "insights", params(("id" = String, Path, description = "A keyword list's id, prefixed or bare")),
    responses((status = 204, description = "It is gone")))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<KeywordListId>,
) -> Result<StatusCode, Problem> {
    lists::remove(&web.app, auth.scope, id, &by).await?;
    Ok(StatusCode::NO_CONTENT)
}
