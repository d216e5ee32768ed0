//! Deliveries that were refused, for people who wonder why nothing arrives. They are written under the platform's scope,
//! before anybody is known ([`crate::platform::insert_rejection`]); here a tenant reads those of its own connections.

use sqlx::FromRow;
use switchboard_domain::{
    Timestamp,
    ids::{ConnectionId, RejectionId},
};

use crate::{Conn, StoreError, TenantScope, sql::Sql};

/// A refused delivery. Its body was not kept: nobody has proved anything about it.
#[derive(Debug, Clone, FromRow)]
pub struct Rejected {
    pub id: RejectionId,
    pub connection_id: Option<ConnectionId>,
    /// Where it came in, without the token.
    pub path: String,
    pub reason: String,
    pub address: Option<String>,
    #[sqlx(json)]
    pub headers: serde_json::Value,
    pub body_bytes: i64,
    pub received_at: Timestamp,
}

/// Refused deliveries of a tenant's connections before `before`, newest first; at most `limit`. Few are kept, so one
/// connection's are picked out of all.
pub async fn list(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    connection: Option<ConnectionId>,
    before: Option<RejectionId>,
    limit: i64,
) -> Result<Vec<Rejected>, StoreError> {
    let mut sql = Sql::new(
        "SELECT id, connection_id, path, reason, address, headers, body_bytes, received_at FROM rejected_deliveries \
         WHERE tenant_id = ",
    );
    sql.bind(scope.tenant().uuid());
    sql.and(" AND connection_id = ", connection.map(ConnectionId::uuid));
    sql.and(" AND id < ", before.map(RejectionId::uuid));
    sql.push(" ORDER BY id DESC LIMIT ").bind(limit);
    sql.fetch_all(conn).await
}
