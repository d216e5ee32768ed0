//! What tenants used: how far their changes are counted, what each record counts for, the sums, and the warnings given.
//!
//! The sums could be counted from the records whenever somebody asks. That reads a month of a busy tenant's calls for each
//! request, and forgets what retention has removed.

use sqlx::FromRow;
use switchboard_domain::{
    Timestamp,
    change::{RecordKind, Verb},
    ids::TenantId,
    usage::{Metric, Period},
};
use uuid::Uuid;

use crate::{
    Conn, Db, StoreError, TenantScope,
    conn::{execute, fetch_all, fetch_optional},
    sql::{Sql, runs},
};

/// Stands in a month's place for how many there are now.
const TOTAL: &str = "total";
/// Rows that one statement removes.
const CHUNK: i64 = 500;

/// Tenants whose changes are not all counted, after `after`; at most `limit`. Reads a row or two per tenant.
pub async fn list_behind(db: &Db, after: Option<TenantId>, limit: i64) -> Result<Vec<TenantScope>, StoreError> {
    let mut reader = db.read_platform().await?;
    let rows = fetch_all!(
        &mut reader.conn(),
        (TenantId,),
        "SELECT c.tenant_id FROM tenant_counters c LEFT JOIN usage_cursors u ON u.tenant_id = c.tenant_id \
         WHERE c.tenant_id > $1 AND c.change_seq > coalesce(u.seq, 0) ORDER BY c.tenant_id LIMIT $2",
        after.map_or(Uuid::nil(), TenantId::uuid),
        limit
    )?;
    Ok(rows.into_iter().map(|(tenant,)| TenantScope::new(tenant)).collect())
}

/// Up to which change the tenant is counted.
pub async fn cursor(conn: &mut Conn<'_>, scope: TenantScope) -> Result<i64, StoreError> {
    let row = fetch_optional!(conn, (i64,), "SELECT seq FROM usage_cursors WHERE tenant_id = $1", scope.tenant())?;
    Ok(row.map_or(0, |(seq,)| seq))
}

/// Like [`cursor`]; whoever else would count the tenant waits until this transaction ends, and then goes on behind it.
pub async fn lock_cursor(conn: &mut Conn<'_>, scope: TenantScope) -> Result<i64, StoreError> {
    execute!(
        conn,
        "INSERT INTO usage_cursors (tenant_id, seq) VALUES ($1, 0) ON CONFLICT (tenant_id) DO NOTHING",
        scope.tenant()
    )?;
    if let Conn::Postgres(connection) = conn {
        let lock = sqlx::query("SELECT seq FROM usage_cursors WHERE tenant_id = $1 FOR UPDATE").bind(scope.tenant());
        lock.execute(&mut **connection).await?;
    }
    cursor(conn, scope).await
}

/// Moves the cursor. The caller has locked it.
pub async fn advance(conn: &mut Conn<'_>, scope: TenantScope, seq: i64) -> Result<(), StoreError> {
    execute!(conn, "UPDATE usage_cursors SET seq = $2 WHERE tenant_id = $1", scope.tenant(), seq)?;
    Ok(())
}

/// What a record counts for in one metric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    pub record_id: Uuid,
    pub metric: Metric,
    pub period: Period,
    pub amount: i64,
}

/// What these records count for so far.
pub async fn marks_of(conn: &mut Conn<'_>, scope: TenantScope, records: &[Uuid]) -> Result<Vec<Mark>, StoreError> {
    #[derive(FromRow)]
    struct Row {
        record_id: Uuid,
        metric: Metric,
        period: String,
        amount: i64,
    }
    if records.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new("SELECT record_id, metric, period, amount FROM usage_marks WHERE tenant_id = ");
    sql.bind(scope.tenant().uuid()).push(" AND record_id IN ").bind_list(records);
    let rows: Vec<Row> = sql.fetch_all(conn).await?;
    rows.into_iter()
        .map(|row| {
            let period = period(&row.period)?;
            Ok(Mark { record_id: row.record_id, metric: row.metric, period, amount: row.amount })
        })
        .collect()
}

fn period(text: &str) -> Result<Period, StoreError> {
    text.parse().map_err(|_| StoreError::Inconsistent { what: "month of usage", why: format!("`{text}` is none") })
}

/// Keeps what records count for. A mark that counts for nothing goes.
pub async fn save_marks(conn: &mut Conn<'_>, scope: TenantScope, marks: &[Mark]) -> Result<(), StoreError> {
    let tenant = scope.tenant().uuid();
    let (gone, kept): (Vec<&Mark>, Vec<&Mark>) = marks.iter().partition(|mark| mark.amount == 0);
    for run in runs(&kept) {
        let mut sql = Sql::new("INSERT INTO usage_marks (tenant_id, record_id, metric, period, amount) VALUES ");
        for (i, mark) in run.iter().enumerate() {
            let row = [
                tenant.into(),
                mark.record_id.into(),
                mark.metric.as_str().into(),
                mark.period.to_string().into(),
                mark.amount.into(),
            ];
            sql.bind_row(i == 0, row);
        }
        sql.push(
            " ON CONFLICT (tenant_id, record_id, metric) DO UPDATE SET period = excluded.period, amount = excluded.amount",
        );
        sql.execute(conn).await?;
    }
    for mark in gone {
        execute!(
            conn,
            "DELETE FROM usage_marks WHERE tenant_id = $1 AND record_id = $2 AND metric = $3",
            tenant,
            mark.record_id,
            mark.metric
        )?;
    }
    Ok(())
}

/// Removes marks of months that are closed. In chunks; returns how many rows one removed.
pub async fn remove_marks(db: &Db, before: Period) -> Result<u64, StoreError> {
    let mut tx = db.begin_platform().await?;
    let removed = execute!(
        &mut tx.conn(),
        "DELETE FROM usage_marks WHERE (tenant_id, record_id, metric) IN (\
             SELECT tenant_id, record_id, metric FROM usage_marks WHERE period < $1 ORDER BY period LIMIT $2)",
        before.to_string(),
        CHUNK
    )?;
    tx.commit().await?;
    Ok(removed)
}

/// What was used of one metric in one month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Used {
    pub period: Period,
    pub metric: Metric,
    pub used: i64,
}

/// Adds to (or takes from) the sums.
pub async fn add(conn: &mut Conn<'_>, scope: TenantScope, differences: &[Used]) -> Result<(), StoreError> {
    for difference in differences {
        add_to(conn, scope, &difference.period.to_string(), difference.metric, difference.used).await?;
    }
    Ok(())
}

async fn add_to(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    period: &str,
    metric: Metric,
    difference: i64,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO usage_counters (tenant_id, period, metric, used) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (tenant_id, period, metric) DO UPDATE SET used = usage_counters.used + excluded.used",
        scope.tenant(),
        period,
        metric,
        difference
    )?;
    Ok(())
}

/// What was used in a month of one metric.
pub async fn used(conn: &mut Conn<'_>, scope: TenantScope, period: Period, metric: Metric) -> Result<i64, StoreError> {
    let row = fetch_optional!(
        conn,
        (i64,),
        "SELECT used FROM usage_counters WHERE tenant_id = $1 AND period = $2 AND metric = $3",
        scope.tenant(),
        period.to_string(),
        metric
    )?;
    Ok(row.map_or(0, |(used,)| used))
}

/// What was used since a month, the newest month first.
pub async fn list_since(conn: &mut Conn<'_>, scope: TenantScope, since: Period) -> Result<Vec<Used>, StoreError> {
    let rows = fetch_all!(
        conn,
        (String, Metric, i64),
        "SELECT period, metric, used FROM usage_counters WHERE tenant_id = $1 AND period >= $2 AND period <> $3 \
         ORDER BY period DESC, metric LIMIT 1000",
        scope.tenant(),
        since.to_string(),
        TOTAL
    )?;
    rows.into_iter().map(|(text, metric, used)| Ok(Used { period: period(&text)?, metric, used })).collect()
}

/// Calls that came to be, less those that went.
pub async fn add_calls(conn: &mut Conn<'_>, scope: TenantScope, difference: i64) -> Result<(), StoreError> {
    if difference == 0 {
        return Ok(());
    }
    add_to(conn, scope, TOTAL, Metric::Calls, difference).await
}

/// Counts the tenant's calls themselves, as they were after change `seq`. The caller has locked the tenant: only then do
/// the calls and the changes after `seq` belong together.
pub async fn recount_calls(conn: &mut Conn<'_>, scope: TenantScope, seq: i64) -> Result<(), StoreError> {
    let (now,): (i64,) =
        fetch_optional!(conn, (i64,), "SELECT count(*) FROM calls WHERE tenant_id = $1", scope.tenant())?
            .unwrap_or_default();
    let since = fetch_all!(
        conn,
        (Verb, i64),
        "SELECT verb, count(*) FROM changes WHERE tenant_id = $1 AND seq > $2 AND kind = $3 GROUP BY verb",
        scope.tenant(),
        seq,
        RecordKind::Call
    )?;
    let later: i64 = since.into_iter().map(|(verb, count)| of_verb(verb) * count).sum();
    execute!(
        conn,
        "INSERT INTO usage_counters (tenant_id, period, metric, used) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (tenant_id, period, metric) DO UPDATE SET used = excluded.used",
        scope.tenant(),
        TOTAL,
        Metric::Calls,
        now - later
    )?;
    Ok(())
}

/// What a change of a call does to the number of calls.
pub const fn of_verb(verb: Verb) -> i64 {
    match verb {
        Verb::Created => 1,
        Verb::Merged | Verb::Deleted => -1,
        Verb::Updated | Verb::Reset => 0,
    }
}

/// A warning that was given.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Warning {
    pub metric: Metric,
    pub percent: i32,
    pub warned_at: Timestamp,
}

/// Notes a warning. False if it was given before.
pub async fn insert_warning(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    period: Period,
    warning: &Warning,
) -> Result<bool, StoreError> {
    let inserted = execute!(
        conn,
        "INSERT INTO usage_warnings (tenant_id, period, metric, percent, warned_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (tenant_id, period, metric, percent) DO NOTHING",
        scope.tenant(),
        period.to_string(),
        warning.metric,
        warning.percent,
        warning.warned_at
    )?;
    Ok(inserted == 1)
}

/// The warnings of a month, lowest first.
pub async fn list_warnings(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    period: Period,
) -> Result<Vec<Warning>, StoreError> {
    Ok(fetch_all!(
        conn,
        Warning,
        "SELECT metric, percent, warned_at FROM usage_warnings WHERE tenant_id = $1 AND period = $2 \
         ORDER BY metric, percent LIMIT 100",
        scope.tenant(),
        period.to_string()
    )?)
}

/// Forgets the warnings of a month: the limit that they were about is another now.
pub async fn remove_warnings(conn: &mut Conn<'_>, scope: TenantScope, period: Period) -> Result<(), StoreError> {
    execute!(
        conn,
        "DELETE FROM usage_warnings WHERE tenant_id = $1 AND period = $2",
        scope.tenant(),
        period.to_string()
    )?;
    Ok(())
}
