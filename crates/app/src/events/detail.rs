//! One event with everything that is known of it: what was sent, what it says, what was tried and what came of it.

use std::collections::BTreeSet;

use switchboard_domain::{Timestamp, change::Change, event::Source, fact::Fact, ids::EventId};
use switchboard_providers::{contract::Provider, registry};
use switchboard_store::{
    Conn, StoreError, TenantScope, changes, connections, cursor,
    events::{self, EventHead, StoredEvent},
    withheld::ERASED,
    work::{self, Job},
};
use uuid::Uuid;

use super::{
    EventState, RecordRef, state_of,
    touched::{former_calls, records},
};
use crate::{App, pipeline};

/// Changes of one event that are shown.
const MOST_CHANGES: i64 = 200;
/// How far the clocks of two nodes may be apart.
const SKEW: std::time::Duration = std::time::Duration::from_mins(1);

/// An event with all about it.
#[derive(Debug)]
pub struct EventDetail {
    pub state: EventState,
    /// Its connection takes deliveries that nobody signed.
    pub is_unsigned: bool,
    /// The version of `normalize` that reads it now.
    pub normalize_version_now: Option<i32>,
    /// Every piece of work that stands or stood for it and is still kept, the newest first.
    pub attempts: Vec<Job>,
    /// `None` for who may not read records.
    pub contents: Option<Contents>,
}

/// What names people: for who may read the records that it makes.
#[derive(Debug)]
pub struct Contents {
    pub headers: serde_json::Value,
    pub body: Vec<u8>,
    /// The contents were removed, because somebody had to be forgotten.
    pub is_erased: bool,
    /// What it says, read now; or why it cannot be read.
    pub facts: Result<Vec<Fact>, String>,
    /// The records that it is about, as far as they exist.
    pub records: Vec<RecordRef>,
    /// What those went through at the moment that it speaks of. Changes do not name their event, so this is found by record and
    /// time; of two events about one record and the same moment both show it.
    pub changes: Vec<Change>,
}

/// One event. Without `with_contents`, nothing that names people.
pub async fn detail(
    app: &App,
    scope: TenantScope,
    id: EventId,
    with_contents: bool,
) -> Result<Option<EventDetail>, StoreError> {
    let mut reader = app.db.read(scope).await?;
    let conn = &mut reader.conn();
    let Some(stored) = events::lookup(conn, scope, id).await? else { return Ok(None) };
    let reached = cursor::reached(conn, scope.tenant()).await?;
    let attempts = work::list_of_events(conn, scope, &[id]).await?;
    let connection = connections::find(conn, scope, stored.connection_id).await?;
    let state = state_of(EventHead::from(&stored), reached, &attempts);
    let normalize_version_now = registry::by_slug(&stored.provider).map(Provider::normalize_version);
    let contents = if with_contents { Some(contents(conn, scope, stored, &attempts).await?) } else { None };
    Ok(Some(EventDetail {
        is_unsigned: state.event.source == Source::Push && connection.is_some_and(|found| found.is_unsigned),
        state,
        normalize_version_now,
        attempts,
        contents,
    }))
}

async fn contents(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    mut stored: StoredEvent,
    attempts: &[Job],
) -> Result<Contents, StoreError> {
    let (headers, connection, received_at) =
        (std::mem::take(&mut stored.headers), stored.connection_id, stored.received_at);
    let is_erased = stored.event_type == ERASED;
    let body = stored.body.clone();
    let facts = match pipeline::understand(&stored.into()) {
        Ok(understood) => understood.facts,
        Err(malformed) => {
            let facts = Err(malformed.reason);
            return Ok(Contents { headers, body, is_erased, facts, records: Vec::new(), changes: Vec::new() });
        }
    };
    let touched = records(conn, scope.tenant(), connection, &facts).await?;
    let mut ids: Vec<Uuid> = touched.iter().map(|record| record.id).collect();
    ids.extend(former_calls(connection, &facts));
    let changes = match facts.iter().map(|fact| fact.at).max() {
        Some(moment) => changes_of(conn, scope, &ids, moment, received_at, attempts).await?,
        None => Vec::new(),
    };
    Ok(Contents { headers, body, is_erased, facts: Ok(facts), records: touched.into_iter().collect(), changes })
}

/// Changes of that moment which were committed after the event came, or after it was tried again.
async fn changes_of(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    records: &[Uuid],
    moment: Timestamp,
    received_at: Timestamp,
    attempts: &[Job],
) -> Result<Vec<Change>, StoreError> {
    /// Attempts behind which is looked; more than these read the same stretch of changes again.
    const MOST_ATTEMPTS: usize = 5;
    let tried = attempts.iter().map(|job| job.created_at).take(MOST_ATTEMPTS);
    let mut found: Vec<Change> = Vec::new();
    for since in std::iter::once(received_at).chain(tried) {
        found.extend(changes::of_moment(conn, scope, records, moment, since - SKEW, MOST_CHANGES).await?);
    }
    found.sort_unstable_by_key(|change| change.seq);
    let mut seen = BTreeSet::new();
    found.retain(|change| seen.insert(change.seq));
    found.truncate(usize::try_from(MOST_CHANGES).unwrap_or(usize::MAX));
    Ok(found)
}
