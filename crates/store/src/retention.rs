//! Rules about how long things are kept, and the small steps in which what is older goes.
//!
//! Each step is one short transaction, because SQLite has one writer and deliveries wait for it. Records go by
//! [`crate::removal`]; here are the rules, and what is no record: the log, the keys beside it, and copies of audio.

use sqlx::{Connection as _, FromRow, PgConnection};
use switchboard_domain::{
    Timestamp,
    ids::{self, ConnectionId, EventId, RecordingId},
    retention::RetentionKind,
};
use uuid::Uuid;

use crate::{
    Conn, Db, StoreError, TenantScope,
    conn::{execute, fetch_all, fetch_optional},
    sql::Sql,
};

/// One rule of a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct Rule {
    pub kind: RetentionKind,
    pub days: i64,
    pub updated_at: Timestamp,
}

/// A tenant's rules.
pub async fn rules(conn: &mut Conn<'_>, scope: TenantScope) -> Result<Vec<Rule>, StoreError> {
    Ok(fetch_all!(
        conn,
        Rule,
        "SELECT kind, CAST(days AS bigint) AS days, updated_at FROM retention_rules WHERE tenant_id = $1 ORDER BY kind",
        scope.tenant()
    )?)
}

/// Sets a rule, or takes it away.
pub async fn set_rule(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    kind: RetentionKind,
    days: Option<i64>,
    now: Timestamp,
) -> Result<(), StoreError> {
    match days {
        Some(days) => execute!(
            conn,
            "INSERT INTO retention_rules (tenant_id, kind, days, updated_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (tenant_id, kind) DO UPDATE SET days = excluded.days, updated_at = excluded.updated_at",
            scope.tenant(),
            kind,
            i32::try_from(days).unwrap_or(i32::MAX),
            now
        )?,
        None => execute!(conn, "DELETE FROM retention_rules WHERE tenant_id = $1 AND kind = $2", scope.tenant(), kind)?,
    };
    Ok(())
}

/// The limits of the tenant's plan, as JSON, and the plan's name.
pub async fn plan(conn: &mut Conn<'_>, scope: TenantScope) -> Result<Option<(String, serde_json::Value)>, StoreError> {
    let row = fetch_optional!(
        conn,
        (String, sqlx::types::Json<serde_json::Value>),
        "SELECT p.name, p.limits FROM tenants t JOIN plans p ON p.id = t.plan WHERE t.id = $1",
        scope.tenant()
    )?;
    Ok(row.map(|(name, limits)| (name, limits.0)))
}

/// The least id that an event of this moment can have.
fn first_id(moment: Timestamp) -> Uuid {
    ids::born::<EventId>(moment, [0; 10]).uuid()
}

/// Removes a tenant's oldest events that came before `before`, at most `limit`, with the dead work that stood for them.
/// Events that the pipeline has not read, or that wait for another attempt, stay until they are done with.
pub async fn remove_events(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    before: Timestamp,
    limit: i64,
) -> Result<u64, StoreError> {
    let rows = fetch_all!(
        conn,
        (Uuid,),
        "SELECT e.id FROM webhook_events e WHERE e.tenant_id = $1 AND e.id < $2 \
         AND EXISTS (SELECT 1 FROM lane_cursors c WHERE c.lane_group = e.lane_group AND (c.position > e.position \
             OR (c.position = e.position AND c.event_id >= e.id))) \
         AND NOT EXISTS (SELECT 1 FROM work w WHERE w.tenant_id = $1 AND w.event_id = e.id \
             AND w.state IN ('ready', 'running')) \
         ORDER BY e.id LIMIT $3",
        scope.tenant(),
        first_id(before),
        limit
    )?;
    if rows.is_empty() {
        return Ok(0);
    }
    let ids: Vec<Uuid> = rows.into_iter().map(|(id,)| id).collect();
    let mut sql = Sql::new("DELETE FROM work WHERE tenant_id = ");
    sql.bind(scope.tenant().uuid()).push(" AND event_id IN ").bind_list(&ids);
    sql.execute(conn).await?;
    let mut sql = Sql::new("DELETE FROM webhook_events WHERE tenant_id = ");
    sql.bind(scope.tenant().uuid()).push(" AND id IN ").bind_list(&ids);
    sql.execute(conn).await
}

/// How far the removal of a connection's keys has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPage {
    pub last: Vec<u8>,
    pub removed: u64,
}

/// Removes keys of a connection whose event came before `before`, at most `limit`, behind the key `after`. `None` when there
/// are no more. Keys lead with the provider's own time, so the old ones stand together.
pub async fn remove_event_keys(
    conn: &mut Conn<'_>,
    connection: ConnectionId,
    after: &[u8],
    before: Timestamp,
    limit: i64,
) -> Result<Option<KeyPage>, StoreError> {
    let millis = u64::try_from(before.as_millis()).unwrap_or(0);
    let bound = millis.to_be_bytes()[2..].to_vec();
    let rows = fetch_all!(
        conn,
        (Vec<u8>,),
        "SELECT dedup_key FROM event_keys WHERE connection_id = $1 AND dedup_key > $2 AND dedup_key < $3 \
         AND event_id < $4 ORDER BY dedup_key LIMIT $5",
        connection,
        after,
        &bound,
        first_id(before),
        limit
    )?;
    let Some((last,)) = rows.last() else { return Ok(None) };
    let last = last.clone();
    let keys: Vec<Vec<u8>> = rows.into_iter().map(|(key,)| key).collect();
    let mut sql = Sql::new("DELETE FROM event_keys WHERE connection_id = ");
    sql.bind(connection.uuid()).push(" AND dedup_key IN ").bind_list(&keys);
    let removed = sql.execute(conn).await?;
    Ok(Some(KeyPage { last, removed }))
}

/// A recording of which we have a copy.
#[derive(Debug, Clone, FromRow)]
pub struct SavedRecording {
    pub id: RecordingId,
    pub connection_id: ConnectionId,
    pub leg_external_id: String,
    pub external_id: String,
}

/// A tenant's oldest recordings with a copy of ours that began before `before`, at most `limit`.
pub async fn saved_recordings(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<SavedRecording>, StoreError> {
    Ok(fetch_all!(
        conn,
        SavedRecording,
        "SELECT id, connection_id, leg_external_id, external_id FROM recordings WHERE tenant_id = $1 AND occurred_at < $2 \
         AND status = 'saved' ORDER BY occurred_at, id LIMIT $3",
        scope.tenant(),
        before,
        limit
    )?)
}

/// Which of these ids are recordings with a copy of ours, or exports.
pub async fn named_files(conn: &mut Conn<'_>, scope: TenantScope, ids: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
    let mut sql = Sql::new("SELECT id FROM recordings WHERE status = 'saved' AND tenant_id = ");
    sql.bind(scope.tenant().uuid()).push(" AND id IN ").bind_list(ids);
    sql.push(" UNION SELECT id FROM exports WHERE tenant_id = ").bind(scope.tenant().uuid());
    sql.push(" AND id IN ").bind_list(ids);
    sql.push(" UNION SELECT id FROM imports WHERE media_key IS NOT NULL AND tenant_id = ").bind(scope.tenant().uuid());
    sql.push(" AND id IN ").bind_list(ids);
    Ok(sql.fetch_all::<(Uuid,)>(conn).await?.into_iter().map(|(id,)| id).collect())
}

/// On PostgreSQL: drops the months of the log that every tenant's rule has left behind. Dropping a month is one instant,
/// however many rows it has, and leaves nothing to vacuum; but it takes them from everybody, so one tenant that keeps its
/// events for ever keeps the month, and then its neighbours' rows go singly. Returns the names of what was dropped.
///
/// It needs the parent table for a moment. It waits 2 s for that and otherwise leaves it for the next day, because while it
/// waits, deliveries wait behind it.
pub async fn drop_partitions(db: &Db, now: Timestamp) -> Result<Vec<String>, StoreError> {
    let Db::Postgres(postgres) = db else { return Ok(Vec::new()) };
    let mut connection = {
        use sqlx::ConnectOptions as _;
        postgres.direct().connect().await?
    };
    let longest: Option<i32> = sqlx::query_scalar(
        "SELECT CASE WHEN EXISTS (SELECT 1 FROM tenants t WHERE NOT EXISTS (SELECT 1 FROM retention_rules r \
             WHERE r.tenant_id = t.id AND r.kind = 'events')) THEN NULL \
         ELSE (SELECT max(days) FROM retention_rules WHERE kind = 'events') END::int",
    )
    .fetch_one(&mut connection)
    .await?;
    let mut dropped = Vec::new();
    if let Some(days) = longest {
        let horizon = now - switchboard_domain::retention::days(days.into());
        for (name, end) in crate::migrate::partitions_before(&mut connection, horizon).await? {
            if drop_partition(&mut connection, &name, end).await? {
                dropped.push(name);
            }
        }
    }
    connection.close().await?;
    Ok(dropped)
}

/// `name` is one of ours: digits behind a fixed prefix.
async fn drop_partition(connection: &mut PgConnection, name: &str, end: Timestamp) -> Result<bool, StoreError> {
    let mut tx = connection.begin().await?;
    sqlx::query("SET LOCAL lock_timeout = '2s'").execute(&mut *tx).await?;
    let is_busy: bool = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
        "SELECT EXISTS (SELECT 1 FROM {name} e WHERE NOT EXISTS (SELECT 1 FROM lane_cursors c \
             WHERE c.lane_group = e.lane_group AND (c.position > e.position \
             OR (c.position = e.position AND c.event_id >= e.id)))) \
         OR EXISTS (SELECT 1 FROM work w JOIN {name} e ON e.tenant_id = w.tenant_id AND e.id = w.event_id \
             WHERE w.state IN ('ready', 'running'))"
    )))
    .fetch_one(&mut *tx)
    .await?;
    if is_busy {
        return Ok(false);
    }
    let work = format!(
        "DELETE FROM work w USING {name} e WHERE e.tenant_id = w.tenant_id AND e.id = w.event_id AND w.event_id IS NOT NULL"
    );
    sqlx::query(sqlx::AssertSqlSafe(work)).execute(&mut *tx).await?;
    sqlx::query(
        "UPDATE tenant_counters SET removed_before = jsonb_set(coalesce(removed_before, '{}'::jsonb), '{events}', \
             to_jsonb($1::text)) \
         WHERE coalesce((removed_before ->> 'events')::timestamptz, '-infinity') < $2",
    )
    .bind(end.to_string())
    .bind(end)
    .execute(&mut *tx)
    .await?;
    match sqlx::query(sqlx::AssertSqlSafe(format!("DROP TABLE {name}"))).execute(&mut *tx).await {
        Ok(_) => tx.commit().await.map(|()| true).map_err(StoreError::from),
        // 55P03: somebody held the table for longer than we wait.
        Err(error)
            if error.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref() == Some("55P03") =>
        {
            tracing::info!(partition = name, "a month of the log is dropped another day: it was in use");
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}
