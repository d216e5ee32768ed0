//! The one scheduler: claims lanes with due work, runs what is in them, and gives them back.
//!
//! It wakes when work was added or a lane became free, when the next row becomes due, and once a second in any case. At
//! most `LANES` lanes are under way on a node; a part of them is never given to bulk work, so that an import cannot make
//! a person wait. While the database is away everything pauses, and no attempt is counted.

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::FutureExt;
use switchboard_store::{
    StoreError,
    work::{self, Claim, Claimed, HeldLane, Outcome, Rotation},
};
use tokio::{sync::Notify, time::Instant};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    App,
    intake::chain,
    jobs::{self, Context, Failure, recurring},
};

/// Lanes under way at once on a node.
const LANES: usize = 16;
/// Of these, the most that bulk work may have.
const BULK_LANES: usize = 8;
/// Lanes that one tenant may have under way, over all nodes.
const LANES_PER_TENANT: usize = 6;
/// Of these, the most that bulk work may have: what a person of the tenant waits for still finds one.
const BULK_LANES_PER_TENANT: usize = 4;
/// Rows of a lane that are done before it is given back, so that one long lane cannot keep its place for ever.
const ROWS_PER_TURN: usize = 50;
/// How long a lane belongs to a node that says nothing more.
const LEASE: Duration = Duration::from_mins(1);
/// How often a lease is extended while something runs.
const EXTEND_EVERY: Duration = Duration::from_secs(20);
/// How often to look without having been told.
const BACKSTOP: Duration = Duration::from_secs(1);
/// How often work of dead nodes is looked for.
const RECLAIM_EVERY: Duration = Duration::from_secs(5);
/// How often the table of recurring work is made sure of.
const ENSURE_EVERY: Duration = Duration::from_mins(1);
/// How long a running job may go on once the node stops. Every job may be broken off and run again.
const GRACE: Duration = Duration::from_secs(5);

/// Starts the scheduler of a node.
pub fn spawn(app: &Arc<App>, tracker: &TaskTracker, stop: &CancellationToken) {
    let scheduler = Scheduler::new(app, stop);
    tracker.spawn(async move { scheduler.run().await });
}

/// Does everything that is due now, and what it leads to, one after another; returns how many rows were run. For tests and
/// for the command line.
pub async fn run_due(app: &Arc<App>) -> Result<usize, StoreError> {
    let stop = CancellationToken::new();
    let mut ran = 0;
    let mut rotation = Rotation::default();
    loop {
        let mut held = Vec::new();
        for is_bulk in [false, true] {
            let claim = Claim { node: &app.node, is_bulk, want: 1, per_tenant: usize::MAX, lease: LEASE };
            held.extend(work::claim(&app.db, claim, &mut rotation, app.now()).await?);
        }
        if held.is_empty() {
            return Ok(ran);
        }
        for lane in held {
            ran += drain(app, lane, &stop).await;
        }
    }
}

struct Scheduler {
    app: Arc<App>,
    stop: CancellationToken,
    lanes: TaskTracker,
    running: Arc<Running>,
    live: Rotation,
    bulk: Rotation,
    is_away: bool,
}

/// Lanes under way.
#[derive(Default)]
struct Running {
    all: AtomicUsize,
    bulk: AtomicUsize,
    freed: Notify,
}

impl Scheduler {
    fn new(app: &Arc<App>, stop: &CancellationToken) -> Self {
        Self {
            app: Arc::clone(app),
            stop: stop.clone(),
            lanes: TaskTracker::new(),
            running: Arc::default(),
            live: Rotation::default(),
            bulk: Rotation::default(),
            is_away: false,
        }
    }

    async fn run(mut self) {
        let mut has_started = false;
        let (mut reclaim_at, mut ensure_at) = (Instant::now(), Instant::now());
        while !self.stop.is_cancelled() {
            let turn = async {
                if !has_started {
                    // What was missed while nothing ran here; its own key, beside the recurring one.
                    jobs::add(&self.app, work::installation_scope(), &jobs::Sweep::CatchUp).await?;
                    has_started = true;
                }
                if Instant::now() >= ensure_at {
                    recurring::ensure(&self.app).await?;
                    ensure_at = Instant::now() + ENSURE_EVERY;
                }
                if Instant::now() >= reclaim_at {
                    let reclaimed = work::reclaim(&self.app.db, self.app.now()).await?;
                    if reclaimed > 0 {
                        tracing::warn!(rows = reclaimed, "work of a node that died is put back");
                    }
                    reclaim_at = Instant::now() + RECLAIM_EVERY;
                }
                Ok::<(), StoreError>(())
            };
            let claimed = match turn.await {
                Ok(()) => self.claim().await,
                Err(error) => Err(error),
            };
            match claimed {
                Ok(claimed) => {
                    self.note_database(None);
                    if claimed == 0 {
                        self.wait().await;
                    }
                }
                Err(error) => {
                    self.note_database(Some(&error));
                    self.pause(BACKSTOP).await;
                }
            }
        }
        self.lanes.close();
        self.lanes.wait().await;
    }

    /// Claims as many lanes as there is room for, live work first, and starts on them.
    async fn claim(&mut self) -> Result<usize, StoreError> {
        let now = self.app.now();
        let room = LANES.saturating_sub(self.running.all.load(Ordering::Acquire));
        let claim = |is_bulk, want| {
            let per_tenant = if is_bulk { BULK_LANES_PER_TENANT } else { LANES_PER_TENANT };
            Claim { node: &self.app.node, is_bulk, want, per_tenant, lease: LEASE }
        };
        let live = work::claim(&self.app.db, claim(false, room), &mut self.live, now).await?;
        let bulk_room = (room - live.len()).min(BULK_LANES.saturating_sub(self.running.bulk.load(Ordering::Acquire)));
        let bulk = work::claim(&self.app.db, claim(true, bulk_room), &mut self.bulk, now).await;
        let mut started = live.len();
        for lane in live {
            self.start(lane, false);
        }
        let bulk = bulk?;
        started += bulk.len();
        for lane in bulk {
            self.start(lane, true);
        }
        Ok(started)
    }

    fn start(&self, lane: HeldLane, is_bulk: bool) {
        let (app, stop, running) = (Arc::clone(&self.app), self.stop.clone(), Arc::clone(&self.running));
        running.all.fetch_add(1, Ordering::AcqRel);
        running.bulk.fetch_add(usize::from(is_bulk), Ordering::AcqRel);
        self.lanes.spawn(async move {
            drain(&app, lane, &stop).await;
            running.all.fetch_sub(1, Ordering::AcqRel);
            running.bulk.fetch_sub(usize::from(is_bulk), Ordering::AcqRel);
            running.freed.notify_one();
        });
    }

    /// Until there may be something to do.
    async fn wait(&mut self) {
        let now = self.app.now();
        let until_next = match work::next_due(&self.app.db, now).await {
            Ok(next) => next.map_or(BACKSTOP, |next| next.since(now)).min(BACKSTOP),
            Err(error) => {
                self.note_database(Some(&error));
                BACKSTOP
            }
        };
        self.pause(until_next).await;
    }

    async fn pause(&self, at_most: Duration) {
        tokio::select! {
            () = self.app.wake.work() => {}
            () = self.running.freed.notified() => {}
            () = tokio::time::sleep(at_most) => {}
            () = self.stop.cancelled() => {}
        }
    }

    /// Says once that the database went away, and once that it is back.
    fn note_database(&mut self, error: Option<&StoreError>) {
        let is_away = error.is_some();
        if let Some(error) = error
            && !self.is_away
        {
            tracing::warn!(error = %chain(error), "work pauses until the database answers again");
        } else if self.is_away && !is_away {
            tracing::info!("the database answers again; work goes on");
        }
        self.is_away = is_away;
    }
}

/// Does what is due in a lane, then gives it back. Returns how many rows it ran.
async fn drain(app: &Arc<App>, mut lane: HeldLane, stop: &CancellationToken) -> usize {
    let mut ran = 0;
    while ran < ROWS_PER_TURN && !stop.is_cancelled() {
        let work = match work::next(&app.db, &mut lane, app.now(), LEASE).await {
            Ok(Some(work)) => work,
            Ok(None) => break,
            Err(error) => {
                tracing::debug!(lane = lane.lane, error = %chain(&error), "the lane is left");
                break;
            }
        };
        ran += 1;
        if !run_one(app, &mut lane, &work, stop).await {
            return ran;
        }
    }
    if let Err(error) = work::release(&app.db, &lane).await {
        tracing::debug!(lane = lane.lane, error = %chain(&error), "the lane was not given back; its lease will end by itself");
    }
    ran
}

/// Runs one row and notes how it ended. `false` when the lane is not ours any more.
async fn run_one(app: &Arc<App>, lane: &mut HeldLane, work: &Claimed, stop: &CancellationToken) -> bool {
    let begun = Instant::now();
    let outcome = attempt(app, lane, work, stop).await;
    let taken = begun.elapsed();
    let outcome = match outcome {
        Ok(()) => Some(Outcome::Done),
        Err(failure) => failure.outcome(app.now()),
    };
    let Some(outcome) = outcome else {
        tracing::info!(job = %work.id, kind = work.kind, "another node took over this lane");
        return false;
    };
    measure(work, &outcome, taken);
    finish(app, lane, work, outcome).await
}

/// One attempt: the job itself beside what extends its lease, its panics caught, its end when the node stops.
async fn attempt(app: &Arc<App>, lane: &mut HeldLane, work: &Claimed, stop: &CancellationToken) -> Result<(), Failure> {
    let held = lane.clone();
    let context = Context { app, scope: lane.scope, work, lane: &held, stop };
    // Some jobs are large, and whoever waits for one would be as large as the largest.
    let mut job = Box::pin(AssertUnwindSafe(jobs::run(&context)).catch_unwind());
    let stopped = async {
        stop.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::pin!(stopped);
    let mut extend = tokio::time::interval(EXTEND_EVERY);
    extend.tick().await;
    loop {
        tokio::select! {
            outcome = &mut job => return outcome.unwrap_or_else(|_| Err(Failure::retry("the job panicked; see the log"))),
            _ = extend.tick() => match work::extend(&app.db, lane, app.now(), LEASE).await {
                Err(StoreError::LeaseLost) => return Err(Failure::LeaseLost),
                // The database may be back before the lease is over.
                Err(error) => tracing::debug!(error = %chain(&error), "a lease was not extended"),
                Ok(()) => {}
            },
            () = &mut stopped => return Err(Failure::NotTried { after: Duration::ZERO }),
        }
    }
}

/// Writes the outcome, and tries to for as long as the lane is ours: what is not written is run again.
async fn finish(app: &Arc<App>, lane: &HeldLane, work: &Claimed, outcome: Outcome) -> bool {
    let deadline = Instant::now() + LEASE;
    loop {
        let then = recurring::successor(app, work);
        match work::finish(&app.db, lane, work, outcome.clone(), then, app.now()).await {
            Ok(_) => return true,
            Err(error) if error.is_unavailable() && Instant::now() < deadline => {
                tokio::time::sleep(BACKSTOP).await;
            }
            Err(error) => {
                tracing::warn!(
                    job = %work.id, kind = work.kind, error = %chain(&error),
                    "how a job ended could not be noted; it will run again"
                );
                return false;
            }
        }
    }
}

fn measure(work: &Claimed, outcome: &Outcome, taken: Duration) {
    let word = match outcome {
        Outcome::Done => "done",
        Outcome::Failed { .. } => "failed",
        Outcome::Dead { .. } => "dead",
        Outcome::PutBack { .. } => "put_back",
    };
    match outcome {
        Outcome::Failed { reason, .. } if work.attempts < work.max_attempts => {
            tracing::info!(job = %work.id, kind = work.kind, attempt = work.attempts, reason, "a job failed and will be tried again");
        }
        Outcome::Failed { reason, .. } | Outcome::Dead { reason } => {
            tracing::warn!(job = %work.id, kind = work.kind, attempts = work.attempts, reason, "a job is dead");
        }
        Outcome::Done | Outcome::PutBack { .. } => {}
    }
    // The kind comes from the table: a name that this version does not know must not become a label of its own.
    let kind = jobs::Kind::parse(&work.kind).map_or("unknown", jobs::Kind::as_str);
    metrics::counter!("switchboard_jobs_total", "kind" => kind, "outcome" => word).increment(1);
    metrics::histogram!("switchboard_job_seconds", "kind" => kind).record(taken.as_secs_f64());
}
