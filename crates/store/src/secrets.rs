//! Sealed secrets of connections: what deliveries are verified with, and what the provider is called with. Nothing here
//! can open them; that takes the vault's key, which this crate does not know.

use sqlx::FromRow;
use switchboard_domain::{
    Timestamp,
    ids::{ConnectionId, TenantId},
};
use uuid::Uuid;

use crate::{
    Conn, Db, StoreError, TenantScope,
    conn::{execute, fetch_all, fetch_optional},
};

/// A secret that deliveries are verified with, on its way into the table.
#[derive(Debug, Clone)]
pub struct NewWebhookSecret {
    pub id: Uuid,
    pub connection_id: ConnectionId,
    pub provider: String,
    /// On a provider's fixed URL: then the secret says whose delivery it is, and belongs to one connection only.
    pub on_fixed_url: bool,
    /// A keyed hash: equal secrets have equal ones.
    pub fingerprint: Vec<u8>,
    pub sealed: Vec<u8>,
    pub created_at: Timestamp,
}

/// A secret that deliveries are verified with, as it is kept.
#[derive(Debug, Clone, FromRow)]
pub struct WebhookSecret {
    pub id: Uuid,
    pub tenant_id: TenantId,
    pub connection_id: ConnectionId,
    pub on_fixed_url: bool,
    pub fingerprint: Vec<u8>,
    pub sealed: Vec<u8>,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
}

/// What came of [`install`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Installed {
    /// It verifies from now on; the connection's others there end with their grace period.
    New,
    /// It was the connection's already.
    Kept,
    /// Another connection has the same secret on the fixed URL.
    Taken,
}

/// Makes a secret the current one of its connection, on the fixed URL or on the connection's own. The ones before it go
/// on verifying until `others_until`.
///
/// The fixed URL is shared by all tenants, so this looks across them: whose expired claim stands in the way is cleared,
/// and a living one of somebody else is [`Installed::Taken`].
pub async fn install(
    db: &Db,
    scope: TenantScope,
    new: &NewWebhookSecret,
    others_until: Timestamp,
) -> Result<Installed, StoreError> {
    let mut tx = db.begin_platform().await?;
    let conn = &mut tx.conn();
    if new.on_fixed_url {
        execute!(
            conn,
            "DELETE FROM webhook_secrets WHERE provider = $1 AND fingerprint = $2 AND on_fixed_url AND expires_at <= $3",
            &new.provider,
            &new.fingerprint,
            new.created_at
        )?;
    }
    let held = execute!(
        conn,
        "UPDATE webhook_secrets SET expires_at = NULL, created_at = $5 WHERE tenant_id = $1 AND connection_id = $2 \
         AND fingerprint = $3 AND on_fixed_url = $4",
        scope.tenant(),
        new.connection_id,
        &new.fingerprint,
        new.on_fixed_url,
        new.created_at
    )?;
    if held == 0 {
        let added = execute!(
            conn,
            "INSERT INTO webhook_secrets (id, tenant_id, connection_id, provider, on_fixed_url, fingerprint, sealed, \
             created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
            new.id,
            scope.tenant(),
            new.connection_id,
            &new.provider,
            new.on_fixed_url,
            &new.fingerprint,
            &new.sealed,
            new.created_at
        )?;
        if added == 0 {
            return Ok(Installed::Taken);
        }
    }
    execute!(
        conn,
        "UPDATE webhook_secrets SET expires_at = $5 WHERE tenant_id = $1 AND connection_id = $2 AND on_fixed_url = $3 \
         AND fingerprint <> $4 AND (expires_at IS NULL OR expires_at > $5)",
        scope.tenant(),
        new.connection_id,
        new.on_fixed_url,
        &new.fingerprint,
        others_until
    )?;
    tx.commit().await?;
    Ok(if held == 0 { Installed::New } else { Installed::Kept })
}

/// The secrets of a connection that still verify at `now`, the newest first.
pub async fn list_working(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    connection: ConnectionId,
    now: Timestamp,
) -> Result<Vec<WebhookSecret>, StoreError> {
    Ok(fetch_all!(
        conn,
        WebhookSecret,
        "SELECT id, tenant_id, connection_id, on_fixed_url, fingerprint, sealed, created_at, expires_at \
         FROM webhook_secrets WHERE tenant_id = $1 AND connection_id = $2 AND (expires_at IS NULL OR expires_at > $3) \
         ORDER BY created_at DESC, id DESC LIMIT 16",
        scope.tenant(),
        connection,
        now
    )?)
}

/// Lets all secrets of a connection at one place end at `until`: its webhook is gone from the provider.
pub async fn expire(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    connection: ConnectionId,
    on_fixed_url: bool,
    until: Timestamp,
) -> Result<u64, StoreError> {
    Ok(execute!(
        conn,
        "UPDATE webhook_secrets SET expires_at = $4 WHERE tenant_id = $1 AND connection_id = $2 AND on_fixed_url = $3 \
         AND (expires_at IS NULL OR expires_at > $4)",
        scope.tenant(),
        connection,
        on_fixed_url,
        until
    )?)
}

/// A secret that the provider is called with, as it is kept.
#[derive(Debug, Clone, FromRow)]
pub struct Credential {
    pub name: String,
    pub sealed: Vec<u8>,
    /// When the provider stops accepting it, where it said so.
    pub expires_at: Option<Timestamp>,
    pub updated_at: Timestamp,
}

/// All credentials of a connection.
pub async fn list_credentials(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    connection: ConnectionId,
) -> Result<Vec<Credential>, StoreError> {
    Ok(fetch_all!(
        conn,
        Credential,
        "SELECT name, sealed, expires_at, updated_at FROM connection_credentials \
         WHERE tenant_id = $1 AND connection_id = $2 ORDER BY name LIMIT 64",
        scope.tenant(),
        connection
    )?)
}

/// One credential of a connection.
pub async fn find_credential(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    connection: ConnectionId,
    name: &str,
) -> Result<Option<Credential>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Credential,
        "SELECT name, sealed, expires_at, updated_at FROM connection_credentials \
         WHERE tenant_id = $1 AND connection_id = $2 AND name = $3",
        scope.tenant(),
        connection,
        name
    )?)
}

/// Sets a credential, replacing the one of that name.
pub async fn set_credential(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    connection: ConnectionId,
    credential: &Credential,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO connection_credentials (tenant_id, connection_id, name, sealed, expires_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (connection_id, name) \
         DO UPDATE SET sealed = excluded.sealed, expires_at = excluded.expires_at, updated_at = excluded.updated_at \
         WHERE connection_credentials.tenant_id = excluded.tenant_id",
        scope.tenant(),
        connection,
        &credential.name,
        &credential.sealed,
        credential.expires_at,
        credential.updated_at
    )?;
    Ok(())
}

/// Moves a credential's `updated_at` from `seen` to `now`, if it still stands at `seen`. Of all who try, one succeeds: that
/// is how one node among many gets to use a token that can be used once.
pub async fn claim_credential(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    connection: ConnectionId,
    name: &str,
    seen: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let moved = execute!(
        conn,
        "UPDATE connection_credentials SET updated_at = $5 \
         WHERE tenant_id = $1 AND connection_id = $2 AND name = $3 AND updated_at = $4",
        scope.tenant(),
        connection,
        name,
        seen,
        now
    )?;
    Ok(moved == 1)
}

/// Forgets credentials. Returns how many there were.
pub async fn delete_credentials(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    connection: ConnectionId,
    names: &[&str],
) -> Result<u64, StoreError> {
    let mut deleted = 0;
    for name in names {
        deleted += execute!(
            conn,
            "DELETE FROM connection_credentials WHERE tenant_id = $1 AND connection_id = $2 AND name = $3",
            scope.tenant(),
            connection,
            *name
        )?;
    }
    Ok(deleted)
}
