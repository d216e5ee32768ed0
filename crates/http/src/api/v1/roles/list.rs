//! `GET /api/v1/roles`

use axum::Json;
use switchboard_domain::role::Role;

use super::RoleView;
use crate::{api::v1::Paged, problem::Problem};

/// Lists the roles that people have in a workspace and what each may do, the mightiest first.
#[utoipa::path(get, path = "/api/v1/roles", operation_id = "list_roles", tag = "members",
    responses((status = 200, description = "All roles", body = Paged<RoleView>)))]
pub async fn handler() -> Result<Json<Paged<RoleView>>, Problem> {
    Ok(Json(Paged::whole(Role::ALL.iter().copied().map(RoleView::from).collect())))
}
