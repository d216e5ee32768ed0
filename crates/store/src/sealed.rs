//! Every column that holds something sealed: THE list. What seals a new kind of thing adds a line here, and a test that
//! looks at the schema fails until it does; a column that nobody lists would become unreadable with the next rotation of
//! the installation's key.
//!
//! Rows are replaced one by one and only if they still hold what was read, so a value that somebody sets meanwhile wins,
//! and a rotation that is killed goes on where it was: what is sealed with the current key is not looked at again.

use sqlx::FromRow;
use switchboard_domain::ids::TenantId;
use uuid::Uuid;

use crate::{
    Db, StoreError,
    sql::{Arg, Sql},
};

/// Bytes that a key is known by, and where they stand in a sealed value: behind one byte of version.
pub const KEY_ID_LEN: usize = 4;

macro_rules! columns {
    ($($name:ident $text:literal;)*) => {
        /// A column of sealed values, as `table.column`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum SealedColumn { $($name,)* }

        impl SealedColumn {
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

columns! {
    Credentials "connection_credentials.sealed";
    WebhookSecrets "webhook_secrets.sealed";
    HookTokens "connections.hook_token";
    OAuthVerifiers "oauth_states.verifier";
    Totp "users.totp_sealed";
    LoginAttempts "login_attempts.sealed";
    Mails "mails.sealed";
    ErasureKeys "tenant_counters.erasure_key";
    IdempotentAnswers "idempotency_keys.body";
}

impl std::fmt::Display for SealedColumn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a row is found by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowKey {
    Id(Uuid),
    /// An id and a name within it.
    Named(Uuid, String),
    Hash(Vec<u8>),
}

/// The statements of one column.
struct Shape {
    table: &'static str,
    column: &'static str,
    key: KeyShape,
    /// What says whose it is; `NULL` where it is nobody's.
    tenant: &'static str,
    /// What else the place depends on.
    owner: &'static str,
}

enum KeyShape {
    Id(&'static str),
    Named(&'static str, &'static str),
    Hash(&'static str),
}

impl SealedColumn {
    fn shape(self) -> Shape {
        let shape = |table, column, key, tenant, owner| Shape { table, column, key, tenant, owner };
        match self {
            Self::Credentials => {
                let key = KeyShape::Named("connection_id", "name");
                shape("connection_credentials", "sealed", key, "tenant_id", "NULL")
            }
            Self::WebhookSecrets => {
                shape("webhook_secrets", "sealed", KeyShape::Id("id"), "tenant_id", "connection_id")
            }
            Self::HookTokens => shape("connections", "hook_token", KeyShape::Id("id"), "tenant_id", "NULL"),
            Self::OAuthVerifiers => {
                shape("oauth_states", "verifier", KeyShape::Hash("state_hash"), "tenant_id", "connection_id")
            }
            Self::Totp => shape("users", "totp_sealed", KeyShape::Id("id"), "NULL", "NULL"),
            Self::LoginAttempts => shape("login_attempts", "sealed", KeyShape::Hash("token_hash"), "NULL", "NULL"),
            Self::Mails => shape("mails", "sealed", KeyShape::Id("id"), "tenant_id", "NULL"),
            Self::ErasureKeys => {
                shape("tenant_counters", "erasure_key", KeyShape::Id("tenant_id"), "tenant_id", "NULL")
            }
            Self::IdempotentAnswers => {
                shape("idempotency_keys", "body", KeyShape::Named("tenant_id", "key"), "tenant_id", "NULL")
            }
        }
    }
}

/// A sealed value and where it is.
#[derive(Debug, Clone)]
pub struct SealedRow {
    pub key: RowKey,
    pub tenant: Option<TenantId>,
    /// The connection that it belongs to, where the key does not say so.
    pub owner: Option<Uuid>,
    pub sealed: Vec<u8>,
}

#[derive(FromRow)]
struct Found {
    id: Option<Uuid>,
    name: Option<String>,
    key_hash: Option<Vec<u8>>,
    tenant: Option<TenantId>,
    owner: Option<Uuid>,
    sealed: Vec<u8>,
}

/// The rows of a column, behind `after`, that are not sealed with the key of this id; at most `limit`.
pub async fn list_stale(
    db: &Db,
    column: SealedColumn,
    current: [u8; KEY_ID_LEN],
    after: Option<&RowKey>,
    limit: i64,
) -> Result<Vec<SealedRow>, StoreError> {
    let shape = column.shape();
    let mut sql = Sql::new("SELECT ");
    match shape.key {
        KeyShape::Id(id) => sql.push(id).push(" AS id, NULL AS name, NULL AS key_hash"),
        KeyShape::Named(id, name) => sql.push(id).push(" AS id, ").push(name).push(" AS name, NULL AS key_hash"),
        KeyShape::Hash(hash) => sql.push("NULL AS id, NULL AS name, ").push(hash).push(" AS key_hash"),
    };
    sql.push(", ").push(shape.tenant).push(" AS tenant, ").push(shape.owner).push(" AS owner, ");
    sql.push(shape.column).push(" AS sealed FROM ").push(shape.table);
    sql.push(" WHERE ").push(shape.column).push(" IS NOT NULL AND substr(").push(shape.column);
    sql.push(", 2, 4) <> ").bind(current.to_vec());
    behind(&mut sql, &shape.key, after);
    sql.push(" LIMIT ").bind(limit);
    let mut reader = db.read_platform().await?;
    let found: Vec<Found> = sql.fetch_all(&mut reader.conn()).await?;
    found.into_iter().map(read).collect()
}

fn behind(sql: &mut Sql, shape: &KeyShape, after: Option<&RowKey>) {
    match (shape, after) {
        (KeyShape::Id(id), Some(RowKey::Id(after))) => sql.push(" AND ").push(id).push(" > ").bind(*after),
        (KeyShape::Named(id, name), Some(RowKey::Named(after, after_name))) => {
            sql.push(" AND (").push(id).push(", ").push(name).push(") > (").bind(*after).push(", ");
            sql.bind(after_name).push(")")
        }
        (KeyShape::Hash(hash), Some(RowKey::Hash(after))) => {
            sql.push(" AND ").push(hash).push(" > ").bind(after.clone())
        }
        _ => sql,
    };
    match shape {
        KeyShape::Id(key) | KeyShape::Hash(key) => sql.push(" ORDER BY ").push(key),
        KeyShape::Named(id, name) => sql.push(" ORDER BY ").push(id).push(", ").push(name),
    };
}

fn read(found: Found) -> Result<SealedRow, StoreError> {
    let key = match (found.id, found.name, found.key_hash) {
        (Some(id), None, None) => RowKey::Id(id),
        (Some(id), Some(name), None) => RowKey::Named(id, name),
        (None, None, Some(hash)) => RowKey::Hash(hash),
        _ => return Err(StoreError::Inconsistent { what: "sealed value", why: "its row has no key".to_owned() }),
    };
    Ok(SealedRow { key, tenant: found.tenant, owner: found.owner, sealed: found.sealed })
}

/// Puts a newly sealed value in the place of the one that was read, if it is still there. `fingerprint` goes with it, for
/// webhook secrets. False if somebody was faster.
pub async fn replace(
    db: &Db,
    column: SealedColumn,
    row: &SealedRow,
    sealed: Vec<u8>,
    fingerprint: Option<Vec<u8>>,
) -> Result<bool, StoreError> {
    let shape = column.shape();
    let mut sql = Sql::new("UPDATE ");
    sql.push(shape.table).push(" SET ").push(shape.column).push(" = ").bind(sealed);
    if let Some(fingerprint) = fingerprint {
        sql.push(", fingerprint = ").bind(fingerprint);
    }
    sql.push(" WHERE ").push(shape.column).push(" = ").bind(row.sealed.clone());
    let mut and = |key: &'static str, arg: Arg| {
        sql.push(" AND ").push(key).push(" = ").bind(arg);
    };
    match (shape.key, &row.key) {
        (KeyShape::Id(key), RowKey::Id(id)) => and(key, (*id).into()),
        (KeyShape::Hash(key), RowKey::Hash(hash)) => and(key, hash.clone().into()),
        (KeyShape::Named(key, name_key), RowKey::Named(id, name)) => {
            and(key, (*id).into());
            and(name_key, name.into());
        }
        _ => return Ok(false),
    }
    let mut tx = db.begin_platform().await?;
    let touched = sql.execute(&mut tx.conn()).await?;
    tx.commit().await?;
    Ok(touched == 1)
}

/// How many values of a column are sealed with which key: the id of the key and the number.
pub async fn count_by_key(db: &Db, column: SealedColumn) -> Result<Vec<(Vec<u8>, i64)>, StoreError> {
    let shape = column.shape();
    let mut sql = Sql::new("SELECT substr(");
    sql.push(shape.column).push(", 2, 4) AS key_id, count(*) FROM ").push(shape.table);
    sql.push(" WHERE ").push(shape.column).push(" IS NOT NULL GROUP BY 1 ORDER BY 1 LIMIT 64");
    let mut reader = db.read_platform().await?;
    sql.fetch_all(&mut reader.conn()).await
}
