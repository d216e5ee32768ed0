//! The log in: append-only, with what makes two deliveries the same kept beside it.

mod search;

use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use rusqlite::ToSql;
use sqlx::FromRow;
use switchboard_domain::{
    Timestamp,
    event::Source,
    ids::{ConnectionId, DeliveryId, EventId, TenantId},
};
use uuid::Uuid;

pub use self::search::{
    EventFilter, EventHead, EventPage, LOOKED_AT, Part, failed, failed_sql, list, search, search_among, search_sql,
};
use crate::{
    Conn, Engine, StoreError, TenantScope, TenantTx,
    conn::{execute, fetch_optional},
    cursor::lane_group,
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
    /// What reading it depends on besides its bytes, as it was when it came.
    pub context: Option<Arc<str>>,
}

impl NewEvent {
    /// What it weighs in a queue that is bounded in bytes.
    pub fn weight(&self) -> usize {
        self.body.len() + self.headers.len() + 256
    }
}

/// Appends one event inside a tenant's own transaction: what we do ourselves is logged together with its effect. Many at
/// once are the work of [`crate::Appender`].
pub async fn append_in(tx: &mut TenantTx, event: &NewEvent) -> Result<bool, StoreError> {
    match &mut tx.conn() {
        conn @ (Conn::Sqlite(_) | Conn::Direct(_)) => append_row(conn, event).await,
        Conn::Postgres(connection) => {
            append_postgres(connection, std::slice::from_ref(event)).await.map(|stored| !stored.is_empty())
        }
    }
}

const SQLITE_KEY: &str =
    "INSERT INTO event_keys (dedup_key, connection_id, event_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
const SQLITE_ROW: &str = "INSERT INTO webhook_events (id, tenant_id, connection_id, provider, delivery_id, item_index, \
     event_type, lane, lane_group, external_id, source, occurred_at, received_at, normalize_version, headers, body, context) \
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
/// Rows that one statement inserts. AUTOINCREMENT writes its counter once per statement.
const SQLITE_RUN: usize = 8;
static SQLITE_ROWS: LazyLock<String> = LazyLock::new(|| {
    SQLITE_ROW.to_owned() + &", (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)".repeat(SQLITE_RUN - 1)
});

/// SQLite takes no INSERT inside a WITH, so the keys go first and say which rows are new. Returns that per event.
pub(crate) fn append_rows(tx: &rusqlite::Transaction<'_>, events: &[NewEvent]) -> rusqlite::Result<Vec<bool>> {
    let mut key = tx.prepare_cached(SQLITE_KEY)?;
    let mut is_new = Vec::with_capacity(events.len());
    let mut fresh = Vec::with_capacity(events.len());
    for event in events {
        let (connection, id) = (event.connection_id.uuid(), event.id.uuid());
        let inserted = key.execute((&event.dedup_key, connection.as_bytes(), id.as_bytes()))?;
        is_new.push(inserted == 1);
        if inserted == 1 {
            fresh.push(event);
        }
    }
    let (runs, rest) = fresh.as_chunks::<SQLITE_RUN>();
    if !runs.is_empty() {
        let mut rows = tx.prepare_cached(&SQLITE_ROWS)?;
        for run in runs {
            insert(&mut rows, run)?;
        }
    }
    if !rest.is_empty() {
        let mut row = tx.prepare_cached(SQLITE_ROW)?;
        for event in rest {
            insert(&mut row, &[event])?;
        }
    }
    Ok(is_new)
}

/// Binds the columns of [`SQLITE_ROW`] for each event, and executes.
fn insert(statement: &mut rusqlite::Statement<'_>, events: &[&NewEvent]) -> rusqlite::Result<()> {
    let mut parameter = 0;
    let mut bind = |value: &dyn ToSql| {
        parameter += 1;
        statement.raw_bind_parameter(parameter, value)
    };
    for event in events {
        bind(event.id.uuid().as_bytes())?;
        bind(event.tenant_id.uuid().as_bytes())?;
        bind(event.connection_id.uuid().as_bytes())?;
        bind(&event.provider)?;
        bind(event.delivery_id.uuid().as_bytes())?;
        bind(&event.item_index)?;
        bind(&event.event_type)?;
        bind(&event.lane)?;
        bind(&lane_group(Engine::Sqlite, event.tenant_id))?;
        bind(&event.external_id)?;
        bind(&event.source.as_str())?;
        bind(&event.occurred_at.map(Timestamp::as_micros))?;
        bind(&event.received_at.as_micros())?;
        bind(&event.normalize_version)?;
        bind(&event.headers)?;
        bind(&event.body.as_ref())?;
        bind(&event.context)?;
    }
    statement.raw_execute().map(|_| ())
}

/// The same for one event, on the connection that everything else is written by.
async fn append_row(conn: &mut Conn<'_>, event: &NewEvent) -> Result<bool, StoreError> {
    let added = execute!(conn, SQLITE_KEY, &event.dedup_key[..], event.connection_id, event.id)?;
    if added == 0 {
        return Ok(false);
    }
    execute!(
        conn,
        SQLITE_ROW,
        event.id,
        event.tenant_id,
        event.connection_id,
        event.provider,
        event.delivery_id,
        event.item_index,
        &event.event_type,
        &event.lane,
        lane_group(Engine::Sqlite, event.tenant_id),
        &event.external_id,
        event.source,
        event.occurred_at,
        event.received_at,
        event.normalize_version,
        event.headers.as_ref(),
        &event.body[..],
        event.context.as_deref(),
    )?;
    Ok(true)
}

/// One statement: keys and rows together, arrays in. Returns the ids of the new ones.
///
/// The rows go in sorted by key, whatever order they come in: two nodes that insert the same keys in different orders
/// would deadlock.
pub(crate) async fn append_postgres(
    connection: &mut sqlx::PgConnection,
    events: &[NewEvent],
) -> Result<Vec<Uuid>, StoreError> {
    let mut sorted: Vec<&NewEvent> = events.iter().collect();
    sorted.sort_by_key(|event| (event.dedup_key, event.connection_id));
    let rows: Vec<(Uuid,)> = sqlx::query_as(
        "WITH input AS (
             SELECT * FROM UNNEST($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::uuid[], $6::int[], $7::text[],
                 $8::text[], $9::int[], $10::text[], $11::text[], $12::timestamptz[], $13::timestamptz[], $14::int[],
                 $15::text[], $16::bytea[], $17::bytea[], $18::text[]) WITH ORDINALITY
             AS i (id, tenant_id, connection_id, provider, delivery_id, item_index, event_type, lane, lane_group,
                 external_id, source, occurred_at, received_at, normalize_version, headers, body, dedup_key, context, n)
         ), fresh AS (
             INSERT INTO event_keys (connection_id, dedup_key, event_id)
             SELECT connection_id, dedup_key, id FROM input ORDER BY n
             ON CONFLICT DO NOTHING RETURNING event_id
         )
         INSERT INTO webhook_events (id, tenant_id, connection_id, provider, delivery_id, item_index, event_type, lane,
             lane_group, external_id, source, occurred_at, received_at, normalize_version, headers, body, context)
         SELECT id, tenant_id, connection_id, provider, delivery_id, item_index, event_type, lane, lane_group,
             external_id, source, occurred_at, received_at, normalize_version, headers::jsonb, body, context
         FROM input WHERE id IN (SELECT event_id FROM fresh)
         RETURNING id",
    )
    .bind(column(&sorted, |e| e.id.uuid()))
    .bind(column(&sorted, |e| e.tenant_id.uuid()))
    .bind(column(&sorted, |e| e.connection_id.uuid()))
    .bind(column(&sorted, |e| e.provider))
    .bind(column(&sorted, |e| e.delivery_id.uuid()))
    .bind(column(&sorted, |e| e.item_index))
    .bind(column(&sorted, |e| e.event_type.as_str()))
    .bind(column(&sorted, |e| e.lane.as_str()))
    .bind(column(&sorted, |e| lane_group(Engine::Postgres, e.tenant_id)))
    .bind(column(&sorted, |e| e.external_id.as_deref()))
    .bind(column(&sorted, |e| e.source.as_str()))
    .bind(column(&sorted, |e| e.occurred_at))
    .bind(column(&sorted, |e| e.received_at))
    .bind(column(&sorted, |e| e.normalize_version))
    .bind(column(&sorted, |e| e.headers.as_ref()))
    .bind(column(&sorted, |e| e.body.as_ref()))
    .bind(column(&sorted, |e| &e.dedup_key[..]))
    .bind(column(&sorted, |e| e.context.as_deref()))
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

fn column<'e, T>(events: &[&'e NewEvent], pick: impl Fn(&'e NewEvent) -> T) -> Vec<T> {
    events.iter().map(|event| pick(event)).collect()
}

/// An event as the log keeps it, contents and all. Lists for people have [`EventHead`].
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
    pub context: Option<String>,
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
         external_id, source, occurred_at, received_at, normalize_version, headers, body, context \
         FROM webhook_events WHERE tenant_id = $1 AND id = $2",
        scope.tenant(),
        id
    )?)
}
