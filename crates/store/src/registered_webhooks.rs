//! Webhooks that we made at providers, with the subscriptions on them.

use sqlx::{FromRow, types::Json};
use switchboard_domain::{
    Timestamp,
    ids::{AppId, ConnectionId, TenantId, WebhookId},
};

use crate::{
    Conn, Db, StoreError, TenantScope,
    conn::{execute, fetch_all, fetch_optional},
};

/// A webhook at a provider, as we remember it.
#[derive(Debug, Clone, FromRow)]
pub struct RegisteredWebhook {
    pub id: WebhookId,
    pub tenant_id: TenantId,
    pub app_id: Option<AppId>,
    pub connection_id: ConnectionId,
    pub provider: String,
    /// The provider's id of it.
    pub external_id: String,
    pub hook_url: String,
    pub is_signed: bool,
    /// What the provider answered about the subscriptions on it; its form is the provider's.
    #[sqlx(json)]
    pub subscriptions: serde_json::Value,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Stores a webhook, or what has become of one with the same external id.
pub async fn save(conn: &mut Conn<'_>, scope: TenantScope, hook: &RegisteredWebhook) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO registered_webhooks (id, tenant_id, app_id, connection_id, provider, external_id, hook_url, \
         is_signed, subscriptions, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
         ON CONFLICT (connection_id, external_id) DO UPDATE SET hook_url = excluded.hook_url, \
         is_signed = excluded.is_signed, subscriptions = excluded.subscriptions, updated_at = excluded.updated_at",
        hook.id,
        scope.tenant(),
        hook.app_id,
        hook.connection_id,
        &hook.provider,
        &hook.external_id,
        &hook.hook_url,
        hook.is_signed,
        Json(&hook.subscriptions),
        hook.created_at,
        hook.updated_at
    )?;
    Ok(())
}

/// The webhooks of an app, newest first; at most 100.
pub async fn list_of_app(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    app: AppId,
) -> Result<Vec<RegisteredWebhook>, StoreError> {
    Ok(fetch_all!(
        conn,
        RegisteredWebhook,
        "SELECT * FROM registered_webhooks WHERE tenant_id = $1 AND app_id = $2 ORDER BY created_at DESC, id DESC LIMIT 100",
        scope.tenant(),
        app
    )?)
}

/// The webhooks of a connection, newest first; at most 100.
pub async fn list_of_connection(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    connection: ConnectionId,
) -> Result<Vec<RegisteredWebhook>, StoreError> {
    Ok(fetch_all!(
        conn,
        RegisteredWebhook,
        "SELECT * FROM registered_webhooks WHERE tenant_id = $1 AND connection_id = $2 \
         ORDER BY created_at DESC, id DESC LIMIT 100",
        scope.tenant(),
        connection
    )?)
}

/// The webhook of a connection with this provider's id.
pub async fn find_external(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    connection: ConnectionId,
    external_id: &str,
) -> Result<Option<RegisteredWebhook>, StoreError> {
    Ok(fetch_optional!(
        conn,
        RegisteredWebhook,
        "SELECT * FROM registered_webhooks WHERE tenant_id = $1 AND connection_id = $2 AND external_id = $3",
        scope.tenant(),
        connection,
        external_id
    )?)
}

/// Forgets a webhook.
pub async fn delete(conn: &mut Conn<'_>, scope: TenantScope, id: WebhookId) -> Result<bool, StoreError> {
    let deleted =
        execute!(conn, "DELETE FROM registered_webhooks WHERE tenant_id = $1 AND id = $2", scope.tenant(), id)?;
    Ok(deleted == 1)
}

/// The webhooks with this provider's id in the whole installation, each with the right to act for its owner; for callers
/// who hold the installation's own secret. More than one when several tenants use one account at the provider.
pub async fn find_anywhere(
    db: &Db,
    provider: &str,
    external_id: &str,
) -> Result<Vec<(RegisteredWebhook, TenantScope)>, StoreError> {
    let mut reader = db.read_platform().await?;
    let found = fetch_all!(
        &mut reader.conn(),
        RegisteredWebhook,
        "SELECT * FROM registered_webhooks WHERE provider = $1 AND external_id = $2 ORDER BY created_at, id LIMIT 100",
        provider,
        external_id
    )?;
    let with_scope = |hook: RegisteredWebhook| {
        let scope = TenantScope::new(hook.tenant_id);
        (hook, scope)
    };
    Ok(found.into_iter().map(with_scope).collect())
}
