//! Keys of apps, and the guide's log of who made, rotated or revoked them (the whole audit log is [`crate::audit`]).
//!
//! Only the SHA-256 of a key is kept: a key is 256 random bits, so a slow hash would protect nothing and would make each
//! request pay for it. Which key a request carries is asked in [`crate::platform::find_key`].

use sqlx::{FromRow, types::Json};
use switchboard_domain::{
    Timestamp,
    ids::{ApiKeyId, AppId},
    role::Permission,
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
    pub terms: KeyTerms,
    pub created_at: Timestamp,
}

/// What a key is for, and within which bounds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyTerms {
    pub name: Option<String>,
    /// What it may do; `None` is what keys get whose maker names nothing.
    pub scopes: Option<Vec<Permission>>,
    /// `None`: as often as the installation says.
    pub requests_per_minute: Option<u32>,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
}

/// A key, without anything that could open a door.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub app_id: AppId,
    pub name: Option<String>,
    pub hint: String,
    pub created_at: Timestamp,
    /// Its maker's, or set when it was replaced: until then it goes on working.
    pub expires_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
    pub last_used_at: Option<Timestamp>,
    scopes: Option<Json<Vec<String>>>,
    requests_per_minute: Option<i32>,
}

impl ApiKey {
    /// What it was given. A permission that this version does not know (any more) gives nothing.
    pub fn scopes(&self) -> Option<Vec<Permission>> {
        let Json(words) = self.scopes.as_ref()?;
        Some(words.iter().filter_map(|word| Permission::parse(word)).collect())
    }

    pub fn requests_per_minute(&self) -> Option<u32> {
        self.requests_per_minute.and_then(|limit| u32::try_from(limit).ok())
    }

    /// It opens something at `now`.
    pub fn is_working(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|at| at > now)
    }

    /// What its successor is given: the same, for as long as its maker says.
    pub fn terms(&self) -> KeyTerms {
        KeyTerms {
            name: self.name.clone(),
            scopes: self.scopes(),
            requests_per_minute: self.requests_per_minute(),
            expires_at: None,
        }
    }
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
        "INSERT INTO api_keys (id, tenant_id, app_id, key_hash, hint, name, scopes, requests_per_minute, expires_at, \
         created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        key.id,
        scope.tenant(),
        key.app_id,
        &key.hash,
        &key.hint,
        &key.terms.name,
        scopes_column(key.terms.scopes.as_deref()),
        limit_column(key.terms.requests_per_minute),
        key.terms.expires_at,
        key.created_at
    )?;
    Ok(())
}

fn scopes_column(scopes: Option<&[Permission]>) -> Option<Json<Vec<&'static str>>> {
    scopes.map(|scopes| Json(scopes.iter().map(|scope| scope.as_str()).collect()))
}

fn limit_column(limit: Option<u32>) -> Option<i32> {
    limit.map(|limit| i32::try_from(limit).unwrap_or(i32::MAX))
}

/// All keys of an app, ended ones included, the newest first; at most `limit`, before `before`.
pub async fn list(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    app: AppId,
    before: Option<ApiKeyId>,
    limit: i64,
) -> Result<Vec<ApiKey>, StoreError> {
    Ok(fetch_all!(
        conn,
        ApiKey,
        "SELECT id, app_id, name, hint, created_at, expires_at, revoked_at, last_used_at, scopes, requests_per_minute \
         FROM api_keys WHERE tenant_id = $1 AND app_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4",
        scope.tenant(),
        app,
        before.map_or(Uuid::max(), ApiKeyId::uuid),
        limit
    )?)
}

/// One key of an app.
pub async fn find(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    app: AppId,
    key: ApiKeyId,
) -> Result<Option<ApiKey>, StoreError> {
    Ok(fetch_optional!(
        conn,
        ApiKey,
        "SELECT id, app_id, name, hint, created_at, expires_at, revoked_at, last_used_at, scopes, requests_per_minute \
         FROM api_keys WHERE tenant_id = $1 AND app_id = $2 AND id = $3",
        scope.tenant(),
        app,
        key
    )?)
}

/// Replaces what people call a key and how often it may be used.
pub async fn update(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    key: ApiKeyId,
    name: Option<&str>,
    requests_per_minute: Option<u32>,
) -> Result<bool, StoreError> {
    let touched = execute!(
        conn,
        "UPDATE api_keys SET name = $3, requests_per_minute = $4 WHERE tenant_id = $1 AND id = $2",
        scope.tenant(),
        key,
        name,
        limit_column(requests_per_minute)
    )?;
    Ok(touched == 1)
}

/// Lets one key end at `until`; one that ends earlier anyway stays as it is.
pub async fn expire(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    key: ApiKeyId,
    until: Timestamp,
) -> Result<bool, StoreError> {
    let touched = execute!(
        conn,
        "UPDATE api_keys SET expires_at = $3 WHERE tenant_id = $1 AND id = $2 AND revoked_at IS NULL \
         AND (expires_at IS NULL OR expires_at > $3)",
        scope.tenant(),
        key,
        until
    )?;
    Ok(touched == 1)
}

/// Ends one key at once. False if it had ended.
pub async fn revoke(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    key: ApiKeyId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let touched = execute!(
        conn,
        "UPDATE api_keys SET revoked_at = $3 WHERE tenant_id = $1 AND id = $2 AND revoked_at IS NULL",
        scope.tenant(),
        key,
        now
    )?;
    Ok(touched == 1)
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
        "SELECT id, app_id, name, hint, created_at, expires_at, revoked_at, last_used_at, scopes, requests_per_minute \
         FROM api_keys \
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
        "SELECT id, app_id, name, hint, created_at, expires_at, revoked_at, last_used_at, scopes, requests_per_minute \
         FROM api_keys \
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
