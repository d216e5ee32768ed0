//! `POST /api/v1/admin/tenants/{id}/suspend`

use axum::{Json, extract::State};
use switchboard_app::tenants::Standing;
use switchboard_domain::ids::TenantId;

use super::Because;
use crate::{
    api::v1::workspace::WorkspaceView,
    extract::{AdminAuth, IdPath, JsonBody},
    problem::Problem,
    state::Web,
};

/// Suspends a tenant. Within seconds its people and apps are refused with the reason, and nothing is sent on its behalf;
/// what providers deliver is stored and merged as ever.
#[utoipa::path(post, path = "/api/v1/admin/tenants/{id}/suspend", operation_id = "suspend_tenant", tag = "admin",
    params(("id" = String, Path, description = "The tenant's id")), request_body = Because,
    responses((status = 200, description = "The tenant as it is now", body = WorkspaceView)))]
pub async fn handler(
    State(web): State<Web>,
    admin: AdminAuth,
    IdPath(id): IdPath<TenantId>,
    JsonBody(asked): JsonBody<Because>,
) -> Result<Json<WorkspaceView>, Problem> {
    super::set_standing(&web, &admin, id, Standing::Suspended(&asked.reason)).await
}
