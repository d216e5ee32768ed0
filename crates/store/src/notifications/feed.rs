//! What people were told, newest first, and who read it.
//!
//! Read is a mark ("everything up to here") and a few rows behind it, rather than a row for each person and notification.
//! Ids are born in the order of time, so a mark is an id; and somebody's own id is their first mark: what was told before
//! they existed was not told to them.

use sqlx::{FromRow, types::Json};
use switchboard_domain::{
    Timestamp,
    ids::{self, NotificationId, NotificationRuleId},
    notification::Finding,
};
use uuid::Uuid;

use crate::{
    Conn, Db, StoreError, TenantScope,
    conn::{execute, fetch_optional},
    sql::Sql,
};

/// Rows that one statement removes.
const CHUNK: i64 = 500;

/// A notification.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Notification {
    pub id: NotificationId,
    pub rule_id: NotificationRuleId,
    /// As the rule was called then.
    pub rule_name: Option<String>,
    #[sqlx(json)]
    pub finding: Finding,
    pub is_test: bool,
    /// It is in the feed, and did not only leave the house.
    pub is_shown: bool,
    pub created_at: Timestamp,
}

/// A notification and whether the reader has read it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Entry {
    #[sqlx(flatten)]
    pub notification: Notification,
    pub is_read: bool,
}

/// Adds a notification. False if one with this `once_key` was added for the rule before.
pub async fn insert(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    new: &Notification,
    once_key: Option<&str>,
) -> Result<bool, StoreError> {
    let added = execute!(
        conn,
        "INSERT INTO notifications (id, tenant_id, rule_id, rule_name, kind, finding, is_test, is_shown, once_key, \
         created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
        new.id,
        scope.tenant(),
        new.rule_id,
        &new.rule_name,
        new.finding.kind(),
        Json(&new.finding),
        new.is_test,
        new.is_shown,
        once_key,
        new.created_at
    )?;
    Ok(added == 1)
}

/// One notification.
pub async fn find(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    id: NotificationId,
) -> Result<Option<Notification>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Notification,
        "SELECT id, rule_id, rule_name, finding, is_test, is_shown, created_at FROM notifications \
         WHERE tenant_id = $1 AND id = $2",
        scope.tenant(),
        id
    )?)
}

/// Adds that a row was not read by `reader`.
fn unread(sql: &mut Sql, scope: TenantScope, reader: Uuid, mark: Uuid) {
    sql.push("n.id > ").bind(mark).push(" AND NOT EXISTS (SELECT 1 FROM notification_reads r WHERE r.tenant_id = ");
    sql.bind(scope.tenant().uuid()).push(" AND r.reader_id = ").bind(reader);
    sql.push(" AND r.notification_id = n.id)");
}

/// Up to where a reader has read everything.
async fn mark_of(conn: &mut Conn<'_>, scope: TenantScope, reader: Uuid) -> Result<Uuid, StoreError> {
    let row = fetch_optional!(
        conn,
        (Uuid,),
        "SELECT up_to FROM notification_marks WHERE tenant_id = $1 AND reader_id = $2",
        scope.tenant(),
        reader
    )?;
    Ok(row.map_or(reader, |(mark,)| mark))
}

/// What lists the feed for a reader with a mark.
pub fn list_sql(
    scope: TenantScope,
    reader: Uuid,
    mark: Uuid,
    only_unread: bool,
    before: Option<NotificationId>,
    limit: i64,
) -> Sql {
    let mut sql =
        Sql::new("SELECT n.id, n.rule_id, n.rule_name, n.finding, n.is_test, n.is_shown, n.created_at, NOT (");
    unread(&mut sql, scope, reader, mark);
    sql.push(") AS is_read FROM notifications n WHERE n.is_shown AND n.tenant_id = ").bind(scope.tenant().uuid());
    if only_unread {
        sql.push(" AND ");
        unread(&mut sql, scope, reader, mark);
    }
    if let Some(before) = before {
        sql.push(" AND n.id < ").bind(before.uuid());
    }
    sql.push(" ORDER BY n.id DESC LIMIT ").bind(limit);
    sql
}

/// The feed before `before`, newest first, all of it or what is unread; at most `limit`.
pub async fn list(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    reader: Uuid,
    only_unread: bool,
    before: Option<NotificationId>,
    limit: i64,
) -> Result<Vec<Entry>, StoreError> {
    let mark = mark_of(conn, scope, reader).await?;
    list_sql(scope, reader, mark, only_unread, before, limit).fetch_all(conn).await
}

/// How many are unread, counted up to `most`.
pub async fn count_unread(conn: &mut Conn<'_>, scope: TenantScope, reader: Uuid, most: i64) -> Result<i64, StoreError> {
    let mark = mark_of(conn, scope, reader).await?;
    let mut sql =
        Sql::new("SELECT count(*) FROM (SELECT n.id FROM notifications n WHERE n.is_shown AND n.tenant_id = ");
    sql.bind(scope.tenant().uuid()).push(" AND ");
    unread(&mut sql, scope, reader, mark);
    sql.push(" LIMIT ").bind(most).push(") AS unread");
    Ok(sql.fetch_all::<(i64,)>(conn).await?.first().map_or(0, |(count,)| *count))
}

/// Whether a reader has read a notification.
pub async fn is_read(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    reader: Uuid,
    id: NotificationId,
) -> Result<bool, StoreError> {
    let mark = mark_of(conn, scope, reader).await?;
    let mut sql = Sql::new("SELECT count(*) FROM notifications n WHERE n.tenant_id = ");
    sql.bind(scope.tenant().uuid()).push(" AND n.id = ").bind(id.uuid()).push(" AND ");
    unread(&mut sql, scope, reader, mark);
    Ok(sql.fetch_all::<(i64,)>(conn).await?.first().is_none_or(|(unread,)| *unread == 0))
}

/// Which of these are notifications of the tenant.
pub async fn known(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    ids: &[NotificationId],
) -> Result<Vec<NotificationId>, StoreError> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let mut sql = Sql::new("SELECT id FROM notifications WHERE tenant_id = ");
    sql.bind(scope.tenant().uuid()).push(" AND id IN ").bind_list(&ids);
    Ok(sql.fetch_all::<(NotificationId,)>(conn).await?.into_iter().map(|(id,)| id).collect())
}

/// Notes that a reader has read these.
pub async fn mark_read(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    reader: Uuid,
    ids: &[NotificationId],
) -> Result<(), StoreError> {
    for id in ids {
        execute!(
            conn,
            "INSERT INTO notification_reads (tenant_id, reader_id, notification_id) VALUES ($1, $2, $3) \
             ON CONFLICT (tenant_id, reader_id, notification_id) DO NOTHING",
            scope.tenant(),
            reader,
            *id
        )?;
    }
    Ok(())
}

/// Notes that a reader has read everything up to this one. Never moves back.
pub async fn mark_read_up_to(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    reader: Uuid,
    up_to: NotificationId,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO notification_marks (tenant_id, reader_id, up_to) VALUES ($1, $2, $3) \
         ON CONFLICT (tenant_id, reader_id) DO UPDATE SET up_to = excluded.up_to \
         WHERE notification_marks.up_to < excluded.up_to",
        scope.tenant(),
        reader,
        up_to
    )?;
    execute!(
        conn,
        "DELETE FROM notification_reads WHERE tenant_id = $1 AND reader_id = $2 AND notification_id <= $3",
        scope.tenant(),
        reader,
        up_to
    )?;
    Ok(())
}

/// Removes notifications from before `before`, how they were sent and who read them. In chunks; returns how many rows one
/// removed.
pub async fn prune(db: &Db, before: Timestamp) -> Result<u64, StoreError> {
    let first = ids::born::<NotificationId>(before, [0; 10]);
    let mut tx = db.begin_platform().await?;
    let mut removed = execute!(
        &mut tx.conn(),
        "DELETE FROM notifications WHERE id IN (SELECT id FROM notifications WHERE id < $1 LIMIT $2)",
        first,
        CHUNK
    )?;
    removed += execute!(
        &mut tx.conn(),
        "DELETE FROM notification_sends WHERE id IN (SELECT id FROM notification_sends WHERE id < $1 LIMIT $2)",
        first,
        CHUNK
    )?;
    removed += execute!(
        &mut tx.conn(),
        "DELETE FROM notification_reads WHERE (tenant_id, reader_id, notification_id) IN (\
             SELECT tenant_id, reader_id, notification_id FROM notification_reads WHERE notification_id < $1 LIMIT $2)",
        first,
        CHUNK
    )?;
    tx.commit().await?;
    Ok(removed)
}
