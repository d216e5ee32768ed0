//! From the wire to the disk: who sent it, what it contains, and one group commit before anybody is answered.
//!
//! Deliveries wait in a queue that is bounded in rows and bytes. One committer takes what is waiting, writes it in one
//! transaction and answers every waiter; it never lingers to fill a batch, because the next batch fills by itself while
//! this one is in fsync. When the queue is full the provider hears 503 and comes back: Dialpad and others do not retry a
//! 4xx, so 429 would lose the event.

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use futures::FutureExt;
use switchboard_domain::{
    Timestamp,
    event::Source,
    ids::{self, ConnectionId, DeliveryId, TenantId},
};
use switchboard_providers::{
    Connectable as _,
    cloud_ucm::CloudUcm,
    contract::{Item, Provider, RawRequest, Verified},
};
use switchboard_store::{Appender, Db, Engine, StoreError, cursor, events::NewEvent};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::{
    App,
    hooks::{self, Resolved},
    settings::IntakeSettings,
    speech,
    wake::{Signal, Wake},
};

/// Where a delivery came in.
#[derive(Debug, Clone)]
pub enum HookRoute {
    /// A connection's own URL.
    Token(String),
    /// The URL that all connections of a provider can share: `/webhooks/dialpad`.
    Fixed(&'static str),
    /// The guide's address of call records, with the subdomain of a workspace: `/api/webhook/cdr/{subdomain}`.
    Workspace(String),
    /// Anywhere else: telephone systems have a field for a host, and some none for a path.
    Anywhere,
}

impl HookRoute {
    /// As it may be kept and shown: a token is a secret.
    fn shown(&self) -> String {
        match self {
            Self::Token(_) => "/hooks/…".to_owned(),
            Self::Fixed(provider) => format!("/webhooks/{provider}"),
            Self::Workspace(subdomain) => {
                format!("/api/webhook/cdr/{}", subdomain.chars().take(100).collect::<String>())
            }
            Self::Anywhere => "/".to_owned(),
        }
    }
}

/// A delivery that is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    /// Items that were new.
    pub stored: usize,
    /// Items that had been stored before.
    pub duplicates: usize,
}

/// A delivery that was not taken.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("there is no connection at this URL; copy the webhook URL again from the connection's page")]
    UnknownConnection,
    #[error("{0}")]
    Rejected(#[source] switchboard_providers::contract::Rejection),
    #[error("too many deliveries are waiting to be stored; send this one again in a moment")]
    Overloaded,
    /// A refusal of the way and not of the delivery, like the one above it: its password was not looked at.
    #[error("too many wrong passwords came from this address; send this delivery again in {seconds} s")]
    Guessing { seconds: u64 },
    #[error("the database is not available; send this delivery again in a moment")]
    Unavailable,
}

/// Takes in one delivery. When this returns `Ok`, every item of it is on disk, and the provider may be told so.
pub async fn receive(
    app: &App,
    route: HookRoute,
    request: RawRequest,
    address: Option<String>,
) -> Result<Received, Refused> {
    let resolved = identify(app, &route, &request, address).await?;
    store(app, resolved, &request).await
}

/// Who sent a delivery, or why it is not believed. Who wants to know before the body is read asks with an empty one: only
/// those whose providers sign bodies cannot be known then.
pub async fn identify(
    app: &App,
    route: &HookRoute,
    request: &RawRequest,
    address: Option<String>,
) -> Result<Resolved, Refused> {
    let from = address.as_deref().and_then(|address| address.parse().ok());
    match hooks::resolve(app, route, request, from).await {
        Ok(resolved) => Ok(resolved),
        Err(hooks::Unresolved::Unknown) => Err(Refused::UnknownConnection),
        Err(hooks::Unresolved::Unavailable(error)) => Err(unavailable(&error)),
        Err(hooks::Unresolved::Busy) => Err(Refused::Overloaded),
        Err(hooks::Unresolved::Guessing { wait }) => Err(Refused::Guessing { seconds: wait.as_secs() + 1 }),
        Err(hooks::Unresolved::Rejected { rejection, owner }) => {
            metrics::counter!("switchboard_deliveries_total", "outcome" => "rejected").increment(1);
            let shown = route.shown();
            Box::pin(hooks::keep_rejection(app, &shown, &rejection, owner, request, address)).await;
            Err(Refused::Rejected(rejection))
        }
    }
}

/// Whether a workspace has this subdomain: for those who only look whether anybody is there.
pub async fn is_workspace(app: &App, subdomain: &str) -> Result<bool, Refused> {
    let found = switchboard_store::platform::find_tenant_by_subdomain(&app.db, subdomain).await;
    Ok(found.map_err(|error| unavailable(&error))?.is_some())
}

/// Puts a delivery of a known sender on disk. `request` may hold a body that came after its sender was known.
pub async fn store(app: &App, resolved: Resolved, request: &RawRequest) -> Result<Received, Refused> {
    let received_at = app.now();
    let (hook, provider, verified) = match resolved {
        Resolved::Owned { hook, provider, verified } => (hook, provider, verified),
        Resolved::Nobodys { provider, reason } => {
            return Box::pin(park(app, provider, reason, request)).await.map_err(|error| unavailable(&error));
        }
    };
    let origin = Origin {
        tenant: hook.tenant,
        connection: hook.connection,
        provider,
        source: Source::Push,
        received_at,
        context: hook.context,
    };
    let mut items = cut(provider, request, verified).await?;
    speech::incoming::redact(app, hook.tenant, provider, &mut items).await.map_err(|error| unavailable(&error))?;
    let events = origin.events(app, items, &hooks::kept_headers(request).into());
    if provider.slug() == CloudUcm.slug() {
        return Box::pin(append_patiently(app, events)).await;
    }
    if events.is_empty() {
        return Ok(Received { stored: 0, duplicates: 0 });
    }
    app.intake.append(events).await
}

/// Bytes of a body that are cut into items at once.
const SMALL: usize = 256 * 1024;

/// The items of a delivery. A body of megabytes takes long enough that everybody else on its thread would notice.
async fn cut(provider: &'static dyn Provider, request: &RawRequest, verified: Verified) -> Result<Vec<Item>, Refused> {
    if verified.payload.len() <= SMALL {
        return Ok(provider.split(request, &verified));
    }
    let request = request.clone();
    tokio::task::spawn_blocking(move || provider.split(&request, &verified)).await.map_err(|error| {
        tracing::error!(%error, "a large delivery could not be cut into its items");
        Refused::Unavailable
    })
}

/// Events that are committed together, of a delivery that holds thousands.
const CHUNK: usize = 512;
/// How long a telephone system waits for its answer before it is told to come again.
const PATIENCE: Duration = Duration::from_secs(25);

/// Waits for a place instead of refusing. A telephone system keeps records back while we are away and sends all of them at
/// once when we are there again; nobody knows whether it sends anything twice, so a refusal may be a loss. In parts, because
/// everybody else's deliveries wait for a commit.
async fn append_patiently(app: &App, mut events: Vec<NewEvent>) -> Result<Received, Refused> {
    let mut received = Received { stored: 0, duplicates: 0 };
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while !events.is_empty() {
        let rest = events.split_off(events.len().min(CHUNK));
        let part = tokio::time::timeout_at(deadline, app.intake.append_waiting(events)).await;
        let part = part.unwrap_or(Err(Refused::Overloaded))?;
        received.stored += part.stored;
        received.duplicates += part.duplicates;
        events = rest;
    }
    Ok(received)
}

/// What reading a connection's items depends on besides their bytes, as it is now.
pub async fn context_of(
    app: &App,
    tenant: TenantId,
    connection: ConnectionId,
    provider: &dyn Provider,
) -> Result<Option<Arc<str>>, StoreError> {
    let found = switchboard_store::platform::passwords::surroundings(&app.db, tenant, connection).await?;
    Ok(found.and_then(|(settings, zone)| provider.context(&settings, &zone)).map(Into::into))
}

/// Logs what we asked a provider for, so that records depend on nothing outside the log.
pub async fn append_pulled(
    app: &App,
    tenant: TenantId,
    connection: ConnectionId,
    provider: &'static dyn Provider,
    mut items: Vec<Item>,
) -> Result<Received, Refused> {
    speech::incoming::redact(app, tenant, provider, &mut items).await.map_err(|error| unavailable(&error))?;
    let context = context_of(app, tenant, connection, provider).await.map_err(|error| unavailable(&error))?;
    let origin = Origin { tenant, connection, provider, source: Source::Pull, received_at: app.now(), context };
    app.intake.append_waiting(origin.events(app, items, &"{}".into())).await
}

async fn park(
    app: &App,
    provider: &'static dyn Provider,
    reason: String,
    request: &RawRequest,
) -> Result<Received, StoreError> {
    metrics::counter!("switchboard_deliveries_total", "outcome" => "unrouted").increment(1);
    tracing::warn!(provider = provider.slug(), reason, "a correctly signed delivery belongs to no connection");
    let unrouted = switchboard_store::platform::Unrouted {
        id: app.id::<DeliveryId>().uuid(),
        provider: provider.slug(),
        reason,
        headers: serde_json::from_str(&hooks::kept_headers(request)).unwrap_or_default(),
        body: request.body.to_vec(),
        received_at: app.now(),
    };
    switchboard_store::platform::insert_unrouted(&app.db, &unrouted).await?;
    Ok(Received { stored: 1, duplicates: 0 })
}

/// Whose items they are and how they came.
#[derive(Clone)]
pub(crate) struct Origin {
    pub tenant: TenantId,
    pub connection: ConnectionId,
    pub provider: &'static dyn Provider,
    pub source: Source,
    pub received_at: Timestamp,
    pub context: Option<Arc<str>>,
}

impl Origin {
    /// Rows of the log for the items of one delivery.
    pub(crate) fn events(&self, app: &App, items: Vec<Item>, headers: &Arc<str>) -> Vec<NewEvent> {
        // Asked for at once: the generator costs by the call.
        let mut random = vec![[0; 10]; items.len() + 1];
        app.random.fill(random.as_flattened_mut());
        let now = app.now();
        let delivery_id: DeliveryId = ids::born(now, random[items.len()]);
        let event = |(index, item): (usize, Item)| NewEvent {
            id: ids::born(now, random[index]),
            tenant_id: self.tenant,
            connection_id: self.connection,
            provider: self.provider.slug(),
            delivery_id,
            item_index: i32::try_from(index).unwrap_or(i32::MAX),
            event_type: item.kind,
            lane: item.lane,
            dedup_key: item.dedup.0,
            external_id: item.external_id,
            source: self.source,
            occurred_at: item.occurred_at,
            received_at: self.received_at,
            normalize_version: self.provider.normalize_version(),
            headers: Arc::clone(headers),
            body: item.body,
            context: self.context.clone(),
        };
        items.into_iter().enumerate().map(event).collect()
    }
}

/// The way into the log.
#[derive(Clone)]
pub struct Intake {
    queue: mpsc::Sender<Waiting>,
    /// Bytes that may still wait.
    bytes: Arc<Semaphore>,
    failing: Failing,
}

/// How long a failed commit counts after it, when nothing has been tried since. It must end by itself: a balancer that
/// takes the node out sends nothing that could succeed.
const FAILING_FOR: Duration = Duration::from_secs(30);

/// When storing last failed, if it has not succeeded since. A database that can be read may still refuse to write: a full
/// disk does.
#[derive(Clone, Default)]
struct Failing(Arc<Mutex<Option<Instant>>>);

impl Failing {
    fn set(&self, since: Option<Instant>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = since;
    }

    fn is_set(&self) -> bool {
        let since = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        since.is_some_and(|since| since.elapsed() < FAILING_FOR)
    }
}

/// One delivery in the queue.
struct Waiting {
    events: Vec<NewEvent>,
    weight: OwnedSemaphorePermit,
    done: oneshot::Sender<Result<Received, Refused>>,
}

/// The other end of the queue; [`Committer::run`] empties it.
pub struct Committer {
    queue: mpsc::Receiver<Waiting>,
    settings: IntakeSettings,
    failing: Failing,
}

impl Intake {
    pub fn new(settings: IntakeSettings) -> (Self, Committer) {
        let (sender, receiver) = mpsc::channel(settings.queue_rows.max(1));
        let failing = Failing::default();
        let bytes = Arc::new(Semaphore::new(settings.queue_bytes.min(u32::MAX as usize)));
        let intake = Self { queue: sender, bytes, failing: failing.clone() };
        (intake, Committer { queue: receiver, settings, failing })
    }

    /// Puts events into the queue and waits until they are on disk. Refuses at once when the queue is full.
    pub async fn append(&self, events: Vec<NewEvent>) -> Result<Received, Refused> {
        let weight = Arc::clone(&self.bytes).try_acquire_many_owned(weight(&events));
        let place = self.queue.try_reserve();
        let (Ok(weight), Ok(place)) = (weight, place) else {
            metrics::counter!("switchboard_deliveries_total", "outcome" => "overloaded").increment(1);
            return Err(Refused::Overloaded);
        };
        let (done, answer) = oneshot::channel();
        place.send(Waiting { events, weight, done });
        // No answer: the committer is gone, because the process is stopping; or it panicked over this very batch.
        answer.await.unwrap_or(Err(Refused::Overloaded))
    }

    /// Like [`Intake::append`] for our own use: waits for a place instead of refusing.
    pub async fn append_waiting(&self, events: Vec<NewEvent>) -> Result<Received, Refused> {
        let weight = Arc::clone(&self.bytes).acquire_many_owned(weight(&events)).await;
        let Ok(weight) = weight else { return Err(Refused::Overloaded) };
        let (done, answer) = oneshot::channel();
        let waiting = Waiting { events, weight, done };
        if self.queue.send(waiting).await.is_err() {
            return Err(Refused::Overloaded);
        }
        answer.await.unwrap_or(Err(Refused::Overloaded))
    }

    /// The last commit failed, moments ago, or nobody commits: deliveries are being refused, whatever reading the database
    /// says.
    pub fn is_failing(&self) -> bool {
        self.failing.is_set() || self.queue.is_closed()
    }

    /// Deliveries that wait now.
    pub fn waiting(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }
}

fn weight(events: &[NewEvent]) -> u32 {
    u32::try_from(events.iter().map(NewEvent::weight).sum::<usize>()).unwrap_or(u32::MAX)
}

impl Committer {
    /// Empties the queue until it is closed or `stop` is cancelled; what is waiting then is still committed.
    ///
    /// The work is done on a thread of its own: writing to SQLite blocks, and a committer that shared the runtime's threads
    /// would wait behind every request that became ready during its commit.
    pub async fn run(self, db: Db, wake: Wake, stop: CancellationToken) {
        self.run_into(db.engine(), move || Appender::new(&db), wake, stop).await;
    }

    async fn run_into<A: Append>(
        self,
        engine: Engine,
        appender: impl Fn() -> A + Send + 'static,
        wake: Wake,
        stop: CancellationToken,
    ) {
        // Dropped when the thread ends, however it ends.
        let (running, ended) = oneshot::channel::<()>();
        let work = move || {
            let _running = running;
            let mut runtime = tokio::runtime::Builder::new_current_thread();
            if engine == Engine::Postgres {
                // SQLite needs neither sockets nor timers, and a thread without them is woken sooner.
                runtime.enable_all();
            }
            let runtime = runtime.build()?;
            runtime.block_on(self.empty(engine, appender, &wake, &stop));
            Ok::<(), std::io::Error>(())
        };
        let thread = match std::thread::Builder::new().name("intake".to_owned()).spawn(work) {
            Ok(thread) => thread,
            Err(error) => return tracing::error!(%error, "no thread for storing deliveries; all are refused"),
        };
        let _ = ended.await;
        match thread.join() {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "nothing to wait with for deliveries; all are refused"),
            // The queue went with the thread: waiters are answered, and health tells.
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }

    async fn empty<A: Append>(
        mut self,
        engine: Engine,
        appender: impl Fn() -> A,
        wake: &Wake,
        stop: &CancellationToken,
    ) {
        let mut log = Log { appender: appender(), engine, wake, failing: &self.failing };
        let mut batch: Vec<Waiting> = Vec::with_capacity(self.settings.batch_rows);
        loop {
            let received = tokio::select! {
                biased;
                received = self.queue.recv_many(&mut batch, self.settings.batch_rows) => received,
                () = stop.cancelled() => {
                    self.queue.close();
                    self.queue.recv_many(&mut batch, self.settings.batch_rows).await
                }
            };
            if received == 0 {
                return log.appender.close().await;
            }
            if AssertUnwindSafe(log.commit(batch.drain(..))).catch_unwind().await.is_err() {
                // A fault of ours; the hook has logged where. Its waiters are gone with the batch and hear 503, so nothing
                // counts as stored that may not be. What state the connection is in is not worth knowing.
                metrics::counter!("switchboard_intake_panics_total").increment(1);
                tracing::error!("storing a batch of deliveries panicked; it was refused, and the next one is tried");
                log.appender = appender();
            }
        }
    }
}

/// What batches are written with. A trait for the tests' sake: the real one cannot be made to panic.
trait Append {
    async fn append(&mut self, batch: &[NewEvent]) -> Result<Vec<bool>, StoreError>;
    async fn close(self);
}

impl Append for Appender {
    async fn append(&mut self, batch: &[NewEvent]) -> Result<Vec<bool>, StoreError> {
        Self::append(self, batch).await
    }

    async fn close(self) {
        Self::close(self).await;
    }
}

/// Where batches go, and who hears of it.
struct Log<'a, A> {
    appender: A,
    engine: Engine,
    wake: &'a Wake,
    failing: &'a Failing,
}

/// Tells health of a panic before the waiters of its batch hear of it: made after them, it goes before them.
struct Fall<'a> {
    failing: &'a Failing,
}

impl Drop for Fall<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.failing.set(Some(Instant::now()));
        }
    }
}

/// What a delivery's waiter gets, and how many of the batch's events are its own.
type Answer = (oneshot::Sender<Result<Received, Refused>>, usize, OwnedSemaphorePermit);

impl<A: Append> Log<'_, A> {
    /// Commits a batch and answers its waiters. If the database refuses the batch as a whole, its deliveries are tried one
    /// by one, so that one odd row cannot fail the others.
    async fn commit(&mut self, batch: impl ExactSizeIterator<Item = Waiting>) {
        let mut answers: Vec<Answer> = Vec::with_capacity(batch.len());
        let mut events = Vec::with_capacity(batch.len());
        for mut waiting in batch {
            answers.push((waiting.done, waiting.events.len(), waiting.weight));
            events.append(&mut waiting.events);
        }
        let _fall = Fall { failing: self.failing };
        match self.appender.append(&events).await {
            Err(error) if answers.len() > 1 && !error.is_unavailable() => {
                tracing::warn!(error = %chain(&error), "a batch of deliveries was refused; storing them one by one");
                let mut events = &events[..];
                for answer in answers {
                    let (own, rest) = events.split_at(answer.1);
                    events = rest;
                    let stored = self.appender.append(own).await;
                    self.settle(own, vec![answer], stored);
                }
            }
            stored => self.settle(&events, answers, stored),
        }
    }

    /// Tells everybody concerned what became of their events.
    fn settle(&self, events: &[NewEvent], answers: Vec<Answer>, stored: Result<Vec<bool>, StoreError>) {
        match stored {
            Ok(fresh) => {
                self.failing.set(None);
                announce(self.engine, self.wake, events, &fresh);
                let mut fresh = fresh.into_iter();
                for (done, count, _) in answers {
                    let stored = fresh.by_ref().take(count).filter(|new| *new).count();
                    // Whoever does not wait any more will be sent it again.
                    let _ = done.send(Ok(Received { stored, duplicates: count - stored }));
                }
            }
            Err(error) => {
                self.failing.set(Some(Instant::now()));
                tracing::error!(error = %chain(&error), deliveries = answers.len(), "deliveries could not be stored");
                for (done, ..) in answers {
                    let _ = done.send(Err(Refused::Unavailable));
                }
            }
        }
    }
}

fn announce(engine: Engine, wake: &Wake, events: &[NewEvent], fresh: &[bool]) {
    let stored = fresh.iter().filter(|new| **new).count();
    metrics::counter!("switchboard_events_total", "outcome" => "stored").increment(stored as u64);
    metrics::counter!("switchboard_events_total", "outcome" => "duplicate").increment((fresh.len() - stored) as u64);
    metrics::histogram!("switchboard_intake_batch_events").record(u32::try_from(events.len()).unwrap_or(u32::MAX));
    let mut groups: Vec<i32> = events
        .iter()
        .zip(fresh)
        .filter(|(_, new)| **new)
        .map(|(event, _)| cursor::lane_group(engine, event.tenant_id))
        .collect();
    groups.sort_unstable();
    groups.dedup();
    for group in groups {
        wake.send(Signal::Events(group));
    }
}

fn unavailable(error: &StoreError) -> Refused {
    tracing::error!(error = %chain(error), "a delivery could not be taken in");
    Refused::Unavailable
}

/// An error with its causes, for one line of log.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

/// An item of our own making, to be logged in the transaction of its effect.
pub(crate) fn own_events(app: &App, tenant: TenantId, connection: ConnectionId, item: Item) -> Vec<NewEvent> {
    let origin = Origin {
        tenant,
        connection,
        provider: &switchboard_providers::switchboard::Switchboard,
        source: Source::Own,
        received_at: app.now(),
        context: None,
    };
    origin.events(app, vec![item], &"{}".into())
}

#[cfg(test)]
#[path = "intake_tests.rs"]
mod tests;
