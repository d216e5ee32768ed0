//! Webhooks: where events are posted.

use serde_json::Value;

use super::super::{company::MAX_ITEMS, error::ApiError, gate::Request, subscription::Webhook};

pub(super) fn list(request: &Request<'_>) -> Result<Value, ApiError> {
    let ledger = request.company.ledger();
    request.page(ledger.webhooks.values().map(|webhook| ((webhook.id, 0), webhook.proto())))
}

pub(super) fn create(request: &Request<'_>) -> Result<Value, ApiError> {
    let hook_url = checked_url(request.text("hook_url").unwrap_or_default())?;
    let webhook = Webhook { id: request.company.dice.id(), hook_url, secret: secret(request) };
    let mut ledger = request.company.ledger();
    if ledger.webhooks.len() >= MAX_ITEMS {
        return Err(ApiError::bad_request("the company has too many webhooks"));
    }
    let reply = webhook.proto();
    ledger.webhooks.insert(webhook.id, webhook);
    Ok(reply)
}

pub(super) fn get(request: &Request<'_>) -> Result<Value, ApiError> {
    let id = request.id("webhook")?;
    request.company.ledger().webhooks.get(&id).map(Webhook::proto).ok_or_else(|| ApiError::not_found("webhook"))
}

pub(super) fn update(request: &Request<'_>) -> Result<Value, ApiError> {
    let hook_url = request.text("hook_url").map(checked_url).transpose()?;
    let id = request.id("webhook")?;
    let mut ledger = request.company.ledger();
    let webhook = ledger.webhooks.get_mut(&id).ok_or_else(|| ApiError::not_found("webhook"))?;
    if let Some(url) = hook_url {
        webhook.hook_url = url;
    }
    if request.body.contains_key("secret") {
        webhook.secret = secret(request);
    }
    Ok(webhook.proto())
}

pub(super) fn delete(request: &Request<'_>) -> Result<Value, ApiError> {
    let id = request.id("webhook")?;
    let removed = request.company.ledger().remove_webhook(id).ok_or_else(|| ApiError::not_found("webhook"))?;
    Ok(removed.proto())
}

/// An empty secret is no secret.
fn secret(request: &Request<'_>) -> Option<String> {
    request.text("secret").filter(|secret| !secret.is_empty()).map(str::to_owned)
}

fn checked_url(text: &str) -> Result<String, ApiError> {
    match reqwest::Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(text.to_owned()),
        _ => Err(ApiError::bad_request("\"hook_url\" must be an http or https address")),
    }
}
