//! Work as people meet it: lists, counts, requeueing what is dead, and removing what was done long ago.

use sqlx::FromRow;
use switchboard_domain::{
    Timestamp,
    ids::{EventId, JobId},
    job::JobState,
};

use super::Job;
use crate::{
    Conn, Db, StoreError, TenantScope,
    conn::{execute, fetch_all, fetch_optional},
    sql::Sql,
};

/// Rows that one statement removes or requeues: a bulk write must not keep SQLite's one writer for long.
const CHUNK: i64 = 500;

const COLUMNS: &str = "SELECT id, tenant_id, kind, lane, payload, event_id, state, is_bulk, run_at, attempts, \
                       max_attempts, last_error, progress, unique_key, created_at, updated_at FROM work";

/// What a list of work is narrowed by. All given conditions must hold.
#[derive(Debug, Clone, Default)]
pub struct JobFilter {
    pub states: Vec<JobState>,
    pub kinds: Vec<String>,
    /// These, and no others; empty for any.
    pub ids: Vec<JobId>,
    /// Only rows that have stood as they do since before this moment: what fails again meanwhile is another failure.
    pub unchanged_since: Option<Timestamp>,
    /// Only rows that were added after this row (by id).
    pub after: Option<JobId>,
    /// Only rows that were added before this row (by id): where the page before ended.
    pub before: Option<JobId>,
}

impl JobFilter {
    fn push(&self, sql: &mut Sql) {
        if !self.states.is_empty() {
            let states: Vec<&str> = self.states.iter().map(|state| state.as_str()).collect();
            sql.push(" AND state IN ").bind_list(&states);
        }
        if !self.kinds.is_empty() {
            sql.push(" AND kind IN ").bind_list(&self.kinds.iter().map(String::as_str).collect::<Vec<_>>());
        }
        if !self.ids.is_empty() {
            sql.push(" AND id IN ").bind_list(&self.ids.iter().map(|id| id.uuid()).collect::<Vec<_>>());
        }
        sql.and(" AND updated_at <= ", self.unchanged_since);
        if let Some(after) = self.after {
            sql.push(" AND id > ").bind(after.uuid());
        }
        if let Some(before) = self.before {
            sql.push(" AND id < ").bind(before.uuid());
        }
    }
}

/// Work of a tenant, newest first, at most `limit`.
pub async fn list(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    filter: &JobFilter,
    limit: i64,
) -> Result<Vec<Job>, StoreError> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE tenant_id = ").bind(scope.tenant().uuid());
    filter.push(&mut sql);
    sql.push(" ORDER BY id DESC LIMIT ").bind(limit);
    sql.fetch_all(conn).await
}

/// Work of all tenants and of the installation, newest first, at most `limit`; for whoever runs it.
pub async fn list_of_installation(db: &Db, filter: &JobFilter, limit: i64) -> Result<Vec<Job>, StoreError> {
    let mut reader = db.read_platform().await?;
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE attempts >= 0");
    filter.push(&mut sql);
    sql.push(" ORDER BY id DESC LIMIT ").bind(limit);
    sql.fetch_all(&mut reader.conn()).await
}

/// One row of a tenant's work.
pub async fn lookup(conn: &mut Conn<'_>, scope: TenantScope, id: JobId) -> Result<Option<Job>, StoreError> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE tenant_id = ").bind(scope.tenant().uuid()).push(" AND id = ").bind(id.uuid());
    Ok(sql.fetch_all(conn).await?.pop())
}

/// The newest backfill of a lane, whatever became of it.
pub async fn newest_backfill(conn: &mut Conn<'_>, scope: TenantScope, lane: &str) -> Result<Option<Job>, StoreError> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE tenant_id = ").bind(scope.tenant().uuid()).push(" AND lane = ").bind(lane);
    sql.push(" AND kind = 'backfill' ORDER BY id DESC LIMIT 1");
    Ok(sql.fetch_all(conn).await?.pop())
}

/// The work that stands for these events, newest first: says why an event has not been processed.
pub async fn list_of_events(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    events: &[EventId],
) -> Result<Vec<Job>, StoreError> {
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = events.iter().map(|event| event.uuid()).collect();
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE tenant_id = ").bind(scope.tenant().uuid());
    sql.push(" AND event_id IN ").bind_list(&ids).push(" ORDER BY id DESC");
    sql.fetch_all(conn).await
}

/// How many rows of a kind are in a state.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct StateCount {
    pub kind: String,
    pub state: JobState,
    pub count: i64,
}

/// A tenant's unfinished work by kind and state. What is done or put aside is left out: it is most of the table.
pub async fn counts(conn: &mut Conn<'_>, scope: TenantScope) -> Result<Vec<StateCount>, StoreError> {
    Ok(fetch_all!(
        conn,
        StateCount,
        "SELECT kind, state, count(*) AS count FROM work WHERE tenant_id = $1 AND state IN ('ready', 'running', 'dead') \
         GROUP BY kind, state ORDER BY kind, state",
        scope.tenant()
    )?)
}

/// The whole installation's work by kind and state, for metrics and `doctor`. Done work is left out: it is most of the
/// table, and its number says nothing.
pub async fn counts_of_installation(db: &Db) -> Result<Vec<StateCount>, StoreError> {
    let mut reader = db.read_platform().await?;
    Ok(fetch_all!(
        &mut reader.conn(),
        StateCount,
        "SELECT kind, state, count(*) AS count FROM work WHERE state IN ('ready', 'running', 'dead') \
         GROUP BY kind, state ORDER BY kind, state"
    )?)
}

/// When the row that has been due for longest became due; a growing distance means too few workers.
pub async fn oldest_ready(db: &Db, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let mut reader = db.read_platform().await?;
    let oldest = fetch_optional!(
        &mut reader.conn(),
        (Timestamp,),
        "SELECT run_at FROM work WHERE state = 'ready' AND run_at <= $1 ORDER BY run_at LIMIT 1",
        now
    )?;
    Ok(oldest.map(|(run_at,)| run_at))
}

/// Gives a dead row, put aside or not, a new life: due now, with all its attempts. `false` when there is no such row; a
/// conflict when the same work waits or runs already.
pub async fn requeue(conn: &mut Conn<'_>, scope: TenantScope, id: JobId, now: Timestamp) -> Result<bool, StoreError> {
    let touched = execute!(
        conn,
        "UPDATE work SET state = 'ready', attempts = 0, run_at = $3, updated_at = $3 \
         WHERE tenant_id = $1 AND id = $2 AND state IN ('dead', 'discarded')",
        scope.tenant(),
        id,
        now
    );
    match touched {
        Ok(touched) => Ok(touched == 1),
        Err(StoreError::Conflict(_)) => Err(StoreError::Conflict("unique key: the same work waits or runs already")),
        Err(error) => Err(error),
    }
}

/// Puts a dead row aside: nobody needs to look at it any more. It stays, because an event without its row would count as
/// processed. `false` when there is no such dead row.
pub async fn discard(conn: &mut Conn<'_>, scope: TenantScope, id: JobId, now: Timestamp) -> Result<bool, StoreError> {
    let touched = execute!(
        conn,
        "UPDATE work SET state = 'discarded', updated_at = $3 WHERE tenant_id = $1 AND id = $2 AND state = 'dead'",
        scope.tenant(),
        id,
        now
    )?;
    Ok(touched == 1)
}

/// Requeues the tenant's dead rows that match, at most 500 at a time; returns how many. Call it until it returns 0. Of
/// several dead rows of one unique key only the newest comes back, and none whose work waits or runs already.
pub async fn requeue_matching(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    filter: &JobFilter,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let tenant = scope.tenant().uuid();
    let mut sql = Sql::new("UPDATE work SET state = 'ready', attempts = 0, run_at = ");
    sql.bind(now).push(", updated_at = ").bind(now);
    sql.push(" WHERE state = 'dead' AND id IN (SELECT id FROM work WHERE state = 'dead' AND tenant_id = ").bind(tenant);
    filter.push(&mut sql);
    sql.push(
        " AND NOT EXISTS (SELECT 1 FROM work o WHERE o.tenant_id = work.tenant_id AND o.unique_key = work.unique_key \
         AND (o.state IN ('ready', 'running') OR (o.state = 'dead' AND o.id > work.id))) ORDER BY id LIMIT ",
    );
    sql.bind(CHUNK).push(")");
    sql.execute(conn).await
}

/// Removes work that was done before `before`, at most 500 rows; returns how many. Dead work stays until somebody decides,
/// and what was put aside stays as long as an event's state hangs on it.
pub async fn prune(db: &Db, before: Timestamp) -> Result<u64, StoreError> {
    let mut tx = db.begin_platform().await?;
    let pruned = execute!(
        &mut tx.conn(),
        "DELETE FROM work WHERE id IN (SELECT id FROM work WHERE state = 'done' AND updated_at < $1 \
         ORDER BY updated_at LIMIT $2)",
        before,
        CHUNK
    )?;
    tx.commit().await?;
    Ok(pruned)
}
