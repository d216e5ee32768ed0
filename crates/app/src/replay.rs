//! Replaying events: they are merged once more from the log, because their `normalize` was mended or somebody wants to be
//! sure. Merging is idempotent, so a replay can only add what was missing.
//!
//! An event that was processed before is replayed with reactions off: what it once set off has happened. One that never
//! was (it is dead, or waits for another attempt) is requeued instead, and reacts like a new one.

use switchboard_domain::{
    audit::Action,
    event::EventStatus,
    ids::{EventId, JobId},
    job::JobState,
};
use switchboard_store::{
    StoreError, TenantScope, cursor,
    events::{self, EventFilter, EventHead},
    work::{self, Job, NewWork},
};

use crate::{
    App,
    audit::{self, Entry, Origin},
    events::list,
    jobs::{self, Event, ReplayEvents},
    wake::Signal,
};

/// Events that are enqueued in one transaction, and that one request may name.
pub const PAGE: i64 = 200;

/// Which events of a tenant. All given conditions must hold.
#[derive(Debug, Clone, Default)]
pub struct Replay {
    /// `oldest_first` is not looked at.
    pub filter: EventFilter,
    pub status: Option<EventStatus>,
    /// Stop after so many; `None` for all.
    pub most: Option<u64>,
}

/// What was enqueued.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Enqueued {
    /// Processed before: merged again without reactions.
    pub replayed: u64,
    /// Dead before: tried again like new ones.
    pub requeued: u64,
    /// Waiting already, or not reached by the pipeline yet: left alone.
    pub left: u64,
}

impl Enqueued {
    /// Events that were looked at.
    pub const fn total(self) -> u64 {
        self.replayed + self.requeued + self.left
    }
}

/// Replays one event. `None` when the tenant has no such event.
pub async fn one(app: &App, scope: TenantScope, event: EventId, by: &Origin) -> Result<Option<Enqueued>, StoreError> {
    let mut reader = app.db.read(scope).await?;
    let found = events::lookup(&mut reader.conn(), scope, event).await?;
    drop(reader);
    let Some(found) = found else { return Ok(None) };
    let entry = Entry::new(by, Action::EventReplayed).on("event", event);
    let page = [EventHead::from(&found)];
    Ok(Some(enqueue(app, scope, &page, Some(entry)).await?))
}

/// Replays these events, as far as the tenant has them; at most [`PAGE`].
pub async fn these(app: &App, scope: TenantScope, ids: &[EventId], by: &Origin) -> Result<Enqueued, StoreError> {
    let mut reader = app.db.read(scope).await?;
    let part = events::Part::Only(ids);
    let found = events::search(&mut reader.conn(), scope, &EventFilter::default(), part, PAGE).await?;
    drop(reader);
    enqueue(app, scope, &found.events, Some(Entry::new(by, Action::EventReplayed))).await
}

/// Has all events that match replayed, page by page, as a job that says how far it has come.
pub async fn ask(app: &App, scope: TenantScope, replay: &Replay, by: &Origin) -> Result<JobId, StoreError> {
    let now = app.now();
    let row = jobs::row(app, scope.tenant(), &ReplayEvents::of(replay, now), now);
    let mut tx = app.db.begin(scope).await?;
    work::insert(&mut tx.conn(), std::slice::from_ref(&row), now).await?;
    let entry = Entry::new(by, Action::EventReplayed)
        .on("job", row.id)
        .with("connection", replay.filter.connection_id.map(|id| id.to_string()))
        .with("event_type", replay.filter.event_type.clone())
        .with("status", replay.status.map(EventStatus::as_str));
    audit::record(&mut tx, app, entry).await?;
    tx.commit(now).await?;
    app.wake.send(Signal::Work);
    Ok(row.id)
}

/// Replays all events that match, oldest first. `progress` hears the totals after each page.
pub async fn matching(
    app: &App,
    scope: TenantScope,
    replay: &Replay,
    mut progress: impl FnMut(Enqueued),
) -> Result<Enqueued, StoreError> {
    let mut enqueued = Enqueued::default();
    let mut at = replay.filter.cursor;
    loop {
        at = step(app, scope, replay, at, &mut enqueued).await?;
        progress(enqueued);
        if at.is_none() {
            return Ok(enqueued);
        }
    }
}

/// The next page of a replay, behind `at`. Returns where the one after it begins.
pub(crate) async fn step(
    app: &App,
    scope: TenantScope,
    replay: &Replay,
    at: Option<EventId>,
    enqueued: &mut Enqueued,
) -> Result<Option<EventId>, StoreError> {
    let left = replay.most.map_or(u64::MAX, |most| most.saturating_sub(enqueued.total()));
    let limit = PAGE.min(i64::try_from(left).unwrap_or(i64::MAX));
    if limit == 0 {
        return Ok(None);
    }
    let filter = EventFilter { cursor: at, oldest_first: true, ..replay.filter.clone() };
    let page = list(app, scope, &filter, replay.status, limit).await?;
    let heads: Vec<EventHead> = page.events.into_iter().map(|state| state.event).collect();
    let more = enqueue(app, scope, &heads, None).await?;
    enqueued.replayed += more.replayed;
    enqueued.requeued += more.requeued;
    enqueued.left += more.left;
    Ok(page.next)
}

async fn enqueue(
    app: &App,
    scope: TenantScope,
    page: &[EventHead],
    entry: Option<Entry<'_>>,
) -> Result<Enqueued, StoreError> {
    let now = app.now();
    let mut enqueued = Enqueued::default();
    let mut tx = app.db.begin(scope).await?;
    let reached = cursor::reached(&mut tx.conn(), scope.tenant()).await?;
    let ids: Vec<EventId> = page.iter().map(|event| event.id).collect();
    let known = work::list_of_events(&mut tx.conn(), scope, &ids).await?;
    let mut rows: Vec<NewWork> = Vec::with_capacity(page.len());
    for event in page {
        // Of a dead row and a waiting one, the waiting one counts.
        match unfinished(&known, event.id).map(|job| (job.id, job.state)) {
            Some((job, JobState::Dead | JobState::Discarded)) => {
                work::requeue(&mut tx.conn(), scope, job, now).await?;
                enqueued.requeued += 1;
            }
            Some(_) => enqueued.left += 1,
            None if !reached.includes(event.position, event.id) => enqueued.left += 1,
            None => rows.push(jobs::row(app, scope.tenant(), &Event { id: event.id.uuid(), replayed: true }, now)),
        }
    }
    enqueued.replayed += work::insert(&mut tx.conn(), &rows, now).await?;
    if let Some(entry) = entry {
        let entry = entry.with("replayed", enqueued.replayed).with("requeued", enqueued.requeued);
        audit::record(&mut tx, app, entry).await?;
    }
    tx.commit(now).await?;
    app.wake.send(Signal::Work);
    Ok(enqueued)
}

/// The work that stands for an event and is not done; what waits or runs before what is dead.
fn unfinished(known: &[Job], event: EventId) -> Option<&Job> {
    known.iter().filter(|job| job.event_id == Some(event) && job.state != JobState::Done).min_by_key(|job| job.state)
}
