//! `GET /api/v1/admin/tenants/{id}/usage`

use axum::{Json, extract::State};
use switchboard_app::{tenants, usage};
use switchboard_domain::ids::TenantId;

use crate::{
    api::v1::usage::UsageView,
    extract::{AdminAuth, IdPath},
    problem::Problem,
    state::Web,
};

/// What a tenant used this month and in the year before, against the limits of its plan.
#[utoipa::path(get, path = "/api/v1/admin/tenants/{id}/usage", operation_id = "get_usage_of_tenant", tag = "admin",
    params(("id" = String, Path, description = "The tenant's id")),
    responses((status = 200, description = "The usage", body = UsageView)))]
pub async fn handler(
    State(web): State<Web>,
    _admin: AdminAuth,
    IdPath(id): IdPath<TenantId>,
) -> Result<Json<UsageView>, Problem> {
    let scope = tenants::lookup(&web.app, id).await?.scope();
    Ok(Json(usage::report(&web.app, scope).await?.into()))
}
