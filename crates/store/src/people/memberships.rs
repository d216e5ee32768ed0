//! Who works in which tenant, and in which role. A membership is what gives a person the right to a tenant's data.

use sqlx::FromRow;
use switchboard_domain::{
    Timestamp,
    ids::{TenantId, UserId},
    role::Role,
    tenant::TenantStatus,
};

use crate::{
    Db, PlatformTx, StoreError, TenantScope,
    conn::{execute, fetch_all, fetch_optional},
};

/// A person's place in one tenant, with what is told of the tenant to its people.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Membership {
    pub user_id: UserId,
    tenant_id: TenantId,
    pub role: Role,
    pub tenant_name: String,
    pub subdomain: String,
    pub plan: String,
    pub tenant_status: TenantStatus,
    pub created_at: Timestamp,
}

impl Membership {
    /// The right to act for the tenant, as far as the role goes.
    pub const fn scope(&self) -> TenantScope {
        TenantScope::new(self.tenant_id)
    }

    pub const fn tenant(&self) -> TenantId {
        self.tenant_id
    }
}

/// Makes somebody a member. False if they are one already; their role stays as it is then.
pub async fn insert(
    tx: &mut PlatformTx,
    tenant: TenantId,
    user: UserId,
    role: Role,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let inserted = execute!(
        &mut tx.conn(),
        "INSERT INTO memberships (tenant_id, user_id, role, created_at, updated_at) VALUES ($1, $2, $3, $4, $4) \
         ON CONFLICT (tenant_id, user_id) DO NOTHING",
        tenant,
        user,
        role,
        now
    )?;
    Ok(inserted == 1)
}

/// A person's place in one tenant.
pub async fn find(db: &Db, user: UserId, tenant: TenantId) -> Result<Option<Membership>, StoreError> {
    let mut reader = db.read_platform().await?;
    Ok(fetch_optional!(
        &mut reader.conn(),
        Membership,
        "SELECT m.user_id, m.tenant_id, m.role, t.name AS tenant_name, t.subdomain, t.plan, t.status AS tenant_status, \
         m.created_at FROM memberships m JOIN tenants t ON t.id = m.tenant_id WHERE m.user_id = $1 AND m.tenant_id = $2",
        user,
        tenant
    )?)
}

/// The tenants in which a person works, the oldest membership first.
pub async fn list_of_user(db: &Db, user: UserId) -> Result<Vec<Membership>, StoreError> {
    let mut reader = db.read_platform().await?;
    Ok(fetch_all!(
        &mut reader.conn(),
        Membership,
        "SELECT m.user_id, m.tenant_id, m.role, t.name AS tenant_name, t.subdomain, t.plan, t.status AS tenant_status, \
         m.created_at FROM memberships m JOIN tenants t ON t.id = m.tenant_id WHERE m.user_id = $1 \
         ORDER BY m.created_at, m.tenant_id LIMIT 500",
        user
    )?)
}
