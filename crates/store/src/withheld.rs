//! What a tenant's merges must not bring back: people who were erased, and records whose time was over.
//!
//! Both are columns of the row that each merge locks anyway. A table of their own would cost every merge of every tenant a
//! query; and a copy in memory would not do on several nodes, because one event merged by a node that has not heard of an
//! erasure yet undoes it. The row is locked, so whoever holds it reads the last word.

use std::collections::BTreeMap;

use sqlx::{FromRow, postgres::PgRow, types::Json};
use switchboard_domain::{
    Timestamp,
    ids::{EventId, TenantId},
    retention::RetentionKind,
};

use crate::{
    Conn, Engine, StoreError, TenantScope,
    conn::execute,
    sql::{Sql, json, runs},
};

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Withheld {
    /// The sealed key of the hashes in `erasures`; `None` where nobody was ever erased.
    pub erasure_key: Option<Vec<u8>>,
    /// Up to when records of a kind were removed. What is older is not made again from old events.
    pub removed_before: BTreeMap<RetentionKind, Timestamp>,
}

impl Withheld {
    /// There is nothing to look for.
    pub fn is_nothing(&self) -> bool {
        self.erasure_key.is_none() && self.removed_before.is_empty()
    }

    /// Records of this kind that are older were removed.
    pub fn before(&self, kind: RetentionKind) -> Option<Timestamp> {
        self.removed_before.get(&kind).copied()
    }
}

type Row = (i64, Option<Vec<u8>>, Option<Json<BTreeMap<RetentionKind, Timestamp>>>);

const COLUMNS: &str = "change_seq, erasure_key, removed_before";

/// What the row said when it was locked. Until the transaction ends nobody else changes it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Locked {
    /// The tenant's last number; `None` where the row is missing.
    pub last_seq: Option<i64>,
    pub withheld: Withheld,
}

impl Locked {
    /// What [`lock_statement`] found, in whatever form the server sent it.
    pub(crate) fn of(row: Option<&PgRow>) -> Result<Self, StoreError> {
        Ok(row.map(Row::from_row).transpose()?.map(Self::from).unwrap_or_default())
    }
}

impl From<Row> for Locked {
    fn from((last_seq, erasure_key, removed_before): Row) -> Self {
        let removed_before = removed_before.map(|Json(kinds)| kinds).unwrap_or_default();
        Self { last_seq: Some(last_seq), withheld: Withheld { erasure_key, removed_before } }
    }
}

/// What is withheld from a tenant's merges, as it stands.
pub async fn load(conn: &mut Conn<'_>, scope: TenantScope) -> Result<Withheld, StoreError> {
    Ok(read(conn, scope.tenant(), "").await?.withheld)
}

/// The same and the last number, and the row stays locked until the transaction ends. SQLite's one writer needs no lock.
pub(crate) async fn lock(conn: &mut Conn<'_>, tenant: TenantId) -> Result<Locked, StoreError> {
    let lock = if conn.engine() == Engine::Postgres { " FOR UPDATE" } else { "" };
    read(conn, tenant, lock).await
}

async fn read(conn: &mut Conn<'_>, tenant: TenantId, lock: &'static str) -> Result<Locked, StoreError> {
    let mut sql = Sql::new("SELECT ");
    sql.push(COLUMNS).push(" FROM tenant_counters WHERE tenant_id = ").bind(tenant.uuid()).push(lock);
    let rows: Vec<Row> = sql.fetch_all(conn).await?;
    Ok(rows.into_iter().next().map(Locked::from).unwrap_or_default())
}

/// [`lock`] as a text of PostgreSQL without arguments, to be sent together with what begins a transaction.
pub(crate) fn lock_statement(scope: TenantScope) -> String {
    let tenant = scope.tenant().uuid();
    format!("SELECT {COLUMNS} FROM tenant_counters WHERE tenant_id = '{tenant}' FOR UPDATE")
}

/// Keeps the key of the tenant's hashes, if it has none yet.
pub async fn keep_erasure_key(conn: &mut Conn<'_>, scope: TenantScope, sealed: &[u8]) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE tenant_counters SET erasure_key = $2 WHERE tenant_id = $1 AND erasure_key IS NULL",
        scope.tenant(),
        sealed
    )?;
    Ok(())
}

/// Notes that records of a kind are removed up to `before`. It never goes back. The caller has locked the tenant and knows
/// what stands there.
pub async fn set_removed_before(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    known: &Withheld,
    kind: RetentionKind,
    before: Timestamp,
) -> Result<(), StoreError> {
    if known.before(kind).is_some_and(|held| held >= before) {
        return Ok(());
    }
    let mut kinds = known.removed_before.clone();
    kinds.insert(kind, before);
    execute!(
        conn,
        "UPDATE tenant_counters SET removed_before = $2 WHERE tenant_id = $1",
        scope.tenant(),
        Json(json(&kinds))
    )?;
    Ok(())
}

/// Which of these hashes were erased, and when.
pub async fn find(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    subjects: &[Vec<u8>],
) -> Result<Vec<(Vec<u8>, Timestamp)>, StoreError> {
    if subjects.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    // Below SQLite's limit of parameters, however long the list.
    for some in subjects.chunks(512) {
        let mut sql = Sql::new("SELECT subject, erased_at FROM erasures WHERE tenant_id = ");
        sql.bind(scope.tenant().uuid()).push(" AND subject IN ").bind_list(some);
        found.extend(sql.fetch_all::<(Vec<u8>, Timestamp)>(conn).await?);
    }
    Ok(found)
}

/// Notes hashes of what is erased. Of two erasures of one subject the later one stands.
pub async fn insert(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    subjects: &[Vec<u8>],
    erased_at: Timestamp,
) -> Result<(), StoreError> {
    for run in runs(subjects) {
        let mut sql = Sql::new("INSERT INTO erasures (tenant_id, subject, erased_at) VALUES ");
        for (i, subject) in run.iter().enumerate() {
            sql.bind_row(i == 0, [scope.tenant().uuid().into(), subject.clone().into(), erased_at.into()]);
        }
        sql.push(
            " ON CONFLICT (tenant_id, subject) DO UPDATE SET erased_at = excluded.erased_at \
             WHERE excluded.erased_at > erasures.erased_at",
        );
        sql.execute(conn).await?;
    }
    Ok(())
}

/// Sets until when these are erased, also to an earlier moment than before.
pub async fn settle(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    subjects: &[Vec<u8>],
    erased_at: Timestamp,
) -> Result<(), StoreError> {
    for some in subjects.chunks(512) {
        let mut sql = Sql::new("UPDATE erasures SET erased_at = ");
        sql.bind(erased_at).push(" WHERE tenant_id = ").bind(scope.tenant().uuid());
        sql.push(" AND subject IN ").bind_list(some);
        sql.execute(conn).await?;
    }
    Ok(())
}

/// The kind that an event has once its contents were removed. No provider's kind is called so.
pub const ERASED: &str = "erased";

/// Removes the contents of events and what names somebody in their other columns. The rows stay: cursors go by them, and
/// the key beside each still tells that a delivery was seen.
pub async fn empty_events(conn: &mut Conn<'_>, scope: TenantScope, ids: &[EventId]) -> Result<u64, StoreError> {
    if ids.is_empty() {
        return Ok(0);
    }
    let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
    let mut sql = Sql::new("UPDATE webhook_events SET event_type = ");
    sql.bind(ERASED).push(", lane = ").bind(ERASED).push(", external_id = ").bind(None::<String>);
    sql.push(", headers = ").bind(serde_json::json!({})).push(", body = ").bind(Vec::<u8>::new());
    sql.push(" WHERE tenant_id = ").bind(scope.tenant().uuid()).push(" AND id IN ").bind_list(&ids);
    let emptied = sql.execute(conn).await?;
    let mut sql = Sql::new("DELETE FROM work WHERE state IN ('dead', 'discarded') AND tenant_id = ");
    sql.bind(scope.tenant().uuid()).push(" AND event_id IN ").bind_list(&ids);
    sql.execute(conn).await?;
    // A lane may be named after a number. What runs just now must find its lane again; it is done in a moment.
    let mut sql = Sql::new("UPDATE work SET lane = ");
    sql.bind("event:erased").push(" WHERE tenant_id = ").bind(scope.tenant().uuid());
    sql.push(" AND event_id IN ").bind_list(&ids).push(" AND state <> 'running'");
    sql.execute(conn).await?;
    Ok(emptied)
}
