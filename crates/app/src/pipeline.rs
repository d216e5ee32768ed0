//! From the log to the records. One task per lane group reads the log behind its cursor and merges what it finds, tenant
//! by tenant; the cursor moves in the same transaction, so an event takes effect once. Tenants take turns in a transaction
//! until others have waited long enough for it (docs/adr/0007 and 0009).
//!
//! An event that cannot be understood, or that the database refuses, does not stop the others: it becomes a row of
//! `work`, dead or to be tried again, and the cursor moves on. Merging is order-free, so nothing has to wait for it. A
//! database that is away stops everything instead, and no attempt is counted.

mod understanding;

use std::{
    borrow::Cow,
    collections::{HashMap, VecDeque},
    panic::AssertUnwindSafe,
    sync::Arc,
    time::Duration,
};

use futures::FutureExt;
use switchboard_domain::ids::{EventId, TenantId};
use switchboard_providers::contract::Malformed;
use switchboard_store::{
    Engine, Numbered, StoreError, TenantScope, TenantTx,
    cursor::{self, Held, LogEntry, Move, Position},
    events,
    work::{self, NewWork},
};
use tokio::sync::{Semaphore, oneshot};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use self::understanding::understand;
use crate::{
    App,
    intake::chain,
    merge::{self, Understood},
    privacy::withhold::withhold,
    reactions::{Reaction, Reactions},
    wake::Signal,
};

/// How long a lane group belongs to a node that says nothing more.
const LEASE: Duration = Duration::from_secs(15);
/// How often to look without having been told.
const BACKSTOP: Duration = Duration::from_secs(1);
/// The most events of one tenant in a batch. Its transactions are the work of one moment; the others should not wait for it.
const SHARE: usize = 64;
/// How long a merging transaction goes on to another tenant: what it has done is seen only at its end.
const HOLD: Duration = Duration::from_millis(10);
/// The same while others wait for it, which on SQLite everybody does who writes, intake above all.
const COURTESY: Duration = Duration::from_millis(2);
/// The least time from one batch to the next, while there is one after the other. What comes meanwhile is merged together:
/// the same call's events in one go, a tenant's in one turn. The first event after a pause is merged at once.
const PACE: Duration = Duration::from_millis(15);
/// After a batch that took long, the pause behind it is this part of its time. Beginning again at once with the few events that
/// came meanwhile would cost more for each, until nothing is left for intake; more of them come to less. Who has fallen behind
/// does not pause.
const REST: u32 = 3;
/// How often an event is tried before it is dead: at 1 s, 5 s, 30 s, 5 min and 30 min after the first failure.
pub const EVENT_ATTEMPTS: i32 = 6;

/// How many lane groups merge at the same time, of PostgreSQL's eight: two for each core. More would take turns on the
/// same cores, each with its tenants locked meanwhile, and leave less of them for intake. Four at the least: one tenant
/// whose lock somebody holds for long stops one of them, and the others must have where to go on.
fn at_once() -> usize {
    std::thread::available_parallelism().map_or(4, |cores| (2 * cores.get()).max(4))
}

/// Starts one task per lane group.
pub fn spawn(app: &Arc<App>, tracker: &TaskTracker, stop: &CancellationToken) {
    let turns = Arc::new(Semaphore::new(at_once()));
    for group in 0..cursor::lane_groups(app.db.engine()) {
        let (app, turns, stop) = (Arc::clone(app), Arc::clone(&turns), stop.clone());
        match app.db.engine() {
            Engine::Sqlite => {
                tracker.spawn(on_own_thread(move || async move { Lane::new(&app, &turns, group).run(&stop).await }))
            }
            Engine::Postgres => tracker.spawn(async move { Lane::new(&app, &turns, group).run(&stop).await }),
        };
    }
}

/// Merging on SQLite blocks its thread ([`switchboard_store::Db::begin_merge`]), so it has one of its own.
async fn on_own_thread<F: Future<Output = ()>>(work: impl FnOnce() -> F + Send + 'static) {
    // Dropped when the thread ends, however it ends.
    let (running, ended) = oneshot::channel::<()>();
    let work = move || {
        let _running = running;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(work());
        Ok::<(), std::io::Error>(())
    };
    let thread = match std::thread::Builder::new().name("merge".to_owned()).spawn(work) {
        Ok(thread) => thread,
        Err(error) => return tracing::error!(%error, "no thread for merging; events are stored and wait"),
    };
    let _ = ended.await;
    match thread.join() {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::error!(%error, "nothing to wait with for merging; events are stored and wait"),
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

/// One lane group, as far as this node has come with it.
struct Lane<'a> {
    app: &'a App,
    /// One for each group that may merge now.
    turns: &'a Semaphore,
    group: i32,
    held: Option<Held>,
    /// Read from the log, and not merged yet.
    ahead: VecDeque<LogEntry>,
    /// There was more in the log than is read at once.
    is_behind: bool,
}

/// What one tenant's events of a batch say.
struct Part {
    scope: TenantScope,
    events: Vec<LogEntry>,
    understood: Vec<Understood>,
    failures: Vec<Failure>,
}

/// A part that was merged, and what must be said about it once it is committed.
struct Merged {
    scope: TenantScope,
    has_jobs: bool,
    has_changes: bool,
}

impl<'a> Lane<'a> {
    fn new(app: &'a App, turns: &'a Semaphore, group: i32) -> Self {
        Self { app, turns, group, held: None, ahead: VecDeque::new(), is_behind: false }
    }

    /// Merges until told to stop.
    async fn run(mut self, stop: &CancellationToken) {
        let (app, group) = (self.app, self.group);
        let mut next = tokio::time::Instant::now();
        while !stop.is_cancelled() {
            // Only what is there already need not wait for more.
            if self.ahead.is_empty() && !self.is_behind {
                tokio::time::sleep_until(next).await;
            }
            // Never closed, so there is always one to come.
            let turn = self.turns.acquire().await;
            let began = tokio::time::Instant::now();
            let progressed = match AssertUnwindSafe(self.step()).catch_unwind().await {
                Ok(Ok(progressed)) => progressed,
                Err(_) => {
                    // The hook has logged where. The lag that health tells of grows until it is mended; other groups go on.
                    metrics::counter!("switchboard_merge_panics_total").increment(1);
                    tracing::error!(group, "merging panicked; the batch was taken back and is tried again");
                    self.let_go();
                    false
                }
                Ok(Err(StoreError::LeaseLost)) => {
                    tracing::info!(group, "another node took over this lane group");
                    self.let_go();
                    false
                }
                Ok(Err(error)) => {
                    tracing::warn!(group, error = %chain(&error), "merging pauses until the database answers again");
                    self.let_go();
                    false
                }
            };
            drop(turn);
            let took = began.elapsed();
            // Nothing found is a pause already: what comes then is merged at once.
            next = if progressed { began + PACE.max(took + took / REST) } else { began };
            if !progressed {
                tokio::select! {
                    () = app.wake.events(group) => {}
                    () = tokio::time::sleep(BACKSTOP) => {}
                    () = stop.cancelled() => {}
                }
            }
        }
        if let Some(held) = self.held
            && let Err(error) = cursor::release(&app.db, &held, app.now()).await
        {
            tracing::debug!(group, error = %chain(&error), "the lane group was not given back; its lease will end by itself");
        }
    }

    fn let_go(&mut self) {
        self.held = None;
        self.ahead.clear();
        self.is_behind = false;
    }

    /// Merges the next batch, if the group is this node's and there is one.
    async fn step(&mut self) -> Result<bool, StoreError> {
        let now = self.app.now();
        let is_fresh = self.held.as_ref().is_some_and(|held| held.lease_until.since(now) > LEASE / 2);
        if !is_fresh {
            let epoch = self.held.as_ref().map(|held| held.epoch);
            self.held = cursor::claim(&self.app.db, self.group, &self.app.node, now, LEASE).await?;
            if self.held.as_ref().map(|held| held.epoch) != epoch {
                self.ahead.clear();
            }
        }
        let Some(held) = &mut self.held else { return Ok(false) };
        if self.ahead.is_empty() {
            let until = held.batch.as_ref().map(|(end, _)| *end);
            self.ahead = cursor::read_log(&self.app.db, self.group, held.at, until).await?.into();
            self.is_behind = self.ahead.len() >= usize::from(cursor::READ_EVENTS);
        }
        let (end, mut done) = match held.batch.take() {
            Some(begun) => begun,
            None => match reach(&self.ahead) {
                Some(end) => (end, Vec::new()),
                None => return Ok(false),
            },
        };
        let count = self.ahead.partition_point(|event| event.at() <= end);
        let parts: Vec<Part> = by_tenant(self.ahead.drain(..count), &done).into_iter().map(Part::read).collect();
        if parts.is_empty() {
            // Every tenant of a batch that was begun before is done; only the cursor is missing.
            cursor::finish(&self.app.db, held, end).await?;
        }
        let mut rest = parts.as_slice();
        while !rest.is_empty() {
            let merged = merge_some(self.app, held, rest, &mut done, end).await?;
            rest = &rest[merged..];
        }
        held.at = end;
        Ok(true)
    }
}

/// How far the next batch goes: as far as has been read, or until one tenant's share is full.
fn reach(ahead: &VecDeque<LogEntry>) -> Option<Position> {
    let mut per_tenant: HashMap<TenantId, usize> = HashMap::new();
    let fits = |event: &&LogEntry| {
        let count = per_tenant.entry(event.tenant_id).or_default();
        *count += 1;
        *count <= SHARE
    };
    ahead.iter().take_while(fits).last().map(LogEntry::at)
}

/// The events of each tenant that is not done yet, in log order, tenants in the order of their first event.
fn by_tenant(batch: impl Iterator<Item = LogEntry>, done: &[TenantId]) -> Vec<Vec<LogEntry>> {
    let mut tenants: Vec<Vec<LogEntry>> = Vec::new();
    let mut places: HashMap<TenantId, usize> = HashMap::new();
    for event in batch.filter(|event| !done.contains(&event.tenant_id)) {
        let place = *places.entry(event.tenant_id).or_insert_with(|| {
            tenants.push(Vec::new());
            tenants.len() - 1
        });
        tenants[place].push(event);
    }
    tenants
}

impl Part {
    fn read(events: Vec<LogEntry>) -> Self {
        let (understood, failures) = understand_all(&events);
        // There is a first: a tenant is only known by its events.
        let scope = events[0].scope();
        Self { scope, events, understood, failures }
    }
}

/// Merges the first parts of a batch, one or more, in one transaction that moves the cursor as well. Returns how many.
async fn merge_some(
    app: &App,
    held: &Held,
    parts: &[Part],
    done: &mut Vec<TenantId>,
    end: Position,
) -> Result<usize, StoreError> {
    match merge_together(app, held, parts, done, end).await {
        Err(error) if error.is_unavailable() || matches!(error, StoreError::LeaseLost) => Err(error),
        Err(error) => {
            tracing::warn!(error = %chain(&error), "a batch was refused; merging the events of a tenant one by one");
            merge_singly(app, held, parts, done, end).await.map(|()| 1)
        }
        merged => merged,
    }
}

/// Tenant after tenant, until all are done or others have waited long enough for the writer.
async fn merge_together(
    app: &App,
    held: &Held,
    parts: &[Part],
    done: &mut Vec<TenantId>,
    end: Position,
) -> Result<usize, StoreError> {
    let Some(first) = parts.first() else { return Ok(0) };
    let mut tx = app.db.begin_merge(first.scope).await?;
    let began = tokio::time::Instant::now();
    let mut merged: Vec<Merged> = Vec::new();
    for part in parts {
        if !merged.is_empty() {
            let held_for = began.elapsed();
            if held_for >= HOLD || (held_for >= COURTESY && tx.is_awaited()) {
                break;
            }
            let numbered = tx.turn_to(part.scope, app.now()).await?;
            told(&mut merged, numbered);
        }
        let understood = allowed(app, &mut tx, part).await?;
        let reactions = merge::apply(&mut tx, &understood, app.now()).await?.reactions;
        let has_jobs = add_work(app, &mut tx, part, &part.failures, &reactions).await?;
        merged.push(Merged { scope: part.scope, has_jobs, has_changes: false });
    }
    let mut finished = done.clone();
    finished.extend(merged.iter().map(|part| part.scope.tenant()));
    advance(&mut tx, held, &finished, end, merged.len() == parts.len()).await?;
    let numbered = tx.commit(app.now()).await?;
    told(&mut merged, numbered);
    *done = finished;
    for (part, merged) in parts.iter().zip(&merged) {
        announce(app, merged.scope, merged.has_jobs, merged.has_changes);
        measure(app, &part.events, part.failures.len());
    }
    Ok(merged.len())
}

/// What a part says, without what its tenant's merges must not bring back. Few tenants have any of it, so few parts are
/// copied; a part is kept whole, because a transaction that fails takes what was withheld in it back.
async fn allowed<'p>(app: &App, tx: &mut TenantTx, part: &'p Part) -> Result<Cow<'p, [Understood]>, StoreError> {
    if tx.withheld().is_nothing() {
        return Ok(Cow::Borrowed(&part.understood));
    }
    let mut understood = part.understood.clone();
    withhold(app, tx, &mut understood).await?;
    Ok(Cow::Owned(understood))
}

fn told(merged: &mut [Merged], numbered: Option<Numbered>) {
    if let Some(last) = merged.last_mut() {
        last.has_changes = numbered.is_some();
    }
}

async fn advance(
    tx: &mut TenantTx,
    held: &Held,
    done: &[TenantId],
    end: Position,
    is_last: bool,
) -> Result<(), StoreError> {
    let to = if is_last { Move::Past(end) } else { Move::Within { end, done } };
    cursor::advance(tx, held, to).await
}

/// The first part alone, event by event, each behind a savepoint: one that the database refuses is left out.
async fn merge_singly(
    app: &App,
    held: &Held,
    parts: &[Part],
    done: &mut Vec<TenantId>,
    end: Position,
) -> Result<(), StoreError> {
    let Some(part) = parts.first() else { return Ok(()) };
    let mut tx = app.db.begin_merge(part.scope).await?;
    let mut failures = part.failures.clone();
    let mut reactions = Vec::new();
    let understood = allowed(app, &mut tx, part).await?;
    for event in understood.iter() {
        let mark = tx.savepoint().await?;
        match merge::apply(&mut tx, std::slice::from_ref(event), app.now()).await {
            Ok(merged) => reactions.extend(merged.reactions),
            Err(error) if error.is_unavailable() => return Err(error),
            Err(error) => {
                tx.rollback_to(mark).await?;
                failures.push(Failure { event_id: event.event_id, reason: chain(&error), is_final: false });
            }
        }
    }
    let has_jobs = add_work(app, &mut tx, part, &failures, &reactions).await?;
    done.push(part.scope.tenant());
    advance(&mut tx, held, done, end, parts.len() == 1).await?;
    let numbered = tx.commit(app.now()).await?;
    announce(app, part.scope, has_jobs, numbered.is_some());
    measure(app, &part.events, failures.len());
    Ok(())
}

/// Adds the jobs that the changes call for, and a row for each event that failed. True when there are any.
async fn add_work(
    app: &App,
    tx: &mut TenantTx,
    part: &Part,
    failures: &[Failure],
    reactions: &[Reaction],
) -> Result<bool, StoreError> {
    let rows: Vec<NewWork> = failures.iter().filter_map(|failure| failure.work(app, &part.events)).collect();
    work::insert(&mut tx.conn(), &rows, app.now()).await?;
    Ok(merge::enqueue(app, tx, reactions, Reactions::On).await? || !rows.is_empty())
}

fn announce(app: &App, scope: TenantScope, has_jobs: bool, has_changes: bool) {
    if has_changes {
        app.wake.send(Signal::Changes(scope.tenant()));
    }
    if has_jobs {
        app.wake.send(Signal::Work);
    }
}

fn measure(app: &App, events: &[LogEntry], failures: usize) {
    let now = app.now();
    for event in events {
        metrics::histogram!("switchboard_received_to_visible_seconds")
            .record(now.since(event.received_at).as_secs_f64());
    }
    metrics::counter!("switchboard_events_merged_total").increment(events.len() as u64);
    metrics::counter!("switchboard_events_failed_total").increment(failures as u64);
}

/// An event that was not merged.
#[derive(Clone)]
struct Failure {
    event_id: EventId,
    reason: String,
    /// Trying again cannot help.
    is_final: bool,
}

impl Failure {
    fn work(&self, app: &App, events: &[LogEntry]) -> Option<NewWork> {
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

fn understand_all(events: &[LogEntry]) -> (Vec<Understood>, Vec<Failure>) {
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
    let mut understood = [understand(&event.into()).map_err(ProcessError::Malformed)?];
    let mut tx = app.db.begin(scope).await?;
    tx.lock_tenant().await?;
    withhold(app, &mut tx, &mut understood).await?;
    let merged = merge::apply(&mut tx, &understood, app.now()).await?;
    let has_jobs = merge::enqueue(app, &mut tx, &merged.reactions, reactions).await?;
    let numbered = tx.commit(app.now()).await?;
    announce(app, scope, has_jobs, numbered.is_some());
    Ok(())
}
