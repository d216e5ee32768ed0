//! `/internal/apps/:app_id/api-key` and below.

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    extract::{Path, State},
};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use switchboard_app::{App, apps};

use super::{
    apps::{USAGE, WARNING},
    auth::Internal,
    error::GuideError,
    query::{DEFAULT_LIMIT, Params},
    shapes,
};

/// Gives an app a new key. The old one goes on working for the grace period; `?grace_seconds=0` ends it at once.
pub(super) async fn rotate(
    State(app): State<Arc<App>>,
    internal: Internal,
    Path(app_id): Path<String>,
    params: Params,
) -> Result<Json<Value>, GuideError> {
    let owner = internal.owner(&app, &app_id).await?;
    let grace = params.whole("grace_seconds")?.map(|seconds| Duration::from_secs(seconds.unsigned_abs()));
    let rotated = apps::rotate_key(&app, owner.scope, owner.app_id, grace, &internal.by).await?;
    Ok(Json(json!({
        "success": true,
        "message": "API key generated successfully",
        "api_key": rotated.api_key.expose_secret(),
        "app_id": rotated.app.id.uuid(),
        "app_name": rotated.app.name,
        "generated_at": rotated.generated_at,
        "old_key_works_until": rotated.old_key_until,
        "warning": WARNING,
        "usage": USAGE,
    })))
}

/// Ends all keys of an app at once.
pub(super) async fn revoke(
    State(app): State<Arc<App>>,
    internal: Internal,
    Path(app_id): Path<String>,
) -> Result<Json<Value>, GuideError> {
    let owner = internal.owner(&app, &app_id).await?;
    let (row, revoked_at) = apps::revoke_keys(&app, owner.scope, owner.app_id, &internal.by).await?;
    Ok(Json(json!({
        "success": true,
        "message": "API key revoked successfully",
        "app_id": row.id.uuid(),
        "app_name": row.name,
        "revoked_at": revoked_at,
    })))
}

/// Whether an app has a key, and how to recognise it.
pub(super) async fn status(
    State(app): State<Arc<App>>,
    internal: Internal,
    Path(app_id): Path<String>,
) -> Result<Json<Value>, GuideError> {
    let owner = internal.owner(&app, &app_id).await?;
    let status = apps::key_status(&app, owner.scope, owner.app_id).await?;
    let current = status.working.first();
    let action_needed = match current {
        None => Some("Generate a key: POST /internal/apps/:app_id/api-key"),
        Some(_) if !status.app.is_active => Some("The app is switched off; its keys are refused"),
        Some(_) => None,
    };
    Ok(Json(json!({
        "success": true,
        "app_id": status.app.id.uuid(),
        "app_name": status.app.name,
        "has_active_key": current.is_some(),
        "key_hint": current.map(|key| &key.hint),
        "last_rotated": shapes::time_or_never(status.app.api_key_rotated_at),
        "last_used": shapes::time_or_never(current.and_then(|key| key.last_used_at)),
        "action_needed": action_needed,
        "keys": status.working.iter().map(|key| json!({
            "hint": key.hint,
            "created_at": key.created_at,
            "expires_at": key.expires_at,
            "last_used_at": key.last_used_at,
        })).collect::<Vec<_>>(),
    })))
}

/// Who made, rotated and revoked the keys of an app.
pub(super) async fn audit(
    State(app): State<Arc<App>>,
    internal: Internal,
    Path(app_id): Path<String>,
    params: Params,
) -> Result<Json<Value>, GuideError> {
    let owner = internal.owner(&app, &app_id).await?;
    let paging = params.window(DEFAULT_LIMIT)?;
    let (entries, total) = apps::key_audit(&app, owner.scope, owner.app_id, paging.limit, paging.offset).await?;
    Ok(Json(json!({
        "success": true,
        "app_id": owner.app_id.uuid(),
        "audit_log": entries.iter().map(shapes::audit).collect::<Vec<_>>(),
        "total": total,
        "limit": paging.limit,
        "offset": paging.offset,
    })))
}
