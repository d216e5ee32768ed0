//! `PATCH /api/v1/views/{id}`

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_app::views::{self, ViewChange, person};
use switchboard_domain::ids::ViewId;
use utoipa::ToSchema;

use super::ViewView;
use crate::{
    extract::{By, IdPath, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateView {
    #[schema(min_length = 1, max_length = 80)]
    name: Option<String>,
    /// All of them, in place of those it had.
    filters: Option<BTreeMap<String, String>>,
    is_shared: Option<bool>,
}

/// Changes a view of yours, or, if you may change the workspace, a shared one. What is left out stays.
#[utoipa::path(patch, path = "/api/v1/views/{id}", operation_id = "update_view", tag = "views", request_body = UpdateView,
    params(("id" = String, Path, description = "A view's id, prefixed or bare")),
    responses((status = 200, description = "The view", body = ViewView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<ViewId>,
    JsonBody(asked): JsonBody<UpdateView>,
) -> Result<Json<ViewView>, Problem> {
    let UpdateView { name, filters, is_shared } = asked;
    let view = views::update(&web.app, auth.scope, id, ViewChange { name, filters, is_shared }, &by).await?;
    Ok(Json(ViewView::of(view, person(&auth.actor))))
}
