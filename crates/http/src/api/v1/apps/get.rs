//! `GET /api/v1/apps/{id}`

use axum::{Json, extract::State};
use serde::Serialize;
use switchboard_app::apps;
use switchboard_domain::ids::AppId;
use utoipa::ToSchema;

use super::{AppView, KeyView};
use crate::{
    extract::{IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Serialize, ToSchema)]
pub struct AppDetail {
    #[serde(flatten)]
    pub app: AppView,
    /// The keys that work now, the newest first.
    pub keys: Vec<KeyView>,
}

/// One app, with hints of its keys.
#[utoipa::path(get, path = "/api/v1/apps/{id}", operation_id = "get_app", tag = "apps",
    params(("id" = String, Path, description = "An app's id, prefixed or bare")),
    responses((status = 200, description = "The app", body = AppDetail)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    IdPath(id): IdPath<AppId>,
) -> Result<Json<AppDetail>, Problem> {
    let status = apps::key_status(&web.app, auth.scope, id).await?;
    let keys = status.working.into_iter().map(KeyView::from).collect();
    Ok(Json(AppDetail { app: status.app.into(), keys }))
}
