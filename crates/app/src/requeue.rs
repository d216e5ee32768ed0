//! What people do with work that is dead: give it a new life, or put it aside.

use switchboard_domain::{audit::Action, ids::JobId, job::JobState};
use switchboard_store::{
    StoreError, TenantScope, TenantTx,
    work::{self, Job, JobFilter},
};

use crate::{
    App,
    audit::{self, Entry, Origin},
    wake::Signal,
};

/// Jobs that one request may name.
pub const MOST_NAMED: usize = 200;
/// Transactions of one request; each takes what the store takes at once.
const ROUNDS: usize = 20;

/// Dead work could not be given a new life, or not be put aside.
#[derive(Debug, thiserror::Error)]
pub enum RequeueError {
    #[error("there is no such job")]
    NotFound,
    #[error("only dead jobs can be {deed}; this one is {state}")]
    NotDead { deed: &'static str, state: &'static str },
    #[error("the job could not be read or changed")]
    Store(#[from] StoreError),
}

/// Gives one dead job a new life: due now, with all its attempts.
pub async fn one(app: &App, scope: TenantScope, id: JobId, by: &Origin) -> Result<Job, RequeueError> {
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    let job = find(&mut tx, id).await?;
    if !work::requeue(&mut tx.conn(), scope, id, now).await? {
        return Err(RequeueError::NotDead { deed: "requeued", state: standing(&job) });
    }
    let job = find(&mut tx, id).await?;
    audit::record(&mut tx, app, Entry::new(by, Action::JobRequeued).on("job", id)).await?;
    tx.commit(now).await?;
    app.wake.send(Signal::Work);
    Ok(job)
}

/// What became of a request for many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Requeued {
    pub requeued: u64,
    /// There were more than one request takes; ask again.
    pub has_more: bool,
}

/// Gives all dead jobs of these kinds, or these jobs, a new life. What has no live row but an equal one waiting stays dead.
pub async fn many(
    app: &App,
    scope: TenantScope,
    kinds: Vec<String>,
    ids: Vec<JobId>,
    by: &Origin,
) -> Result<Requeued, StoreError> {
    let now = app.now();
    let filter = JobFilter { kinds, ids, unchanged_since: Some(now), ..JobFilter::default() };
    let mut requeued = 0;
    for _ in 0..ROUNDS {
        let mut tx = app.db.begin(scope).await?;
        let some = work::requeue_matching(&mut tx.conn(), scope, &filter, now).await?;
        if some == 0 {
            return Ok(Requeued { requeued, has_more: false });
        }
        let entry = Entry::new(by, Action::JobRequeued).with("jobs", some).with("kinds", filter.kinds.clone());
        audit::record(&mut tx, app, entry).await?;
        tx.commit(now).await?;
        requeued += some;
        app.wake.send(Signal::Work);
    }
    Ok(Requeued { requeued, has_more: true })
}

/// Puts a dead job aside: it is listed as discarded, and can still be requeued.
pub async fn discard(app: &App, scope: TenantScope, id: JobId, by: &Origin) -> Result<Job, RequeueError> {
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    let job = find(&mut tx, id).await?;
    if !work::discard(&mut tx.conn(), scope, id, now).await? {
        return Err(RequeueError::NotDead { deed: "discarded", state: standing(&job) });
    }
    let job = find(&mut tx, id).await?;
    audit::record(&mut tx, app, Entry::new(by, Action::JobDiscarded).on("job", id).with("kind", job.kind.as_str()))
        .await?;
    tx.commit(now).await?;
    Ok(job)
}

async fn find(tx: &mut TenantTx, id: JobId) -> Result<Job, RequeueError> {
    let scope = tx.scope();
    work::lookup(&mut tx.conn(), scope, id).await?.ok_or(RequeueError::NotFound)
}

/// How a job stood that could not be changed. One that was dead a moment ago was changed by somebody else.
fn standing(job: &Job) -> &'static str {
    if job.state == JobState::Dead { "not dead any more" } else { job.state.as_str() }
}
