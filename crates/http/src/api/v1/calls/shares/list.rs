//! `GET /api/v1/calls/{id}/shares`

use axum::{Json, extract::State};
use switchboard_app::shares;
use switchboard_domain::ids::CallId;

use super::ShareView;
use crate::{
    api::v1::Paged,
    extract::{IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// The links to a call, newest first: who made them, what they show, until when, and how often somebody looked.
#[utoipa::path(get, path = "/api/v1/calls/{id}/shares", operation_id = "list_call_shares", tag = "calls",
    params(("id" = String, Path, description = "A call's id, prefixed or bare")),
    responses((status = 200, description = "The links", body = Paged<ShareView>)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    IdPath(id): IdPath<CallId>,
) -> Result<Json<Paged<ShareView>>, Problem> {
    let found = shares::list(&web.app, auth.scope, id).await?;
    Ok(Json(Paged::whole(found.into_iter().map(ShareView::from).collect())))
}
