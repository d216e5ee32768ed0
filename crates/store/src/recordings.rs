//! Audio files of calls.

use sqlx::FromRow;
use switchboard_domain::{
    Timestamp,
    ids::{CallId, ConnectionId},
    recording::{MediaStatus, Recording, RecordingDoc},
};
use uuid::Uuid;

use crate::{
    Conn, StoreError, TenantScope,
    record::{self, Columns, KeptDoc},
    sql::{Arg, Sql, json},
};

/// A recording as its table keeps it.
pub type KeptRecording = KeptDoc<Recording, RecordingDoc>;

impl Columns for Recording {
    const TABLE: &'static str = "recordings";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "tenant_id",
        "connection_id",
        "provider",
        "call_id",
        "leg_id",
        "leg_external_id",
        "external_id",
        "kind",
        "url",
        "duration_ms",
        "status",
        "media",
        "occurred_at",
    ];

    fn values(&self) -> Vec<Arg> {
        vec![
            self.id.uuid().into(),
            self.tenant_id.uuid().into(),
            self.connection_id.uuid().into(),
            (&self.provider).into(),
            self.call_id.uuid().into(),
            self.leg_id.uuid().into(),
            (&self.leg_external_id).into(),
            (&self.external_id).into(),
            self.kind.as_str().into(),
            (&self.url).into(),
            self.duration_ms.into(),
            self.status.as_str().into(),
            self.media.as_ref().map(json).into(),
            self.occurred_at.into(),
        ]
    }
}

/// The recordings of one call, oldest first.
pub async fn of_call(conn: &mut Conn<'_>, scope: TenantScope, call: CallId) -> Result<Vec<KeptRecording>, StoreError> {
    of_calls(conn, scope, &[call.uuid()]).await
}

/// The recordings of several calls, oldest first.
pub async fn of_calls(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    calls: &[Uuid],
) -> Result<Vec<KeptRecording>, StoreError> {
    let mut found: Vec<KeptRecording> = record::find_of_calls(conn, scope.tenant(), calls).await?;
    found.sort_by_key(|kept| (kept.record.occurred_at, kept.record.id));
    Ok(found)
}

#[derive(FromRow)]
struct Id {
    id: Uuid,
}

/// Which of these ids are those of legs or recordings that are there.
pub async fn known(conn: &mut Conn<'_>, scope: TenantScope, ids: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let tenant = scope.tenant().uuid();
    let mut sql = Sql::new("SELECT id FROM call_legs WHERE tenant_id = ");
    sql.bind(tenant).push(" AND id IN ").bind_list(ids);
    sql.push(" UNION ALL SELECT id FROM recordings WHERE tenant_id = ").bind(tenant).push(" AND id IN ").bind_list(ids);
    Ok(sql.fetch_all::<Id>(conn).await?.into_iter().map(|row| row.id).collect())
}

/// Recordings of a connection since a moment that could not be copied, oldest first; at most `limit`.
pub async fn failed_since(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    connection: ConnectionId,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<Uuid>, StoreError> {
    let mut sql = Sql::new("SELECT id FROM recordings WHERE tenant_id = ");
    sql.bind(scope.tenant().uuid()).push(" AND occurred_at >= ").bind(since);
    sql.push(" AND connection_id = ").bind(connection.uuid());
    sql.push(" AND status = ").bind(MediaStatus::Failed.as_str());
    sql.push(" ORDER BY occurred_at, id LIMIT ").bind(limit);
    Ok(sql.fetch_all::<Id>(conn).await?.into_iter().map(|row| row.id).collect())
}
