//! `GET /api/v1/features`

use axum::{Json, extract::State};
use switchboard_app::features;

use super::{FeatureView, views};
use crate::{api::v1::Paged, extract::TenantAuth, problem::Problem, state::Web};

/// Lists the features and whether this workspace has them.
#[utoipa::path(get, path = "/api/v1/features", operation_id = "list_features", tag = "features",
    responses((status = 200, description = "All features", body = Paged<FeatureView>)))]
pub async fn handler(State(web): State<Web>, auth: TenantAuth) -> Result<Json<Paged<FeatureView>>, Problem> {
    Ok(Json(Paged::whole(views(&features::effective(&web.app, auth.scope).await?))))
}
