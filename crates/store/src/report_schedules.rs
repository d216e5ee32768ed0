//! Reports that are sent by themselves: which, to whom, and when next.
//!
//! `next_at` moves in the transaction that adds a period's mails, so a period is sent once however many nodes look, and after
//! downtime once for all that was missed.

use serde_json::Value;
use sqlx::{FromRow, types::Json};
use switchboard_domain::{
    Timestamp,
    ids::{ReportScheduleId, TenantId, UserId},
    report_schedule::{FileFormat, Rhythm},
};

use crate::{
    Conn, Db, StoreError, TenantScope,
    conn::{execute, fetch_all, fetch_optional},
};

/// A schedule as its table keeps it.
#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct Schedule {
    pub id: ReportScheduleId,
    /// `None`: it is known by its report.
    pub name: Option<String>,
    /// Which report, by the word in its address.
    pub report: String,
    pub format: FileFormat,
    /// What the report is narrowed to, without its days.
    #[sqlx(json)]
    pub filter: Value,
    #[sqlx(json)]
    pub rhythm: Rhythm,
    /// Who gets it: people of the tenant.
    #[sqlx(json)]
    pub user_ids: Vec<UserId>,
    pub is_on: bool,
    /// `None` while it is off.
    pub next_at: Option<Timestamp>,
    pub last_sent_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Adds a schedule.
pub async fn insert(conn: &mut Conn<'_>, scope: TenantScope, new: &Schedule) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO report_schedules (id, tenant_id, name, report, format, filter, rhythm, user_ids, is_on, next_at, \
         created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)",
        new.id,
        scope.tenant(),
        &new.name,
        &new.report,
        new.format,
        Json(&new.filter),
        Json(&new.rhythm),
        Json(&new.user_ids),
        new.is_on,
        new.next_at,
        new.created_at
    )?;
    Ok(())
}

/// A tenant's schedules, oldest first; at most `limit`.
pub async fn list(conn: &mut Conn<'_>, scope: TenantScope, limit: i64) -> Result<Vec<Schedule>, StoreError> {
    Ok(fetch_all!(
        conn,
        Schedule,
        "SELECT id, name, report, format, filter, rhythm, user_ids, is_on, next_at, last_sent_at, created_at, updated_at \
         FROM report_schedules WHERE tenant_id = $1 ORDER BY id LIMIT $2",
        scope.tenant(),
        limit
    )?)
}

/// One schedule.
pub async fn find(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    id: ReportScheduleId,
) -> Result<Option<Schedule>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Schedule,
        "SELECT id, name, report, format, filter, rhythm, user_ids, is_on, next_at, last_sent_at, created_at, updated_at \
         FROM report_schedules WHERE tenant_id = $1 AND id = $2",
        scope.tenant(),
        id
    )?)
}

/// Like [`find`]; whoever else changes the schedule waits until this transaction ends.
pub async fn lock(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    id: ReportScheduleId,
) -> Result<Option<Schedule>, StoreError> {
    execute!(
        conn,
        "UPDATE report_schedules SET updated_at = updated_at WHERE tenant_id = $1 AND id = $2",
        scope.tenant(),
        id
    )?;
    find(conn, scope, id).await
}

/// Writes everything of a schedule that changes.
pub async fn update(conn: &mut Conn<'_>, scope: TenantScope, changed: &Schedule) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE report_schedules SET name = $3, report = $4, format = $5, filter = $6, rhythm = $7, user_ids = $8, \
         is_on = $9, next_at = $10, last_sent_at = $11, updated_at = $12 WHERE tenant_id = $1 AND id = $2",
        scope.tenant(),
        changed.id,
        &changed.name,
        &changed.report,
        changed.format,
        Json(&changed.filter),
        Json(&changed.rhythm),
        Json(&changed.user_ids),
        changed.is_on,
        changed.next_at,
        changed.last_sent_at,
        changed.updated_at
    )?;
    Ok(())
}

/// Removes a schedule. False if there is none.
pub async fn remove(conn: &mut Conn<'_>, scope: TenantScope, id: ReportScheduleId) -> Result<bool, StoreError> {
    let removed = execute!(conn, "DELETE FROM report_schedules WHERE tenant_id = $1 AND id = $2", scope.tenant(), id)?;
    Ok(removed == 1)
}

/// Schedules of tenants in service whose time has come, the longest due first; at most `limit`.
pub async fn due(db: &Db, now: Timestamp, limit: i64) -> Result<Vec<(TenantScope, ReportScheduleId)>, StoreError> {
    let mut reader = db.read_platform().await?;
    let rows = fetch_all!(
        &mut reader.conn(),
        (TenantId, ReportScheduleId),
        "SELECT s.tenant_id, s.id FROM report_schedules s JOIN tenants t ON t.id = s.tenant_id \
         WHERE s.next_at <= $1 AND t.status = 'active' ORDER BY s.next_at, s.id LIMIT $2",
        now,
        limit
    )?;
    Ok(rows.into_iter().map(|(tenant, id)| (TenantScope::new(tenant), id)).collect())
}

/// The right to look at a schedule that a signed link names.
pub async fn scope_of(db: &Db, id: ReportScheduleId) -> Result<Option<TenantScope>, StoreError> {
    let mut reader = db.read_platform().await?;
    let row =
        fetch_optional!(&mut reader.conn(), (TenantId,), "SELECT tenant_id FROM report_schedules WHERE id = $1", id)?;
    Ok(row.map(|(tenant,)| TenantScope::new(tenant)))
}
