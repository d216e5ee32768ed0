//! From the log to the records. One task per lane group reads the log behind its cursor and merges what it finds, tenant
//! by tenant; the cursor moves in the same transaction, so an event takes effect once.
//!
//! An event that cannot be understood, or that the database refuses, does not stop the others: it becomes a row of
//! `work`, dead or to be tried again, and the cursor moves on. Merging is order-free, so nothing has to wait for it. A
//! database that is away stops everything instead, and no attempt is counted.

use std::{sync::Arc, time::Duration};

use switchboard_domain::{
    fact::Fact,
    ids::{EventId, TenantId},
};
use switchboard_providers::{
    contract::{Malformed, StoredItem},
    registry,
};
use switchboard_store::{
    StoreError, TenantScope, TenantTx,
    cursor::{self, Held, Move, Position},
    events::{self, StoredEvent},
    withheld::ERASED,
    work::{self, NewWork},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    App,
    intake::chain,
    merge::{self, Understood},
    privacy::withhold::withhold,
    reactions::Reactions,
    wake::Signal,
};

/// How long a lane group belongs to a node that says nothing more.
const LEASE: Duration = Duration::from_secs(15);
/// How often to look without having been told.
const BACKSTOP: Duration = Duration::from_secs(1);
/// How often an event is tried before it is dead: at 1 s, 5 s, 30 s, 5 min and 30 min after the first failure.
pub const EVENT_ATTEMPTS: i32 = 6;

/// Starts one task per lane group.
pub fn spawn(app: &Arc<App>, tracker: &TaskTracker, stop: &CancellationToken) {
    for group in 0..cursor::lane_groups(app.db.engine()) {
        let (app, stop) = (Arc::clone(app), stop.clone());
        tracker.spawn(async move { run(&app, group, &stop).await });
    }
}

/// Merges one lane group until told to stop.
async fn run(app: &App, group: i32, stop: &CancellationToken) {
    let mut held: Option<Held> = None;
    while !stop.is_cancelled() {
        let progressed = match step(app, group, &mut held).await {
            Ok(progressed) => progressed,
            Err(StoreError::LeaseLost) => {
                tracing::info!(group, "another node took over this lane group");
                held = None;
                false
            }
            Err(error) => {
                tracing::warn!(group, error = %chain(&error), "merging pauses until the database answers again");
                held = None;
                false
            }
        };
        if !progressed {
            tokio::select! {
                () = app.wake.events(group) => {}
                () = tokio::time::sleep(BACKSTOP) => {}
                () = stop.cancelled() => {}
            }
        }
    }
    if let Some(held) = held
        && let Err(error) = cursor::release(&app.db, &held, app.now()).await
    {
        tracing::debug!(group, error = %chain(&error), "the lane group was not given back; its lease will end by itself");
    }
}

/// Merges the next batch, if the group is this node's and there is one.
async fn step(app: &App, group: i32, held: &mut Option<Held>) -> Result<bool, StoreError> {
    let now = app.now();
    let is_fresh = held.as_ref().is_some_and(|held| held.lease_until.since(now) > LEASE / 2);
    if !is_fresh {
        *held = cursor::claim(&app.db, group, &app.node, now, LEASE).await?;
    }
    let Some(held) = held else { return Ok(false) };
    let Some((end, batch)) = cursor::next_events(&app.db, held).await? else { return Ok(false) };
    let mut done = held.batch.take().map(|(_, done)| done).unwrap_or_default();
    let tenants = by_tenant(batch, &done);
    if tenants.is_empty() {
        // Every tenant of a batch that was begun before is done; only the cursor is missing.
        return finish_batch(app, held, end).await.map(|()| true);
    }
    let mut left = tenants.len();
    for (tenant, events) in tenants {
        left -= 1;
        done.push(tenant);
        let to = if left == 0 { Move::Past(end) } else { Move::Within { end, done: &done } };
        merge_tenant(app, held, events, to).await?;
    }
    held.at = end;
    Ok(true)
}

/// The events of each tenant that is not done yet, in log order, tenants in the order of their first event.
fn by_tenant(batch: Vec<StoredEvent>, done: &[TenantId]) -> Vec<(TenantId, Vec<StoredEvent>)> {
    let mut tenants: Vec<(TenantId, Vec<StoredEvent>)> = Vec::new();
    for event in batch {
        if done.contains(&event.tenant_id) {
            continue;
        }
        match tenants.iter_mut().find(|(tenant, _)| *tenant == event.tenant_id) {
            Some((_, events)) => events.push(event),
            None => tenants.push((event.tenant_id, vec![event])),
        }
    }
    tenants
}

async fn finish_batch(app: &App, held: &mut Held, end: Position) -> Result<(), StoreError> {
    cursor::finish(&app.db, held, end).await?;
    held.at = end;
    Ok(())
}

/// Merges one tenant's part of a batch and moves the cursor, in one transaction.
async fn merge_tenant(app: &App, held: &Held, events: Vec<StoredEvent>, to: Move<'_>) -> Result<(), StoreError> {
    let Some(first) = events.first() else { return Ok(()) };
    let scope = first.scope();
    let (mut understood, failed) = understand_all(&events);
    let mut tx = app.db.begin(scope).await?;
    tx.lock_tenant().await?;
    withhold(app, &mut tx, &mut understood).await?;
    let mut failures = failed;
    let merged = match merge::apply(&mut tx, &understood, app.now()).await {
        Ok(merged) => merged,
        Err(error) if error.is_unavailable() => return Err(error),
        Err(error) => {
            tracing::warn!(error = %chain(&error), events = understood.len(), "a batch was refused; merging its events one by one");
            drop(tx);
            tx = app.db.begin(scope).await?;
            tx.lock_tenant().await?;
            // With all their facts again: what was withheld in the transaction before is undone with it.
            (understood, _) = understand_all(&events);
            withhold(app, &mut tx, &mut understood).await?;
            apply_singly(app, &mut tx, &understood, &mut failures).await?
        }
    };
    let rows: Vec<NewWork> = failures.iter().filter_map(|failure| failure.work(app, &events)).collect();
    work::insert(&mut tx.conn(), &rows, app.now()).await?;
    let has_jobs = merge::enqueue(app, &mut tx, &merged.reactions, Reactions::On).await? || !rows.is_empty();
    cursor::advance(&mut tx, held, to).await?;
    let numbered = tx.commit(app.now()).await?;
    announce(app, scope, has_jobs, numbered.is_some());
    measure(app, &events, &failures);
    Ok(())
}

fn announce(app: &App, scope: TenantScope, has_jobs: bool, has_changes: bool) {
    if has_changes {
        app.wake.send(Signal::Changes(scope.tenant()));
    }
    if has_jobs {
        app.wake.send(Signal::Work);
    }
}

fn measure(app: &App, events: &[StoredEvent], failures: &[Failure]) {
    let now = app.now();
    for event in events {
        metrics::histogram!("switchboard_received_to_visible_seconds")
            .record(now.since(event.received_at).as_secs_f64());
    }
    metrics::counter!("switchboard_events_merged_total").increment(events.len() as u64);
    metrics::counter!("switchboard_events_failed_total").increment(failures.len() as u64);
}

/// One event after another, each behind a savepoint: the one that fails is left out.
async fn apply_singly(
    app: &App,
    tx: &mut TenantTx,
    understood: &[Understood],
    failures: &mut Vec<Failure>,
) -> Result<merge::Merged, StoreError> {
    let mut all = merge::Merged::default();
    for event in understood {
        let mark = tx.savepoint().await?;
        match merge::apply(tx, std::slice::from_ref(event), app.now()).await {
            Ok(merged) => {
                all.changes += merged.changes;
                all.reactions.extend(merged.reactions);
            }
            Err(error) if error.is_unavailable() => return Err(error),
            Err(error) => {
                tx.rollback_to(mark).await?;
                failures.push(Failure { event_id: event.event_id, reason: chain(&error), is_final: false });
            }
        }
    }
    Ok(all)
}

/// An event that was not merged.
struct Failure {
    event_id: EventId,
    reason: String,
    /// Trying again cannot help.
    is_final: bool,
}

impl Failure {
    fn work(&self, app: &App, events: &[StoredEvent]) -> Option<NewWork> {
        let event = events.iter().find(|event| event.id == self.event_id)?;
        Some(NewWork {
            id: app.id(),
            tenant_id: event.tenant_id,
            kind: "event".to_owned(),
            lane: format!("event:{}", event.lane),
            payload: serde_json::json!({ "id": event.id.uuid() }),
            event_id: Some(event.id),
            dead_because: self.is_final.then(|| self.reason.clone()),
            is_bulk: false,
            run_at: app.now() + Duration::from_secs(1),
            attempts: 1,
            max_attempts: EVENT_ATTEMPTS,
            unique_key: Some(format!("event:{}", event.id.uuid())),
        })
    }
}

fn understand_all(events: &[StoredEvent]) -> (Vec<Understood>, Vec<Failure>) {
    let mut understood = Vec::with_capacity(events.len());
    let mut failures = Vec::new();
    for event in events {
        match understand(event) {
            Ok(read) => understood.push(read),
            Err(malformed) => {
                failures.push(Failure { event_id: event.id, reason: malformed.reason, is_final: true });
            }
        }
    }
    (understood, failures)
}

/// What a stored event says. One whose contents were erased says nothing.
pub fn understand(event: &StoredEvent) -> Result<Understood, Malformed> {
    let facts = if event.event_type == ERASED { Vec::new() } else { facts(event)? };
    Ok(Understood {
        event_id: event.id,
        connection_id: event.connection_id,
        provider: event.provider.clone(),
        received_at: event.received_at,
        facts,
    })
}

fn facts(event: &StoredEvent) -> Result<Vec<Fact>, Malformed> {
    let provider = registry::by_slug(&event.provider)
        .ok_or_else(|| Malformed::new(format!("this version knows no provider `{}`", event.provider)))?;
    let item = StoredItem { kind: &event.event_type, body: &event.body, received_at: event.received_at };
    provider.normalize(item)
}

/// Why one event could not be merged on its own.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    #[error("the event is not in the log any more")]
    Gone,
    #[error("{0}")]
    Malformed(#[source] Malformed),
    #[error("the event could not be merged")]
    Store(#[from] StoreError),
}

/// Merges one event again, outside the cursor: a failed one that is tried again, or a replay.
pub async fn process_one(
    app: &App,
    scope: TenantScope,
    event_id: EventId,
    reactions: Reactions,
) -> Result<(), ProcessError> {
    let mut reader = app.db.read(scope).await?;
    let event = events::lookup(&mut reader.conn(), scope, event_id).await?.ok_or(ProcessError::Gone)?;
    drop(reader);
    let mut understood = [understand(&event).map_err(ProcessError::Malformed)?];
    let mut tx = app.db.begin(scope).await?;
    tx.lock_tenant().await?;
    withhold(app, &mut tx, &mut understood).await?;
    let merged = merge::apply(&mut tx, &understood, app.now()).await?;
    let has_jobs = merge::enqueue(app, &mut tx, &merged.reactions, reactions).await?;
    let numbered = tx.commit(app.now()).await?;
    announce(app, scope, has_jobs, numbered.is_some());
    Ok(())
}
