//! `POST /api/v1/views`

use std::collections::BTreeMap;

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use switchboard_app::views::{self, NewView, person};
use switchboard_domain::view::Noun;
use utoipa::ToSchema;

use super::ViewView;
use crate::{
    extract::{By, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateView {
    #[schema(schema_with = super::noun)]
    noun: Noun,
    #[schema(min_length = 1, max_length = 80, example = "Missed today")]
    name: String,
    /// Names and values that the list is narrowed by; at most 30. They are kept as they are: the dashboard keeps what its
    /// address holds.
    #[serde(default)]
    filters: BTreeMap<String, String>,
    /// Everybody in the workspace sees it.
    #[serde(default)]
    is_shared: bool,
}

/// Keeps a list by name. For people: an app has no views.
#[utoipa::path(post, path = "/api/v1/views", operation_id = "create_view", tag = "views", request_body = CreateView,
    responses((status = 201, description = "The view", body = ViewView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    JsonBody(asked): JsonBody<CreateView>,
) -> Result<(StatusCode, Json<ViewView>), Problem> {
    let CreateView { noun, name, filters, is_shared } = asked;
    let view = views::create(&web.app, auth.scope, NewView { noun, name, filters, is_shared }, &by).await?;
    Ok((StatusCode::CREATED, Json(ViewView::of(view, person(&auth.actor)))))
}
