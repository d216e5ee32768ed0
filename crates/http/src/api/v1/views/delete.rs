//! `DELETE /api/v1/views/{id}`

use axum::{extract::State, http::StatusCode};
use switchboard_app::views;
use switchboard_domain::ids::ViewId;

use crate::{
    extract::{By, IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Takes a view of yours away, or, if you may change the workspace, a shared one.
#[utoipa::path(delete, path = "/api/v1/views/{id}", operation_id = "delete_view", tag = "views",
    params(("id" = String, Path, description = "A view's id, prefixed or bare")),
    responses((status = 204, description = "It is gone")))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<ViewId>,
) -> Result<StatusCode, Problem> {
    views::remove(&web.app, auth.scope, id, &by).await?;
    Ok(StatusCode::NO_CONTENT)
}
