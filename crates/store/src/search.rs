//! Finding records by words.
//!
//! Each record that has words has a row in `search_words`, written in the transaction that writes the record, removed where
//! the record is removed, and compared by a rebuild like every derived table. What a row says is made by
//! [`switchboard_domain::words`], the same for both engines; SQLite looks it up in an FTS5 table, PostgreSQL in a GIN index.
//!
//! Numbers and names are the contacts' words only. A call has its contact's id, and an index on it, so a call need not be
//! written again under each of its party's names and digits: that would cost every call that is taken in.
//!
//! What is found here is ids. Who shows records reads them again under the scope.

use switchboard_domain::{
    Timestamp,
    change::RecordKind,
    ids::TenantId,
    words::{Query, Words},
};
use uuid::Uuid;

use crate::{
    Conn, Engine, StoreError, TenantScope,
    insert::{Conflict, Insert},
    record::Row,
    sql::{Arg, Sql},
};

/// Records of a kind that one search finds: the latest.
const MOST: i64 = 500;
/// Contacts whose calls, messages and voicemails one search finds.
const MOST_CONTACTS: i64 = 100;

/// What a record is found by.
#[derive(Debug, Clone)]
pub struct Entry {
    pub id: Uuid,
    pub tenant: TenantId,
    /// What is found: the record itself, or the call that it hangs on.
    pub kind: RecordKind,
    pub call_id: Option<Uuid>,
    pub words: Words,
    pub occurred_at: Timestamp,
}

const COLUMNS: [&str; 7] = ["id", "tenant_id", "kind", "call_id", "words", "occurred_at", "created_at"];

/// Rows of the index, to be added.
pub(crate) fn upsert() -> Insert {
    Insert::new("search_words", COLUMNS, Conflict::Update { key: &["tenant_id", "id"], fixed: &["kind"] })
}

/// Adds what a record is found by now. What was once known of a record never becomes unknown, so a row is changed and not
/// taken back.
pub(crate) fn add<R: Row>(rows: &mut Insert, stored: Option<&R>, now: &R) {
    let Some(entry) = values(now) else { return };
    match stored.and_then(values) {
        Some(stored) => rows.change(&stored, entry),
        None => rows.push(entry),
    }
}

fn values<R: Row>(row: &R) -> Option<Vec<Arg>> {
    let entry = row.entry().filter(|entry| !entry.words.is_empty())?;
    let words = format!("{} {}", place(entry.tenant, entry.kind), entry.words.join());
    Some(vec![
        entry.id.into(),
        entry.tenant.uuid().into(),
        entry.kind.as_str().into(),
        entry.call_id.into(),
        words.into(),
        entry.occurred_at.into(),
        row.created_at().into(),
    ])
}

/// The word that all records of a kind and tenant have. It begins with what no word of a text does.
fn place(tenant: TenantId, kind: RecordKind) -> String {
    format!("_{}{}", tenant.uuid().simple(), kind.as_str())
}

/// Takes records out of the index, by their own ids.
pub(crate) async fn forget(conn: &mut Conn<'_>, tenant: TenantId, ids: &[Uuid]) -> Result<(), StoreError> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::new("DELETE FROM search_words WHERE tenant_id = ");
    sql.bind(tenant.uuid()).push(" AND id IN ").bind_list(ids);
    sql.execute(conn).await.map(|_| ())
}

/// What a search found: a record fits that has one of these.
#[derive(Debug, Clone, Default)]
pub struct Found {
    pub ids: Vec<Uuid>,
    /// Not for contacts themselves, whose ids are above.
    pub contacts: Vec<Uuid>,
    /// On either side, exactly.
    pub number: Option<String>,
}

/// The records of a kind that fit what somebody typed: the latest 500 by their own words, and those of up to 100 contacts
/// by name, number and address.
pub async fn find(conn: &mut Conn<'_>, scope: TenantScope, kind: RecordKind, typed: &str) -> Result<Found, StoreError> {
    let Some(query) = Query::parse(typed) else { return Ok(Found::default()) };
    let ids = ids(conn, scope, kind, &query, MOST).await?;
    if kind == RecordKind::Contact {
        return Ok(Found { ids, ..Found::default() });
    }
    let mut contacts = self::ids(conn, scope, RecordKind::Contact, &query, MOST_CONTACTS).await?;
    // Records name the contact of their number, also where that is part of another one now.
    let mut sql = Sql::new("SELECT id FROM contacts WHERE tenant_id = ");
    sql.bind(scope.tenant().uuid()).push(" AND merged_into IS NOT NULL AND merged_into IN ").bind_list(&contacts);
    contacts.extend(sql.fetch_all::<(Uuid,)>(conn).await?.into_iter().map(|(id,)| id));
    Ok(Found { ids, contacts, number: query.e164() })
}

async fn ids(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    kind: RecordKind,
    query: &Query,
    most: i64,
) -> Result<Vec<Uuid>, StoreError> {
    let found: Vec<(Uuid,)> = sql(conn.engine(), scope, kind, query, most).fetch_all(conn).await?;
    let mut ids: Vec<Uuid> = found.into_iter().map(|(id,)| id).collect();
    // A call has several texts.
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// The statement behind a search, for those who want to see its plan.
pub fn sql(engine: Engine, scope: TenantScope, kind: RecordKind, query: &Query, most: i64) -> Sql {
    let place = place(scope.tenant(), kind);
    match engine {
        Engine::Sqlite => {
            let choices = choices(query, " AND ", " OR ", |word| format!("\"{word}\" *"));
            let mut sql = Sql::new(
                "SELECT coalesce(w.call_id, w.id) FROM search_index i JOIN search_words w ON w.position = i.rowid \
                 WHERE search_index MATCH ",
            );
            sql.bind(format!("\"{place}\" AND ({choices})")).push(" AND w.tenant_id = ").bind(scope.tenant().uuid());
            sql.push(" ORDER BY i.rowid DESC LIMIT ").bind(most);
            sql
        }
        Engine::Postgres => {
            let choices = choices(query, " & ", " | ", |word| format!("'{word}':*"));
            let mut sql = Sql::new("SELECT found FROM search_found(");
            sql.bind(format!("'{place}' & ({choices})")).push(", ").bind(most).push(")");
            sql
        }
    }
}

/// Words are letters and digits and nothing else: no word can end its quotes.
fn choices(query: &Query, and: &str, or: &str, beginning: impl Fn(&String) -> String) -> String {
    let all = |words: &[String]| format!("({})", words.iter().map(&beginning).collect::<Vec<_>>().join(and));
    query.choices().map(all).collect::<Vec<_>>().join(or)
}

impl Sql {
    /// Only what a search found, in a table whose records have a contact and a number on each side.
    pub fn and_found(&mut self, found: Option<&Found>) -> &mut Self {
        let Some(found) = found else { return self };
        self.push(" AND (id IN ").bind_list(&found.ids);
        if !found.contacts.is_empty() {
            self.push(" OR contact_id IN ").bind_list(&found.contacts);
        }
        if let Some(number) = &found.number {
            self.push(" OR from_number = ").bind(number).push(" OR to_number = ").bind(number);
        }
        self.push(")")
    }

    /// Only what a search found, by the records' own ids.
    pub fn and_found_itself(&mut self, found: Option<&Found>) -> &mut Self {
        if let Some(found) = found {
            self.push(" AND id IN ").bind_list(&found.ids);
        }
        self
    }
}
