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
    /// What the hash was under keys that are being phased out: rows that were not sealed anew yet have one of these.
    pub older_fingerprints: Vec<Vec<u8>>,
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

/// What came of [`add`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It verifies from now on.
    New,
    /// It was the connection's already, and is its current one now.
    Kept,
    /// Another connection has the same secret on the fixed URL.
    Taken,
}

/// Makes a secret verify, on the fixed URL or on the connection's own. Those before it go on until [`retire_others`]: a
/// provider is told of a new secret only after it verifies here.
///
/// The fixed URL is shared by all tenants, so this looks across them: an expired claim that stands in the way is cleared,
/// and a living one of another connection is [`Added::Taken`].
pub async fn add(db: &Db, scope: TenantScope, new: &NewWebhookSecret) -> Result<Added, StoreError> {
    let mut tx = db.begin_platform().await?;
    let added = add_in(&mut tx.conn(), scope, new).await?;
    tx.commit().await?;
    Ok(added)
}

async fn add_in(conn: &mut Conn<'_>, scope: TenantScope, new: &NewWebhookSecret) -> Result<Added, StoreError> {
    for older in &new.older_fingerprints {
        if is_taken_under(conn, scope, new, older).await? {
            return Ok(Added::Taken);
        }
    }
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
    if held > 0 {
        return Ok(Added::Kept);
    }
    let inserted = execute!(
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
    Ok(if inserted == 1 { Added::New } else { Added::Taken })
}

/// Brings a row of this connection that has an older fingerprint of the secret up to date, so that from here on there is
/// one to look for. True if another connection has it on the fixed URL.
async fn is_taken_under(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    new: &NewWebhookSecret,
    older: &[u8],
) -> Result<bool, StoreError> {
    execute!(
        conn,
        "UPDATE webhook_secrets SET fingerprint = $5, sealed = $6 WHERE tenant_id = $1 AND connection_id = $2 \
         AND fingerprint = $3 AND on_fixed_url = $4",
        scope.tenant(),
        new.connection_id,
        older,
        new.on_fixed_url,
        &new.fingerprint,
        &new.sealed
    )?;
    if !new.on_fixed_url {
        return Ok(false);
    }
    let others = fetch_optional!(
        conn,
        (i64,),
        "SELECT count(*) FROM webhook_secrets WHERE provider = $1 AND fingerprint = $2 AND on_fixed_url \
         AND (expires_at IS NULL OR expires_at > $3)",
        &new.provider,
        older,
        new.created_at
    )?;
    Ok(others.is_some_and(|(count,)| count > 0))
}

/// Lets the other secrets of a connection at the same place end at `until`; those that end earlier anyway stay so.
pub async fn retire_others(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    current: &NewWebhookSecret,
    until: Timestamp,
) -> Result<u64, StoreError> {
    Ok(execute!(
        conn,
        "UPDATE webhook_secrets SET expires_at = $5 WHERE tenant_id = $1 AND connection_id = $2 AND on_fixed_url = $3 \
         AND fingerprint <> $4 AND (expires_at IS NULL OR expires_at > $5)",
        scope.tenant(),
        current.connection_id,
        current.on_fixed_url,
        &current.fingerprint,
        until
    )?)
}

/// Takes back a secret that was added for nothing: the provider refused the webhook it was for.
pub async fn remove(conn: &mut Conn<'_>, scope: TenantScope, current: &NewWebhookSecret) -> Result<bool, StoreError> {
    let removed = execute!(
        conn,
        "DELETE FROM webhook_secrets WHERE tenant_id = $1 AND connection_id = $2 AND on_fixed_url = $3 AND fingerprint = $4",
        scope.tenant(),
        current.connection_id,
        current.on_fixed_url,
        &current.fingerprint
    )?;
    Ok(removed == 1)
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
