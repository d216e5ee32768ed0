//! `GET /api/v1/admin/tenants/{id}/features`

use axum::{Json, extract::State};
use switchboard_app::{features, tenants};
use switchboard_domain::ids::TenantId;

use crate::{
    api::v1::{
        Paged,
        features::{FeatureView, views},
    },
    extract::{AdminAuth, IdPath},
    problem::Problem,
    state::Web,
};

/// Lists the features and whether a tenant has them.
#[utoipa::path(get, path = "/api/v1/admin/tenants/{id}/features", operation_id = "list_features_of_tenant", tag = "admin",
    params(("id" = String, Path, description = "The tenant's id")),
    responses((status = 200, description = "All features", body = Paged<FeatureView>)))]
pub async fn handler(
    State(web): State<Web>,
    _admin: AdminAuth,
    IdPath(id): IdPath<TenantId>,
) -> Result<Json<Paged<FeatureView>>, Problem> {
    let scope = tenants::lookup(&web.app, id).await?.scope();
    Ok(Json(Paged::whole(views(&features::effective(&web.app, scope).await?))))
}
