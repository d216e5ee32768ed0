//! Connections whose sender signs in with a user name and a password: what a presented name, address or serial number may
//! mean. None of these decides anything; they choose whose password is compared.

use std::collections::HashMap;

use sqlx::{FromRow, types::Json};
use switchboard_domain::{
    Timestamp,
    ids::{ConnectionId, TenantId},
};

use crate::{
    Conn, Db, Engine, PlatformTx, StoreError, TenantScope,
    connections::{self, NewConnection},
    secrets::{self, Credential},
    sql::Sql,
};

/// Connections that one name may mean. More than that have chosen the same one; the others must use their own URL.
const MOST: i64 = 8;

/// The credentials that a sender's password is compared with: the present one, and the one before it for a while.
pub const PASSWORDS: [&str; 2] = ["webhook_password", "webhook_password_before"];

/// A connection that a sender may be.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub connection_id: ConnectionId,
    tenant_id: TenantId,
    pub settings: serde_json::Value,
    /// The workspace's.
    pub time_zone: String,
    /// It takes what comes to its own URL without a password.
    pub is_unsigned: bool,
    /// What is kept of its passwords, sealed, each with its field.
    pub passwords: Vec<(String, Vec<u8>)>,
}

impl Candidate {
    /// The right to act for its tenant. Use it only for a sender who is this connection's.
    pub const fn scope(&self) -> TenantScope {
        TenantScope::new(self.tenant_id)
    }

    pub const fn tenant(&self) -> TenantId {
        self.tenant_id
    }

    /// A setting that is a text.
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.settings.get(name)?.as_str().filter(|text| !text.is_empty())
    }
}

/// What candidates are looked for by.
#[derive(Debug, Clone, Copy)]
pub enum By<'a> {
    Connection(ConnectionId),
    Tenant(TenantId),
    Username(&'a str),
    Serial(&'a str),
    /// Those that take records from addresses of their own.
    Streams,
}

#[derive(FromRow)]
struct Row {
    connection_id: ConnectionId,
    tenant_id: TenantId,
    settings: Json<serde_json::Value>,
    time_zone: String,
    is_unsigned: bool,
}

/// The connections of a provider that are meant, oldest first, without those that are switched off.
pub async fn candidates(db: &Db, provider: &str, by: By<'_>, now: Timestamp) -> Result<Vec<Candidate>, StoreError> {
    let mut reader = db.read_platform().await?;
    let conn = &mut reader.conn();
    let mut sql = Sql::new(
        "SELECT c.id AS connection_id, c.tenant_id, c.settings, t.time_zone, c.is_unsigned FROM connections c \
         JOIN tenants t ON t.id = c.tenant_id WHERE c.status <> 'disabled' AND t.status <> 'deleted' AND c.provider = ",
    );
    sql.bind(provider.to_owned());
    let mut limit = MOST;
    match by {
        By::Connection(id) => {
            sql.push(" AND c.id = ").bind(id.uuid());
        }
        By::Tenant(id) => {
            sql.push(" AND c.tenant_id = ").bind(id.uuid());
        }
        // The words of the indexes.
        By::Username(name) => {
            sql.push(setting(conn.engine(), "webhook_username")).push(" = ").bind(name.to_owned());
        }
        By::Serial(serial) => {
            sql.push(setting(conn.engine(), "serial")).push(" = ").bind(serial.to_owned());
        }
        By::Streams => {
            sql.push(setting(conn.engine(), "stream_from")).push(" IS NOT NULL");
            limit = 10_000;
        }
    }
    sql.push(" ORDER BY c.created_at, c.id LIMIT ").bind(limit);
    let rows: Vec<Row> = sql.fetch_all(conn).await?;
    let mut passwords = passwords(conn, &rows, now).await?;
    let candidate = |row: Row| Candidate {
        passwords: passwords.remove(&row.connection_id).unwrap_or_default(),
        connection_id: row.connection_id,
        tenant_id: row.tenant_id,
        settings: row.settings.0,
        time_zone: row.time_zone,
        is_unsigned: row.is_unsigned,
    };
    Ok(rows.into_iter().map(candidate).collect())
}

const fn setting(engine: Engine, name: &'static str) -> &'static str {
    match (engine, name.as_bytes()) {
        (Engine::Sqlite, b"webhook_username") => " AND json_extract(c.settings, '$.webhook_username')",
        (Engine::Sqlite, b"serial") => " AND json_extract(c.settings, '$.serial')",
        (Engine::Sqlite, _) => " AND json_extract(c.settings, '$.stream_from')",
        (Engine::Postgres, b"webhook_username") => " AND (c.settings ->> 'webhook_username')",
        (Engine::Postgres, b"serial") => " AND (c.settings ->> 'serial')",
        (Engine::Postgres, _) => " AND (c.settings ->> 'stream_from')",
    }
}

async fn passwords(
    conn: &mut Conn<'_>,
    rows: &[Row],
    now: Timestamp,
) -> Result<HashMap<ConnectionId, Vec<(String, Vec<u8>)>>, StoreError> {
    let ids: Vec<_> = rows.iter().map(|row| row.connection_id.uuid()).collect();
    let mut found: HashMap<ConnectionId, Vec<(String, Vec<u8>)>> = HashMap::new();
    if ids.is_empty() {
        return Ok(found);
    }
    let mut sql = Sql::new("SELECT connection_id, name, sealed FROM connection_credentials WHERE connection_id IN ");
    let names = PASSWORDS.map(str::to_owned);
    sql.bind_list(&ids).push(" AND name IN ").bind_list(&names);
    sql.push(" AND (expires_at IS NULL OR expires_at > ").bind(now).push(") ORDER BY name");
    for (connection, name, sealed) in sql.fetch_all::<(ConnectionId, String, Vec<u8>)>(conn).await? {
        found.entry(connection).or_default().push((name, sealed));
    }
    Ok(found)
}

/// What reading a connection's items depends on besides their bytes: its settings, and its workspace's zone.
pub async fn surroundings(
    db: &Db,
    tenant: TenantId,
    connection: ConnectionId,
) -> Result<Option<(serde_json::Value, String)>, StoreError> {
    let mut reader = db.read_platform().await?;
    let mut sql = Sql::new(
        "SELECT c.settings, t.time_zone FROM connections c JOIN tenants t ON t.id = c.tenant_id WHERE c.id = ",
    );
    sql.bind(connection.uuid()).push(" AND c.tenant_id = ").bind(tenant.uuid());
    let rows: Vec<(Json<serde_json::Value>, String)> = sql.fetch_all(&mut reader.conn()).await?;
    Ok(rows.into_iter().next().map(|(settings, zone)| (settings.0, zone)))
}

/// Stores the connection of a tenant that is made in this transaction, with the hash of its password.
pub async fn install(
    tx: &mut PlatformTx,
    scope: TenantScope,
    row: &NewConnection,
    password: &Credential,
) -> Result<(), StoreError> {
    connections::insert(&mut tx.conn(), scope, row).await?;
    secrets::set_credential(&mut tx.conn(), scope, row.id, password).await
}
