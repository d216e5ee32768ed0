//! Sign-ins. A session is opened by signing in, lives on with its refresh tokens, and ends once: revoked or expired.

use sqlx::FromRow;
use switchboard_domain::{
    Timestamp,
    ids::{SessionId, TenantId, UserId},
    role::Role,
    tenant::TenantStatus,
};

use crate::{
    Db, PlatformTx, StoreError, TenantScope,
    conn::{execute, fetch_all, fetch_optional},
};

/// A sign-in, as its owner sees it and as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Session {
    pub id: SessionId,
    pub user_id: UserId,
    /// The tenant that the person works in; `None` for somebody who belongs to none.
    pub tenant_id: Option<TenantId>,
    /// The platform admin who works under this person's name.
    pub impersonated_by: Option<UserId>,
    /// Its tokens live in a browser's cookies.
    pub is_browser: bool,
    pub user_agent: Option<String>,
    /// Where it was last used from.
    pub address: Option<String>,
    pub created_at: Timestamp,
    pub last_used_at: Timestamp,
    pub expires_at: Timestamp,
}

/// Everything that decides what a session is good for right now, in one row: the session, its person, their role in its
/// tenant, and the tenant's standing.
#[derive(Debug, Clone, FromRow)]
pub struct SignedIn {
    pub session_id: SessionId,
    pub user_id: UserId,
    tenant_id: Option<TenantId>,
    pub impersonated_by: Option<UserId>,
    pub is_browser: bool,
    pub created_at: Timestamp,
    pub last_used_at: Timestamp,
    pub expires_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
    pub user_is_active: bool,
    pub is_platform_admin: bool,
    /// `None` without a tenant, and for somebody who is no member of it (any more).
    pub role: Option<Role>,
    pub tenant_status: Option<TenantStatus>,
    pub tenant_status_reason: Option<String>,
    /// For an impersonation: the one behind it is still a platform admin. `None` for everybody else.
    pub impersonator_is_admin: Option<bool>,
}

impl SignedIn {
    /// The right to act for the tenant that the session is in, as far as the role goes; `None` for who is no member of it.
    pub fn scope(&self) -> Option<(TenantScope, Role)> {
        Some((TenantScope::new(self.tenant_id?), self.role?))
    }

    pub const fn tenant(&self) -> Option<TenantId> {
        self.tenant_id
    }
}

/// Adds a session.
pub async fn insert(tx: &mut PlatformTx, session: &Session) -> Result<(), StoreError> {
    execute!(
        &mut tx.conn(),
        "INSERT INTO sessions (id, user_id, tenant_id, impersonated_by, is_browser, user_agent, address, created_at, \
         last_used_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        session.id,
        session.user_id,
        session.tenant_id,
        session.impersonated_by,
        session.is_browser,
        &session.user_agent,
        &session.address,
        session.created_at,
        session.last_used_at,
        session.expires_at
    )?;
    Ok(())
}

/// What a session is good for. Ended ones are found as well: the caller says why it refuses.
pub async fn find(db: &Db, session: SessionId) -> Result<Option<SignedIn>, StoreError> {
    let mut reader = db.read_platform().await?;
    Ok(fetch_optional!(
        &mut reader.conn(),
        SignedIn,
        "SELECT s.id AS session_id, s.user_id, s.tenant_id, s.impersonated_by, s.is_browser, s.created_at, \
         s.last_used_at, s.expires_at, s.revoked_at, u.is_active AS user_is_active, u.is_platform_admin, m.role, \
         t.status AS tenant_status, t.status_reason AS tenant_status_reason, (a.is_platform_admin AND a.is_active) AS impersonator_is_admin \
         FROM sessions s JOIN users u ON u.id = s.user_id \
         LEFT JOIN memberships m ON m.tenant_id = s.tenant_id AND m.user_id = s.user_id \
         LEFT JOIN tenants t ON t.id = s.tenant_id LEFT JOIN users a ON a.id = s.impersonated_by WHERE s.id = $1",
        session
    )?)
}

/// The sessions of a person that have not ended, the newest first.
pub async fn list_of_user(db: &Db, user: UserId, now: Timestamp) -> Result<Vec<Session>, StoreError> {
    let mut reader = db.read_platform().await?;
    Ok(fetch_all!(
        &mut reader.conn(),
        Session,
        "SELECT id, user_id, tenant_id, impersonated_by, is_browser, user_agent, address, created_at, last_used_at, \
         expires_at FROM sessions WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2 \
         ORDER BY id DESC LIMIT 200",
        user,
        now
    )?)
}

/// The tenant of the person's latest session, ended or not: where they will want to go on.
pub async fn latest_tenant(db: &Db, user: UserId) -> Result<Option<TenantId>, StoreError> {
    let mut reader = db.read_platform().await?;
    let row = fetch_optional!(
        &mut reader.conn(),
        (TenantId,),
        "SELECT tenant_id FROM sessions WHERE user_id = $1 AND tenant_id IS NOT NULL AND impersonated_by IS NULL \
         ORDER BY id DESC LIMIT 1",
        user
    )?;
    Ok(row.map(|(tenant,)| tenant))
}

/// Whether somebody signed in as the person with this e-mail address from `address` since `since`, and was not thrown out.
pub async fn is_known_address(db: &Db, email: &str, address: &str, since: Timestamp) -> Result<bool, StoreError> {
    let mut reader = db.read_platform().await?;
    let row = fetch_optional!(
        &mut reader.conn(),
        (i64,),
        "SELECT count(*) FROM users u JOIN sessions s ON s.user_id = u.id WHERE u.email = $1 AND s.address = $2 \
         AND s.last_used_at > $3 AND s.impersonated_by IS NULL \
         AND (s.revoked_reason IS NULL OR s.revoked_reason = 'signed_out')",
        email,
        address,
        since
    )?;
    Ok(row.is_some_and(|(count,)| count > 0))
}

/// Ends a session of a person. False if there is none of theirs that has not ended.
pub async fn revoke(
    tx: &mut PlatformTx,
    user: UserId,
    session: SessionId,
    reason: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let touched = execute!(
        &mut tx.conn(),
        "UPDATE sessions SET revoked_at = $3, revoked_reason = $4 \
         WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL",
        session,
        user,
        now,
        reason
    )?;
    Ok(touched == 1)
}

/// Ends all sessions of a person, or all but one. Returns how many.
pub async fn revoke_of_user(
    tx: &mut PlatformTx,
    user: UserId,
    except: Option<SessionId>,
    reason: &str,
    now: Timestamp,
) -> Result<u64, StoreError> {
    Ok(execute!(
        &mut tx.conn(),
        "UPDATE sessions SET revoked_at = $3, revoked_reason = $4 WHERE user_id = $1 AND id <> $2 AND revoked_at IS NULL",
        user,
        except.map_or(uuid::Uuid::nil(), SessionId::uuid),
        now,
        reason
    )?)
}

/// Notes that a session was used, and from where. An older moment than the one kept changes nothing.
pub async fn touch(
    tx: &mut PlatformTx,
    session: SessionId,
    address: Option<&str>,
    used_at: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        &mut tx.conn(),
        "UPDATE sessions SET last_used_at = $2, address = coalesce($3, address) WHERE id = $1 AND last_used_at < $2",
        session,
        used_at,
        address
    )?;
    Ok(())
}

/// Lets a session live until `expires_at`.
pub async fn extend(tx: &mut PlatformTx, session: SessionId, expires_at: Timestamp) -> Result<(), StoreError> {
    execute!(&mut tx.conn(), "UPDATE sessions SET expires_at = $2 WHERE id = $1", session, expires_at)?;
    Ok(())
}

/// Takes a session to another tenant of its person. The caller has found the membership.
pub async fn set_tenant(tx: &mut PlatformTx, session: SessionId, tenant: TenantId) -> Result<(), StoreError> {
    execute!(&mut tx.conn(), "UPDATE sessions SET tenant_id = $2 WHERE id = $1", session, tenant)?;
    Ok(())
}
