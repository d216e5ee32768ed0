//! Adds one job for each connection that needs it. Recurring work is one row for the whole installation instead of one per
//! connection, so connections come and go without anybody keeping a timetable for them.
//!
//! May run twice: each job it adds has a unique key.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use switchboard_store::{
    upkeep::{self, Due},
    work::{self, NewWork},
};

use super::{Backfill, CatchUp, CheckDrift, Context, Failure, Job, Kind, RefreshToken, row};
use crate::{App, wake::Signal};

/// Connections that are looked at in one go.
const PAGE: i64 = 200;
/// Tokens that end within this time are looked at; `oauth` decides which of them are due.
const TOKEN_HORIZON: Duration = Duration::from_mins(12);

/// See the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Sweep {
    CatchUp,
    RefreshTokens,
    CheckDrift,
    CheckGaps,
}

impl Sweep {
    fn name(self) -> &'static str {
        match self {
            Self::CatchUp => "catch_up",
            Self::RefreshTokens => "refresh_tokens",
            Self::CheckDrift => "check_drift",
            Self::CheckGaps => "check_gaps",
        }
    }

    async fn due(self, app: &App, after: Option<&Due>) -> Result<Vec<Due>, Failure> {
        let after = after.map(|due| due.connection_id);
        Ok(match self {
            Self::CatchUp | Self::CheckDrift => upkeep::connections(&app.db, "dialpad", after, PAGE).await?,
            // Each decides by itself whether it is night where it is.
            Self::CheckGaps => upkeep::connections(&app.db, "clouducm", after, PAGE).await?,
            Self::RefreshTokens => {
                upkeep::connections_with_ending_tokens(&app.db, app.now() + TOKEN_HORIZON, after, PAGE).await?
            }
        })
    }

    fn work(self, app: &App, due: &Due) -> NewWork {
        let (tenant, connection, now) = (due.scope().tenant(), due.connection_id, app.now());
        match self {
            Self::CatchUp => row(app, tenant, &CatchUp { connection, since: None }, now),
            Self::RefreshTokens => row(app, tenant, &RefreshToken { connection }, now),
            Self::CheckDrift => row(app, tenant, &CheckDrift { connection }, now),
            Self::CheckGaps => row(app, tenant, &Backfill { connection, range: None }, now),
        }
    }
}

impl Job for Sweep {
    const KIND: Kind = Kind::Sweep;

    fn lane(&self) -> String {
        format!("sweep:{}", self.name())
    }

    fn unique_key(&self) -> Option<String> {
        Some(self.lane())
    }

    async fn run(&self, context: &Context<'_>) -> Result<(), Failure> {
        let app = context.app;
        let mut last: Option<Due> = None;
        loop {
            let page = self.due(app, last.as_ref()).await?;
            for due in &page {
                let now = app.now();
                let mut tx = app.db.begin(due.scope()).await?;
                work::insert(&mut tx.conn(), &[self.work(app, due)], now).await?;
                tx.commit(now).await?;
            }
            if !page.is_empty() {
                app.wake.send(Signal::Work);
            }
            let is_last = page.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
            last = page.into_iter().next_back();
            if is_last {
                return Ok(());
            }
        }
    }
}
