//! `PUT /api/v1/admin/tenants/{id}/features`

use axum::{Json, extract::State};
use switchboard_app::{features, tenants};
use switchboard_domain::ids::TenantId;

use crate::{
    api::v1::{
        Paged,
        features::{FeatureView, Wanted, views, wanted},
    },
    extract::{AdminAuth, IdPath, JsonBody},
    problem::Problem,
    state::Web,
};

/// Switches features for a tenant. What is not named stays; null leaves one to the installation again.
#[utoipa::path(put, path = "/api/v1/admin/tenants/{id}/features", operation_id = "set_features_of_tenant", tag = "admin",
    params(("id" = String, Path, description = "The tenant's id")), request_body = Wanted,
    responses((status = 200, description = "All features as they are now", body = Paged<FeatureView>)))]
pub async fn handler(
    State(web): State<Web>,
    admin: AdminAuth,
    IdPath(id): IdPath<TenantId>,
    JsonBody(asked): JsonBody<Wanted>,
) -> Result<Json<Paged<FeatureView>>, Problem> {
    let scope = tenants::lookup(&web.app, id).await?.scope();
    let features = features::set(&web.app, scope, &wanted(asked)?, &admin.by).await?;
    Ok(Json(Paged::whole(views(&features))))
}
