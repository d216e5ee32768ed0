//! What comes back by itself: a small table of names and intervals.
//!
//! Each entry is at any time one row of `work`, waiting or running, under a unique key. When it ends, its successor is
//! added in the transaction that notes the end, so a restart finds it and nothing ever piles up: after a day of downtime
//! each entry runs once, not as often as it was missed.

use std::time::Duration;

use switchboard_store::{
    StoreError,
    work::{self, Claimed, NewWork},
};

use super::{CountReports, CountUsage, Housekeeping, Job, Retention, SendReports, Sweep, WatchRules, row};
use crate::App;

/// An entry.
pub struct Recurring {
    pub name: &'static str,
    pub every: Duration,
    row: fn(&App) -> NewWork,
}

/// All entries. The name is part of the unique key: rename one, and the old row runs once more.
pub static ALL: [Recurring; 10] = [
    Recurring { name: "catch_up", every: Duration::from_mins(15), row: |app| of(app, &Sweep::CatchUp) },
    Recurring { name: "refresh_tokens", every: Duration::from_mins(1), row: |app| of(app, &Sweep::RefreshTokens) },
    Recurring { name: "check_drift", every: Duration::from_hours(1), row: |app| of(app, &Sweep::CheckDrift) },
    Recurring { name: "check_gaps", every: Duration::from_hours(1), row: |app| of(app, &Sweep::CheckGaps) },
    Recurring { name: "count_usage", every: Duration::from_mins(1), row: |app| of(app, &CountUsage {}) },
    Recurring { name: "count_reports", every: Duration::from_mins(1), row: |app| of(app, &CountReports {}) },
    Recurring { name: "watch_rules", every: Duration::from_mins(1), row: |app| of(app, &WatchRules {}) },
    Recurring { name: "send_reports", every: Duration::from_mins(1), row: |app| of(app, &SendReports {}) },
    Recurring { name: "housekeeping", every: Duration::from_hours(24), row: |app| of(app, &Housekeeping {}) },
    Recurring { name: "retention", every: Duration::from_hours(24), row: |app| of(app, &Retention {}) },
];

fn of<J: Job>(app: &App, job: &J) -> NewWork {
    row(app, work::installation(), job, app.now())
}

impl Recurring {
    fn key(&self) -> String {
        format!("recurring:{}", self.name)
    }

    fn next(&self, app: &App, wait: Duration) -> NewWork {
        let key = self.key();
        NewWork { run_at: app.now() + wait, lane: key.clone(), unique_key: Some(key), ..(self.row)(app) }
    }
}

/// Makes sure that every entry is waiting or running. New ones run at once.
pub async fn ensure(app: &App) -> Result<u64, StoreError> {
    let rows: Vec<NewWork> = ALL.iter().map(|entry| entry.next(app, Duration::ZERO)).collect();
    let now = app.now();
    let mut tx = app.db.begin(work::installation_scope()).await?;
    let added = work::insert(&mut tx.conn(), &rows, now).await?;
    tx.commit(now).await?;
    Ok(added)
}

/// What is to be added when this row ends.
pub(crate) fn successor(app: &App, done: &Claimed) -> Option<NewWork> {
    if done.tenant_id != work::installation() {
        return None;
    }
    ALL.iter().find(|entry| entry.key() == done.lane).map(|entry| entry.next(app, entry.every))
}
