//! The sums that are kept, by day and by month.

use sqlx::FromRow;

use crate::{
    Conn, StoreError, TenantScope,
    conn::{execute, fetch_all},
    sql::{Sql, runs},
};

/// How long a time one row is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grain {
    Day,
    Month,
}

impl Grain {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Month => "month",
        }
    }
}

/// A row, without its time.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Sum {
    pub bucket: i64,
    pub key: String,
    pub label: Option<String>,
    pub body: Vec<u8>,
}

/// Which rows.
#[derive(Debug, Clone, Copy)]
pub struct SumsOf<'a> {
    pub epoch: i64,
    pub grain: Grain,
    pub slice: &'a str,
    /// All keys if `None`.
    pub key: Option<&'a str>,
    pub from: i64,
    /// Included.
    pub to: i64,
}

/// The statement behind [`sums`], for those who want to see its plan.
pub fn sums_sql(scope: TenantScope, of: SumsOf<'_>) -> Sql {
    let mut sql = Sql::new("SELECT bucket, key, label, body FROM report_sums WHERE tenant_id = ");
    sql.bind(scope.tenant().uuid()).push(" AND epoch = ").bind(of.epoch);
    sql.push(" AND grain = ").bind(of.grain.as_str()).push(" AND slice = ").bind(of.slice);
    sql.and(" AND key = ", of.key);
    sql.push(" AND bucket >= ").bind(of.from).push(" AND bucket <= ").bind(of.to);
    sql.push(if of.key.is_some() { " ORDER BY bucket" } else { " ORDER BY bucket, key" });
    sql
}

/// Rows of a stretch of days or months, in order.
pub async fn sums(conn: &mut Conn<'_>, scope: TenantScope, of: SumsOf<'_>) -> Result<Vec<Sum>, StoreError> {
    sums_sql(scope, of).fetch_all(conn).await
}

/// The last row of a key at or before `to`.
pub async fn last_sum(conn: &mut Conn<'_>, scope: TenantScope, of: SumsOf<'_>) -> Result<Option<Sum>, StoreError> {
    let mut sql = Sql::new("SELECT bucket, key, label, body FROM report_sums WHERE tenant_id = ");
    sql.bind(scope.tenant().uuid()).push(" AND epoch = ").bind(of.epoch);
    sql.push(" AND grain = ").bind(of.grain.as_str()).push(" AND slice = ").bind(of.slice);
    sql.and(" AND key = ", of.key);
    sql.push(" AND bucket <= ").bind(of.to).push(" ORDER BY bucket DESC LIMIT 1");
    Ok(sql.fetch_all(conn).await?.pop())
}

/// The keys of a slice with what they are called, of a stretch of days; at most `limit`.
pub async fn keys(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    of: SumsOf<'_>,
    limit: i64,
) -> Result<Vec<(String, Option<String>)>, StoreError> {
    let mut sql = Sql::new("SELECT key, max(label) FROM report_sums WHERE tenant_id = ");
    sql.bind(scope.tenant().uuid()).push(" AND epoch = ").bind(of.epoch);
    sql.push(" AND grain = ").bind(of.grain.as_str()).push(" AND slice = ").bind(of.slice);
    sql.push(" AND bucket >= ").bind(of.from).push(" AND bucket <= ").bind(of.to).push(" AND key <> ").bind("");
    sql.push(" GROUP BY key ORDER BY key LIMIT ").bind(limit);
    sql.fetch_all(conn).await
}

/// Removes the rows of a slice of one day or month.
pub async fn remove_sums(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    epoch: i64,
    grain: Grain,
    slice: &str,
    bucket: i64,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "DELETE FROM report_sums WHERE tenant_id = $1 AND epoch = $2 AND grain = $3 AND slice = $4 AND bucket = $5",
        scope.tenant(),
        epoch,
        grain.as_str(),
        slice,
        bucket
    )?;
    Ok(())
}

/// Adds rows of one slice.
pub async fn insert_sums(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    epoch: i64,
    grain: Grain,
    slice: &str,
    rows: &[Sum],
) -> Result<(), StoreError> {
    for run in runs(rows) {
        let mut sql =
            Sql::new("INSERT INTO report_sums (tenant_id, epoch, grain, slice, bucket, key, label, body) VALUES ");
        for (i, row) in run.iter().enumerate() {
            let values = [
                scope.tenant().uuid().into(),
                epoch.into(),
                grain.as_str().into(),
                slice.into(),
                row.bucket.into(),
                (&row.key).into(),
                (&row.label).into(),
                row.body.clone().into(),
            ];
            sql.bind_row(i == 0, values);
        }
        sql.execute(conn).await?;
    }
    Ok(())
}

/// Whether there are rows of earlier epochs.
pub async fn has_earlier(conn: &mut Conn<'_>, scope: TenantScope, epoch: i64) -> Result<bool, StoreError> {
    let found = fetch_all!(
        conn,
        (i64,),
        "SELECT epoch FROM report_sums WHERE tenant_id = $1 AND epoch < $2 ORDER BY epoch LIMIT 1",
        scope.tenant(),
        epoch
    )?;
    Ok(!found.is_empty())
}

/// Removes some rows of earlier epochs, and says how many.
pub async fn remove_earlier(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    epoch: i64,
    limit: i64,
) -> Result<u64, StoreError> {
    execute!(conn, "DELETE FROM report_months WHERE tenant_id = $1 AND epoch < $2", scope.tenant(), epoch)?;
    execute!(
        conn,
        "DELETE FROM report_sums WHERE (tenant_id, epoch, grain, slice, bucket, key) IN (\
         SELECT tenant_id, epoch, grain, slice, bucket, key FROM report_sums WHERE tenant_id = $1 AND epoch < $2 LIMIT $3)",
        scope.tenant(),
        epoch,
        limit
    )
}

/// Notes whether the sums of a month are those of its days.
pub async fn set_month(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    epoch: i64,
    month: i64,
    is_current: bool,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO report_months (tenant_id, epoch, month, is_current) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (tenant_id, epoch, month) DO UPDATE SET is_current = excluded.is_current",
        scope.tenant(),
        epoch,
        month,
        is_current
    )?;
    Ok(())
}

/// Months of which the sums are, or are not, those of their days.
pub async fn months(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    epoch: i64,
    is_current: bool,
) -> Result<Vec<i64>, StoreError> {
    let rows = fetch_all!(
        conn,
        (i64,),
        "SELECT month FROM report_months WHERE tenant_id = $1 AND epoch = $2 AND is_current = $3 ORDER BY month",
        scope.tenant(),
        epoch,
        is_current
    )?;
    Ok(rows.into_iter().map(|(month,)| month).collect())
}
