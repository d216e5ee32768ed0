//! Finding events again: by their order, and by what they are about.
//!
//! The log has one index for people, `(tenant_id, id)`, and ids sort by arrival. An index for each thing that somebody may
//! filter by would be written with every delivery, and a random key costs intake most of its speed; so a narrowed list reads
//! back along that one index and stops after [`LOOKED_AT`] rows. The page then says where the next one goes on, full or not:
//! a rare id is found by following the pages, and no question reads a log of millions in one go.

use sqlx::FromRow;
use switchboard_domain::{
    Timestamp,
    event::Source,
    ids::{self, ConnectionId, DeliveryId, EventId, TenantId},
    job::JobState,
};
use uuid::Uuid;

use super::StoredEvent;
use crate::{Conn, StoreError, TenantScope, sql::Sql};

/// Rows of the log that one page of a narrowed list looks at. Some tens of milliseconds.
pub const LOOKED_AT: i64 = 20_000;

/// Failed events that one page of a list of those looks at.
const FAILED_LOOKED_AT: i64 = 1_000;

/// What a list of events is narrowed by. All given conditions must hold.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    pub connection_id: Option<ConnectionId>,
    pub provider: Option<String>,
    pub event_type: Option<String>,
    /// The provider's id of what it is about is one of these; empty for any.
    pub external_ids: Vec<String>,
    pub received_from: Option<Timestamp>,
    pub received_before: Option<Timestamp>,
    /// Only events whose id is below (newest first) or above (oldest first) this one.
    pub cursor: Option<EventId>,
    pub oldest_first: bool,
}

impl EventFilter {
    /// Most events of a log may fail it.
    const fn is_narrow(&self) -> bool {
        self.connection_id.is_some()
            || self.provider.is_some()
            || self.event_type.is_some()
            || !self.external_ids.is_empty()
    }

    /// Behind which id a page begins and where the list ends, as ids.
    fn push_bounds(&self, sql: &mut Sql) {
        // An id begins with the moment of arrival, to the millisecond.
        sql.and(" AND id >= ", self.received_from.map(first_of)).and(" AND id < ", self.received_before.map(first_of));
        if let Some(cursor) = self.cursor {
            sql.push(if self.oldest_first { " AND id > " } else { " AND id < " }).bind(cursor.uuid());
        }
    }

    fn push_conditions(&self, sql: &mut Sql) {
        sql.and(" AND connection_id = ", self.connection_id.map(ConnectionId::uuid))
            .and(" AND provider = ", self.provider.as_deref())
            .and(" AND event_type = ", self.event_type.as_deref());
        if !self.external_ids.is_empty() {
            sql.push(" AND external_id IN ").bind_list(&self.external_ids);
        }
    }

    fn push_order(&self, sql: &mut Sql, limit: i64) {
        sql.push(if self.oldest_first { " ORDER BY id LIMIT " } else { " ORDER BY id DESC LIMIT " }).bind(limit);
    }
}

/// The least id that can be born at this moment.
fn first_of(moment: Timestamp) -> Uuid {
    ids::born::<EventId>(moment, [0; 10]).uuid()
}

/// Events of a tenant with all that they contain, newest first unless asked otherwise; at most `limit`. For whoever reads
/// the log through; lists for people have [`search`].
pub async fn list(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    filter: &EventFilter,
    limit: i64,
) -> Result<Vec<StoredEvent>, StoreError> {
    let mut sql = Sql::new(
        "SELECT position, id, tenant_id, connection_id, provider, delivery_id, item_index, event_type, lane, lane_group, \
         external_id, source, occurred_at, received_at, normalize_version, headers, body, context \
         FROM webhook_events WHERE tenant_id = ",
    );
    sql.bind(scope.tenant().uuid());
    filter.push_bounds(&mut sql);
    filter.push_conditions(&mut sql);
    filter.push_order(&mut sql, limit);
    sql.fetch_all(conn).await
}

/// An event without what was sent: a line of a list.
#[derive(Debug, Clone, FromRow)]
pub struct EventHead {
    pub position: i64,
    pub id: EventId,
    pub tenant_id: TenantId,
    pub connection_id: ConnectionId,
    pub provider: String,
    pub delivery_id: DeliveryId,
    pub event_type: String,
    pub lane_group: i32,
    pub external_id: Option<String>,
    pub source: Source,
    pub occurred_at: Option<Timestamp>,
    pub received_at: Timestamp,
    pub normalize_version: i32,
    pub body_bytes: i64,
}

impl From<&StoredEvent> for EventHead {
    fn from(event: &StoredEvent) -> Self {
        Self {
            position: event.position,
            id: event.id,
            tenant_id: event.tenant_id,
            connection_id: event.connection_id,
            provider: event.provider.clone(),
            delivery_id: event.delivery_id,
            event_type: event.event_type.clone(),
            lane_group: event.lane_group,
            external_id: event.external_id.clone(),
            source: event.source,
            occurred_at: event.occurred_at,
            received_at: event.received_at,
            normalize_version: event.normalize_version,
            body_bytes: i64::try_from(event.body.len()).unwrap_or(i64::MAX),
        }
    }
}

/// A part of the log that is looked through.
#[derive(Debug, Clone, Copy)]
pub enum Part<'p> {
    All,
    /// Behind this place of the cursor: what the pipeline has not read.
    Behind(i64, Uuid),
    /// These, and no others.
    Only(&'p [EventId]),
}

/// One page of a list for people.
#[derive(Debug, Clone, Default)]
pub struct EventPage {
    pub events: Vec<EventHead>,
    /// The cursor of the next page. There may be one although this page is short: see the module.
    pub next: Option<EventId>,
}

/// The statement behind [`search`], for those who want to see its plan.
pub fn search_sql(
    scope: TenantScope,
    filter: &EventFilter,
    part: Part<'_>,
    horizon: Option<EventId>,
    limit: i64,
) -> Sql {
    let mut sql = Sql::new(
        "SELECT position, id, tenant_id, connection_id, provider, delivery_id, event_type, lane_group, external_id, \
         source, occurred_at, received_at, normalize_version, CAST(length(body) AS bigint) AS body_bytes \
         FROM webhook_events WHERE tenant_id = ",
    );
    sql.bind(scope.tenant().uuid());
    filter.push_bounds(&mut sql);
    filter.push_conditions(&mut sql);
    match part {
        Part::All => {}
        Part::Behind(position, id) => {
            sql.push(" AND (position, id) > (").bind(position).push(", ").bind(id).push(")");
        }
        Part::Only(ids) => {
            let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
            sql.push(" AND id IN ").bind_list(&ids);
        }
    }
    if let Some(horizon) = horizon {
        sql.push(if filter.oldest_first { " AND id <= " } else { " AND id >= " }).bind(horizon.uuid());
    }
    filter.push_order(&mut sql, limit);
    sql
}

/// A page of a tenant's events, newest first unless asked otherwise; at most `limit`.
pub async fn search(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    filter: &EventFilter,
    part: Part<'_>,
    limit: i64,
) -> Result<EventPage, StoreError> {
    search_among(conn, scope, filter, part, LOOKED_AT, limit).await
}

/// The same, looking at so many rows of the log at most.
pub async fn search_among(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    filter: &EventFilter,
    part: Part<'_>,
    looked_at: i64,
    limit: i64,
) -> Result<EventPage, StoreError> {
    let is_bounded = match part {
        Part::All => filter.is_narrow(),
        Part::Behind(..) => true,
        Part::Only(_) => false,
    };
    let horizon = if is_bounded { horizon(conn, scope, filter, looked_at).await? } else { None };
    let mut events: Vec<EventHead> = search_sql(scope, filter, part, horizon, limit + 1).fetch_all(conn).await?;
    let wanted = usize::try_from(limit).unwrap_or(0);
    let next = if events.len() > wanted {
        events.truncate(wanted);
        events.last().map(|event| event.id)
    } else {
        horizon
    };
    Ok(EventPage { events, next })
}

/// The last row that this page looks at; `None` when the end is nearer.
async fn horizon(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    filter: &EventFilter,
    looked_at: i64,
) -> Result<Option<EventId>, StoreError> {
    let mut sql = Sql::new("SELECT id FROM webhook_events WHERE tenant_id = ");
    sql.bind(scope.tenant().uuid());
    filter.push_bounds(&mut sql);
    filter.push_order(&mut sql, 1);
    sql.push(" OFFSET ").bind(looked_at - 1);
    Ok(sql.fetch_all::<(EventId,)>(conn).await?.pop().map(|(id,)| id))
}

/// The statement that [`failed`] begins with: which events.
///
/// The literal condition is the one of the partial index that this reads.
pub fn failed_sql(scope: TenantScope, filter: &EventFilter, states: &[JobState]) -> Sql {
    let states: Vec<&str> = states.iter().map(|state| state.as_str()).collect();
    let mut sql = Sql::new("SELECT DISTINCT event_id AS id FROM work WHERE tenant_id = ");
    sql.bind(scope.tenant().uuid()).push(" AND event_id IS NOT NULL AND state <> 'done' AND state IN ");
    sql.bind_list(&states);
    sql.and(" AND event_id >= ", filter.received_from.map(first_of))
        .and(" AND event_id < ", filter.received_before.map(first_of));
    if let Some(cursor) = filter.cursor {
        sql.push(if filter.oldest_first { " AND event_id > " } else { " AND event_id < " }).bind(cursor.uuid());
    }
    sql.push(if filter.oldest_first { " ORDER BY event_id LIMIT " } else { " ORDER BY event_id DESC LIMIT " });
    sql.bind(FAILED_LOOKED_AT);
    sql
}

/// A page of a tenant's events that work in one of these states stands for.
pub async fn failed(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    filter: &EventFilter,
    states: &[JobState],
    limit: i64,
) -> Result<EventPage, StoreError> {
    let ids = failed_sql(scope, filter, states).fetch_all::<(EventId,)>(conn).await?;
    let ids: Vec<EventId> = ids.into_iter().map(|(id,)| id).collect();
    let Some(last) = ids.last().copied() else { return Ok(EventPage::default()) };
    let mut page = search(conn, scope, filter, Part::Only(&ids), limit).await?;
    if page.next.is_none() && ids.len() == usize::try_from(FAILED_LOOKED_AT).unwrap_or(usize::MAX) {
        page.next = Some(last);
    }
    Ok(page)
}
