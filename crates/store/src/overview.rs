//! What a day's numbers are counted from: of each call and message the few columns that formulas ask for.
//!
//! Counting in SQL would need a statement per number and engine, and none of them could be tested without a database. A day
//! is small enough to be read: its rows come from one range of one index.

use switchboard_domain::{
    Timestamp,
    report::{CallFact, MessageFact},
};

use crate::{Conn, StoreError, TenantScope, sql::Sql};

/// Calls or messages of a day that are looked at. Who has more than that sees numbers that are too low.
pub const MOST: i64 = 200_000;
/// Voicemails that are counted.
pub const MOST_VOICEMAILS: i64 = 1_000;

fn of_day(columns: &'static str, table: &'static str, scope: TenantScope, from: Timestamp, before: Timestamp) -> Sql {
    let mut sql = Sql::new("SELECT ");
    sql.push(columns).push(" FROM ").push(table).push(" WHERE tenant_id = ").bind(scope.tenant().uuid());
    sql.push(" AND occurred_at >= ").bind(from).push(" AND occurred_at < ").bind(before);
    sql.push(" AND NOT is_internal ORDER BY occurred_at, id LIMIT ").bind(MOST);
    sql
}

/// The statement behind [`calls`], for those who want to see its plan.
pub fn calls_sql(scope: TenantScope, from: Timestamp, before: Timestamp) -> Sql {
    let columns = "id, occurred_at, direction, status, outcome, duration_seconds, contact_id";
    of_day(columns, "calls", scope, from, before)
}

/// The statement behind [`messages`].
pub fn messages_sql(scope: TenantScope, from: Timestamp, before: Timestamp) -> Sql {
    of_day("occurred_at, direction, contact_id", "messages", scope, from, before)
}

/// The statement behind [`unheard_voicemails`].
pub fn unheard_sql(scope: TenantScope, since: Timestamp) -> Sql {
    let mut sql = Sql::new("SELECT count(*) FROM (SELECT 1 AS one FROM voicemails WHERE tenant_id = ");
    sql.bind(scope.tenant().uuid()).push(" AND occurred_at >= ").bind(since);
    sql.push(" AND NOT is_removed AND NOT is_heard ORDER BY occurred_at DESC, id DESC LIMIT ").bind(MOST_VOICEMAILS);
    sql.push(") AS unheard");
    sql
}

/// The statement behind [`live_calls`].
pub fn live_sql(scope: TenantScope) -> Sql {
    let mut sql = Sql::new("SELECT count(*) FROM calls WHERE tenant_id = ");
    sql.bind(scope.tenant().uuid()).push(" AND status IN ('ringing', 'active')");
    sql
}

/// The calls with others that began in this time, in the order of their times.
pub async fn calls(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    from: Timestamp,
    before: Timestamp,
) -> Result<Vec<CallFact>, StoreError> {
    calls_sql(scope, from, before).fetch_all(conn).await
}

/// The messages with others of this time, in the order of their times.
pub async fn messages(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    from: Timestamp,
    before: Timestamp,
) -> Result<Vec<MessageFact>, StoreError> {
    messages_sql(scope, from, before).fetch_all(conn).await
}

/// Voicemails since `since` that nobody listened to nor took out of the lists, counted to 1,000.
pub async fn unheard_voicemails(conn: &mut Conn<'_>, scope: TenantScope, since: Timestamp) -> Result<i64, StoreError> {
    let counted: Vec<(i64,)> = unheard_sql(scope, since).fetch_all(conn).await?;
    Ok(counted.first().map_or(0, |(count,)| *count))
}

/// Calls that ring or are talked on now.
pub async fn live_calls(conn: &mut Conn<'_>, scope: TenantScope) -> Result<i64, StoreError> {
    let counted: Vec<(i64,)> = live_sql(scope).fetch_all(conn).await?;
    Ok(counted.first().map_or(0, |(count,)| *count))
}
