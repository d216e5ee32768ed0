//! The log out: `changes`, numbered per tenant without gaps.

use sqlx::FromRow;
use switchboard_domain::{
    Timestamp,
    change::{Change, NewChange, RecordKind, Verb},
    ids::TenantId,
};
use uuid::Uuid;

use crate::{
    Conn, StoreError, TenantScope,
    conn::{fetch_all, fetch_optional},
    insert::{Conflict, Insert},
    sql::{Sql, json},
};

/// What stores the changes of one transaction under consecutive numbers from `first_seq`.
pub(crate) fn insert(tenant: TenantId, first_seq: i64, changes: Vec<NewChange>, now: Timestamp) -> Insert {
    let columns = [
        "tenant_id",
        "seq",
        "kind",
        "record_id",
        "verb",
        "from_state",
        "to_state",
        "fields",
        "occurred_at",
        "committed_at",
    ];
    Insert::new("changes", columns, Conflict::Refuse).with((first_seq..).zip(changes).map(|(seq, change)| {
        vec![
            tenant.uuid().into(),
            seq.into(),
            change.kind.as_str().into(),
            change.record_id.into(),
            change.verb.as_str().into(),
            change.from_state.into(),
            change.to_state.into(),
            json(&change.fields).into(),
            change.occurred_at.into(),
            now.into(),
        ]
    }))
}

#[derive(FromRow)]
struct ChangeRow {
    seq: i64,
    kind: RecordKind,
    record_id: Uuid,
    verb: Verb,
    from_state: Option<String>,
    to_state: Option<String>,
    #[sqlx(json)]
    fields: Vec<String>,
    occurred_at: Timestamp,
    committed_at: Timestamp,
}

impl From<ChangeRow> for Change {
    fn from(row: ChangeRow) -> Self {
        Self {
            seq: row.seq,
            kind: row.kind,
            record_id: row.record_id,
            verb: row.verb,
            from_state: row.from_state,
            to_state: row.to_state,
            fields: row.fields,
            occurred_at: row.occurred_at,
            committed_at: row.committed_at,
        }
    }
}

/// What came after number `after`, in order, at most `limit`.
pub async fn list_after(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    after: i64,
    limit: i64,
) -> Result<Vec<Change>, StoreError> {
    let rows = fetch_all!(
        conn,
        ChangeRow,
        "SELECT seq, kind, record_id, verb, from_state, to_state, fields, occurred_at, committed_at FROM changes \
         WHERE tenant_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
        scope.tenant(),
        after,
        limit
    )?;
    Ok(rows.into_iter().map(Change::from).collect())
}

/// The least and the last number that can still be read: (1, 0) for a tenant without changes. A client whose last number
/// is below the least minus one must start over.
pub async fn range(conn: &mut Conn<'_>, scope: TenantScope) -> Result<(i64, i64), StoreError> {
    let last =
        fetch_optional!(conn, (i64,), "SELECT change_seq FROM tenant_counters WHERE tenant_id = $1", scope.tenant())?
            .map_or(0, |(seq,)| seq);
    let least = fetch_optional!(
        conn,
        (i64,),
        "SELECT seq FROM changes WHERE tenant_id = $1 ORDER BY seq LIMIT 1",
        scope.tenant()
    )?
    .map_or(last + 1, |(seq,)| seq);
    Ok((least, last))
}

/// Changes that one moment of a provider made of these records, among those committed since `since`; at most `limit`.
///
/// No index leads from a record to its changes: each merge would have to write it. Numbers grow with the time of the commit, so
/// the first one since then is found by halving, and a stretch of [`STRETCH`] behind it is read by number.
pub async fn of_moment(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    records: &[Uuid],
    occurred_at: Timestamp,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<Change>, StoreError> {
    if records.is_empty() {
        return Ok(Vec::new());
    }
    let first = first_since(conn, scope, since).await?;
    let mut sql = Sql::new(
        "SELECT seq, kind, record_id, verb, from_state, to_state, fields, occurred_at, committed_at FROM changes \
         WHERE tenant_id = ",
    );
    sql.bind(scope.tenant().uuid()).push(" AND seq >= ").bind(first).push(" AND seq < ").bind(first + STRETCH);
    sql.push(" AND occurred_at = ").bind(occurred_at).push(" AND record_id IN ").bind_list(records);
    sql.push(" ORDER BY seq LIMIT ").bind(limit);
    Ok(sql.fetch_all::<ChangeRow>(conn).await?.into_iter().map(Change::from).collect())
}

/// Changes that [`of_moment`] looks at.
pub const STRETCH: i64 = 20_000;

/// The first number that was committed at `moment` or later; behind the last one when none was.
async fn first_since(conn: &mut Conn<'_>, scope: TenantScope, moment: Timestamp) -> Result<i64, StoreError> {
    let (mut low, last) = range(conn, scope).await?;
    let mut high = last + 1;
    while low < high {
        let middle = low + (high - low) / 2;
        let committed = fetch_optional!(
            conn,
            (Timestamp,),
            "SELECT committed_at FROM changes WHERE tenant_id = $1 AND seq = $2",
            scope.tenant(),
            middle
        )?;
        // Numbers have no gaps but below the least, which the range has left out.
        if committed.is_some_and(|(at,)| at < moment) { low = middle + 1 } else { high = middle }
    }
    Ok(low)
}
