//! A tenant's business hours: one row, or none for who is always open.

use sqlx::{FromRow, types::Json};
use switchboard_domain::{Timestamp, hours::Hours};

use crate::{
    Conn, StoreError, TenantScope,
    conn::{execute, fetch_optional},
};

/// Hours as they were set.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct KeptHours {
    #[sqlx(json)]
    pub hours: Hours,
    pub updated_at: Timestamp,
}

/// The tenant's hours; `None` if nobody set any.
pub async fn find(conn: &mut Conn<'_>, scope: TenantScope) -> Result<Option<KeptHours>, StoreError> {
    Ok(fetch_optional!(
        conn,
        KeptHours,
        "SELECT hours, updated_at FROM business_hours WHERE tenant_id = $1",
        scope.tenant()
    )?)
}

/// Sets them.
pub async fn set(conn: &mut Conn<'_>, scope: TenantScope, hours: &Hours, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO business_hours (tenant_id, hours, updated_at) VALUES ($1, $2, $3) \
         ON CONFLICT (tenant_id) DO UPDATE SET hours = excluded.hours, updated_at = excluded.updated_at",
        scope.tenant(),
        Json(hours),
        now
    )?;
    Ok(())
}
