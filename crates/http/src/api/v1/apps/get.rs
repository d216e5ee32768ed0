//! `GET /api/v1/apps/{id}`

use axum::{Json, extract::State};
use serde::Serialize;
use switchboard_app::apps;
use switchboard_domain::{Timestamp, ids::AppId};
use utoipa::ToSchema;

use super::AppView;
use crate::{
    extract::{IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// A key that works now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiKey)]
pub struct KeyView {
    /// Its first and last characters.
    pub hint: String,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When a replaced key stops working.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// To the minute.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Timestamp>,
}

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
    let keys = status.working.into_iter().map(|key| KeyView {
        hint: key.hint,
        created_at: key.created_at,
        expires_at: key.expires_at,
        last_used_at: key.last_used_at,
    });
    Ok(Json(AppDetail { app: status.app.into(), keys: keys.collect() }))
}
