//! A tenant as it sees itself: its name, plan, time zone and standing. What looks across tenants is in
//! [`crate::platform`].

use sqlx::FromRow;
use switchboard_domain::{Timestamp, ids::TenantId, tenant::TenantStatus};

use crate::{
    Conn, PlatformTx, StoreError, TenantScope,
    conn::{execute, fetch_optional},
};

/// A tenant as its table keeps it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct TenantRow {
    pub id: TenantId,
    pub name: String,
    pub subdomain: String,
    pub status: TenantStatus,
    /// Why it is not active, as its people are told.
    pub status_reason: Option<String>,
    /// Since when it has this status; `None` if it never had another.
    pub status_at: Option<Timestamp>,
    pub plan: String,
    /// As the time zone database writes it.
    pub time_zone: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// The tenant of the scope.
pub async fn find(conn: &mut Conn<'_>, scope: TenantScope) -> Result<TenantRow, StoreError> {
    fetch_optional!(
        conn,
        TenantRow,
        "SELECT id, name, subdomain, status, status_reason, status_at, plan, time_zone, created_at, updated_at \
         FROM tenants WHERE id = $1",
        scope.tenant()
    )?
    .ok_or_else(|| StoreError::Inconsistent {
        what: "tenant",
        why: "a scope exists and its tenant does not".to_owned(),
    })
}

/// Like [`find`]; whoever else changes the tenant waits until this transaction ends.
pub async fn find_for_update(conn: &mut Conn<'_>, scope: TenantScope) -> Result<TenantRow, StoreError> {
    if let Conn::Postgres(connection) = conn {
        let lock = sqlx::query("SELECT id FROM tenants WHERE id = $1 FOR UPDATE").bind(scope.tenant());
        lock.execute(&mut **connection).await?;
    }
    find(conn, scope).await
}

/// Sets what a tenant's own people may change.
pub async fn set_settings(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    name: &str,
    time_zone: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE tenants SET name = $2, time_zone = $3, updated_at = $4 WHERE id = $1",
        scope.tenant(),
        name,
        time_zone,
        now
    )?;
    Ok(())
}

/// [`set_settings`], in the transaction that makes the tenant.
pub async fn set_settings_of(
    tx: &mut PlatformTx,
    scope: TenantScope,
    name: &str,
    time_zone: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    set_settings(&mut tx.conn(), scope, name, time_zone, now).await
}

/// Sets the tenant's standing.
pub async fn set_status(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    status: TenantStatus,
    reason: Option<&str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE tenants SET status = $2, status_reason = $3, status_at = $4, updated_at = $4 WHERE id = $1",
        scope.tenant(),
        status,
        reason,
        now
    )?;
    Ok(())
}

/// Sets the tenant's plan. The caller has looked that there is such a plan.
pub async fn set_plan(conn: &mut Conn<'_>, scope: TenantScope, plan: &str, now: Timestamp) -> Result<(), StoreError> {
    execute!(conn, "UPDATE tenants SET plan = $2, updated_at = $3 WHERE id = $1", scope.tenant(), plan, now)?;
    Ok(())
}
