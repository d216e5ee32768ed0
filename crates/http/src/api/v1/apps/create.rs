//! `POST /api/v1/apps`

use axum::{Json, extract::State, http::StatusCode};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use switchboard_app::apps;
use switchboard_domain::ids::ConnectionId;
use utoipa::ToSchema;

use super::{AppView, KeyWish};
use crate::{
    extract::{By, JsonBody, TenantAuth},
    problem::Problem,
    state::Web,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateApp {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// What its first key is for; the usual rights if left out.
    #[serde(default)]
    key: KeyWish,
}

#[derive(Serialize, ToSchema)]
pub struct AppCreated {
    #[serde(flatten)]
    pub app: AppView,
    /// Shown this once. Store it safely.
    pub api_key: String,
    #[schema(value_type = String)]
    pub connection_id: ConnectionId,
    /// The URL to give to the provider.
    pub hook_url: String,
}

/// Makes an app with a key and a connection of its own.
#[utoipa::path(post, path = "/api/v1/apps", operation_id = "create_app", tag = "apps", request_body = CreateApp,
    responses((status = 201, description = "The app and its key", body = AppCreated)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    By(by): By,
    JsonBody(asked): JsonBody<CreateApp>,
) -> Result<(StatusCode, Json<AppCreated>), Problem> {
    let made = apps::create_in(&web.app, auth.scope, &asked.name, asked.key.into(), &by).await?;
    let created = AppCreated {
        app: made.app.into(),
        api_key: made.api_key.expose_secret().to_owned(),
        connection_id: made.connection_id,
        hook_url: made.hook_url,
    };
    Ok((StatusCode::CREATED, Json(created)))
}
