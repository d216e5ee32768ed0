//! Tenants as those see them who administer the installation. A [`TenantScope`] made here is theirs by that right alone:
//! callers have proved to be a platform admin, or hold the installation's secret, or the machine itself.

use sqlx::FromRow;
use switchboard_domain::{
    Timestamp,
    ids::{TenantId, UserId},
    mail::Language,
    role::Role,
    tenant::TenantStatus,
    usage::Metric,
};
use uuid::Uuid;

use crate::{
    Db, StoreError, TenantScope,
    conn::{fetch_all, fetch_optional},
    tenants::TenantRow,
};

/// A tenant and how large it is.
#[derive(Debug, Clone, FromRow)]
pub struct TenantOverview {
    #[sqlx(flatten)]
    pub tenant: TenantRow,
    pub user_count: i64,
    /// Calls that there are, as far as they are counted ([`crate::usage`]): counting them here would read them all.
    pub call_count: i64,
}

impl TenantOverview {
    /// The right to act for it.
    pub const fn scope(&self) -> TenantScope {
        TenantScope::new(self.tenant.id)
    }
}

/// One tenant by its id.
pub async fn find_tenant(db: &Db, id: TenantId) -> Result<Option<TenantOverview>, StoreError> {
    let mut reader = db.read_platform().await?;
    Ok(fetch_optional!(
        &mut reader.conn(),
        TenantOverview,
        "SELECT t.id, t.name, t.subdomain, t.status, t.status_reason, t.status_at, t.plan, t.time_zone, t.created_at, \
         t.updated_at, (SELECT count(*) FROM memberships m WHERE m.tenant_id = t.id) AS user_count, \
         coalesce((SELECT c.used FROM usage_counters c WHERE c.tenant_id = t.id AND c.period = 'total' \
         AND c.metric = $2), 0) AS call_count FROM tenants t WHERE t.id = $1",
        id,
        Metric::Calls
    )?)
}

/// The tenant with this subdomain.
pub async fn find_tenant_by_subdomain(db: &Db, subdomain: &str) -> Result<Option<TenantId>, StoreError> {
    let mut reader = db.read_platform().await?;
    let row =
        fetch_optional!(&mut reader.conn(), (TenantId,), "SELECT id FROM tenants WHERE subdomain = $1", subdomain)?;
    Ok(row.map(|(id,)| id))
}

/// Which tenants are meant.
#[derive(Debug, Clone, Copy, Default)]
pub struct TenantFilter<'a> {
    pub status: Option<TenantStatus>,
    /// Part of the name or the subdomain, in any case.
    pub search: Option<&'a str>,
}

/// The tenants that are meant, oldest first, after `after`; at most `limit`.
pub async fn list_tenant_overviews(
    db: &Db,
    filter: TenantFilter<'_>,
    after: Option<TenantId>,
    limit: i64,
) -> Result<Vec<TenantOverview>, StoreError> {
    let pattern = filter.search.map(contains);
    let mut reader = db.read_platform().await?;
    Ok(fetch_all!(
        &mut reader.conn(),
        TenantOverview,
        "SELECT t.id, t.name, t.subdomain, t.status, t.status_reason, t.status_at, t.plan, t.time_zone, t.created_at, \
         t.updated_at, (SELECT count(*) FROM memberships m WHERE m.tenant_id = t.id) AS user_count, \
         coalesce((SELECT c.used FROM usage_counters c WHERE c.tenant_id = t.id AND c.period = 'total' \
         AND c.metric = $4), 0) AS call_count FROM tenants t \
         WHERE t.id > $1 AND ($2 IS NULL OR t.status = $2) AND ($5 IS NULL OR lower(t.name) LIKE $5 ESCAPE '!' \
         OR t.subdomain LIKE $5 ESCAPE '!') ORDER BY t.id LIMIT $3",
        after.map_or(Uuid::nil(), TenantId::uuid),
        filter.status.map(TenantStatus::as_str),
        limit,
        Metric::Calls,
        pattern
    )?)
}

/// The pattern of `LIKE … ESCAPE '!'` for what contains these words.
fn contains(words: &str) -> String {
    let plain = words.to_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("%{plain}%")
}

/// How many tenants there are of each status.
pub async fn count_tenants(db: &Db) -> Result<Vec<(TenantStatus, i64)>, StoreError> {
    let mut reader = db.read_platform().await?;
    Ok(fetch_all!(
        &mut reader.conn(),
        (TenantStatus, i64),
        "SELECT status, count(*) FROM tenants GROUP BY status ORDER BY status"
    )?)
}

/// A tenant's standing and since when, for those who act for it without having been asked whether they may: jobs, open
/// sockets. `None` if there is no such tenant.
pub async fn standing(db: &Db, tenant: TenantId) -> Result<Option<(TenantStatus, Option<Timestamp>)>, StoreError> {
    let mut reader = db.read_platform().await?;
    Ok(fetch_optional!(
        &mut reader.conn(),
        (TenantStatus, Option<Timestamp>),
        "SELECT status, status_at FROM tenants WHERE id = $1",
        tenant
    )?)
}

/// An owner of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Owner {
    pub user_id: UserId,
    pub email: String,
    pub full_name: String,
    /// What they are written to in.
    pub language: Language,
}

/// The owners of a tenant who may sign in, those of longest standing first.
pub async fn list_owners(db: &Db, tenant: TenantId, limit: i64) -> Result<Vec<Owner>, StoreError> {
    let mut reader = db.read_platform().await?;
    Ok(fetch_all!(
        &mut reader.conn(),
        Owner,
        "SELECT u.id AS user_id, u.email, u.full_name, coalesce(u.language, 'en') AS language \
         FROM memberships m JOIN users u ON u.id = m.user_id \
         WHERE m.tenant_id = $1 AND m.role = $2 AND u.is_active ORDER BY m.created_at, u.id LIMIT $3",
        tenant,
        Role::Owner,
        limit
    )?)
}
