//! Invitations to a tenant. The link's token is kept as its SHA-256; whoever holds it may join, once.

use sqlx::FromRow;
use switchboard_domain::{
    Timestamp,
    ids::{InvitationId, TenantId, UserId},
    role::Role,
};
use uuid::Uuid;

use crate::{
    Db, PlatformTx, StoreError, TenantScope,
    conn::{execute, fetch_all, fetch_optional},
};

/// An invitation.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Invitation {
    pub id: InvitationId,
    /// Lower-case.
    pub email: String,
    pub role: Role,
    pub invited_by: UserId,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub accepted_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}

/// An invitation that somebody holds the link of, with what they are told before they accept.
#[derive(Debug, Clone, FromRow)]
pub struct HeldInvitation {
    pub id: InvitationId,
    tenant_id: TenantId,
    pub tenant_name: String,
    pub email: String,
    pub role: Role,
    pub invited_by: UserId,
    pub expires_at: Timestamp,
}

impl HeldInvitation {
    /// The right to join the tenant.
    pub const fn scope(&self) -> TenantScope {
        TenantScope::new(self.tenant_id)
    }
}

/// Adds an invitation. Earlier ones of the same address that are still open count no more.
pub async fn insert(
    tx: &mut PlatformTx,
    scope: TenantScope,
    invitation: &Invitation,
    token_hash: &[u8],
) -> Result<(), StoreError> {
    execute!(
        &mut tx.conn(),
        "UPDATE invitations SET revoked_at = $3 WHERE tenant_id = $1 AND email = $2 AND accepted_at IS NULL \
         AND revoked_at IS NULL",
        scope.tenant(),
        &invitation.email,
        invitation.created_at
    )?;
    execute!(
        &mut tx.conn(),
        "INSERT INTO invitations (id, tenant_id, email, role, token_hash, invited_by, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        invitation.id,
        scope.tenant(),
        &invitation.email,
        invitation.role,
        token_hash,
        invitation.invited_by,
        invitation.created_at,
        invitation.expires_at
    )?;
    Ok(())
}

/// What the tenant calls itself, for the letter.
pub async fn workspace_name(db: &Db, scope: TenantScope) -> Result<Option<String>, StoreError> {
    let mut reader = db.read_platform().await?;
    let row = fetch_optional!(&mut reader.conn(), (String,), "SELECT name FROM tenants WHERE id = $1", scope.tenant())?;
    Ok(row.map(|(name,)| name))
}

/// How many invitations of a tenant are open.
pub async fn count_open(tx: &mut PlatformTx, scope: TenantScope, now: Timestamp) -> Result<i64, StoreError> {
    let row = fetch_optional!(
        &mut tx.conn(),
        (i64,),
        "SELECT count(*) FROM invitations WHERE tenant_id = $1 AND accepted_at IS NULL AND revoked_at IS NULL \
         AND expires_at > $2",
        scope.tenant(),
        now
    )?;
    Ok(row.map_or(0, |(count,)| count))
}

/// The invitations of a tenant, newest first, before `before`; at most `limit`.
pub async fn list(
    db: &Db,
    scope: TenantScope,
    before: Option<InvitationId>,
    limit: i64,
) -> Result<Vec<Invitation>, StoreError> {
    let mut reader = db.read(scope).await?;
    Ok(fetch_all!(
        &mut reader.conn(),
        Invitation,
        "SELECT id, email, role, invited_by, created_at, expires_at, accepted_at, revoked_at FROM invitations \
         WHERE tenant_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        scope.tenant(),
        before.map_or(Uuid::max(), InvitationId::uuid),
        limit
    )?)
}

/// One invitation of a tenant, locked until the end of the transaction.
pub async fn lock(tx: &mut PlatformTx, scope: TenantScope, id: InvitationId) -> Result<Option<Invitation>, StoreError> {
    let touched = execute!(
        &mut tx.conn(),
        "UPDATE invitations SET email = email WHERE tenant_id = $1 AND id = $2",
        scope.tenant(),
        id
    )?;
    if touched == 0 {
        return Ok(None);
    }
    Ok(fetch_optional!(
        &mut tx.conn(),
        Invitation,
        "SELECT id, email, role, invited_by, created_at, expires_at, accepted_at, revoked_at FROM invitations \
         WHERE tenant_id = $1 AND id = $2",
        scope.tenant(),
        id
    )?)
}

/// Takes an invitation back. False if there is none that is open.
pub async fn revoke(
    tx: &mut PlatformTx,
    scope: TenantScope,
    id: InvitationId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let touched = execute!(
        &mut tx.conn(),
        "UPDATE invitations SET revoked_at = $3 WHERE tenant_id = $1 AND id = $2 AND accepted_at IS NULL \
         AND revoked_at IS NULL",
        scope.tenant(),
        id,
        now
    )?;
    Ok(touched == 1)
}

/// The open invitation whose link carries the token with this SHA-256.
pub async fn find_held(db: &Db, token_hash: &[u8], now: Timestamp) -> Result<Option<HeldInvitation>, StoreError> {
    let mut reader = db.read_platform().await?;
    Ok(fetch_optional!(
        &mut reader.conn(),
        HeldInvitation,
        "SELECT i.id, i.tenant_id, t.name AS tenant_name, i.email, i.role, i.invited_by, i.expires_at \
         FROM invitations i JOIN tenants t ON t.id = i.tenant_id WHERE i.token_hash = $1 AND i.accepted_at IS NULL \
         AND i.revoked_at IS NULL AND i.expires_at > $2",
        token_hash,
        now
    )?)
}

/// The open invitations of an address, oldest first.
pub async fn open_of_email(db: &Db, email: &str, now: Timestamp) -> Result<Vec<HeldInvitation>, StoreError> {
    let mut reader = db.read_platform().await?;
    Ok(fetch_all!(
        &mut reader.conn(),
        HeldInvitation,
        "SELECT i.id, i.tenant_id, t.name AS tenant_name, i.email, i.role, i.invited_by, i.expires_at \
         FROM invitations i JOIN tenants t ON t.id = i.tenant_id WHERE i.email = $1 AND i.accepted_at IS NULL \
         AND i.revoked_at IS NULL AND i.expires_at > $2 ORDER BY i.id LIMIT 20",
        email,
        now
    )?)
}

/// Uses an invitation up. False if it is not open any more; of two who come at once, one gets it.
pub async fn accept(tx: &mut PlatformTx, id: InvitationId, now: Timestamp) -> Result<bool, StoreError> {
    let touched = execute!(
        &mut tx.conn(),
        "UPDATE invitations SET accepted_at = $2 WHERE id = $1 AND accepted_at IS NULL AND revoked_at IS NULL \
         AND expires_at > $2",
        id,
        now
    )?;
    Ok(touched == 1)
}
