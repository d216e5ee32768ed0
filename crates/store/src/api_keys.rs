//! Keys of apps, and the log of who made, rotated or revoked them.
//!
//! Only the SHA-256 of a key is kept: a key is 256 random bits, so a slow hash would protect nothing and would make each
//! request pay for it. Which key a request carries is asked in [`crate::platform::find_key`].

use sqlx::FromRow;
use switchboard_domain::{
    Timestamp,
    ids::{ApiKeyId, AppId},
};
use uuid::Uuid;

use crate::{
    Conn, StoreError, TenantScope,
    conn::{execute, fetch_all, fetch_optional},
};

/// A key on its way into the table.
#[derive(Debug, Clone)]
pub struct NewKey {
    pub id: ApiKeyId,
    pub app_id: AppId,
    /// SHA-256 of the whole key.
    pub hash: Vec<u8>,
    /// What people recognise it by: its first 8 and last 4 characters.
    pub hint: String,
    pub created_at: Timestamp,
}

/// A key, without anything that could open a door.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub app_id: AppId,
    pub hint: String,
    pub created_at: Timestamp,
    /// Set when it was replaced: until then it goes on working.
    pub expires_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
    pub last_used_at: Option<Timestamp>,
}

/// One line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct AuditEntry {
    pub id: Uuid,
    pub app_id: AppId,
    /// `created`, `rotated` or `revoked`.
    pub action: String,
    pub old_key_hint: Option<String>,
    pub new_key_hint: Option<String>,
    pub actor: String,
    /// Where the request came from.
    pub address: Option<String>,
    pub created_at: Timestamp,
}

/// Adds a key.
pub async fn insert(conn: &mut Conn<'_>, scope: TenantScope, key: &NewKey) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO api_keys (id, tenant_id, app_id, key_hash, hint, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        key.id,
        scope.tenant(),
        key.app_id,
        &key.hash,
        &key.hint,
        key.created_at
    )?;
    Ok(())
}

/// The keys of an app that still work at `now`, the newest first. A replaced one works until its grace period ends.
pub async fn list_working(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    app: AppId,
    now: Timestamp,
) -> Result<Vec<ApiKey>, StoreError> {
    Ok(fetch_all!(
        conn,
        ApiKey,
        "SELECT id, app_id, hint, created_at, expires_at, revoked_at, last_used_at FROM api_keys \
         WHERE tenant_id = $1 AND app_id = $2 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $3) \
         ORDER BY created_at DESC, id DESC LIMIT 100",
        scope.tenant(),
        app,
        now
    )?)
}

/// The key that was added last, working or not.
pub async fn find_latest(conn: &mut Conn<'_>, scope: TenantScope, app: AppId) -> Result<Option<ApiKey>, StoreError> {
    Ok(fetch_optional!(
        conn,
        ApiKey,
        "SELECT id, app_id, hint, created_at, expires_at, revoked_at, last_used_at FROM api_keys \
         WHERE tenant_id = $1 AND app_id = $2 ORDER BY created_at DESC, id DESC LIMIT 1",
        scope.tenant(),
        app
    )?)
}

/// Lets the working keys of an app end at `until`; one that ends earlier anyway stays as it is.
pub async fn expire_working(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    app: AppId,
    until: Timestamp,
) -> Result<u64, StoreError> {
    Ok(execute!(
        conn,
        "UPDATE api_keys SET expires_at = $3 WHERE tenant_id = $1 AND app_id = $2 AND revoked_at IS NULL \
         AND (expires_at IS NULL OR expires_at > $3)",
        scope.tenant(),
        app,
        until
    )?)
}

/// Ends the working keys of an app at once.
pub async fn revoke_working(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    app: AppId,
    now: Timestamp,
) -> Result<u64, StoreError> {
    Ok(execute!(
        conn,
        "UPDATE api_keys SET revoked_at = $3 WHERE tenant_id = $1 AND app_id = $2 AND revoked_at IS NULL \
         AND (expires_at IS NULL OR expires_at > $3)",
        scope.tenant(),
        app,
        now
    )?)
}

/// Notes that a key was used. An older moment than the one kept changes nothing.
pub async fn touch(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    key: ApiKeyId,
    used_at: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE api_keys SET last_used_at = $3 WHERE tenant_id = $1 AND id = $2 \
         AND (last_used_at IS NULL OR last_used_at < $3)",
        scope.tenant(),
        key,
        used_at
    )?;
    Ok(())
}

/// Adds a line to the audit log, in the transaction of what it tells of.
pub async fn insert_audit(conn: &mut Conn<'_>, scope: TenantScope, entry: &AuditEntry) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO api_key_audit_log (id, tenant_id, app_id, action, old_key_hint, new_key_hint, actor, address, \
         performed_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
        entry.id,
        scope.tenant(),
        entry.app_id,
        &entry.action,
        &entry.old_key_hint,
        &entry.new_key_hint,
        &entry.actor,
        &entry.address,
        entry.created_at
    )?;
    Ok(())
}

/// The audit log of an app, newest first, and how many lines it has in all.
pub async fn list_audit(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    app: AppId,
    limit: i64,
    offset: i64,
) -> Result<(Vec<AuditEntry>, i64), StoreError> {
    let entries = fetch_all!(
        conn,
        AuditEntry,
        "SELECT id, app_id, action, old_key_hint, new_key_hint, actor, address, created_at FROM api_key_audit_log \
         WHERE tenant_id = $1 AND app_id = $2 ORDER BY created_at DESC, id DESC LIMIT $3 OFFSET $4",
        scope.tenant(),
        app,
        limit,
        offset
    )?;
    let total = fetch_optional!(
        conn,
        (i64,),
        "SELECT COUNT(*) FROM api_key_audit_log WHERE tenant_id = $1 AND app_id = $2",
        scope.tenant(),
        app
    )?;
    Ok((entries, total.map_or(0, |(total,)| total)))
}
