//! Looks at every tenant that has rules, once a minute: a silence is no change, and neither is the end of an incident.
//!
//! One job for the installation rather than one per tenant: most looks find nothing to write, and a row of `work` for each
//! of them would be all that they write. May run twice, as [`super::CheckRules`] may.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use switchboard_store::notifications::rules;
use tokio::time::Instant;

use super::{Context, Failure, Job, Kind};
use crate::notifications;

/// Tenants that are read in one go.
const TENANTS: i64 = 200;
/// How long a run goes on; below the limit of one attempt. Tenants that were not come to are first in the next one.
const RUN: Duration = Duration::from_mins(4);

/// See the module.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct WatchRules {}

impl Job for WatchRules {
    const KIND: Kind = Kind::WatchRules;
    const IS_BULK: bool = true;

    fn lane(&self) -> String {
        "watch_rules".to_owned()
    }

    fn unique_key(&self) -> Option<String> {
        Some(self.lane())
    }

    async fn run(&self, context: &Context<'_>) -> Result<(), Failure> {
        let (app, begun) = (context.app, Instant::now());
        let mut after = None;
        loop {
            let page = rules::tenants_with_rules(&app.db, after, TENANTS).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.tenant());
            for scope in page {
                // One tenant's trouble is not the others'.
                if let Err(error) = notifications::look(app, scope).await {
                    if error.is_unavailable() {
                        return Err(error.into());
                    }
                    tracing::warn!(tenant = %scope.tenant(), %error, "notification rules could not be looked at");
                }
                if context.stop.is_cancelled() || begun.elapsed() > RUN {
                    return Ok(());
                }
            }
        }
    }
}
