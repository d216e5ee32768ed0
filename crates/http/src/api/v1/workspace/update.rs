//! `PATCH /api/v1/workspace`

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_app::tenants::{self, Settings};
use utoipa::ToSchema;

use super::WorkspaceView;
use crate::{
    extract::{By, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

/// What is to be other than it is; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateWorkspace {
    #[schema(min_length = 1, max_length = 200)]
    name: Option<String>,
    /// A name of the time zone database, such as `Europe/Berlin`.
    time_zone: Option<String>,
}

impl From<UpdateWorkspace> for Settings {
    fn from(asked: UpdateWorkspace) -> Self {
        Self { name: asked.name, time_zone: asked.time_zone, plan: None }
    }
}

/// Changes the workspace's name or time zone. The subdomain stays: it is in addresses that others have.
#[utoipa::path(patch, path = "/api/v1/workspace", operation_id = "update_workspace", tag = "workspace",
    request_body = UpdateWorkspace, responses((status = 200, description = "The workspace as it is now", body = WorkspaceView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    JsonBody(asked): JsonBody<UpdateWorkspace>,
) -> Result<Json<WorkspaceView>, Problem> {
    Ok(Json(tenants::update(&web.app, auth.scope, &asked.into(), &by).await?.into()))
}
