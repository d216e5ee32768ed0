//! Removes what nobody needs any more, and makes room for what comes. Everything in chunks: a single large DELETE would keep
//! SQLite's one writer from deliveries.
//!
//! May run twice: what is gone is gone.

use std::{future::Future, time::Duration};

use serde::{Deserialize, Serialize};
use switchboard_domain::usage::Period;
use switchboard_store::{
    StoreError, activity, mails, migrate, notifications::feed, outgoing, people::upkeep as people, shares, upkeep,
    usage, work,
};

use super::{Context, Failure, Job, Kind};
use crate::accounts::slow_down::FORGET_AFTER;

/// Done work is kept for people who ask what happened last week.
const DONE_WORK: Duration = Duration::from_hours(7 * 24);
/// Deliveries that were refused: the newest say why nothing arrives, the rest is somebody knocking.
const REJECTED_KEPT: i64 = 10_000;
/// Deliveries that nobody owned: long enough for a person to come back from holiday and connect the account.
const UNROUTED: Duration = Duration::from_hours(30 * 24);
/// Sign-ins and links that have ended: long enough to answer where somebody was signed in last month.
const SESSIONS_KEPT: Duration = Duration::from_hours(30 * 24);
/// Notifications are news; what they are about is kept as long as people say.
const NOTIFICATIONS_KEPT: Duration = Duration::from_hours(90 * 24);
/// Mails that one statement removes.
const MAILS_CHUNK: i64 = 500;
/// Texts that were sent or failed, and links that ended: long enough to see what was asked last quarter.
const DEEDS_KEPT: Duration = Duration::from_hours(90 * 24);
/// Hours of connections that one statement removes.
const HOURS_CHUNK: i64 = 500;
/// A lease this long over belongs to a node that is not coming back.
const STALE_LANES: Duration = Duration::from_hours(1);
/// Chunks of one kind in one run: a bound, not a target. What is left is removed tomorrow.
const MAX_CHUNKS: usize = 20_000;

/// See the module.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Housekeeping {}

impl Job for Housekeeping {
    const KIND: Kind = Kind::Housekeeping;
    const IS_BULK: bool = true;

    fn lane(&self) -> String {
        "housekeeping".to_owned()
    }

    fn unique_key(&self) -> Option<String> {
        Some(self.lane())
    }

    async fn run(&self, context: &Context<'_>) -> Result<(), Failure> {
        let (app, now) = (context.app, context.app.now());
        let db = &app.db;
        migrate::ensure_partitions(db, now).await?;
        let removed = [
            ("work", chunks(context, || work::prune(db, now - DONE_WORK)).await?),
            ("lanes", chunks(context, || upkeep::remove_stale_lanes(db, now - STALE_LANES)).await?),
            ("oauth_states", chunks(context, || upkeep::remove_expired_states(db, now)).await?),
            ("idempotency_keys", chunks(context, || upkeep::remove_expired_idempotency_keys(db, now)).await?),
            ("rejected_deliveries", chunks(context, || upkeep::trim_rejected(db, REJECTED_KEPT)).await?),
            ("unrouted_deliveries", chunks(context, || upkeep::remove_unrouted(db, now - UNROUTED)).await?),
            ("sessions", chunks(context, || people::remove_sessions(db, now - SESSIONS_KEPT)).await?),
            ("login_attempts", chunks(context, || people::remove_login_attempts(db, now)).await?),
            ("login_failures", chunks(context, || people::remove_login_failures(db, now - FORGET_AFTER)).await?),
            ("user_tokens", chunks(context, || people::remove_user_tokens(db, now - SESSIONS_KEPT)).await?),
            ("mails", chunks(context, || mails::prune(db, now - SESSIONS_KEPT, MAILS_CHUNK)).await?),
            ("outgoing_messages", chunks(context, || outgoing::prune(db, now - DEEDS_KEPT, MAILS_CHUNK)).await?),
            ("call_shares", chunks(context, || shares::prune(db, now - DEEDS_KEPT, MAILS_CHUNK)).await?),
            (
                "connection_hours",
                chunks(context, || activity::remove_before(db, now - activity::KEPT, HOURS_CHUNK)).await?,
            ),
            ("notifications", chunks(context, || feed::prune(db, now - NOTIFICATIONS_KEPT)).await?),
            ("usage_marks", chunks(context, || usage::remove_marks(db, Period::of(now).previous())).await?),
        ];
        for (table, rows) in removed {
            metrics::counter!("switchboard_rows_removed_total", "table" => table).increment(rows);
        }
        tracing::info!(removed = ?removed, "housekeeping is done");
        Ok(())
    }
}

/// Repeats a chunk until nothing is left; between chunks others get their turn, and a node that stops may stop.
async fn chunks<F, R>(context: &Context<'_>, mut chunk: F) -> Result<u64, Failure>
where
    F: FnMut() -> R + Send,
    R: Future<Output = Result<u64, StoreError>> + Send,
{
    let mut total = 0;
    for _ in 0..MAX_CHUNKS {
        if context.stop.is_cancelled() {
            return Err(Failure::NotTried { after: Duration::ZERO });
        }
        let removed = chunk().await?;
        if removed == 0 {
            break;
        }
        total += removed;
        tokio::task::yield_now().await;
    }
    Ok(total)
}
