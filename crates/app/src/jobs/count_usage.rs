//! Counts what tenants use, once a minute, for those whose changes are not all counted.
//!
//! One job for the installation rather than one per tenant and change: a busy tenant's merges would each have to ask whether
//! its counting waits already. May run twice: the cursor moves with the sums.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use switchboard_store::usage as store;
use tokio::time::Instant;

use super::{Context, Failure, Job, Kind};
use crate::usage;

/// Tenants that are looked at in one go.
const TENANTS: i64 = 200;
/// How long one tenant is counted before the next one's turn.
const TURN: Duration = Duration::from_secs(2);
/// How long a run goes on; below the limit of one attempt.
const RUN: Duration = Duration::from_mins(2);

/// See the module.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct CountUsage {}

impl Job for CountUsage {
    const KIND: Kind = Kind::CountUsage;

    fn lane(&self) -> String {
        "count_usage".to_owned()
    }

    fn unique_key(&self) -> Option<String> {
        Some(self.lane())
    }

    async fn run(&self, context: &Context<'_>) -> Result<(), Failure> {
        let begun = Instant::now();
        // Again from the start while somebody is behind: one large tenant is then counted turn by turn.
        while begun.elapsed() < RUN && round(context).await? {}
        Ok(())
    }
}

/// Gives everybody who is behind a turn. False when nobody is.
async fn round(context: &Context<'_>) -> Result<bool, Failure> {
    let app = context.app;
    let mut after = None;
    loop {
        let page = store::list_behind(&app.db, after, TENANTS).await?;
        let Some(last) = page.last() else { return Ok(after.is_some()) };
        after = Some(last.tenant());
        for scope in page {
            let begun = Instant::now();
            while usage::count(app, scope).await? && begun.elapsed() < TURN {}
            if context.stop.is_cancelled() {
                return Ok(false);
            }
        }
    }
}
