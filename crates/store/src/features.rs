//! Features that are switched for one tenant. What the installation says by itself has no row.

use switchboard_domain::{Timestamp, feature::Feature};

use crate::{
    Conn, StoreError, TenantScope,
    conn::{execute, fetch_all},
};

/// What is switched for the tenant. A flag that this version does not know (any more) is left out.
pub async fn list(conn: &mut Conn<'_>, scope: TenantScope) -> Result<Vec<(Feature, bool)>, StoreError> {
    let rows = fetch_all!(
        conn,
        (String, bool),
        "SELECT flag, is_on FROM feature_flags WHERE tenant_id = $1 ORDER BY flag LIMIT 200",
        scope.tenant()
    )?;
    Ok(rows.into_iter().filter_map(|(flag, is_on)| Some((Feature::parse(&flag)?, is_on))).collect())
}

/// Switches a feature for the tenant; `None` leaves it to the installation again.
pub async fn set(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    feature: Feature,
    is_on: Option<bool>,
    now: Timestamp,
) -> Result<(), StoreError> {
    match is_on {
        Some(is_on) => execute!(
            conn,
            "INSERT INTO feature_flags (tenant_id, flag, is_on, updated_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (tenant_id, flag) DO UPDATE SET is_on = excluded.is_on, updated_at = excluded.updated_at",
            scope.tenant(),
            feature,
            is_on,
            now
        )?,
        None => {
            execute!(conn, "DELETE FROM feature_flags WHERE tenant_id = $1 AND flag = $2", scope.tenant(), feature)?
        }
    };
    Ok(())
}
