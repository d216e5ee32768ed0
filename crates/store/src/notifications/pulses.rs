//! What conditions read: when each connection was last heard of, what credentials end when, and how calls went.
//!
//! When a connection was last heard of stands in the log, and finding it there means reading back to it: through
//! everything that the tenant's other connections sent since. So it is kept, and each look reads only what came after the
//! one before.

use std::time::Duration;

use sqlx::FromRow;
use switchboard_domain::{
    Timestamp,
    connection::ConnectionStatus,
    ids::{self, ConnectionId, EventId},
    notification::Tally,
};

use crate::{
    Conn, Db, StoreError, TenantScope,
    conn::{execute, fetch_all, fetch_optional},
};

/// An event's id is made when it arrives and committed a little later; the next look goes back that far behind the last.
const OVERLAP: Duration = Duration::from_mins(2);
/// How far back the first look at a connection goes.
const FIRST_LOOK: Duration = Duration::from_hours(14 * 24);
/// What was found is kept once it differs by this much: a busy connection is not worth a write a minute.
const COARSE: Duration = Duration::from_mins(5);
/// Connections of one tenant that are watched.
const MOST: i64 = 1_000;

/// A connection and when it was last heard of.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Pulse {
    pub id: ConnectionId,
    pub name: String,
    pub provider: String,
    pub status: ConnectionStatus,
    pub created_at: Timestamp,
    /// When the last event arrived that its provider sent by itself; `None` if none ever did.
    pub last_event_at: Option<Timestamp>,
    looked_at: Option<Timestamp>,
}

/// The tenant's connections that are not switched off, each with its last event, and keeps what was found.
pub async fn look(db: &Db, scope: TenantScope, now: Timestamp) -> Result<Vec<Pulse>, StoreError> {
    let mut reader = db.read(scope).await?;
    let mut pulses = list(&mut reader.conn(), scope).await?;
    let since = |pulse: &Pulse| match pulse.looked_at {
        Some(looked_at) => looked_at - OVERLAP,
        None => (pulse.created_at - OVERLAP).max(now - FIRST_LOOK),
    };
    let Some(since) = pulses.iter().map(since).min() else { return Ok(pulses) };
    let heard = fetch_all!(
        &mut reader.conn(),
        (ConnectionId, Timestamp),
        "SELECT connection_id, max(received_at) FROM webhook_events \
         WHERE tenant_id = $1 AND id >= $2 AND source = 'push' GROUP BY connection_id",
        scope.tenant(),
        ids::born::<EventId>(since, [0; 10])
    )?;
    drop(reader);
    let mut is_news = false;
    for pulse in &mut pulses {
        let found = heard.iter().find(|(id, _)| *id == pulse.id).map(|(_, at)| *at);
        let is_later = match (found, pulse.last_event_at) {
            (Some(found), Some(known)) => found.since(known) >= COARSE,
            (found, _) => found.is_some(),
        };
        is_news |= is_later || pulse.looked_at.is_none();
        pulse.last_event_at = pulse.last_event_at.max(found);
    }
    if is_news {
        keep(db, scope, &pulses, now).await?;
    }
    Ok(pulses)
}

async fn list(conn: &mut Conn<'_>, scope: TenantScope) -> Result<Vec<Pulse>, StoreError> {
    Ok(fetch_all!(
        conn,
        Pulse,
        "SELECT c.id, c.name, c.provider, c.status, c.created_at, p.last_event_at, p.looked_at FROM connections c \
         LEFT JOIN connection_pulses p ON p.connection_id = c.id \
         WHERE c.tenant_id = $1 AND c.status <> 'disabled' ORDER BY c.id LIMIT $2",
        scope.tenant(),
        MOST
    )?)
}

async fn keep(db: &Db, scope: TenantScope, pulses: &[Pulse], now: Timestamp) -> Result<(), StoreError> {
    let mut tx = db.begin(scope).await?;
    for pulse in pulses {
        execute!(
            &mut tx.conn(),
            "INSERT INTO connection_pulses (connection_id, tenant_id, last_event_at, looked_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (connection_id) DO UPDATE SET last_event_at = excluded.last_event_at, \
             looked_at = excluded.looked_at",
            pulse.id,
            scope.tenant(),
            pulse.last_event_at,
            now
        )?;
    }
    tx.commit(now).await?;
    Ok(())
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
