//! `DELETE /api/v1/admin/tenants/{id}`

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

/// Closes a tenant: its people, its apps and its providers are refused. Nothing is removed, and resuming brings it back; to
/// remove what it holds, erase its contacts or let retention do it before.
#[utoipa::path(delete, path = "/api/v1/admin/tenants/{id}", operation_id = "delete_tenant", tag = "admin",
    params(("id" = String, Path, description = "The tenant's id")), request_body = Because,
    responses((status = 200, description = "The tenant as it is now", body = WorkspaceView)))]
pub async fn handler(
    State(web): State<Web>,
    admin: AdminAuth,
    IdPath(id): IdPath<TenantId>,
    JsonBody(asked): JsonBody<Because>,
) -> Result<Json<WorkspaceView>, Problem> {
    super::set_standing(&web, &admin, id, Standing::Deleted(&asked.reason)).await
}
