//! Dialpad users paired with users of the customer's own system.

use sqlx::FromRow;
use switchboard_domain::{
    Timestamp,
    ids::{AppId, MappingId},
};

use crate::{
    Conn, StoreError, TenantScope,
    conn::{execute, fetch_all, fetch_optional},
};

/// One pair.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct UserMapping {
    pub id: MappingId,
    pub app_id: AppId,
    pub dialpad_user_id: i64,
    pub crm_user_id: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Pairs a Dialpad user, replacing what it was paired with. Returns the pair as it is kept.
pub async fn save(conn: &mut Conn<'_>, scope: TenantScope, mapping: &UserMapping) -> Result<UserMapping, StoreError> {
    fetch_optional!(
        conn,
        UserMapping,
        "INSERT INTO dialpad_user_mappings (id, tenant_id, app_id, dialpad_user_id, crm_user_id, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (app_id, dialpad_user_id) \
         DO UPDATE SET crm_user_id = excluded.crm_user_id, updated_at = excluded.updated_at \
         WHERE dialpad_user_mappings.tenant_id = excluded.tenant_id \
         RETURNING id, app_id, dialpad_user_id, crm_user_id, created_at, updated_at",
        mapping.id,
        scope.tenant(),
        mapping.app_id,
        mapping.dialpad_user_id,
        &mapping.crm_user_id,
        mapping.created_at,
        mapping.updated_at
    )?
    .ok_or(StoreError::Conflict("mapping"))
}

/// The pairs of an app, newest first, and how many there are in all.
pub async fn list(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    app: AppId,
    limit: i64,
    offset: i64,
) -> Result<(Vec<UserMapping>, i64), StoreError> {
    let mappings = fetch_all!(
        conn,
        UserMapping,
        "SELECT id, app_id, dialpad_user_id, crm_user_id, created_at, updated_at FROM dialpad_user_mappings \
         WHERE tenant_id = $1 AND app_id = $2 ORDER BY created_at DESC, id DESC LIMIT $3 OFFSET $4",
        scope.tenant(),
        app,
        limit,
        offset
    )?;
    let total = fetch_optional!(
        conn,
        (i64,),
        "SELECT COUNT(*) FROM dialpad_user_mappings WHERE tenant_id = $1 AND app_id = $2",
        scope.tenant(),
        app
    )?;
    Ok((mappings, total.map_or(0, |(total,)| total)))
}

/// The pair of a Dialpad user.
pub async fn find_by_dialpad_user(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    app: AppId,
    dialpad_user_id: i64,
) -> Result<Option<UserMapping>, StoreError> {
    Ok(fetch_optional!(
        conn,
        UserMapping,
        "SELECT id, app_id, dialpad_user_id, crm_user_id, created_at, updated_at FROM dialpad_user_mappings \
         WHERE tenant_id = $1 AND app_id = $2 AND dialpad_user_id = $3",
        scope.tenant(),
        app,
        dialpad_user_id
    )?)
}

/// The pair of a user of the customer's own system; the newest when that user has several Dialpad users.
pub async fn find_by_crm_user(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    app: AppId,
    crm_user_id: &str,
) -> Result<Option<UserMapping>, StoreError> {
    Ok(fetch_optional!(
        conn,
        UserMapping,
        "SELECT id, app_id, dialpad_user_id, crm_user_id, created_at, updated_at FROM dialpad_user_mappings \
         WHERE tenant_id = $1 AND app_id = $2 AND crm_user_id = $3 ORDER BY created_at DESC, id DESC LIMIT 1",
        scope.tenant(),
        app,
        crm_user_id
    )?)
}

/// Forgets a pair by its id.
pub async fn delete(conn: &mut Conn<'_>, scope: TenantScope, app: AppId, id: MappingId) -> Result<bool, StoreError> {
    let deleted = execute!(
        conn,
        "DELETE FROM dialpad_user_mappings WHERE tenant_id = $1 AND app_id = $2 AND id = $3",
        scope.tenant(),
        app,
        id
    )?;
    Ok(deleted == 1)
}

/// Forgets the pair of a Dialpad user.
pub async fn delete_by_dialpad_user(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    app: AppId,
    dialpad_user_id: i64,
) -> Result<bool, StoreError> {
    let deleted = execute!(
        conn,
        "DELETE FROM dialpad_user_mappings WHERE tenant_id = $1 AND app_id = $2 AND dialpad_user_id = $3",
        scope.tenant(),
        app,
        dialpad_user_id
    )?;
    Ok(deleted == 1)
}
