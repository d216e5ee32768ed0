//! Answers already given to POSTs that carried an `Idempotency-Key`. [`crate::upkeep`] removes those past their time.

use sqlx::FromRow;
use switchboard_domain::Timestamp;

use crate::{
    Conn, StoreError, TenantScope,
    conn::{execute, fetch_all, fetch_optional},
};

/// What is kept of a key.
#[derive(Debug, Clone, FromRow)]
pub struct KeptAnswer {
    pub request_hash: Vec<u8>,
    /// `None` while the first request is being handled.
    pub status: Option<i32>,
    pub body: Option<Vec<u8>>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// A key on its way in.
#[derive(Debug, Clone, Copy)]
pub struct NewKey<'a> {
    pub key: &'a str,
    pub request_hash: &'a [u8],
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    /// An unanswered key from before this moment was left behind by a request that died; it is taken over.
    pub abandoned_before: Timestamp,
}

/// Takes a key for its first request. False when it is taken already, and then nothing changes.
pub async fn take(conn: &mut Conn<'_>, scope: TenantScope, new: &NewKey<'_>) -> Result<bool, StoreError> {
    let touched = execute!(
        conn,
        "INSERT INTO idempotency_keys (tenant_id, key, request_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (tenant_id, key) DO UPDATE SET request_hash = excluded.request_hash, status = NULL, body = NULL, \
         created_at = excluded.created_at, expires_at = excluded.expires_at \
         WHERE idempotency_keys.expires_at <= excluded.created_at OR (idempotency_keys.status IS NULL \
         AND idempotency_keys.created_at < $6 AND idempotency_keys.request_hash = excluded.request_hash)",
        scope.tenant(),
        new.key,
        new.request_hash,
        new.created_at,
        new.expires_at,
        new.abandoned_before
    )?;
    Ok(touched == 1)
}

/// What is kept of a key.
pub async fn find(conn: &mut Conn<'_>, scope: TenantScope, key: &str) -> Result<Option<KeptAnswer>, StoreError> {
    Ok(fetch_optional!(
        conn,
        KeptAnswer,
        "SELECT request_hash, status, body, created_at, expires_at FROM idempotency_keys WHERE tenant_id = $1 AND key = $2",
        scope.tenant(),
        key
    )?)
}

/// Keeps the answer of the request that took the key at `taken_at`.
pub async fn answer(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    key: &str,
    taken_at: Timestamp,
    status: i32,
    body: &[u8],
) -> Result<bool, StoreError> {
    let touched = execute!(
        conn,
        "UPDATE idempotency_keys SET status = $4, body = $5 \
         WHERE tenant_id = $1 AND key = $2 AND created_at = $3 AND status IS NULL",
        scope.tenant(),
        key,
        taken_at,
        status,
        body
    )?;
    Ok(touched == 1)
}

/// Gives a key back: nothing came of its request.
pub async fn release(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    key: &str,
    taken_at: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "DELETE FROM idempotency_keys WHERE tenant_id = $1 AND key = $2 AND created_at = $3 AND status IS NULL",
        scope.tenant(),
        key,
        taken_at
    )?;
    Ok(())
}

/// The next answers of a tenant behind the key `after`, at most `limit`.
pub async fn answers(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    after: &str,
    limit: i64,
) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
    Ok(fetch_all!(
        conn,
        (String, Vec<u8>),
        "SELECT key, body FROM idempotency_keys WHERE tenant_id = $1 AND key > $2 AND body IS NOT NULL ORDER BY key LIMIT $3",
        scope.tenant(),
        after,
        limit
    )?)
}

/// Puts another answer in the place of one that must not be repeated. The key stays taken.
pub async fn replace(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    key: &str,
    status: i32,
    body: &[u8],
) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE idempotency_keys SET status = $3, body = $4 WHERE tenant_id = $1 AND key = $2",
        scope.tenant(),
        key,
        status,
        body
    )?;
    Ok(())
}
