//! Sends the reports whose time has come, of all workspaces, once a minute.
//!
//! One job for the installation rather than one row per schedule and period: nothing has to be kept in step when a schedule
//! or a time zone changes. May run twice: the mails of a period are added in the transaction that moves its schedule on.

use serde::{Deserialize, Serialize};
use switchboard_store::report_schedules::due;

use super::{Context, Failure, Job, Kind};
use crate::report_schedules;

/// Schedules that are read in one go. Eight o'clock on Monday is everybody's.
const PAGE: i64 = 200;
/// Pages of one run; what is left is first in the next one.
const MOST_PAGES: usize = 50;

/// See the module.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct SendReports {}

impl Job for SendReports {
    const KIND: Kind = Kind::SendReports;
    const IS_BULK: bool = true;

    fn lane(&self) -> String {
        "send_reports".to_owned()
    }

    fn unique_key(&self) -> Option<String> {
        Some(self.lane())
    }

    async fn run(&self, context: &Context<'_>) -> Result<(), Failure> {
        let app = context.app;
        for _ in 0..MOST_PAGES {
            let page = due(&app.db, app.now(), PAGE).await?;
            let mut failed = 0;
            for (scope, id) in &page {
                // One workspace's trouble is not the others'.
                if let Err(error) = report_schedules::send_due(app, *scope, *id).await {
                    if error.is_unavailable() {
                        return Err(error.into());
                    }
                    failed += 1;
                    tracing::warn!(tenant = %scope.tenant(), schedule = %id, %error, "a report could not be sent");
                }
                if context.stop.is_cancelled() {
                    return Ok(());
                }
            }
            // Those that failed are due still, and would be read again.
            if failed > 0 || page.len() < usize::try_from(PAGE).unwrap_or(usize::MAX) {
                break;
            }
        }
        Ok(())
    }
}
