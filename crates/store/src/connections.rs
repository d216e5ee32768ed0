//! Connections: a tenant's accounts at providers. Their secrets are in [`crate::secrets`].

use sqlx::{FromRow, types::Json};
use switchboard_domain::{
    Timestamp,
    connection::ConnectionStatus,
    ids::{AppId, ConnectionId, TenantId},
};

use crate::{
    Conn, StoreError, TenantScope,
    conn::{execute, fetch_all, fetch_optional},
    sql::Sql,
};

/// A connection on its way into the table.
#[derive(Debug, Clone)]
pub struct NewConnection {
    pub id: ConnectionId,
    pub app_id: Option<AppId>,
    pub provider: String,
    pub name: String,
    /// SHA-256 of the token in its own URL: what a delivery is found by.
    pub hook_token_hash: Vec<u8>,
    /// The token itself, sealed, because setup shows the URL again.
    pub hook_token: Vec<u8>,
    pub settings: serde_json::Value,
    /// See [`Connection::uses_installation_key`].
    pub uses_installation_key: bool,
    pub created_at: Timestamp,
}

/// A connection as its table keeps it.
#[derive(Debug, Clone, FromRow)]
pub struct Connection {
    pub id: ConnectionId,
    pub tenant_id: TenantId,
    pub app_id: Option<AppId>,
    pub provider: String,
    pub name: String,
    /// Sealed.
    pub hook_token: Vec<u8>,
    #[sqlx(json)]
    pub settings: serde_json::Value,
    pub status: ConnectionStatus,
    pub is_unsigned: bool,
    /// The provider's id of the account, once learnt.
    pub account_id: Option<String>,
    pub account_name: Option<String>,
    /// What a person should know about why it is failing.
    pub last_error: Option<String>,
    pub last_checked_at: Option<Timestamp>,
    /// Up to where the provider's own log has been compared with ours.
    pub caught_up_to: Option<Timestamp>,
    /// Since when nothing is asked of the provider by ourselves: it refused a sign-in, and would block us after a few more.
    pub held_since: Option<Timestamp>,
    /// Without credentials of its own it acts with the installation's. Only who runs the installation lends them.
    pub uses_installation_key: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Adds a connection.
pub async fn insert(conn: &mut Conn<'_>, scope: TenantScope, new: &NewConnection) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO connections (id, tenant_id, app_id, provider, name, hook_token_hash, hook_token, settings, status, \
         uses_installation_key, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)",
        new.id,
        scope.tenant(),
        new.app_id,
        &new.provider,
        &new.name,
        &new.hook_token_hash,
        &new.hook_token,
        Json(&new.settings),
        ConnectionStatus::Pending,
        new.uses_installation_key,
        new.created_at
    )?;
    Ok(())
}

/// One connection of the tenant.
pub async fn find(conn: &mut Conn<'_>, scope: TenantScope, id: ConnectionId) -> Result<Option<Connection>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Connection,
        "SELECT * FROM connections WHERE tenant_id = $1 AND id = $2",
        scope.tenant(),
        id
    )?)
}

/// The connections of the tenant, oldest first, after `after`.
pub async fn list(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    after: Option<ConnectionId>,
    limit: i64,
) -> Result<Vec<Connection>, StoreError> {
    Ok(fetch_all!(
        conn,
        Connection,
        "SELECT * FROM connections WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3",
        scope.tenant(),
        after.map_or(uuid::Uuid::nil(), ConnectionId::uuid),
        limit
    )?)
}

/// The connections of one app at one provider, oldest first; at most 100.
pub async fn list_of_app(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    app: AppId,
    provider: &str,
) -> Result<Vec<Connection>, StoreError> {
    Ok(fetch_all!(
        conn,
        Connection,
        "SELECT * FROM connections WHERE tenant_id = $1 AND app_id = $2 AND provider = $3 ORDER BY created_at, id LIMIT 100",
        scope.tenant(),
        app,
        provider
    )?)
}

/// What a look at the provider showed.
#[derive(Debug, Clone)]
pub struct Checked {
    pub status: ConnectionStatus,
    pub last_error: Option<String>,
    pub checked_at: Timestamp,
}

/// Keeps how a connection stands. One that a person switched off stays off. What was held goes on, unless it is failing.
pub async fn set_checked(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    id: ConnectionId,
    checked: &Checked,
) -> Result<bool, StoreError> {
    let touched = execute!(
        conn,
        "UPDATE connections SET status = $3, last_error = $4, last_checked_at = $5, updated_at = $5, \
         held_since = CASE WHEN $3 = $7 THEN held_since END \
         WHERE tenant_id = $1 AND id = $2 AND status <> $6",
        scope.tenant(),
        id,
        checked.status,
        &checked.last_error,
        checked.checked_at,
        ConnectionStatus::Disabled,
        ConnectionStatus::Failing
    )?;
    Ok(touched == 1)
}

/// Asks nothing of the provider any more, until a person changes or checks the connection.
pub async fn hold(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    id: ConnectionId,
    why: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let touched = execute!(
        conn,
        "UPDATE connections SET status = $3, last_error = $4, last_checked_at = $5, updated_at = $5, held_since = $5 \
         WHERE tenant_id = $1 AND id = $2 AND status <> $6",
        scope.tenant(),
        id,
        ConnectionStatus::Failing,
        why,
        now,
        ConnectionStatus::Disabled
    )?;
    Ok(touched == 1)
}

/// Switches a connection on or off.
pub async fn set_status(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    id: ConnectionId,
    status: ConnectionStatus,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let touched = execute!(
        conn,
        "UPDATE connections SET status = $3, updated_at = $4 WHERE tenant_id = $1 AND id = $2",
        scope.tenant(),
        id,
        status,
        now
    )?;
    Ok(touched == 1)
}

/// Lends a connection the installation's credentials, or takes them back.
pub async fn set_uses_installation_key(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    id: ConnectionId,
    uses_installation_key: bool,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let touched = execute!(
        conn,
        "UPDATE connections SET uses_installation_key = $3, updated_at = $4 WHERE tenant_id = $1 AND id = $2",
        scope.tenant(),
        id,
        uses_installation_key,
        now
    )?;
    Ok(touched == 1)
}

/// Keeps whose account it is; `None` forgets it.
pub async fn set_account(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    id: ConnectionId,
    account: Option<(&str, &str)>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let touched = execute!(
        conn,
        "UPDATE connections SET account_id = $3, account_name = $4, updated_at = $5 WHERE tenant_id = $1 AND id = $2",
        scope.tenant(),
        id,
        account.map(|(id, _)| id),
        account.map(|(_, name)| name),
        now
    )?;
    Ok(touched == 1)
}

/// Replaces what a person can set: the name, the settings, and whether unsigned bodies are believed. With them it may work
/// again, so it is held no longer.
pub async fn update(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    id: ConnectionId,
    name: &str,
    settings: &serde_json::Value,
    is_unsigned: bool,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let touched = execute!(
        conn,
        "UPDATE connections SET name = $3, settings = $4, is_unsigned = $5, updated_at = $6, held_since = NULL \
         WHERE tenant_id = $1 AND id = $2",
        scope.tenant(),
        id,
        name,
        Json(settings),
        is_unsigned,
        now
    )?;
    Ok(touched == 1)
}

/// Locks a connection's row until the end of the transaction and gives it as it stands. `None` if there is none.
pub async fn lock(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    id: ConnectionId,
    now: Timestamp,
) -> Result<Option<Connection>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Connection,
        "UPDATE connections SET updated_at = $3 WHERE tenant_id = $1 AND id = $2 RETURNING *",
        scope.tenant(),
        id,
        now
    )?)
}

/// Removes a connection with its credentials, its webhook secrets, sign-ins under way and what is known of its webhooks. What
/// it brought stays: events, records, and the keys that tell a repeated delivery.
pub async fn delete(conn: &mut Conn<'_>, scope: TenantScope, id: ConnectionId) -> Result<bool, StoreError> {
    for table in ["connection_credentials", "webhook_secrets", "oauth_states", "registered_webhooks"] {
        let mut sql = Sql::new("DELETE FROM ");
        sql.push(table).push(" WHERE tenant_id = ").bind(scope.tenant().uuid());
        sql.push(" AND connection_id = ").bind(id.uuid());
        sql.execute(conn).await?;
    }
    let removed = execute!(conn, "DELETE FROM connections WHERE tenant_id = $1 AND id = $2", scope.tenant(), id)?;
    Ok(removed == 1)
}

/// Keeps up to where the provider's own log has been compared with ours. Never moves back.
pub async fn set_caught_up_to(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    id: ConnectionId,
    until: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE connections SET caught_up_to = $3 WHERE tenant_id = $1 AND id = $2 \
         AND (caught_up_to IS NULL OR caught_up_to < $3)",
        scope.tenant(),
        id,
        until
    )?;
    Ok(())
}
