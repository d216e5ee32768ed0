//! How a notification left the house: one row for each person written to, and for each message to Slack.
//!
//! A mail's state is the mail's own. A message to Slack can be handed over once, and nobody can be asked afterwards whether
//! it arrived, so its row says how far it came, as a mail's does.

use sqlx::FromRow;
use switchboard_domain::{
    Timestamp,
    ids::{ConnectionId, MailId, NotificationId, NotificationSendId},
    mail::{Language, MailState},
    notification::SendWay,
};
use uuid::Uuid;

use crate::{
    Conn, Db, StoreError, TenantScope,
    conn::{execute, fetch_optional},
    sql::Sql,
};

/// A notification on its way out.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Send {
    pub id: NotificationSendId,
    pub notification_id: NotificationId,
    pub way: SendWay,
    /// The connection to Slack.
    pub connection_id: Option<ConnectionId>,
    pub mail_id: Option<MailId>,
    pub language: Language,
    /// How far it came; `None` for a mail that is no longer kept.
    pub state: Option<MailState>,
    /// Why it did not go out, for a person.
    pub problem: Option<String>,
}

/// Adds one, in the transaction that tells.
pub async fn insert(conn: &mut Conn<'_>, scope: TenantScope, send: &Send, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO notification_sends (id, tenant_id, notification_id, way, connection_id, mail_id, language, state, \
         created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, $8)",
        send.id,
        scope.tenant(),
        send.notification_id,
        send.way,
        send.connection_id,
        send.mail_id,
        send.language,
        now
    )?;
    Ok(())
}

/// One message to Slack.
pub async fn find(conn: &mut Conn<'_>, scope: TenantScope, id: NotificationSendId) -> Result<Option<Send>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Send,
        "SELECT id, notification_id, way, connection_id, mail_id, language, state, problem FROM notification_sends \
         WHERE tenant_id = $1 AND id = $2",
        scope.tenant(),
        id
    )?)
}

/// How these notifications left the house.
pub async fn list_of(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    notifications: &[NotificationId],
) -> Result<Vec<Send>, StoreError> {
    if notifications.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = notifications.iter().map(|id| id.uuid()).collect();
    let mut sql = Sql::new(
        "SELECT s.id, s.notification_id, s.way, s.connection_id, s.mail_id, s.language, \
         CASE WHEN s.mail_id IS NULL THEN s.state ELSE m.state END AS state, \
         CASE WHEN s.mail_id IS NULL THEN s.problem ELSE m.problem END AS problem \
         FROM notification_sends s LEFT JOIN mails m ON m.id = s.mail_id WHERE s.tenant_id = ",
    );
    sql.bind(scope.tenant().uuid()).push(" AND s.notification_id IN ").bind_list(&ids).push(" ORDER BY s.id");
    sql.fetch_all(conn).await
}

/// Moves one on, if it is still where the caller saw it. False if somebody else moved it first.
pub async fn advance(
    db: &Db,
    scope: TenantScope,
    id: NotificationSendId,
    from: MailState,
    to: MailState,
    problem: Option<&str>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let mut tx = db.begin(scope).await?;
    let moved = execute!(
        &mut tx.conn(),
        "UPDATE notification_sends SET state = $4, problem = $5, updated_at = $6 \
         WHERE tenant_id = $1 AND id = $2 AND state = $3",
        scope.tenant(),
        id,
        from,
        to,
        problem,
        now
    )?;
    tx.commit(now).await?;
    Ok(moved == 1)
}
