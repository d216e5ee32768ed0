//! Replaying events: they are merged once more from the log, because their `normalize` was mended or somebody wants to be
//! sure. Merging is idempotent, so a replay can only add what was missing.
//!
//! An event that was processed before is replayed with reactions off: what it once set off has happened. One that never
//! was (it is dead, or waits for another attempt) is requeued instead, and reacts like a new one.

use switchboard_domain::{
    Timestamp,
    audit::Action,
    ids::{self, EventId},
    job::JobState,
};
use switchboard_store::{
    StoreError, TenantScope, cursor,
    events::{self, EventFilter, StoredEvent},
    work::{self, NewWork},
};

use crate::{
    App,
    audit::{self, Entry, Origin},
    jobs::{self, Event},
    wake::Signal,
};

/// Events that are enqueued in one transaction.
const PAGE: i64 = 200;

/// Which events of a tenant. All given conditions must hold.
#[derive(Debug, Clone, Default)]
pub struct Replay {
    /// `cursor` and `oldest_first` are not looked at.
    pub filter: EventFilter,
    pub received_from: Option<Timestamp>,
    pub received_before: Option<Timestamp>,
}

/// What was enqueued.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Enqueued {
    /// Processed before: merged again without reactions.
    pub replayed: u64,
    /// Dead before: tried again like new ones.
    pub requeued: u64,
    /// Waiting already, or not reached by the pipeline yet: left alone.
    pub left: u64,
}

/// Replays one event. `None` when the tenant has no such event.
pub async fn one(app: &App, scope: TenantScope, event: EventId, by: &Origin) -> Result<Option<Enqueued>, StoreError> {
    let mut reader = app.db.read(scope).await?;
    let found = events::lookup(&mut reader.conn(), scope, event).await?;
    drop(reader);
    let Some(found) = found else { return Ok(None) };
    let mut enqueued = Enqueued::default();
    let entry = Entry::new(by, Action::EventReplayed).on("event", event);
    enqueue(app, scope, &[found], &mut enqueued, Some(entry)).await?;
    Ok(Some(enqueued))
}

/// Replays all events that match, oldest first. `progress` hears the totals after each page.
pub async fn matching(
    app: &App,
    scope: TenantScope,
    replay: &Replay,
    mut progress: impl FnMut(Enqueued),
) -> Result<Enqueued, StoreError> {
    let mut enqueued = Enqueued::default();
    // Ids of events sort by the moment of their arrival.
    let mut after = replay.received_from.map(|from| ids::born::<EventId>(from, [0; 10]));
    let end = replay.received_before.map(|before| ids::born::<EventId>(before, [0; 10]));
    loop {
        let filter = EventFilter { cursor: after, oldest_first: true, ..replay.filter.clone() };
        let mut reader = app.db.read(scope).await?;
        let mut page = events::list(&mut reader.conn(), scope, &filter, PAGE).await?;
        drop(reader);
        let is_last = page.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
        after = page.last().map(|event| event.id);
        let read = page.len();
        page.retain(|event| end.is_none_or(|end| event.id < end));
        enqueue(app, scope, &page, &mut enqueued, None).await?;
        progress(enqueued);
        if is_last || page.len() < read {
            return Ok(enqueued);
        }
    }
}

async fn enqueue(
    app: &App,
    scope: TenantScope,
    page: &[StoredEvent],
    enqueued: &mut Enqueued,
    entry: Option<Entry<'_>>,
) -> Result<(), StoreError> {
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    let reached = cursor::reached(&mut tx.conn(), scope.tenant()).await?;
    let ids: Vec<EventId> = page.iter().map(|event| event.id).collect();
    let known = work::list_of_events(&mut tx.conn(), scope, &ids).await?;
    let mut rows: Vec<NewWork> = Vec::with_capacity(page.len());
    for event in page {
        let unfinished = known.iter().filter(|job| job.event_id == Some(event.id) && job.state != JobState::Done);
        // Of a dead row and a waiting one, the waiting one counts.
        match unfinished.min_by_key(|job| job.state).map(|job| (job.id, job.state)) {
            Some((job, JobState::Dead)) => {
                work::requeue(&mut tx.conn(), scope, job, now).await?;
                enqueued.requeued += 1;
            }
            Some(_) => enqueued.left += 1,
            None if !reached.includes(event) => enqueued.left += 1,
            None => rows.push(jobs::row(app, scope.tenant(), &Event { id: event.id.uuid(), replayed: true }, now)),
        }
    }
    enqueued.replayed += work::insert(&mut tx.conn(), &rows, now).await?;
    if let Some(entry) = entry {
        audit::record(&mut tx, app, entry).await?;
    }
    tx.commit(now).await?;
    app.wake.send(Signal::Work);
    Ok(())
}
