//! When connections were heard of: one row per connection and hour, written with the merge of what came.
//!
//! The log knows it too, but has no index by connection: one would cost every delivery, and all that is asked of it is
//! this.

use std::{collections::BTreeMap, time::Duration};

use switchboard_domain::{
    Timestamp,
    ids::{ConnectionId, TenantId},
    silence::{self, HeardHour},
};

use crate::{
    Conn, Db, StoreError, TenantScope,
    conn::{execute, fetch_all},
    insert::{Conflict, Insert},
};

/// What notes that these connections were heard of at these times.
pub fn heard(tenant: TenantId, times: impl IntoIterator<Item = (ConnectionId, Timestamp)>) -> Insert {
    let mut hours: BTreeMap<(ConnectionId, Timestamp), Timestamp> = BTreeMap::new();
    for (connection, at) in times {
        let last = hours.entry((connection, silence::hour_of(at))).or_insert(at);
        *last = at.max(*last);
    }
    let conflict = Conflict::Update { key: &["tenant_id", "connection_id", "hour"], fixed: &[] };
    let rows = hours.into_iter().map(|((connection, hour), last)| {
        vec![tenant.uuid().into(), connection.uuid().into(), hour.into(), last.into()]
    });
    Insert::new("connection_hours", ["tenant_id", "connection_id", "hour", "last_at"], conflict).with(rows)
}

/// The hours of one connection since `since`, in order.
pub async fn hours(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    connection: ConnectionId,
    since: Timestamp,
) -> Result<Vec<HeardHour>, StoreError> {
    Ok(fetch_all!(
        conn,
        HeardHour,
        "SELECT hour, last_at FROM connection_hours WHERE tenant_id = $1 AND connection_id = $2 AND hour >= $3 ORDER BY hour",
        scope.tenant(),
        connection,
        since
    )?)
}

/// How long hours are kept: what silence is measured against, and some.
pub const KEPT: Duration = Duration::from_hours(70 * 24);

/// Removes some hours of before `before`, and says how many.
pub async fn remove_before(db: &Db, before: Timestamp, limit: i64) -> Result<u64, StoreError> {
    let mut tx = db.begin_platform().await?;
    let removed = execute!(
        &mut tx.conn(),
        "DELETE FROM connection_hours WHERE (tenant_id, connection_id, hour) IN (\
         SELECT tenant_id, connection_id, hour FROM connection_hours WHERE hour < $1 LIMIT $2)",
        before,
        limit
    )?;
    tx.commit().await?;
    Ok(removed)
}
