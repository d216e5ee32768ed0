//! Apps: the client programs of a tenant.

use sqlx::FromRow;
use switchboard_domain::{
    Timestamp,
    ids::{AppId, TenantId},
    tenant::Tenant,
};

use crate::{
    Conn, Db, StoreError, TenantScope,
    api_keys::{self, AuditEntry, NewKey},
    audit::{self, Chain, NewEntry},
    conn::{execute, fetch_all, fetch_optional},
    connections::{self, NewConnection},
    platform,
};

/// A client program, as its table keeps it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct ClientApp {
    pub id: AppId,
    pub tenant_id: TenantId,
    pub name: String,
    pub is_active: bool,
    /// When its key was last replaced; `None` while it has its first one.
    pub api_key_rotated_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// An app with everything that it needs to be of use.
#[derive(Debug)]
pub struct NewClientApp<'a> {
    pub app: &'a ClientApp,
    pub key: &'a NewKey,
    /// The line of the guide's log.
    pub key_audit: &'a AuditEntry,
    /// Entries of the audit log.
    pub audit: &'a [NewEntry],
    pub connection: &'a NewConnection,
}

/// Makes a tenant with its first app, key and connection: all of it or nothing.
pub async fn create_with_tenant(db: &Db, tenant: &Tenant, new: &NewClientApp<'_>) -> Result<TenantScope, StoreError> {
    let mut tx = db.begin_platform().await?;
    let (scope, _) = platform::insert_tenant_in(&mut tx.conn(), tenant).await?;
    insert(&mut tx.conn(), scope, new).await?;
    tx.commit().await?;
    Ok(scope)
}

/// Makes another app of a tenant, with its key and connection.
pub async fn insert(conn: &mut Conn<'_>, scope: TenantScope, new: &NewClientApp<'_>) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO apps (id, tenant_id, name, is_active, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)",
        new.app.id,
        scope.tenant(),
        &new.app.name,
        new.app.is_active,
        new.app.created_at
    )?;
    api_keys::insert(conn, scope, new.key).await?;
    api_keys::insert_audit(conn, scope, new.key_audit).await?;
    connections::insert(conn, scope, new.connection).await?;
    for entry in new.audit {
        audit::append(conn, Chain::Tenant(scope), entry).await?;
    }
    Ok(())
}

/// One app of the tenant.
pub async fn find(conn: &mut Conn<'_>, scope: TenantScope, app: AppId) -> Result<Option<ClientApp>, StoreError> {
    Ok(fetch_optional!(
        conn,
        ClientApp,
        "SELECT id, tenant_id, name, is_active, api_key_rotated_at, created_at, updated_at FROM apps \
         WHERE tenant_id = $1 AND id = $2",
        scope.tenant(),
        app
    )?)
}

/// The apps of the tenant, oldest first, after `after`.
pub async fn list(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    after: Option<AppId>,
    limit: i64,
) -> Result<Vec<ClientApp>, StoreError> {
    Ok(fetch_all!(
        conn,
        ClientApp,
        "SELECT id, tenant_id, name, is_active, api_key_rotated_at, created_at, updated_at FROM apps \
         WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3",
        scope.tenant(),
        after.map_or(uuid::Uuid::nil(), AppId::uuid),
        limit
    )?)
}

/// Notes that the app's key was replaced. False if there is no such app.
pub async fn mark_rotated(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    app: AppId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let touched = execute!(
        conn,
        "UPDATE apps SET api_key_rotated_at = $3, updated_at = $3 WHERE tenant_id = $1 AND id = $2",
        scope.tenant(),
        app,
        now
    )?;
    Ok(touched == 1)
}

/// Notes that something of the app changed, and locks its row until the end of the transaction. False if there is none.
pub async fn touch(conn: &mut Conn<'_>, scope: TenantScope, app: AppId, now: Timestamp) -> Result<bool, StoreError> {
    let touched =
        execute!(conn, "UPDATE apps SET updated_at = $3 WHERE tenant_id = $1 AND id = $2", scope.tenant(), app, now)?;
    Ok(touched == 1)
}

/// Switches an app on or off. False if there is no such app.
pub async fn set_active(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    app: AppId,
    is_active: bool,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let touched = execute!(
        conn,
        "UPDATE apps SET is_active = $3, updated_at = $4 WHERE tenant_id = $1 AND id = $2",
        scope.tenant(),
        app,
        is_active,
        now
    )?;
    Ok(touched == 1)
}
