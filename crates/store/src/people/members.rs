//! The people of one tenant, for those who look after them.
//!
//! A tenant is never left without an owner. Whoever takes ownership away locks all owners first, so of two requests that
//! would each leave one owner, the second sees what the first left.

use sqlx::FromRow;
use switchboard_domain::{Timestamp, ids::UserId, mail::Language, role::Role};
use uuid::Uuid;

use crate::{
    Db, Engine, PlatformTx, StoreError, TenantScope,
    conn::{execute, fetch_all, fetch_optional},
    sql::Sql,
};

/// A person of the tenant.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Member {
    pub user_id: UserId,
    pub email: String,
    pub full_name: String,
    pub role: Role,
    pub is_active: bool,
    pub email_verified_at: Option<Timestamp>,
    pub totp_enabled_at: Option<Timestamp>,
    pub last_login_at: Option<Timestamp>,
    /// What they are written to in.
    pub language: Language,
    pub created_at: Timestamp,
}

/// The tenant's people, in the order of their ids, after `after`; at most `limit`.
pub async fn list(db: &Db, scope: TenantScope, after: Option<UserId>, limit: i64) -> Result<Vec<Member>, StoreError> {
    // People are the platform's; which of them is the tenant's the membership says.
    let mut reader = db.read_platform().await?;
    Ok(fetch_all!(
        &mut reader.conn(),
        Member,
        "SELECT m.user_id, u.email, u.full_name, m.role, u.is_active, u.email_verified_at, u.totp_enabled_at, \
         u.last_login_at, coalesce(u.language, 'en') AS language, m.created_at FROM memberships m JOIN users u ON u.id = m.user_id \
         WHERE m.tenant_id = $1 AND m.user_id > $2 ORDER BY m.user_id LIMIT $3",
        scope.tenant(),
        after.map_or(Uuid::nil(), UserId::uuid),
        limit
    )?)
}

/// One person of the tenant.
pub async fn find(db: &Db, scope: TenantScope, user: UserId) -> Result<Option<Member>, StoreError> {
    let mut reader = db.read_platform().await?;
    Ok(fetch_optional!(
        &mut reader.conn(),
        Member,
        "SELECT m.user_id, u.email, u.full_name, m.role, u.is_active, u.email_verified_at, u.totp_enabled_at, \
         u.last_login_at, coalesce(u.language, 'en') AS language, m.created_at FROM memberships m JOIN users u ON u.id = m.user_id \
         WHERE m.tenant_id = $1 AND m.user_id = $2",
        scope.tenant(),
        user
    )?)
}

/// Whether somebody with this address is one of the tenant's people.
pub async fn has_email(db: &Db, scope: TenantScope, email: &str) -> Result<bool, StoreError> {
    let mut reader = db.read_platform().await?;
    let row = fetch_optional!(
        &mut reader.conn(),
        (i64,),
        "SELECT count(*) FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.tenant_id = $1 AND u.email = $2",
        scope.tenant(),
        email
    )?;
    Ok(row.is_some_and(|(count,)| count > 0))
}

/// How many work there, and how many of them have shown that their address is theirs.
pub async fn count_verified(db: &Db, scope: TenantScope) -> Result<(i64, i64), StoreError> {
    let mut reader = db.read_platform().await?;
    let row = fetch_optional!(
        &mut reader.conn(),
        (i64, i64),
        "SELECT count(*), count(u.email_verified_at) FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.tenant_id = $1",
        scope.tenant()
    )?;
    Ok(row.unwrap_or_default())
}

/// The owners, locked until the end of the transaction. SQLite has one writer, so there the transaction is the lock.
pub async fn lock_owners(tx: &mut PlatformTx, scope: TenantScope) -> Result<Vec<UserId>, StoreError> {
    let mut sql = Sql::new("SELECT user_id FROM memberships WHERE role = 'owner' AND tenant_id = ");
    sql.bind(scope.tenant().uuid()).push(" ORDER BY user_id");
    let mut conn = tx.conn();
    if conn.engine() == Engine::Postgres {
        // Rows that changed while they were waited for are looked at again: a former owner is not among them.
        sql.push(" FOR UPDATE");
    }
    let rows: Vec<(UserId,)> = sql.fetch_all(&mut conn).await?;
    Ok(rows.into_iter().map(|(user,)| user).collect())
}

/// Somebody's role, locked until the end of the transaction. Lock the owners first.
pub async fn lock_role(tx: &mut PlatformTx, scope: TenantScope, user: UserId) -> Result<Option<Role>, StoreError> {
    let touched = execute!(
        &mut tx.conn(),
        "UPDATE memberships SET role = role WHERE tenant_id = $1 AND user_id = $2",
        scope.tenant(),
        user
    )?;
    if touched == 0 {
        return Ok(None);
    }
    let row = fetch_optional!(
        &mut tx.conn(),
        (Role,),
        "SELECT role FROM memberships WHERE tenant_id = $1 AND user_id = $2",
        scope.tenant(),
        user
    )?;
    Ok(row.map(|(role,)| role))
}

/// Gives somebody another role. False if they are no member.
pub async fn set_role(
    tx: &mut PlatformTx,
    scope: TenantScope,
    user: UserId,
    role: Role,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let touched = execute!(
        &mut tx.conn(),
        "UPDATE memberships SET role = $3, updated_at = $4 WHERE tenant_id = $1 AND user_id = $2",
        scope.tenant(),
        user,
        role,
        now
    )?;
    Ok(touched == 1)
}

/// Lets somebody go, and ends their sessions in this tenant. False if they are no member.
pub async fn remove(tx: &mut PlatformTx, scope: TenantScope, user: UserId, now: Timestamp) -> Result<bool, StoreError> {
    let removed = execute!(
        &mut tx.conn(),
        "DELETE FROM memberships WHERE tenant_id = $1 AND user_id = $2",
        scope.tenant(),
        user
    )?;
    execute!(
        &mut tx.conn(),
        "UPDATE sessions SET revoked_at = $3, revoked_reason = 'removed' \
         WHERE tenant_id = $1 AND user_id = $2 AND revoked_at IS NULL",
        scope.tenant(),
        user,
        now
    )?;
    Ok(removed == 1)
}
