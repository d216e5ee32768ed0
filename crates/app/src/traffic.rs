//! What came over each connection of late, beside how it stands.

use std::{collections::BTreeMap, time::Duration};

use switchboard_domain::ids::{self, ConnectionId, EventId, RejectionId};
use switchboard_store::{StoreError, TenantScope, tenants, traffic};

use crate::{
    App,
    overview::{self, Health},
};

/// What "of late" means.
const LATELY: Duration = Duration::from_hours(24);
/// Events that are looked at. The log has no index by connection, because every delivery would pay for it.
const MOST_EVENTS: i64 = 10_000;

/// A connection and what came over it.
#[derive(Debug)]
pub struct Traffic {
    pub health: Health,
    pub events: i64,
    pub rejected: i64,
    /// Only the newest events were counted.
    pub is_more: bool,
}

/// Every connection of a tenant, oldest first.
pub async fn of_connections(app: &App, scope: TenantScope) -> Result<Vec<Traffic>, StoreError> {
    let now = app.now();
    let since = now - LATELY;
    let mut reader = app.db.read(scope).await?;
    let conn = &mut reader.conn();
    let tenant = tenants::find(conn, scope).await?;
    let health = overview::health(conn, scope, now, &tenant.time_zone).await?;
    let first: EventId = ids::born(since, [0; 10]);
    let counted: BTreeMap<ConnectionId, i64> =
        traffic::events(conn, scope, first, MOST_EVENTS).await?.into_iter().collect();
    let is_more = counted.values().sum::<i64>() >= MOST_EVENTS;
    let first: RejectionId = ids::born(since, [0; 10]);
    let refused: BTreeMap<ConnectionId, i64> = traffic::refused(conn, scope, first).await?.into_iter().collect();
    let of = |counts: &BTreeMap<ConnectionId, i64>, id| counts.get(&id).copied().unwrap_or_default();
    let all = health.into_iter().map(|health| {
        let id = health.connection.id;
        Traffic { events: of(&counted, id), rejected: of(&refused, id), is_more, health }
    });
    Ok(all.collect())
}
