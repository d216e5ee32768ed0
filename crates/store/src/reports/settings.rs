//! What a tenant decided about its reports: one row, or none for the usual values.

use sqlx::types::Json;
use switchboard_domain::Timestamp;

use crate::{
    Conn, StoreError, TenantScope,
    conn::{execute, fetch_optional},
};

/// The tenant's settings as they were written; `None` if nobody set any.
pub async fn find_settings(conn: &mut Conn<'_>, scope: TenantScope) -> Result<Option<serde_json::Value>, StoreError> {
    let row = fetch_optional!(
        conn,
        (Json<serde_json::Value>,),
        "SELECT settings FROM report_settings WHERE tenant_id = $1",
        scope.tenant()
    )?;
    Ok(row.map(|(settings,)| settings.0))
}

/// Sets them.
pub async fn set_settings(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    settings: &serde_json::Value,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO report_settings (tenant_id, settings, updated_at) VALUES ($1, $2, $3) \
         ON CONFLICT (tenant_id) DO UPDATE SET settings = excluded.settings, updated_at = excluded.updated_at",
        scope.tenant(),
        Json(settings),
        now
    )?;
    Ok(())
}
