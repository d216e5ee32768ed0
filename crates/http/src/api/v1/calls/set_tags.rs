//! `PUT /api/v1/calls/{id}/tags`

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_app::calls;
use switchboard_domain::ids::CallId;
use utoipa::ToSchema;

use super::work::WorkView;
use crate::{
    extract::{By, IdPath, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetTags {
    /// All that the call is to have, at most 20 of at most 40 characters each.
    #[schema(max_items = 20)]
    tags: Vec<String>,
}

/// Puts exactly these tags on a call.
#[utoipa::path(put, path = "/api/v1/calls/{id}/tags", operation_id = "set_call_tags", tag = "calls", request_body = SetTags,
    params(("id" = String, Path, description = "A call's id, prefixed or bare")),
    responses((status = 200, description = "What people did with the call by now", body = WorkView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    IdPath(id): IdPath<CallId>,
    JsonBody(asked): JsonBody<SetTags>,
) -> Result<Json<WorkView>, Problem> {
    let work = calls::set_tags(&web.app, auth.scope, &by, id, &asked.tags).await?;
    Ok(Json((&work).into()))
}
