//! One-time states of OAuth sign-ins under way.
//!
//! A person comes back from the provider with the state and a cookie of the browser in which they began, and both together
//! may finish that one sign-in: [`take`] is where the right to act for its tenant comes from. Only hashes of them are kept.

use sqlx::FromRow;
use switchboard_domain::{
    Timestamp,
    ids::{ConnectionId, TenantId},
};

use crate::{
    Conn, Db, StoreError, TenantScope,
    conn::{execute, fetch_optional},
};

/// A sign-in on its way to the provider.
#[derive(Debug, Clone)]
pub struct NewState {
    /// SHA-256 of the state.
    pub hash: Vec<u8>,
    pub connection_id: ConnectionId,
    /// The PKCE verifier, sealed.
    pub verifier: Vec<u8>,
    pub redirect_uri: String,
    /// Where the person goes afterwards, on this server.
    pub return_to: Option<String>,
    /// SHA-256 of the cookie of the browser that began it.
    pub binding_hash: Vec<u8>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// A sign-in that came back. There will not be a second one with its state.
#[derive(Debug, Clone, FromRow)]
pub struct TakenState {
    tenant_id: TenantId,
    pub connection_id: ConnectionId,
    pub verifier: Vec<u8>,
    pub redirect_uri: String,
    pub return_to: Option<String>,
    /// `None` if a version began it that tied sign-ins to no browser.
    pub binding_hash: Option<Vec<u8>>,
    pub expires_at: Timestamp,
}

impl TakenState {
    pub const fn scope(&self) -> TenantScope {
        TenantScope::new(self.tenant_id)
    }
}

/// Keeps a sign-in's state.
pub async fn insert(conn: &mut Conn<'_>, scope: TenantScope, state: &NewState) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO oauth_states (state_hash, tenant_id, connection_id, verifier, redirect_uri, return_to, binding_hash, \
         created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &state.hash,
        scope.tenant(),
        state.connection_id,
        &state.verifier,
        &state.redirect_uri,
        &state.return_to,
        &state.binding_hash,
        state.created_at,
        state.expires_at
    )?;
    Ok(())
}

/// Takes a state out, with all that have expired. `None` if it is unknown, expired or used already.
pub async fn take(db: &Db, hash: &[u8], now: Timestamp) -> Result<Option<TakenState>, StoreError> {
    let mut tx = db.begin_platform().await?;
    execute!(&mut tx.conn(), "DELETE FROM oauth_states WHERE expires_at <= $1", now)?;
    let taken = fetch_optional!(
        &mut tx.conn(),
        TakenState,
        "DELETE FROM oauth_states WHERE state_hash = $1 \
         RETURNING tenant_id, connection_id, verifier, redirect_uri, return_to, binding_hash, expires_at",
        hash
    )?;
    tx.commit().await?;
    Ok(taken)
}
