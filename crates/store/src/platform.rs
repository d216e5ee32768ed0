//! The few queries that must look across tenants, and the proofs of right that they hand out.
//!
//! Who does this key belong to? Which connection does this URL, or this verified secret, mean? Each answer carries a
//! [`TenantScope`], which is the only way to one from outside this crate: no id alone opens a tenant.

pub mod passwords;
mod tenants;

use sqlx::{FromRow, types::Json};
use switchboard_domain::{
    Timestamp,
    ids::{ApiKeyId, AppId, ConnectionId, ContactId, EventId, RejectionId, TenantId},
    role::Permission,
    tenant::{Tenant, TenantStatus},
};
use uuid::Uuid;

pub use self::tenants::{
    Owner, TenantFilter, TenantOverview, count_tenants, find_tenant, find_tenant_by_subdomain, list_owners,
    list_tenant_overviews, standing,
};

use crate::{
    Conn, Db, PlatformTx, StoreError, TenantScope,
    conn::{execute, fetch_all, fetch_optional},
    notifications::rules,
};

/// Whose API key it is.
#[derive(Debug, Clone, FromRow)]
pub struct KeyOwner {
    pub key_id: ApiKeyId,
    pub app_id: AppId,
    tenant_id: TenantId,
    pub is_active: bool,
    pub expires_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
    pub last_used_at: Option<Timestamp>,
    scopes: Option<Json<Vec<String>>>,
    pub requests_per_minute: Option<i32>,
    pub tenant_status: TenantStatus,
    pub tenant_status_reason: Option<String>,
}

impl KeyOwner {
    pub const fn scope(&self) -> TenantScope {
        TenantScope::new(self.tenant_id)
    }

    /// What the key was given. A permission that this version does not know (any more) gives nothing.
    pub fn scopes(&self) -> Option<Vec<Permission>> {
        let Json(words) = self.scopes.as_ref()?;
        Some(words.iter().filter_map(|word| Permission::parse(word)).collect())
    }
}

/// The owner of the key with this SHA-256. Expired and revoked keys are found as well: the caller says why it refuses.
pub async fn find_key(db: &Db, key_hash: &[u8]) -> Result<Option<KeyOwner>, StoreError> {
    let mut reader = db.read_platform().await?;
    Ok(fetch_optional!(
        &mut reader.conn(),
        KeyOwner,
        "SELECT k.id AS key_id, k.app_id, k.tenant_id, a.is_active, k.expires_at, k.revoked_at, k.last_used_at, k.scopes, \
         k.requests_per_minute, t.status AS tenant_status, t.status_reason AS tenant_status_reason \
         FROM api_keys k JOIN apps a ON a.id = k.app_id JOIN tenants t ON t.id = k.tenant_id WHERE k.key_hash = $1",
        key_hash
    )?)
}

/// A tenant and the right to act for it; for callers who hold the installation's own secret.
#[derive(Debug, Clone, Copy, FromRow)]
pub struct AppOwner {
    pub app_id: AppId,
    tenant_id: TenantId,
}

impl AppOwner {
    pub const fn scope(&self) -> TenantScope {
        TenantScope::new(self.tenant_id)
    }
}

/// The owner of an app.
pub async fn find_app(db: &Db, app: AppId) -> Result<Option<AppOwner>, StoreError> {
    let mut reader = db.read_platform().await?;
    Ok(fetch_optional!(&mut reader.conn(), AppOwner, "SELECT id AS app_id, tenant_id FROM apps WHERE id = $1", app)?)
}

/// The right to act for the tenant of an event; for the installation's own tools.
pub async fn find_event(db: &Db, event: EventId) -> Result<Option<TenantScope>, StoreError> {
    let mut reader = db.read_platform().await?;
    // By way of the tenants, because the log's index leads with them.
    let found = fetch_optional!(
        &mut reader.conn(),
        (TenantId,),
        "SELECT t.id FROM tenants t WHERE EXISTS \
         (SELECT 1 FROM webhook_events e WHERE e.tenant_id = t.id AND e.id = $1)",
        event
    )?;
    Ok(found.map(|(tenant,)| TenantScope::new(tenant)))
}

/// Whose contact it is.
pub async fn find_contact(db: &Db, contact: ContactId) -> Result<Option<TenantScope>, StoreError> {
    let mut reader = db.read_platform().await?;
    let found =
        fetch_optional!(&mut reader.conn(), (TenantId,), "SELECT tenant_id FROM contacts WHERE id = $1", contact)?;
    Ok(found.map(|(tenant,)| TenantScope::new(tenant)))
}

/// All tenants, oldest first, after `after`; at most `limit`. Each with the right to act for it.
pub async fn list_tenants(
    db: &Db,
    after: Option<TenantId>,
    limit: i64,
) -> Result<Vec<(Tenant, TenantScope)>, StoreError> {
    #[derive(FromRow)]
    struct Row {
        id: TenantId,
        name: String,
        subdomain: String,
        created_at: Timestamp,
    }
    let mut reader = db.read_platform().await?;
    let rows = fetch_all!(
        &mut reader.conn(),
        Row,
        "SELECT id, name, subdomain, created_at FROM tenants WHERE id > $1 ORDER BY id LIMIT $2",
        after.map_or(Uuid::nil(), TenantId::uuid),
        limit
    )?;
    let tenant = |row: Row| {
        let scope = TenantScope::new(row.id);
        (Tenant { id: row.id, name: row.name, subdomain: row.subdomain, created_at: row.created_at }, scope)
    };
    Ok(rows.into_iter().map(tenant).collect())
}

/// Makes a tenant, with its change counter. A taken subdomain gets `-1`, `-2`, … behind it.
pub async fn insert_tenant(db: &Db, tenant: &Tenant) -> Result<TenantScope, StoreError> {
    let mut tx = db.begin_platform().await?;
    let (scope, _) = insert_tenant_in(&mut tx.conn(), tenant).await?;
    tx.commit().await?;
    Ok(scope)
}

/// [`insert_tenant`] with a plan, inside a transaction that makes more than the tenant. Returns its subdomain as well.
pub async fn insert_tenant_with_plan(
    tx: &mut PlatformTx,
    tenant: &Tenant,
    plan: &str,
) -> Result<(TenantScope, String), StoreError> {
    let (scope, subdomain) = insert_tenant_in(&mut tx.conn(), tenant).await?;
    execute!(&mut tx.conn(), "UPDATE tenants SET plan = $2 WHERE id = $1", tenant.id, plan)?;
    Ok((scope, subdomain))
}

/// Whether new tenants may choose this plan.
pub async fn is_plan_offered(db: &Db, plan: &str) -> Result<bool, StoreError> {
    let mut reader = db.read_platform().await?;
    let offered = fetch_optional!(&mut reader.conn(), (bool,), "SELECT is_offered FROM plans WHERE id = $1", plan)?;
    Ok(offered.is_some_and(|(is_offered,)| is_offered))
}

/// How many numbers are tried behind a taken subdomain before it gets random letters instead.
const NUMBERED: usize = 100;

/// [`insert_tenant`], inside a transaction that makes more than the tenant. Returns the subdomain that was free, too. Of
/// several who want the same one at once, each waits for the one before and takes the next number.
pub(crate) async fn insert_tenant_in(
    conn: &mut Conn<'_>,
    tenant: &Tenant,
) -> Result<(TenantScope, String), StoreError> {
    for n in 0..=NUMBERED {
        let subdomain = match n {
            0 => tenant.subdomain.clone(),
            NUMBERED => format!("{}-{}", tenant.subdomain, random_letters(tenant.id)),
            _ => format!("{}-{n}", tenant.subdomain),
        };
        let inserted = execute!(
            conn,
            "INSERT INTO tenants (id, name, subdomain, created_at, updated_at) VALUES ($1, $2, $3, $4, $4) \
             ON CONFLICT (subdomain) DO NOTHING",
            tenant.id,
            &tenant.name,
            &subdomain,
            tenant.created_at
        )?;
        if inserted == 1 {
            execute!(conn, "INSERT INTO tenant_counters (tenant_id) VALUES ($1)", tenant.id)?;
            let scope = TenantScope::new(tenant.id);
            rules::insert_first(conn, scope, tenant.created_at).await?;
            return Ok((scope, subdomain));
        }
    }
    Err(StoreError::Conflict("subdomain"))
}

/// Taken from the random end of the id, so that no randomness needs to be passed down here.
fn random_letters(tenant: TenantId) -> String {
    let digits = tenant.uuid().simple().to_string();
    digits[digits.len() - 12..].to_owned()
}

/// What intake needs to know of a connection before it can verify a delivery.
#[derive(Debug, Clone, FromRow)]
pub struct HookOwner {
    pub connection_id: ConnectionId,
    tenant_id: TenantId,
    pub provider: String,
    pub status: String,
    pub is_unsigned: bool,
    /// Sealed secrets that still count, the newest first.
    #[sqlx(skip)]
    pub secrets: Vec<SealedSecret>,
}

impl HookOwner {
    pub const fn scope(&self) -> TenantScope {
        TenantScope::new(self.tenant_id)
    }

    pub const fn tenant(&self) -> TenantId {
        self.tenant_id
    }
}

/// A webhook secret as it is kept.
#[derive(Debug, Clone, FromRow)]
pub struct SealedSecret {
    pub id: Uuid,
    pub tenant_id: TenantId,
    pub connection_id: ConnectionId,
    pub sealed: Vec<u8>,
    pub expires_at: Option<Timestamp>,
}

impl SealedSecret {
    /// The right to act for its owner. Use it only for a delivery that this very secret verified.
    pub const fn scope(&self) -> TenantScope {
        TenantScope::new(self.tenant_id)
    }
}

/// The connection whose own URL carries the token with this SHA-256. A deleted tenant's are not found.
pub async fn find_hook(db: &Db, token_hash: &[u8], now: Timestamp) -> Result<Option<HookOwner>, StoreError> {
    let mut reader = db.read_platform().await?;
    let owner = fetch_optional!(
        &mut reader.conn(),
        HookOwner,
        "SELECT c.id AS connection_id, c.tenant_id, c.provider, c.status, c.is_unsigned FROM connections c \
         JOIN tenants t ON t.id = c.tenant_id WHERE c.hook_token_hash = $1 AND t.status <> 'deleted'",
        token_hash
    )?;
    let Some(mut owner) = owner else { return Ok(None) };
    owner.secrets = fetch_all!(
        &mut reader.conn(),
        SealedSecret,
        "SELECT id, tenant_id, connection_id, sealed, expires_at FROM webhook_secrets \
         WHERE connection_id = $1 AND (expires_at IS NULL OR expires_at > $2) ORDER BY created_at DESC LIMIT 8",
        owner.connection_id,
        now
    )?;
    Ok(Some(owner))
}

/// The secrets that were set up on a provider's fixed URL, newest first. Each belongs to one connection of the whole
/// installation, so which of them verifies says whose delivery it is. First come those of connections that the installation's
/// credentials are lent to: what anybody can make must not crowd them out.
pub async fn fixed_secrets(db: &Db, provider: &str, now: Timestamp) -> Result<Vec<SealedSecret>, StoreError> {
    let mut reader = db.read_platform().await?;
    Ok(fetch_all!(
        &mut reader.conn(),
        SealedSecret,
        "SELECT s.id, s.tenant_id, s.connection_id, s.sealed, s.expires_at FROM webhook_secrets s \
         JOIN tenants t ON t.id = s.tenant_id JOIN connections c ON c.id = s.connection_id \
         WHERE s.provider = $1 AND s.on_fixed_url AND t.status <> 'deleted' \
         AND (s.expires_at IS NULL OR s.expires_at > $2) \
         ORDER BY c.uses_installation_key DESC, s.created_at DESC LIMIT 256",
        provider,
        now
    )?)
}

/// A connection by id, for the owner of a secret that verified.
pub async fn find_connection(db: &Db, connection: ConnectionId) -> Result<Option<HookOwner>, StoreError> {
    let mut reader = db.read_platform().await?;
    Ok(fetch_optional!(
        &mut reader.conn(),
        HookOwner,
        "SELECT id AS connection_id, tenant_id, provider, status, is_unsigned FROM connections WHERE id = $1",
        connection
    )?)
}

/// The active connections of a provider, oldest first; at most `limit`.
pub async fn list_connections(db: &Db, provider: &str, limit: i64) -> Result<Vec<HookOwner>, StoreError> {
    let mut reader = db.read_platform().await?;
    Ok(fetch_all!(
        &mut reader.conn(),
        HookOwner,
        "SELECT c.id AS connection_id, c.tenant_id, c.provider, c.status, c.is_unsigned FROM connections c \
         JOIN tenants t ON t.id = c.tenant_id WHERE c.provider = $1 AND c.status <> 'disabled' \
         AND t.status <> 'deleted' ORDER BY c.created_at, c.id LIMIT $2",
        provider,
        limit
    )?)
}

/// The active connections of a provider that the installation's own credentials are lent to, oldest first; at most `limit`.
pub async fn list_lent_to(db: &Db, provider: &str, limit: i64) -> Result<Vec<HookOwner>, StoreError> {
    let mut reader = db.read_platform().await?;
    Ok(fetch_all!(
        &mut reader.conn(),
        HookOwner,
        "SELECT c.id AS connection_id, c.tenant_id, c.provider, c.status, c.is_unsigned FROM connections c \
         JOIN tenants t ON t.id = c.tenant_id WHERE c.provider = $1 AND c.uses_installation_key \
         AND c.status <> 'disabled' AND t.status <> 'deleted' ORDER BY c.created_at, c.id LIMIT $2",
        provider,
        limit
    )?)
}

/// A refused delivery, without its body: nobody has proved anything about it.
#[derive(Debug, Clone)]
pub struct Rejection {
    pub id: RejectionId,
    pub owner: Option<(TenantId, ConnectionId)>,
    pub path: String,
    pub reason: String,
    pub address: Option<String>,
    pub headers: serde_json::Value,
    pub body_bytes: i64,
    pub received_at: Timestamp,
}

/// Keeps a refused delivery for people who wonder why nothing arrives. The caller caps the rate.
pub async fn insert_rejection(db: &Db, rejection: &Rejection) -> Result<(), StoreError> {
    let mut tx = db.begin_platform().await?;
    execute!(
        &mut tx.conn(),
        "INSERT INTO rejected_deliveries (id, tenant_id, connection_id, path, reason, address, headers, body_bytes, \
         received_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        rejection.id,
        rejection.owner.map(|(tenant, _)| tenant),
        rejection.owner.map(|(_, connection)| connection),
        &rejection.path,
        &rejection.reason,
        &rejection.address,
        Json(&rejection.headers),
        rejection.body_bytes,
        rejection.received_at
    )?;
    tx.commit().await
}

/// A delivery whose signature is right but that no connection owns.
#[derive(Debug, Clone)]
pub struct Unrouted {
    pub id: Uuid,
    pub provider: &'static str,
    pub reason: String,
    pub headers: serde_json::Value,
    pub body: Vec<u8>,
    pub received_at: Timestamp,
}

/// Parks a delivery that nobody owns.
pub async fn insert_unrouted(db: &Db, unrouted: &Unrouted) -> Result<(), StoreError> {
    let mut tx = db.begin_platform().await?;
    execute!(
        &mut tx.conn(),
        "INSERT INTO unrouted_deliveries (id, provider, reason, headers, body, received_at) VALUES ($1, $2, $3, $4, $5, $6)",
        unrouted.id,
        unrouted.provider,
        &unrouted.reason,
        Json(&unrouted.headers),
        &unrouted.body,
        unrouted.received_at
    )?;
    tx.commit().await
}
