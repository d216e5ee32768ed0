//! `POST /api/v1/admin/tenants/{id}/resume`

use axum::{Json, extract::State};
use switchboard_app::tenants::Standing;
use switchboard_domain::ids::TenantId;

use crate::{
    api::v1::workspace::WorkspaceView,
    extract::{AdminAuth, IdPath},
    problem::Problem,
    state::Web,
};

/// Serves a suspended or closed tenant again. Its people and apps come in at once; work that waited goes on by itself.
#[utoipa::path(post, path = "/api/v1/admin/tenants/{id}/resume", operation_id = "resume_tenant", tag = "admin",
    params(("id" = String, Path, description = "The tenant's id")),
    responses((status = 200, description = "The tenant as it is now", body = WorkspaceView)))]
pub async fn handler(
    State(web): State<Web>,
    admin: AdminAuth,
    IdPath(id): IdPath<TenantId>,
) -> Result<Json<WorkspaceView>, Problem> {
    super::set_standing(&web, &admin, id, Standing::Active).await
}
