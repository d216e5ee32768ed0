//! `PUT /api/v1/features`

use axum::{Json, extract::State};
use switchboard_app::features;

use super::{FeatureView, Wanted, views, wanted};
use crate::{
    api::v1::Paged,
    extract::{By, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Switches features for this workspace. What is not named stays; null leaves one to the installation again.
#[utoipa::path(put, path = "/api/v1/features", operation_id = "set_features", tag = "features",
    request_body = Wanted,
    responses((status = 200, description = "All features as they are now", body = Paged<FeatureView>)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    JsonBody(asked): JsonBody<Wanted>,
) -> Result<Json<Paged<FeatureView>>, Problem> {
    let features = features::set(&web.app, auth.scope, &wanted(asked)?, &by).await?;
    Ok(Json(Paged::whole(views(&features))))
}
