//! How attempts end: what was claimed ([`super::lanes`]) is finished, put back, or left behind by a node that died.

use switchboard_domain::{Timestamp, ids::JobId, job::JobState};

use super::{
    NewWork, back_off, insert,
    lanes::{Claimed, HeldLane, hold},
};
use crate::{
    Db, StoreError,
    conn::{execute, fetch_all},
};

/// Rows left `running` by dead nodes that are put back in one go.
const RECLAIMED_AT_ONCE: i64 = 200;

/// What is kept of an error text.
const ERROR_CHARS: usize = 500;

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// Try again after the back-off, or after `not_before` where somebody asked for a longer wait.
    Failed {
        reason: String,
        not_before: Option<Timestamp>,
    },
    /// Trying again cannot help.
    Dead {
        reason: String,
    },
    /// Nothing was tried (the database is away, the process stops, a rate limit): back in line, the attempt not counted.
    PutBack {
        run_at: Timestamp,
    },
}

/// Where the work stands after [`finish`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    pub state: JobState,
    /// When it runs again, if it does.
    pub run_at: Option<Timestamp>,
}

/// Writes how an attempt ended. Refused with [`StoreError::LeaseLost`] when the lane went to another node meanwhile, or the
/// row was put back: whoever holds it now decides.
///
/// `then` is added in the same transaction once the work is done or dead: how recurring work comes back.
pub async fn finish(
    db: &Db,
    held: &HeldLane,
    work: &Claimed,
    outcome: Outcome,
    then: Option<NewWork>,
    now: Timestamp,
) -> Result<Ended, StoreError> {
    let (ended, attempts, error) = judge(work, outcome, now);
    let mut tx = db.begin(held.scope).await?;
    hold(&mut tx, held, held.lease_until, now).await?;
    let touched = execute!(
        &mut tx.conn(),
        "UPDATE work SET state = $3, run_at = coalesce($4, run_at), attempts = $5, last_error = coalesce($6, last_error), \
         updated_at = $7 WHERE tenant_id = $1 AND id = $2 AND state = 'running'",
        held.scope.tenant(),
        work.id,
        ended.state,
        ended.run_at,
        attempts,
        error,
        now
    )?;
    if touched != 1 {
        return Err(StoreError::LeaseLost);
    }
    if let Some(then) = then
        && matches!(ended.state, JobState::Done | JobState::Dead)
    {
        insert(&mut tx.conn(), &[then], now).await?;
    }
    tx.commit(now).await?;
    Ok(ended)
}

/// The state, the attempts and the error text that an outcome leads to.
fn judge(work: &Claimed, outcome: Outcome, now: Timestamp) -> (Ended, i32, Option<String>) {
    let short = |reason: String| Some(reason.chars().take(ERROR_CHARS).collect::<String>());
    match outcome {
        Outcome::Done => (Ended { state: JobState::Done, run_at: None }, work.attempts, None),
        Outcome::Dead { reason } => (Ended { state: JobState::Dead, run_at: None }, work.attempts, short(reason)),
        Outcome::Failed { reason, .. } if work.attempts >= work.max_attempts => {
            (Ended { state: JobState::Dead, run_at: None }, work.attempts, short(reason))
        }
        Outcome::Failed { reason, not_before } => {
            let run_at = (now + back_off(work.attempts)).max(not_before.unwrap_or_default());
            (Ended { state: JobState::Ready, run_at: Some(run_at) }, work.attempts, short(reason))
        }
        Outcome::PutBack { run_at } => {
            (Ended { state: JobState::Ready, run_at: Some(run_at) }, work.attempts.saturating_sub(1), None)
        }
    }
}

/// Notes how far running work has come, for people who watch it.
pub async fn set_progress(
    db: &Db,
    held: &HeldLane,
    job: JobId,
    progress: &serde_json::Value,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut tx = db.begin(held.scope).await?;
    hold(&mut tx, held, held.lease_until, now).await?;
    execute!(
        &mut tx.conn(),
        "UPDATE work SET progress = $3, updated_at = $4 WHERE tenant_id = $1 AND id = $2 AND state = 'running'",
        held.scope.tenant(),
        job,
        sqlx::types::Json(progress),
        now
    )?;
    tx.commit(now).await?;
    Ok(())
}

/// Puts back what nodes that died left running, once the lease of its lane is over. The attempt stays counted, so that a
/// job that takes the process down with it ends as dead instead of doing so for ever.
pub async fn reclaim(db: &Db, now: Timestamp) -> Result<u64, StoreError> {
    let mut reader = db.read_platform().await?;
    let orphans = fetch_all!(
        &mut reader.conn(),
        (JobId, i32, i32),
        "SELECT id, attempts, max_attempts FROM work WHERE state = 'running' AND NOT EXISTS (SELECT 1 FROM lanes l \
         WHERE l.tenant_id = work.tenant_id AND l.lane = work.lane AND l.lease_until > $1) \
         ORDER BY updated_at LIMIT $2",
        now,
        RECLAIMED_AT_ONCE
    )?;
    drop(reader);
    if orphans.is_empty() {
        return Ok(0);
    }
    let mut tx = db.begin_platform().await?;
    let mut put_back = 0;
    for (id, attempts, max_attempts) in orphans {
        let (state, run_at) =
            if attempts >= max_attempts { (JobState::Dead, now) } else { (JobState::Ready, now + back_off(attempts)) };
        put_back += execute!(
            &mut tx.conn(),
            "UPDATE work SET state = $2, run_at = $3, last_error = $4, updated_at = $5 \
             WHERE id = $1 AND state = 'running' AND attempts = $6 AND NOT EXISTS (SELECT 1 FROM lanes l \
             WHERE l.tenant_id = work.tenant_id AND l.lane = work.lane AND l.lease_until > $5)",
            id,
            state,
            run_at,
            "the process that ran it ended before it was done",
            now,
            attempts
        )?;
    }
    tx.commit().await?;
    Ok(put_back)
}
