//! How far the log has been merged. Fresh events are never marked or deleted: each lane group has a cursor over the
//! append-only log, leased to one node, and the cursor moves in the same transaction as the records, so an event takes
//! effect once.
//!
//! A lane group is a hash of the tenant. The finer choice, a hash of the lane, buys nothing: one tenant's merges follow
//! each other anyway (their changes are numbered without gaps), so it would only cut the same work into smaller
//! transactions.
//!
//! A transaction belongs to one tenant, a batch may span several. So the cursor row also says how far the batch reaches
//! and which tenants of it are done; after a crash in the middle the same batch is read again and those are left out.

use std::time::Duration;

use futures::TryStreamExt as _;
use sqlx::{FromRow, types::Json};
use switchboard_domain::{
    Timestamp,
    event::Source,
    ids::{ConnectionId, EventId, TenantId},
};
use uuid::Uuid;

use crate::{
    Conn, Db, Engine, Reader, StoreError, TenantScope, TenantTx,
    conn::{SqliteReader, execute, fetch_all, fetch_optional},
    events::StoredEvent,
};

/// How many lane groups an engine has. SQLite has one writer, and one group gives it the largest batches; on PostgreSQL
/// they are what nodes share out among themselves.
pub const fn lane_groups(engine: Engine) -> i32 {
    match engine {
        Engine::Sqlite => 1,
        Engine::Postgres => 8,
    }
}

/// The lane group of a tenant.
pub fn lane_group(engine: Engine, tenant: TenantId) -> i32 {
    // The last byte of a UUIDv7 is random.
    i32::from(tenant.uuid().as_bytes()[15]) % lane_groups(engine)
}

/// A place in the log: everything up to and including it has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Position {
    pub position: i64,
    pub event_id: Option<EventId>,
}

/// A lane group that this node may work on until `lease_until`.
#[derive(Debug, Clone)]
pub struct Held {
    pub lane_group: i32,
    pub epoch: i64,
    pub at: Position,
    /// A batch that was begun and not finished: its end, and the tenants that are done.
    pub batch: Option<(Position, Vec<TenantId>)>,
    pub lease_until: Timestamp,
}

#[derive(FromRow)]
struct CursorRow {
    lane_group: i32,
    position: i64,
    event_id: Option<EventId>,
    batch_position: Option<i64>,
    batch_event_id: Option<EventId>,
    tenants_done: Json<Vec<TenantId>>,
    epoch: i64,
    lease_until: Timestamp,
}

impl From<CursorRow> for Held {
    fn from(row: CursorRow) -> Self {
        let batch = row
            .batch_position
            .map(|position| (Position { position, event_id: row.batch_event_id }, row.tenants_done.0));
        Self {
            lane_group: row.lane_group,
            epoch: row.epoch,
            at: Position { position: row.position, event_id: row.event_id },
            batch,
            lease_until: row.lease_until,
        }
    }
}

/// Takes the lease of a lane group, or extends it. `None` when another node holds it.
///
/// The epoch grows only when the lease changes hands; every move of the cursor checks it, so a node that slept through
/// its lease cannot move what is no longer its own.
pub async fn claim(
    db: &Db,
    lane_group: i32,
    node: &str,
    now: Timestamp,
    lease: Duration,
) -> Result<Option<Held>, StoreError> {
    let mut tx = db.begin_platform().await?;
    execute!(
        &mut tx.conn(),
        "INSERT INTO lane_cursors (lane_group, tenants_done) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        lane_group,
        Json(Vec::<TenantId>::new())
    )?;
    let row = fetch_optional!(
        &mut tx.conn(),
        CursorRow,
        "UPDATE lane_cursors SET epoch = CASE WHEN owner = $2 THEN epoch ELSE epoch + 1 END, owner = $2, lease_until = $3 \
         WHERE lane_group = $1 AND (owner IS NULL OR owner = $2 OR lease_until < $4) \
         RETURNING lane_group, position, event_id, batch_position, batch_event_id, tenants_done, epoch, lease_until",
        lane_group,
        node,
        now + lease,
        now
    )?;
    tx.commit().await?;
    Ok(row.map(Held::from))
}

/// Gives a lane group back, so that another node need not wait for the lease to end.
pub async fn release(db: &Db, held: &Held, now: Timestamp) -> Result<(), StoreError> {
    let mut tx = db.begin_platform().await?;
    execute!(
        &mut tx.conn(),
        "UPDATE lane_cursors SET owner = NULL, lease_until = $3 WHERE lane_group = $1 AND epoch = $2",
        held.lane_group,
        held.epoch,
        now
    )?;
    tx.commit().await
}

/// Ends all leases. Only for whoever knows that their holders are gone: see [`crate::Presence`].
pub(crate) async fn end_leases(db: &Db, now: Timestamp) -> Result<(), StoreError> {
    let mut tx = db.begin_platform().await?;
    execute!(&mut tx.conn(), "UPDATE lane_cursors SET owner = NULL, lease_until = $1 WHERE owner IS NOT NULL", now)?;
    tx.commit().await
}

/// The most events that are read at once.
pub const READ_EVENTS: u16 = 2_048;
/// The most bytes of bodies among them. One body may be larger.
const READ_BYTES: i64 = 16 * 1024 * 1024;

/// An event as merging needs it: without the headers and what else only people look at.
#[derive(Debug, Clone, FromRow)]
pub struct LogEntry {
    pub position: i64,
    pub id: EventId,
    pub tenant_id: TenantId,
    pub connection_id: ConnectionId,
    pub provider: String,
    pub event_type: String,
    pub lane: String,
    pub source: Source,
    pub received_at: Timestamp,
    pub body: Vec<u8>,
    /// What reading it depends on besides its bytes.
    pub context: Option<String>,
}

impl LogEntry {
    /// Where the log has been read to with this event.
    pub const fn at(&self) -> Position {
        Position { position: self.position, event_id: Some(self.id) }
    }

    /// The right to merge it: it is in the log because its sender was verified for this tenant.
    pub const fn scope(&self) -> TenantScope {
        TenantScope::new(self.tenant_id)
    }
}

impl From<StoredEvent> for LogEntry {
    fn from(event: StoredEvent) -> Self {
        let StoredEvent {
            position,
            id,
            tenant_id,
            connection_id,
            provider,
            event_type,
            lane,
            source,
            received_at,
            body,
            context,
            ..
        } = event;
        Self { position, id, tenant_id, connection_id, provider, event_type, lane, source, received_at, body, context }
    }
}

/// The events of a lane group after `after`, in log order: up to `until` if that is given, else as many as are good to
/// hold in memory at once.
///
/// On PostgreSQL ids become visible out of order, so only transactions older than every one still running are read: a
/// long writing transaction anywhere in the cluster holds this back, which is why the cursor's age is a metric.
pub async fn read_log(
    db: &Db,
    lane_group: i32,
    after: Position,
    until: Option<Position>,
) -> Result<Vec<LogEntry>, StoreError> {
    let mut reader = db.read_platform().await?;
    match &mut reader {
        Reader::Sqlite(SqliteReader(c)) => {
            let limit = if until.is_some() { i64::MAX } else { i64::from(READ_EVENTS) };
            let mut rows = sqlx::query_as::<_, LogEntry>(
                "SELECT position, id, tenant_id, connection_id, provider, event_type, lane, source, received_at, body, context \
                 FROM webhook_events WHERE position > $1 AND position <= $2 ORDER BY position LIMIT $3",
            )
            .bind(after.position)
            .bind(until.map_or(i64::MAX, |end| end.position))
            .bind(limit)
            .fetch(&mut **c);
            let mut events = Vec::new();
            let mut bytes = 0;
            while let Some(event) = rows.try_next().await? {
                bytes += i64::try_from(event.body.len()).unwrap_or(i64::MAX);
                if until.is_none() && !events.is_empty() && bytes > READ_BYTES {
                    break;
                }
                events.push(event);
            }
            Ok(events)
        }
        Reader::Postgres(tx) => {
            let c = tx.connection();
            let after_id = after.event_id.map_or(Uuid::nil(), EventId::uuid);
            let Some(end) = until else {
                // The lengths are added up inside, because what has been asked for must be received.
                let events = sqlx::query_as(
                    "SELECT position, id, tenant_id, connection_id, provider, event_type, lane, source, received_at, body, context FROM ( \
                     SELECT *, sum(octet_length(body)) OVER before AS bytes, row_number() OVER before AS number FROM ( \
                     SELECT position, id, tenant_id, connection_id, provider, event_type, lane, source, received_at, body, context \
                     FROM webhook_events WHERE lane_group = $1 AND (position, id) > ($2, $3) \
                     AND position < pg_snapshot_xmin(pg_current_snapshot())::text::bigint \
                     ORDER BY position, id LIMIT $4) AS next WINDOW before AS (ORDER BY position, id)) AS counted \
                     WHERE bytes <= $5 OR number = 1 ORDER BY position, id",
                )
                .bind(lane_group)
                .bind(after.position)
                .bind(after_id)
                .bind(i64::from(READ_EVENTS))
                .bind(READ_BYTES)
                .fetch_all(c)
                .await?;
                return Ok(events);
            };
            let events = sqlx::query_as(
                "SELECT position, id, tenant_id, connection_id, provider, event_type, lane, source, received_at, body, context \
                 FROM webhook_events WHERE lane_group = $1 AND (position, id) > ($2, $3) AND (position, id) <= ($4, $5) \
                 ORDER BY position, id",
            )
            .bind(lane_group)
            .bind(after.position)
            .bind(after_id)
            .bind(end.position)
            .bind(end.event_id.map_or(Uuid::max(), EventId::uuid))
            .fetch_all(c)
            .await?;
            Ok(events)
        }
    }
}

/// Where the cursor stands after one tenant's transaction.
#[derive(Debug, Clone)]
pub enum Move<'a> {
    /// Other tenants of the batch are still to come.
    Within { end: Position, done: &'a [TenantId] },
    /// The batch is finished.
    Past(Position),
}

/// Moves the cursor inside the transaction that merged. Fails when the lease went to another node meanwhile: then
/// nothing of this transaction may be committed.
pub async fn advance(tx: &mut TenantTx, held: &Held, to: Move<'_>) -> Result<(), StoreError> {
    let touched = match to {
        Move::Within { end, done } => execute!(
            &mut tx.conn(),
            "UPDATE lane_cursors SET batch_position = $3, batch_event_id = $4, tenants_done = $5 \
             WHERE lane_group = $1 AND epoch = $2",
            held.lane_group,
            held.epoch,
            end.position,
            end.event_id,
            Json(done)
        )?,
        Move::Past(end) => move_past(&mut tx.conn(), held, end).await?,
    };
    if touched == 1 { Ok(()) } else { Err(StoreError::LeaseLost) }
}

/// Ends a batch of which every tenant is done already.
pub async fn finish(db: &Db, held: &Held, end: Position) -> Result<(), StoreError> {
    let mut tx = db.begin_platform().await?;
    let touched = move_past(&mut tx.conn(), held, end).await?;
    tx.commit().await?;
    if touched == 1 { Ok(()) } else { Err(StoreError::LeaseLost) }
}

async fn move_past(conn: &mut Conn<'_>, held: &Held, end: Position) -> Result<u64, StoreError> {
    Ok(execute!(
        conn,
        "UPDATE lane_cursors SET position = $3, event_id = $4, batch_position = NULL, batch_event_id = NULL, \
         tenants_done = $5 WHERE lane_group = $1 AND epoch = $2",
        held.lane_group,
        held.epoch,
        end.position,
        end.event_id,
        Json(Vec::<TenantId>::new())
    )?)
}

/// How far a lane group lags: for health, metrics and the state that an event is shown in.
#[derive(Debug, Clone, FromRow)]
pub struct Progress {
    pub lane_group: i32,
    pub position: i64,
    pub event_id: Option<EventId>,
    pub owner: Option<String>,
    pub lease_until: Option<Timestamp>,
}

/// All cursors.
pub async fn progress(db: &Db) -> Result<Vec<Progress>, StoreError> {
    let mut reader = db.read_platform().await?;
    Ok(fetch_all!(
        &mut reader.conn(),
        Progress,
        "SELECT lane_group, position, event_id, owner, lease_until FROM lane_cursors ORDER BY lane_group"
    )?)
}

/// The oldest event that has not been merged yet: when it came, and how many wait behind it (counted to 10,000).
pub async fn backlog(db: &Db) -> Result<(Option<Timestamp>, i64), StoreError> {
    let mut reader = db.read_platform().await?;
    let (oldest, waiting) = match &mut reader {
        Reader::Sqlite(SqliteReader(c)) => sqlx::query_as::<_, (Option<Timestamp>, i64)>(
            "SELECT min(received_at), count(*) FROM (SELECT received_at FROM webhook_events \
             WHERE position > coalesce((SELECT position FROM lane_cursors WHERE lane_group = 0), 0) LIMIT 10000)",
        )
        .fetch_one(&mut **c)
        .await?,
        Reader::Postgres(tx) => sqlx::query_as::<_, (Option<Timestamp>, i64)>(
            "SELECT min(received_at), count(*) FROM (SELECT e.received_at FROM generate_series(0, $1 - 1) AS g (lane_group) \
             LEFT JOIN lane_cursors c ON c.lane_group = g.lane_group JOIN webhook_events e ON e.lane_group = g.lane_group \
             AND (e.position, e.id) > (coalesce(c.position, 0), coalesce(c.event_id, $2)) \
             LIMIT 10000) AS waiting",
        )
        .bind(lane_groups(Engine::Postgres))
        .bind(Uuid::nil())
        .fetch_one(tx.connection())
        .await?,
    };
    Ok((oldest, waiting))
}

/// How far one tenant's events are merged, as it stands in the transaction or statement that asked.
#[derive(Debug, Clone, Copy)]
pub struct Reached {
    at: Position,
    /// The tenant is done with a batch that others are still in.
    batch_end: Option<Position>,
}

impl Reached {
    /// The event was read by the pipeline: merged, or handed over to `work`.
    pub fn includes(&self, position: i64, id: EventId) -> bool {
        (position, id.uuid()) <= self.place()
    }

    /// The place in the log behind which this tenant's events wait.
    pub fn place(&self) -> (i64, Uuid) {
        let of = |at: Position| (at.position, at.event_id.map_or(Uuid::nil(), EventId::uuid));
        self.batch_end.map_or(of(self.at), |end| of(self.at).max(of(end)))
    }
}

/// See [`Reached`].
pub async fn reached(conn: &mut Conn<'_>, tenant: TenantId) -> Result<Reached, StoreError> {
    let engine = conn.engine();
    let row = fetch_optional!(
        conn,
        (i64, Option<EventId>, Option<i64>, Option<EventId>, Json<Vec<TenantId>>),
        "SELECT position, event_id, batch_position, batch_event_id, tenants_done FROM lane_cursors WHERE lane_group = $1",
        lane_group(engine, tenant)
    )?;
    let Some((position, event_id, batch_position, batch_event_id, Json(done))) = row else {
        return Ok(Reached { at: Position::default(), batch_end: None });
    };
    let batch_end = batch_position
        .filter(|_| done.contains(&tenant))
        .map(|position| Position { position, event_id: batch_event_id });
    Ok(Reached { at: Position { position, event_id }, batch_end })
}
