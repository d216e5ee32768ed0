//! `POST /internal/apps`.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use switchboard_app::{App, apps};

use super::{auth::Internal, body::Body, error::GuideError};

/// How a client uses its key; said next to every new one.
pub(super) const USAGE: &str = "Send it in the x-app-api-key header of every request";
/// Said next to every new key.
pub(super) const WARNING: &str = "This API key is shown once and cannot be read again";

/// Makes an app with its tenant, its first key and its Dialpad connection.
pub(super) async fn create(
    State(app): State<Arc<App>>,
    internal: Internal,
    body: Body,
) -> Result<(StatusCode, Json<Value>), GuideError> {
    let name = body.text("name")?.ok_or_else(|| GuideError::bad_request("name is required and must be a string"))?;
    let created = apps::create(&app, name, &internal.by).await?;
    let body = json!({
        "success": true,
        "message": "App created. Store this API key securely.",
        "app_id": created.app.id.uuid(),
        "app_name": created.app.name,
        "api_key": created.api_key.expose_secret(),
        "created_at": created.app.created_at,
        "warning": WARNING,
        "usage": USAGE,
        "hook_url": created.hook_url,
    });
    Ok((StatusCode::CREATED, Json(body)))
}
