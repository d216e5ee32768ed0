//! `GET /api/v1/admin/tenants/{id}`

use axum::{Json, extract::State};
use switchboard_app::tenants;
use switchboard_domain::ids::TenantId;

use super::TenantView;
use crate::{
    extract::{AdminAuth, IdPath},
    problem::Problem,
    state::Web,
};

/// One tenant.
#[utoipa::path(get, path = "/api/v1/admin/tenants/{id}", operation_id = "get_tenant", tag = "admin",
    params(("id" = String, Path, description = "The tenant's id")),
    responses((status = 200, description = "The tenant", body = TenantView)))]
pub async fn handler(
    State(web): State<Web>,
    _admin: AdminAuth,
    IdPath(id): IdPath<TenantId>,
) -> Result<Json<TenantView>, Problem> {
    Ok(Json(tenants::lookup(&web.app, id).await?.into()))
}
