//! Keeps the sums of reports current, once a minute, for tenants whose calls changed.
//!
//! One job for the installation, as for usage: a job per change would ask of each merge whether one waits already. May run
//! twice: a day that is counted again comes to the same.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use switchboard_store::reports as store;
use tokio::time::Instant;

use super::{Context, Failure, Job, Kind};
use crate::reports;

/// Tenants that are looked at in one go.
const TENANTS: i64 = 200;
/// How long one tenant is counted before the next one's turn.
const TURN: Duration = Duration::from_secs(2);
/// How long a run goes on; below the limit of one attempt.
const RUN: Duration = Duration::from_mins(2);

/// See the module.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct CountReports {}

impl Job for CountReports {
    const KIND: Kind = Kind::CountReports;
    const IS_BULK: bool = true;

    fn lane(&self) -> String {
        "count_reports".to_owned()
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

/// Gives everybody who is behind a turn. True when somebody was not done with it.
async fn round(context: &Context<'_>) -> Result<bool, Failure> {
    let app = context.app;
    let (mut after, mut is_behind) = (None, false);
    loop {
        let page = store::list_marked(&app.db, &reports::formulas(), reports::present_month(app.now()), after, TENANTS)
            .await?;
        let Some(last) = page.last() else { return Ok(is_behind) };
        after = Some(last.tenant());
        for scope in page {
            let begun = Instant::now();
            let mut has_more = true;
            while has_more && begun.elapsed() < TURN {
                has_more = reports::count(app, scope).await?;
            }
            is_behind |= has_more;
            if context.stop.is_cancelled() {
                return Ok(false);
            }
        }
    }
}
