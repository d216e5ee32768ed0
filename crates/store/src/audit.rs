//! The audit log: who did what to which record, from where. Rows are only ever added, in the transaction of the deed, and
//! each carries the hash of the one before it, so that a row that was changed, removed or moved afterwards is found.
//!
//! Each tenant has a chain of its own and the installation has one: tenants then do not wait for each other, and what is
//! exported to one says nothing of another. A head row per chain is what writers queue at; it also remembers how long the
//! chain is, because rows that are missing at the end leave no other trace.

use sqlx::FromRow;
use switchboard_domain::{
    Timestamp,
    actor::Actor,
    audit::{Action, HASH_LEN, Link, NO_HASH},
    ids::{AuditId, TenantId},
};
use uuid::Uuid;

use crate::{
    Conn, Db, PlatformTx, StoreError, TenantScope,
    conn::{execute, fetch_optional},
    sql::Sql,
};

/// Characters of a text column; what is longer is cut. People's own words (a user agent, a company's name) end up here.
const MAX_TEXT: usize = 300;

/// Whose chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chain {
    Tenant(TenantScope),
    /// What concerns no single tenant: platform admins, keys of the installation.
    Installation,
}

impl Chain {
    fn tenant(self) -> Option<TenantId> {
        match self {
            Self::Tenant(scope) => Some(scope.tenant()),
            Self::Installation => None,
        }
    }

    /// What the chain's head is kept under.
    fn head_id(self) -> Uuid {
        self.tenant().map_or(Uuid::nil(), TenantId::uuid)
    }

    async fn reader(self, db: &Db) -> Result<crate::Reader, StoreError> {
        match self {
            Self::Tenant(scope) => db.read(scope).await,
            Self::Installation => db.read_platform().await,
        }
    }

    fn narrow(self, sql: &mut Sql) {
        match self.tenant() {
            Some(tenant) => sql.push(" WHERE tenant_id = ").bind(tenant.uuid()),
            None => sql.push(" WHERE tenant_id IS NULL"),
        };
    }
}

/// An entry on its way into the log.
#[derive(Debug, Clone)]
pub struct NewEntry {
    pub id: AuditId,
    pub actor_kind: &'static str,
    pub actor_id: Option<String>,
    pub actor_name: String,
    /// Under whose name, when it was not their own.
    pub on_behalf_of: Option<String>,
    pub action: Action,
    /// Kind and id of the record it was done to.
    pub target: Option<(&'static str, String)>,
    /// An object of names and values that are no secrets.
    pub details: serde_json::Value,
    pub address: Option<String>,
    pub request_id: Option<String>,
    pub at: Timestamp,
}

/// An entry as the log keeps it.
#[derive(Debug, Clone, FromRow)]
pub struct Entry {
    pub id: AuditId,
    tenant_id: Option<TenantId>,
    /// From 1, without gaps.
    pub seq: i64,
    pub actor_kind: String,
    pub actor_id: Option<String>,
    pub actor_name: String,
    pub on_behalf_of: Option<String>,
    /// Text, because a newer version may have written words that this one does not know.
    pub action: String,
    pub target_kind: Option<String>,
    pub target_id: Option<String>,
    #[sqlx(json)]
    pub details: serde_json::Value,
    pub address: Option<String>,
    pub request_id: Option<String>,
    pub at: Timestamp,
    pub previous_hash: Vec<u8>,
    pub hash: Vec<u8>,
}

impl Entry {
    /// The hash that the row's columns have now.
    pub fn computed_hash(&self) -> [u8; HASH_LEN] {
        Link {
            id: self.id.uuid(),
            tenant: self.tenant_id,
            seq: self.seq,
            actor_kind: &self.actor_kind,
            actor_id: self.actor_id.as_deref(),
            actor_name: &self.actor_name,
            on_behalf_of: self.on_behalf_of.as_deref(),
            action: &self.action,
            target_kind: self.target_kind.as_deref(),
            target_id: self.target_id.as_deref(),
            details: &canonical(&self.details),
            address: self.address.as_deref(),
            request_id: self.request_id.as_deref(),
            at: self.at,
            previous: &self.previous_hash,
        }
        .hash()
    }
}

/// Where a chain ends.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Head {
    /// The number of its last entry; 0 while there is none.
    pub seq: i64,
    pub hash: Vec<u8>,
}

impl Head {
    /// The head of a chain without entries.
    pub fn start() -> Self {
        Self { seq: 0, hash: NO_HASH.to_vec() }
    }
}

/// Adds an entry. Call it late in the transaction: from here to its end, others who write to the same chain wait. A
/// transaction that writes to two chains writes to the tenant's first.
pub async fn append(conn: &mut Conn<'_>, chain: Chain, new: &NewEntry) -> Result<Head, StoreError> {
    lock(conn, chain).await?;
    let previous = head_of(conn, chain).await?;
    let seq = previous.seq + 1;
    let entry = stored(chain, seq, previous.hash, new);
    let hash = entry.computed_hash();
    let mut sql = Sql::new(
        "INSERT INTO audit_log (id, tenant_id, seq, actor_kind, actor_id, actor_name, on_behalf_of, action, target_kind, \
         target_id, details, address, request_id, at, previous_hash, hash) VALUES ",
    );
    sql.bind_row(
        true,
        [
            entry.id.uuid().into(),
            entry.tenant_id.map(TenantId::uuid).into(),
            seq.into(),
            entry.actor_kind.into(),
            entry.actor_id.into(),
            entry.actor_name.into(),
            entry.on_behalf_of.into(),
            entry.action.into(),
            entry.target_kind.into(),
            entry.target_id.into(),
            entry.details.into(),
            entry.address.into(),
            entry.request_id.into(),
            entry.at.into(),
            entry.previous_hash.into(),
            hash.to_vec().into(),
        ],
    );
    sql.execute(conn).await?;
    execute!(
        conn,
        "UPDATE audit_heads SET seq = $2, hash = $3 WHERE tenant_id = $1",
        chain.head_id(),
        seq,
        hash.as_slice()
    )?;
    Ok(Head { seq, hash: hash.to_vec() })
}

/// [`append`], inside a transaction of the installation.
pub async fn append_platform(tx: &mut PlatformTx, chain: Chain, new: &NewEntry) -> Result<Head, StoreError> {
    append(&mut tx.conn(), chain, new).await
}

/// Makes writers of a chain follow each other. The tenant's counter first: a transaction that also has changes takes it
/// anyway, and all in one order cannot deadlock. SQLite has one writer.
async fn lock(conn: &mut Conn<'_>, chain: Chain) -> Result<(), StoreError> {
    if let (Conn::Postgres(connection), Some(tenant)) = (&mut *conn, chain.tenant()) {
        sqlx::query("SELECT change_seq FROM tenant_counters WHERE tenant_id = $1 FOR UPDATE")
            .bind(tenant)
            .execute(&mut **connection)
            .await?;
    }
    Ok(())
}

/// The head, locked, made if this is the chain's first entry.
async fn head_of(conn: &mut Conn<'_>, chain: Chain) -> Result<Head, StoreError> {
    fetch_optional!(
        conn,
        Head,
        "INSERT INTO audit_heads (tenant_id, seq, hash) VALUES ($1, 0, $2) ON CONFLICT (tenant_id) \
         DO UPDATE SET seq = audit_heads.seq RETURNING seq, hash",
        chain.head_id(),
        NO_HASH.as_slice()
    )?
    .ok_or_else(|| StoreError::Inconsistent { what: "audit chain", why: "it has no head".to_owned() })
}

fn stored(chain: Chain, seq: i64, previous_hash: Vec<u8>, new: &NewEntry) -> Entry {
    let text = |text: &Option<String>| text.as_deref().map(clean);
    Entry {
        id: new.id,
        tenant_id: chain.tenant(),
        seq,
        actor_kind: new.actor_kind.to_owned(),
        actor_id: text(&new.actor_id),
        actor_name: clean(&new.actor_name),
        on_behalf_of: text(&new.on_behalf_of),
        action: new.action.as_str().to_owned(),
        target_kind: new.target.as_ref().map(|(kind, _)| (*kind).to_owned()),
        target_id: new.target.as_ref().map(|(_, id)| clean(id)),
        details: plain(&new.details),
        address: text(&new.address),
        request_id: text(&new.request_id),
        at: new.at,
        previous_hash,
        hash: Vec::new(),
    }
}

/// Text that both databases give back as it was: PostgreSQL has no NUL.
fn clean(text: &str) -> String {
    text.chars().filter(|c| *c != '\0').take(MAX_TEXT).collect()
}

/// Details that both databases give back as they were. `jsonb` rewrites fractions, so those become text.
fn plain(value: &serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::String(text) => Value::String(clean(text)),
        Value::Number(number) if number.as_i64().is_none() => Value::String(number.to_string()),
        Value::Array(items) => Value::Array(items.iter().take(100).map(plain).collect()),
        Value::Object(fields) => fields.iter().take(100).map(|(name, value)| (clean(name), plain(value))).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

/// JSON with sorted keys and no spaces, however the database gave it back.
fn canonical(value: &serde_json::Value) -> String {
    use serde_json::Value;
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        Value::Object(fields) => {
            let mut fields: Vec<(&String, &Value)> = fields.iter().collect();
            fields.sort_unstable_by_key(|(name, _)| *name);
            let field =
                |(name, value): (&String, &Value)| format!("{}:{}", Value::String(name.clone()), canonical(value));
            format!("{{{}}}", fields.into_iter().map(field).collect::<Vec<_>>().join(","))
        }
        scalar => scalar.to_string(),
    }
}

/// Where a chain ends, as its head row says.
pub async fn head(db: &Db, chain: Chain) -> Result<Head, StoreError> {
    let mut reader = chain.reader(db).await?;
    let found = fetch_optional!(
        &mut reader.conn(),
        Head,
        "SELECT seq, hash FROM audit_heads WHERE tenant_id = $1",
        chain.head_id()
    )?;
    Ok(found.unwrap_or_else(Head::start))
}

/// The entries after number `after`, oldest first.
pub async fn list_after(db: &Db, chain: Chain, after: i64, limit: i64) -> Result<Vec<Entry>, StoreError> {
    let mut reader = chain.reader(db).await?;
    let mut sql = Sql::new("SELECT * FROM audit_log");
    chain.narrow(&mut sql);
    sql.push(" AND seq > ").bind(after).push(" ORDER BY seq LIMIT ").bind(limit);
    sql.fetch_all(&mut reader.conn()).await
}

/// What a list of entries is narrowed by.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// An id, or one of `app`, `user`, `operator`, `system`.
    pub actor: Option<String>,
    pub action: Option<Action>,
    pub target_kind: Option<String>,
    /// The id of the record it was done to.
    pub target: Option<String>,
    /// Included.
    pub since: Option<Timestamp>,
    /// Not included.
    pub until: Option<Timestamp>,
}

/// The entries before number `before`, newest first.
pub async fn list(
    db: &Db,
    chain: Chain,
    filter: &AuditFilter,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Entry>, StoreError> {
    let mut reader = chain.reader(db).await?;
    list_sql(chain, filter, before, limit).fetch_all(&mut reader.conn()).await
}

/// The statement behind [`list`], for those who want to see its plan.
pub fn list_sql(chain: Chain, filter: &AuditFilter, before: Option<i64>, limit: i64) -> Sql {
    let mut sql = Sql::new("SELECT * FROM audit_log");
    chain.narrow(&mut sql);
    let is_kind = |actor: &&String| ["app", "user", "operator", "system"].contains(&actor.as_str());
    sql.and(" AND actor_kind = ", filter.actor.as_ref().filter(is_kind));
    sql.and(" AND actor_id = ", filter.actor.as_ref().filter(|actor| !is_kind(actor)));
    sql.and(" AND action = ", filter.action.map(Action::as_str));
    sql.and(" AND target_kind = ", filter.target_kind.as_ref());
    sql.and(" AND target_id = ", filter.target.as_ref());
    sql.and(" AND at >= ", filter.since);
    sql.and(" AND at < ", filter.until);
    sql.and(" AND seq < ", before);
    sql.push(" ORDER BY seq DESC LIMIT ").bind(limit);
    sql
}

/// What people know somebody by: a person's e-mail address, an app's name. Of one who works under another's name, their own.
pub async fn name_of(db: &Db, actor: &Actor) -> Result<String, StoreError> {
    let (sql, id) = match actor {
        Actor::App { app, .. } => ("SELECT name FROM apps WHERE id = $1", app.uuid()),
        Actor::User { user, impersonated_by, .. } => {
            ("SELECT email FROM users WHERE id = $1", impersonated_by.unwrap_or(*user).uuid())
        }
        Actor::PlatformAdmin { user, .. } => ("SELECT email FROM users WHERE id = $1", user.uuid()),
        Actor::Operator | Actor::System => return Ok(actor.kind().to_owned()),
    };
    let mut reader = db.read_platform().await?;
    let found = fetch_optional!(&mut reader.conn(), (String,), sql, id)?;
    Ok(found.map_or_else(|| "(gone)".to_owned(), |(name,)| name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn details_read_the_same_in_any_order_and_survive_jsonb() {
        let one: serde_json::Value = serde_json::from_str(r#"{"b": [1, true], "a": {"y": "z\"", "x": null}}"#).unwrap();
        assert_eq!(canonical(&one), r#"{"a":{"x":null,"y":"z\""},"b":[1,true]}"#);
        assert_eq!(
            plain(&json!({"n": 1.50, "s": "a\0b", "big": u64::MAX})),
            json!({"n": "1.5", "s": "ab", "big": u64::MAX.to_string()})
        );
        assert_eq!(clean(&"x".repeat(1_000)).len(), MAX_TEXT);
    }
}
