//! `PATCH /api/v1/admin/tenants/{id}`

use axum::{Json, extract::State};
use serde::Deserialize;
use switchboard_app::tenants::{self, Settings};
use switchboard_domain::ids::TenantId;
use utoipa::ToSchema;

use super::TenantView;
use crate::{
    extract::{AdminAuth, IdPath, JsonBody},
    problem::Problem,
    state::Web,
};

/// What is to be other than it is; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateTenant {
    #[schema(min_length = 1, max_length = 200)]
    name: Option<String>,
    /// A name of the time zone database, such as `Europe/Berlin`.
    time_zone: Option<String>,
    /// The id of a plan, offered or not.
    plan: Option<String>,
}

/// Changes a tenant's name, time zone or plan.
#[utoipa::path(patch, path = "/api/v1/admin/tenants/{id}", operation_id = "update_tenant", tag = "admin",
    params(("id" = String, Path, description = "The tenant's id")), request_body = UpdateTenant,
    responses((status = 200, description = "The tenant as it is now", body = TenantView)))]
pub async fn handler(
    State(web): State<Web>,
    admin: AdminAuth,
    IdPath(id): IdPath<TenantId>,
    JsonBody(asked): JsonBody<UpdateTenant>,
) -> Result<Json<TenantView>, Problem> {
    let scope = tenants::lookup(&web.app, id).await?.scope();
    let settings = Settings { name: asked.name, time_zone: asked.time_zone, plan: asked.plan };
    tenants::update(&web.app, scope, &settings, &admin.by).await?;
    Ok(Json(tenants::lookup(&web.app, id).await?.into()))
}
