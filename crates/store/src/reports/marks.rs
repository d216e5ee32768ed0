//! Which hours are to be counted, for whom, and by what.

use sqlx::FromRow;
use switchboard_domain::{Timestamp, ids::TenantId};
use uuid::Uuid;

use crate::{
    Conn, Db, StoreError, TenantScope,
    conn::{execute, fetch_all, fetch_optional},
    sql::{Sql, runs},
};

/// Microseconds of an hour.
const HOUR: i64 = 3_600_000_000;

/// An hour of UTC in which calls changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct HourMark {
    hour: i64,
    marks: i64,
}

impl HourMark {
    pub const fn starts(self) -> Timestamp {
        Timestamp::from_micros(self.hour * HOUR)
    }

    pub const fn ends(self) -> Timestamp {
        Timestamp::from_micros((self.hour + 1) * HOUR)
    }
}

/// Tenants of whom something is to be counted, after `after`; at most `limit`. `formulas` is what a basis of ours
/// begins with, `month` the present month of UTC: those before it are to be added up.
pub async fn list_marked(
    db: &Db,
    formulas: &str,
    month: i64,
    after: Option<TenantId>,
    limit: i64,
) -> Result<Vec<TenantScope>, StoreError> {
    let mut reader = db.read_platform().await?;
    let rows = fetch_all!(
        &mut reader.conn(),
        (TenantId,),
        "SELECT t.id FROM tenants t LEFT JOIN report_states s ON s.tenant_id = t.id WHERE t.id > $1 \
         AND (s.marking_from IS NOT NULL OR EXISTS (SELECT 1 FROM report_marks m WHERE m.tenant_id = t.id) \
         OR s.tenant_id IS NULL AND EXISTS (SELECT 1 FROM calls c WHERE c.tenant_id = t.id) OR s.basis NOT LIKE $3 \
         OR EXISTS (SELECT 1 FROM report_months o WHERE o.tenant_id = t.id AND o.epoch = s.epoch AND o.month < $4 AND NOT o.is_current)) \
         ORDER BY t.id LIMIT $2",
        after.map_or(Uuid::nil(), TenantId::uuid),
        limit,
        format!("{formulas}%"),
        month
    )?;
    Ok(rows.into_iter().map(|(tenant,)| TenantScope::new(tenant)).collect())
}

/// Marks of hours of this time, the latest first; at most `limit`.
pub async fn marks(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    from: Timestamp,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<HourMark>, StoreError> {
    Ok(fetch_all!(
        conn,
        HourMark,
        "SELECT hour, marks FROM report_marks WHERE tenant_id = $1 AND hour >= $2 AND hour < $3 ORDER BY hour DESC LIMIT $4",
        scope.tenant(),
        from.as_micros().div_euclid(HOUR),
        (before.as_micros() + HOUR - 1).div_euclid(HOUR),
        limit
    )?)
}

/// Removes marks as they were seen. One that was renewed since stays: what renewed it may not have been counted.
pub async fn remove_marks(conn: &mut Conn<'_>, scope: TenantScope, seen: &[HourMark]) -> Result<(), StoreError> {
    for mark in seen {
        execute!(
            conn,
            "DELETE FROM report_marks WHERE tenant_id = $1 AND hour = $2 AND marks = $3",
            scope.tenant(),
            mark.hour,
            mark.marks
        )?;
    }
    Ok(())
}

/// Marks the hours that have these moments.
pub async fn mark(conn: &mut Conn<'_>, scope: TenantScope, moments: &[Timestamp]) -> Result<(), StoreError> {
    for run in runs(moments) {
        let mut sql = Sql::new("INSERT INTO report_marks (tenant_id, hour, marks) VALUES ");
        for (i, at) in run.iter().enumerate() {
            let row = [scope.tenant().uuid().into(), at.as_micros().div_euclid(HOUR).into(), 1_i64.into()];
            sql.bind_row(i == 0, row);
        }
        sql.push(" ON CONFLICT (tenant_id, hour) DO UPDATE SET marks = report_marks.marks + 1");
        sql.execute(conn).await?;
    }
    Ok(())
}

/// By what a tenant's sums are counted.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct State {
    pub epoch: i64,
    /// Every change up to this number is counted.
    pub counted_up_to: i64,
    /// What the formulas, the zone and the settings come to, as text.
    pub basis: String,
    /// From here on the hours with calls are not marked yet; `None` once all are.
    pub marking_from: Option<Timestamp>,
}

/// The tenant's state; `None` before anything was counted.
pub async fn state(conn: &mut Conn<'_>, scope: TenantScope) -> Result<Option<State>, StoreError> {
    Ok(fetch_optional!(
        conn,
        State,
        "SELECT epoch, counted_up_to, basis, marking_from FROM report_states WHERE tenant_id = $1",
        scope.tenant()
    )?)
}

/// Sets it.
pub async fn set_state(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    state: &State,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO report_states (tenant_id, epoch, counted_up_to, basis, marking_from, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant_id) DO UPDATE SET epoch = excluded.epoch, \
         counted_up_to = excluded.counted_up_to, basis = excluded.basis, \
         marking_from = excluded.marking_from, updated_at = excluded.updated_at",
        scope.tenant(),
        state.epoch,
        state.counted_up_to,
        &state.basis,
        state.marking_from,
        now
    )?;
    Ok(())
}

/// Notes that every change up to a number is counted.
pub async fn set_counted(conn: &mut Conn<'_>, scope: TenantScope, epoch: i64, seq: i64) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE report_states SET counted_up_to = $3 WHERE tenant_id = $1 AND epoch = $2",
        scope.tenant(),
        epoch,
        seq
    )?;
    Ok(())
}

/// Has the tenant's sums counted anew, where the basis of those that are there is no longer right.
pub async fn count_anew(conn: &mut Conn<'_>, scope: TenantScope) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE report_states SET marking_from = $2 WHERE tenant_id = $1",
        scope.tenant(),
        Timestamp::EPOCH
    )?;
    Ok(())
}

/// When the hour of a moment is over.
pub const fn end_of_hour(at: Timestamp) -> Timestamp {
    Timestamp::from_micros((at.as_micros().div_euclid(HOUR) + 1) * HOUR)
}
