//! What recurring work asks and removes across tenants: which connections need attention, and rows whose time is over.
//! Everything is done in chunks, so that no single statement holds SQLite's one writer for long.

use sqlx::FromRow;
use switchboard_domain::{
    Timestamp,
    call::CallStatus,
    ids::{ConnectionId, TenantId},
};
use uuid::Uuid;

use crate::{
    Conn, Db, StoreError, TenantScope,
    conn::{execute, fetch_all, fetch_optional},
};

/// Rows that one statement removes.
const CHUNK: i64 = 500;

/// A connection that needs attention, and the right to give it.
#[derive(Debug, Clone, Copy, FromRow)]
pub struct Due {
    pub connection_id: ConnectionId,
    tenant_id: TenantId,
}

impl Due {
    pub const fn scope(&self) -> TenantScope {
        TenantScope::new(self.tenant_id)
    }
}

/// The connections of a provider that are not switched off, in the order of their ids, after `after`; at most `limit`.
pub async fn connections(
    db: &Db,
    provider: &str,
    after: Option<ConnectionId>,
    limit: i64,
) -> Result<Vec<Due>, StoreError> {
    let mut reader = db.read_platform().await?;
    Ok(fetch_all!(
        &mut reader.conn(),
        Due,
        "SELECT id AS connection_id, tenant_id FROM connections \
         WHERE provider = $1 AND status <> 'disabled' AND id > $2 ORDER BY id LIMIT $3",
        provider,
        after.map_or(Uuid::nil(), ConnectionId::uuid),
        limit
    )?)
}

/// The connections that hold a credential which ends before `before`, in the order of their ids, after `after`.
pub async fn connections_with_ending_tokens(
    db: &Db,
    before: Timestamp,
    after: Option<ConnectionId>,
    limit: i64,
) -> Result<Vec<Due>, StoreError> {
    let mut reader = db.read_platform().await?;
    Ok(fetch_all!(
        &mut reader.conn(),
        Due,
        "SELECT id AS connection_id, tenant_id FROM connections c WHERE status <> 'disabled' AND id > $2 AND EXISTS (\
             SELECT 1 FROM connection_credentials k WHERE k.connection_id = c.id AND k.expires_at < $1) \
         ORDER BY id LIMIT $3",
        before,
        after.map_or(Uuid::nil(), ConnectionId::uuid),
        limit
    )?)
}

/// When the oldest call of a connection began, since `since`, that is not over as far as we know. A catch-up has to look
/// back that far: the provider lists a call by its start, and only once it is over.
pub async fn oldest_open_call(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    connection: ConnectionId,
    since: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let mut oldest = None;
    for status in [CallStatus::Ringing, CallStatus::Active] {
        let found = fetch_optional!(
            &mut *conn,
            (Timestamp,),
            "SELECT occurred_at FROM calls WHERE tenant_id = $1 AND status = $2 AND occurred_at >= $3 \
             AND connection_id = $4 ORDER BY occurred_at LIMIT 1",
            scope.tenant(),
            status,
            since,
            connection
        )?;
        oldest = [oldest, found.map(|(at,)| at)].into_iter().flatten().min();
    }
    Ok(oldest)
}

/// Removes leases that ended before `before` and whose lane has nothing running.
pub async fn remove_stale_lanes(db: &Db, before: Timestamp) -> Result<u64, StoreError> {
    let mut tx = db.begin_platform().await?;
    let removed = execute!(
        &mut tx.conn(),
        "DELETE FROM lanes WHERE lease_until < $1 AND NOT EXISTS (SELECT 1 FROM work w WHERE w.state = 'running' \
         AND w.tenant_id = lanes.tenant_id AND w.lane = lanes.lane)",
        before
    )?;
    tx.commit().await?;
    Ok(removed)
}

/// Removes sign-ins that were not finished in time.
pub async fn remove_expired_states(db: &Db, now: Timestamp) -> Result<u64, StoreError> {
    let mut tx = db.begin_platform().await?;
    let removed = execute!(
        &mut tx.conn(),
        "DELETE FROM oauth_states WHERE state_hash IN (SELECT state_hash FROM oauth_states WHERE expires_at < $1 LIMIT $2)",
        now,
        CHUNK
    )?;
    tx.commit().await?;
    Ok(removed)
}

/// Removes answers that need not be repeated any more.
pub async fn remove_expired_idempotency_keys(db: &Db, now: Timestamp) -> Result<u64, StoreError> {
    let mut tx = db.begin_platform().await?;
    let removed = execute!(
        &mut tx.conn(),
        "DELETE FROM idempotency_keys WHERE (tenant_id, key) IN (\
             SELECT tenant_id, key FROM idempotency_keys WHERE expires_at < $1 LIMIT $2)",
        now,
        CHUNK
    )?;
    tx.commit().await?;
    Ok(removed)
}

/// Removes refused deliveries but for the newest `keep`.
pub async fn trim_rejected(db: &Db, keep: i64) -> Result<u64, StoreError> {
    let mut tx = db.begin_platform().await?;
    let removed = execute!(
        &mut tx.conn(),
        "DELETE FROM rejected_deliveries WHERE id IN (\
             SELECT id FROM rejected_deliveries ORDER BY id DESC LIMIT $2 OFFSET $1)",
        keep,
        CHUNK
    )?;
    tx.commit().await?;
    Ok(removed)
}

/// Removes deliveries that nobody owned and that came before `before`.
pub async fn remove_unrouted(db: &Db, before: Timestamp) -> Result<u64, StoreError> {
    let mut tx = db.begin_platform().await?;
    let removed = execute!(
        &mut tx.conn(),
        "DELETE FROM unrouted_deliveries WHERE id IN (\
             SELECT id FROM unrouted_deliveries WHERE received_at < $1 LIMIT $2)",
        before,
        CHUNK
    )?;
    tx.commit().await?;
    Ok(removed)
}

/// Removes a tenant's changes that were committed before `before`, the oldest first. The numbers go on where they were.
pub async fn remove_changes(db: &Db, scope: TenantScope, before: Timestamp) -> Result<u64, StoreError> {
    let mut tx = db.begin(scope).await?;
    let removed = execute!(
        &mut tx.conn(),
        "DELETE FROM changes WHERE tenant_id = $1 AND seq IN (\
             SELECT seq FROM changes WHERE tenant_id = $1 ORDER BY seq LIMIT $3) AND committed_at < $2",
        scope.tenant(),
        before,
        CHUNK
    )?;
    tx.commit(before).await?;
    Ok(removed)
}
