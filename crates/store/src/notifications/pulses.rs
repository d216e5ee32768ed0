//! What conditions read: when each connection was last heard of, which credentials end, and how calls went.

use sqlx::FromRow;
use switchboard_domain::{Timestamp, connection::ConnectionStatus, ids::ConnectionId, notification::Tally};

use crate::{
    Conn, StoreError, TenantScope,
    conn::{fetch_all, fetch_optional},
};

/// Connections of one tenant that are watched.
const MOST: i64 = 1_000;

/// A connection and when it was last heard of.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Pulse {
    pub id: ConnectionId,
    pub name: String,
    pub provider: String,
    pub status: ConnectionStatus,
    /// When the last event arrived that its provider sent by itself; `None` if none did for as long as that is kept.
    pub last_event_at: Option<Timestamp>,
}

/// The tenant's connections that are not switched off, each with when it was last heard of.
pub async fn list(conn: &mut Conn<'_>, scope: TenantScope) -> Result<Vec<Pulse>, StoreError> {
    Ok(fetch_all!(
        conn,
        Pulse,
        "SELECT c.id, c.name, c.provider, c.status, (SELECT h.last_at FROM connection_hours h \
             WHERE h.tenant_id = $1 AND h.connection_id = c.id ORDER BY h.hour DESC LIMIT 1) AS last_event_at \
         FROM connections c WHERE c.tenant_id = $1 AND c.status <> 'disabled' ORDER BY c.id LIMIT $2",
        scope.tenant(),
        MOST
    )?)
}

/// A credential that ends.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Ending {
    pub connection_id: ConnectionId,
    pub expires_at: Timestamp,
    /// It is renewed by itself, unless that fails.
    pub is_renewed: bool,
}

/// Credentials of the tenant that end before `before`. `renewing` names the credential that another is renewed with.
pub async fn endings(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    before: Timestamp,
    renewing: &str,
) -> Result<Vec<Ending>, StoreError> {
    Ok(fetch_all!(
        conn,
        Ending,
        "SELECT k.connection_id, k.expires_at, EXISTS (SELECT 1 FROM connection_credentials r \
             WHERE r.connection_id = k.connection_id AND r.name = $3) AS is_renewed \
         FROM connection_credentials k WHERE k.tenant_id = $1 AND k.expires_at < $2 ORDER BY k.expires_at LIMIT $4",
        scope.tenant(),
        before,
        renewing,
        MOST
    )?)
}

/// How the inbound calls went that began between two moments. Calls of colleagues and refused ones do not count.
pub async fn tally(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    from: Timestamp,
    to: Timestamp,
) -> Result<Tally, StoreError> {
    let row = fetch_optional!(
        conn,
        (i64, i64),
        "SELECT count(*) FILTER (WHERE outcome = 'answered'), \
         count(*) FILTER (WHERE outcome IN ('missed', 'abandoned', 'voicemail')) FROM calls \
         WHERE tenant_id = $1 AND occurred_at >= $2 AND occurred_at <= $3 AND direction = 'inbound' AND NOT is_internal",
        scope.tenant(),
        from,
        to
    )?;
    let (answered, not_answered) = row.unwrap_or_default();
    Ok(Tally { answered, not_answered })
}
