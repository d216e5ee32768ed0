//! Calls, and what was said in them, as counting needs them.

use sqlx::FromRow;
use switchboard_domain::{
    Timestamp,
    call::{CallOutcome, Direction},
    ids::ConnectionId,
    over_call::OverCall,
};
use uuid::Uuid;

use crate::{Conn, StoreError, TenantScope, sql::Sql};

/// Which calls.
#[derive(Debug, Clone, Default)]
pub struct Narrowing {
    pub outcome: Option<CallOutcome>,
    pub connection_id: Option<ConnectionId>,
    pub agent_id: Option<String>,
    pub queue: Option<String>,
    pub ring_group: Option<String>,
    pub trunk: Option<String>,
    pub did: Option<String>,
}

fn of_period(select: &'static str, scope: TenantScope, from: Timestamp, before: Timestamp) -> Sql {
    let mut sql = Sql::new(select);
    sql.bind(scope.tenant().uuid()).push(" AND occurred_at >= ").bind(from).push(" AND occurred_at < ").bind(before);
    sql
}

/// The statement behind [`over_calls`], for those who want to see its plan.
pub fn over_calls_sql(
    scope: TenantScope,
    from: Timestamp,
    before: Timestamp,
    narrowing: &Narrowing,
    limit: i64,
) -> Sql {
    let select = "SELECT id, connection_id, occurred_at, ended_at, created_at, direction, outcome, is_internal, \
         is_transferred, is_voicemail, start_estimated, from_number, to_number, agent_id, agent_name, queue, ring_group, \
         ivr, trunk, did, country, ring_seconds, wait_seconds, talk_seconds, duration_seconds FROM calls \
         WHERE tenant_id = ";
    let mut sql = of_period(select, scope, from, before);
    sql.push(" AND outcome IS NOT NULL");
    sql.and(" AND outcome = ", narrowing.outcome.map(CallOutcome::as_str))
        .and(" AND connection_id = ", narrowing.connection_id.map(ConnectionId::uuid))
        .and(" AND agent_id = ", narrowing.agent_id.as_deref())
        .and(" AND queue = ", narrowing.queue.as_deref())
        .and(" AND ring_group = ", narrowing.ring_group.as_deref())
        .and(" AND trunk = ", narrowing.trunk.as_deref())
        .and(" AND did = ", narrowing.did.as_deref());
    sql.push(" ORDER BY occurred_at, id LIMIT ").bind(limit);
    sql
}

/// Calls that are over and began in this time, in the order of their times; at most `limit`.
pub async fn over_calls(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    from: Timestamp,
    before: Timestamp,
    narrowing: &Narrowing,
    limit: i64,
) -> Result<Vec<OverCall>, StoreError> {
    over_calls_sql(scope, from, before, narrowing, limit).fetch_all(conn).await
}

/// A call that may end somebody's waiting: ours to them, or theirs that got through.
#[derive(Debug, Clone, FromRow)]
pub struct FollowUp {
    pub occurred_at: Timestamp,
    pub direction: Direction,
    pub from_number: Option<String>,
    pub to_number: Option<String>,
}

/// The statement behind [`follow_ups`].
pub fn follow_ups_sql(scope: TenantScope, from: Timestamp, before: Timestamp, limit: i64) -> Sql {
    let select = "SELECT occurred_at, direction, from_number, to_number FROM calls WHERE tenant_id = ";
    let mut sql = of_period(select, scope, from, before);
    sql.push(" AND NOT is_internal AND outcome IS NOT NULL AND (direction = ").bind(Direction::Outbound.as_str());
    sql.push(" OR direction = ").bind(Direction::Inbound.as_str());
    sql.push(" AND outcome = ").bind(CallOutcome::Answered.as_str());
    sql.push(") ORDER BY occurred_at, id LIMIT ").bind(limit);
    sql
}

/// Calls of this time that may end a waiting, in the order of their times; at most `limit`.
pub async fn follow_ups(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    from: Timestamp,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<FollowUp>, StoreError> {
    follow_ups_sql(scope, from, before, limit).fetch_all(conn).await
}

/// How one call was judged.
#[derive(Debug, Clone, FromRow)]
pub struct SpeechRow {
    pub call_id: Uuid,
    pub sentiment: String,
    pub customer_sentiment: Option<i64>,
    pub score: Option<i64>,
}

/// The judgements of calls of this time; at most `limit`.
pub async fn speech(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    from: Timestamp,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<SpeechRow>, StoreError> {
    let select = "SELECT call_id, sentiment, customer_sentiment, score FROM call_insights WHERE tenant_id = ";
    let mut sql = of_period(select, scope, from, before);
    sql.push(" ORDER BY occurred_at LIMIT ").bind(limit);
    sql.fetch_all(conn).await
}

/// A word of a list that was said in a call.
#[derive(Debug, Clone, FromRow)]
pub struct KeywordHit {
    pub call_id: Uuid,
    pub keyword_id: Uuid,
    pub hits: i64,
}

/// The words of lists that were said in calls of this time; at most `limit`.
pub async fn keywords(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    from: Timestamp,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<KeywordHit>, StoreError> {
    let mut sql =
        of_period("SELECT call_id, keyword_id, hits FROM call_keywords WHERE tenant_id = ", scope, from, before);
    sql.push(" ORDER BY occurred_at LIMIT ").bind(limit);
    sql.fetch_all(conn).await
}

/// What keywords are called, each with its list; at most `limit`.
pub async fn keyword_names(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    limit: i64,
) -> Result<Vec<(Uuid, String, String)>, StoreError> {
    let mut sql = Sql::new(
        "SELECT k.id, k.phrase, l.name FROM keywords k JOIN keyword_lists l ON l.tenant_id = k.tenant_id AND l.id = k.list_id \
         WHERE k.tenant_id = ",
    );
    sql.bind(scope.tenant().uuid()).push(" ORDER BY k.id LIMIT ").bind(limit);
    sql.fetch_all(conn).await
}

/// When the next call began, at `from` or later.
pub async fn next_call(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    from: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let mut sql = Sql::new("SELECT occurred_at FROM calls WHERE tenant_id = ");
    sql.bind(scope.tenant().uuid()).push(" AND occurred_at >= ").bind(from).push(" ORDER BY occurred_at, id LIMIT 1");
    Ok(sql.fetch_all::<(Timestamp,)>(conn).await?.pop().map(|(at,)| at))
}
