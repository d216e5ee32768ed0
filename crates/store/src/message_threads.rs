//! Who was written with last: the newest message of each contact and number of ours, newest first.
//!
//! No table of its own. Messages arrive in any order, go with their retention and are erased, and a row that counts them
//! would have to follow all of it. The newest message of a thread is one look into an index that is there anyway, so the
//! list walks the messages from the newest and keeps those that nothing follows; a page of a busy tenant reads some hundred.

use switchboard_domain::call::Direction;
use uuid::Uuid;

use crate::{
    Conn, StoreError, TenantScope, contacts,
    messages::KeptMessage,
    page::{Cursor, Page},
    sql::Sql,
};

/// Messages of a thread that are looked at when counting what waits for an answer. More than that is "many".
pub const COUNTED: i64 = 100;

/// What a list of threads is narrowed by.
#[derive(Debug, Clone, Default)]
pub struct ThreadFilter {
    /// The last word is the other side's.
    pub is_unanswered: bool,
    /// One of our numbers.
    pub own_number: Option<String>,
}

/// The exchange of one contact and one number of ours.
#[derive(Debug, Clone)]
pub struct Thread {
    pub last: KeptMessage,
    /// Messages of theirs since we last wrote; at most [`COUNTED`].
    pub unanswered: i64,
}

impl Thread {
    /// The number of ours.
    pub fn own_number(&self) -> Option<&str> {
        let message = &self.last.record;
        match message.direction {
            Some(Direction::Outbound) => message.from_number.as_deref(),
            _ => message.to_numbers.first().map(String::as_str),
        }
    }

    /// The other side's number.
    pub fn other_number(&self) -> Option<&str> {
        let message = &self.last.record;
        match message.direction {
            Some(Direction::Outbound) => message.to_numbers.first().map(String::as_str),
            _ => message.from_number.as_deref(),
        }
    }
}

const OWN: &str = "coalesce(CASE WHEN m.direction = 'outbound' THEN m.from_number ELSE m.to_number END, '')";
const SAME_OWN: &str =
    " AND coalesce(CASE WHEN n.direction = 'outbound' THEN n.from_number ELSE n.to_number END, '') = ";

/// The statement behind [`list`], for those who want to see its plan.
pub fn list_sql(scope: TenantScope, filter: &ThreadFilter, cursor: Option<Cursor>, limit: i64) -> Sql {
    let tenant = scope.tenant().uuid();
    let mut sql = Sql::new("SELECT m.* FROM messages m WHERE m.tenant_id = ");
    sql.bind(tenant).push(" AND m.contact_id IS NOT NULL");
    if let Some(cursor) = cursor {
        let (at, id) = cursor.key();
        sql.push(" AND (m.occurred_at, m.id) < (").bind(at).push(", ").bind(id).push(")");
    }
    if filter.is_unanswered {
        sql.push(" AND m.direction = 'inbound'");
    }
    if let Some(own) = &filter.own_number {
        sql.push(" AND ").push(OWN).push(" = ").bind(own);
    }
    sql.push(" AND m.id = (SELECT n.id FROM messages n WHERE n.tenant_id = ").bind(tenant);
    sql.push(" AND n.contact_id = m.contact_id").push(SAME_OWN).push(OWN);
    sql.push(" ORDER BY n.occurred_at DESC, n.id DESC LIMIT 1)");
    sql.push(" ORDER BY m.occurred_at DESC, m.id DESC LIMIT ").bind(limit + 1);
    sql
}

/// A page of a tenant's threads, each with its contact as it is now. A contact with several numbers has one for each: an
/// answer goes to one of them.
pub async fn list(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    filter: &ThreadFilter,
    cursor: Option<Cursor>,
    limit: i64,
) -> Result<Page<Thread>, StoreError> {
    let mut last: Vec<KeptMessage> = list_sql(scope, filter, cursor, limit).fetch_all(conn).await?;
    let wanted = usize::try_from(limit).unwrap_or(0);
    let has_more = last.len() > wanted;
    last.truncate(wanted);
    let next = last.last().filter(|_| has_more);
    let next = next.map(|kept| Cursor::behind(kept.record.occurred_at, kept.record.id.uuid()));
    let mut items: Vec<Thread> = last.into_iter().map(|last| Thread { last, unanswered: 0 }).collect();
    count_unanswered(conn, scope, &mut items).await?;
    let mut shown: Vec<KeptMessage> = items.iter().map(|thread| thread.last.clone()).collect();
    contacts::present(conn, scope.tenant(), &mut shown).await?;
    for (thread, last) in items.iter_mut().zip(shown) {
        thread.last = last;
    }
    Ok(Page { items, next })
}

async fn count_unanswered(conn: &mut Conn<'_>, scope: TenantScope, threads: &mut [Thread]) -> Result<(), StoreError> {
    let mut sql = Sql::default();
    let mut is_first = true;
    for (place, thread) in (0_i64..).zip(threads.iter()) {
        let message = &thread.last.record;
        let (Some(Direction::Inbound), Some(contact)) = (message.direction, message.contact_id) else { continue };
        sql.push(if is_first { "SELECT * FROM (" } else { " UNION ALL SELECT * FROM (" });
        is_first = false;
        // Without its type PostgreSQL would take the bare parameter of a select list for text.
        sql.push("SELECT CAST(")
            .bind(place)
            .push(" AS BIGINT) AS place, n.direction, n.occurred_at, n.id FROM messages n");
        sql.push(" WHERE n.tenant_id = ").bind(scope.tenant().uuid()).push(" AND n.contact_id = ").bind(contact.uuid());
        sql.push(SAME_OWN).bind(thread.own_number().unwrap_or_default());
        sql.push(" ORDER BY n.occurred_at DESC, n.id DESC LIMIT ").bind(COUNTED).push(") AS thread");
    }
    if is_first {
        return Ok(());
    }
    let mut rows: Vec<(i64, Option<Direction>, switchboard_domain::Timestamp, Uuid)> = sql.fetch_all(conn).await?;
    rows.sort_by_key(|(place, _, at, id)| (*place, std::cmp::Reverse((*at, *id))));
    let mut answered: Option<i64> = None;
    for (place, direction, ..) in rows {
        if direction != Some(Direction::Inbound) {
            answered = Some(place);
        }
        let thread = usize::try_from(place).ok().and_then(|place| threads.get_mut(place));
        if let Some(thread) = thread.filter(|_| answered != Some(place)) {
            thread.unanswered += 1;
        }
    }
    Ok(())
}
