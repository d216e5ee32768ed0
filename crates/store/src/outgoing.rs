//! Texts that we were asked to send.
//!
//! A text can be handed over once, and Dialpad lists none of them: nobody can be asked afterwards whether it went out. So
//! its row says how far it came, as that of a mail does ([`crate::mails`]): whoever sends it first moves it to `sending`,
//! and a row that a second attempt finds there was being handed over when the first one ended.
//!
//! Not a row of `messages` from the start: those are computed from what the provider says, by its ids, and it has said
//! nothing yet.

use sqlx::FromRow;
use switchboard_domain::{
    Timestamp,
    change::{NewChange, RecordKind, Verb},
    ids::{CallId, ConnectionId, ContactId, MessageId, OutgoingId, TenantId},
    outgoing::OutgoingStatus,
};
use uuid::Uuid;

use crate::{
    Conn, Db, StoreError, TenantScope, TenantTx,
    conn::{execute, fetch_optional},
    sql::Sql,
};

/// A text on its way.
#[derive(Debug, Clone, FromRow)]
pub struct Outgoing {
    pub id: OutgoingId,
    pub tenant_id: TenantId,
    pub connection_id: ConnectionId,
    /// The call that it follows up.
    pub call_id: Option<CallId>,
    pub contact_id: Option<ContactId>,
    pub from_number: String,
    pub to_number: String,
    /// `None` once the provider took it: the message has it.
    pub text: Option<String>,
    pub status: OutgoingStatus,
    /// Why it did not go out (yet), for a person.
    pub problem: Option<String>,
    /// The message that it became.
    pub message_id: Option<MessageId>,
    pub actor_id: Option<String>,
    pub actor_name: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// Afterwards it is not sent any more.
    pub expires_at: Timestamp,
}

/// Adds a text that nobody has tried to send.
pub async fn insert(tx: &mut TenantTx, outgoing: &Outgoing) -> Result<(), StoreError> {
    execute!(
        &mut tx.conn(),
        "INSERT INTO outgoing_messages (id, tenant_id, connection_id, call_id, contact_id, from_number, to_number, text, \
         status, actor_id, actor_name, created_at, updated_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13)",
        outgoing.id,
        outgoing.tenant_id,
        outgoing.connection_id,
        outgoing.call_id,
        outgoing.contact_id,
        &outgoing.from_number,
        &outgoing.to_number,
        &outgoing.text,
        outgoing.status,
        &outgoing.actor_id,
        &outgoing.actor_name,
        outgoing.created_at,
        outgoing.expires_at
    )?;
    tx.push_change(change(outgoing, Verb::Created, outgoing.status, outgoing.created_at));
    Ok(())
}

fn change(outgoing: &Outgoing, verb: Verb, to: OutgoingStatus, at: Timestamp) -> NewChange {
    let is_new = verb == Verb::Created;
    NewChange {
        from_state: (!is_new).then(|| outgoing.status.to_string()),
        to_state: Some(to.to_string()),
        fields: if is_new { Vec::new() } else { vec!["status".to_owned()] },
        ..NewChange::of(RecordKind::OutgoingMessage, outgoing.id, verb, at)
    }
}

/// One of a tenant.
pub async fn lookup(conn: &mut Conn<'_>, scope: TenantScope, id: OutgoingId) -> Result<Option<Outgoing>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Outgoing,
        "SELECT * FROM outgoing_messages WHERE tenant_id = $1 AND id = $2",
        scope.tenant(),
        id
    )?)
}

/// How a try ended.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    pub to: OutgoingStatus,
    pub problem: Option<&'a str>,
    pub message_id: Option<MessageId>,
}

/// Moves a text on, if it is still where the caller saw it. False if somebody else moved it first.
pub async fn advance(tx: &mut TenantTx, seen: &Outgoing, step: Step<'_>, now: Timestamp) -> Result<bool, StoreError> {
    let tenant = tx.tenant();
    let moved = execute!(
        &mut tx.conn(),
        "UPDATE outgoing_messages SET status = $4, problem = $5, message_id = $6, updated_at = $7, \
         text = CASE WHEN $4 = 'sent' THEN NULL ELSE text END WHERE tenant_id = $1 AND id = $2 AND status = $3",
        tenant,
        seen.id,
        seen.status,
        step.to,
        step.problem,
        step.message_id,
        now
    )?;
    if moved == 1 {
        tx.push_change(change(seen, Verb::Updated, step.to, now));
    }
    Ok(moved == 1)
}

/// What a list is narrowed by.
#[derive(Debug, Clone, Default)]
pub struct OutgoingFilter {
    pub statuses: Vec<OutgoingStatus>,
    pub call_id: Option<CallId>,
    pub to_number: Option<String>,
}

/// A tenant's texts, newest first, before `before`; at most `limit`.
pub async fn list(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    filter: &OutgoingFilter,
    before: Option<OutgoingId>,
    limit: i64,
) -> Result<Vec<Outgoing>, StoreError> {
    let mut sql = Sql::new("SELECT * FROM outgoing_messages WHERE tenant_id = ");
    sql.bind(scope.tenant().uuid());
    sql.and(" AND call_id = ", filter.call_id.map(CallId::uuid));
    sql.and(" AND to_number = ", filter.to_number.as_deref());
    if !filter.statuses.is_empty() {
        let statuses: Vec<&str> = filter.statuses.iter().map(|status| status.as_str()).collect();
        sql.push(" AND status IN ").bind_list(&statuses);
    }
    sql.and(" AND id < ", before.map(OutgoingId::uuid));
    sql.push(" ORDER BY id DESC LIMIT ").bind(limit);
    sql.fetch_all(conn).await
}

/// Those to any of these numbers: everything about one contact.
pub async fn to_numbers(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    numbers: &[String],
    limit: i64,
) -> Result<Vec<Outgoing>, StoreError> {
    let mut sql = Sql::new("SELECT * FROM outgoing_messages WHERE tenant_id = ");
    sql.bind(scope.tenant().uuid()).push(" AND to_number IN ").bind_list(numbers);
    sql.push(" ORDER BY id LIMIT ").bind(limit);
    sql.fetch_all(conn).await
}

/// Forgets those to any of these numbers.
pub async fn remove_to_numbers(conn: &mut Conn<'_>, scope: TenantScope, numbers: &[String]) -> Result<u64, StoreError> {
    let mut sql = Sql::new("DELETE FROM outgoing_messages WHERE tenant_id = ");
    sql.bind(scope.tenant().uuid()).push(" AND to_number IN ").bind_list(numbers);
    sql.execute(conn).await
}

/// Forgets those of a tenant that were asked for before a moment; at most `limit`.
pub async fn remove_created_before(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    before: Timestamp,
    limit: i64,
) -> Result<u64, StoreError> {
    let tenant = scope.tenant().uuid();
    let mut sql = Sql::new("DELETE FROM outgoing_messages WHERE tenant_id = ");
    sql.bind(tenant).push(" AND id IN (SELECT id FROM outgoing_messages WHERE tenant_id = ").bind(tenant);
    sql.push(" AND created_at < ").bind(before).push(" ORDER BY id LIMIT ").bind(limit).push(")");
    sql.execute(conn).await
}

/// Removes what was asked for before `before`, whoever's it is; at most `limit`.
pub async fn prune(db: &Db, before: Timestamp, limit: i64) -> Result<u64, StoreError> {
    let mut tx = db.begin_platform().await?;
    let removed = execute!(
        &mut tx.conn(),
        "DELETE FROM outgoing_messages WHERE id IN (SELECT id FROM outgoing_messages WHERE created_at < $1 LIMIT $2)",
        before,
        limit
    )?;
    tx.commit().await?;
    Ok(removed)
}

/// The number of ours, and its connection, that last spoke with a number: by text, else by call.
pub async fn last_way(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    number: &str,
) -> Result<Option<(ConnectionId, Option<String>)>, StoreError> {
    for table in ["messages", "calls"] {
        let mut sql = Sql::new("");
        for (i, (theirs, ours)) in [("from_number", "to_number"), ("to_number", "from_number")].into_iter().enumerate()
        {
            sql.push(if i == 0 { "SELECT * FROM (SELECT * FROM (" } else { " UNION ALL SELECT * FROM (" });
            sql.push("SELECT occurred_at, connection_id, ").push(ours).push(" AS ours FROM ").push(table);
            sql.push(" WHERE tenant_id = ")
                .bind(scope.tenant().uuid())
                .push(" AND ")
                .push(theirs)
                .push(" = ")
                .bind(number);
            sql.push(" AND direction = ").push(if i == 0 { "'inbound'" } else { "'outbound'" });
            sql.push(" AND ").push(ours).push(" IS NOT NULL ORDER BY occurred_at DESC, id DESC LIMIT 1) AS side");
        }
        sql.push(") AS both_sides ORDER BY occurred_at DESC LIMIT 1");
        let found: Vec<(Timestamp, Uuid, Option<String>)> = sql.fetch_all(conn).await?;
        if let Some((_, connection, ours)) = found.into_iter().next() {
            return Ok(Some((ConnectionId::from_uuid(connection), ours)));
        }
    }
    Ok(None)
}
