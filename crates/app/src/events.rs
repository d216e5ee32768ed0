//! The log as people meet it: what became of each event. Having one read again is [`crate::replay`]'s.
//!
//! An event carries no mark: it is processed when the cursor has passed it and no row of `work` stands for it.

mod detail;
mod touched;

use switchboard_domain::{
    Timestamp,
    event::EventStatus,
    ids::{EventId, JobId},
    job::JobState,
};
use switchboard_store::{
    Conn, StoreError, TenantScope,
    cursor::{self, Reached},
    events::{self, EventFilter, EventHead, EventPage, Part},
    work::{self, Job},
};

pub use self::{
    detail::{Contents, EventDetail, detail},
    touched::{About, RecordRef, about},
};
use crate::App;

/// An event with what became of it.
#[derive(Debug, Clone)]
pub struct EventState {
    pub event: EventHead,
    pub status: EventStatus,
    /// The work that stands for it, unless all went well.
    pub job_id: Option<JobId>,
    pub attempts: i32,
    pub last_error: Option<String>,
    pub next_attempt_at: Option<Timestamp>,
}

/// A page of the log.
#[derive(Debug, Clone, Default)]
pub struct StatePage {
    pub events: Vec<EventState>,
    /// The cursor of the next page. A page of a narrowed list may be short, even empty, and have one: it looked at as much
    /// of the log as one page may.
    pub next: Option<EventId>,
}

/// A page of events, newest first unless the filter says otherwise; at most `limit`.
pub async fn list(
    app: &App,
    scope: TenantScope,
    filter: &EventFilter,
    status: Option<EventStatus>,
    limit: i64,
) -> Result<StatePage, StoreError> {
    let mut reader = app.db.read(scope).await?;
    let conn = &mut reader.conn();
    // Before the work: an event that fails between the two questions then shows as pending and not as processed.
    let reached = cursor::reached(conn, scope.tenant()).await?;
    let found = match status {
        None | Some(EventStatus::Processed) => events::search(conn, scope, filter, Part::All, limit).await?,
        Some(EventStatus::Pending) => {
            let (position, id) = reached.place();
            events::search(conn, scope, filter, Part::Behind(position, id), limit).await?
        }
        Some(EventStatus::Retrying) => {
            events::failed(conn, scope, filter, &[JobState::Ready, JobState::Running], limit).await?
        }
        Some(EventStatus::Dead) => events::failed(conn, scope, filter, &[JobState::Dead], limit).await?,
    };
    let EventPage { events, next } = found;
    let mut events = with_states(conn, scope, reached, events).await?;
    events.retain(|event| status.is_none_or(|wanted| event.status == wanted));
    Ok(StatePage { events, next })
}

/// The first `limit` events, however many pages they stand on: for whoever can wait.
pub async fn first(
    app: &App,
    scope: TenantScope,
    filter: &EventFilter,
    status: Option<EventStatus>,
    limit: i64,
) -> Result<Vec<EventState>, StoreError> {
    let wanted = usize::try_from(limit).unwrap_or(0);
    let mut filter = filter.clone();
    let mut found = Vec::new();
    loop {
        let page = list(app, scope, &filter, status, limit).await?;
        found.extend(page.events);
        if found.len() >= wanted || page.next.is_none() {
            found.truncate(wanted);
            return Ok(found);
        }
        filter.cursor = page.next;
    }
}

/// One event.
pub async fn find(app: &App, scope: TenantScope, id: EventId) -> Result<Option<EventState>, StoreError> {
    let mut reader = app.db.read(scope).await?;
    let conn = &mut reader.conn();
    let Some(stored) = events::lookup(conn, scope, id).await? else { return Ok(None) };
    let reached = cursor::reached(conn, scope.tenant()).await?;
    Ok(with_states(conn, scope, reached, vec![EventHead::from(&stored)]).await?.pop())
}

async fn with_states(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    reached: Reached,
    found: Vec<EventHead>,
) -> Result<Vec<EventState>, StoreError> {
    let ids: Vec<EventId> = found.iter().map(|event| event.id).collect();
    let jobs = work::list_of_events(conn, scope, &ids).await?;
    Ok(found.into_iter().map(|event| state_of(event, reached, &jobs)).collect())
}

/// Where one event stands, by the work that stands for it, the newest first.
fn state_of(event: EventHead, reached: Reached, jobs: &[Job]) -> EventState {
    let unfinished = jobs.iter().filter(|job| job.event_id == Some(event.id) && job.state != JobState::Done);
    // Of a dead row and one that waits, the one that waits counts.
    let job = unfinished.min_by_key(|job| job.state);
    let status = match job.map(|job| job.state) {
        Some(JobState::Dead | JobState::Discarded) => EventStatus::Dead,
        Some(JobState::Ready | JobState::Running) => EventStatus::Retrying,
        Some(JobState::Done) | None if reached.includes(event.position, event.id) => EventStatus::Processed,
        Some(JobState::Done) | None => EventStatus::Pending,
    };
    let waits = job.filter(|job| job.state == JobState::Ready);
    EventState {
        status,
        job_id: job.map(|job| job.id),
        attempts: job.map_or(0, |job| job.attempts),
        last_error: job.and_then(|job| job.last_error.clone()),
        next_attempt_at: waits.map(|job| job.run_at),
        event,
    }
}
