//! Jobs, and events that must be tried again: rows of one table, claimed by lane.

use switchboard_domain::{
    Timestamp,
    ids::{EventId, JobId, TenantId},
};

use crate::{
    Conn, StoreError,
    sql::{Sql, runs},
};

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
