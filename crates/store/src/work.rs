//! Jobs, and events that must be tried again: rows of one table, claimed by lane.
//!
//! A broker beside the database would need its own durability and could not add a job in the transaction that causes
//! it; a table can do both. Four parts: here is what a row is and how one gets in; [`claim`] and what follows it hands
//! lanes to nodes under a lease and a fencing number; [`finish`] and its like say how attempts end; the rest is for
//! people: lists, counts, requeueing, pruning.

mod admin;
mod finish;
mod lanes;

use std::time::Duration;

use sqlx::FromRow;
use switchboard_domain::{
    Timestamp,
    ids::{EventId, JobId, TenantId},
    job::JobState,
};
use uuid::Uuid;

pub(crate) use self::lanes::end_leases;
pub use self::{
    admin::{
        JobFilter, StateCount, counts, counts_of_installation, discard, list, list_of_events, list_of_installation,
        lookup, newest_backfill, oldest_ready, prune, requeue, requeue_matching,
    },
    finish::{Ended, Outcome, finish, reclaim, set_progress},
    lanes::{Claim, Claimed, HeldLane, Rotation, claim, extend, next, next_due, release},
};
use crate::{
    Conn, StoreError, TenantScope,
    sql::{Sql, runs},
};

/// The kind of the rows that are events rather than jobs. A failing one never holds up its lane, because merging is
/// order-free; a failing job does, because what follows it may depend on it.
pub const EVENT: &str = "event";

/// How long work waits after its first, second, … failure. After the last of these it waits that long each time, as
/// often as its `max_attempts` allows.
pub const BACK_OFF: [Duration; 5] = [
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_mins(5),
    Duration::from_mins(30),
];

/// Attempts that use each wait of [`BACK_OFF`] once.
pub const MAX_ATTEMPTS: i32 = 6;

/// The wait after the `attempts`-th failed attempt.
pub fn back_off(attempts: i32) -> Duration {
    let index = usize::try_from(attempts.saturating_sub(1)).unwrap_or(0);
    BACK_OFF[index.min(BACK_OFF.len() - 1)]
}

/// Stands in the tenant's place for work that belongs to the installation itself, such as housekeeping.
pub fn installation() -> TenantId {
    TenantId::from_uuid(Uuid::nil())
}

/// The right to add and do the installation's own work; opens no tenant.
pub fn installation_scope() -> TenantScope {
    TenantScope::new(installation())
}

/// Something to do, on its way into the table.
#[derive(Debug, Clone)]
pub struct NewWork {
    pub id: JobId,
    pub tenant_id: TenantId,
    /// Which job it is; `event` for an event that must be tried again.
    pub kind: String,
    /// What it must not overtake. Work of one lane is done one after another.
    pub lane: String,
    pub payload: serde_json::Value,
    pub event_id: Option<EventId>,
    /// Dead already: an event that cannot be understood has nothing to be tried.
    pub dead_because: Option<String>,
    /// Gives way to work that somebody waits for.
    pub is_bulk: bool,
    pub run_at: Timestamp,
    pub attempts: i32,
    pub max_attempts: i32,
    /// While such a row waits or runs, another one is not added.
    pub unique_key: Option<String>,
}

/// A row of the table, as people see it.
#[derive(Debug, Clone, FromRow)]
pub struct Job {
    pub id: JobId,
    pub tenant_id: TenantId,
    pub kind: String,
    pub lane: String,
    #[sqlx(json)]
    pub payload: serde_json::Value,
    pub event_id: Option<EventId>,
    pub state: JobState,
    pub is_bulk: bool,
    /// When it may run (again).
    pub run_at: Timestamp,
    /// Attempts begun.
    pub attempts: i32,
    pub max_attempts: i32,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// How far it has come, for jobs that report it.
    #[sqlx(json(nullable))]
    pub progress: Option<serde_json::Value>,
    pub unique_key: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Adds work, in the transaction that causes it. Rows whose unique key is waiting or running already are left out.
pub async fn insert(conn: &mut Conn<'_>, rows: &[NewWork], now: Timestamp) -> Result<u64, StoreError> {
    let mut added = 0;
    for run in runs(rows) {
        let mut sql = Sql::new(
            "INSERT INTO work (id, tenant_id, kind, lane, payload, event_id, state, is_bulk, run_at, attempts, \
             max_attempts, last_error, unique_key, created_at, updated_at) VALUES ",
        );
        for (i, row) in run.iter().enumerate() {
            let state = if row.dead_because.is_some() { "dead" } else { "ready" };
            sql.bind_row(
                i == 0,
                [
                    row.id.uuid().into(),
                    row.tenant_id.uuid().into(),
                    (&row.kind).into(),
                    (&row.lane).into(),
                    row.payload.clone().into(),
                    row.event_id.map(EventId::uuid).into(),
                    state.into(),
                    row.is_bulk.into(),
                    row.run_at.into(),
                    row.attempts.into(),
                    row.max_attempts.into(),
                    (&row.dead_because).into(),
                    (&row.unique_key).into(),
                    now.into(),
                    now.into(),
                ],
            );
        }
        sql.push(" ON CONFLICT DO NOTHING");
        added += sql.execute(conn).await?;
    }
    Ok(added)
}
