//! The queue before the log, and who empties it.
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
use switchboard_store::{Appender, Db, Engine, StoreError, cursor, events::NewEvent};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::{Received, Refused, chain};
use crate::{
    settings::IntakeSettings,
    wake::{Signal, Wake},
};

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

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
