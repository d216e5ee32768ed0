//! Claiming: which node may work on which lane, until when, and what comes next in it.
//!
//! A node takes a lane under a lease and a fencing number; every later statement about the lane's work checks both in
//! its own transaction ([`hold`]), so a node that slept through its lease can finish nothing ([`super::finish`]). The
//! table `lanes` holds only lanes that are held (or whose holder died): giving one back removes its row. Numbers still
//! grow from claim to claim, because a new row's number starts at the clock.
//!
//! The questions are asked row by row (`(SELECT …) IS NULL` rather than `NOT EXISTS`) on purpose: PostgreSQL makes a join of
//! a `NOT EXISTS`, and with statistics that lag behind a sudden flood it reads all of it, where a few look-ups do.

use std::time::Duration;

use sqlx::FromRow;
use switchboard_domain::{
    Timestamp,
    ids::{EventId, JobId, TenantId},
};

use crate::{
    Conn, Db, StoreError, TenantScope, TenantTx,
    conn::{execute, fetch_all, fetch_optional},
};

/// Tenants that are looked at in one go when lanes are claimed.
const TENANTS_AT_ONCE: usize = 32;

/// A lane that this node may work on.
#[derive(Debug, Clone)]
pub struct HeldLane {
    /// The right to act for the lane's tenant.
    pub scope: TenantScope,
    pub lane: String,
    owner: String,
    fence: i64,
    pub lease_until: Timestamp,
}

/// Whose turn it is: tenants are served in a circle, so that one with a million rows waits as long as one with a single
/// row. Kept in memory by the claiming node.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rotation {
    last_served: Option<TenantId>,
}

/// Work that this node is to do now.
#[derive(Debug, Clone, FromRow)]
pub struct Claimed {
    pub id: JobId,
    pub tenant_id: TenantId,
    pub kind: String,
    pub lane: String,
    #[sqlx(json)]
    pub payload: serde_json::Value,
    pub event_id: Option<EventId>,
    pub is_bulk: bool,
    /// This attempt included.
    pub attempts: i32,
    pub max_attempts: i32,
    #[sqlx(json(nullable))]
    pub progress: Option<serde_json::Value>,
    pub created_at: Timestamp,
}

/// What a node asks for.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    /// Its name, unique per process.
    pub node: &'a str,
    /// Live and bulk work are asked for separately; ask for live work first.
    pub is_bulk: bool,
    /// Lanes, at most.
    pub want: usize,
    /// Lanes that one tenant may have under way, over all nodes.
    pub per_tenant: usize,
    pub lease: Duration,
}

/// Takes lanes with due work.
pub async fn claim(
    db: &Db,
    claim: Claim<'_>,
    rotation: &mut Rotation,
    now: Timestamp,
) -> Result<Vec<HeldLane>, StoreError> {
    let Claim { node, lease, .. } = claim;
    let mut candidates = candidates(db, claim, rotation, now).await?;
    if candidates.is_empty() {
        return Ok(Vec::new());
    }
    // One order for everybody: two nodes that take the same lanes in different orders would deadlock.
    candidates.sort();
    let mut tx = db.begin_platform().await?;
    let mut held = Vec::with_capacity(candidates.len());
    for (tenant, lane) in candidates {
        let fence = fetch_optional!(
            &mut tx.conn(),
            (i64,),
            "INSERT INTO lanes (tenant_id, lane, owner, fence, lease_until) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (tenant_id, lane) DO UPDATE SET owner = excluded.owner, fence = lanes.fence + 1, \
             lease_until = excluded.lease_until WHERE lanes.lease_until <= $6 RETURNING fence",
            tenant,
            &lane,
            node,
            now.as_micros(),
            now + lease,
            now
        )?;
        if let Some((fence,)) = fence {
            let scope = TenantScope::new(tenant);
            held.push(HeldLane { scope, lane, owner: node.to_owned(), fence, lease_until: now + lease });
        }
    }
    tx.commit().await?;
    Ok(held)
}

/// Lanes that could be taken, tenant by tenant from where the last claim stopped.
async fn candidates(
    db: &Db,
    claim: Claim<'_>,
    rotation: &mut Rotation,
    now: Timestamp,
) -> Result<Vec<(TenantId, String)>, StoreError> {
    let Claim { is_bulk, want, per_tenant, .. } = claim;
    let mut reader = db.read_platform().await?;
    let conn = &mut reader.conn();
    if want == 0 || !is_anything_due(conn, is_bulk, now).await? {
        return Ok(Vec::new());
    }
    answer_from_indexes(conn).await?;
    // Once around the circle: from behind whom we served last to the end, then from the start to them.
    let start = rotation.last_served;
    let mut found = Vec::new();
    let arcs = if start.is_some() { vec![(start, None), (None, start)] } else { vec![(None, None)] };
    for (mut after, until) in arcs {
        loop {
            let page = due_tenants(conn, is_bulk, after, now).await?;
            let is_last = page.len() < TENANTS_AT_ONCE;
            for tenant in page {
                if found.len() == want || until.is_some_and(|until| tenant > until) {
                    return Ok(found);
                }
                let room = per_tenant.min(want - found.len());
                let lanes = free_lanes(conn, tenant, is_bulk, room, per_tenant, now).await?;
                found.extend(lanes.into_iter().map(|lane| (tenant, lane)));
                rotation.last_served = Some(tenant);
                after = Some(tenant);
            }
            if is_last {
                break;
            }
        }
    }
    Ok(found)
}

/// Takes plans from PostgreSQL's planner that read many rows and sort them: each question here wants the first row of an
/// index. Under row-level security its estimates are off by orders of magnitude, and with a flood of 50,000 rows it took
/// seconds where milliseconds do. Ends with the transaction.
async fn answer_from_indexes(conn: &mut Conn<'_>) -> Result<(), StoreError> {
    if let Conn::Postgres(connection) = conn {
        let settings = "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off";
        sqlx::Executor::execute(&mut **connection, sqlx::raw_sql(settings)).await?;
    }
    Ok(())
}

/// The cheap question that an idle node asks each second.
async fn is_anything_due(conn: &mut Conn<'_>, is_bulk: bool, now: Timestamp) -> Result<bool, StoreError> {
    let due = fetch_optional!(
        conn,
        (JobId,),
        "SELECT id FROM work WHERE state = 'ready' AND run_at <= $1 AND is_bulk = $2 LIMIT 1",
        now,
        is_bulk
    )?;
    Ok(due.is_some())
}

/// Tenants after `after` with due work, in order, at most [`TENANTS_AT_ONCE`]. The recursion steps over the index from
/// tenant to tenant; `DISTINCT` would read every waiting row of a tenant that has a million.
async fn due_tenants(
    conn: &mut Conn<'_>,
    is_bulk: bool,
    after: Option<TenantId>,
    now: Timestamp,
) -> Result<Vec<TenantId>, StoreError> {
    // The nil tenant is the installation itself, so "from the start" has to include it.
    let first = match after {
        None => fetch_optional!(
            conn,
            (TenantId,),
            "SELECT tenant_id FROM work WHERE state = 'ready' AND is_bulk = $1 ORDER BY tenant_id LIMIT 1",
            is_bulk
        )?,
        Some(after) => fetch_optional!(
            conn,
            (TenantId,),
            "SELECT tenant_id FROM work WHERE state = 'ready' AND is_bulk = $1 AND tenant_id > $2 \
             ORDER BY tenant_id LIMIT 1",
            is_bulk,
            after
        )?,
    };
    let Some((first,)) = first else { return Ok(Vec::new()) };
    let rows = fetch_all!(
        conn,
        (TenantId,),
        "WITH RECURSIVE waiting (tenant_id) AS (\
             SELECT $2 \
             UNION ALL \
             SELECT (SELECT w.tenant_id FROM work w WHERE w.state = 'ready' AND w.is_bulk = $1 \
                     AND w.tenant_id > waiting.tenant_id ORDER BY w.tenant_id LIMIT 1) \
             FROM waiting WHERE waiting.tenant_id IS NOT NULL\
         ) SELECT tenant_id FROM waiting WHERE tenant_id IS NOT NULL AND (\
             SELECT d.id FROM work d WHERE d.state = 'ready' AND d.is_bulk = $1 AND d.tenant_id = waiting.tenant_id \
             AND d.run_at <= $3 ORDER BY d.run_at LIMIT 1) IS NOT NULL \
         LIMIT $4",
        is_bulk,
        first,
        now,
        i64::try_from(TENANTS_AT_ONCE).unwrap_or(i64::MAX)
    )?;
    Ok(rows.into_iter().map(|(tenant,)| tenant).collect())
}

/// Up to `want` lanes of a tenant that nobody holds, whose turn has come, and that no failed job holds up; none when the
/// tenant has its share already.
async fn free_lanes(
    conn: &mut Conn<'_>,
    tenant: TenantId,
    is_bulk: bool,
    want: usize,
    per_tenant: usize,
    now: Timestamp,
) -> Result<Vec<String>, StoreError> {
    let (held,): (i64,) = fetch_optional!(
        conn,
        (i64,),
        "SELECT count(*) FROM lanes WHERE tenant_id = $1 AND lease_until > $2",
        tenant,
        now
    )?
    .unwrap_or_default();
    let want = want.min(per_tenant.saturating_sub(usize::try_from(held).unwrap_or(usize::MAX)));
    if want == 0 {
        return Ok(Vec::new());
    }
    let rows = fetch_all!(
        conn,
        (String,),
        "SELECT w.lane FROM work w WHERE w.tenant_id = $1 AND w.is_bulk = $2 AND w.state = 'ready' AND w.run_at <= $3 \
         AND (SELECT l.fence FROM lanes l WHERE l.tenant_id = w.tenant_id AND l.lane = w.lane AND l.lease_until > $3) IS NULL \
         AND (SELECT b.id FROM work b WHERE b.tenant_id = w.tenant_id AND b.lane = w.lane AND b.state = 'ready' \
             AND b.attempts > 0 AND b.id < w.id AND b.run_at > $3 AND b.kind <> 'event' LIMIT 1) IS NULL \
         ORDER BY w.run_at LIMIT $4",
        tenant,
        is_bulk,
        now,
        // Several rows may be of one lane.
        i64::try_from(want.saturating_mul(8)).unwrap_or(i64::MAX)
    )?;
    let mut lanes: Vec<String> = Vec::with_capacity(want);
    for (lane,) in rows {
        if lanes.len() < want && !lanes.contains(&lane) {
            lanes.push(lane);
        }
    }
    Ok(lanes)
}

/// Makes sure that the lane is still ours, keeps everybody else from taking it until this transaction ends, and sets its
/// lease to end at `lease_until`.
pub(super) async fn hold(
    tx: &mut TenantTx,
    held: &HeldLane,
    lease_until: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    let touched = execute!(
        &mut tx.conn(),
        "UPDATE lanes SET lease_until = $5 \
         WHERE tenant_id = $1 AND lane = $2 AND owner = $3 AND fence = $4 AND lease_until > $6",
        held.scope.tenant(),
        &held.lane,
        &held.owner,
        held.fence,
        lease_until,
        now
    )?;
    if touched == 1 { Ok(()) } else { Err(StoreError::LeaseLost) }
}

/// Keeps the lane for another `lease` from now, while something long runs in it.
pub async fn extend(db: &Db, held: &mut HeldLane, now: Timestamp, lease: Duration) -> Result<(), StoreError> {
    let mut tx = db.begin(held.scope).await?;
    hold(&mut tx, held, now + lease, now).await?;
    tx.commit(now).await?;
    held.lease_until = now + lease;
    Ok(())
}

/// The next due row of the lane, oldest first, marked as running and its attempt counted. `None` when there is nothing to
/// do now. Extends the lease.
pub async fn next(
    db: &Db,
    held: &mut HeldLane,
    now: Timestamp,
    lease: Duration,
) -> Result<Option<Claimed>, StoreError> {
    let mut tx = db.begin(held.scope).await?;
    hold(&mut tx, held, now + lease, now).await?;
    let claimed = fetch_optional!(
        &mut tx.conn(),
        Claimed,
        "UPDATE work SET state = 'running', attempts = attempts + 1, updated_at = $3 \
         WHERE state = 'ready' AND id = (\
             SELECT w.id FROM work w WHERE w.tenant_id = $1 AND w.lane = $2 AND w.state = 'ready' AND w.run_at <= $3 \
             AND (SELECT b.id FROM work b WHERE b.tenant_id = $1 AND b.lane = $2 AND b.state = 'ready' \
                 AND b.attempts > 0 AND b.id < w.id AND b.run_at > $3 AND b.kind <> 'event' LIMIT 1) IS NULL \
             ORDER BY w.id LIMIT 1) \
         RETURNING id, tenant_id, kind, lane, payload, event_id, is_bulk, attempts, max_attempts, progress, created_at",
        held.scope.tenant(),
        &held.lane,
        now
    )?;
    tx.commit(now).await?;
    held.lease_until = now + lease;
    Ok(claimed)
}

/// Gives a lane back. Nothing happens when it is not ours any more.
pub async fn release(db: &Db, held: &HeldLane) -> Result<(), StoreError> {
    let mut tx = db.begin_platform().await?;
    execute!(
        &mut tx.conn(),
        "DELETE FROM lanes WHERE tenant_id = $1 AND lane = $2 AND owner = $3 AND fence = $4",
        held.scope.tenant(),
        &held.lane,
        &held.owner,
        held.fence
    )?;
    tx.commit().await
}

/// Ends all leases. Only for whoever knows that their holders are gone: see [`crate::Presence`].
pub(crate) async fn end_leases(db: &Db) -> Result<(), StoreError> {
    let mut tx = db.begin_platform().await?;
    execute!(&mut tx.conn(), "DELETE FROM lanes")?;
    tx.commit().await
}

/// When the next waiting row becomes due, for whoever would otherwise look each second.
pub async fn next_due(db: &Db, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let mut reader = db.read_platform().await?;
    let next = fetch_optional!(
        &mut reader.conn(),
        (Timestamp,),
        "SELECT run_at FROM work WHERE state = 'ready' AND run_at > $1 ORDER BY run_at LIMIT 1",
        now
    )?;
    Ok(next.map(|(run_at,)| run_at))
}
