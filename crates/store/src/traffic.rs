//! How much came over each connection of a tenant, and how much was refused.

use switchboard_domain::ids::{ConnectionId, EventId, RejectionId};

use crate::{Conn, StoreError, TenantScope, sql::Sql};

/// How many events came over each connection from `first` on, among the newest `most` of the tenant.
pub async fn events(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    first: EventId,
    most: i64,
) -> Result<Vec<(ConnectionId, i64)>, StoreError> {
    let mut sql =
        Sql::new("SELECT connection_id, count(*) FROM (SELECT connection_id FROM webhook_events WHERE tenant_id = ");
    sql.bind(scope.tenant().uuid()).push(" AND id >= ").bind(first.uuid());
    sql.push(" ORDER BY id DESC LIMIT ").bind(most).push(") AS latest GROUP BY connection_id");
    sql.fetch_all(conn).await
}

/// How many deliveries to each connection were refused from `first` on. Few are kept, of all tenants together.
pub async fn refused(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    first: RejectionId,
) -> Result<Vec<(ConnectionId, i64)>, StoreError> {
    let mut sql = Sql::new("SELECT connection_id, count(*) FROM rejected_deliveries WHERE tenant_id = ");
    sql.bind(scope.tenant().uuid()).push(" AND id >= ").bind(first.uuid());
    sql.push(" AND connection_id IS NOT NULL GROUP BY connection_id");
    sql.fetch_all(conn).await
}
