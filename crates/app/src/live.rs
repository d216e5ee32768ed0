//! What changed, as it changes: one feed per tenant that anybody on this node listens to.
//!
//! A feed reads the tenant's `changes` once for all its listeners, woken by the signal of a commit or once a second, and
//! keeps the last of them in memory together with the records they are about. A listener only has a position. What it
//! missed (it was slow, or it came back with its last number) it reads from the same table, so there is no queue per
//! listener to overflow and no gap to explain: either it gets every number, or it is told to start over.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use switchboard_domain::{
    call::Call,
    change::{Change, RecordKind, Verb},
    ids::TenantId,
    message::Message,
    recording::Recording,
    tenant::TenantStatus,
    voicemail::Voicemail,
};
use switchboard_store::{
    Conn, Db, StoreError, TenantScope, changes,
    messages::KeptMessage,
    platform,
    record::{self, Kept},
    recordings::KeptRecording,
    voicemails::KeptVoicemail,
};
use tokio::sync::{broadcast::error::RecvError, watch};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    App,
    intake::chain,
    wake::{Signal, Wake},
};

/// Changes that a feed keeps in memory for its listeners.
const RECENT: usize = 1024;
/// Changes read at once.
const BATCH: i64 = 200;
/// How often to look without having been told.
const BACKSTOP: Duration = Duration::from_secs(1);

/// A change with the record it is about, as it was when the change was read.
#[derive(Debug, Clone)]
pub struct LiveChange {
    pub change: Change,
    /// `None` when the record is gone, or of a kind that is announced without contents.
    pub record: Option<LiveRecord>,
}

/// The kinds of records that are sent with their contents.
#[derive(Debug, Clone)]
pub enum LiveRecord {
    Call(Box<Call>),
    Message(Box<Message>),
    Voicemail(Box<Voicemail>),
    Recording(Box<Recording>),
}

/// All feeds of this node.
#[derive(Clone)]
pub struct Live {
    db: Db,
    wake: Wake,
    stop: CancellationToken,
    feeds: Feeds,
}

type Feeds = Arc<Mutex<HashMap<TenantId, Arc<Feed>>>>;

struct Feed {
    scope: TenantScope,
    /// The last number that is in `recent` (or was there before the first).
    last: watch::Sender<i64>,
    recent: Mutex<VecDeque<Arc<LiveChange>>>,
}

impl Live {
    /// `stop` ends all feeds, and with them all listeners.
    pub fn new(app: &App, stop: CancellationToken) -> Self {
        Self { db: app.db.clone(), wake: app.wake.clone(), stop, feeds: Arc::default() }
    }

    /// Listens to a tenant's changes from now on.
    pub async fn listen(&self, scope: TenantScope) -> Result<Listener, StoreError> {
        let mut reader = self.db.read(scope).await?;
        let (_, last) = changes::range(&mut reader.conn(), scope).await?;
        drop(reader);
        let mut feeds = lock(&self.feeds);
        let feed = feeds.entry(scope.tenant()).or_insert_with(|| {
            let feed = Arc::new(Feed { scope, last: watch::Sender::new(last), recent: Mutex::default() });
            tokio::spawn(run(self.clone(), Arc::clone(&feed)));
            feed
        });
        let signal = feed.last.subscribe();
        let (db, stop) = (self.db.clone(), self.stop.clone());
        Ok(Listener { db, feed: Arc::clone(feed), signal, stop, at: last, announced: last, ready: VecDeque::new() })
    }

    /// How many tenants are listened to on this node.
    pub fn tenants(&self) -> usize {
        lock(&self.feeds).len()
    }
}

/// Reads one tenant's changes for as long as somebody listens.
async fn run(live: Live, feed: Arc<Feed>) {
    let mut signals = live.wake.changes();
    let tenant = feed.scope.tenant();
    loop {
        if let Err(error) = feed.read_on(&live.db).await {
            tracing::warn!(%tenant, error = %chain(&error), "live changes pause until the database answers again");
        }
        tokio::select! {
            () = told(&mut signals, tenant) => {}
            () = tokio::time::sleep(BACKSTOP) => {}
            () = live.stop.cancelled() => {
                lock(&live.feeds).remove(&tenant);
                return;
            }
        }
        // Under the lock: nobody can begin to listen between the question and the removal.
        let mut feeds = lock(&live.feeds);
        if feed.last.receiver_count() == 0 {
            feeds.remove(&tenant);
            return;
        }
    }
}

/// Returns when this tenant's changes grew, or when signals were missed.
async fn told(signals: &mut tokio::sync::broadcast::Receiver<Signal>, tenant: TenantId) {
    loop {
        match signals.recv().await {
            Ok(Signal::Changes(of)) if of == tenant => return,
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return,
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

impl Feed {
    /// Reads what is new and announces it.
    async fn read_on(&self, db: &Db) -> Result<(), StoreError> {
        loop {
            let after = *self.last.borrow();
            let fresh = read(db, self.scope, after, BATCH).await?;
            let Some(last) = fresh.last().map(|item| item.change.seq) else { return Ok(()) };
            let is_full = i64::try_from(fresh.len()).unwrap_or(BATCH) == BATCH;
            let mut recent = lock(&self.recent);
            recent.extend(fresh);
            let surplus = recent.len().saturating_sub(RECENT);
            recent.drain(..surplus);
            drop(recent);
            self.last.send_replace(last);
            if !is_full {
                return Ok(());
            }
        }
    }

    /// What follows `after`, if all of it is still in memory.
    fn recent_after(&self, after: i64) -> Option<VecDeque<Arc<LiveChange>>> {
        let recent = lock(&self.recent);
        if recent.front()?.change.seq > after + 1 {
            return None;
        }
        let skip = recent.partition_point(|item| item.change.seq <= after);
        (skip < recent.len()).then(|| recent.iter().skip(skip).cloned().collect())
    }
}

/// Changes after a number, with their records.
async fn read(db: &Db, scope: TenantScope, after: i64, limit: i64) -> Result<Vec<Arc<LiveChange>>, StoreError> {
    let mut reader = db.read(scope).await?;
    let conn = &mut reader.conn();
    let changes = changes::list_after(conn, scope, after, limit).await?;
    let records = records_of(conn, scope, &changes).await?;
    let live = |change: Change| {
        let key = (change.kind, change.record_id);
        // Cloned rather than taken: one record may have several changes in a batch.
        let record = records.get(&key).cloned();
        Arc::new(LiveChange { change, record })
    };
    Ok(changes.into_iter().map(live).collect())
}

async fn records_of(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    changes: &[Change],
) -> Result<HashMap<(RecordKind, Uuid), LiveRecord>, StoreError> {
    let ids = |kind: RecordKind| -> Vec<Uuid> {
        let alive = |change: &&Change| change.kind == kind && !matches!(change.verb, Verb::Deleted | Verb::Merged);
        let mut ids: Vec<Uuid> = changes.iter().filter(alive).map(|change| change.record_id).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    let tenant = scope.tenant();
    let mut found = HashMap::new();
    for kept in record::find::<Kept<Call>>(conn, tenant, &ids(RecordKind::Call)).await? {
        found.insert((RecordKind::Call, kept.record.id.uuid()), LiveRecord::Call(Box::new(kept.record)));
    }
    for kept in record::find::<KeptMessage>(conn, tenant, &ids(RecordKind::Message)).await? {
        found.insert((RecordKind::Message, kept.record.id.uuid()), LiveRecord::Message(Box::new(kept.record)));
    }
    for kept in record::find::<KeptVoicemail>(conn, tenant, &ids(RecordKind::Voicemail)).await? {
        found.insert((RecordKind::Voicemail, kept.record.id.uuid()), LiveRecord::Voicemail(Box::new(kept.record)));
    }
    for kept in record::find::<KeptRecording>(conn, tenant, &ids(RecordKind::Recording)).await? {
        found.insert((RecordKind::Recording, kept.record.id.uuid()), LiveRecord::Recording(Box::new(kept.record)));
    }
    Ok(found)
}

/// What a listener hears next.
#[derive(Debug, Clone)]
pub enum Heard {
    Change(Arc<LiveChange>),
    /// Everything up to this number has been heard; nothing more for now.
    CompleteUpTo(i64),
    /// The node stops.
    Closed,
    /// The tenant is not served any more.
    Refused,
}

/// What was asked for is no longer kept (or never was): read everything again, and go on after `last`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("changes after that number are no longer kept; read again what you show, and go on after {last}")]
pub struct Reset {
    pub last: i64,
}

/// One listener's place in its tenant's changes.
pub struct Listener {
    db: Db,
    feed: Arc<Feed>,
    signal: watch::Receiver<i64>,
    stop: CancellationToken,
    at: i64,
    /// The number for which completeness was last announced.
    announced: i64,
    ready: VecDeque<Arc<LiveChange>>,
}

impl Listener {
    /// The number that it has heard everything up to.
    pub const fn at(&self) -> i64 {
        self.at
    }

    /// Goes back to (or on from) a number that the client knows.
    pub async fn resume(&mut self, since: i64) -> Result<Result<(), Reset>, StoreError> {
        let mut reader = self.db.read(self.feed.scope).await?;
        let (least, last) = changes::range(&mut reader.conn(), self.feed.scope).await?;
        if since < least - 1 || since > last {
            return Ok(Err(Reset { last }));
        }
        self.go_to(since);
        Ok(Ok(()))
    }

    /// Goes on after `last`, without what lies before; completeness is announced again.
    pub fn go_to(&mut self, last: i64) {
        self.at = last;
        self.announced = -1;
        self.ready.clear();
    }

    /// Whether the tenant is served now, whatever an older change says.
    async fn is_served(&self) -> Result<bool, StoreError> {
        let standing = platform::standing(&self.db, self.feed.scope.tenant()).await?;
        Ok(standing.is_some_and(|(status, _)| status == TenantStatus::Active))
    }

    /// The next change; [`Heard::CompleteUpTo`] once after each run of changes. Cancel-safe.
    pub async fn next(&mut self) -> Result<Heard, StoreError> {
        loop {
            // Looked at before it is taken: a question that is dropped half-way must not take a change with it.
            if self.ready.front().is_some_and(|item| is_of_standing(&item.change)) && !self.is_served().await? {
                return Ok(Heard::Refused);
            }
            if let Some(item) = self.ready.pop_front() {
                self.at = item.change.seq;
                return Ok(Heard::Change(item));
            }
            let known = *self.signal.borrow_and_update();
            if self.at < known {
                self.ready = match self.feed.recent_after(self.at) {
                    Some(recent) => recent,
                    None => read(&self.db, self.feed.scope, self.at, BATCH).await?.into(),
                };
                if self.ready.is_empty() {
                    // Pruned before we came to it. The client meets that as a jump in the numbers.
                    self.at = known;
                }
                continue;
            }
            if self.announced != self.at {
                self.announced = self.at;
                return Ok(Heard::CompleteUpTo(self.at));
            }
            tokio::select! {
                // An error would mean that the feed is gone, and we hold it ourselves.
                _ = self.signal.changed() => {}
                () = self.stop.cancelled() => return Ok(Heard::Closed),
            }
        }
    }
}

/// Whether the change is about the tenant's standing: how all nodes hear at once that a tenant was suspended.
fn is_of_standing(change: &Change) -> bool {
    change.kind == RecordKind::Tenant && change.fields.iter().any(|field| field == "status")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
