//! The log in: append-only, with what makes two deliveries the same kept beside it.

use std::sync::Arc;

use bytes::Bytes;
use sqlx::FromRow;
use switchboard_domain::{
    Timestamp,
    event::Source,
    ids::{ConnectionId, DeliveryId, EventId, TenantId},
};
use uuid::Uuid;

use crate::{
    Conn, Db, StoreError, TenantScope, TenantTx,
    conn::fetch_optional,
    cursor::lane_group,
    sql::{Arg, Sql, runs},
};

/// An event on its way into the log.
#[derive(Debug, Clone)]
pub struct NewEvent {
    pub id: EventId,
    pub tenant_id: TenantId,
    pub connection_id: ConnectionId,
    pub provider: &'static str,
    pub delivery_id: DeliveryId,
    pub item_index: i32,
    pub event_type: String,
    pub lane: String,
    pub dedup_key: [u8; 16],
    pub external_id: Option<String>,
    pub source: Source,
    pub occurred_at: Option<Timestamp>,
    pub received_at: Timestamp,
    pub normalize_version: i32,
    /// The delivery's headers as a JSON object, without credentials.
    pub headers: Arc<str>,
    /// The original bytes of the item.
    pub body: Bytes,
}

impl NewEvent {
    /// What it weighs in a queue that is bounded in bytes.
    pub fn weight(&self) -> usize {
        self.body.len() + self.headers.len() + 256
    }
}

/// Appends a batch in one transaction and returns, per event, whether it was new. When this returns, the new ones are on
/// disk and so are those that were there already.
///
/// The rows go in sorted by key, whatever order they come in: two nodes that insert the same keys in different orders
/// would deadlock.
pub async fn append(db: &Db, events: &[NewEvent]) -> Result<Vec<bool>, StoreError> {
    let mut sorted: Vec<usize> = (0..events.len()).collect();
    sorted.sort_by_key(|&i| (events[i].connection_id, events[i].dedup_key));
    let mut tx = db.begin_intake().await?;
    let stored = match &mut tx.conn() {
        conn @ Conn::Sqlite(_) => append_sqlite(conn, events, &sorted).await?,
        Conn::Postgres(connection) => append_postgres(connection, events, &sorted).await?,
    };
    tx.commit().await?;
    let stored: std::collections::HashSet<Uuid> = stored.into_iter().collect();
    Ok(events.iter().map(|event| stored.contains(&event.id.uuid())).collect())
}

/// Appends one event inside a tenant's own transaction: what we do ourselves is logged together with its effect.
pub async fn append_in(tx: &mut TenantTx, event: &NewEvent) -> Result<bool, StoreError> {
    let events = std::slice::from_ref(event);
    let stored = match &mut tx.conn() {
        conn @ Conn::Sqlite(_) => append_sqlite(conn, events, &[0]).await?,
        Conn::Postgres(connection) => append_postgres(connection, events, &[0]).await?,
    };
    Ok(!stored.is_empty())
}

/// SQLite takes no INSERT inside a WITH, so keys go first and say which rows are new.
async fn append_sqlite(conn: &mut Conn<'_>, events: &[NewEvent], sorted: &[usize]) -> Result<Vec<Uuid>, StoreError> {
    let mut stored: Vec<(Uuid,)> = Vec::with_capacity(events.len());
    for run in runs(sorted) {
        let mut sql = Sql::new("INSERT INTO event_keys (connection_id, dedup_key, event_id) VALUES ");
        for (n, &i) in run.iter().enumerate() {
            let event = &events[i];
            let key = Arg::Bytes(event.dedup_key.to_vec());
            sql.bind_row(n == 0, [event.connection_id.uuid().into(), key, event.id.uuid().into()]);
        }
        sql.push(" ON CONFLICT DO NOTHING RETURNING event_id");
        stored.extend(sql.fetch_all::<(Uuid,)>(conn).await?);
    }
    let fresh: std::collections::HashSet<Uuid> = stored.iter().map(|(id,)| *id).collect();
    // Log order is the order of arrival, not of keys.
    let rows: Vec<&NewEvent> = events.iter().filter(|event| fresh.contains(&event.id.uuid())).collect();
    for run in runs(&rows) {
        let mut sql = Sql::new(
            "INSERT INTO webhook_events (id, tenant_id, connection_id, provider, delivery_id, item_index, event_type, \
             lane, lane_group, external_id, source, occurred_at, received_at, normalize_version, headers, body) VALUES ",
        );
        for (n, event) in run.iter().enumerate() {
            sql.bind_row(
                n == 0,
                [
                    event.id.uuid().into(),
                    event.tenant_id.uuid().into(),
                    event.connection_id.uuid().into(),
                    event.provider.into(),
                    event.delivery_id.uuid().into(),
                    event.item_index.into(),
                    (&event.event_type).into(),
                    (&event.lane).into(),
                    lane_group(crate::Engine::Sqlite, event.tenant_id).into(),
                    (&event.external_id).into(),
                    event.source.as_str().into(),
                    event.occurred_at.into(),
                    event.received_at.into(),
                    event.normalize_version.into(),
                    event.headers.as_ref().into(),
                    Arg::Bytes(event.body.to_vec()),
                ],
            );
        }
        sql.execute(conn).await?;
    }
    Ok(stored.into_iter().map(|(id,)| id).collect())
}

/// One statement: keys and rows together, arrays in.
async fn append_postgres(
    connection: &mut sqlx::PgConnection,
    events: &[NewEvent],
    sorted: &[usize],
) -> Result<Vec<Uuid>, StoreError> {
    let column = |pick: &dyn Fn(&NewEvent) -> Uuid| -> Vec<Uuid> { sorted.iter().map(|&i| pick(&events[i])).collect() };
    let text =
        |pick: &dyn Fn(&NewEvent) -> String| -> Vec<String> { sorted.iter().map(|&i| pick(&events[i])).collect() };
    let rows: Vec<(Uuid,)> = sqlx::query_as(
        "WITH input AS (
             SELECT * FROM UNNEST($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::uuid[], $6::int[], $7::text[],
                 $8::text[], $9::int[], $10::text[], $11::text[], $12::timestamptz[], $13::timestamptz[], $14::int[],
                 $15::text[], $16::bytea[], $17::bytea[]) WITH ORDINALITY
             AS i (id, tenant_id, connection_id, provider, delivery_id, item_index, event_type, lane, lane_group,
                 external_id, source, occurred_at, received_at, normalize_version, headers, body, dedup_key, n)
         ), fresh AS (
             INSERT INTO event_keys (connection_id, dedup_key, event_id)
             SELECT connection_id, dedup_key, id FROM input ORDER BY n
             ON CONFLICT DO NOTHING RETURNING event_id
         )
         INSERT INTO webhook_events (id, tenant_id, connection_id, provider, delivery_id, item_index, event_type, lane,
             lane_group, external_id, source, occurred_at, received_at, normalize_version, headers, body)
         SELECT id, tenant_id, connection_id, provider, delivery_id, item_index, event_type, lane, lane_group,
             external_id, source, occurred_at, received_at, normalize_version, headers::jsonb, body
         FROM input JOIN fresh ON fresh.event_id = input.id
         RETURNING id",
    )
    .bind(column(&|e| e.id.uuid()))
    .bind(column(&|e| e.tenant_id.uuid()))
    .bind(column(&|e| e.connection_id.uuid()))
    .bind(text(&|e| e.provider.to_owned()))
    .bind(column(&|e| e.delivery_id.uuid()))
    .bind(sorted.iter().map(|&i| events[i].item_index).collect::<Vec<_>>())
    .bind(text(&|e| e.event_type.clone()))
    .bind(text(&|e| e.lane.clone()))
    .bind(sorted.iter().map(|&i| lane_group(crate::Engine::Postgres, events[i].tenant_id)).collect::<Vec<_>>())
    .bind(sorted.iter().map(|&i| events[i].external_id.clone()).collect::<Vec<_>>())
    .bind(text(&|e| e.source.as_str().to_owned()))
    .bind(sorted.iter().map(|&i| events[i].occurred_at).collect::<Vec<_>>())
    .bind(sorted.iter().map(|&i| events[i].received_at).collect::<Vec<_>>())
    .bind(sorted.iter().map(|&i| events[i].normalize_version).collect::<Vec<_>>())
    .bind(text(&|e| e.headers.to_string()))
    .bind(sorted.iter().map(|&i| events[i].body.to_vec()).collect::<Vec<_>>())
    .bind(sorted.iter().map(|&i| events[i].dedup_key.to_vec()).collect::<Vec<_>>())
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// An event as the log keeps it.
#[derive(Debug, Clone, FromRow)]
pub struct StoredEvent {
    pub position: i64,
    pub id: EventId,
    pub tenant_id: TenantId,
    pub connection_id: ConnectionId,
    pub provider: String,
    pub delivery_id: DeliveryId,
    pub item_index: i32,
    pub event_type: String,
    pub lane: String,
    pub lane_group: i32,
    pub external_id: Option<String>,
    pub source: Source,
    pub occurred_at: Option<Timestamp>,
    pub received_at: Timestamp,
    pub normalize_version: i32,
    #[sqlx(json)]
    pub headers: serde_json::Value,
    pub body: Vec<u8>,
}

impl StoredEvent {
    /// The right to merge it: it is in the log because its sender was verified for this tenant.
    pub const fn scope(&self) -> TenantScope {
        TenantScope::new(self.tenant_id)
    }
}

/// One event of a tenant, by id.
pub async fn lookup(conn: &mut Conn<'_>, scope: TenantScope, id: EventId) -> Result<Option<StoredEvent>, StoreError> {
    Ok(fetch_optional!(
        conn,
        StoredEvent,
        "SELECT position, id, tenant_id, connection_id, provider, delivery_id, item_index, event_type, lane, lane_group, \
         external_id, source, occurred_at, received_at, normalize_version, headers, body \
         FROM webhook_events WHERE tenant_id = $1 AND id = $2",
        scope.tenant(),
        id
    )?)
}

/// What a list of events is narrowed by.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    pub connection_id: Option<ConnectionId>,
    pub event_type: Option<String>,
    pub external_id: Option<String>,
    /// Only events whose id is below (newest first) or above (oldest first) this one.
    pub cursor: Option<EventId>,
    pub oldest_first: bool,
}

/// Events of a tenant, newest first unless asked otherwise; at most `limit`.
pub async fn list(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    filter: &EventFilter,
    limit: i64,
) -> Result<Vec<StoredEvent>, StoreError> {
    let mut sql = Sql::new(
        "SELECT position, id, tenant_id, connection_id, provider, delivery_id, item_index, event_type, lane, lane_group, \
         external_id, source, occurred_at, received_at, normalize_version, headers, body \
         FROM webhook_events WHERE tenant_id = ",
    );
    sql.bind(scope.tenant().uuid());
    if let Some(connection) = filter.connection_id {
        sql.push(" AND connection_id = ").bind(connection.uuid());
    }
    if let Some(event_type) = &filter.event_type {
        sql.push(" AND event_type = ").bind(event_type);
    }
    if let Some(external_id) = &filter.external_id {
        sql.push(" AND external_id = ").bind(external_id);
    }
    if let Some(cursor) = filter.cursor {
        sql.push(if filter.oldest_first { " AND id > " } else { " AND id < " }).bind(cursor.uuid());
    }
    sql.push(if filter.oldest_first { " ORDER BY id LIMIT " } else { " ORDER BY id DESC LIMIT " }).bind(limit);
    sql.fetch_all(conn).await
}
