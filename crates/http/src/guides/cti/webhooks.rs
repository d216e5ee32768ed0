//! `/internal/webhooks…`: webhooks at Dialpad, made, listed, compared, repaired and taken away.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use secrecy::SecretString;
use serde_json::{Value, json};
use switchboard_app::{
    App,
    provisioning::{self, Standing, Wish},
};
use switchboard_store::{TenantScope, registered_webhooks, registered_webhooks::RegisteredWebhook};

use super::{
    auth::Internal,
    body::Body,
    error::{GuideError, sentence},
    query::Params,
    shapes,
};

/// Makes an app's webhook at Dialpad, with its subscriptions. Asking again answers with the same webhook.
pub(super) async fn create(
    State(app): State<Arc<App>>,
    internal: Internal,
    params: Params,
    body: Body,
) -> Result<(StatusCode, Json<Value>), GuideError> {
    let owner = internal.owner(&app, params.required("app_id")?).await?;
    let wish = Wish {
        webhook_url: body.text("webhook_url")?.map(str::to_owned),
        webhook_secret: body.text("webhook_secret")?.filter(|secret| !secret.is_empty()).map(SecretString::from),
    };
    let made = provisioning::create(&app, owner.scope, owner.app_id, wish, &internal.by).await?.webhook;
    let body = json!({
        "success": true,
        "message": "Webhook created successfully",
        "webhook_id": shapes::webhook_number(&made.external_id),
        "hook_url": made.hook_url,
        "next_step": "Create subscriptions for call/SMS events: done already, for all call states and for SMS in both \
                      directions. Make a test call.",
        "subscriptions": made.subscriptions,
    });
    Ok((StatusCode::CREATED, Json(body)))
}

/// The webhooks of an app.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    internal: Internal,
    params: Params,
) -> Result<Json<Value>, GuideError> {
    let owner = internal.owner(&app, params.required("app_id")?).await?;
    let webhooks = provisioning::list(&app, owner.scope, owner.app_id).await?;
    Ok(Json(json!({
        "success": true,
        "count": webhooks.len(),
        "webhooks": webhooks.iter().map(shapes::webhook).collect::<Vec<_>>(),
    })))
}

/// Compares what Dialpad has with what it should have, for one app or for all.
pub(super) async fn check(
    State(app): State<Arc<App>>,
    internal: Internal,
    params: Params,
) -> Result<Json<Value>, GuideError> {
    if let Some(app_id) = params.get("app_id") {
        let owner = internal.owner(&app, app_id).await?;
        let standings = provisioning::check(&app, owner.scope, owner.app_id).await?;
        let is_healthy = !standings.is_empty() && standings.iter().all(|standing| standing.drift.is_empty());
        return Ok(Json(json!({
            "success": true,
            "healthy": is_healthy,
            "count": standings.len(),
            "webhooks": standings.iter().map(standing).collect::<Vec<_>>(),
        })));
    }
    let checked = provisioning::check_all(&app).await?;
    let connections: Vec<Value> = checked
        .iter()
        .map(|checked| match &checked.outcome {
            Ok(standings) => json!({
                "connection_id": checked.connection.uuid(),
                "webhooks": standings.iter().map(standing).collect::<Vec<_>>(),
            }),
            Err(error) => json!({ "connection_id": checked.connection.uuid(), "error": sentence(error) }),
        })
        .collect();
    Ok(Json(json!({ "success": true, "count": connections.len(), "connections": connections })))
}

fn standing(standing: &Standing) -> Value {
    let mut webhook = shapes::webhook(&standing.webhook);
    webhook["healthy"] = standing.drift.is_empty().into();
    webhook["problems"] = standing.drift.clone().into();
    webhook
}

/// Makes what Dialpad has right again.
pub(super) async fn repair(
    State(app): State<Arc<App>>,
    internal: Internal,
    params: Params,
) -> Result<Json<Value>, GuideError> {
    let owner = internal.owner(&app, params.required("app_id")?).await?;
    let repaired = provisioning::repair(&app, owner.scope, owner.app_id, &internal.by).await?;
    let steps: usize = repaired.iter().map(|repaired| repaired.steps).sum();
    let message = match steps {
        0 => "Nothing had to be repaired".to_owned(),
        1 => "1 thing was put right at Dialpad".to_owned(),
        steps => format!("{steps} things were put right at Dialpad"),
    };
    Ok(Json(json!({
        "success": true,
        "message": message,
        "webhooks": repaired.iter().map(|repaired| shapes::webhook(&repaired.webhook)).collect::<Vec<_>>(),
    })))
}

/// One webhook, by Dialpad's id.
pub(super) async fn find(
    State(app): State<Arc<App>>,
    internal: Internal,
    Path(webhook_id): Path<String>,
    params: Params,
) -> Result<Json<Value>, GuideError> {
    let (webhook, _) = only_one(&app, &internal, &webhook_id, &params).await?;
    Ok(Json(json!({ "success": true, "webhook": shapes::webhook(&webhook) })))
}

/// Takes a webhook away, at Dialpad as well.
pub(super) async fn remove(
    State(app): State<Arc<App>>,
    internal: Internal,
    Path(webhook_id): Path<String>,
    params: Params,
) -> Result<Json<Value>, GuideError> {
    let (webhook, scope) = only_one(&app, &internal, &webhook_id, &params).await?;
    provisioning::remove(&app, scope, webhook).await?;
    Ok(Json(json!({ "success": true, "message": "Webhook deleted successfully, here and at Dialpad" })))
}

/// The webhook with this id at Dialpad; `?app_id=` says whose, where two companies' numbers should ever meet.
async fn only_one(
    app: &App,
    internal: &Internal,
    webhook_id: &str,
    params: &Params,
) -> Result<(RegisteredWebhook, TenantScope), GuideError> {
    let mut found = registered_webhooks::find_anywhere(&app.db, "dialpad", webhook_id).await?;
    if let Some(app_id) = params.get("app_id") {
        let owner = internal.owner(app, app_id).await?;
        found.retain(|(webhook, _)| webhook.app_id == Some(owner.app_id));
    }
    if found.len() > 1 {
        return Err(GuideError::bad_request("Several apps have a webhook of this id; say which with ?app_id="));
    }
    found.pop().ok_or_else(|| GuideError::not_found("Webhook", "There is no webhook with this id"))
}
