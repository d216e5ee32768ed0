//! What belongs to one contact, found by reading everything a tenant has of a kind.
//!
//! Most of it could be had from an index (calls and messages name their contact), but not all: a call names the contact of
//! its first leg only, and a group text one of its receivers. Erasing and exporting must miss nothing, are rare, and are
//! nobody's waiting; so they read, page by page, without a lock. What is answered here are candidates: the caller looks at
//! each record itself before it believes it.

use sqlx::FromRow;
use switchboard_domain::{Timestamp, ids::ContactId};
use uuid::Uuid;

use crate::{Conn, StoreError, TenantScope, sql::Sql};

/// Who is looked for.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub contacts: Vec<ContactId>,
    pub numbers: Vec<String>,
}

impl Wanted {
    /// `CAST(column AS text) LIKE …` for each text that may stand in it. A number may hold a wildcard; see the module.
    fn push_mentions(&self, sql: &mut Sql, column: &'static str, ids: bool) {
        let ids = self.contacts.iter().filter(|_| ids).map(|id| id.uuid().simple().to_string());
        let texts: Vec<String> = ids.chain(self.numbers.iter().cloned()).collect();
        if texts.is_empty() {
            sql.push("1 = 0");
        }
        for (i, text) in texts.into_iter().enumerate() {
            sql.push(if i == 0 { "CAST(" } else { " OR CAST(" }).push(column).push(" AS text) LIKE ");
            sql.bind(format!("%{text}%"));
        }
    }
}

/// A leg that was read.
#[derive(Debug, Clone, Copy, FromRow)]
pub struct LegHit {
    pub call_id: Uuid,
    pub id: Uuid,
    pub is_hit: bool,
}

/// The next legs of a tenant behind `after`, at most `limit`, and whether they may be about somebody wanted.
pub async fn legs(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    wanted: &Wanted,
    after: Option<LegHit>,
    limit: i64,
) -> Result<Vec<LegHit>, StoreError> {
    let mut sql = Sql::new("SELECT call_id, id, coalesce((");
    wanted.push_mentions(&mut sql, "doc", true);
    sql.push("), FALSE) AS is_hit FROM call_legs WHERE tenant_id = ").bind(scope.tenant().uuid());
    if let Some(after) = after {
        sql.push(" AND (call_id, id) > (").bind(after.call_id).push(", ").bind(after.id).push(")");
    }
    sql.push(" ORDER BY call_id, id LIMIT ").bind(limit);
    sql.fetch_all(conn).await
}

/// A message that was read.
#[derive(Debug, Clone, Copy, FromRow)]
pub struct MessageHit {
    pub occurred_at: Timestamp,
    pub id: Uuid,
    pub is_hit: bool,
}

/// The next messages of a tenant behind `after`, at most `limit`, and whether they may be about somebody wanted.
pub async fn messages(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    wanted: &Wanted,
    after: Option<MessageHit>,
    limit: i64,
) -> Result<Vec<MessageHit>, StoreError> {
    let mut sql = Sql::new("SELECT occurred_at, id, coalesce((");
    wanted.push_mentions(&mut sql, "to_numbers", false);
    let contacts: Vec<Uuid> = wanted.contacts.iter().map(|id| id.uuid()).collect();
    let numbers: Vec<&str> = wanted.numbers.iter().map(String::as_str).collect();
    sql.push(" OR (contact_id IS NOT NULL AND contact_id IN ").bind_list(&contacts);
    sql.push(") OR (from_number IS NOT NULL AND from_number IN ").bind_list(&numbers);
    sql.push(")), FALSE) AS is_hit FROM messages WHERE tenant_id = ").bind(scope.tenant().uuid());
    if let Some(after) = after {
        sql.push(" AND (occurred_at, id) > (").bind(after.occurred_at).push(", ").bind(after.id).push(")");
    }
    sql.push(" ORDER BY occurred_at, id LIMIT ").bind(limit);
    sql.fetch_all(conn).await
}

/// The voicemails of these contacts, and those that these numbers left.
pub async fn voicemails(conn: &mut Conn<'_>, scope: TenantScope, wanted: &Wanted) -> Result<Vec<Uuid>, StoreError> {
    let contacts: Vec<Uuid> = wanted.contacts.iter().map(|id| id.uuid()).collect();
    let numbers: Vec<&str> = wanted.numbers.iter().map(String::as_str).collect();
    let mut sql = Sql::new("SELECT id FROM voicemails WHERE tenant_id = ");
    sql.bind(scope.tenant().uuid()).push(" AND (contact_id IN ").bind_list(&contacts);
    sql.push(" OR from_number IN ").bind_list(&numbers).push(")");
    Ok(sql.fetch_all::<(Uuid,)>(conn).await?.into_iter().map(|(id,)| id).collect())
}
