//! The log as people meet it: what became of each event. Having one read again is [`crate::replay`]'s.
//!
//! An event carries no mark: it is processed when the cursor has passed it and no row of `work` stands for it.

use switchboard_domain::{
    Timestamp,
    event::EventStatus,
    ids::{EventId, JobId},
    job::JobState,
};
use switchboard_store::{
    StoreError, TenantScope, cursor,
    events::{self, EventFilter, StoredEvent},
    work::{self, Job, JobFilter},
};
use uuid::Uuid;

use crate::App;

/// An event with what became of it.
#[derive(Debug, Clone)]
pub struct EventState {
    pub event: StoredEvent,
    pub status: EventStatus,
    /// The work that stands for it, unless all went well.
    pub job_id: Option<JobId>,
    pub attempts: i32,
    pub last_error: Option<String>,
    pub next_attempt_at: Option<Timestamp>,
}

/// Events, newest first unless the filter says otherwise; at most `limit`. Only dead or retrying ones can be asked for by
/// status: they have work rows, and are few.
pub async fn list(
    app: &App,
    scope: TenantScope,
    filter: &EventFilter,
    failed: Option<JobState>,
    limit: i64,
) -> Result<Vec<EventState>, StoreError> {
    let found = match failed {
        None => {
            let mut reader = app.db.read(scope).await?;
            events::list(&mut reader.conn(), scope, filter, limit).await?
        }
        Some(state) => failed_events(app, scope, filter, state, limit).await?,
    };
    with_states(app, scope, found).await
}

/// Events behind the tenant's newest work rows of a state, in the order of the events.
async fn failed_events(
    app: &App,
    scope: TenantScope,
    filter: &EventFilter,
    state: JobState,
    limit: i64,
) -> Result<Vec<StoredEvent>, StoreError> {
    /// Work rows looked at. Beyond so many failures nobody reads on by hand.
    const MOST: i64 = 1_000;
    let states = if state == JobState::Dead { vec![state] } else { vec![JobState::Ready, JobState::Running] };
    let of_events = JobFilter { states, kinds: vec![work::EVENT.to_owned()], ..JobFilter::default() };
    let mut reader = app.db.read(scope).await?;
    let conn = &mut reader.conn();
    let jobs = work::list(conn, scope, &of_events, MOST).await?;
    let mut ids: Vec<EventId> = jobs.into_iter().filter_map(|job| job.event_id).collect();
    ids.sort_unstable();
    ids.dedup();
    if !filter.oldest_first {
        ids.reverse();
    }
    let is_behind =
        |id: &EventId| filter.cursor.is_none_or(|cursor| if filter.oldest_first { *id > cursor } else { *id < cursor });
    let mut found = Vec::new();
    for id in ids.into_iter().filter(is_behind) {
        let Some(event) = events::lookup(conn, scope, id).await? else { continue };
        let fits = filter.connection_id.is_none_or(|wanted| event.connection_id == wanted)
            && filter.event_type.as_ref().is_none_or(|wanted| event.event_type == *wanted)
            && filter.external_id.as_ref().is_none_or(|wanted| event.external_id.as_ref() == Some(wanted));
        if fits {
            found.push(event);
        }
        if i64::try_from(found.len()).unwrap_or(i64::MAX) >= limit {
            break;
        }
    }
    Ok(found)
}

/// One event.
pub async fn find(app: &App, scope: TenantScope, id: EventId) -> Result<Option<EventState>, StoreError> {
    let mut reader = app.db.read(scope).await?;
    let found = events::lookup(&mut reader.conn(), scope, id).await?;
    drop(reader);
    Ok(with_states(app, scope, found.into_iter().collect()).await?.pop())
}

async fn with_states(app: &App, scope: TenantScope, found: Vec<StoredEvent>) -> Result<Vec<EventState>, StoreError> {
    // The cursor first: an event that fails between the two questions then shows as pending and not as processed.
    let progress = cursor::progress(&app.db).await?;
    let ids: Vec<EventId> = found.iter().map(|event| event.id).collect();
    let mut reader = app.db.read(scope).await?;
    let jobs = work::list_of_events(&mut reader.conn(), scope, &ids).await?;
    let is_passed = |event: &StoredEvent| {
        progress.iter().any(|group| {
            let at = (group.position, group.event_id.map_or(Uuid::nil(), EventId::uuid));
            // SQLite's position alone says it; on PostgreSQL several events share one.
            let event_at = (event.position, event.id.uuid());
            group.lane_group == event.lane_group && (event.position < group.position || event_at <= at)
        })
    };
    let state = |event: StoredEvent| {
        let job = jobs.iter().find(|job| job.event_id == Some(event.id) && job.state != JobState::Done);
        let status = match job.map(|job| job.state) {
            Some(JobState::Dead) => EventStatus::Dead,
            Some(_) => EventStatus::Retrying,
            None if is_passed(&event) => EventStatus::Processed,
            None => EventStatus::Pending,
        };
        let waits = job.filter(|job| job.state == JobState::Ready);
        EventState {
            status,
            job_id: job.map(|job| job.id),
            attempts: job.map_or(0, |job| job.attempts),
            last_error: job.and_then(|job| job.last_error.clone()),
            next_attempt_at: waits.map(|job: &Job| job.run_at),
            event,
        }
    };
    Ok(found.into_iter().map(state).collect())
}
